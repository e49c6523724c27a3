// SPDX-License-Identifier: Apache-2.0
#include <ctime>

#include "engine/event/field_groups.h"

namespace eunomia::groups {
namespace {

constexpr std::uint64_t ns_per_s = 1'000'000'000;

struct Moment {
  std::tm parts{};
  unsigned ns = 0;
};

Moment moment(const Context& c, std::tm* (*split)(const std::time_t*, std::tm*)) {
  const std::uint64_t when = unix_ns(c, c.event.time_ns);
  const auto seconds = static_cast<std::time_t>(when / ns_per_s);
  Moment m{.parts = {}, .ns = static_cast<unsigned>(when % ns_per_s)};
  split(&seconds, &m.parts);
  return m;
}

Value clock_text(const Context& c, bool date, bool ns) {
  const Moment m = moment(c, localtime_r);
  const std::string_view day =
      date ? print(c.scratch, 16, "{:04}-{:02}-{:02} ", m.parts.tm_year + 1900, m.parts.tm_mon + 1, m.parts.tm_mday)
           : std::string_view{};
  const std::string_view time =
      print(c.scratch, 16, "{:02}:{:02}:{:02}", m.parts.tm_hour, m.parts.tm_min, m.parts.tm_sec);
  const std::string_view rest = ns ? print(c.scratch, 16, ".{:09}", m.ns) : std::string_view{};
  return concat(c.scratch, {day, time, rest});
}

Value iso8601(const Context& c, const FieldArg&) {
  const Moment m = moment(c, gmtime_r);
  const std::tm& t = m.parts;
  return print(c.scratch, 48, "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}+0000", t.tm_year + 1900, t.tm_mon + 1,
               t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, m.ns);
}

using enum ValueType;

constexpr Field row(std::string_view name, ValueType type, std::string_view doc,
                    Value (*extract)(const Context&, const FieldArg&)) {
  return {name, type, false, ArgKind::none, FieldSource::event, all_events, doc, extract};
}

constexpr std::array rows{
    row("evt.datetime", string, "Date and local time of the event, with nanoseconds.",
        [](const Context& c, const FieldArg&) { return clock_text(c, true, true); }),
    row("evt.datetime.s", string, "Date and local time of the event, to the second.",
        [](const Context& c, const FieldArg&) { return clock_text(c, true, false); }),
    unfilled("evt.deltatime", duration, "Time since the event before."),
    unfilled("evt.deltatime.ns", duration, "Time since the event before, without its seconds."),
    unfilled("evt.deltatime.s", duration, "Time since the event before, whole seconds."),
    unfilled("evt.latency", duration, "Time the call took."),
    unfilled("evt.latency.quantized", integer, "Order of magnitude of the time the call took."),
    unfilled("evt.outputtime", string, "Time of the event in the form that was asked for when recording."),
    unfilled("evt.latency.human", string, "Time the call took: \"10.3ms\"."),
    unfilled("evt.latency.ns", duration, "Time the call took, without its seconds."),
    unfilled("evt.latency.s", duration, "Time the call took, whole seconds."),
    row("evt.rawtime", time, "Time of the event, ns since the epoch.",
        [](const Context& c, const FieldArg&) { return number(unix_ns(c, c.event.time_ns)); }),
    row("evt.rawtime.ns", integer, "Time of the event, ns past the second.",
        [](const Context& c, const FieldArg&) { return number(unix_ns(c, c.event.time_ns) % ns_per_s); }),
    row("evt.rawtime.s", integer, "Time of the event, seconds since the epoch.",
        [](const Context& c, const FieldArg&) { return number(unix_ns(c, c.event.time_ns) / ns_per_s); }),
    unfilled("evt.reltime", duration, "Time since the first event."),
    unfilled("evt.reltime.ns", duration, "Time since the first event, without its seconds."),
    unfilled("evt.reltime.s", duration, "Time since the first event, whole seconds."),
    row("evt.time", string, "Local time of the event, with nanoseconds: \"14:03:59.123456789\".",
        [](const Context& c, const FieldArg&) { return clock_text(c, false, true); }),
    row("evt.time.iso8601", string, "Time of the event in UTC: \"2026-01-31T14:03:59.123456789+0000\".", iso8601),
    row("evt.time.s", string, "Local time of the event, to the second.",
        [](const Context& c, const FieldArg&) { return clock_text(c, false, false); }),
};

}  // namespace

std::span<const Field> time() { return rows; }

}  // namespace eunomia::groups
