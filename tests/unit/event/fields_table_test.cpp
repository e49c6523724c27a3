// SPDX-License-Identifier: Apache-2.0
//
// What holds for every row of the table.
#include <set>

#include "engine/event/field.h"
#include "tests/unit/event/read_field.h"

namespace eunomia {
namespace {

using testing::HasSubstr;

TEST(FieldTable, NamesAreSortedAndUnique) {
  for (std::size_t i = 1; i < fields().size(); ++i) EXPECT_LT(fields()[i - 1].name, fields()[i].name);
}

TEST(FieldTable, EveryRowHasItsDoc) {
  for (const Field& field : fields()) {
    EXPECT_GT(field.doc.size(), 8U) << field.name;
    EXPECT_TRUE(field.doc.ends_with('.')) << field.name;
  }
}

TEST(FieldTable, ExtractorWhereEventsFillIt) {
  for (const Field& field : fields()) EXPECT_EQ(field.extract != nullptr, field.events.any()) << field.name;
}

TEST(FieldTable, NoRowIsFilledByNoEvent) {
  for (const Field& field : fields()) EXPECT_FALSE(field.events.test(EV_NONE)) << field.name;
}

// Of these names rule files are full (design: events and fields of the ecosystem's rules).
TEST(FieldTable, KnowsWhatRulesName) {
  for (const std::string_view name : {"evt.type",
                                      "evt.time",
                                      "evt.num",
                                      "evt.res",
                                      "evt.rawres",
                                      "evt.args",
                                      "evt.arg.flags",
                                      "evt.arg[1]",
                                      "evt.is_open_read",
                                      "evt.is_open_write",
                                      "evt.is_open_exec",
                                      "evt.hostname",
                                      "evt.dir",
                                      "proc.name",
                                      "proc.exe",
                                      "proc.exepath",
                                      "proc.cmdline",
                                      "proc.args",
                                      "proc.env",
                                      "proc.env[HOME]",
                                      "proc.cwd",
                                      "proc.tty",
                                      "proc.pid",
                                      "proc.ppid",
                                      "proc.vpid",
                                      "proc.sid",
                                      "proc.sname",
                                      "proc.pname",
                                      "proc.pcmdline",
                                      "proc.pexe",
                                      "proc.pexepath",
                                      "proc.aname[2]",
                                      "proc.aexe[2]",
                                      "proc.aexepath[2]",
                                      "proc.acmdline[2]",
                                      "proc.apid[2]",
                                      "proc.duration",
                                      "proc.ppid.duration",
                                      "proc.is_exe_upper_layer",
                                      "proc.is_exe_from_memfd",
                                      "proc.is_exe_writable",
                                      "proc.exe_ino",
                                      "proc.exe_ino.ctime",
                                      "proc.exe_ino.mtime",
                                      "proc.exe_ino.ctime_duration_proc_start",
                                      "proc.exe_ino.ctime_duration_pidns_start",
                                      "proc.is_sid_leader",
                                      "proc.is_vpgid_leader",
                                      "proc.vpgid.name",
                                      "proc.vpgid.exe",
                                      "proc.loginshellid",
                                      "thread.cap_permitted",
                                      "thread.cap_effective",
                                      "thread.cap_inheritable",
                                      "thread.tid",
                                      "thread.vtid",
                                      "fd.name",
                                      "fd.nameraw",
                                      "fd.num",
                                      "fd.type",
                                      "fd.typechar",
                                      "fd.types[0]",
                                      "fd.directory",
                                      "fd.filename",
                                      "fd.ip",
                                      "fd.sip",
                                      "fd.cip",
                                      "fd.lip",
                                      "fd.rip",
                                      "fd.port",
                                      "fd.sport",
                                      "fd.cport",
                                      "fd.lport",
                                      "fd.rport",
                                      "fd.net",
                                      "fd.snet",
                                      "fd.cnet",
                                      "fd.l4proto",
                                      "fd.sip.name",
                                      "fd.connected",
                                      "fd.name_changed",
                                      "fd.is_server",
                                      "fd.ino",
                                      "fd.dev",
                                      "user.name",
                                      "user.uid",
                                      "user.loginuid",
                                      "user.loginname",
                                      "group.name",
                                      "group.gid",
                                      "container.id",
                                      "container.full_id",
                                      "container.name",
                                      "container.image",
                                      "container.image.repository",
                                      "container.image.tag",
                                      "container.image.digest",
                                      "container.type",
                                      "container.privileged",
                                      "container.mounts",
                                      "container.start_ts",
                                      "container.duration",
                                      "container.ip",
                                      "container.label.x",
                                      "k8s.ns.name",
                                      "k8s.pod.name",
                                      "k8s.pod.id",
                                      "k8s.pod.label.app",
                                      "fs.path.name",
                                      "fs.path.nameraw",
                                      "fs.path.source",
                                      "fs.path.target",
                                      "fs.path.sourceraw",
                                      "fs.path.targetraw"}) {
    const auto found = find_field(name);
    EXPECT_TRUE(found) << found.error();
  }
}

bool fits(const Value& value, ValueType type) {
  switch (type) {
    case ValueType::boolean: return std::holds_alternative<bool>(value);
    case ValueType::string: return std::holds_alternative<std::string_view>(value);
    case ValueType::address: return std::holds_alternative<IpAddress>(value);
    default: return std::holds_alternative<std::int64_t>(value);
  }
}

// Raw arguments are of whatever type the argument is.
bool any_type(const Field& field) { return field.name == "evt.rawarg" || field.name == "evt.arg"; }

void expect_typed(const Field& field, const Value& value) {
  if (value.missing() || any_type(field)) return;
  if (const auto* const list = std::get_if<ValueList>(&value)) {
    EXPECT_TRUE(field.multi) << field.name;
    for (const Value& one : *list) EXPECT_TRUE(fits(one, field.type)) << field.name;
  } else {
    EXPECT_TRUE(fits(value, field.type)) << field.name << " is " << test::show(value);
  }
}

std::vector<FieldArg> arguments_for(const Field& field) {
  switch (field.arg) {
    case ArgKind::none: return {{}};
    case ArgKind::optional_index: return {{}, {0, {}}, {1, {}}, {INT64_MAX, {}}};
    case ArgKind::required_index: return {{0, {}}, {INT64_MAX, {}}};
    case ArgKind::required_key: return {{{}, "flags"}, {{}, ""}};
    case ArgKind::key_or_index: return {{0, {}}, {3, {}}, {INT64_MAX, {}}, {{}, "flags"}, {{}, "*"}};
    case ArgKind::optional_key: return {{}, {{}, "HOME"}};
  }
  return {};
}

void extract_all(const Event& event, const Process* process, const Container* container) {
  Scratch scratch;
  const Context context{.event = event, .process = process, .container = container, .scratch = scratch};
  for (const Field& field : fields()) {
    if (field.extract == nullptr) continue;
    for (const FieldArg& arg : arguments_for(field)) expect_typed(field, field.extract(context, arg));
    scratch.clear();
  }
}

// Nothing known besides the type, from none to past the last.
TEST(FieldTable, EveryExtractorSurvivesAnEmptyEvent) {
  const Process process;
  const Container pending, complete{.metadata = Metadata::complete}, missing{.metadata = Metadata::missing};
  for (std::size_t type = 0; type <= EV_TYPE_COUNT; ++type) {
    const Event event{.type = static_cast<EventType>(type)};
    extract_all(event, nullptr, nullptr);
    extract_all(event, &process, nullptr);
    for (const Container* container : {&pending, &complete, &missing}) extract_all(event, &process, container);
  }
}

TEST(FieldTable, EveryExtractorSurvivesExtremes) {
  const std::string junk(8192, '\xff');
  for (std::size_t type = 0; type <= EV_TYPE_COUNT; ++type) {
    for (const std::uint16_t family : {1, 2, 10, 99}) {
      Event event{.type = static_cast<EventType>(type), .flags = 0xffff, .time_ns = UINT64_MAX};
      event.start_ns = UINT64_MAX, event.result = INT64_MIN, event.pid = event.tid = UINT32_MAX;
      event.cap_effective = UINT64_MAX, event.open_flags = event.mode = event.open_mode = UINT32_MAX;
      event.path = event.base = event.raw = event.args = event.cwd = event.exe = event.comm = junk;
      event.family = family, event.local.family = event.remote.family = 6;
      event.fd = INT32_MIN, event.dev = event.euid = UINT32_MAX, event.loginuid = UINT32_MAX - 1;
      extract_all(event, nullptr, nullptr);
    }
  }
}

// Without a value for an event of a type that the row does not claim to be filled by.
TEST(FieldTable, OnlyTheEventsNamedFillAField) {
  Process process{.pid = 7, .ns_pid = 7, .start_ns = 1, .ppid = 1, .name = "x"};
  for (std::size_t type = 1; type < EV_TYPE_COUNT; ++type) {
    const Event event{.type = static_cast<EventType>(type), .pid = 7, .tid = 7, .path = "/p", .raw = "/p", .fd = 3};
    Scratch scratch;
    const Context context{.event = event, .process = &process, .scratch = scratch};
    for (const Field& field : fields()) {
      if (field.extract == nullptr || field.events.test(type)) continue;
      for (const FieldArg& arg : arguments_for(field))
        EXPECT_TRUE(field.extract(context, arg).missing()) << field.name << " of " << event_name(event.type);
    }
  }
}

TEST(FieldTable, MarkdownHasARowForEach) {
  const std::string page = fields_markdown();
  for (const Field& field : fields()) EXPECT_THAT(page, HasSubstr("| `" + std::string{field.name} + "` |"));
  EXPECT_THAT(page, HasSubstr("## fd\n"));
  EXPECT_THAT(page, HasSubstr("| `evt.is_open_read` |  | boolean | open, openat, openat2, creat |"));
  EXPECT_THAT(page, HasSubstr("| `proc.aname` | [n], optional | string, several | all |"));
  EXPECT_THAT(page, HasSubstr("| `proc.vmrss` |  | integer | not filled yet |"));
}

}  // namespace
}  // namespace eunomia
