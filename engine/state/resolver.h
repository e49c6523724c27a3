// SPDX-License-Identifier: Apache-2.0
//
// Asks the container engines about containers, in a thread of its own: the API sockets in turn, then the files engines
// leave. A container that nobody knows yet is asked for again with growing pauses; past `metadata_timeout` it is
// published as missing, with the reason, and asked for some times more: a late answer is published too. At most so many
// requests are kept; a slow or hanging engine delays its own containers only.
//
// `ask` from any thread, never blocks. `publish` is called in the resolver's thread. The destructor aborts what is
// asked.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/event/process.h"
#include "engine/state/engine_files.h"

namespace eunomia {

class Resolver {
 public:
  struct Options {
    std::vector<std::string> sockets;  // asked in this order, Podman's first for containers of Podman
    EngineFiles files;
    std::chrono::milliseconds metadata_timeout{500};
    std::chrono::milliseconds request_timeout{5000};
    std::size_t max_requests = 1024;
  };
  using Publish = std::function<void(std::shared_ptr<const Container>)>;

  Resolver(Options options, Publish publish);
  ~Resolver();

  // `known`: id and engine, the rest is filled in. False: too many are being asked for. Asked twice is asked once.
  bool ask(Container known);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The API sockets to ask where none are configured: the usual places, DOCKER_HOST and CONTAINER_HOST if they are
// unix://.
std::vector<std::string> usual_api_sockets();

}  // namespace eunomia
