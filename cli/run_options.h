// SPDX-License-Identifier: Apache-2.0
//
// What the command line of `eunomia run` says, and how it goes together with the configuration file: an option beats
// the file.
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/config.h"
#include "engine/lang/engine.h"

namespace eunomia::cli {

struct RunOptions {
  std::string config;  // empty: the installed one, if there is one
  std::vector<std::filesystem::path> rules;
  std::vector<lang::Choice> choices;  // in the order they were given
  std::string priority, match;
  std::string format, log_level;
  std::vector<std::string> syslog, webhook;
  std::optional<std::chrono::milliseconds> run_for;
};

// What says which rules run (-c, -r, enabling and disabling), for commands that only look at what would run.
void add_source_options(CLI::App& command, RunOptions& options);
void add_run_options(CLI::App& command, RunOptions& options);

// The configuration file with the options applied. Error: all mistakes, one per line.
std::expected<Config, std::string> effective_config(const RunOptions& options);

// Loads the rules of the configuration and prints every diagnostic to standard error. Null: there was an error.
std::shared_ptr<const lang::Engine> load_rules(const Config& config);

}  // namespace eunomia::cli
