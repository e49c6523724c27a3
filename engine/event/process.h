// SPDX-License-Identifier: Apache-2.0
//
// What is known of a process, and of a container, as plain values. engine/state fills them from events; the fields of
// rules read them; tests write them down in one expression. Both are immutable once shared: a change (exec, metadata
// that arrived) makes a new object, so that whoever holds an old one keeps a consistent picture. Any thread may read.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bpf/event.h"

namespace eunomia {

struct Process {
  std::uint32_t pid = 0;       // root pid namespace
  std::uint32_t ns_pid = 0;    // innermost pid namespace
  std::uint64_t start_ns = 0;  // CLOCK_BOOTTIME; with pid, an identity never reused
  std::uint32_t ppid = 0, sid = 0, pgid = 0, ns_sid = 0, ns_pgid = 0;
  std::uint32_t uid = 0, gid = 0, loginuid = UINT32_MAX;
  std::uint32_t tty = 0;
  std::uint32_t pidns = 0, mntns = 0;
  std::uint64_t cgroup = 0;
  std::string name;     // comm, at most 15 bytes
  std::string exe;      // argv[0]
  std::string exepath;  // resolved path of the executable
  std::string args;     // argv[1..], joined with one space
  std::string cmdline;  // name + " " + args
  std::vector<std::string> argv;
  std::string cwd;
  std::string env;                     // each variable zero-terminated; empty where no rule reads it
  std::array<ev_stream, 3> streams{};  // standard input, output, error, when the program started
  std::uint32_t exe_flags = 0;         // ev_exe_flags of bpf/event.h
  std::uint64_t exe_ino = 0, exe_ctime_ns = 0, exe_mtime_ns = 0;  // CLOCK_REALTIME
  std::uint64_t exec_ns = 0;  // time of the last exec, CLOCK_BOOTTIME; 0: before we looked
  bool args_cut = false;
  bool from_proc = false;                 // read from /proc instead of events: a snapshot
  std::shared_ptr<const Process> parent;  // null: unknown, or past the depth that is kept
};

enum class ContainerEngine : std::uint8_t { unknown, docker, containerd, crio, podman, runc, crun };
// "docker", "containerd", "cri-o", "podman", "runc", "crun", "unknown".
std::string_view to_string(ContainerEngine engine);

// How much of a container's metadata (all but id and engine) is known.
enum class Metadata : std::uint8_t {
  pending,   // asked for, not answered yet
  complete,  // as the engine told
  missing,   // not to be had: engine gone, no answer within the limit, unknown to it
};

struct Container {
  std::string id;  // first 12 characters of full_id where that is 64 hex digits, else full_id
  std::string full_id;
  ContainerEngine engine = ContainerEngine::unknown;
  Metadata metadata = Metadata::pending;
  std::string metadata_source;  // what told: "docker API at /run/docker.sock"; or why nothing did
  std::string name;
  std::string image;             // as the user named it: "nginx:1.25"
  std::string image_repository;  // "nginx"
  std::string image_tag;         // "1.25"
  std::string image_id, image_digest;
  bool privileged = false;
  std::uint64_t start_ns = 0;  // unix time, ns; 0: unknown
  std::uint32_t init_pid = 0;
  std::string ip;
  std::map<std::string, std::string> labels;
  std::vector<std::string> mounts;  // "source:destination:mode:rw:propagation"
};

}  // namespace eunomia
