// SPDX-License-Identifier: Apache-2.0
//
// Whether an address lies in one of many networks: one binary search for each length of prefix that occurs, whatever
// the number of networks. Immutable after construction; any thread may ask.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "engine/lang/ir.h"

namespace eunomia::lang {

class NetworkSet {
 public:
  NetworkSet() = default;
  explicit NetworkSet(std::span<const ir::Network> networks);
  [[nodiscard]] bool contains(const IpAddress& address) const;

 private:
  using Bytes = std::array<std::uint8_t, 16>;
  struct Length {
    std::uint8_t family;
    unsigned prefix;           // bits
    std::vector<Bytes> heads;  // sorted; what lies behind the prefix is zero
  };
  static Bytes head(const IpAddress& address, unsigned prefix);
  std::vector<ir::Network> few_;  // instead of `lengths_`
  std::vector<Length> lengths_;
};

}  // namespace eunomia::lang
