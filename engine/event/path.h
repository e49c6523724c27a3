// SPDX-License-Identifier: Apache-2.0
//
// Paths as text. No function here touches a file system: paths of events belong to the mount namespace of a container.
#pragma once

#include <string_view>

#include "engine/event/event.h"
#include "engine/event/field.h"
#include "engine/event/value.h"

namespace eunomia {

// `path`, after `base` where it is relative, without "//", "." and ".." ("/.." is "/"). A relative path with no base
// stays relative. The result is `path` itself where that needs no change, else lies in `scratch`.
std::string_view normalize_path(Scratch& scratch, std::string_view base, std::string_view path);

// The path of the file an open is about: the kernel's, or, of a failed open, the caller's made absolute. `cwd` is where
// a relative path starts if the event does not say.
std::string_view event_path(Scratch& scratch, const Event& event, std::string_view cwd);

// Of a call on names (Event::is_path), absolute: what it is about, or its source; and its target, "" where it has none.
// The text of a symbolic link and the device of a mount stay as they were given.
std::string_view source_path(const Context& context);
std::string_view target_path(const Context& context);

// "/etc" of "/etc/passwd", "/" of "/passwd", "" of "passwd".
std::string_view path_directory(std::string_view path);
// "passwd" of "/etc/passwd".
std::string_view path_filename(std::string_view path);

}  // namespace eunomia
