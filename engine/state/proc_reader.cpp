// SPDX-License-Identifier: Apache-2.0
#include "engine/state/proc_reader.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <memory>

#include "bpf/event.h"
#include "engine/state/files.h"

namespace eunomia {

namespace {

constexpr std::size_t stat_limit = 4096;
constexpr std::size_t status_limit = 16384;

// new_encode_dev() of the kernel (include/linux/kdev_t.h), as in tty_nr of /proc/PID/stat, to major << 20 | minor.
std::uint32_t device_number(std::uint32_t encoded) {
  std::uint32_t major = (encoded & 0xfff00) >> 8;
  std::uint32_t minor = (encoded & 0xff) | ((encoded >> 12) & 0xfff00);
  return major << 20 | minor;
}

std::uint32_t namespace_number(const std::optional<std::string>& link) {
  std::size_t bracket = link ? link->find('[') : std::string::npos;
  if (bracket == std::string::npos) return 0;
  return leading_number<std::uint32_t>(std::string_view(*link).substr(bracket + 1)).value_or(0);
}

// proc(5): "pid (comm) state ppid pgrp session tty_nr ... starttime", the 22nd. The comm may hold anything, ") R 1"
// too, so it ends at the last parenthesis.
bool parse_stat(std::string_view text, Process& process) {
  std::size_t open = text.find('('), close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return false;
  process.name = text.substr(open + 1, close - open - 1);
  text.remove_prefix(std::min(close + 2, text.size()));
  std::array<std::string_view, 20> fields;  // field 3 on
  for (std::string_view& field : fields) field = take_until(text, ' ');
  auto start = whole_number<std::uint64_t>(fields[19]);
  if (!start) return false;
  process.start_ns = *start * tick_ns();
  process.ppid = leading_number<std::uint32_t>(fields[1]).value_or(0);
  process.pgid = leading_number<std::uint32_t>(fields[2]).value_or(0);
  process.sid = leading_number<std::uint32_t>(fields[3]).value_or(0);
  process.tty = device_number(leading_number<std::uint32_t>(fields[4]).value_or(0));
  return true;
}

std::uint32_t first_number(std::string_view columns) {
  columns.remove_prefix(std::min(columns.find_first_not_of('\t'), columns.size()));
  return leading_number<std::uint32_t>(columns).value_or(0);
}

// The innermost of "NSpid:\t812\t1".
std::uint32_t last_number(std::string_view columns) {
  return leading_number<std::uint32_t>(columns.substr(columns.rfind('\t') + 1)).value_or(0);
}

// The name comes first in the file and the kernel escapes its newlines, so no line of it can be forged.
void parse_status(std::string_view text, Process& process) {
  while (!text.empty()) {
    std::string_view columns = take_until(text, '\n');
    std::string_view key = take_until(columns, ':');
    if (key == "Uid") process.uid = first_number(columns);
    if (key == "Gid") process.gid = first_number(columns);
    if (key == "NSpid") process.ns_pid = last_number(columns);
    if (key == "NSpgid") process.ns_pgid = last_number(columns);
    if (key == "NSsid") process.ns_sid = last_number(columns);
  }
}

std::uint64_t in_ns(const timespec& time) {
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
}

void read_executable(int directory, Process& process) {
  process.exepath = read_link(directory, "exe").value_or("");
  constexpr std::string_view deleted = " (deleted)";
  if (process.exepath.ends_with(deleted)) process.exepath.resize(process.exepath.size() - deleted.size());
  if (process.exepath.starts_with("/memfd:")) process.exe_flags |= EVX_MEMFD;
  struct stat facts{};
  if (::fstatat(directory, "exe", &facts, 0) != 0) return;
  process.exe_ino = facts.st_ino;
  process.exe_ctime_ns = in_ns(facts.st_ctim);
  process.exe_mtime_ns = in_ns(facts.st_mtim);
}

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

}  // namespace

std::uint64_t tick_ns() {
  static const std::uint64_t ns = 1'000'000'000 / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  return ns;
}

void set_arguments(Process& process, std::string_view zero_terminated) {
  process.argv.clear();
  process.args.clear();
  process.args.reserve(zero_terminated.size());
  while (!zero_terminated.empty()) process.argv.emplace_back(take_until(zero_terminated, '\0'));
  for (std::size_t i = 1; i < process.argv.size(); ++i) {
    if (i > 1) process.args += ' ';
    process.args += process.argv[i];
  }
  process.exe = process.argv.empty() ? process.name : process.argv.front();
  process.cmdline = process.argv.size() > 1 ? process.name + " " + process.args : process.name;
}

std::optional<Process> read_process(const std::filesystem::path& proc, std::uint32_t pid, bool environment) {
  Fd directory = open_directory(proc / std::to_string(pid));
  if (!directory) return std::nullopt;
  Process process{.pid = pid, .ns_pid = pid, .from_proc = true};
  auto stat = read_file(directory.get(), "stat", stat_limit);
  auto status = read_file(directory.get(), "status", status_limit);
  if (!stat || !status || !parse_stat(*stat, process)) return std::nullopt;
  parse_status(*status, process);
  auto arguments = read_file(directory.get(), "cmdline", EV_ARGS_MAX, &process.args_cut);
  set_arguments(process, arguments.value_or(""));
  if (environment) process.env = read_file(directory.get(), "environ", EV_ENV_MAX).value_or("");
  auto login = read_file(directory.get(), "loginuid", 16);
  process.loginuid = leading_number<std::uint32_t>(login.value_or("")).value_or(UINT32_MAX);
  process.cwd = read_link(directory.get(), "cwd").value_or("");
  process.pidns = namespace_number(read_link(directory.get(), "ns/pid"));
  process.mntns = namespace_number(read_link(directory.get(), "ns/mnt"));
  read_executable(directory.get(), process);
  return process;
}

std::vector<std::uint32_t> list_processes(const std::filesystem::path& proc) {
  std::vector<std::uint32_t> pids;
  std::unique_ptr<DIR, CloseDirectory> directory(::opendir(proc.c_str()));
  if (!directory) return pids;
  while (const dirent* entry = ::readdir(directory.get())) {  // NOLINT(concurrency-mt-unsafe): a stream of our own
    if (auto pid = whole_number<std::uint32_t>(entry->d_name)) pids.push_back(*pid);
  }
  return pids;
}

std::uint32_t namespace_of(const std::filesystem::path& proc, const std::string& pid, const std::string& kind) {
  return namespace_number(read_link(at_cwd, (proc / pid / "ns" / kind).native()));
}

}  // namespace eunomia
