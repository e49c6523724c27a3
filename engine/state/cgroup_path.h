// SPDX-License-Identifier: Apache-2.0
//
// What the name of a cgroup tells of the container in it. Pure functions of text; any thread.
//
// The OUTERMOST container of a path counts. Only its name was given by an engine of this host; what stands below it was
// named inside the container, which could so pass itself off as another one (and the host's engines know nothing of a
// container's containers anyway).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/event/process.h"

namespace eunomia {

struct ContainerId {
  ContainerEngine engine = ContainerEngine::unknown;
  std::string full_id;  // empty: no container
  friend bool operator==(const ContainerId&, const ContainerId&) = default;
};

// Knows docker, containerd, CRI-O, Podman (libpod), and crun and runc under systemd; and, for any parent cgroup a user
// chose, a component of 64 hex digits, with the engine unknown. Plain runc and crun on cgroupfs use any name: those are
// told by their state directories (oci_state.h), not by this.
ContainerId from_cgroup_path(std::string_view path);

// The last resort, for processes in a pid and a mount namespace of their own whose runtime left no state to read (it
// may be gone by the time of the event): plain runtimes name the cgroup like the container. Empty for what systemd
// names
// (.slice, .service, .scope), and for 32 hex digits, as supervisors of machines use.
ContainerId from_private_cgroup_path(std::string_view path);

// 64 lower-case hex digits: what all engines but the plain runtimes use.
bool is_long_id(std::string_view text);
// Letters, digits and "_+-." only, not "." or "..", at most 128: safe as one component of a path and in a URL.
bool is_safe_id(std::string_view text);
// What is shown: the first 12 digits of a long id.
std::string short_id(std::string_view full_id);

// One line of /proc/PID/cgroup.
struct CgroupLine {
  unsigned hierarchy = 0;        // 0: the unified one
  std::string_view controllers;  // "cpu,cpuacct"; empty: unified
  std::string_view path;
};

// The line of `text` (a /proc/PID/cgroup) that the kernel side would report (ev_header.cgroup of bpf/event.h): the
// unified hierarchy if the process is below its root, else the first of pids, devices, freezer, memory, cpu, cpuset,
// blkio where it is. nullopt: at the root of all. The result borrows from `text`.
std::optional<CgroupLine> telling_cgroup(std::string_view text);

}  // namespace eunomia
