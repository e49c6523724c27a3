// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "alerts/escape.h"
#include "alerts/format.h"

namespace eunomia::alerts {
namespace {

// A field of the header: printable ASCII without spaces, "-" for none (RFC 5424 section 6).
std::string header_word(std::string_view bytes, std::size_t max_bytes) {
  std::string out;
  for (const char character : bytes.substr(0, max_bytes)) {
    out += character > ' ' && character <= '~' ? character : '?';
  }
  return out.empty() ? "-" : out;
}

// PARAM-VALUE: quote, backslash and closing bracket carry a backslash (section 6.3.3).
std::string param_value(std::string_view bytes, std::size_t max_bytes) {
  std::string out;
  for (const char character : escape_line(bytes, max_bytes)) {
    if (character == '"' || character == '\\' || character == ']') out += '\\';
    out += character;
  }
  return out;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) {
    if (!out.empty()) out += ',';
    out += word;
  }
  return out;
}

// The project has no private enterprise number of its own; 32473 is the one that RFC 5612 sets aside.
std::string structured_data(const Alert& alert, std::size_t max_bytes) {
  const std::size_t max_value = std::clamp<std::size_t>(max_bytes / 16, 48, 512);
  std::string out = "[eunomia@32473";
  const auto add = [&](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    const std::string param = fmt::format(" {}=\"{}\"", name, param_value(value, max_value));
    if (out.size() + param.size() + 1 <= max_bytes) out += param;
  };
  add("rule", alert.rule);
  add("uuid", alert.uuid);
  add("source", alert.source);
  add("containerId", alert.container.id);
  add("containerName", alert.container.name);
  add("containerImage", alert.container.image);
  add("pid", alert.process.pid == 0 ? std::string() : std::to_string(alert.process.pid));
  add("process", alert.process.name);
  add("cmdline", alert.process.cmdline);
  add("user", alert.user);
  add("file", alert.file);
  add("tags", joined(alert.tags));
  add("incomplete", alert.incomplete ? "true" : "");
  return out + ']';
}

}  // namespace

std::string format_syslog(const Alert& alert, const SyslogStyle& style) {
  const bool json = style.format == Format::json;
  const std::size_t limit = std::max<std::size_t>(style.max_bytes, json ? 6144 : 1024);
  const int pri = style.facility * 8 + static_cast<int>(alert.priority);
  std::string out =
      fmt::format("<{}>1 {} {} eunomia {} {} ", pri, rfc3339(alert.time_ns, 6), header_word(alert.hostname, 255),
                  style.pid == 0 ? "-" : std::to_string(style.pid), header_word(alert.event_type, 32));
  out += structured_data(alert, json ? limit / 4 : limit / 2);
  out += ' ';
  const std::size_t room = limit - out.size();
  return out + (json ? format_json(alert, room) : cut_utf8(format_text(alert, {.prefix = false}), room));
}

}  // namespace eunomia::alerts
