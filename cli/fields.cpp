// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>
#include <string>

#include "cli/commands.h"
#include "engine/event/field.h"

namespace eunomia::cli {
namespace {

struct FieldsOptions {
  std::string group, format = "text";
};

bool belongs(const Field& field, const std::string& group) {
  return group.empty() ||
         (field.name.starts_with(group) && field.name.size() > group.size() && field.name[group.size()] == '.');
}

int print_fields(const FieldsOptions& options) {
  if (options.format == "markdown") {
    fmt::print("{}", fields_markdown());
    return exit_ok;
  }
  bool any = false;
  for (const Field& field : fields()) {
    if (!belongs(field, options.group)) continue;
    any = true;
    fmt::print("{:<36} {:<9} {}{}\n", field.name, to_string(field.type), field.doc,
               field.events.none() ? " (not filled yet)" : "");
  }
  if (any) return exit_ok;
  fmt::print(stderr,
             "there is no group of fields named '{}'; groups are the first parts of names, such as proc or fd\n",
             options.group);
  return exit_failed;
}

}  // namespace

void add_fields(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("fields", "List the fields that rules can use");
  auto options = std::make_shared<FieldsOptions>();
  command->add_option("GROUP", options->group, "Only this group, such as proc or fd");
  command->add_option("--format", options->format, "text, or the page of the documentation")
      ->check(CLI::IsMember({"text", "markdown"}))
      ->capture_default_str();
  command->callback([&chosen, options] { chosen = [options] { return print_fields(*options); }; });
}

}  // namespace eunomia::cli
