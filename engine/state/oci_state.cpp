// SPDX-License-Identifier: Apache-2.0
#include "engine/state/oci_state.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <utility>

#include "engine/state/files.h"
#include "engine/state/proc_reader.h"

namespace eunomia {

namespace {

constexpr std::size_t state_limit = 1 << 20;
constexpr std::size_t config_limit = std::size_t{4} << 20;
constexpr std::chrono::seconds keep_gone{10};
constexpr std::size_t most_places = 4096, most_roots = 64;
// State files read in one call; the others are left to the next.
constexpr int most_reads = 64;

bool mentions(const std::filesystem::path& path, std::string_view text) {
  return path.native().find(text) != std::string::npos;
}

// Engines keep the state of their runtime and their bundles in places of their own.
ContainerEngine engine_of(const std::filesystem::path& directory, const std::string& bundle, ContainerEngine runtime) {
  if (mentions(directory, "/docker/")) return ContainerEngine::docker;
  if (mentions(directory, "/containerd/")) return ContainerEngine::containerd;
  if (bundle.ends_with("/userdata")) {  // containers/storage
    return bundle.starts_with("/run/containers/") ? ContainerEngine::crio : ContainerEngine::podman;
  }
  return runtime;
}

bool has_state(const std::filesystem::path& directory) {
  std::error_code none;
  return std::filesystem::exists(directory / "state.json", none) || std::filesystem::exists(directory / "status", none);
}

std::int64_t changed_ns(const std::filesystem::path& path) {
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0) return -1;
  return facts.st_mtim.tv_sec * 1'000'000'000 + facts.st_mtim.tv_nsec;
}

// A directory changed a moment ago may change again within the same tick of the clock that stamps it.
bool may_change_unseen(std::int64_t stamp_ns) {
  constexpr std::int64_t some_ticks_ns = 50'000'000;
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec - stamp_ns < some_ticks_ns;
}

bool is_own(std::uint32_t number, std::uint32_t containers, std::uint32_t hosts) {
  return number != 0 && number == containers && number != hosts;
}

bool is_below(std::string_view path, std::string_view above) {
  return path == above || (path.starts_with(above) && path.substr(above.size()).starts_with('/'));
}

}  // namespace

bool OciContainer::has_cgroup(std::string_view path) const {
  return std::ranges::any_of(state.cgroup_paths, [&](const std::string& own) {
    if (!starting) return is_below(path, own);
    std::size_t found = path.find(own);
    return found != std::string_view::npos && is_below(path.substr(found), own);
  });
}

namespace {

// By crun's copy of the configuration. Without a cgroup in it, it is named like the container.
std::optional<OciContainer> read_starting(const std::filesystem::path& directory) {
  std::string name = directory.filename();
  auto text = read_file(directory / "config.json", config_limit);
  std::optional<std::string> cgroup = text ? oci_cgroup(*text) : std::nullopt;
  if (!cgroup || !is_safe_id(name)) return std::nullopt;
  OciContainer container{.directory = directory, .starting = true};
  container.state.cgroup_paths.push_back("/" + (cgroup->empty() ? name : *cgroup));
  container.id = {engine_of(directory, "", ContainerEngine::crun), std::move(name)};
  return container;
}

// runc writes the state down before its process has made namespaces of its own. Those that it still shares with its
// parent tell nothing: everything that the engine runs beside the container is in them too.
void leave_shared(OciContainer& container, const std::filesystem::path& proc) {
  const auto first = read_process(proc, container.state.init_pid);
  const std::string parent = std::to_string(first ? first->ppid : 0);
  for (auto [number, kind] : {std::pair(&container.pidns, "pid"), std::pair(&container.mntns, "mnt")}) {
    if (*number == 0 || *number != namespace_of(proc, parent, kind)) continue;
    *number = 0;
    container.settled = false;
  }
}

}  // namespace

std::optional<OciContainer> read_oci_state(const std::filesystem::path& directory, const std::filesystem::path& proc) {
  std::string name = directory.filename();
  if (!is_safe_id(name)) return std::nullopt;
  std::optional<OciState> state;
  ContainerEngine runtime = ContainerEngine::runc;
  if (auto text = read_file(directory / "state.json", state_limit)) state = from_runc_state(*text);
  if (!state) {
    runtime = ContainerEngine::crun;
    if (auto text = read_file(directory / "status", state_limit)) state = from_crun_status(*text);
  }
  if (!state) return std::nullopt;
  const std::string pid = std::to_string(state->init_pid);
  OciContainer container{.id = {engine_of(directory, state->bundle, runtime), std::move(name)},
                         .directory = directory,
                         .state = std::move(*state),
                         .pidns = namespace_of(proc, pid, "pid"),
                         .mntns = namespace_of(proc, pid, "mnt")};
  leave_shared(container, proc);
  return container;
}

