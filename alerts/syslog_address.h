// SPDX-License-Identifier: Apache-2.0
//
// Where syslog messages go, parsed from the text of a configuration or command line.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace eunomia::alerts {

struct SyslogAddress {
  enum class Transport : std::uint8_t { local, udp, tcp };
  Transport transport = Transport::local;
  std::string path = "/dev/log";  // local
  std::string host, port;         // udp, tcp; the host without brackets
};

// "" or "local", "unix:/path", "udp://host[:port]", "tcp://host[:port]". The error names the text and the forms.
std::expected<SyslogAddress, std::string> parse_syslog_address(std::string_view text);

}  // namespace eunomia::alerts
