// SPDX-License-Identifier: Apache-2.0
//
// What `eunomia run` is told: the configuration file (YAML) as plain structs. `load_config` checks everything that can
// be checked without acting: unknown keys, wrong types, values out of range; it reports all errors of the file at
// once. Command-line options are applied on top by cli/.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/sink_config.h"
#include "engine/lang/engine.h"

namespace eunomia {

struct Config {
  std::vector<std::filesystem::path> rules;  // files and directories, in this order
  lang::LoadOptions selection;               // which of them run, and how many report an event
  struct {
    std::size_t ring_bytes = std::size_t{8} << 20;
  } sensor;
  struct {
    std::chrono::milliseconds metadata_timeout{500};
    std::vector<std::string> sockets;  // of engine APIs; empty: the usual places
  } containers;
  struct {
    alerts::StdoutConfig standard_output;
    bool to_standard_output = true;
    std::vector<alerts::SinkConfig> sinks;  // file, syslog, webhook
    std::size_t queue = 4096;               // alerts per sink
    std::chrono::milliseconds drain_timeout{5000};
  } alerts;
  std::string log_level = "info";  // trace, debug, info, warning, error
};

// One mistake per line, each "file:line:column: what is wrong; what to do".
std::expected<Config, std::string> load_config(const std::filesystem::path& file);
std::expected<Config, std::string> parse_config(std::string_view name, const std::string& text);

}  // namespace eunomia
