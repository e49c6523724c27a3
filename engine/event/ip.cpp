// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>

#include <cstring>

#include "engine/event/event.h"

namespace eunomia {

std::string to_string(const IpAddress& address) {
  if (address.family == 0) return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = address.family == 4 ? AF_INET : AF_INET6;
  return inet_ntop(family, address.bytes.data(), text.data(), text.size()) != nullptr ? text.data() : "";
}

std::optional<IpAddress> parse_ip(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> copy{};  // inet_pton wants an end
  if (text.empty() || text.size() >= copy.size() || text.find('\0') != std::string_view::npos) return std::nullopt;
  std::memcpy(copy.data(), text.data(), text.size());
  IpAddress address;
  address.family = text.find(':') == std::string_view::npos ? 4 : 6;
  const int family = address.family == 4 ? AF_INET : AF_INET6;
  if (inet_pton(family, copy.data(), address.bytes.data()) != 1) return std::nullopt;
  return address;
}

}  // namespace eunomia
