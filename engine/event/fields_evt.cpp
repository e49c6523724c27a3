// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include "engine/event/arguments.h"
#include "engine/event/field_groups.h"
#include "engine/event/path.h"
#include "engine/event/socket_facts.h"
#include "engine/event/symbols.h"

namespace eunomia::groups {
namespace {

// procexit has no result: its status is an argument.
constexpr EventSet result_events = all_but({EventType::exit, EventType::fork});
constexpr EventSet syscalls = all_but({EventType::exit});
constexpr EventSet file_calls{open_bits | path_bits};

constexpr EventSet abspath_events =
    only({EventType::openat, EventType::openat2, EventType::unlinkat, EventType::mkdirat, EventType::mknodat,
          EventType::renameat, EventType::renameat2, EventType::linkat, EventType::symlinkat, EventType::fchmodat,
          EventType::fchmodat2, EventType::fchownat});

bool sends(const Event& e) { return e.type == EventType::sendto || e.type == EventType::sendmsg; }

bool has_result(const Event& e) {
  return e.type != EventType::none && e.type != EventType::exit && e.type != EventType::fork &&
         !e.has(EVF_RESULT_UNKNOWN);
}

Value result(const Context& c, const FieldArg&) {
  return has_result(c.event) ? Value{result_name(c.scratch, c.event.result)} : Value{};
}
Value raw_result(const Context& c, const FieldArg&) { return has_result(c.event) ? Value{c.event.result} : Value{}; }
Value failed(const Context& c, const FieldArg&) { return has_result(c.event) ? Value{c.event.result < 0} : Value{}; }

const Argument* find_argument(const Context& c, const FieldArg& arg) {
  const auto arguments = arguments_of(c.event.type);
  if (arg.index) {
    const auto index = static_cast<std::uint64_t>(*arg.index);
    return index < arguments.size() ? &arguments[index] : nullptr;
  }
  const auto found = std::ranges::find(arguments, arg.key, &Argument::name);
  return found != arguments.end() ? &*found : nullptr;
}

Value argument(const Context& c, const FieldArg& arg) {
  const Argument* const found = find_argument(c, arg);
  return found != nullptr && found->text != nullptr ? found->text(c) : Value{};
}

Value raw_argument(const Context& c, const FieldArg& arg) {
  const Argument* const found = find_argument(c, arg);
  if (found == nullptr || found->text == nullptr) return {};
  return found->raw != nullptr ? found->raw(c) : found->text(c);
}

Value arguments(const Context& c, const FieldArg&) {
  return c.event.type == EventType::none ? Value{} : Value{all_arguments(c)};
}

Value category(const Context& c, const FieldArg&) {
  const Event& e = c.event;
  if (e.type == EventType::none) return {};
  if (e.is_open() || e.is_path() || e.type == EventType::userfaultfd) return std::string_view{"file"};
  if (e.is_dup()) return std::string_view{"IO-other"};
  if (e.is_transfer()) return std::string_view{sends(e) ? "IO-write" : "IO-read"};
  if (e.is_socket()) return std::string_view{"net"};
  if (e.type >= EventType::setuid && e.type <= EventType::setresgid) return std::string_view{"user"};
  if (e.type == EventType::memfd_create) return std::string_view{"memory"};
  const bool other = e.type == EventType::bpf || e.type == EventType::init_module || e.type == EventType::finit_module;
  return std::string_view{other ? "other" : "process"};
}

// What a socket call reads or writes.
Value direction(const Context& c, const FieldArg&) {
  return c.event.is_transfer() ? Value{std::string_view{sends(c.event) ? "w" : "r"}} : Value{};
}
Value is_io(const Context& c, const FieldArg&) { return c.event.is_transfer(); }
Value is_io_read(const Context& c, const FieldArg&) { return c.event.is_transfer() && !sends(c.event); }
Value is_io_write(const Context& c, const FieldArg&) { return c.event.is_transfer() && sends(c.event); }
template <bool In, bool Out>
Value transferred(const Context& c, const FieldArg&) {
  if (!c.event.is_transfer() || c.event.result < 0) return {};
  return (sends(c.event) ? Out : In) ? Value{c.event.result} : Value{};
}

Value counted(bool counts) { return counts ? number(1) : Value{}; }
bool is_error(const Context& c) { return has_result(c.event) && c.event.result < 0; }
Value count_error(const Context& c, const FieldArg&) { return counted(is_error(c)); }
Value count_error_file(const Context& c, const FieldArg&) {
  return counted(is_error(c) && (c.event.is_open() || c.event.is_path()));
}
Value count_error_net(const Context& c, const FieldArg&) { return counted(is_error(c) && c.event.is_socket()); }
Value count_error_memory(const Context& c, const FieldArg&) {
  return counted(is_error(c) && c.event.type == EventType::memfd_create);
}
Value count_error_other(const Context& c, const FieldArg&) {
  const Event& e = c.event;
  return counted(is_error(c) && !e.is_open() && !e.is_path() && !e.is_socket() && e.type != EventType::memfd_create);
}

// Of a call that takes a directory and a name; where it takes two pairs, "src" or "dst" says which.
Value absolute_path(const Context& c, const FieldArg& arg) {
  const Event& e = c.event;
  if (!is_one_of(abspath_events, e)) return {};
  if (e.is_open()) return arg.key.empty() ? text(fd_name(c)) : Value{};
  const bool two = is_one_of(two_paths_events, e);
  if (two && arg.key == "src") return text(source_path(c));
  if (two && arg.key == "dst") return text(target_path(c));
  if (!arg.key.empty()) return {};
  return text(two ? target_path(c) : source_path(c));
}

Value syscall_name(const Context& c, const FieldArg&) {
  return c.event.type == EventType::exit ? Value{} : text(event_name(c.event.type));
}

Value type_is(const Context& c, const FieldArg& arg) { return number(event_name(c.event.type) == arg.key ? 1 : 0); }

// 0 is the number of no event.
Value event_number(const Context& c, const FieldArg&) { return c.event_number == 0 ? Value{} : number(c.event_number); }

bool asks_for(const Event& e, std::uint32_t one_way) {
  const std::uint32_t mode = effective_open_flags(e) & O_ACCMODE;
  return mode == one_way || mode == O_RDWR;
}
bool may_create(const Event& e) {
  const std::uint32_t flags = effective_open_flags(e);
  return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
}

Value is_open_read(const Context& c, const FieldArg&) {
  return c.event.is_open() ? Value{asks_for(c.event, O_RDONLY)} : Value{};
}
Value is_open_write(const Context& c, const FieldArg&) {
  return c.event.is_open() ? Value{asks_for(c.event, O_WRONLY)} : Value{};
}
Value is_open_exec(const Context& c, const FieldArg&) {
  return c.event.is_open() ? Value{may_create(c.event) && (c.event.open_mode & 0111U) != 0} : Value{};
}
Value is_open_create(const Context& c, const FieldArg&) {
  return c.event.is_open() ? Value{may_create(c.event) && c.event.result >= 0} : Value{};
}

std::string read_hostname() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

Value hostname(const Context&, const FieldArg&) {
  static const std::string name = read_hostname();
  return text(name);
}

using enum ValueType;

constexpr std::array rows{
    Field{"evt.abspath", string, false, ArgKind::optional_key, FieldSource::event, abspath_events,
          "Absolute path of a call that takes a directory and a name, '.src' and '.dst' where it takes two.",
          absolute_path},
    Field{"evt.arg", string, false, ArgKind::key_or_index, FieldSource::event, all_events,
          "One argument of the event by name or position, as people read it: \"O_RDONLY|O_CLOEXEC\".", argument},
    Field{"evt.args", string, false, ArgKind::none, FieldSource::event, all_events,
          "All arguments of the event: \"fd=3(<f>/etc/passwd) name=/etc/passwd ...\".", arguments},
    unfilled("evt.around", integer, "Whether the event is near a time: evt.around[NANOSECONDS] = MILLISECONDS.",
             ArgKind::required_index),
    unfilled("evt.asynctype", string, "Type of an event that no system call raised."),
    unfilled("evt.buffer", string, "The data that was read or written."),
    Field{"evt.buflen", integer, false, ArgKind::none, FieldSource::event, transfer_events,
          "Bytes of the data that was read or written.", transferred<true, true>},
    unfilled("evt.buflen.file", integer, "Bytes that were read from or written to a file."),
    unfilled("evt.buflen.file.in", integer, "Bytes that were read from a file."),
    unfilled("evt.buflen.file.out", integer, "Bytes that were written to a file."),
    Field{"evt.buflen.in", integer, false, ArgKind::none, FieldSource::event, transfer_events, "Bytes that were read.",
          transferred<true, false>},
    Field{"evt.buflen.net", integer, false, ArgKind::none, FieldSource::event, transfer_events,
          "Bytes that were received or sent on a socket.", transferred<true, true>},
    Field{"evt.buflen.net.in", integer, false, ArgKind::none, FieldSource::event, transfer_events,
          "Bytes that were received.", transferred<true, false>},
    Field{"evt.buflen.net.out", integer, false, ArgKind::none, FieldSource::event, transfer_events,
          "Bytes that were sent.", transferred<false, true>},
    Field{"evt.buflen.out", integer, false, ArgKind::none, FieldSource::event, transfer_events,
          "Bytes that were written.", transferred<false, true>},
    Field{"evt.category", string, false, ArgKind::none, FieldSource::event, all_events,
          "What the event is about: file, net, process, IO-read, IO-write, user, ...", category},
    Field{"evt.count", integer, false, ArgKind::none, FieldSource::event, all_events, "Always 1.",
          [](const Context&, const FieldArg&) -> Value { return number(1); }},
    Field{"evt.count.error", integer, false, ArgKind::none, FieldSource::event, result_events,
          "1 for calls that failed.", count_error},
    Field{"evt.count.error.file", integer, false, ArgKind::none, FieldSource::event, file_calls,
          "1 for calls on files that failed.", count_error_file},
    Field{"evt.count.error.memory", integer, false, ArgKind::none, FieldSource::event, only({EventType::memfd_create}),
          "1 for calls on memory that failed.", count_error_memory},
    Field{"evt.count.error.net", integer, false, ArgKind::none, FieldSource::event, socket_events,
          "1 for calls on sockets that failed.", count_error_net},
    Field{"evt.count.error.other", integer, false, ArgKind::none, FieldSource::event, result_events,
          "1 for other calls that failed.", count_error_other},
    Field{"evt.count.exit", integer, false, ArgKind::none, FieldSource::event, all_events,
          "1 for events that are the end of a call: always.",
          [](const Context&, const FieldArg&) -> Value { return number(1); }},
    unfilled("evt.count.procinfo", integer, "1 for events that tell of a process's first thread."),
    unfilled("evt.count.threadinfo", integer, "1 for events that tell of a thread."),
    unfilled("evt.cpu", integer, "Number of the CPU where the event happened."),
    Field{"evt.dir", string, false, ArgKind::none, FieldSource::event, all_events,
          "Always \"<\": an event is raised when its call is done.",
          [](const Context&, const FieldArg&) -> Value { return std::string_view{"<"}; }},
    Field{"evt.failed", boolean, false, ArgKind::none, FieldSource::event, result_events,
          "Whether the call returned an error.", failed},
    Field{"evt.hostname", string, false, ArgKind::none, FieldSource::host, all_events, "Name of the host.", hostname},
    Field{"evt.info", string, false, ArgKind::none, FieldSource::event, all_events, "The same as evt.args.", arguments},
    Field{"evt.io_dir", string, false, ArgKind::none, FieldSource::event, transfer_events,
          "'r' for calls that read from a descriptor, 'w' for those that write.", direction},
    Field{"evt.is_async", boolean, false, ArgKind::none, FieldSource::event, all_events,
          "Whether the event was raised by something else than a process: never.",
          [](const Context&, const FieldArg&) -> Value { return false; }},
    Field{"evt.is_io", boolean, false, ArgKind::none, FieldSource::event, all_events,
          "Whether the call reads from or writes to a descriptor.", is_io},
    Field{"evt.is_io_read", boolean, false, ArgKind::none, FieldSource::event, all_events,
          "Whether the call reads from a descriptor.", is_io_read},
    Field{"evt.is_io_write", boolean, false, ArgKind::none, FieldSource::event, all_events,
          "Whether the call writes to a descriptor.", is_io_write},
    Field{"evt.is_open_create", boolean, false, ArgKind::none, FieldSource::event, open_events,
          "Whether the call succeeded and creates the file where there is none; it may have been there before.",
          is_open_create},
    Field{"evt.is_open_exec", boolean, false, ArgKind::none, FieldSource::event, open_events,
          "Whether a file is to be created with a permission to execute it.", is_open_exec},
    Field{"evt.is_open_read", boolean, false, ArgKind::none, FieldSource::event, open_events,
          "Whether the file was opened for reading.", is_open_read},
    Field{"evt.is_open_write", boolean, false, ArgKind::none, FieldSource::event, open_events,
          "Whether the file was opened for writing.", is_open_write},
    unfilled("evt.is_syslog", boolean, "Whether the event writes to /dev/log."),
    unfilled("evt.is_wait", boolean, "Whether the call makes the thread wait."),
    Field{"evt.num", integer, false, ArgKind::none, FieldSource::event, all_events, "Number of the event, from 1.",
          event_number},
    unfilled("evt.plugininfo", string, "Summary of the event by the plugin that raised it."),
    unfilled("evt.pluginname", string, "Name of the plugin that raised the event."),
    Field{"evt.rawarg", string, false, ArgKind::key_or_index, FieldSource::event, all_events,
          "One argument of the event as the kernel gave it: a number where evt.arg has names.", raw_argument},
    Field{"evt.rawres", integer, false, ArgKind::none, FieldSource::event, result_events,
          "What the call returned: 0 or more, or minus the error's number.", raw_result},
    Field{"evt.res", string, false, ArgKind::none, FieldSource::event, result_events,
          "\"SUCCESS\", or the name of the error: \"ENOENT\".", result},
    Field{"evt.source", string, false, ArgKind::none, FieldSource::event, all_events, "Always \"syscall\".",
          [](const Context&, const FieldArg&) -> Value { return std::string_view{"syscall"}; }},
    Field{"evt.type", string, false, ArgKind::none, FieldSource::event, all_events,
          "Type of the event: the name of its system call.",
          [](const Context& c, const FieldArg&) { return text(event_name(c.event.type)); }},
    Field{"evt.type.is", integer, false, ArgKind::required_key, FieldSource::event, all_events,
          "1 for events of the type named, else 0: evt.type.is.open.", type_is},
    unfilled("evt.wait_latency", duration, "Time a waiting call took."),
    Field{"syscall.type", string, false, ArgKind::none, FieldSource::event, syscalls,
          "Name of the system call; no value for events that are none.", syscall_name},
};

}  // namespace

std::span<const Field> evt() { return rows; }

}  // namespace eunomia::groups