std::vector<std::filesystem::path> usual_oci_roots() {
  return {"/run/runc", "/run/crun", "/run/docker/runtime-runc", "/run/docker/runtime-crun", "/run/containerd/runc"};
}

OciStates::OciStates(std::vector<std::filesystem::path> roots, std::filesystem::path proc, Namespaces host)
    : proc_(std::move(proc)), host_(host) {
  for (std::filesystem::path& root : roots) roots_.push_back({.path = std::move(root)});
}

// A directory without a state file is a container that is just being made, or (engines have a root per namespace:
// "k8s.io", "moby") holds those of containers.
void OciStates::list(Root& root) {
  std::vector<std::filesystem::path> nested;
  for (auto& [path, place] : places_) {
    if (path.parent_path() == root.path) place.seen = false;
  }
  std::error_code error;
  for (std::filesystem::directory_iterator it(root.path, error), end; !error && it != end; it.increment(error)) {
    struct stat facts{};
    if (::lstat(it->path().c_str(), &facts) != 0 || !S_ISDIR(facts.st_mode) || places_.size() >= most_places) continue;
    Place& place = places_[it->path()];
    if (place.inode != facts.st_ino || place.gone) place = Place{.container = {}, .inode = facts.st_ino};
    place.seen = true;
    if (!root.nested && !has_state(it->path())) nested.push_back(it->path());
  }
  drop_unseen(root.path);
  for (std::filesystem::path& path : nested) {
    bool known = std::ranges::any_of(roots_, [&](const Root& one) { return one.path == path; });
    if (!known && roots_.size() < most_roots) roots_.push_back({.path = std::move(path), .nested = true});
  }
}

void OciStates::drop_unseen(const std::filesystem::path& root) {
  auto now = std::chrono::steady_clock::now();
  bool crowded = places_.size() > most_places / 2;
  for (auto it = places_.begin(); it != places_.end();) {
    auto& [path, place] = *it;
    bool unseen = !place.seen && path.parent_path() == root;
    if (unseen && !place.gone) place.gone = now;
    bool over = unseen && (crowded || !place.container || now - *place.gone > keep_gone);
    it = over ? places_.erase(it) : std::next(it);
  }
}

void OciStates::refresh() {
  for (std::size_t i = 0; i < roots_.size(); ++i) {  // grows meanwhile
    Root root = roots_[i];
    std::int64_t stamp = changed_ns(root.path);
    if (stamp == root.changed_ns) continue;
    list(root);
    roots_[i].changed_ns = may_change_unseen(stamp) ? -1 : stamp;
  }
  std::erase_if(roots_, [](const Root& root) { return root.nested && changed_ns(root.path) < 0; });
  read_new();
}

void OciStates::read_new() {
  int reads = 0;
  for (auto& [path, place] : places_) {
    if (place.is_final() || ++reads > most_reads) continue;
    ++place.reads;
    if (auto container = read_oci_state(path, proc_)) place.container = std::move(container);
    if (!place.container) place.container = read_starting(path);
  }
}

const OciContainer* OciStates::find(std::string_view cgroup_path, Namespaces namespaces) {
  refresh();
  const OciContainer* by_namespace = nullptr;
  const OciContainer* gone = nullptr;
  for (const auto& [path, place] : places_) {
    if (!place.container) continue;
    const OciContainer& one = *place.container;
    if (one.has_cgroup(cgroup_path)) {
      if (!place.gone) return &one;
      gone = &one;
    }
    if (place.gone) continue;
    if (!is_own(namespaces.pid, one.pidns, host_.pid) && !is_own(namespaces.mnt, one.mntns, host_.mnt)) continue;
    // Numbers of namespaces are used again: a stopped container may have left its state behind.
    if (!by_namespace || one.state.created_ns >= by_namespace->state.created_ns) by_namespace = &one;
  }
  return by_namespace ? by_namespace : gone;
}

}  // namespace eunomia
