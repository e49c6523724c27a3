// SPDX-License-Identifier: Apache-2.0
#include <fnmatch.h>

#include "engine/event/container_facts.h"
#include "engine/event/field_groups.h"

namespace eunomia::groups {
namespace {

using enum ValueType;
using Extract = Value (*)(const Context&, const FieldArg&);

constexpr std::string_view host = "host";

Value id(const Context& c, const FieldArg&) { return c.container == nullptr ? Value{host} : text(c.container->id); }
Value full_id(const Context& c, const FieldArg&) {
  return c.container == nullptr ? Value{host} : text(c.container->full_id);
}

// An engine that is not known yet comes with the metadata.
Value type(const Context& c, const FieldArg&) {
  if (c.container == nullptr) return host;
  if (c.container->engine != ContainerEngine::unknown) return to_string(c.container->engine);
  return metadata(c) != nullptr ? Value{to_string(ContainerEngine::unknown)} : Value{};
}

template <auto Member>
Value told(const Context& c, const FieldArg&) {
  const Container* const known = metadata(c);
  return known != nullptr ? text(known->*Member) : Value{};
}

Value name(const Context& c, const FieldArg& arg) {
  return c.container == nullptr ? Value{host} : told<&Container::name>(c, arg);
}

Value privileged(const Context& c, const FieldArg&) {
  const Container* const known = metadata(c);
  return known != nullptr ? Value{known->privileged} : Value{};
}

Value start(const Context& c, const FieldArg&) {
  const Container* const known = metadata(c);
  return known != nullptr && known->start_ns != 0 ? number(known->start_ns) : Value{};
}

Value age(const Context& c, const FieldArg&) {
  const Container* const known = metadata(c);
  return known != nullptr ? since(known->start_ns, unix_ns(c, c.event.time_ns)) : Value{};
}

Value mounts(const Context& c, const FieldArg&) {
  const Container* const known = metadata(c);
  if (known == nullptr) return {};
  std::size_t size = 0;
  for (const std::string& mount : known->mounts) size += mount.size() + 1;
  char* const start = c.scratch.bytes(size).data();
  char* end = start;
  for (const std::string& mount : known->mounts) {
    if (end != start) *end++ = ',';
    end = std::ranges::copy(mount, end).out;
  }
  return std::string_view{start, end};
}

// Parts of a mount, "source:destination:mode:rw:propagation". A colon in a source or destination shifts them; engines
// write it the same way.
constexpr unsigned source_part = 0, dest_part = 1, mode_part = 2, rdwr_part = 3, propagation_part = 4;

std::string_view part_of(std::string_view mount, unsigned part) {
  for (; part > 0; --part) {
    const std::size_t colon = mount.find(':');
    if (colon == std::string_view::npos) return {};
    mount.remove_prefix(colon + 1);
  }
  return mount.substr(0, mount.find(':'));
}

bool matches(Scratch& scratch, std::string_view pattern, std::string_view path) {
  const char* const ended_pattern = concat(scratch, {pattern, std::string_view{"\0", 1}}).data();
  const char* const ended_path = concat(scratch, {path, std::string_view{"\0", 1}}).data();
  return fnmatch(ended_pattern, ended_path, FNM_PATHNAME) == 0;
}

// By number, or the first whose `key_part` matches the glob.
std::string_view find_mount(const Context& c, const Container& container, const FieldArg& arg, unsigned key_part) {
  if (arg.index) {
    const auto index = static_cast<std::uint64_t>(*arg.index);
    return index < container.mounts.size() ? std::string_view{container.mounts[index]} : std::string_view{};
  }
  for (const std::string& mount : container.mounts)
    if (matches(c.scratch, arg.key, part_of(mount, key_part))) return mount;
  return {};
}

Value mount(const Context& c, const FieldArg& arg) {
  const Container* const known = metadata(c);
  if (known == nullptr) return {};
  const std::string_view found = find_mount(c, *known, arg, source_part);
  return found.empty() ? Value{std::string_view{"none"}} : Value{found};
}

template <unsigned Part>
Value mount_part(const Context& c, const FieldArg& arg) {
  const Container* const known = metadata(c);
  if (known == nullptr) return {};
  const std::string_view found = find_mount(c, *known, arg, Part == source_part ? dest_part : source_part);
  return found.empty() ? Value{std::string_view{"none"}} : text(part_of(found, Part));
}

Value label(const Context& c, const FieldArg& arg) { return container_label(c, arg.key); }

constexpr Field row(std::string_view field, ValueType value, std::string_view doc, Extract extract,
                    ArgKind arg = ArgKind::none) {
  return {field, value, false, arg, FieldSource::container, all_events, doc, extract};
}
constexpr Field later(std::string_view field, ValueType value, std::string_view doc) {
  return unfilled(field, value, doc, ArgKind::none, FieldSource::container);
}
constexpr ArgKind which = ArgKind::key_or_index;

constexpr std::array rows{
    later("container.cni.json", string, "What the network plugin told of the pod, as JSON."),
    row("container.duration", duration, "Time since the container started.", age),
    row("container.full_id", string, "Id of the container, all of it; \"host\" outside of containers.", full_id),
    later("container.healthcheck", string, "Command of the container's health check."),
    later("container.host_ipc", boolean, "Whether the container shares the host's IPC namespace."),
    later("container.host_network", boolean, "Whether the container shares the host's network namespace."),
    later("container.host_pid", boolean, "Whether the container shares the host's pid namespace."),
    row("container.id", string, "Id of the container, 12 characters; \"host\" outside of containers.", id),
    row("container.image", string, "Image as the user named it: \"nginx:1.25\".", told<&Container::image>),
    row("container.image.digest", string, "Digest of the image in its registry.", told<&Container::image_digest>),
    row("container.image.id", string, "Id of the image.", told<&Container::image_id>),
    row("container.image.repository", string, "Repository of the image: \"docker.io/library/nginx\".",
        told<&Container::image_repository>),
    row("container.image.tag", string, "Tag of the image: \"1.25\".", told<&Container::image_tag>),
    row("container.ip", string, "Primary IP address of the container.", told<&Container::ip>),
    row("container.label", string, "A label of the container: container.label.maintainer.", label,
        ArgKind::required_key),
    row("container.labels", string, "All labels of the container: \"app:web, maintainer:me\".",
        [](const Context& c, const FieldArg&) { return container_labels(c); }),
    later("container.liveness_probe", string, "Command of the container's liveness probe."),
    row("container.mount", string, "A mount by number or source (a glob): source:dest:mode:rw:propagation, or none.",
        mount, which),
    row("container.mount.dest", string, "Destination of a mount, by number or source.", mount_part<dest_part>, which),
    row("container.mount.mode", string, "Mode of a mount, by number or source.", mount_part<mode_part>, which),
    row("container.mount.propagation", string, "Propagation of a mount, by number or source.",
        mount_part<propagation_part>, which),
    row("container.mount.rdwr", string, "Whether a mount may be written, by number or source.", mount_part<rdwr_part>,
        which),
    row("container.mount.source", string, "Source of a mount, by number or destination.", mount_part<source_part>,
        which),
    row("container.mounts", string, "All mounts, joined by commas, as container.mount.", mounts),
    row("container.name", string, "Name of the container; \"host\" outside of containers.", name),
    row("container.privileged", boolean, "Whether the container runs privileged.", privileged),
    later("container.readiness_probe", string, "Command of the container's readiness probe."),
    row("container.start_ts", time, "Start of the container, ns since the epoch.", start),
    row("container.type", string, "Engine of the container: docker, containerd, cri-o, podman, runc, crun.", type),
};

}  // namespace

std::span<const Field> container() { return rows; }

}  // namespace eunomia::groups
