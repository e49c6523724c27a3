// SPDX-License-Identifier: Apache-2.0
//
// HTTP GETs to container engines over Unix sockets, several at a time, without ever waiting for one of them alone.
// Start requests with `get`, then call `wait` in a loop: it returns what was answered. An answer is capped at 4 MiB and
// at `request_timeout`; a request dropped with the object is aborted. One thread, but `wake`, which any thread may
// call.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace eunomia {

class EngineApi {
 public:
  struct Answer {
    std::uint64_t token = 0;
    long status = 0;  // HTTP; 0: none came
    std::string body;
    std::string error;  // why none came
  };

  explicit EngineApi(std::chrono::milliseconds request_timeout);
  ~EngineApi();

  // `path` starts with a slash and is sent as it is: only characters that need no escaping.
  void get(std::uint64_t token, const std::string& socket, const std::string& path);
  // Waits until something was answered, somebody called `wake`, or the time is over.
  std::vector<Answer> wait(std::chrono::milliseconds limit);
  void wake();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace eunomia
