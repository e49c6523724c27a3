// SPDX-License-Identifier: Apache-2.0
#include "engine/config_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "engine/lang/duration.h"
#include "engine/lang/suggest.h"

namespace eunomia {

void ConfigReader::error(const YAML::Mark& mark, const std::string& message) {
  errors_.push_back(fmt::format("{}:{}:{}: {}", name_, mark.line + 1, mark.column + 1, message));
}

std::string ConfigReader::errors() const { return fmt::format("{}", fmt::join(errors_, "\n")); }

ConfigReader::Section::Section(ConfigReader& reader, const YAML::Node& node, std::string path)
    : reader_(reader), node_(node), path_(std::move(path)) {
  if (node_.IsMap() || node_.IsNull()) return;
  reader_.error(node_.Mark(), fmt::format("{} must be a mapping (key: value)", path_.empty() ? "the file" : path_));
  node_ = YAML::Node(YAML::NodeType::Null);
}

std::string ConfigReader::Section::full(const std::string& key) const {
  return path_.empty() ? key : path_ + "." + key;
}

bool ConfigReader::Section::has(const std::string& key) const { return node_.IsMap() && node_[key].IsDefined(); }

std::optional<YAML::Node> ConfigReader::Section::take(const std::string& key) {
  known_.insert(key);
  if (!has(key)) return std::nullopt;
  return YAML::Node(node_[key]);
}

void ConfigReader::Section::error(const std::string& key, const std::string& message) {
  reader_.error(has(key) ? node_[key].Mark() : node_.Mark(), fmt::format("{}: {}", full(key), message));
}

std::optional<YAML::Node> ConfigReader::Section::scalar(const std::string& key, std::string_view wanted) {
  auto node = take(key);
  if (node && !node->IsScalar()) {
    error(key, fmt::format("must be {}", wanted));
    return std::nullopt;
  }
  return node;
}

std::optional<std::string> ConfigReader::Section::text(const std::string& key) {
  const auto node = scalar(key, "a string");
  return node ? std::optional(node->Scalar()) : std::nullopt;
}

std::optional<std::string> ConfigReader::Section::one_of(const std::string& key,
                                                         const std::vector<std::string>& choices) {
  auto value = text(key);
  if (value && std::ranges::find(choices, *value) == choices.end()) {
    error(key, fmt::format("is '{}'; it must be one of {}", *value, fmt::join(choices, ", ")));
    return std::nullopt;
  }
  return value;
}

std::optional<bool> ConfigReader::Section::boolean(const std::string& key) {
  const auto node = scalar(key, "true or false");
  if (!node) return std::nullopt;
  bool value = false;
  if (YAML::convert<bool>::decode(*node, value)) return value;
  error(key, fmt::format("is '{}'; it must be true or false", node->Scalar()));
  return std::nullopt;
}

std::optional<long long> ConfigReader::Section::number(const std::string& key, long long least, long long most) {
  const auto node = scalar(key, "a number");
  if (!node) return std::nullopt;
  const std::string& text = node->Scalar();
  long long value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure == std::errc() && end == text.data() + text.size() && value >= least && value <= most) return value;
  error(key, fmt::format("is '{}'; it must be a whole number from {} to {}", text, least, most));
  return std::nullopt;
}

std::optional<long long> ConfigReader::Section::milliseconds(const std::string& key) {
  const auto node = scalar(key, "a duration such as 500ms");
  if (!node) return std::nullopt;
  const auto duration = parse_duration(node->Scalar());
  if (duration) return duration->count();
  error(key, duration.error());
  return std::nullopt;
}

std::vector<std::string> ConfigReader::Section::texts(const std::string& key) {
  const auto node = take(key);
  if (!node) return {};
  if (node->IsScalar()) return {node->Scalar()};
  std::vector<std::string> values;
  const bool strings =
      node->IsSequence() && std::ranges::all_of(*node, [](const auto& item) { return item.IsScalar(); });
  if (!strings) {
    error(key, "must be a string or a list of strings");
    return {};
  }
  for (const auto& item : *node) values.push_back(item.Scalar());
  return values;
}

std::vector<std::pair<std::string, std::string>> ConfigReader::Section::pairs(const std::string& key) {
  const auto node = take(key);
  if (!node) return {};
  std::vector<std::pair<std::string, std::string>> values;
  if (!node->IsMap()) {
    error(key, "must be a mapping of strings");
    return {};
  }
  for (const auto& entry : *node) {
    if (entry.second.IsScalar())
      values.emplace_back(entry.first.Scalar(), entry.second.Scalar());
    else
      error(key, fmt::format("'{}' must be a string", entry.first.Scalar()));
  }
  return values;
}

void ConfigReader::Section::sections(const std::string& key, const std::function<void(Section&)>& read) {
  const auto node = take(key);
  if (!node) return;
  const auto read_one = [&](const YAML::Node& item) {
    Section section(reader_, item, full(key));
    read(section);
    section.finish();
  };
  if (!node->IsSequence()) return read_one(*node);
  for (const auto& item : *node) read_one(item);
}

void ConfigReader::Section::finish() {
  if (!node_.IsMap()) return;
  const std::vector<std::string_view> names(known_.begin(), known_.end());
  std::set<std::string> seen;
  for (const auto& entry : node_) {
    const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "?";
    if (!seen.insert(key).second) reader_.error(entry.first.Mark(), fmt::format("{} is given twice", full(key)));
    if (known_.contains(key)) continue;
    const std::string hint = lang::did_you_mean(key, names);
    reader_.error(entry.first.Mark(),
                  fmt::format("unknown key '{}'; {}", full(key),
                              hint.empty() ? fmt::format("known here: {}", fmt::join(names, ", ")) : hint));
  }
}

}  // namespace eunomia
