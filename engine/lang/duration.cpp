// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/duration.h"

#include <fmt/format.h>

#include <algorithm>

namespace eunomia {
namespace {

using std::chrono::milliseconds;

// A unit's length in ms; 0: no such unit.
long long unit_ms(std::string_view unit) {
  if (unit == "ms") return 1;
  if (unit == "s") return 1000;
  if (unit == "m") return 60'000;
  if (unit == "h") return 3'600'000;
  return 0;
}

}  // namespace

std::expected<milliseconds, std::string> parse_duration(std::string_view text) {
  const auto wrong =
      std::unexpected(fmt::format("'{}' is no duration; write for example 500ms, 10s, 2m or 1h30m", text));
  constexpr long long limit = 366LL * 24 * 3'600'000;
  long long total = 0;
  std::string_view rest = text;
  if (rest.empty()) return wrong;
  while (!rest.empty()) {
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    const std::size_t end = std::min(rest.find_first_of("0123456789", digits), rest.size());
    const long long unit = unit_ms(rest.substr(digits, end - digits));
    if (digits == 0 || digits > 9 || unit == 0) return wrong;
    total += std::stoll(std::string(rest.substr(0, digits))) * unit;
    if (total > limit) return std::unexpected(fmt::format("'{}' is longer than a year", text));
    rest.remove_prefix(end);
  }
  return milliseconds(total);
}

std::string print_duration(milliseconds duration) {
  std::string out;
  long long left = duration.count();
  for (const std::string_view unit : {"h", "m", "s", "ms"}) {
    const auto length = unit_ms(unit);
    if (left >= length) out += fmt::format("{}{}", left / length, unit);
    left %= length;
  }
  return out.empty() ? "0s" : out;
}

}  // namespace eunomia
