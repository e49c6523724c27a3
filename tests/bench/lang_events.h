// SPDX-License-Identifier: Apache-2.0
//
// Events as a busy machine makes them, for measuring rules: 1 % exec, 60 % open, 20 % network, the rest others, from 64
// processes with four ancestors each, a half of them in containers. The same events in every run.
#pragma once

#include <memory>
#include <vector>

#include "engine/event/field.h"

namespace eunomia::bench {

struct Load {
  struct Sampled {
    Event event;
    std::size_t process;
    bool contained;
  };
  std::vector<std::shared_ptr<const Process>> processes;
  Container container;
  std::vector<Sampled> events;

  // For the n-th event, counted round and round. Clears the scratch.
  [[nodiscard]] Context context(std::size_t n, Scratch& scratch) const;
};

const Load& load_of_events();

}  // namespace eunomia::bench
