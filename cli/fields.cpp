// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "engine/event/field.h"
#include "engine/lang/suggest.h"

namespace eunomia::cli {
namespace {

struct FieldsOptions {
  std::string group, format = "text";
};

bool belongs(const Field& field, const std::string& group) { return group.empty() || group_of(field) == group; }

std::string_view argument_name(ArgKind kind) {
  switch (kind) {
    case ArgKind::none: return "none";
    case ArgKind::optional_index: return "optional index";
    case ArgKind::required_index: return "index";
    case ArgKind::required_key: return "name";
    case ArgKind::key_or_index: return "name or index";
    case ArgKind::optional_key: return "optional name";
  }
  return "";
}

std::vector<std::string_view> events_of(const Field& field) {
  std::vector<std::string_view> out;
  for (std::size_t type = EV_NONE + 1; type < EV_TYPE_COUNT; ++type)
    if (field.events.test(type)) out.push_back(event_name(static_cast<EventType>(type)));
  return out;
}

void print_json(const std::string& group) {
  auto out = nlohmann::json::array();
  for (const Field& field : fields())
    if (belongs(field, group))
      out.push_back({{"name", field.name},
                     {"group", group_of(field)},
                     {"type", to_string(field.type)},
                     {"several", field.multi},
                     {"argument", argument_name(field.arg)},
                     {"filled", field.events.any()},
                     {"events", events_of(field)},
                     {"doc", field.doc}});
  fmt::print("{}\n", out.dump(2));
}

void print_text(const std::string& group) {
  for (const Field& field : fields())
    if (belongs(field, group))
      fmt::print("{:<36} {:<9} {}{}\n", field.name, to_string(field.type), field.doc,
                 field.events.none() ? " (not filled yet)" : "");
}

int print_fields(const FieldsOptions& options) {
  std::set<std::string_view> groups;
  for (const Field& field : fields()) groups.insert(group_of(field));
  if (!options.group.empty() && !groups.contains(options.group)) {
    const std::vector<std::string_view> names(groups.begin(), groups.end());
    const auto hint = lang::did_you_mean(options.group, names);
    fmt::print(stderr, "there is no group of fields named '{}'; {}\n", options.group,
               hint.empty() ? fmt::format("groups are {}", fmt::join(names, ", ")) : hint);
    return exit_failed;
  }
  if (options.format == "markdown") {
    fmt::print("{}", fields_markdown(options.group));
  } else if (options.format == "json") {
    print_json(options.group);
  } else {
    print_text(options.group);
  }
  return exit_ok;
}

}  // namespace

void add_fields(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("fields", "List the fields that rules can use");
  auto options = std::make_shared<FieldsOptions>();
  command->add_option("GROUP", options->group, "Only this group, such as proc or fd");
  command->add_option("--format", options->format, "text, JSON, or the page of the documentation")
      ->check(CLI::IsMember({"text", "json", "markdown"}))
      ->capture_default_str();
  command->callback([&chosen, options] { chosen = [options] { return print_fields(*options); }; });
}

}  // namespace eunomia::cli
