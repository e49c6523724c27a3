// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/event/read_field.h"

namespace eunomia::test {
namespace {

struct Shown {
  std::string operator()(std::monostate) const { return "<NA>"; }
  std::string operator()(bool b) const { return b ? "true" : "false"; }
  std::string operator()(std::int64_t n) const { return std::to_string(n); }
  std::string operator()(std::string_view s) const { return std::string{s}; }
  std::string operator()(const IpAddress& address) const { return to_string(address); }
  std::string operator()(ValueList list) const {
    std::string text;
    for (const Value& value : list) text += (text.empty() ? "" : ", ") + show(value);
    return "[" + text + "]";
  }
};

}  // namespace

std::string show(const Value& value) {
  return std::visit(
      Shown{},
      static_cast<const std::variant<std::monostate, bool, std::int64_t, std::string_view, IpAddress, ValueList>&>(
          value));
}

std::string read(std::string_view field, const Event& event, const With& with) {
  const auto found = find_field(field);
  if (!found) return found.error();
  if (found->field->extract == nullptr) return "not filled";
  Scratch scratch;
  const Context context{.event = event,
                        .process = with.process,
                        .container = with.container,
                        .names = with.names,
                        .domains = with.domains,
                        .boot_time_ns = with.boot_time_ns,
                        .event_number = with.event_number,
                        .scratch = scratch};
  std::string text = show(found->field->extract(context, found->arg));
  if (with.pending != nullptr) *with.pending = context.touched_pending;
  return text;
}

}  // namespace eunomia::test
