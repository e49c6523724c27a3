// SPDX-License-Identifier: Apache-2.0
#include "engine/state/container_table.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "engine/state/cgroup_fs.h"
#include "engine/state/container_registry.h"
#include "engine/state/lru_map.h"
#include "engine/state/oci_state.h"
#include "engine/state/proc_reader.h"

namespace eunomia {

namespace {

using SlotPtr = std::shared_ptr<ContainerRegistry::Slot>;

// What is known of one cgroup.
struct CgroupEntry {
  SlotPtr slot;               // null: no container's, as far as its name tells
  std::size_t path_hash = 0;  // of the path it was judged by; 0: none was to be had yet
  std::uint32_t asked_pid = 0;
  int tries = 0;
  bool guessed = false;  // by the cgroup's name alone: at each exec a better answer is looked for
};

// What is known of one pair of pid and mount namespace.
struct NamespaceEntry {
  SlotPtr slot;                     // null: nobody has claimed it yet
  std::filesystem::path directory;  // of the state file that did
  std::uint64_t next_ns = 0;        // not looked for again before, but at an exec
  int tries = 0;
};

constexpr int most_cgroup_tries = 3, most_namespace_tries = 10;
constexpr std::uint64_t first_pause_ns = 1'000'000;
constexpr std::size_t max_namespaces = 16384;
constexpr int deepest_namespace = 32;  // MAX_PID_NS_LEVEL of the kernel

OciStates::Namespaces host_namespaces(const std::filesystem::path& proc) {
  auto number = [&](const char* kind) {
    std::uint32_t of_init = namespace_of(proc, "1", kind);
    return of_init ? of_init : namespace_of(proc, "self", kind);
  };
  return {number("pid"), number("mnt")};
}

// The numbers of the pid namespaces around that of the process, from the inside out; none once it is gone.
std::vector<std::uint32_t> outer_pid_namespaces(const std::filesystem::path& proc, std::uint32_t pid) {
  std::vector<std::uint32_t> numbers;
  Fd space(::open((proc / std::to_string(pid) / "ns/pid").c_str(), O_RDONLY | O_CLOEXEC));
  while (space && numbers.size() < deepest_namespace) {
    space = Fd(::ioctl(space.get(), NS_GET_PARENT));
    struct stat facts{};
    if (space && ::fstat(space.get(), &facts) == 0) numbers.push_back(static_cast<std::uint32_t>(facts.st_ino));
  }
  return numbers;
}

std::vector<std::filesystem::path> roots_of(const ContainerTable::Options& options) {
  return options.oci_state_roots.empty() ? usual_oci_roots() : options.oci_state_roots;
}

Resolver::Options resolver_options(const ContainerTable::Options& options) {
  return {.sockets = options.api_sockets.empty() ? usual_api_sockets() : options.api_sockets,
          .files = {.oci_roots = roots_of(options), .host_root = options.host_root, .proc = options.proc},
          .metadata_timeout = options.metadata_timeout};
}

std::uint64_t namespace_key(const Event& event) { return std::uint64_t{event.pidns} << 32 | event.mntns; }

}  // namespace

struct ContainerTable::State {
  explicit State(Options given)
      : options(std::move(given)),
        cgroup_fs(options.proc, options.cgroup_root),
        host(host_namespaces(options.proc)),
        oci(roots_of(options), options.proc, host),
        registry(options.max_containers, resolver_options(options)) {}

  Options options;
  CgroupFs cgroup_fs;
  OciStates::Namespaces host;
  OciStates oci;
  LruMap<std::uint64_t, CgroupEntry> cgroups;
  LruMap<std::uint64_t, NamespaceEntry> namespaces;
  ContainerRegistry registry;

  CgroupEntry& teach(std::uint64_t key, std::string_view path);
  CgroupEntry& put(std::uint64_t key, CgroupEntry entry);
  CgroupEntry* cgroup_of(const Event& event);
  CgroupEntry& ask_proc(const Event& event, int tries);

