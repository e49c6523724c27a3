// SPDX-License-Identifier: Apache-2.0
//
// Arguments of events in samples: evt.arg.NAME of the calls on names and of those told by their arguments. The names
// are those of engine/event/arguments.h; the text is what evt.arg.NAME shall read, a number where it has no name.
#include <fcntl.h>

#include <algorithm>
#include <charconv>

#include "engine/event/symbols.h"
#include "engine/lang/sample_world.h"

namespace eunomia::lang {
namespace {

using World = Sample::World;
using enum EventType;
using Parse = std::optional<std::uint64_t> (*)(std::string_view);

std::optional<std::uint64_t> number(std::string_view text) {
  const int base = text.starts_with("0x") ? 16 : 10;
  if (base == 16) text.remove_prefix(2);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return static_cast<std::uint64_t>(value);
}
std::optional<std::uint64_t> octal(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 8);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}
std::optional<std::uint64_t> directory(std::string_view text) {
  return text == "AT_FDCWD" ? std::optional(static_cast<std::uint64_t>(AT_FDCWD)) : number(text);
}
std::optional<std::uint64_t> id(std::string_view text) { return text == "root" ? 0 : number(text); }
template <FlagSet Set>
std::optional<std::uint64_t> flags(std::string_view text) {
  return parse_flags(Set, text);
}
template <Parse Named>
std::optional<std::uint64_t> named(std::string_view text) {
  const auto value = Named(text);
  return value ? value : number(text);
}

// Where an argument's number goes.
template <auto Member>
void store(Event& event, std::uint64_t value) {
  event.*Member = static_cast<std::remove_reference_t<decltype(event.*Member)>>(value);
}
template <std::size_t Index>
void pass(Event& event, std::uint64_t value) {
  event.passed[Index] = value;
}

struct NumberRow {
  EventType first, last;  // the types it is an argument of
  std::string_view name;
  Parse parse;
  void (*store)(Event&, std::uint64_t);
};
constexpr auto numbers = std::to_array<NumberRow>({
    {unlinkat, unlinkat, "flags", flags<FlagSet::at>, pass<0>},
    {linkat, linkat, "flags", flags<FlagSet::at>, pass<0>},
    {fchownat, fchownat, "flags", flags<FlagSet::at>, pass<0>},
    {renameat2, renameat2, "flags", flags<FlagSet::rename>, pass<0>},
    {mount, mount, "flags", flags<FlagSet::mount>, pass<0>},
    {umount2, umount2, "flags", flags<FlagSet::umount>, pass<0>},
    {unlink, umount2, "dirfd", directory, store<&Event::dirfd>},
    {unlink, umount2, "olddirfd", directory, store<&Event::dirfd>},
    {unlink, umount2, "olddir", directory, store<&Event::dirfd>},
    {unlink, umount2, "newdirfd", directory, store<&Event::dirfd2>},
    {unlink, umount2, "newdir", directory, store<&Event::dirfd2>},
    {unlink, umount2, "linkdirfd", directory, store<&Event::dirfd2>},
    {chmod, fchmodat2, "mode", flags<FlagSet::mode>, store<&Event::open_mode>},
    {mkdir, mknodat, "mode", octal, store<&Event::open_mode>},
    {mknod, mknodat, "dev", number, store<&Event::rdev>},
    {chown, fchownat, "uid", id, store<&Event::new_uid>},
    {chown, fchownat, "gid", id, store<&Event::new_gid>},
    {dup, dup3, "oldfd", number, store<&Event::oldfd>},
    {dup, dup3, "newfd", number, store<&Event::newfd>},
    {dup3, dup3, "flags", flags<FlagSet::open_only>, pass<0>},
    {socket, socket, "type", number, pass<1>},
    {socket, socket, "proto", number, pass<2>},
    {sendto, recvmsg, "size", number, store<&Event::size>},
    {ptrace, ptrace, "request", named<parse_ptrace_request>, pass<0>},
    {ptrace, ptrace, "pid", number, pass<1>},
    {process_vm_readv, process_vm_writev, "pid", number, pass<0>},
    {init_module, init_module, "length", number, pass<1>},
    {finit_module, finit_module, "flags", flags<FlagSet::module>, pass<2>},
    {setns, setns, "nstype", flags<FlagSet::clone>, pass<1>},
    {unshare, unshare, "flags", flags<FlagSet::clone>, pass<0>},
    {setuid, setuid, "uid", id, pass<0>},
    {setreuid, setresuid, "ruid", id, pass<0>},
    {setreuid, setresuid, "euid", id, pass<1>},
    {setresuid, setresuid, "suid", id, pass<2>},
    {setgid, setgid, "gid", id, pass<0>},
    {setregid, setresgid, "rgid", id, pass<0>},
    {setregid, setresgid, "egid", id, pass<1>},
    {setresgid, setresgid, "sgid", id, pass<2>},
    {bpf, bpf, "cmd", named<parse_bpf_command>, pass<0>},
    {memfd_create, memfd_create, "flags", flags<FlagSet::memfd>, pass<1>},
    {userfaultfd, userfaultfd, "flags", flags<FlagSet::open_only>, pass<0>},
});

struct TextRow {
  EventType first, last;
  std::string_view name;
  std::string_view Event::* member;
};
constexpr auto texts = std::to_array<TextRow>({
    {unlink, umount2, "path", &Event::path},
    {unlink, umount2, "name", &Event::path},
    {chmod, fchmodat2, "filename", &Event::path},
    {chown, fchownat, "pathname", &Event::path},
    {rename, linkat, "oldpath", &Event::path},
    {rename, linkat, "newpath", &Event::path2},
    {symlink, symlinkat, "target", &Event::path},
    {symlink, symlinkat, "linkpath", &Event::path2},
    {mount, mount, "dev", &Event::path},
    {mount, mount, "dir", &Event::path2},
    {mount, mount, "type", &Event::fstype},
    {init_module, finit_module, "uargs", &Event::text},
    {memfd_create, memfd_create, "name", &Event::text},
});

template <class Row>
const Row* find_row(std::span<const Row> rows, EventType type, std::string_view name) {
  const auto found = std::ranges::find_if(
      rows, [&](const Row& row) { return type >= row.first && type <= row.last && row.name == name; });
  return found == rows.end() ? nullptr : &*found;
}

bool set_domain(Event& event, std::string_view text) {
  const auto domain = named<parse_socket_domain>(text);
  event.passed[0] = domain.value_or(0);
  event.family = static_cast<std::uint16_t>(event.passed[0]);
  return domain.has_value();
}

}  // namespace

std::optional<bool> set_argument(World& w, std::string_view name, std::string_view text) {
  Event& event = w.event;
  if (event.type == socket && name == "domain") return set_domain(event, text);
  if (const auto* row = find_row<NumberRow>(numbers, event.type, name)) {
    const auto value = row->parse(text);
    if (value) row->store(event, *value);
    return value.has_value();
  }
  if (const auto* row = find_row<TextRow>(texts, event.type, name)) {
    event.*row->member = w.keep(text);
    return true;
  }
  return std::nullopt;
}

}  // namespace eunomia::lang
