// SPDX-License-Identifier: Apache-2.0
//
// The table of fields: every name a rule may read, with its type, meaning, availability and extractor. One row per
// field; the rule language, the documentation, `eunomia fields` and the tests all read this table and nothing else.
// The table is constant: any thread may read it.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/event/event.h"
#include "engine/event/process.h"
#include "engine/event/value.h"

namespace eunomia {

// Names of users and groups, as state knows them.
class Names {
 public:
  virtual ~Names() = default;
  // nullopt: no such entry. The result lives until the next call on this object.
  [[nodiscard]] virtual std::optional<std::string_view> user(std::uint32_t uid) const = 0;
  [[nodiscard]] virtual std::optional<std::string_view> group(std::uint32_t gid) const = 0;
  [[nodiscard]] virtual std::string_view home(std::uint32_t uid) const = 0;
};

// Domain names that rules compare with, and the addresses that each has now.
class DomainNames {
 public:
  virtual ~DomainNames() = default;
  // The names that have this address. Valid until the next call on this object.
  [[nodiscard]] virtual std::span<const std::string_view> names_of(const IpAddress& address) const = 0;
};

// Everything a field may be read from. `process` is that of the event (its new image, for exec) and may be null when
// nothing is known; `container` is null for processes of the host.
struct Context {
  const Event& event;
  const Process* process = nullptr;
  const Container* container = nullptr;
  const Names* names = nullptr;
  const DomainNames* domains = nullptr;
  std::uint64_t boot_time_ns = 0;  // unix time of CLOCK_BOOTTIME 0, ns
  std::uint64_t event_number = 0;
  Scratch& scratch;
  // Set by an extractor that was asked for metadata of a container whose metadata is still pending: the answer may
  // change once it arrives, so the event is to be judged again then.
  mutable bool touched_pending = false;
};

// The argument in brackets or after the dot: proc.aname[2], evt.arg.flags, container.label.NAME.
struct FieldArg {
  std::optional<std::int64_t> index;
  std::string_view key;
};

// key_or_index needs one of the two; optional_key takes a key or nothing.
enum class ArgKind : std::uint8_t { none, optional_index, required_index, required_key, key_or_index, optional_key };

// What a field is read from: when the kernel could know it, and how long its value holds.
enum class FieldSource : std::uint8_t { event, process, container, host };

struct Field {
  std::string_view name;  // "proc.aname"; for key arguments without the last dot: "evt.arg"
  ValueType type;
  bool multi;  // may yield a ValueList
  ArgKind arg;
  FieldSource source;
  EventSet events;       // event types that can fill it; empty: known to the language, filled by none yet
  std::string_view doc;  // one sentence
  Value (*extract)(const Context&, const FieldArg&);  // null where `events` is empty
  bool any = false;  // of several values one that passes is enough, for `in` and `!=` too: proc.aname, fd.ip
};

// All rows, sorted by name.
std::span<const Field> fields();

// The row and argument that `text` names ("proc.aname[2]", "evt.arg.flags"). The argument borrows from `text`.
struct FieldRef {
  const Field* field;
  FieldArg arg;
};
// Error: what is wrong ("no field named 'proc.nme'; did you mean 'proc.name'?", "'proc.name' takes no argument").
std::expected<FieldRef, std::string> find_field(std::string_view text);

// The part of a name before the first dot: "proc".
inline std::string_view group_of(const Field& field) { return field.name.substr(0, field.name.find('.')); }
// The table, or one group of it, as a page of documentation, a section for each group.
std::string fields_markdown(std::string_view group = {});

}  // namespace eunomia
