// SPDX-License-Identifier: Apache-2.0
//
// Inside of sample.h: what a sample is made of, and the table of what writes a field.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/lang/sample.h"

namespace eunomia::lang {

class SampleNames : public Names {
 public:
  std::map<std::uint32_t, std::string> users{{0, "root"}}, groups{{0, "root"}};
  [[nodiscard]] std::optional<std::string_view> user(std::uint32_t uid) const override { return find(users, uid); }
  [[nodiscard]] std::optional<std::string_view> group(std::uint32_t gid) const override { return find(groups, gid); }
  [[nodiscard]] std::string_view home(std::uint32_t uid) const override { return uid == 0 ? "/root" : "/home/user"; }

 private:
  static std::optional<std::string_view> find(const std::map<std::uint32_t, std::string>& names, std::uint32_t id) {
    const auto it = names.find(id);
    return it == names.end() ? std::nullopt : std::optional<std::string_view>(it->second);
  }
};

struct Sample::World {
  std::uint64_t now_ns = 0;  // the event's time
  Event event;
  std::shared_ptr<Process> process = std::make_shared<Process>();
  std::vector<std::shared_ptr<Process>> ancestors;  // parent first; linked when all fields are set
  std::optional<Container> container;
  std::deque<std::string> strings;  // what the event borrows
  std::string user_name, group_name;
  SampleNames names;
  Scratch scratch;

  std::string_view keep(std::string_view text) { return strings.emplace_back(text); }
  Process& ancestor(std::size_t steps);  // 1: the parent
  Container& in_container();
};

// Writes one field; false if the value is not one of its kind.
using FieldSetter = bool (*)(Sample::World&, std::string_view value, std::size_t index);
// Writes evt.arg.NAME; nullopt if events of this type have no such argument that can be set.
std::optional<bool> set_argument(Sample::World& world, std::string_view name, std::string_view text);
// Null if the field cannot be set. `index` is that of "proc.aname[2]", 0 if there is none.
FieldSetter find_setter(std::string_view field);

}  // namespace eunomia::lang
