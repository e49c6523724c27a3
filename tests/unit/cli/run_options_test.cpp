// SPDX-License-Identifier: Apache-2.0
//
// What the command line makes of the configuration.
#include "cli/run_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace eunomia::cli {
namespace {

using testing::ElementsAre;

// The configuration that these arguments of `eunomia run` give; an error is a failure.
Config config_of(std::vector<std::string> arguments) {
  CLI::App app;
  RunOptions options;
  add_run_options(app, options);
  std::ranges::reverse(arguments);  // as CLI11 wants them
  app.parse(arguments);
  auto config = effective_config(options);
  if (!config) ADD_FAILURE() << config.error();
  return config.value_or(Config());
}

std::vector<std::string> choices_of(const Config& config) {
  std::vector<std::string> out;
  for (const auto& choice : config.selection.choices)
    out.push_back((choice.enable ? "+" : "-") + choice.rule + (choice.tag.empty() ? "" : "#" + choice.tag));
  return out;
}

TEST(RunOptions, WithoutAnyTheDefaultsHold) {
  const auto config = config_of({});
  EXPECT_THAT(config.rules, ElementsAre("/nonexistent/rules"));
  EXPECT_TRUE(config.selection.choices.empty());
  EXPECT_EQ(config.selection.least, lang::Priority::debug);
  EXPECT_EQ(config.selection.matching, lang::Matching::first);
}

TEST(RunOptions, RulesAreSwitchedInTheOrderGiven) {
  EXPECT_THAT(choices_of(config_of({"--disable-rule", "*", "--enable-tag", "net", "--disable-rule", "A b",
                                    "--enable-rule=C", "--disable-tag", "x"})),
              ElementsAre("-*", "+#net", "-A b", "+C", "-#x"));
}

TEST(RunOptions, PriorityAndMatching) {
  const auto config = config_of({"--priority", "Warning", "--match", "all"});
  EXPECT_EQ(config.selection.least, lang::Priority::warning);
  EXPECT_EQ(config.selection.matching, lang::Matching::all);
  EXPECT_THROW(config_of({"--priority", "loud"}), CLI::ParseError);
  EXPECT_THROW(config_of({"--match", "some"}), CLI::ParseError);
  EXPECT_THROW(config_of({"--enable-rule"}), CLI::ParseError);
}

TEST(RunOptions, ChoicesComeBehindThoseOfTheFileAndTheRestBeatsIt) {
  const auto file =
      std::filesystem::temp_directory_path() / ("eunomia-options-" + std::to_string(::getpid()) + ".yaml");
  std::ofstream(file) << "rules_priority: error\nrules_match: all\nrules_choices: {disable: {rule: A}}\n";
  const auto config = config_of({"-c", file.string(), "--enable-rule", "A", "--priority", "info", "--match", "first"});
  std::filesystem::remove(file);
  EXPECT_THAT(choices_of(config), ElementsAre("-A", "+A"));
  EXPECT_EQ(config.selection.least, lang::Priority::informational);
  EXPECT_EQ(config.selection.matching, lang::Matching::first);
}

}  // namespace
}  // namespace eunomia::cli
