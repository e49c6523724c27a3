// SPDX-License-Identifier: Apache-2.0
//
// The subcommands: each adds itself to the parser and, once that has parsed the command line, runs and returns the exit
// code. One file per subcommand; nothing else parses arguments.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace eunomia::cli {

// Exit codes of all commands.
constexpr int exit_ok = 0;
constexpr int exit_failed = 1;      // wrong input: rules, configuration, arguments
constexpr int exit_privileges = 2;  // the kernel does not let us

using Action = std::function<int()>;

// Each returns nothing and stores its action in `chosen` when its subcommand is on the command line.
void add_run(CLI::App& app, Action& chosen);
void add_rules(CLI::App& app, Action& chosen);
void add_doctor(CLI::App& app, Action& chosen);
void add_fields(CLI::App& app, Action& chosen);
void add_version(CLI::App& app, Action& chosen);

}  // namespace eunomia::cli
