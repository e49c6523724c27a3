// SPDX-License-Identifier: Apache-2.0
//
// A container's metadata from the files that engines leave: runtimes' state, bundles of containerd, containers/storage,
// Docker's own configuration. For where no engine answers, or none has an API. Reads a handful of bounded files; any
// thread.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/event/process.h"

namespace eunomia {

struct EngineFiles {
  std::vector<std::filesystem::path> oci_roots;
  std::filesystem::path host_root = "/";  // below it /run/containerd, /var/lib/containers, /var/lib/docker
  std::filesystem::path proc = "/proc";
};

// `known` with what the files tell; `metadata` is complete if that includes its name (and its image, where the engine
// keeps images), else still pending. Error: nothing was found, and where it was looked for.
std::expected<Container, std::string> from_files(const EngineFiles& files, Container known);

}  // namespace eunomia
