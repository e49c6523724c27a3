// SPDX-License-Identifier: Apache-2.0
#include "engine/event/container_facts.h"
#include "engine/event/field_groups.h"

namespace eunomia {

Value container_label(const Context& c, std::string_view name) {
  const Container* const known = metadata(c);
  if (known == nullptr) return {};
  // One by one: the map's own search wants a string, which for a long name is an allocation per event.
  for (const auto& [label, value] : known->labels)
    if (label == name) return std::string_view{value};
  return {};
}

Value container_labels(const Context& c) {
  const Container* const known = metadata(c);
  if (known == nullptr || known->labels.empty()) return {};
  std::size_t size = 0;
  for (const auto& [label, value] : known->labels) size += label.size() + value.size() + 3;
  char* const start = c.scratch.bytes(size).data();
  char* end = start;
  for (const auto& [label, value] : known->labels) {
    for (const std::string_view piece : {std::string_view{end == start ? "" : ", "}, std::string_view{label},
                                         std::string_view{":"}, std::string_view{value}})
      end = std::ranges::copy(piece, end).out;
  }
  return std::string_view{start, end};
}

namespace groups {
namespace {

using enum ValueType;
using Extract = Value (*)(const Context&, const FieldArg&);

// What the kubelet puts on every container (k8s.io/kubelet, labels of pkg/kubelet/types).
Value pod_namespace(const Context& c, const FieldArg&) { return container_label(c, "io.kubernetes.pod.namespace"); }
Value pod_name(const Context& c, const FieldArg&) { return container_label(c, "io.kubernetes.pod.name"); }
Value pod_uid(const Context& c, const FieldArg&) { return container_label(c, "io.kubernetes.pod.uid"); }
Value full_sandbox(const Context& c, const FieldArg&) { return container_label(c, "io.kubernetes.sandbox.id"); }

Value sandbox(const Context& c, const FieldArg& arg) {
  const Value full = full_sandbox(c, arg);
  return full.missing() ? Value{} : Value{std::get<std::string_view>(full).substr(0, 12)};
}

Value pod_label(const Context& c, const FieldArg& arg) { return container_label(c, arg.key); }

Value pod_labels(const Context& c, const FieldArg& arg) {
  return pod_name(c, arg).missing() ? Value{} : container_labels(c);
}

Value pod_ip(const Context& c, const FieldArg& arg) {
  return pod_name(c, arg).missing() ? Value{} : text(c.container->ip);
}

constexpr Field row(std::string_view name, std::string_view doc, Extract extract, ArgKind arg = ArgKind::none) {
  return {name, string, false, arg, FieldSource::container, all_events, doc, extract};
}
constexpr Field later(std::string_view name, std::string_view doc, ArgKind arg = ArgKind::none) {
  return unfilled(name, string, doc, arg, FieldSource::container);
}
constexpr ArgKind key = ArgKind::required_key;
constexpr std::string_view by_api = "Known only to the API of Kubernetes; kept so that rules load.";

constexpr std::array rows{
    row("k8s.ns.name", "Namespace of the pod.", pod_namespace),
    later("k8s.pod.cni.json", "What the network plugin told of the pod, as JSON."),
    row("k8s.pod.full_sandbox_id", "Id of the pod's sandbox, all of it.", full_sandbox),
    row("k8s.pod.id", "The same as k8s.pod.uid.", pod_uid),
    row("k8s.pod.ip", "Primary IP address of the pod.", pod_ip),
    row("k8s.pod.label", "A label of the pod, as far as the container engine has it: k8s.pod.label.app.", pod_label,
        key),
    row("k8s.pod.labels", "All labels of the pod, as far as the container engine has them: \"app:web, tier:front\".",
        pod_labels),
    row("k8s.pod.name", "Name of the pod.", pod_name),
    row("k8s.pod.sandbox_id", "Id of the pod's sandbox, 12 characters.", sandbox),
    row("k8s.pod.uid", "Unique id of the pod.", pod_uid),
    later("k8s.deployment.name", by_api),
    later("k8s.deployment.id", by_api),
    later("k8s.deployment.label", by_api, key),
    later("k8s.deployment.labels", by_api),
    later("k8s.ns.id", by_api),
    later("k8s.ns.label", by_api, key),
    later("k8s.ns.labels", by_api),
    later("k8s.rc.name", by_api),
    later("k8s.rc.id", by_api),
    later("k8s.rc.label", by_api, key),
    later("k8s.rc.labels", by_api),
    later("k8s.rs.name", by_api),
    later("k8s.rs.id", by_api),
    later("k8s.rs.label", by_api, key),
    later("k8s.rs.labels", by_api),
    later("k8s.svc.name", by_api),
    later("k8s.svc.id", by_api),
    later("k8s.svc.label", by_api, key),
    later("k8s.svc.labels", by_api),
};

}  // namespace

std::span<const Field> k8s() { return rows; }

}  // namespace groups
}  // namespace eunomia
