// SPDX-License-Identifier: Apache-2.0
//
// `required_engine_version` and `required_plugin_versions`: what a file asks for is kept for the user to see. Nothing
// is refused for being too new: the rules that need what is not there say so themselves.
#include <array>
#include <charconv>

#include "engine/lang/reader.h"

namespace eunomia::lang {
namespace {

using Version = std::array<std::uint32_t, 3>;

// "0.57.0", and what may follow it ("-alpha1"), as Falco reads it.
std::optional<Version> parse_version(std::string_view text) {
  Version out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out.at(i));
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (i == 2) break;
    if (!text.starts_with('.')) return std::nullopt;
    text.remove_prefix(1);
  }
  return out;
}

// A number alone is the form of old files: 31 is 0.31.0.
std::optional<Version> parse_engine_version(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) return Version{0, number, 0};
  return parse_version(text);
}

}  // namespace

void Reader::read_versions(const YamlNode& item) {
  item_ = "required versions";
  if (const auto* version = item.find("required_engine_version")) return read_engine_version(*version);
  const auto& plugins = *item.find("required_plugin_versions");
  if (!plugins.is_sequence()) return error("E0202", plugins.where, "'required_plugin_versions' must be a list");
  for (const auto& plugin : plugins.items) {
    auto wanted = read_plugin(plugin);
    const auto* alternatives = plugin.is_map() ? plugin.find("alternatives") : nullptr;
    if (alternatives && !alternatives->is_sequence())
      error("E0202", alternatives->where, "'alternatives' must be a list");
    for (const auto& other : alternatives ? alternatives->items : std::vector<YamlNode>())
      wanted += " or " + read_plugin(other);
    items_.requirements.push_back("plugin " + wanted);
  }
}

void Reader::read_engine_version(const YamlNode& node) {
  const auto& written = node.text.text();
  const auto version = parse_engine_version(written);
  if (!version)
    return error("E0210", node.where, "the version '" + written + "' is not a number or x.y.z", {},
                 std::max<std::size_t>(1, written.size()));
  if (*version > Version{0, 57, 0})
    warning("W0516", node.where, "the file asks for engine " + written + ", the language here is that of 0.57.0",
            "what is newer is reported where it is used", written.size());
  items_.requirements.push_back("engine " + written);
}

// "name version".
std::string Reader::read_plugin(const YamlNode& node) {
  if (!node.is_map()) {
    error("E0202", node.where, "a plugin is given by its name and version");
    return {};
  }
  const auto name = text(node, "name"), version = text(node, "version");
  if (version && !parse_version(version->text()))
    error("E0210", version->origin(), "the version '" + version->text() + "' is not x.y.z", {}, version->size());
  return name && version ? name->text() + " " + version->text() : std::string();
}

}  // namespace eunomia::lang
