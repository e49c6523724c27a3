// SPDX-License-Identifier: Apache-2.0
//
// An alert as the sinks see it: a value that stands for itself, with no tie to the engine that raised it. Strings may
// hold any bytes a container chose; each format escapes them for its own medium.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace eunomia::alerts {

// As in syslog (RFC 5424 section 6.2.1): the number is the severity.
enum class Priority : std::uint8_t { emergency, alert, critical, error, warning, notice, informational, debug };
// "Emergency", ... "Debug", as Falco's consumers expect them.
std::string_view to_string(Priority priority);

using FieldValue = std::variant<std::monostate, bool, std::int64_t, std::string>;

struct AlertContainer {
  std::string id, name, image;  // id empty: the host
  std::string engine;           // "docker", ...
};

struct AlertProcess {
  std::uint32_t pid = 0, ns_pid = 0;
  std::string name, exepath, cmdline, cwd;
  std::vector<std::string> ancestors;  // names, parent first
};

struct Alert {
  std::uint64_t time_ns = 0;  // unix time, ns
  Priority priority = Priority::notice;
  std::string rule, output, source = "syscall", hostname;
  std::vector<std::string> tags;
  std::vector<std::pair<std::string, FieldValue>> fields;  // of the output, by name
  // Ours besides:
  std::string event_type;  // "openat"
  AlertContainer container;
  AlertProcess process;
  std::string user;         // name, or uid where it has none
  std::string file;         // path or connection; empty: the event has none
  bool incomplete = false;  // sent before the container's metadata was known
  std::string incomplete_why;
  std::string uuid;  // empty: the outbox gives one, so that a receiver can tell a repeated delivery
};

// What an alert occupies, near enough to bound a queue by.
std::size_t memory_of(const Alert& alert);

}  // namespace eunomia::alerts
