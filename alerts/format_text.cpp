// SPDX-License-Identifier: Apache-2.0
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <ctime>

#include "alerts/escape.h"
#include "alerts/format.h"

namespace eunomia::alerts {
namespace {

constexpr std::size_t max_output = 8192, max_command = 4096, max_word = 512, max_list = 1024;
constexpr std::size_t short_id = 12;  // as container engines print an id

constexpr std::string_view dim = "\x1b[2m", bold = "\x1b[1m", reset = "\x1b[0m";
constexpr std::array<std::string_view, 8> priority_colors = {"\x1b[1;37;41m", "\x1b[1;37;41m", "\x1b[1;31m", "\x1b[31m",
                                                             "\x1b[33m",      "\x1b[36m",      "\x1b[32m",   "\x1b[2m"};

std::string painted(bool color, std::string_view paint, std::string_view text) {
  return color ? fmt::format("{}{}{}", paint, text, reset) : std::string(text);
}

void add_pair(std::string& out, std::string_view key, std::string_view value, std::size_t max_bytes = max_word) {
  if (!value.empty()) out += fmt::format(" {}={}", key, quote_word(value, max_bytes));
}

void add_list(std::string& out, std::string_view key, const std::vector<std::string>& values,
              std::string_view separator) {
  std::string list;
  for (const auto& value : values) {
    if (!list.empty()) list += separator;
    list += quote_word(value, max_word);
    if (list.size() > max_list) {
      list += separator;
      list += "...";
      break;
    }
  }
  if (!list.empty()) out += fmt::format(" {}={}", key, list);
}

void add_container(std::string& out, const AlertContainer& container) {
  if (container.id.empty()) {
    out += " container=host";
    return;
  }
  const auto id = std::string_view(container.id).substr(0, short_id);
  add_pair(out, "container", container.name.empty() ? id : std::string_view(container.name));
  add_pair(out, "id", id);
  add_pair(out, "image", container.image);
}

std::string details(const Alert& alert) {
  std::string out = " |";
  add_container(out, alert.container);
  if (alert.process.pid != 0) {
    add_pair(out, "process", alert.process.name);
    out += fmt::format(" pid={}", alert.process.pid);
    add_pair(out, "cmdline", alert.process.cmdline, max_command);
    add_list(out, "parents", alert.process.ancestors, "<");
  }
  add_pair(out, "user", alert.user);
  add_pair(out, "file", alert.file, max_command);
  add_list(out, "tags", alert.tags, ",");
  if (alert.incomplete) {
    add_pair(out, "incomplete", alert.incomplete_why.empty() ? "yes" : std::string_view(alert.incomplete_why));
  }
  return out;
}

}  // namespace

std::string rfc3339(std::uint64_t time_ns, int digits) {
  constexpr std::uint64_t ns_per_second = 1'000'000'000;
  const auto seconds = static_cast<std::time_t>(time_ns / ns_per_second);
  std::string fraction = fmt::format(".{:09}", time_ns % ns_per_second);
  fraction.resize(digits <= 0 ? 0 : static_cast<std::size_t>(digits) + 1);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}{}Z", fmt::gmtime(seconds), fraction);
}

std::string format_text(const Alert& alert, TextStyle style) {
  const auto color = priority_colors.at(static_cast<std::size_t>(alert.priority) % priority_colors.size());
  std::string out;
  if (style.prefix) {
    out = fmt::format("{} {} ", painted(style.color, dim, rfc3339(alert.time_ns, 3)),
                      painted(style.color, color, to_string(alert.priority)));
  }
  out += fmt::format("{}: {}", painted(style.color, bold, escape_line(alert.rule, max_word)),
                     escape_line(alert.output, max_output));
  return out + painted(style.color, dim, details(alert));
}

}  // namespace eunomia::alerts
