// SPDX-License-Identifier: Apache-2.0
#include "engine/loss_watch.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

namespace eunomia {
namespace {

constexpr auto report_interval = std::chrono::seconds(10);

}  // namespace

void LossWatch::update(const std::vector<Loss>& losses, Clock::time_point now, std::uint64_t unix_ns) {
  std::vector<std::pair<Loss, std::uint64_t>> grave;
  for (const Loss& loss : losses) {
    Seen& seen = seen_[loss.cause];
    if (loss.count <= seen.reported) continue;
    if (seen.reported > 0 && now - seen.when < report_interval) continue;
    const std::uint64_t grown = loss.count - seen.reported;
    seen = {loss.count, now};
    spdlog::log(loss.grave ? spdlog::level::warn : spdlog::level::info, "{}: {} more, {} since the start: {}",
                loss.cause, grown, loss.count, loss.text);
    if (loss.grave) grave.emplace_back(loss, grown);
  }
  if (!grave.empty()) raise(grave, unix_ns);
}

void LossWatch::raise(const std::vector<std::pair<Loss, std::uint64_t>>& grown, std::uint64_t unix_ns) {
  alerts::Alert alert;
  alert.time_ns = unix_ns;
  alert.priority = alerts::Priority::critical;
  alert.rule = "Eunomia loses events";
  alert.source = "eunomia";
  alert.hostname = hostname_;
  alert.tags = {"eunomia", "loss"};
  std::vector<std::string> parts;
  for (const auto& [loss, count] : grown) {
    parts.push_back(fmt::format("{} {} ({})", count, loss.cause, loss.text));
    alert.fields.emplace_back("loss." + loss.cause, static_cast<std::int64_t>(loss.count));
  }
  alert.output = fmt::format("Detection has gaps: {}", fmt::join(parts, "; "));
  raise_(std::move(alert));
}

}  // namespace eunomia
