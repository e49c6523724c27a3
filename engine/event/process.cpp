// SPDX-License-Identifier: Apache-2.0
#include "engine/event/process.h"

namespace eunomia {

std::string_view to_string(ContainerEngine engine) {
  switch (engine) {
    case ContainerEngine::docker: return "docker";
    case ContainerEngine::containerd: return "containerd";
    case ContainerEngine::crio: return "cri-o";
    case ContainerEngine::podman: return "podman";
    case ContainerEngine::runc: return "runc";
    case ContainerEngine::crun: return "crun";
    case ContainerEngine::unknown: break;
  }
  return "unknown";
}

}  // namespace eunomia
