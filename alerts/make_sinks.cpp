// SPDX-License-Identifier: Apache-2.0
#include "alerts/sink_config.h"

namespace eunomia::alerts {

std::expected<SinkPtr, std::string> make_sink(const SinkConfig& config) {
  return std::visit([](const auto& kind) { return make_sink_of(kind); }, config);
}

std::expected<std::vector<SinkPtr>, std::string> make_sinks(const std::vector<SinkConfig>& configs) {
  std::vector<SinkPtr> sinks;
  std::string errors;
  for (const auto& config : configs) {
    auto sink = make_sink(config);
    if (sink) {
      sinks.push_back(std::move(*sink));
    } else {
      errors += errors.empty() ? sink.error() : '\n' + sink.error();
    }
  }
  if (!errors.empty()) return std::unexpected(std::move(errors));
  return sinks;
}

}  // namespace eunomia::alerts
