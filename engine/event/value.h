// SPDX-License-Identifier: Apache-2.0
//
// A field's value as rules compare and print it. A Value borrows its bytes from the event, the process, the container
// or the Scratch it was extracted with, and lives as long as the shortest-lived of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/event/event.h"

namespace eunomia {

enum class ValueType : std::uint8_t {
  boolean,
  integer,   // signed 64 bits
  string,    // bytes, any encoding
  duration,  // integer, ns
  time,      // integer, ns since the epoch
  address,   // IPv4 or IPv6
};
std::string_view to_string(ValueType type);

struct Value;
using ValueList = std::span<const Value>;

// monostate: the field has no value for this event ("<NA>").
struct Value : std::variant<std::monostate, bool, std::int64_t, std::string_view, IpAddress, ValueList> {
  using variant::variant;
  [[nodiscard]] bool missing() const { return std::holds_alternative<std::monostate>(*this); }
};

// Memory for values that are computed, not stored (a joined list, "1.2.3.4:80->5.6.7.8:443"): handed out in order, all
// taken back by `clear`. Allocates only when an event needs more than any before it. Not thread-safe.
class Scratch {
 public:
  // Room for `size` bytes, aligned to 16. Valid until clear().
  std::span<char> bytes(std::size_t size);
  std::string_view copy(std::string_view text);
  std::span<Value> values(std::size_t count);
  // Takes all back and keeps the memory, but for what a single absurd event took.
  void clear();
  // Bytes held, used or not.
  [[nodiscard]] std::size_t capacity() const;

 private:
  struct Block {
    std::unique_ptr<char[]> data;
    std::size_t size;
  };
  std::vector<Block> blocks_;
  std::size_t block_ = 0, used_ = 0;
};

}  // namespace eunomia
