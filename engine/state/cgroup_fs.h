// SPDX-License-Identifier: Apache-2.0
//
// Cgroups as the file systems show them, keyed as events key them: (hierarchy << 56) | kernfs id, where the kernfs id
// is the inode number of the cgroup's directory and the hierarchy is 0 for the unified one, else the first column of
// /proc/PID/cgroup. Failures (processes and cgroups vanish at any time) are nullopt. Any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "engine/state/cgroup_path.h"

namespace eunomia {

struct Cgroup {
  std::uint64_t key = 0;  // 0: at the root of all hierarchies
  std::string path = "/";
};

class CgroupFs {
 public:
  // `root`: where the hierarchies are mounted; the unified one at it, or at "unified" in it.
  CgroupFs(std::filesystem::path proc, std::filesystem::path root);

  // The cgroup that an event of the process would carry now. One file read, one stat.
  [[nodiscard]] std::optional<Cgroup> of_process(std::uint32_t pid) const;
  // The container that the process's cgroup of any hierarchy names; an empty id: none does.
  [[nodiscard]] ContainerId container_of_process(std::uint32_t pid) const;

 private:
  [[nodiscard]] std::optional<std::uint64_t> key_of(const CgroupLine& line) const;
  [[nodiscard]] std::filesystem::path mount_of(std::string_view controllers) const;

  std::filesystem::path proc_, root_, unified_;
};

}  // namespace eunomia
