// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "alerts/escape.h"
#include "alerts/format.h"

namespace eunomia::alerts {
namespace {

using Json = nlohmann::ordered_json;  // the order in which a person reads an alert

// Builds the object with every string cut to `max_string`, and remembers whether one was.
class Builder {
 public:
  explicit Builder(std::size_t max_string) : max_string_(max_string) {}

  Json all(const Alert& alert) {
    Json json = essential(alert);
    for (const auto& tag : alert.tags) json["tags"].push_back(text(tag));
    Json& fields = json["output_fields"];
    for (const auto& [name, value] : alert.fields) fields[text(name)] = field(value);
    if (!fields.contains("evt.time")) fields["evt.time"] = alert.time_ns;
    json["uuid"] = text(alert.uuid);
    json["message"] = text(alert.output);
    json["event"] = text(alert.event_type);
    json["container"] = container(alert.container);
    json["process"] = process(alert.process);
    json["user"] = text(alert.user);
    json["file"] = text(alert.file);
    json["incomplete"] = alert.incomplete;
    if (alert.incomplete) json["incomplete_reason"] = text(alert.incomplete_why);
    json["truncated"] = truncated_;
    return json;
  }

  // What is left when nothing else fits. falcosidekick refuses an alert without output fields, so the time stays.
  Json least(const Alert& alert) {
    Json json = essential(alert);
    json["output_fields"]["evt.time"] = alert.time_ns;
    json["uuid"] = text(alert.uuid);
    json["truncated"] = true;
    return json;
  }

 private:
  Json essential(const Alert& alert) {
    const std::string time = rfc3339(alert.time_ns);
    const std::string_view clock = std::string_view(time).substr(11, 18);
    Json json;
    json["time"] = time;
    json["rule"] = text(alert.rule);
    json["priority"] = to_string(alert.priority);
    json["output"] = fmt::format("{}: {} {}", clock, to_string(alert.priority), text(alert.output));
    json["source"] = text(alert.source);
    json["hostname"] = text(alert.hostname);
    json["tags"] = Json::array();
    json["output_fields"] = Json::object();
    return json;
  }

  Json container(const AlertContainer& container) {
    return {{"id", text(container.id)},
            {"name", text(container.name)},
            {"image", text(container.image)},
            {"engine", text(container.engine)}};
  }

  Json process(const AlertProcess& process) {
    Json ancestors = Json::array();
    for (const auto& name : process.ancestors) ancestors.push_back(text(name));
    return {{"pid", process.pid},
            {"vpid", process.ns_pid},
            {"name", text(process.name)},
            {"exepath", text(process.exepath)},
            {"cmdline", text(process.cmdline)},
            {"cwd", text(process.cwd)},
            {"ancestors", std::move(ancestors)}};
  }

  Json field(const FieldValue& value) {
    if (const auto* flag = std::get_if<bool>(&value)) return *flag;
    if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
    if (const auto* string = std::get_if<std::string>(&value)) return text(*string);
    return nullptr;
  }

  std::string text(std::string_view bytes) {
    if (bytes.size() > max_string_) truncated_ = true;
    return cut_utf8(bytes, max_string_);
  }

  std::size_t max_string_;
  bool truncated_ = false;
};

std::string dump(const Json& json) { return json.dump(-1, ' ', true, Json::error_handler_t::replace); }

}  // namespace

std::string format_json(const Alert& alert, std::size_t max_bytes) {
  // A byte takes at most six in the line, so the least form, with its six strings of 64 bytes, is below 4 KiB.
  constexpr std::size_t least_bytes = 4096, least_string = 64;
  static constexpr std::array<std::size_t, 6> tries = {16384, 4096, 1024, 512, 256, 64};
  max_bytes = std::max(max_bytes, least_bytes);
  for (const std::size_t max_string : tries) {
    std::string line = dump(Builder(max_string).all(alert));
    if (line.size() <= max_bytes) return line;
  }
  return dump(Builder(least_string).least(alert));
}

}  // namespace eunomia::alerts