  [[nodiscard]] bool at_home(const Event& event) const;
  NamespaceEntry& namespaces_of(const Event& event);
  SlotPtr* by_namespaces(const Event& event);
  SlotPtr* by_private_cgroup(const Event& event, CgroupEntry* cgroup);
  void claim(const Event& event, NamespaceEntry& entry);
  const OciContainer* find_owner(const Event& event);
};

CgroupEntry& ContainerTable::State::put(std::uint64_t key, CgroupEntry entry) {
  CgroupEntry& kept = cgroups.put(key, std::move(entry));
  if (cgroups.size() > std::max<std::size_t>(options.max_cgroups, 1)) cgroups.pop_oldest();
  return kept;
}

CgroupEntry& ContainerTable::State::teach(std::uint64_t key, std::string_view path) {
  CgroupEntry entry{.path_hash = std::hash<std::string_view>{}(path)};
  if (ContainerId id = from_cgroup_path(path); !id.full_id.empty()) entry.slot = registry.admit(id);
  return put(key, std::move(entry));
}

// A process may have moved on to another cgroup, or ended, since its event: then the next one of that cgroup is asked.
CgroupEntry& ContainerTable::State::ask_proc(const Event& event, int tries) {
  std::optional<Cgroup> cgroup = cgroup_fs.of_process(event.pid);
  if (cgroup && cgroup->key == event.cgroup) return teach(event.cgroup, cgroup->path);
  return put(event.cgroup, CgroupEntry{.asked_pid = event.pid, .tries = tries + 1});
}

CgroupEntry* ContainerTable::State::cgroup_of(const Event& event) {
  if (event.cgroup == 0) return nullptr;
  CgroupEntry* entry = cgroups.find(event.cgroup);
  if (!event.cgroup_path.empty()) {
    bool same = entry && entry->path_hash == std::hash<std::string_view>{}(event.cgroup_path);
    return same ? entry : &teach(event.cgroup, event.cgroup_path);
  }
  if (!entry) return &ask_proc(event, 0);
  bool open = entry->path_hash == 0 && !entry->slot && entry->tries < most_cgroup_tries;
  return open && entry->asked_pid != event.pid ? &ask_proc(event, entry->tries) : entry;
}

bool ContainerTable::State::at_home(const Event& event) const {
  return (event.pidns == host.pid || event.pidns == 0) && (event.mntns == host.mnt || event.mntns == 0);
}

NamespaceEntry& ContainerTable::State::namespaces_of(const Event& event) {
  if (NamespaceEntry* entry = namespaces.find(namespace_key(event))) return *entry;
  NamespaceEntry& entry = namespaces.put(namespace_key(event), {});
  if (namespaces.size() > max_namespaces) namespaces.pop_oldest();
  return entry;
}

// Namespaces nested in a container's are the container's.
const OciContainer* ContainerTable::State::find_owner(const Event& event) {
  if (const OciContainer* owner = oci.find(event.cgroup_path, {event.pidns, event.mntns})) return owner;
  if (event.pidns == host.pid) return nullptr;
  for (std::uint32_t outer : outer_pid_namespaces(options.proc, event.pid)) {
    const OciContainer* owner = outer == host.pid ? nullptr : oci.find("", {outer, 0});
    if (owner) return owner;
  }
  return nullptr;
}

// Looks who owns these namespaces: the cgroup of another hierarchy may tell, else the runtimes' states do.
void ContainerTable::State::claim(const Event& event, NamespaceEntry& entry) {
  entry.slot = nullptr;
  entry.directory.clear();
  if (ContainerId id = cgroup_fs.container_of_process(event.pid); !id.full_id.empty()) {
    entry.slot = registry.admit(id);
    return;
  }
  const OciContainer* owner = find_owner(event);
  if (!owner) return;
  entry.directory = owner->directory;
  entry.slot = registry.admit(owner->id, owner->state.created_ns);
  // Whatever else is in its cgroup is the container's, in whichever namespaces.
  CgroupEntry* cgroup = event.cgroup_path.empty() ? nullptr : cgroups.peek(event.cgroup);
  if (!cgroup || (!cgroup->guessed && !owner->has_cgroup(event.cgroup_path))) return;
  cgroup->slot = entry.slot;
  cgroup->guessed = false;
}

// Numbers of namespaces are used again once they are gone, so at an exec, and above all at the first of a pid
// namespace, it is made sure that the claim still holds.
SlotPtr* ContainerTable::State::by_namespaces(const Event& event) {
  NamespaceEntry& entry = namespaces_of(event);
  bool exec = event.is_exec();
  std::error_code gone;
  bool holds =
      entry.slot &&
      (!exec || (event.ns_pid != 1 && !entry.directory.empty() && std::filesystem::exists(entry.directory, gone)));
  if (holds) return &entry.slot;
  bool due = exec || (entry.tries < most_namespace_tries && event.time_ns >= entry.next_ns);
  if (!due) return nullptr;
  if (!exec) entry.next_ns = event.time_ns + (first_pause_ns << entry.tries++);
  claim(event, entry);
  return entry.slot ? &entry.slot : nullptr;
}

// A process that shares neither pid nor mount namespace with the host is in some container, even where its runtime is
// gone already and left nothing to read. Seldom wrong, while calling it a process of the host always would be.
SlotPtr* ContainerTable::State::by_private_cgroup(const Event& event, CgroupEntry* cgroup) {
  if (!cgroup || event.cgroup_path.empty() || event.pidns == host.pid || event.mntns == host.mnt) return nullptr;
  if (event.pidns == 0 || event.mntns == 0) return nullptr;
  const ContainerId id = from_private_cgroup_path(event.cgroup_path);
  if (id.full_id.empty()) return nullptr;
  cgroup->slot = registry.admit(id);
  cgroup->guessed = true;
  return &cgroup->slot;
}

ContainerTable::ContainerTable(Options options) : state_(std::make_unique<State>(std::move(options))) {}
ContainerTable::~ContainerTable() = default;

void ContainerTable::scan() {
  for (std::uint32_t pid : list_processes(state_->options.proc)) {
    std::optional<Cgroup> cgroup = state_->cgroup_fs.of_process(pid);
    if (cgroup && cgroup->key != 0 && !state_->cgroups.peek(cgroup->key)) state_->teach(cgroup->key, cgroup->path);
  }
}

std::shared_ptr<const Container> ContainerTable::of(const Event& event) {
  CgroupEntry* cgroup = state_->cgroup_of(event);
  const bool doubtful = cgroup && cgroup->guessed && event.is_exec();
  SlotPtr* slot = cgroup && cgroup->slot && !doubtful ? &cgroup->slot : nullptr;
  // In the host's pid namespace only the cgroup tells: engines, and their runtimes before they have made a container's
  // namespaces, may share a mount namespace with everything beside them.
  if (!slot && !state_->at_home(event) && event.pidns != state_->host.pid) slot = state_->by_namespaces(event);
  if (!slot && event.is_exec()) slot = state_->by_private_cgroup(event, cgroup);
  if (!slot) return nullptr;
  std::shared_ptr<const Container> container = state_->registry.current(*slot);
  if (event.is_exec()) state_->registry.retry(**slot);
  return container;
}

std::shared_ptr<const Container> ContainerTable::find(const std::string& full_id) const {
  return state_->registry.find(full_id);
}

int ContainerTable::ready_fd() const { return state_->registry.ready_fd(); }
void ContainerTable::acknowledge() { state_->registry.acknowledge(); }
ContainerTable::Stats ContainerTable::stats() const { return state_->registry.stats(); }

}  // namespace eunomia
