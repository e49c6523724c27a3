// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "engine/lang/engine.h"

namespace eunomia::cli {
namespace {

struct CheckOptions {
  std::vector<std::filesystem::path> paths;
  std::string format = "text";
};

int check(const CheckOptions& options) {
  const lang::LoadResult loaded = lang::load(options.paths);
  if (options.format == "json") {
    fmt::print("{}\n", lang::to_json(loaded.diagnostics));
    return loaded.engine ? exit_ok : exit_failed;
  }
  std::size_t errors = 0;
  for (const lang::Diagnostic& diagnostic : loaded.diagnostics) {
    fmt::print("{}", lang::to_text(diagnostic));
    if (diagnostic.severity == lang::Severity::error) ++errors;
  }
  const std::size_t warnings = loaded.diagnostics.size() - errors;
  if (loaded.engine)
    fmt::print("{} rules are fine, {} warnings\n", loaded.engine->rules().size(), warnings);
  else
    fmt::print("{} errors, {} warnings\n", errors, warnings);
  return loaded.engine ? exit_ok : exit_failed;
}

}  // namespace

void add_rules(CLI::App& app, Action& chosen) {
  CLI::App* rules = app.add_subcommand("rules", "Work with rule files");
  rules->require_subcommand(1);
  CLI::App* command = rules->add_subcommand("check", "Check rule files: all errors and warnings; exit code 0 or 1");
  auto options = std::make_shared<CheckOptions>();
  command->add_option("PATH", options->paths, "Rule files, or directories of *.yaml files, in order")->required();
  command->add_option("--format", options->format, "How to print what was found")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->callback([&chosen, options] { chosen = [options] { return check(*options); }; });
}

}  // namespace eunomia::cli
