// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/lang_events.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <random>

namespace eunomia::bench {
namespace {

using Random = std::mt19937;

// How many of 1,000 events are of a type. A new event type: a row here, and in fill() what its fields read.
struct Share {
  EventType type;
  unsigned per_mille;
};
constexpr std::array shares = {
    Share{EventType::execve, 10}, Share{EventType::openat, 570},  Share{EventType::open, 25},
    Share{EventType::openat2, 5}, Share{EventType::connect, 100}, Share{EventType::accept4, 90},
    Share{EventType::bind, 5},    Share{EventType::listen, 5},    Share{EventType::fork, 95},
    Share{EventType::exit, 95},
};

constexpr std::array<std::string_view, 16> names = {"nginx",   "postgres", "redis-server", "python3", "node", "java",
                                                    "sh",      "bash",     "cron",         "sshd",    "dpkg", "curl",
                                                    "systemd", "dockerd",  "containerd",   "kubelet"};
constexpr std::array<std::string_view, 16> paths = {"/usr/lib/x86_64-linux-gnu/libc.so.6",
                                                    "/etc/ld.so.cache",
                                                    "/proc/self/status",
                                                    "/var/lib/postgresql/15/main/base/16384/2619",
                                                    "/usr/share/zoneinfo/Etc/UTC",
                                                    "/var/log/nginx/access.log",
                                                    "/tmp/session.lock",
                                                    "/etc/passwd",
                                                    "/sys/fs/cgroup/memory.stat",
                                                    "/app/node_modules/express/lib/router/index.js",
                                                    "/home/user/project/src/main.cpp",
                                                    "/dev/null",
                                                    "/usr/lib/jvm/java-17-openjdk-amd64/lib/server/libjvm.so",
                                                    "/proc/2711/task/2712/stat",
                                                    "/srv/www/static/img/logo.png",
                                                    "/etc/nsswitch.conf"};
constexpr std::array<std::string_view, 4> args = {
    "--config /etc/app.conf --worker 3", "-c import runpy; runpy.run_module('app.server', run_name='__main__')",
    "-Xms512m -Xmx2g -XX:+UseG1GC -Dserver.port=8080 -Dspring.profiles.active=prod -jar /app/service.jar", "-l"};

std::shared_ptr<const Process> make_process(std::size_t i, std::shared_ptr<const Process> parent) {
  auto p = std::make_shared<Process>();
  p->pid = static_cast<std::uint32_t>(1000 + i);
  p->start_ns = 1'000'000'000;
  p->name = p->exe = names[i % names.size()];
  p->exepath = fmt::format("/usr/bin/{}", p->name);
  p->args = args[i % args.size()];
  p->cmdline = fmt::format("{} {}", p->name, p->args);
  p->cwd.assign(1, '/');
  p->parent = std::move(parent);
  return p;
}

IpAddress ip(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  IpAddress out{.family = 4, .bytes = {}};
  out.bytes = {a, b, c, d};
  return out;
}

EventType pick_type(Random& random) {
  auto roll = random() % 1000;
  for (const auto& share : shares) {
    if (roll < share.per_mille) return share.type;
    roll -= share.per_mille;
  }
  return EventType::exit;
}

void fill_open(Event& e, Random& random) {
  e.path = e.raw = paths[random() % paths.size()];
  e.mode = S_IFREG | 0644;
  e.open_flags = random() % 8 == 0 ? 1 : 0;
  const bool failed = random() % 10 == 0;
  e.result = failed ? -2 : 7;
  e.fd = failed ? -1 : 7;
}

void fill_socket(Event& e, Random& random) {
  e.family = AF_INET;
  e.sock_type = SOCK_STREAM;
  e.protocol = 6;
  e.local = ip(172, 17, 0, 2);
  e.remote = ip(10, 0, static_cast<std::uint8_t>(random() % 256), 9);
  e.local_port = 40000;
  e.remote_port = 5432;
  e.fd = 9;
}

void fill(Event& e, Random& random) {
  e.time_ns = 100'000'000'000;
  e.start_ns = 1'000'000'000;
  if (e.is_exec()) e.exe = "/usr/bin/ls";
  if (e.is_open()) fill_open(e, random);
  if (e.is_socket()) fill_socket(e, random);
}

Load make_load() {
  Load out;
  Random random(7);
  for (std::size_t i = 0; i < 64; ++i) {
    std::shared_ptr<const Process> parent;
    for (std::size_t k = 0; k < 4; ++k) parent = make_process(random() % 1000, parent);
    out.processes.push_back(make_process(i, parent));
  }
  out.container = Container{.id = "0123456789ab",
                            .metadata = Metadata::complete,
                            .name = "web",
                            .image = "docker.io/library/nginx:1.25",
                            .image_repository = "docker.io/library/nginx"};
  for (std::size_t i = 0; i < 4096; ++i) {
    Load::Sampled s{{.type = pick_type(random)}, random() % out.processes.size(), random() % 2 == 0};
    fill(s.event, random);
    s.event.pid = out.processes[s.process]->pid;
    s.event.comm = out.processes[s.process]->name;
    out.events.push_back(s);
  }
  return out;
}

}  // namespace

Context Load::context(std::size_t n, Scratch& scratch) const {
  const auto& s = events[n % events.size()];
  scratch.clear();
  return {.event = s.event,
          .process = processes[s.process].get(),
          .container = s.contained ? &container : nullptr,
          .names = nullptr,
          .boot_time_ns = 1'700'000'000'000'000'000,
          .event_number = n + 1,
          .scratch = scratch};
}

const Load& load_of_events() {
  static const Load load = make_load();
  return load;
}

}  // namespace eunomia::bench
