// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "engine/lang/suggest.h"

namespace {

// "there is no command 'cehck'": CLI11 itself only says that a subcommand is required. Empty if none was given.
std::string unknown_command(const CLI::App& app) {
  const CLI::App* last = &app;
  while (!last->get_subcommands().empty()) last = last->get_subcommands().front();
  const auto rest = last->remaining(false);
  if (rest.empty() || rest.front().starts_with('-')) return {};
  std::vector<std::string> names;
  for (const CLI::App* command : last->get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  const std::vector<std::string_view> views(names.begin(), names.end());
  const auto hint = eunomia::lang::did_you_mean(rest.front(), views);
  return fmt::format("there is no command '{}'; {}\n", rest.front(),
                     hint.empty() ? fmt::format("commands are {}", fmt::join(names, ", ")) : hint);
}

int run_command(int argc, char** argv) {
  CLI::App app{"Eunomia watches containers from inside the kernel and raises alerts by YAML rules."};
  app.require_subcommand(1);
  app.set_version_flag("--version", "eunomia " EUNOMIA_VERSION);
  app.failure_message(CLI::FailureMessage::help);
  eunomia::cli::Action chosen;
  eunomia::cli::add_run(app, chosen);
  eunomia::cli::add_rules(app, chosen);
  eunomia::cli::add_doctor(app, chosen);
  eunomia::cli::add_fields(app, chosen);
  eunomia::cli::add_version(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (const auto unknown = unknown_command(app); error.get_exit_code() != 0 && !unknown.empty()) {
      fmt::print(stderr, "{}", unknown);
      return eunomia::cli::exit_failed;
    }
    const bool asked_for_help = error.get_exit_code() == 0;  // or for the version
    app.failure_message(CLI::FailureMessage::simple);
    return app.exit(error) == 0 && asked_for_help ? eunomia::cli::exit_ok : eunomia::cli::exit_failed;
  }
  return chosen();
}

}  // namespace

int main(int argc, char** argv) {
  auto logger = spdlog::stderr_color_mt("eunomia");
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v");
  spdlog::set_default_logger(logger);
  try {
    return run_command(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "eunomia: %s\n", error.what());
    return eunomia::cli::exit_failed;
  }
}
