// SPDX-License-Identifier: Apache-2.0
//
// How fast rules are loaded and events are judged, on one core.
//
//   lang_bench --benchmark_filter=match    # items_per_second: events; counter ns: per event
//
// The mix is 1 % exec, 60 % open, 20 % network, the rest forks and exits, from 64 processes with four ancestors each, a
// half of them in containers; hardly any event matches a rule, as on a real machine. EUNOMIA_BENCH_RULES names another
// rule file (the public Falco rules) for the *File benchmarks.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "engine/lang/engine.h"

namespace eunomia::lang {
namespace {

struct Load {
  std::vector<std::shared_ptr<const Process>> processes;
  std::vector<Container> containers;
  struct Sampled {
    Event event;
    std::size_t process;
    bool contained;
  };
  std::vector<Sampled> events;
};

constexpr std::array<std::string_view, 16> names = {"nginx",   "postgres", "redis-server", "python3", "node", "java",
                                                    "sh",      "bash",     "cron",         "sshd",    "dpkg", "curl",
                                                    "systemd", "dockerd",  "containerd",   "kubelet"};
constexpr std::array<std::string_view, 12> paths = {"/usr/lib/x86_64-linux-gnu/libc.so.6",
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
                                                    "/dev/null"};

std::shared_ptr<const Process> make_process(std::size_t i, std::shared_ptr<const Process> parent) {
  auto p = std::make_shared<Process>();
  p->pid = static_cast<std::uint32_t>(1000 + i);
  p->start_ns = 1'000'000'000;
  p->name = p->exe = names[i % names.size()];
  p->exepath = fmt::format("/usr/bin/{}", p->name);
  p->args = fmt::format("--config /etc/{}.conf --worker {}", p->name, i);
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

Event make_event(std::mt19937& random) {
  const auto roll = random() % 100;
  Event e;
  e.time_ns = 100'000'000'000;
  e.start_ns = 1'000'000'000;
  if (roll < 1) {
    e.type = EventType::execve;
    e.exe = "/usr/bin/ls";
  } else if (roll < 61) {
    e.type = EventType::openat;
    e.path = e.raw = paths[random() % paths.size()];
    e.mode = S_IFREG | 0644;
    e.open_flags = random() % 8 == 0 ? 1 : 0;
    e.fd = static_cast<std::int32_t>(e.result = 7);
  } else if (roll < 81) {
    e.type = random() % 2 == 0 ? EventType::connect : EventType::accept4;
    e.family = AF_INET;
    e.sock_type = SOCK_STREAM;
    e.protocol = 6;
    e.local = ip(172, 17, 0, 2);
    e.remote = ip(10, 0, static_cast<std::uint8_t>(random() % 256), 9);
    e.local_port = 40000;
    e.remote_port = 5432;
    e.fd = 9;
  } else {
    e.type = random() % 2 == 0 ? EventType::fork : EventType::exit;
  }
  return e;
}

const Load& load_of_events() {
  static const Load load = [] {
    Load out;
    std::mt19937 random(7);
    for (std::size_t i = 0; i < 64; ++i) {
      std::shared_ptr<const Process> parent;
      for (std::size_t k = 0; k < 4; ++k) parent = make_process(random() % 1000, parent);
      out.processes.push_back(make_process(i, parent));
    }
    out.containers.push_back(Container{.id = "0123456789ab",
                                       .metadata = Metadata::complete,
                                       .name = "web",
                                       .image = "docker.io/library/nginx:1.25",
                                       .image_repository = "docker.io/library/nginx"});
    for (std::size_t i = 0; i < 4096; ++i) {
      Load::Sampled s{make_event(random), random() % out.processes.size(), random() % 2 == 0};
      s.event.pid = out.processes[s.process]->pid;
      s.event.comm = out.processes[s.process]->name;
      out.events.push_back(s);
    }
    return out;
  }();
  return load;
}

// Rules as people write them: macros, a list, a few conditions of their own.
std::string make_rules(std::size_t count) {
  std::string out =
      "- macro: container\n  condition: (container.id != host)\n"
      "- macro: opened\n  condition: (evt.type in (open,openat,openat2) and evt.is_open_read=true and fd.num>=0)\n"
      "- macro: spawned\n  condition: (evt.type in (execve, execveat))\n"
      "- list: shells\n  items: [sh, bash, dash, zsh, ksh, csh]\n";
  for (std::size_t i = 0; i < count; ++i) {
    static constexpr std::array<const char*, 4> conditions = {
        "opened and container and fd.name startswith /srv/secret{0}/ and not proc.name in (shells)",
        "spawned and container and proc.name in (tool{0}, helper{0}) and proc.pname in (shells)",
        "evt.type=connect and fd.sport=1{0:04} and fd.sip != 127.0.0.1",
        "opened and fd.name in (/etc/app{0}.conf, /etc/app{0}.key) and proc.cmdline contains x{0}"};
    out += fmt::format("- rule: R{0}\n  desc: d\n  condition: {1}\n  output: o %proc.name\n  priority: INFO\n", i,
                       fmt::format(fmt::runtime(conditions[i % conditions.size()]), i));
  }
  return out;
}

std::string falco_rules() {
  const char* path = std::getenv("EUNOMIA_BENCH_RULES");
  if (!path) return {};
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

void run(benchmark::State& state, const Engine& engine) {
  const auto& load = load_of_events();
  Scratch scratch;
  std::uint64_t number = 0, matched = 0;
  for (auto _ : state) {
    const auto& s = load.events[number++ % load.events.size()];
    scratch.clear();
    const Context context{.event = s.event,
                          .process = load.processes[s.process].get(),
                          .container = s.contained ? load.containers.data() : nullptr,
                          .names = nullptr,
                          .boot_time_ns = 1'700'000'000'000'000'000,
                          .event_number = number,
                          .scratch = scratch};
    matched += engine.match(context) != nullptr ? 1 : 0;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
  state.counters["matched"] = static_cast<double>(matched) / static_cast<double>(state.iterations());
}

void match_generated(benchmark::State& state) {
  const auto loaded = load_text("bench.yaml", make_rules(static_cast<std::size_t>(state.range(0))));
  run(state, *loaded.engine);
}
BENCHMARK(match_generated)->Arg(25)->Arg(100)->Arg(1000);

void match_file(benchmark::State& state) {
  const auto text = falco_rules();
  const auto loaded = load_text("file.yaml", text);
  if (text.empty() || !loaded.engine) return state.SkipWithError("set EUNOMIA_BENCH_RULES to a rule file that loads");
  run(state, *loaded.engine);
}
BENCHMARK(match_file);

void load_generated(benchmark::State& state) {
  const auto text = make_rules(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(load_text("bench.yaml", text));
}
BENCHMARK(load_generated)->Arg(25)->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond);

void load_file(benchmark::State& state) {
  const auto text = falco_rules();
  if (text.empty()) return state.SkipWithError("set EUNOMIA_BENCH_RULES to a rule file");
  for (auto _ : state) benchmark::DoNotOptimize(load_text("file.yaml", text));
}
BENCHMARK(load_file)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace eunomia::lang

BENCHMARK_MAIN();
