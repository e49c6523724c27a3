// SPDX-License-Identifier: Apache-2.0
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <exception>

#include "cli/commands.h"

namespace {

int run_command(int argc, char** argv) {
  CLI::App app{"Eunomia watches containers from inside the kernel and raises alerts by YAML rules."};
  app.require_subcommand(1);
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
    const bool asked_for_help = error.get_exit_code() == 0;
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
