// SPDX-License-Identifier: Apache-2.0
#include "engine/state/process_table.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/state/lru_map.h"
#include "engine/state/proc_reader.h"

namespace eunomia {

namespace {

struct Key {
  std::uint32_t pid = 0;
  std::uint64_t start_ns = 0;
  friend bool operator==(const Key&, const Key&) = default;
};

struct KeyHash {
  std::size_t operator()(const Key& key) const {
    // Multiplicative hashing; the constant is 2^64 divided by the golden ratio (Knuth, TAOCP 3, 6.4).
    std::uint64_t mixed = (key.start_ns ^ (std::uint64_t{key.pid} << 40)) * 0x9e3779b97f4a7c15ULL;
    return static_cast<std::size_t>(mixed ^ (mixed >> 32));
  }
};

using ProcessPtr = std::shared_ptr<const Process>;
using ByteCount = std::shared_ptr<std::atomic<std::size_t>>;

// On the heap, as far as a string does not fit into itself.
std::size_t heap_bytes(const std::string& text) { return text.capacity() < sizeof(std::string) ? 0 : text.capacity(); }

std::size_t bytes_of(const Process& process) {
  std::size_t sum = process.argv.capacity() * sizeof(std::string);
  for (const std::string& argument : process.argv) sum += heap_bytes(argument);
  for (const std::string* text :
       {&process.name, &process.exe, &process.exepath, &process.args, &process.cmdline, &process.cwd, &process.env}) {
    sum += heap_bytes(*text);
  }
  return sum;
}

// Counts itself as long as anybody holds it, be it only as somebody's ancestor.
struct CountedProcess : Process {
  CountedProcess(Process process, ByteCount count)
      : Process(std::move(process)), total(std::move(count)), size(sizeof(CountedProcess) + bytes_of(*this)) {
    total->fetch_add(size, std::memory_order_relaxed);
  }
  CountedProcess(const CountedProcess&) = delete;
  CountedProcess& operator=(const CountedProcess&) = delete;
  ~CountedProcess() { total->fetch_sub(size, std::memory_order_relaxed); }

  ByteCount total;
  std::size_t size;
};

struct Entry {
  ProcessPtr process;
  ProcessPtr as_parent;  // `process` with a shorter ancestry, made when its full one would be too long for its children
  std::size_t depth = 0;  // ancestors of `process`
  bool exited = false;
  bool tick_only = false;  // its start time is known to a tick only: read from /proc, no event has come yet
};

// Enough entries stay for the events at hand, however large they are.
constexpr std::size_t least_kept = 64;
// Of the way up read from /proc at once; parents that change while it is read could make it a circle.
constexpr std::size_t longest_line = 1024;

// Time namespaces shift what /proc shows by an offset that need not be a multiple of a tick: a tick to each side.
bool same_start(std::uint64_t rounded_ns, std::uint64_t exact_ns) {
  std::uint64_t apart = rounded_ns > exact_ns ? rounded_ns - exact_ns : exact_ns - rounded_ns;
  return apart <= tick_ns();
}

void take_ids(Process& process, const Event& event) {
  process.pid = event.pid;
  process.ns_pid = event.ns_pid;
  process.start_ns = event.start_ns;
  process.ppid = event.ppid;
  process.sid = event.sid;
  process.ns_sid = event.ns_sid;
  process.uid = event.uid;
  process.gid = event.gid;
  process.loginuid = event.loginuid;
  process.pidns = event.pidns;
  process.mntns = event.mntns;
  process.cgroup = event.cgroup;
}

void rename(Process& process, std::string_view name) {
  process.name = name;
  process.cmdline = process.args.empty() ? process.name : process.name + " " + process.args;
}

// All that the head of any event tells.
Process from_head(const Event& event) {
  Process process;
  take_ids(process, event);
  rename(process, event.comm);
  return process;
}

Process from_exec(const Event& event) {
  Process process = from_head(event);
  set_arguments(process, event.args);
  process.exepath = event.exe;
  process.cwd = event.cwd;
  process.env = event.env;
  process.streams = event.streams;
  process.tty = event.tty;
  process.pgid = event.pgid;
  process.ns_pgid = event.ns_pgid;
  process.exe_flags = event.exe_flags;
  process.exe_ino = event.exe_ino;
  process.exe_ctime_ns = event.exe_ctime_ns;
  process.exe_mtime_ns = event.exe_mtime_ns;
  process.exec_ns = event.time_ns;
  process.args_cut = event.has(EVF_ARGS_CUT);
  return process;
}

}  // namespace

struct ProcessTable::State {
  explicit State(Options given) : options(std::move(given)) {}

