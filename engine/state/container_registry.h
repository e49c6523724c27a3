// SPDX-License-Identifier: Apache-2.0
//
// The containers there are, each with its newest metadata, which a Resolver brings in from its own thread. The half of
// the ContainerTable that is shared between threads: a Slot belongs to the one thread that calls `admit` and `current`,
// but for its `container`, which the registry guards; `find`, `ready_fd`, `acknowledge` and `stats` are for any thread.
// Bounded: past `max_containers` the one least recently used goes.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "engine/event/process.h"
#include "engine/state/cgroup_path.h"
#include "engine/state/container_table.h"
#include "engine/state/files.h"
#include "engine/state/resolver.h"

namespace eunomia {

class ContainerRegistry {
 public:
  struct Slot {
    ContainerId id;
    std::uint64_t used = 0;
    bool evicted = false;
    std::chrono::steady_clock::time_point asked;
    std::shared_ptr<const Container> container;  // guarded by the registry
  };

  ContainerRegistry(std::size_t max_containers, Resolver::Options resolver);

  // The container's slot; a new one is asked about. Plain runtimes' ids are names, used again: a container created at
  // another time (`created_ns`, unix time, 0: not known) than the one kept under the id takes its place.
  std::shared_ptr<Slot> admit(const ContainerId& id, std::uint64_t created_ns = 0);
  // The container, as it is known now. Puts the slot in again (and in `slot`) if it was evicted.
  std::shared_ptr<const Container> current(std::shared_ptr<Slot>& slot);
  // Asks again about a container that nobody knew, but not often.
  void retry(Slot& slot);

  [[nodiscard]] std::shared_ptr<const Container> find(const std::string& full_id) const;
  [[nodiscard]] int ready_fd() const { return ready_.get(); }
  void acknowledge();
  [[nodiscard]] ContainerTable::Stats stats() const;

 private:
  void ask(Slot& slot);
  void evict_oldest();
  void publish(std::shared_ptr<const Container> container);
  void count(Metadata metadata, int by);

  std::size_t max_containers_;
  std::uint64_t uses_ = 0;
  Fd ready_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<Slot>> slots_;  // guarded by mutex_
  ContainerTable::Stats stats_;                                   // guarded by mutex_
  Resolver resolver_;                                             // last: its thread, which calls publish, ends first
};

}  // namespace eunomia
