// SPDX-License-Identifier: Apache-2.0
#include "engine/event/field_groups.h"

namespace eunomia::groups {
namespace {

using enum ValueType;
using Extract = Value (*)(const Context&, const FieldArg&);

constexpr std::uint32_t nobody = UINT32_MAX;

// What the kernel acts on is the effective id; it is also what Falco calls user.uid.
Value uid(const Context& c, const FieldArg&) {
  return c.event.type == EventType::none ? Value{} : number(c.event.euid);
}
Value gid(const Context& c, const FieldArg&) {
  return c.event.type == EventType::none ? Value{} : number(c.event.egid);
}

// Into Scratch: a name lives only until the next question.
Value kept(const Context& c, std::optional<std::string_view> name) {
  return name && !name->empty() ? Value{c.scratch.copy(*name)} : Value{};
}

Value user_name(const Context& c, std::uint32_t id) {
  return c.names != nullptr && id != nobody && c.event.type != EventType::none ? kept(c, c.names->user(id)) : Value{};
}

Value home(const Context& c, const FieldArg&) {
  return c.names != nullptr && c.event.type != EventType::none ? kept(c, c.names->home(c.event.euid)) : Value{};
}

Value group_name(const Context& c, const FieldArg&) {
  return c.names != nullptr && c.event.type != EventType::none ? kept(c, c.names->group(c.event.egid)) : Value{};
}

// -1 for nobody.
Value login_uid(const Context& c, const FieldArg&) {
  if (c.event.type == EventType::none) return {};
  return c.event.loginuid == nobody ? number(-1) : number(c.event.loginuid);
}

constexpr Field row(std::string_view name, ValueType type, FieldSource source, std::string_view doc, Extract extract) {
  return {name, type, false, ArgKind::none, source, all_events, doc, extract};
}

constexpr std::array rows{
    row("group.gid", integer, FieldSource::event, "Effective group id.", gid),
    row("group.name", string, FieldSource::host, "Name of the effective group, as the host knows it.", group_name),
    row("user.homedir", string, FieldSource::host, "Home directory of the user, as the host knows it.", home),
    row("user.loginname", string, FieldSource::host, "Name of the user who logged in, as the host knows it.",
        [](const Context& c, const FieldArg&) { return user_name(c, c.event.loginuid); }),
    row("user.loginuid", integer, FieldSource::event, "Id of the user who logged in, -1 for nobody.", login_uid),
    row("user.name", string, FieldSource::host, "Name of the effective user, as the host knows it.",
        [](const Context& c, const FieldArg&) { return user_name(c, c.event.euid); }),
    unfilled("user.shell", string, "Shell of the user.", ArgKind::none, FieldSource::host),
    row("user.uid", integer, FieldSource::event, "Effective user id.", uid),
};

}  // namespace

std::span<const Field> user() { return rows; }

}  // namespace eunomia::groups
