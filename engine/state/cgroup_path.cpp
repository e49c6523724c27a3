// SPDX-License-Identifier: Apache-2.0
#include "engine/state/cgroup_path.h"

#include <algorithm>
#include <array>

#include "engine/state/files.h"

namespace eunomia {

namespace {

constexpr std::size_t long_id_size = 64, short_id_size = 12, longest_id = 128;

struct Prefix {
  std::string_view text;
  ContainerEngine engine;
};

// "docker-<id>.scope" with systemd, some without the suffix on cgroupfs. Conmon's own cgroups
// ("libpod-conmon-<id>.scope", "crio-conmon-<id>") fall through: what follows the prefix is no id.
constexpr std::array long_id_prefixes{
    Prefix{"docker-", ContainerEngine::docker},         Prefix{"cri-containerd-", ContainerEngine::containerd},
    Prefix{"nerdctl-", ContainerEngine::containerd},    Prefix{"crio-", ContainerEngine::crio},
    Prefix{"libpod-payload-", ContainerEngine::podman},  // --cgroups=split
    Prefix{"libpod-", ContainerEngine::podman},
};

// The plain runtimes under systemd: any id, so the suffix is asked for as well.
constexpr std::array any_id_prefixes{
    Prefix{"runc-", ContainerEngine::runc},
    Prefix{"crun-", ContainerEngine::crun},
};

constexpr std::string_view scope = ".scope";

std::string_view without_scope(std::string_view name) {
  if (name.ends_with(scope)) name.remove_suffix(scope.size());
  return name;
}

// "kubepods-burstable-pod<uid>.slice:cri-containerd:<id>": containerd with the systemd form but the cgroupfs driver.
ContainerId from_colons(std::string_view component) {
  std::size_t last = component.rfind(':');
  if (last == std::string_view::npos || !is_long_id(component.substr(last + 1))) return {};
  std::string id(component.substr(last + 1));
  std::string_view head = component.substr(0, last);
  std::string_view prefix = head.substr(head.rfind(':') + 1);
  if (prefix == "cri-containerd" || prefix == "nerdctl") return {ContainerEngine::containerd, std::move(id)};
  if (prefix == "crio") return {ContainerEngine::crio, std::move(id)};
  if (prefix == "docker") return {ContainerEngine::docker, std::move(id)};
  return {ContainerEngine::unknown, std::move(id)};
}

ContainerId from_component(std::string_view component) {
  for (const Prefix& prefix : long_id_prefixes) {
    if (!component.starts_with(prefix.text)) continue;
    std::string_view id = without_scope(component.substr(prefix.text.size()));
    if (is_long_id(id)) return {prefix.engine, std::string(id)};
  }
  for (const Prefix& prefix : any_id_prefixes) {
    if (!component.starts_with(prefix.text) || !component.ends_with(scope)) continue;
    std::string_view id = without_scope(component.substr(prefix.text.size()));
    if (is_safe_id(id)) return {prefix.engine, std::string(id)};
  }
  return from_colons(component);
}

// Who names cgroups with nothing but the id: the engine is told by where they stand.
ContainerEngine engine_of_parents(std::string_view parents) {
  if (parents == "/docker" || parents == "/docker/buildkit") return ContainerEngine::docker;
  if (parents == "/default" || parents == "/k8s.io" || parents == "/moby") return ContainerEngine::containerd;
  return ContainerEngine::unknown;  // kubepods/.../pod<uid>, or a --cgroup-parent of the user's
}

// The place of a hierarchy in the order the kernel side tries them; SIZE_MAX: not one it looks at.
std::size_t rank_of(std::string_view controllers) {
  constexpr std::array<std::string_view, 8> order{"", "pids", "devices", "freezer", "memory", "cpu", "cpuset", "blkio"};
  std::size_t best = SIZE_MAX;
  do {
    const auto* found = std::ranges::find(order, take_until(controllers, ','));
    if (found != order.end()) best = std::min(best, static_cast<std::size_t>(found - order.begin()));
  } while (!controllers.empty());
  return best;
}

}  // namespace

ContainerId from_private_cgroup_path(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  const bool supervised = name.size() == 32 && std::ranges::all_of(name, hex);
  for (std::string_view suffix : {".slice", ".service", ".scope"}) {
    if (name.ends_with(suffix)) return {};
  }
  if (supervised || name == "payload" || !is_safe_id(name)) return {};
  return {ContainerEngine::unknown, std::string(name)};
}

bool is_long_id(std::string_view text) {
  return text.size() == long_id_size &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_safe_id(std::string_view text) {
  if (text.empty() || text.size() > longest_id || text == "." || text == "..") return false;
  return std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("_+-.").find(c) != std::string_view::npos;
  });
}

std::string short_id(std::string_view full_id) {
  return std::string(is_long_id(full_id) ? full_id.substr(0, short_id_size) : full_id);
}

ContainerId from_cgroup_path(std::string_view path) {
  std::string_view rest = path;
  while (!rest.empty()) {
    std::string_view parents = path.substr(0, path.size() - rest.size());
    std::string_view component = take_until(rest, '/');
    if (parents.ends_with('/')) parents.remove_suffix(1);
    if (is_long_id(component)) return {engine_of_parents(parents), std::string(component)};
    if (ContainerId id = from_component(component); !id.full_id.empty()) return id;
  }
  return {};
}

std::optional<CgroupLine> telling_cgroup(std::string_view text) {
  std::optional<CgroupLine> best;
  std::size_t best_rank = SIZE_MAX;
  while (!text.empty()) {
    std::string_view path = take_until(text, '\n');
    auto hierarchy = whole_number<unsigned>(take_until(path, ':'));
    std::string_view controllers = take_until(path, ':');
    if (!hierarchy || path.empty() || path == "/") continue;
    std::size_t rank = rank_of(controllers);
    if (rank >= best_rank) continue;
    best_rank = rank;
    best = CgroupLine{*hierarchy, controllers, path};
  }
  return best;
}

}  // namespace eunomia
