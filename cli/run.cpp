// SPDX-License-Identifier: Apache-2.0
//
// eunomia run: the program as a list of steps. Everything that can be wrong with what the user gave is found before the
// kernel is touched.
#include <spdlog/spdlog.h>

#include <filesystem>
#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/run_options.h"
#include "cli/session.h"
#include "engine/privileges.h"

namespace eunomia::cli {
namespace {

int run(const RunOptions& options) {
  auto config = effective_config(options);
  if (!config) {
    spdlog::error("{}", config.error());
    return exit_failed;
  }
  spdlog::set_level(spdlog::level::from_str(config->log_level));

  auto rules = load_rules(*config);
  if (!rules) return exit_failed;
  auto sinks = make_all_sinks(*config);
  if (!sinks) {
    spdlog::error("{}", sinks.error());
    return exit_failed;
  }
  if (const auto missing = missing_privileges(); !missing.empty()) {
    spdlog::error("{}", describe_missing(missing));
    return exit_privileges;
  }
  auto sensor = open_sensor(*config, *rules);
  if (!sensor) return exit_privileges;
  // Before any thread starts: threads inherit what is left.
  if (auto dropped = drop_other_privileges(); !dropped) spdlog::warn("{}", dropped.error());

  Session session(std::move(*config), std::move(rules), std::move(*sinks), std::move(sensor));
  session.run(options.run_for);
  session.drain();
  session.print_summary();
  return exit_ok;
}

}  // namespace

void add_run(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("run", "Watch the machine and raise alerts until told to stop");
  auto options = std::make_shared<RunOptions>();
  add_run_options(*command, *options);
  command->callback([&chosen, options] { chosen = [options] { return run(*options); }; });
}

}  // namespace eunomia::cli
