// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/network_set.h"

#include <algorithm>

namespace eunomia::lang {

NetworkSet::Bytes NetworkSet::head(const IpAddress& address, unsigned prefix) {
  auto out = address.bytes;
  const auto whole = prefix / 8;
  if (whole < out.size()) out[whole] &= static_cast<std::uint8_t>(0xFF00U >> (prefix % 8));
  for (std::size_t i = whole + 1; i < out.size(); ++i) out[i] = 0;
  return out;
}

NetworkSet::NetworkSet(std::span<const ir::Network> networks) {
  constexpr std::size_t few = 4;  // up to here, comparing one by one is as quick
  if (networks.size() <= few) {
    few_.assign(networks.begin(), networks.end());
    return;
  }
  for (const auto& network : networks) {
    const auto family = network.address.family;
    const auto same = [&](const Length& length) { return length.family == family && length.prefix == network.prefix; };
    auto found = std::ranges::find_if(lengths_, same);
    if (found == lengths_.end()) found = lengths_.insert(lengths_.end(), {family, network.prefix, {}});
    found->heads.push_back(head(network.address, network.prefix));
  }
  for (auto& length : lengths_) std::ranges::sort(length.heads);
}

bool NetworkSet::contains(const IpAddress& address) const {
  if (std::ranges::any_of(few_, [&](const auto& network) { return network.contains(address); })) return true;
  return address.family != 0 && std::ranges::any_of(lengths_, [&](const Length& length) {
           return length.family == address.family &&
                  std::ranges::binary_search(length.heads, head(address, length.prefix));
         });
}

}  // namespace eunomia::lang
