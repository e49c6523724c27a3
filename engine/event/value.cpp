// SPDX-License-Identifier: Apache-2.0
#include "engine/event/value.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace eunomia {
namespace {

constexpr std::size_t alignment = 16;  // what operator new[] gives on every platform we build for
constexpr std::size_t first_block = 4096;
constexpr std::size_t kept_at_most = 1U << 20U;  // more than any honest event needs

static_assert(__STDCPP_DEFAULT_NEW_ALIGNMENT__ >= alignment);
static_assert(std::is_trivially_destructible_v<Value>, "Scratch never runs destructors");

}  // namespace

std::string_view to_string(ValueType type) {
  switch (type) {
    case ValueType::boolean: return "boolean";
    case ValueType::integer: return "integer";
    case ValueType::string: return "string";
    case ValueType::duration: return "duration";
    case ValueType::time: return "time";
    case ValueType::address: return "address";
  }
  return "unknown";
}

std::span<char> Scratch::bytes(std::size_t size) {
  const std::size_t rounded = (size + alignment - 1) / alignment * alignment;
  while (block_ < blocks_.size() && blocks_[block_].size - used_ < rounded) {
    ++block_;
    used_ = 0;
  }
  if (block_ == blocks_.size()) {
    const std::size_t wanted = std::max(rounded, blocks_.empty() ? first_block : blocks_.back().size * 2);
    blocks_.push_back({std::make_unique_for_overwrite<char[]>(wanted), wanted});
  }
  char* const start = blocks_[block_].data.get() + used_;
  used_ += rounded;
  return {start, size};
}

std::string_view Scratch::copy(std::string_view text) {
  if (text.empty()) return {};
  const std::span<char> room = bytes(text.size());
  std::memcpy(room.data(), text.data(), text.size());
  return {room.data(), room.size()};
}

std::span<Value> Scratch::values(std::size_t count) {
  if (count == 0) return {};
  auto* const first = reinterpret_cast<Value*>(bytes(count * sizeof(Value)).data());
  std::uninitialized_value_construct_n(first, count);
  return {first, count};
}

std::size_t Scratch::capacity() const {
  std::size_t total = 0;
  for (const Block& block : blocks_) total += block.size;
  return total;
}

void Scratch::clear() {
  block_ = used_ = 0;
  if (blocks_.size() > 1 && capacity() > kept_at_most) blocks_.resize(1);
  if (capacity() > kept_at_most) blocks_.clear();
}

}  // namespace eunomia