  Options options;
  LruMap<Key, Entry, KeyHash> entries;
  std::unordered_map<std::uint32_t, std::uint64_t> starts;  // the newest process of each pid in `entries`
  std::deque<std::pair<Key, std::uint64_t>> exits;          // with the time of the exit, oldest first
  ByteCount bytes = std::make_shared<std::atomic<std::size_t>>(0);
  bool keep_environment = false;
  std::uint64_t live = 0, evicted = 0, unknown = 0, from_proc = 0;

  ProcessPtr share(Process process) { return std::make_shared<CountedProcess>(std::move(process), bytes); }

  Entry* find(const Key& key);
  Entry* adopt(const Key& key);
  Entry& put(const Key& key, Entry entry);
  Entry* read(const Key& key);
  Entry& know(const Event& event);
  Entry* parent_of(const Event& event, std::string_view comm);
  Entry entry_below(Process process, Entry* parent);
  ProcessPtr as_parent(Entry& entry);
  ProcessPtr cut(const Process& process, std::size_t ancestors);
  void forget(const Key& key);
  void unlist(const Key& key);
  void drop_oldest_exit();
  Entry* snapshot(std::uint32_t pid);
  void make_room();
  void drop_exited(std::uint64_t now_ns);

  ProcessPtr fork(const Event& event);
  ProcessPtr exec(const Event& event);
  ProcessPtr exit(const Event& event);
};

Entry* ProcessTable::State::find(const Key& key) {
  Entry* entry = entries.find(key);
  return entry ? entry : adopt(key);
}

// The entry that /proc gave for this process, with its start time rounded; from now on under the exact one.
Entry* ProcessTable::State::adopt(const Key& key) {
  auto newest = starts.find(key.pid);
  if (newest == starts.end() || !same_start(newest->second, key.start_ns)) return nullptr;
  Key rounded{key.pid, newest->second};
  const Entry* known = entries.peek(rounded);
  if (!known || !known->tick_only) return nullptr;
  Entry entry{.depth = known->depth};
  Process exact = *known->process;
  exact.start_ns = key.start_ns;
  entry.process = share(std::move(exact));
  forget(rounded);
  return &put(key, std::move(entry));
}

Entry& ProcessTable::State::put(const Key& key, Entry entry) {
  forget(key);
  ++live;
  std::uint64_t& newest = starts[key.pid];
  newest = std::max(newest, key.start_ns);
  Entry& kept = entries.put(key, std::move(entry));
  make_room();
  return kept;
}

void ProcessTable::State::forget(const Key& key) {
  const Entry* entry = entries.peek(key);
  if (!entry) return;
  if (!entry->exited) --live;
  entries.erase(key);
  unlist(key);
}

// A successor may stand under the same number by now.
void ProcessTable::State::unlist(const Key& key) {
  auto newest = starts.find(key.pid);
  if (newest != starts.end() && newest->second == key.start_ns) starts.erase(newest);
}

void ProcessTable::State::drop_oldest_exit() {
  Key key = exits.front().first;
  exits.pop_front();
  const Entry* gone = entries.peek(key);
  if (gone && gone->exited) forget(key);
}

// The one just put is the most recently used and stays.
void ProcessTable::State::make_room() {
  while (entries.size() > 1 &&
         (entries.size() > options.max_processes || (*bytes > options.max_bytes && entries.size() > least_kept))) {
    if (!exits.empty()) {
      drop_oldest_exit();
      continue;
    }
    unlist(entries.pop_oldest().first);
    --live;
    ++evicted;
  }
}

void ProcessTable::State::drop_exited(std::uint64_t now_ns) {
  auto keep_ns = static_cast<std::uint64_t>(std::chrono::nanoseconds(options.keep_exited).count());
  while (!exits.empty() && exits.front().second + keep_ns < now_ns) drop_oldest_exit();
}

// A copy that has at most so many ancestors.
ProcessPtr ProcessTable::State::cut(const Process& process, std::size_t ancestors) {
  std::vector<const Process*> line{&process};
  while (line.size() <= ancestors && line.back()->parent) line.push_back(line.back()->parent.get());
  ProcessPtr above;
  for (auto it = line.rbegin(); it != line.rend(); ++it) {
    Process copy = **it;
    copy.parent = above;
    above = share(std::move(copy));
  }
  return above;
}

ProcessPtr ProcessTable::State::as_parent(Entry& entry) {
  if (options.max_depth == 0) return nullptr;
  if (entry.depth < options.max_depth) return entry.process;
  if (!entry.as_parent) entry.as_parent = cut(*entry.process, options.max_depth - 1);
  return entry.as_parent;
}

Entry ProcessTable::State::entry_below(Process process, Entry* parent) {
  process.parent = parent ? as_parent(*parent) : nullptr;
  std::size_t depth = parent ? std::min(parent->depth + 1, options.max_depth) : 0;
  return Entry{.process = share(std::move(process)), .depth = depth};
}

// The living process under that number, read from /proc with as many of its ancestors as are not known yet. Parents
// come first, so that each is below its own.
Entry* ProcessTable::State::snapshot(std::uint32_t pid) {
  std::vector<Process> line;
  Entry* parent = nullptr;
  for (std::uint32_t next = pid; next != 0 && !parent && line.size() < longest_line;) {
    auto known = starts.find(next);
    parent = known == starts.end() ? nullptr : entries.find({next, known->second});
    if (parent && parent->exited) parent = nullptr;
    if (parent) break;
    std::optional<Process> process = read_process(options.proc, next, keep_environment);
    if (!process) break;
    next = process->ppid;
    line.push_back(std::move(*process));
  }
  for (; !line.empty(); line.pop_back()) {
    Key key{line.back().pid, line.back().start_ns};
    Entry entry = entry_below(std::move(line.back()), parent);
    entry.tick_only = true;
    ++from_proc;
    parent = &put(key, std::move(entry));
  }
  return parent && parent->process->pid == pid ? parent : nullptr;
}

// From /proc, if the process there is the one meant and not a successor under its number.
Entry* ProcessTable::State::read(const Key& key) {
  auto newest = starts.find(key.pid);
  if (newest != starts.end()) {
    if (newest->second > key.start_ns) return nullptr;  // a late event: /proc has the successor
    forget({key.pid, newest->second});                  // its exit was lost
  }
  return snapshot(key.pid) ? adopt(key) : nullptr;
}

// The entry of the event's process. One that can not be had from anywhere is made up, so that nobody looks for it
// again.
Entry& ProcessTable::State::know(const Event& event) {
  Key key{event.pid, event.start_ns};
  if (Entry* entry = find(key)) return *entry;
  if (Entry* entry = read(key)) return *entry;
  ++unknown;
  return put(key, entry_below(from_head(event), nullptr));
}

// `comm`: the parent's, for when nothing else is known of it.
Entry* ProcessTable::State::parent_of(const Event& event, std::string_view comm) {
  if (event.ppid == 0) return nullptr;
  if (event.parent_start_ns == 0) return snapshot(event.ppid);
  Key key{event.ppid, event.parent_start_ns};
  if (Entry* entry = find(key)) return entry;
  if (Entry* entry = read(key)) return entry;
  ++unknown;
  Process process{.pid = event.ppid, .start_ns = event.parent_start_ns};
  rename(process, comm);
  return &put(key, entry_below(std::move(process), nullptr));
}

ProcessPtr ProcessTable::State::fork(const Event& event) {
  drop_exited(event.time_ns);
  Entry* parent = parent_of(event, event.comm);
  Process child = parent ? *parent->process : Process{};
  take_ids(child, event);
  if (child.name != event.comm) rename(child, event.comm);
  Entry entry = entry_below(std::move(child), parent);
  Key key{event.pid, event.start_ns};
  find(key);  // what /proc told before this event came up in the ring is replaced with it
  return put(key, std::move(entry)).process;
}

ProcessPtr ProcessTable::State::exec(const Event& event) {
  drop_exited(event.time_ns);
  Entry entry = entry_below(from_exec(event), parent_of(event, event.parent_comm));
  Key key{event.pid, event.start_ns};
  find(key);
  return put(key, std::move(entry)).process;
}

ProcessPtr ProcessTable::State::exit(const Event& event) {
  drop_exited(event.time_ns);
  Key key{event.pid, event.start_ns};
  Entry* entry = find(key);
  if (!entry) {  // nothing is left of it in /proc
    ++unknown;
    return share(from_head(event));
  }
  if (!std::exchange(entry->exited, true)) {
    --live;
    exits.emplace_back(key, event.time_ns);
  }
  return entry->process;
}

ProcessTable::ProcessTable(Options options) : state_(std::make_unique<State>(std::move(options))) {}
ProcessTable::~ProcessTable() = default;

void ProcessTable::set_keep_environment(bool keep) { state_->keep_environment = keep; }

std::size_t ProcessTable::scan() {
  std::size_t found = 0;
  for (std::uint32_t pid : list_processes(state_->options.proc)) found += state_->snapshot(pid) != nullptr;
  return found;
}

std::shared_ptr<const Process> ProcessTable::apply(const Event& event) {
  if (event.type == EventType::fork) return state_->fork(event);
  if (event.type == EventType::exit) return state_->exit(event);
  if (event.is_exec() && event.result >= 0) return state_->exec(event);
  return state_->know(event).process;
}

ProcessTable::Stats ProcessTable::stats() const {
  return {.live = state_->live,
          .evicted = state_->evicted,
          .unknown = state_->unknown,
          .from_proc = state_->from_proc,
          .bytes = *state_->bytes};
}

}  // namespace eunomia
