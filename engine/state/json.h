// SPDX-License-Identifier: Apache-2.0
//
// Reading of JSON that others wrote (engines, runtimes, and through labels their users): whatever is absent or of
// another type than expected reads as empty, nothing throws. Include from .cpp files only. Any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace eunomia {

using Json = nlohmann::json;

// nullopt: not JSON, or not an object or array.
inline std::optional<Json> parse_json(std::string_view text) {
  Json json = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded() || !json.is_structured()) return std::nullopt;
  return json;
}

// The value under a path of keys; a null value where there is none.
inline const Json& at(const Json& json, std::initializer_list<std::string_view> keys) {
  static const Json nothing;
  const Json* here = &json;
  for (std::string_view key : keys) {
    if (!here->is_object()) return nothing;
    auto found = here->find(key);
    if (found == here->end()) return nothing;
    here = &*found;
  }
  return *here;
}

// Strings are capped: names and paths are shorter in any honest engine.
inline std::string text_at(const Json& json, std::initializer_list<std::string_view> keys) {
  constexpr std::size_t longest = 4096;
  const Json& value = at(json, keys);
  return value.is_string() ? value.get_ref<const std::string&>().substr(0, longest) : std::string();
}

inline bool true_at(const Json& json, std::initializer_list<std::string_view> keys) {
  const Json& value = at(json, keys);
  return value.is_boolean() && value.get<bool>();
}

inline std::uint32_t number_at(const Json& json, std::initializer_list<std::string_view> keys) {
  const Json& value = at(json, keys);
  return value.is_number_unsigned() ? static_cast<std::uint32_t>(value.get<std::uint64_t>()) : 0;
}

}  // namespace eunomia
