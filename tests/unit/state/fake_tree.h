// SPDX-License-Identifier: Apache-2.0
//
// Fake /proc, cgroup and engine directories in a temporary folder, each thing written down in one expression:
//   FakeTree tree;
//   tree.process({.pid = 7, .name = "sh", .argv = {"sh", "-c", "id"}});
//   ProcessTable table({.proc = tree.proc()});
// The folder goes with the object.
#pragma once

#include <stdlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "engine/state/proc_reader.h"

namespace eunomia::test {

struct FakeProcess {
  std::uint32_t pid = 0, ppid = 0;
  std::uint64_t start_ticks = 100;
  std::string name = "sh";
  std::vector<std::string> argv = {"sh"};
  std::uint32_t uid = 0, ns_pid = 0, pidns = 1, mntns = 1;
  std::string exepath = "/bin/sh", cwd = "/";
  std::string cgroup = "0::/\n";
};

class FakeTree {
 public:
  FakeTree() {
    std::string name = (std::filesystem::temp_directory_path() / "eunomia-state-XXXXXX").string();
    root_ = ::mkdtemp(name.data());
    link("proc/self/ns/pid", "pid:[1]");
    link("proc/self/ns/mnt", "mnt:[1]");
    std::filesystem::create_directories(cgroups());
  }
  FakeTree(const FakeTree&) = delete;
  FakeTree& operator=(const FakeTree&) = delete;
  ~FakeTree() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }

  [[nodiscard]] std::filesystem::path root() const { return root_; }
  [[nodiscard]] std::filesystem::path proc() const { return root_ / "proc"; }
  [[nodiscard]] std::filesystem::path cgroups() const { return root_ / "cgroup"; }

  FakeTree& file(const std::filesystem::path& path, std::string_view text) {
    std::filesystem::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path, std::ios::binary) << text;
    return *this;
  }
  FakeTree& link(const std::filesystem::path& path, const std::string& target) {
    std::filesystem::create_directories((root_ / path).parent_path());
    std::filesystem::remove(root_ / path);
    std::filesystem::create_symlink(target, root_ / path);
    return *this;
  }
  FakeTree& remove(const std::filesystem::path& path) {
    std::filesystem::remove_all(root_ / path);
    return *this;
  }
  // Makes the directory of a cgroup; returns the key the kernel would give it in that hierarchy.
  std::uint64_t cgroup(const std::filesystem::path& path, unsigned hierarchy = 0);

  FakeTree& process(const FakeProcess& process);
  FakeTree& gone(std::uint32_t pid) { return remove("proc/" + std::to_string(pid)); }

 private:
  std::filesystem::path root_;
};

}  // namespace eunomia::test
