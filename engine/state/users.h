// SPDX-License-Identifier: Apache-2.0
//
// Names of the host's users and groups, from /etc/passwd and /etc/group, read again when the files change (looked at
// most once a second). Files of containers are not read: they are not to be trusted. One thread.
#pragma once

#include <filesystem>
#include <memory>

#include "engine/event/field.h"

namespace eunomia {

std::unique_ptr<Names> host_names(std::filesystem::path passwd = "/etc/passwd",
                                  std::filesystem::path group = "/etc/group");

}  // namespace eunomia
