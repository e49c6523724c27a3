// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "engine/state/files.h"
#include "engine/state/json.h"
#include "engine/state/metadata.h"

namespace eunomia {

namespace {

constexpr std::size_t most_annotations = 128, longest_annotation = 1024, most_mounts = 128;

// Where engines put what Docker calls name and image, in order of preference.
constexpr std::array name_keys{"io.kubernetes.cri.container-name", "io.kubernetes.cri-o.Name", "io.container.name",
                               "nerdctl/name", "io.kubernetes.container.name"};
constexpr std::array image_keys{"io.kubernetes.cri.image-name", "io.kubernetes.cri-o.ImageName",
                                "org.opencontainers.image.ref.name"};

// Annotations that say what the labels of Docker's Kubernetes containers say, under their names, so that rules read one
// set.
struct Rename {
  const char* annotation;
  const char* label;
};
constexpr std::array renames{
    Rename{"io.kubernetes.cri.sandbox-name", "io.kubernetes.pod.name"},
    Rename{"io.kubernetes.cri.sandbox-namespace", "io.kubernetes.pod.namespace"},
    Rename{"io.kubernetes.cri.sandbox-uid", "io.kubernetes.pod.uid"},
    Rename{"io.kubernetes.cri.container-name", "io.kubernetes.container.name"},
    Rename{"io.kubernetes.cri-o.KubeName", "io.kubernetes.pod.name"},
    Rename{"io.kubernetes.cri-o.Namespace", "io.kubernetes.pod.namespace"},
};

template <std::size_t N>
std::string first_of(const Json& annotations, const std::array<const char*, N>& keys) {
  for (const char* key : keys) {
    if (std::string value = text_at(annotations, {key}); !value.empty()) return value;
  }
  return {};
}

void keep_label(Container& container, const std::string& key, const Json& value) {
  if (container.labels.size() >= most_annotations || !value.is_string() || key.size() > longest_annotation) return;
  container.labels.insert_or_assign(key, value.get_ref<const std::string&>().substr(0, longest_annotation));
}

void take_annotations(Container& container, const Json& annotations) {
  if (!annotations.is_object()) return;
  // CRI-O keeps the pod's labels as a document in a string.
  if (std::optional<Json> labels = parse_json(text_at(annotations, {"io.kubernetes.cri-o.Labels"}))) {
    for (const auto& [key, value] : labels->items()) keep_label(container, key, value);
  }
  for (const auto& [key, value] : annotations.items()) keep_label(container, key, value);
  for (const Rename& rename : renames) {
    const Json& value = at(annotations, {rename.annotation});
    if (!container.labels.contains(rename.label)) keep_label(container, rename.label, value);
  }
  if (std::string name = first_of(annotations, name_keys); !name.empty()) container.name = std::move(name);
  if (std::string image = first_of(annotations, image_keys); !image.empty()) {
    ImageName parts = split_image(image);
    container.image = std::move(image);
    container.image_repository = std::move(parts.repository);
    container.image_tag = std::move(parts.tag);
    container.image_digest = std::move(parts.digest);
  }
  if (container.ip.empty()) container.ip = text_at(annotations, {"io.kubernetes.cri-o.IP.0"});
}

bool lists(const Json& list, std::string_view text) {
  return list.is_array() && std::ranges::any_of(list, [&](const Json& one) { return one.is_string() && one == text; });
}

bool allows_all_devices(const Json& rules) {
  return rules.is_array() && std::ranges::any_of(rules, [](const Json& rule) {
           return true_at(rule, {"allow"}) && !rule.contains("major") && !rule.contains("minor") &&
                  text_at(rule, {"access"}) == "rwm";
         });
}

bool is_privileged(const Json& config) {
  const Json& capabilities = at(config, {"process", "capabilities", "bounding"});
  const Json& masked = at(config, {"linux", "maskedPaths"});
  return lists(capabilities, "CAP_SYS_ADMIN") && lists(capabilities, "CAP_SYS_MODULE") &&
         (!masked.is_array() || masked.empty()) && allows_all_devices(at(config, {"linux", "resources", "devices"}));
}

void take_mounts(Container& container, const Json& mounts) {
  if (!mounts.is_array()) return;
  container.mounts.clear();
  for (const Json& mount : mounts) {
    if (text_at(mount, {"type"}) != "bind" || container.mounts.size() >= most_mounts) continue;
    const Json& options = at(mount, {"options"});
    bool writable = !lists(options, "ro");
    container.mounts.push_back(text_at(mount, {"source"}) + ":" + text_at(mount, {"destination"}) +
                               (writable ? ":rw:true:" : ":ro:false:") +
                               (lists(options, "rshared")  ? "rshared"
                                : lists(options, "rslave") ? "rslave"
                                                           : "rprivate"));
  }
}

// runc writes the directory of the cgroup: "/sys/fs/cgroup/memory/name" for the controller "memory", and for none (the
// unified hierarchy) "/sys/fs/cgroup/name", or "/sys/fs/cgroup/unified/name" beside v1. In each "/name" is meant.
std::string within_hierarchy(std::string_view controller, std::string_view path) {
  constexpr std::string_view mount = "/sys/fs/cgroup", unified = "/unified";
  if (path.starts_with(mount)) path.remove_prefix(mount.size());
  if (!controller.empty()) {
    path.remove_prefix(std::min(path.find('/', 1), path.size()));
  } else if (path.starts_with(unified) && path.substr(unified.size()).starts_with('/')) {
    path.remove_prefix(unified.size());
  }
  return std::string(path);
}

}  // namespace

std::expected<Container, std::string> from_oci_config(std::string_view text, Container known) {
  std::optional<Json> json = parse_json(text);
  if (!json) return std::unexpected("config.json is not JSON");
  take_annotations(known, at(*json, {"annotations"}));
  take_mounts(known, at(*json, {"mounts"}));
  known.privileged = is_privileged(*json);
  return known;
}

std::optional<OciState> from_runc_state(std::string_view text) {
  std::optional<Json> json = parse_json(text);
  if (!json) return std::nullopt;
  OciState state{.init_pid = number_at(*json, {"init_process_pid"}),
                 .created_ns = parse_time(text_at(*json, {"created"})),
                 .bundle = {},
                 .cgroup_paths = {}};
  if (state.init_pid == 0) return std::nullopt;
  const Json& labels = at(*json, {"config", "labels"});
  for (const Json& label : labels.is_array() ? labels : Json::array()) {
    constexpr std::string_view bundle = "bundle=";
    if (label.is_string() && label.get_ref<const std::string&>().starts_with(bundle)) {
      state.bundle = label.get_ref<const std::string&>().substr(bundle.size());
    }
  }
  const Json& paths = at(*json, {"cgroup_paths"});  // by controller
  for (const auto& [controller, path] : paths.items()) {
    if (!path.is_string()) continue;
    std::string within = within_hierarchy(controller, path.get_ref<const std::string&>());
    if (within.size() > 1) state.cgroup_paths.push_back(std::move(within));
  }
  std::ranges::sort(state.cgroup_paths);
  auto [first, last] = std::ranges::unique(state.cgroup_paths);
  state.cgroup_paths.erase(first, last);
  return state;
}

std::optional<OciState> from_crun_status(std::string_view text) {
  std::optional<Json> json = parse_json(text);
  if (!json) return std::nullopt;
  OciState state{.init_pid = number_at(*json, {"pid"}),
                 .created_ns = parse_time(text_at(*json, {"created"})),
                 .bundle = text_at(*json, {"bundle"}),
                 .cgroup_paths = {}};
  if (state.init_pid == 0) return std::nullopt;
  if (std::string path = text_at(*json, {"cgroup-path"}); path.size() > 1) {
    state.cgroup_paths.push_back(path.starts_with('/') ? path : "/" + path);
  }
  return state;
}

std::optional<std::string> oci_cgroup(std::string_view text) {
  std::optional<Json> json = parse_json(text);
  if (!json) return std::nullopt;
  std::string cgroup = text_at(*json, {"linux", "cgroupsPath"});
  std::string_view unit = cgroup;
  take_until(unit, ':');
  std::string_view prefix = take_until(unit, ':');
  if (!unit.empty()) return std::string(prefix) + "-" + std::string(unit) + ".scope";
  cgroup.erase(0, cgroup.find_first_not_of('/'));
  return cgroup;
}

}  // namespace eunomia
