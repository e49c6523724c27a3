// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/state/fake_tree.h"

#include <fmt/format.h>
#include <sys/stat.h>

namespace eunomia::test {

std::uint64_t FakeTree::cgroup(const std::filesystem::path& path, unsigned hierarchy) {
  std::filesystem::path directory = cgroups() / path;
  std::filesystem::create_directories(directory);
  struct stat facts{};
  ::stat(directory.c_str(), &facts);
  return std::uint64_t{hierarchy} << 56 | facts.st_ino;
}

FakeTree& FakeTree::process(const FakeProcess& process) {
  std::filesystem::path directory = std::filesystem::path("proc") / std::to_string(process.pid);
  file(directory / "stat",
       fmt::format("{} ({}) S {} {} {} 34816 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 {} 0 0\n", process.pid, process.name,
                   process.ppid, process.pid, process.pid, process.start_ticks));
  file(directory / "status",
       fmt::format("Name:\t{0}\nUid:\t{1}\t{1}\t{1}\t{1}\nGid:\t{1}\t{1}\t{1}\t{1}\nNSpid:\t{2}\t{3}\n", process.name,
                   process.uid, process.pid, process.ns_pid ? process.ns_pid : process.pid));
  std::string cmdline;
  for (const std::string& argument : process.argv) cmdline += argument + '\0';
  file(directory / "cmdline", cmdline);
  file(directory / "loginuid", "1000");
  file(directory / "cgroup", process.cgroup);
  link(directory / "exe", process.exepath);
  link(directory / "cwd", process.cwd);
  link(directory / "ns/pid", fmt::format("pid:[{}]", process.pidns));
  return link(directory / "ns/mnt", fmt::format("mnt:[{}]", process.mntns));
}

}  // namespace eunomia::test
