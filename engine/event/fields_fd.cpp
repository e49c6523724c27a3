// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include "engine/event/field_groups.h"
#include "engine/event/path.h"
#include "engine/event/socket_facts.h"

namespace eunomia::groups {
namespace {

using enum ValueType;
using Extract = Value (*)(const Context&, const FieldArg&);

bool has_fd(const Event& e) { return e.is_socket() || is_one_of(fd_events, e); }
bool opened(const Event& e) { return has_file(e) && e.mode != 0; }

// -1 where the call failed.
Value num(const Context& c, const FieldArg&) { return has_fd(c.event) ? number(c.event.fd) : Value{}; }

Value type(const Context& c, const FieldArg&) {
  if (c.event.is_open() && !opened(c.event)) return {};  // what it would have been is not known
  const std::string_view letter = fd_type_char(c.event);
  if (letter.empty() || letter == "o") return {};
  switch (letter.front()) {
    case 'd': return std::string_view{"directory"};
    case '4': return std::string_view{"ipv4"};
    case '6': return std::string_view{"ipv6"};
    case 'u': return std::string_view{c.event.is_socket() ? "unix" : "userfaultfd"};
    case 'p': return std::string_view{"pipe"};
    case 'm': return std::string_view{"memfd"};
    case 'l': return std::string_view{"eventpoll"};
    case 'e': return std::string_view{"event"};
    case 's': return std::string_view{"signalfd"};
    case 't': return std::string_view{"timerfd"};
    case 'i': return std::string_view{"inotify"};
    case 'b': return std::string_view{"bpf"};
    case 'r': return std::string_view{"io_uring"};
    case 'P': return std::string_view{"pidfd"};
    default: return std::string_view{"file"};
  }
}

// Of a directory itself, where a directory was opened.
std::string_view directory_name(const Context& c) {
  if (!has_file(c.event)) return {};
  const std::string_view name = fd_name(c);
  return S_ISDIR(c.event.mode) ? name : path_directory(name);
}

Value filename(const Context& c, const FieldArg&) {
  return has_file(c.event) && !S_ISDIR(c.event.mode) ? text(path_filename(fd_name(c))) : Value{};
}

Value raw_name(const Context& c, const FieldArg&) {
  if (!c.event.is_open()) return {};
  return text(c.event.raw.empty() ? c.event.path : c.event.raw);
}

Value with_container(const Context& c, std::string_view name) {
  if (name.empty()) return {};
  return concat(c.scratch, {c.container != nullptr ? std::string_view{c.container->id} : "", ":", name});
}

bool has_two_paths(const Event& e) { return is_one_of(two_paths_events, e); }

// Absolute paths of calls on names; what an open is about too.
Value path(const Context& c, const FieldArg&) {
  if (c.event.is_open()) return text(fd_name(c));
  return has_two_paths(c.event) ? Value{} : text(source_path(c));
}
Value path_raw(const Context& c, const FieldArg&) {
  if ((!c.event.is_open() && !c.event.is_path()) || has_two_paths(c.event)) return {};
  return text(c.event.raw.empty() ? c.event.path : c.event.raw);
}
// The text that a symbolic link holds, from the directory that the link is in.
Value path_source(const Context& c, const FieldArg&) {
  if (!has_two_paths(c.event)) return {};
  const std::string_view source = source_path(c);
  if (c.event.type == EventType::mount || source.empty() || source.starts_with('/')) return text(source);
  return text(normalize_path(c.scratch, path_directory(target_path(c)), source));
}
Value path_target(const Context& c, const FieldArg&) { return has_two_paths(c.event) ? text(target_path(c)) : Value{}; }
Value path_source_raw(const Context& c, const FieldArg&) {
  return has_two_paths(c.event) ? text(c.event.raw.empty() ? c.event.path : c.event.raw) : Value{};
}
Value path_target_raw(const Context& c, const FieldArg&) {
  return has_two_paths(c.event) ? text(c.event.raw2.empty() ? c.event.path2 : c.event.raw2) : Value{};
}

// The kernel's own encoding of a device number (include/linux/kdev_t.h).
constexpr unsigned minor_bits = 20;
Value device(const Event& e, std::uint32_t part) { return opened(e) ? number(part) : Value{}; }

Value unique_id(const Context& c, const FieldArg&) {
  return has_fd(c.event) && c.event.fd >= 0 ? Value{print(c.scratch, 32, "{}{}", c.event.tid, c.event.fd)} : Value{};
}

constexpr Field row(std::string_view name, ValueType value, EventSet events, std::string_view doc, Extract extract) {
  return {name, value, false, ArgKind::none, FieldSource::event, events, doc, extract};
}

constexpr std::array rows{
    row("fd.containerdirectory", string, file_events, "Id of the container, a colon, and fd.directory.",
        [](const Context& c, const FieldArg&) { return with_container(c, directory_name(c)); }),
    row("fd.containername", string, fd_events, "Id of the container, a colon, and fd.name.",
        [](const Context& c, const FieldArg&) { return with_container(c, fd_name(c)); }),
    row("fd.dev", integer, file_events, "Device of the file's file system.",
        [](const Context& c, const FieldArg&) { return device(c.event, c.event.dev); }),
    row("fd.dev.major", integer, file_events, "Major number of fd.dev.",
        [](const Context& c, const FieldArg&) { return device(c.event, c.event.dev >> minor_bits); }),
    row("fd.dev.minor", integer, file_events, "Minor number of fd.dev.",
        [](const Context& c, const FieldArg&) { return device(c.event, c.event.dev & ((1U << minor_bits) - 1)); }),
    row("fd.directory", string, file_events, "Directory the file is in; a directory is its own.",
        [](const Context& c, const FieldArg&) { return text(directory_name(c)); }),
    row("fd.filename", string, file_events, "Last component of the file's path.", filename),
    row("fd.ino", integer, fd_events, "Inode number of the file or socket.",
        [](const Context& c, const FieldArg&) { return c.event.ino == 0 ? Value{} : number(c.event.ino); }),
    unfilled("fd.is_lower_layer", boolean, "Whether the file is part of the container's image."),
    unfilled("fd.is_upper_layer", boolean, "Whether the file lies in the container's own layer."),
    row("fd.name", string, fd_events,
        "Path of the file, with links resolved; of a failed open the path asked for. Of a socket "
        "\"10.0.0.1:4000->1.2.3.4:80\", client first, or its path.",
        [](const Context& c, const FieldArg&) { return text(fd_name(c)); }),
    row("fd.nameraw", string, open_events, "Path as the program gave it.", raw_name),
    row("fd.num", integer, fd_events, "Number of the file descriptor, -1 where the call failed.", num),
    row("fd.type", string, fd_events, "file, directory, ipv4, ipv6, unix, pipe, memfd, ...", type),
    row("fd.typechar", string, fd_events,
        "f (file, also of a failed open), d (directory), 4, 6 (IP sockets), u (Unix socket), p (pipe), m (memfd), o "
        "(other).",
        [](const Context& c, const FieldArg&) { return text(fd_type_char(c.event)); }),
    Field{"fd.types", string, true, ArgKind::optional_index, FieldSource::process, no_events,
          "Types of the process's open files, or of one descriptor.", nullptr},
    row("fd.uid", string, fd_events, "Thread id and descriptor in one.", unique_id),
    row("fs.path.name", string, one_path_events, "Path the call is about, absolute.", path),
    row("fs.path.nameraw", string, one_path_events, "Path the call is about, as the program gave it.", path_raw),
    row("fs.path.source", string, two_paths_events,
        "Source of a call that has a source and a target, absolute: the old name, what a link points to, the device.",
        path_source),
    row("fs.path.sourceraw", string, two_paths_events,
        "Source of a call that has a source and a target, as the program gave it.", path_source_raw),
    row("fs.path.target", string, two_paths_events,
        "Target of a call that has a source and a target, absolute: the new name, the link, the mount point.",
        path_target),
    row("fs.path.targetraw", string, two_paths_events,
        "Target of a call that has a source and a target, as the program gave it.", path_target_raw),
};

}  // namespace

std::span<const Field> fd() { return rows; }

}  // namespace eunomia::groups
