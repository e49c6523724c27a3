// SPDX-License-Identifier: Apache-2.0
#include "engine/event/arguments.h"

#include <algorithm>
#include <array>

#include "engine/event/argument_groups.h"
#include "engine/event/socket_facts.h"

namespace eunomia {
namespace arguments {

Value result_text(const Context& c) { return result_name(c.scratch, c.event.result); }
Value result_raw(const Context& c) { return c.event.result; }

// Of a call that makes a descriptor the error stands in its place.
Value fd_text(const Context& c) {
  if (makes_descriptor(c.event) && c.event.result < 0) return result_text(c);
  if (c.event.fd < 0) return groups::number(c.event.fd);
  const std::string_view name = fd_name(c);
  return groups::print(c.scratch, name.size() + 24, "{}(<{}>{})", c.event.fd, fd_type_char(c.event), name);
}
Value fd_raw(const Context& c) {
  return makes_descriptor(c.event) && c.event.result < 0 ? result_raw(c) : groups::number(c.event.fd);
}

namespace {
// Names live until the next is asked for; -1 is nobody's id, but "leave as it is".
Value name_or_number(const Context& c, std::optional<std::string_view> name, std::uint32_t id) {
  if (name && id != UINT32_MAX) return c.scratch.copy(*name);
  return groups::number(static_cast<std::int32_t>(id));
}
}  // namespace

Value user_text(const Context& c, std::uint32_t uid) {
  return name_or_number(c, c.names != nullptr ? c.names->user(uid) : std::nullopt, uid);
}
Value group_text(const Context& c, std::uint32_t gid) {
  return name_or_number(c, c.names != nullptr ? c.names->group(gid) : std::nullopt, gid);
}

}  // namespace arguments

namespace {

std::string_view as_text(const Context& c, const Value& value) {
  if (const auto* const string = std::get_if<std::string_view>(&value)) return *string;
  if (const auto* const integer = std::get_if<std::int64_t>(&value))
    return groups::print(c.scratch, 24, "{}", *integer);
  return {};
}

}  // namespace

std::span<const Argument> arguments_of(EventType type) {
  if (type >= EventType::connect && type <= EventType::recvmsg) return arguments::of_socket(type);
  if (type >= EventType::ptrace) return arguments::of_call(type);
  return type <= EventType::execveat ? arguments::of_process(type) : arguments::of_file(type);
}

std::string_view all_arguments(const Context& context) {
  const auto arguments = arguments_of(context.event.type);
  std::array<std::string_view, arguments::most> texts;
  std::size_t size = 0;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].text == nullptr) continue;
    texts[i] = as_text(context, arguments[i].text(context));
    size += arguments[i].name.size() + texts[i].size() + 2;
  }
  char* const start = context.scratch.bytes(size).data();
  char* end = start;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].text == nullptr) continue;
    if (end != start) *end++ = ' ';
    end = std::ranges::copy(arguments[i].name, end).out;
    *end++ = '=';
    end = std::ranges::copy(texts[i], end).out;
  }
  return {start, end};
}

}  // namespace eunomia
