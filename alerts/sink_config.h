// SPDX-License-Identifier: Apache-2.0
//
// The sinks as configuration: plain structs, one per kind, and make_sinks() that turns a list of them into sinks. It
// checks everything that is knowable at start (addresses, URLs, whether the file can be opened) and reports every
// mistake at once, one per line. A receiver that is merely down is no mistake: the outbox retries.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "alerts/format.h"
#include "alerts/sink.h"

namespace eunomia::alerts {

enum class Color : std::uint8_t { automatic, always, never };

struct StdoutConfig {
  Format format = Format::text;
  Color color = Color::automatic;  // on a terminal, unless NO_COLOR is set or TERM is "dumb"; never in JSON
  int fd = 1;                      // not closed by the sink
};

struct FileConfig {
  std::string path;  // created with mode 0600, appended to
  Format format = Format::json;
};

struct SyslogConfig {
  // "" or "local": /dev/log. Else "unix:/path", "udp://host[:port]", "tcp://host[:port]"; the port defaults to 514, an
  // IPv6 address stands in brackets.
  std::string address;
  Format format = Format::text;             // of the message; the structured data is there in any case
  int facility = 10;                        // authpriv
  std::size_t max_bytes = 8000;             // of one message, 1024 (JSON: 6144) to 65000
  std::chrono::milliseconds timeout{5000};  // to connect, and for the receiver to take a message
};

struct WebhookConfig {
  std::string url;  // http:// or https://
  std::vector<std::pair<std::string, std::string>> headers;
  std::string ca_file;  // PEM; empty: the system's
  bool verify_tls = true;
  std::chrono::milliseconds timeout{10000}, connect_timeout{5000};
};

using SinkConfig = std::variant<StdoutConfig, FileConfig, SyslogConfig, WebhookConfig>;

using SinkPtr = std::unique_ptr<Sink>;
std::expected<SinkPtr, std::string> make_sink(const SinkConfig& config);
std::expected<std::vector<SinkPtr>, std::string> make_sinks(const std::vector<SinkConfig>& configs);

// One per kind, each in the file of its sink.
std::expected<SinkPtr, std::string> make_sink_of(const StdoutConfig& config);
std::expected<SinkPtr, std::string> make_sink_of(const FileConfig& config);
std::expected<SinkPtr, std::string> make_sink_of(const SyslogConfig& config);
std::expected<SinkPtr, std::string> make_sink_of(const WebhookConfig& config);

}  // namespace eunomia::alerts
