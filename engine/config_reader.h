// SPDX-License-Identifier: Apache-2.0
//
// Reads YAML mappings strictly: every key must be one that the code asked for, every value of the asked type. Make one
// ConfigReader per document, take Sections from it, `take` each key, and call `finish` on every section, which
// reports the keys nobody took. Errors are collected; one thread.
#pragma once

#include <yaml-cpp/yaml.h>

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace eunomia {

class ConfigReader {
 public:
  class Section;

  explicit ConfigReader(std::string_view name) : name_(name) {}

  void error(const YAML::Mark& mark, const std::string& message);
  [[nodiscard]] std::string errors() const;  // one per line; empty: none

 private:
  std::string name_;
  std::vector<std::string> errors_;
};

class ConfigReader::Section {
 public:
  // `path` is how the section is called in messages ("alerts.webhook").
  Section(ConfigReader& reader, const YAML::Node& node, std::string path);

  // The value of `key`, if it is there and of that type; a wrong type is an error.
  std::optional<std::string> text(const std::string& key);
  std::optional<std::string> one_of(const std::string& key, const std::vector<std::string>& choices);
  std::optional<bool> boolean(const std::string& key);
  std::optional<long long> number(const std::string& key, long long least, long long most);
  std::optional<long long> milliseconds(const std::string& key);
  std::vector<std::string> texts(const std::string& key);  // a string or a list of strings
  std::vector<std::pair<std::string, std::string>> pairs(const std::string& key);
  // Calls `read` with the mapping at `key`, or with each mapping of the list there, and finishes it.
  void sections(const std::string& key, const std::function<void(Section&)>& read);

  [[nodiscard]] bool has(const std::string& key) const;
  void error(const std::string& key, const std::string& message);
  // Reports the keys that were not asked for, with the nearest that is known.
  void finish();

 private:
  std::optional<YAML::Node> take(const std::string& key);
  std::optional<YAML::Node> scalar(const std::string& key, std::string_view wanted);
  [[nodiscard]] std::string full(const std::string& key) const;

  ConfigReader& reader_;
  YAML::Node node_;
  std::string path_;
  std::set<std::string> known_;
};

}  // namespace eunomia
