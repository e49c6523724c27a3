// SPDX-License-Identifier: Apache-2.0
#include "alerts/syslog_address.h"

#include <fmt/format.h>
#include <sys/un.h>

#include <charconv>
#include <optional>

namespace eunomia::alerts {
namespace {

bool is_port(std::string_view text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number >= 1 && number <= 65535;
}

// "host", "host:port", "[v6]", "[v6]:port"
std::optional<SyslogAddress> parse_host(SyslogAddress::Transport transport, std::string_view text) {
  SyslogAddress address{.transport = transport, .path = "", .host = "", .port = "514"};
  std::string_view rest;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    address.host = text.substr(1, close - 1);
    rest = text.substr(close + 1);
  } else {
    const auto colon = std::min(text.find(':'), text.size());
    address.host = text.substr(0, colon);
    rest = text.substr(colon);
  }
  if (address.host.empty()) return std::nullopt;
  if (rest.empty()) return address;
  if (!rest.starts_with(':') || !is_port(rest.substr(1))) return std::nullopt;
  address.port = rest.substr(1);
  return address;
}

std::optional<SyslogAddress> parse(std::string_view text) {
  using Transport = SyslogAddress::Transport;
  constexpr std::string_view unix_prefix = "unix:", udp_prefix = "udp://", tcp_prefix = "tcp://";
  if (text.empty() || text == "local") return SyslogAddress{};
  if (text.starts_with(udp_prefix)) return parse_host(Transport::udp, text.substr(udp_prefix.size()));
  if (text.starts_with(tcp_prefix)) return parse_host(Transport::tcp, text.substr(tcp_prefix.size()));
  if (!text.starts_with(unix_prefix)) return std::nullopt;
  SyslogAddress address;
  address.path = text.substr(unix_prefix.size());
  if (!address.path.starts_with('/') || address.path.size() >= sizeof(sockaddr_un::sun_path)) return std::nullopt;
  return address;
}

}  // namespace

std::expected<SyslogAddress, std::string> parse_syslog_address(std::string_view text) {
  if (auto address = parse(text)) return *std::move(address);
  return std::unexpected(
      fmt::format("syslog: \"{}\" is no address; use \"local\", unix:/path (up to {} characters), udp://host:port or "
                  "tcp://host:port",
                  text, sizeof(sockaddr_un::sun_path) - 1));
}

}  // namespace eunomia::alerts
