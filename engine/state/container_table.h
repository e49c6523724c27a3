// SPDX-License-Identifier: Apache-2.0
//
// Which container an event belongs to, and what that container is.
//
// `of` answers at once and never waits for an engine: the id comes from the cgroup's path (told by exec and fork
// events, by a scan at start, or by /proc/PID/cgroup as a last resort), or, where engines leave no such trace, from the
// namespaces, which the state files of the OCI runtimes tell whose they are. Those are read here and now, a bounded
// number of them and only for namespaces not seen yet (and again at each exec in them until somebody claims them, for
// runtimes write these files while the container starts): an alert about a container's first exec needs its id. The
// rest (name, image, labels, ...) is asked of the container engines by a thread of the table's own; until it is there
// the container says Metadata::pending. `ready_fd` becomes readable whenever some metadata arrived or was given up.
// Bounded: `max_containers`, least recently used out first, counted. Host processes cost one hash look-up. `of`, `scan`
// belong to one thread; the other functions and the returned objects to anyone.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/event/event.h"
#include "engine/event/process.h"

namespace eunomia {

class ContainerTable {
 public:
  struct Options {
    std::size_t max_containers = 4096;
    std::size_t max_cgroups = 65536;
    // How long an engine may take to tell of a container before its metadata counts as missing.
    std::chrono::milliseconds metadata_timeout{500};
    // Where engines are looked for. Empty: the usual places, and the sockets of DOCKER_HOST and CONTAINER_HOST.
    std::vector<std::string> api_sockets;
    std::vector<std::filesystem::path> oci_state_roots;
    std::filesystem::path host_root = "/";  // above the engines' own files: run/containerd, var/lib/containers, ...
    std::filesystem::path proc = "/proc";
    std::filesystem::path cgroup_root = "/sys/fs/cgroup";
  };
  struct Stats {
    std::uint64_t containers = 0, evicted = 0;
    std::uint64_t complete = 0,
                  missing = 0;          // containers whose metadata came, or did not come in time; now one of both
    std::uint64_t lookups_dropped = 0;  // not asked for: too many others were being asked for
  };

  explicit ContainerTable(Options options);
  ~ContainerTable();

  // Learns the cgroups that exist now. Call once after the hooks are attached.
  void scan();

  // The event's container; null: a process of the host.
  std::shared_ptr<const Container> of(const Event& event);
  // The newest state of the container with that full id; null if it is not (any longer) known.
  std::shared_ptr<const Container> find(const std::string& full_id) const;

  // Readable when metadata changed since the last `acknowledge`. Owned by the table.
  [[nodiscard]] int ready_fd() const;
  void acknowledge();

  [[nodiscard]] Stats stats() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace eunomia
