// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/sample.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <iterator>

#include "engine/lang/sample_world.h"
#include "engine/lang/suggest.h"
#include "engine/lang/term.h"
#include "engine/lang/typing.h"

namespace eunomia::lang {
namespace {

using World = Sample::World;

constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::uint64_t first_ns = 100'000 * second_ns;

// Fields that others build on, in the order they must be set.
constexpr int last_stage = 4;
int stage(std::string_view field) {
  if (field == "evt.type") return 0;
  if (field == "container.id" || field == "container.image" || field == "evt.arg.flags" || field == "fd.type") return 1;
  if (field.ends_with("cmdline") || field == "proc.args") return 3;
  if (field.find(".acmdline[") != std::string_view::npos) return 3;
  return field == "evt.res" || field == "evt.rawres" ? last_stage : 2;
}

// "proc.aname[2]" → "proc.aname" and 2.
std::pair<std::string_view, std::size_t> split_index(std::string_view field) {
  const auto bracket = field.find('[');
  std::size_t index = 0;
  if (bracket == std::string_view::npos) return {field, index};
  for (const char c : field.substr(bracket + 1))
    if (c >= '0' && c <= '9') index = index * 10 + static_cast<std::size_t>(c - '0');
  return {field.substr(0, bracket), index};
}

void set_defaults(World& w) {
  auto& e = w.event;
  auto& p = *w.process;
  e.time_ns = w.now_ns;
  e.pid = e.tid = p.pid = 4000;
  e.ns_pid = e.ns_tid = p.ns_pid = 40;
  e.start_ns = p.start_ns = w.now_ns - 10 * second_ns;
  p.cwd = "/";
}

// What a successful event of the type looks like.
void set_type_defaults(World& w) {
  auto& e = w.event;
  if (e.is_open()) {
    e.fd = 3;
    e.result = 3;
    e.mode = S_IFREG | 0644;
  } else if (e.is_socket()) {
    e.fd = 4;
    if (e.type == EventType::accept || e.type == EventType::accept4 || e.type == EventType::socket) e.result = 4;
  } else if (e.is_path()) {
    e.dirfd = e.dirfd2 = AT_FDCWD;
  } else if (e.is_dup()) {
    e.fd = 5;
    e.result = 5;
    e.oldfd = 4;
  } else if (e.type >= EventType::bpf) {
    e.fd = 6;
    e.result = 6;
  }
}

FieldMap in_stages(const FieldMap& fields) {
  FieldMap out;
  for (int current = 0; current <= last_stage; ++current)
    std::ranges::copy_if(fields, std::back_inserter(out),
                         [&](const auto& entry) { return stage(entry.first) == current; });
  return out;
}

std::expected<void, SampleError> set_field(World& w, const std::string& field, const std::string& value) {
  const auto [name, index] = split_index(field);
  constexpr std::string_view argument = "evt.arg.";
  if (field.starts_with(argument) && !w.event.is_open()) {
    if (const auto done = set_argument(w, std::string_view(field).substr(argument.size()), value)) {
      if (*done) return {};
      return std::unexpected(SampleError{field, "'" + value + "' is no value for '" + field + "' of this event"});
    }
    return std::unexpected(SampleError{
        field, "events of this type have no argument '" + field.substr(argument.size()) + "' that a test can set"});
  }
  constexpr std::size_t most_ancestors = 32;
  const auto set = index <= most_ancestors ? find_setter(name) : nullptr;
  if (!set) {
    const auto known = settable_fields();
    const auto hint = did_you_mean(name, known);
    return std::unexpected(
        SampleError{field, "a test cannot set the field '" + field + "'" + (hint.empty() ? "" : "; " + hint)});
  }
  if (set(w, value, index)) return {};
  return std::unexpected(SampleError{field, "'" + value + "' is no value for '" + field + "' of this event"});
}

void link(World& w) {
  std::shared_ptr<const Process> above;
  for (auto it = w.ancestors.rbegin(); it != w.ancestors.rend(); ++it) {
    (*it)->parent = above;
    above = *it;
  }
  w.process->parent = above;
  if (above) w.event.ppid = above->pid;
  if (!w.user_name.empty()) {
    if (w.event.uid == 0 && w.user_name != "root") w.event.uid = w.event.euid = w.process->uid = 1000;
    w.names.users[w.event.uid] = w.user_name;
  }
  if (!w.group_name.empty()) w.names.groups[w.event.gid] = w.group_name;
  w.event.comm = w.process->name;
}

}  // namespace

Process& World::ancestor(std::size_t steps) {
  while (ancestors.size() < steps) {
    auto added = std::make_shared<Process>();
    added->pid = static_cast<std::uint32_t>(3000 - ancestors.size());
    added->start_ns = now_ns - 1000 * second_ns;
    ancestors.push_back(std::move(added));
  }
  return *ancestors[steps - 1];
}

Container& World::in_container() {
  if (container) return *container;
  container.emplace();
  container->id = container->full_id = "0123456789ab";
  container->engine = ContainerEngine::docker;
  container->metadata = Metadata::complete;
  container->name = "test";
  container->image = "example/app:1.0";
  container->image_repository = "example/app";
  container->image_tag = "1.0";
  return *container;
}

Sample::Sample(std::unique_ptr<World> world) : world_(std::move(world)) {}
Sample::~Sample() = default;

Context Sample::context() {
  world_->scratch.clear();
  return Context{.event = world_->event,
                 .process = world_->process.get(),
                 .container = world_->container ? &*world_->container : nullptr,
                 .names = &world_->names,
                 .boot_time_ns = 1'700'000'000 * second_ns,
                 .event_number = 1,
                 .scratch = world_->scratch};
}

std::expected<std::unique_ptr<Sample>, SampleError> Sample::make(const FieldMap& fields,
                                                                 std::chrono::nanoseconds elapsed) {
  auto world = std::make_unique<World>();
  world->now_ns = first_ns + static_cast<std::uint64_t>(elapsed.count());
  set_defaults(*world);
  const auto ordered = in_stages(fields);
  if (ordered.empty() || ordered.front().first != "evt.type")
    return std::unexpected(SampleError{"", "the event has no 'evt.type'"});
  for (const auto& [field, value] : ordered) {
    if (auto done = set_field(*world, field, value); !done) return std::unexpected(done.error());
    if (field == "evt.type") set_type_defaults(*world);
  }
  link(*world);
  std::unique_ptr<Sample> sample(new Sample(std::move(world)));
  for (auto entry = ordered.begin(); entry != ordered.end(); ++entry) {
    const auto& [field, value] = *entry;
    const bool again = std::any_of(entry + 1, ordered.end(), [&](const auto& e) { return e.first == field; });
    const auto use = use_field(field);
    if (again || !use) continue;
    const auto context = sample->context();
    std::string text;
    print_value(extract(*use, context), text);
    if (text != value && !(field == "evt.arg.flags" || text == value + "/"))
      return std::unexpected(SampleError{field, fmt::format("'{}' was set to '{}' and reads '{}': another field of the "
                                                            "event contradicts it",
                                                            field, value, text)});
  }
  return sample;
}

}  // namespace eunomia::lang
