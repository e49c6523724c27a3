// SPDX-License-Identifier: Apache-2.0
#include "engine/state/cgroup_fs.h"

#include <sys/stat.h>

#include <utility>

#include "engine/state/files.h"

namespace eunomia {

namespace {

constexpr std::size_t file_limit = 65536;
constexpr unsigned hierarchy_shift = 56;

}  // namespace

CgroupFs::CgroupFs(std::filesystem::path proc, std::filesystem::path root)
    : proc_(std::move(proc)), root_(std::move(root)) {
  std::error_code none;
  unified_ = std::filesystem::is_directory(root_ / "unified", none) ? root_ / "unified" : root_;
}

// Controllers mounted together have a directory (or a link) under each name, or one under all names joined.
std::filesystem::path CgroupFs::mount_of(std::string_view controllers) const {
  if (controllers.empty()) return unified_;
  std::error_code none;
  if (std::filesystem::path joined = root_ / controllers; std::filesystem::is_directory(joined, none)) return joined;
  return root_ / take_until(controllers, ',');
}

std::optional<std::uint64_t> CgroupFs::key_of(const CgroupLine& line) const {
  std::string directory = mount_of(line.controllers).native() + std::string(line.path);
  struct stat facts{};
  if (::stat(directory.c_str(), &facts) != 0) return std::nullopt;
  return std::uint64_t{line.hierarchy} << hierarchy_shift | facts.st_ino;
}

std::optional<Cgroup> CgroupFs::of_process(std::uint32_t pid) const {
  auto text = read_file(proc_ / std::to_string(pid) / "cgroup", file_limit);
  if (!text) return std::nullopt;
  std::optional<CgroupLine> line = telling_cgroup(*text);
  if (!line) return Cgroup{};
  std::optional<std::uint64_t> key = key_of(*line);
  if (!key) return std::nullopt;
  return Cgroup{*key, std::string(line->path)};
}

ContainerId CgroupFs::container_of_process(std::uint32_t pid) const {
  std::string text = read_file(proc_ / std::to_string(pid) / "cgroup", file_limit).value_or("");
  for (std::string_view rest = text; !rest.empty();) {
    std::string_view path = take_until(rest, '\n');
    take_until(path, ':');
    take_until(path, ':');
    if (ContainerId id = from_cgroup_path(path); !id.full_id.empty()) return id;
  }
  return {};
}

}  // namespace eunomia
