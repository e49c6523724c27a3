// SPDX-License-Identifier: Apache-2.0
//
// Inside of the field table: the groups of rows that field.cpp puts together, and what their extractors share. Only the
// files of this folder include it. An extractor reads the Context, puts computed text into its Scratch, allocates
// nothing else, never throws, and yields a missing Value for whatever the event, process or container does not tell.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string_view>

#include "engine/event/field.h"

namespace eunomia::groups {

std::span<const Field> evt();
std::span<const Field> time();
std::span<const Field> proc();
std::span<const Field> proc_exe();
std::span<const Field> ancestry();
std::span<const Field> thread();
std::span<const Field> fd();
std::span<const Field> socket();
std::span<const Field> user();
std::span<const Field> container();
std::span<const Field> k8s();

// As event_set, at compile time; and without some.
constexpr unsigned long long bits_of(std::initializer_list<EventType> types) {
  unsigned long long bits = 0;
  for (const EventType type : types) bits |= 1ULL << static_cast<unsigned>(type);
  return bits;
}
constexpr unsigned long long every_bit = ((1ULL << EV_TYPE_COUNT) - 1) & ~1ULL;
constexpr EventSet only(std::initializer_list<EventType> types) { return {bits_of(types)}; }
constexpr EventSet all_but(std::initializer_list<EventType> types) { return {every_bit & ~bits_of(types)}; }

// From one type to another, both included.
constexpr unsigned long long bits_between(EventType first, EventType last) {
  return (2ULL << static_cast<unsigned>(last)) - (1ULL << static_cast<unsigned>(first));
}
constexpr unsigned long long open_bits = bits_between(EventType::open, EventType::creat);
constexpr unsigned long long dup_bits = bits_between(EventType::dup, EventType::dup3);
constexpr unsigned long long socket_bits = bits_between(EventType::connect, EventType::recvmsg) | dup_bits;
// Calls that are about the file behind a descriptor.
constexpr unsigned long long file_bits =
    open_bits | dup_bits |
    bits_of({EventType::fchmod, EventType::fchown, EventType::finit_module, EventType::setns, EventType::bpf,
             EventType::memfd_create, EventType::userfaultfd});
constexpr unsigned long long two_paths_bits =
    bits_between(EventType::rename, EventType::symlinkat) | bits_of({EventType::mount});
constexpr unsigned long long path_bits = bits_between(EventType::unlink, EventType::umount2);

constexpr EventSet no_events{};
constexpr EventSet all_events{every_bit};
constexpr EventSet open_events{open_bits};
constexpr EventSet socket_events{socket_bits};
constexpr EventSet transfer_events{bits_between(EventType::sendto, EventType::recvmsg)};
constexpr EventSet file_events{file_bits};
constexpr EventSet fd_events{socket_bits | file_bits};
constexpr EventSet one_path_events{open_bits | (path_bits & ~two_paths_bits)};
constexpr EventSet two_paths_events{two_paths_bits};

// Whether the event's type is one of the set, of whatever number the type is.
inline bool is_one_of(const EventSet& set, const Event& event) {
  const auto type = static_cast<std::size_t>(event.type);
  return type < set.size() && set[type];
}
static_assert(EV_TYPE_COUNT < 64);

// A row that the language knows and no event fills yet.
constexpr Field unfilled(std::string_view name, ValueType type, std::string_view doc, ArgKind arg = ArgKind::none,
                         FieldSource source = FieldSource::event) {
  return {name, type, false, arg, source, no_events, doc, nullptr};
}

// Empty text is a missing value.
inline Value text(std::string_view s) { return s.empty() ? Value{} : Value{s}; }
inline Value number(std::integral auto n) { return static_cast<std::int64_t>(n); }

// The pieces, one after the other, in Scratch.
std::string_view concat(Scratch& scratch, std::initializer_list<std::string_view> pieces);

// Text formatted into Scratch, cut at `size` bytes.
template <class... Args>
std::string_view print(Scratch& scratch, std::size_t size, fmt::format_string<Args...> format, Args&&... args) {
  const std::span<char> room = scratch.bytes(size);
  const auto done = fmt::format_to_n(room.data(), room.size(), format, std::forward<Args>(args)...);
  return {room.data(), std::min(done.size, room.size())};
}

// Unix time of a moment of CLOCK_BOOTTIME.
inline std::uint64_t unix_ns(const Context& c, std::uint64_t boottime_ns) { return c.boot_time_ns + boottime_ns; }
// The time from one moment to another, missing where the first is unknown or later (clocks of different sources).
inline Value since(std::uint64_t then, std::uint64_t now) {
  return then == 0 || then > now ? Value{} : number(now - then);
}

}  // namespace eunomia::groups
