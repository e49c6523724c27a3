// SPDX-License-Identifier: Apache-2.0
//
// Names of the host's users and groups, from /etc/passwd and /etc/group, read again when the files change (looked at
// most once a second). Files of containers are not read: they are not to be trusted. A file that cannot be read leaves
// what was known; a line that is no entry is skipped; of several entries of one id the first counts, as in getpwuid(3).
// One thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>

#include "engine/event/field.h"

namespace eunomia {

// `now` tells the time; tests bring their own.
std::unique_ptr<Names> host_names(
    std::filesystem::path passwd = "/etc/passwd", std::filesystem::path group = "/etc/group",
    std::function<std::chrono::steady_clock::time_point()> now = std::chrono::steady_clock::now);

}  // namespace eunomia
