// SPDX-License-Identifier: Apache-2.0
//
// A container engine's API on a Unix socket, served by a thread of the test: answers GET /containers/ID/json with what
// `has` was given, 404 for others. `hang` holds all answers back until `resume`.
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace eunomia::test {

class FakeEngine {
 public:
  explicit FakeEngine(const std::filesystem::path& socket);
  ~FakeEngine();

  [[nodiscard]] std::string socket() const { return socket_; }
  FakeEngine& has(const std::string& id, std::string inspect);
  FakeEngine& hang();
  void resume();
  // Waits until so many requests have come in all.
  void await_requests(int count);
  [[nodiscard]] int requests();

 private:
  void serve();
  void answer(int connection);

  std::string socket_;
  int listener_ = -1;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::string> containers_;
  bool hanging_ = false, stopping_ = false;
  int requests_ = 0;
  std::vector<int> connections_;
  std::vector<std::thread> threads_;
};

// What Docker would answer about it.
std::string inspect_of(const std::string& id, const std::string& name, const std::string& image);

}  // namespace eunomia::test
