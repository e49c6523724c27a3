// SPDX-License-Identifier: Apache-2.0
#include "alerts/alert.h"

#include <array>
#include <cstddef>

namespace eunomia::alerts {

std::string_view to_string(Priority priority) {
  static constexpr std::array<std::string_view, 8> names = {"Emergency", "Alert",  "Critical",      "Error",
                                                            "Warning",   "Notice", "Informational", "Debug"};
  return names.at(static_cast<std::size_t>(priority) % names.size());
}

std::size_t memory_of(const Alert& alert) {
  std::size_t bytes = sizeof(Alert);
  for (const std::string* text :
       {&alert.rule, &alert.output, &alert.source, &alert.hostname, &alert.event_type, &alert.container.id,
        &alert.container.name, &alert.container.image, &alert.container.engine, &alert.process.name,
        &alert.process.exepath, &alert.process.cmdline, &alert.process.cwd, &alert.user, &alert.file,
        &alert.incomplete_why, &alert.uuid}) {
    bytes += text->size();
  }
  for (const auto& tag : alert.tags) bytes += sizeof(std::string) + tag.size();
  for (const auto& name : alert.process.ancestors) bytes += sizeof(std::string) + name.size();
  for (const auto& [name, value] : alert.fields) {
    const auto* text = std::get_if<std::string>(&value);
    bytes += sizeof(std::string) + sizeof(FieldValue) + name.size() + (text ? text->size() : 0);
  }
  return bytes;
}

}  // namespace eunomia::alerts
