// SPDX-License-Identifier: Apache-2.0
//
// What container engines write about a container, as a Container. Pure functions from text to values; labels, mounts
// and names are capped in number and length, for a container's creator chose them. Each takes the Container known so
// far and returns it with more filled in (`metadata` and `metadata_source` are left to the caller). Any thread.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/event/process.h"

namespace eunomia {

// "registry:5000/team/app:1.2@sha256:..." in its parts. Without tag and digest the tag is "latest", as engines take it;
// a bare image id has no parts.
struct ImageName {
  std::string repository, tag, digest;
  friend bool operator==(const ImageName&, const ImageName&) = default;
};
ImageName split_image(std::string_view image);

// RFC 3339, any number of digits after the second; unix ns. 0 where it is not one, or is year 1 (Go's unset time).
std::uint64_t parse_time(std::string_view text);

// Answer of GET /containers/ID/json: Docker Engine API, Podman's compatible API. Error: what is wrong with it.
std::expected<Container, std::string> from_inspect(std::string_view json, Container known);
// /var/lib/docker/containers/ID/config.v2.json and hostconfig.json, what the daemon itself starts from.
std::expected<Container, std::string> from_docker_config(std::string_view config, std::string_view host_config,
                                                         Container known);

// The config.json of an OCI bundle: annotations of containerd's CRI, CRI-O, Podman and nerdctl; mounts; privileges. A
// container counts as privileged when it has CAP_SYS_ADMIN and CAP_SYS_MODULE, may use all devices and nothing of /proc
// is masked: engines do that together for --privileged only.
std::expected<Container, std::string> from_oci_config(std::string_view json, Container known);

// The containers.json of containers/storage (Podman, CRI-O): name and image of `known.full_id`.
std::expected<Container, std::string> from_storage(std::string_view json, Container known);

// The state file of a plain OCI runtime: runc's state.json or crun's status.
struct OciState {
  std::uint32_t init_pid = 0;
  std::uint64_t created_ns = 0;  // unix time
  std::string bundle;
  std::vector<std::string> cgroup_paths;  // within their hierarchies: "/name"
};
std::optional<OciState> from_runc_state(std::string_view json);
std::optional<OciState> from_crun_status(std::string_view json);
// The name of the cgroup that a bundle's config.json asks for: its path, or the unit for systemd ("slice:prefix:name"
// is "prefix-name.scope"), without a slash at the front. Empty: it asks for none. nullopt: no config.json.
std::optional<std::string> oci_cgroup(std::string_view json);

}  // namespace eunomia
