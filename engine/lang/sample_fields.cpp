// SPDX-License-Identifier: Apache-2.0
//
// The table of what writes a field of a sample.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include "engine/event/socket_facts.h"
#include "engine/event/symbols.h"
#include "engine/lang/sample_world.h"

namespace eunomia::lang {
namespace {

using World = Sample::World;

template <class Number>
bool number(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

bool flag(std::string_view text, std::uint32_t& bits, std::uint32_t bit) {
  if (text != "true" && text != "false") return false;
  bits = text == "true" ? bits | bit : bits & ~bit;
  return true;
}

bool assign(std::string& to, std::string_view text) {
  to = text;
  return true;
}

struct Named {
  std::string_view name;
  int value;
};
constexpr auto open_flags = std::to_array<Named>({{"O_RDONLY", O_RDONLY},
                                                  {"O_WRONLY", O_WRONLY},
                                                  {"O_RDWR", O_RDWR},
                                                  {"O_CREAT", O_CREAT},
                                                  {"O_TRUNC", O_TRUNC},
                                                  {"O_APPEND", O_APPEND},
                                                  {"O_EXCL", O_EXCL},
                                                  {"O_CLOEXEC", O_CLOEXEC},
                                                  {"O_DIRECTORY", O_DIRECTORY},
                                                  {"O_NOFOLLOW", O_NOFOLLOW},
                                                  {"O_NONBLOCK", O_NONBLOCK},
                                                  {"O_PATH", O_PATH}});
constexpr auto results = std::to_array<Named>({{"SUCCESS", 0},
                                               {"EPERM", -EPERM},
                                               {"ENOENT", -ENOENT},
                                               {"EACCES", -EACCES},
                                               {"EEXIST", -EEXIST},
                                               {"EINPROGRESS", -EINPROGRESS},
                                               {"ECONNREFUSED", -ECONNREFUSED},
                                               {"ENETUNREACH", -ENETUNREACH},
                                               {"ETIMEDOUT", -ETIMEDOUT}});

std::optional<int> value_of(std::span<const Named> table, std::string_view name) {
  const auto found = std::ranges::find(table, name, &Named::name);
  return found == table.end() ? std::nullopt : std::optional(found->value);
}

bool set_type(World& w, std::string_view text, std::size_t) {
  const auto type = event_by_name(text);
  if (type) w.event.type = *type;
  return type.has_value();
}

bool set_flags(World& w, std::string_view text, std::size_t) {
  w.event.open_flags = 0;
  while (!text.empty()) {
    const auto bar = std::min(text.find('|'), text.size());
    const auto bits = value_of(open_flags, text.substr(0, bar));
    if (!bits) return false;
    w.event.open_flags |= static_cast<std::uint32_t>(*bits);
    text.remove_prefix(std::min(bar + 1, text.size()));
  }
  return true;
}

// The two directions of an open, given apart.
bool set_direction(World& w, std::string_view text, bool write) {
  if (text != "true" && text != "false") return false;
  auto mode = w.event.open_flags & O_ACCMODE;
  bool reads = mode == O_RDONLY || mode == O_RDWR, writes = mode == O_WRONLY || mode == O_RDWR;
  (write ? writes : reads) = text == "true";
  if (write && text == "true" && mode == O_RDONLY) reads = false;  // "opened for writing" is O_WRONLY
  mode = writes ? (reads ? O_RDWR : O_WRONLY) : O_RDONLY;
  w.event.open_flags = (w.event.open_flags & ~static_cast<std::uint32_t>(O_ACCMODE)) | mode;
  return true;
}

bool set_result(World& w, std::string_view text, std::size_t) {
  const auto named = value_of(results, text);
  if (!named && !number(text, w.event.result)) return false;
  if (named) w.event.result = *named;
  if (w.event.result < 0 || w.event.is_dup())
    w.event.fd = static_cast<std::int32_t>(std::max<std::int64_t>(w.event.result, -1));
  if (w.event.result < 0 && w.event.is_open()) {
    w.event.mode = 0;
    w.event.flags |= EVF_USER_PATH;
  }
  return true;
}

bool set_endpoint(std::string_view text, IpAddress& address, std::uint16_t& port) {
  const auto colon = text.rfind(':');
  const auto parsed = parse_ip(text.substr(0, colon));
  if (!parsed || colon == std::string_view::npos || !number(text.substr(colon + 1), port)) return false;
  address = *parsed;
  return true;
}

void take_family(Event& e, const IpAddress& address) {
  e.family = address.family == 4 ? AF_INET : AF_INET6;
  if (e.protocol == 0) e.protocol = IPPROTO_TCP;
  if (e.sock_type == 0) e.sock_type = SOCK_STREAM;
}

// "client:port->server:port", "server:port" or the path of a Unix socket.
bool set_socket_name(World& w, std::string_view text) {
  auto& e = w.event;
  const bool connects = !serves(e);
  auto& client = connects ? e.local : e.remote;
  auto& server = connects ? e.remote : e.local;
  auto& client_port = connects ? e.local_port : e.remote_port;
  auto& server_port = connects ? e.remote_port : e.local_port;
  const auto arrow = text.find("->");
  const auto last = arrow == std::string_view::npos ? text : text.substr(arrow + 2);
  if (text.starts_with('/') || text.starts_with('@')) {
    e.family = AF_UNIX;
    e.path = w.keep(text.starts_with('@') ? std::string(1, '\0') + std::string(text.substr(1)) : std::string(text));
    return true;
  }
  if (!set_endpoint(last, server, server_port)) return false;
  take_family(e, server);
  return arrow == std::string_view::npos || set_endpoint(text.substr(0, arrow), client, client_port);
}

bool set_fd_name(World& w, std::string_view text, std::size_t) {
  const bool socket_of_dup = w.event.is_dup() && text.find(':') != std::string_view::npos;
  if (w.event.is_socket() || socket_of_dup) return set_socket_name(w, text);
  w.event.path = w.keep(text);
  if (w.event.fd < 0) w.event.fd = 5;
  return has_file(w.event);
}

bool set_path(World& w, std::string_view text, std::size_t) {
  w.event.path = w.keep(text);
  return w.event.is_path() || w.event.is_open();
}
bool set_target_path(World& w, std::string_view text, std::size_t) {
  w.event.path2 = w.keep(text);
  return w.event.is_path();
}

bool set_socket_flag(World& w, std::string_view text, std::uint16_t bit) {
  if (text != "true" && text != "false") return false;
  w.event.socket_flags =
      static_cast<std::uint16_t>(text == "true" ? w.event.socket_flags | bit : w.event.socket_flags & ~bit);
  return w.event.is_socket();
}

bool set_capabilities(std::uint64_t& to, std::string_view text) {
  const auto parsed = parse_capabilities(text);
  to = parsed.value_or(0);
  return parsed.has_value();
}

bool set_fd_number(World& w, std::string_view text, std::size_t) { return number(text, w.event.fd); }

bool set_fd_type(World& w, std::string_view text, std::size_t) {
  if (text == "file" || text == "f") w.event.mode = S_IFREG | 0644;
  if (text == "directory" || text == "d") w.event.mode = S_IFDIR | 0755;
  if (text == "pipe" || text == "p") w.event.mode = S_IFIFO | 0600;
  if (w.event.is_dup() && (text == "ipv4" || text == "4")) w.event.family = AF_INET;
  if (w.event.is_dup() && (text == "ipv6" || text == "6")) w.event.family = AF_INET6;
  if (w.event.is_dup() && text == "unix") w.event.family = AF_UNIX;
  return fd_type_char(w.event) != "";
}

bool set_address(World& w, std::string_view text, bool server) {
  const auto address = parse_ip(text);
  if (!address) return false;
  (server == serves(w.event) ? w.event.local : w.event.remote) = *address;
  take_family(w.event, *address);
  return true;
}

bool set_port(World& w, std::string_view text, bool server) {
  return number(text, server == serves(w.event) ? w.event.local_port : w.event.remote_port);
}

bool set_protocol(World& w, std::string_view text, std::size_t) {
  if (text != "tcp" && text != "udp") return false;
  w.event.protocol = text == "tcp" ? IPPROTO_TCP : IPPROTO_UDP;
  w.event.sock_type = text == "tcp" ? SOCK_STREAM : SOCK_DGRAM;
  return true;
}

// A command line's first word is the process's name in rules (comm), the rest its arguments.
bool set_cmdline(Process& p, std::string_view text) {
  const auto blank = std::min(text.find(' '), text.size());
  p.cmdline = text;
  if (p.name.empty()) p.name = text.substr(0, std::min<std::size_t>(blank, EV_COMM_LEN - 1));
  if (p.exe.empty()) p.exe = text.substr(0, blank);
  p.args = text.substr(std::min(blank + 1, text.size()));
  p.argv = {p.exe};
  for (auto rest = std::string_view(p.args); !rest.empty();) {
    const auto end = std::min(rest.find(' '), rest.size());
    p.argv.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return true;
}

bool set_name(Process& p, std::string_view text) {
  p.name = text;
  if (p.exe.empty()) p.exe = text;
  if (p.cmdline.empty()) p.cmdline = text;
  return text.size() < EV_COMM_LEN;  // the kernel's limit: a longer name is a mistake in the test
}

bool set_args(World& w, std::string_view text, std::size_t) {
  return set_cmdline(*w.process, (w.process->name.empty() ? "program" : w.process->name) + " " + std::string(text));
}

bool set_tty(World& w, std::string_view text, std::size_t) {
  if (!number(text, w.process->tty)) return false;
  w.event.tty = w.process->tty;
  return true;
}

bool set_exe_flag(World& w, std::string_view text, std::uint32_t bit) {
  if (!flag(text, w.process->exe_flags, bit)) return false;
  if (bit == EVX_UPPER_LAYER) w.process->exe_flags |= EVX_OVERLAY;
  w.event.exe_flags = w.process->exe_flags;
  return true;
}

bool set_duration(World& w, std::string_view text, std::size_t) {
  std::uint64_t ns = 0;
  if (!number(text, ns) || ns >= w.event.time_ns) return false;
  w.event.start_ns = w.process->start_ns = w.event.time_ns - ns;
  return true;
}

bool set_image(World& w, std::string_view text, std::size_t) {
  auto& c = w.in_container();
  c.image = text;
  const auto slash = text.rfind('/');
  const auto colon = text.find(':', slash == std::string_view::npos ? 0 : slash);
  c.image_repository = text.substr(0, colon);
  c.image_tag = colon == std::string_view::npos ? "latest" : text.substr(colon + 1);
  return true;
}

bool set_container_id(World& w, std::string_view text, std::size_t) {
  if (text == "host") {
    w.container.reset();
    return true;
  }
  w.in_container().id = text;
  w.in_container().full_id = text;
  return true;
}

bool set_privileged(World& w, std::string_view text, std::size_t) {
  w.in_container().privileged = text == "true";
  return text == "true" || text == "false";
}

bool set_uid(World& w, std::string_view text, std::size_t) {
  if (!number(text, w.event.uid)) return false;
  w.event.euid = w.process->uid = w.event.uid;
  return true;
}

bool set_loginuid(World& w, std::string_view text, std::size_t) {
  std::int64_t id = 0;
  if (!number(text, id)) return false;
  w.event.loginuid = w.process->loginuid = static_cast<std::uint32_t>(id);
  return true;
}

struct Row {
  std::string_view field;
  FieldSetter set;
};

constexpr auto rows = std::to_array<Row>({
    {"container.id", set_container_id},
    {"container.image", set_image},
    {"container.image.digest",
     [](World& w, std::string_view v, std::size_t) { return assign(w.in_container().image_digest, v); }},
    {"container.image.repository",
     [](World& w, std::string_view v, std::size_t) { return assign(w.in_container().image_repository, v); }},
    {"container.image.tag",
     [](World& w, std::string_view v, std::size_t) { return assign(w.in_container().image_tag, v); }},
    {"container.name", [](World& w, std::string_view v, std::size_t) { return assign(w.in_container().name, v); }},
    {"container.privileged", set_privileged},
    {"evt.arg.flags", set_flags},
    {"evt.is_open_read", [](World& w, std::string_view v, std::size_t) { return set_direction(w, v, false); }},
    {"evt.is_open_write", [](World& w, std::string_view v, std::size_t) { return set_direction(w, v, true); }},
    {"evt.rawres", set_result},
    {"evt.res", set_result},
    {"evt.type", set_type},
    {"fd.cip", [](World& w, std::string_view v, std::size_t) { return set_address(w, v, false); }},
    {"fd.connected", [](World& w, std::string_view v, std::size_t) { return set_socket_flag(w, v, EVS_CONNECTED); }},
    {"fd.cport", [](World& w, std::string_view v, std::size_t) { return set_port(w, v, false); }},
    {"fd.l4proto", set_protocol},
    {"fd.name", set_fd_name},
    {"fd.name_changed",
     [](World& w, std::string_view v, std::size_t) { return set_socket_flag(w, v, EVS_NAME_CHANGED); }},
    {"fd.nameraw", [](World& w, std::string_view v, std::size_t) { return !(w.event.raw = w.keep(v)).empty(); }},
    {"fd.num", set_fd_number},
    {"fd.sip", [](World& w, std::string_view v, std::size_t) { return set_address(w, v, true); }},
    {"fd.sport", [](World& w, std::string_view v, std::size_t) { return set_port(w, v, true); }},
    {"fd.type", set_fd_type},
    {"fd.typechar", set_fd_type},
    {"fs.path.name", set_path},
    {"fs.path.source", set_path},
    {"fs.path.target", set_target_path},
    {"group.gid", [](World& w, std::string_view v, std::size_t) { return number(v, w.event.gid); }},
    {"group.name", [](World& w, std::string_view v, std::size_t) { return assign(w.group_name, v); }},
    {"proc.acmdline",
     [](World& w, std::string_view v, std::size_t i) { return i > 0 && set_cmdline(w.ancestor(i), v); }},
    {"proc.aexe", [](World& w, std::string_view v, std::size_t i) { return i > 0 && assign(w.ancestor(i).exe, v); }},
    {"proc.aexepath",
     [](World& w, std::string_view v, std::size_t i) { return i > 0 && assign(w.ancestor(i).exepath, v); }},
    {"proc.aname", [](World& w, std::string_view v, std::size_t i) { return i > 0 && set_name(w.ancestor(i), v); }},
    {"proc.args", set_args},
    {"proc.cmdline", [](World& w, std::string_view v, std::size_t) { return set_cmdline(*w.process, v); }},
    {"proc.cwd",
     [](World& w, std::string_view v,
        std::
            size_t) { return assign(w.process->cwd, v.size() > 1 && v.ends_with('/') ? v.substr(0, v.size() - 1) : v); }},
    {"proc.duration", set_duration},
    {"proc.exe", [](World& w, std::string_view v, std::size_t) { return assign(w.process->exe, v); }},
    {"proc.exepath", [](World& w, std::string_view v, std::size_t) { return assign(w.process->exepath, v); }},
    {"proc.is_exe_from_memfd", [](World& w, std::string_view v, std::size_t) { return set_exe_flag(w, v, EVX_MEMFD); }},
    {"proc.is_exe_upper_layer",
     [](World& w, std::string_view v, std::size_t) { return set_exe_flag(w, v, EVX_UPPER_LAYER); }},
    {"proc.is_exe_writable",
     [](World& w, std::string_view v, std::size_t) { return set_exe_flag(w, v, EVX_WRITABLE); }},
    {"proc.name", [](World& w, std::string_view v, std::size_t) { return set_name(*w.process, v); }},
    {"proc.pcmdline", [](World& w, std::string_view v, std::size_t) { return set_cmdline(w.ancestor(1), v); }},
    {"proc.pexe", [](World& w, std::string_view v, std::size_t) { return assign(w.ancestor(1).exe, v); }},
    {"proc.pexepath", [](World& w, std::string_view v, std::size_t) { return assign(w.ancestor(1).exepath, v); }},
    {"proc.pid", [](World& w, std::string_view v, std::size_t) { return number(v, w.event.pid); }},
    {"proc.pname", [](World& w, std::string_view v, std::size_t) { return set_name(w.ancestor(1), v); }},
    {"proc.tty", set_tty},
    {"proc.vpid", [](World& w, std::string_view v,
                     std::size_t) { return number(v, w.event.ns_pid) && number(v, w.process->ns_pid); }},
    {"thread.cap_effective",
     [](World& w, std::string_view v, std::size_t) { return set_capabilities(w.event.cap_effective, v); }},
    {"thread.cap_permitted",
     [](World& w, std::string_view v, std::size_t) { return set_capabilities(w.event.cap_permitted, v); }},
    {"user.loginuid", set_loginuid},
    {"user.name", [](World& w, std::string_view v, std::size_t) { return assign(w.user_name, v); }},
    {"user.uid", set_uid},
});
static_assert(std::ranges::is_sorted(rows, {}, &Row::field));

}  // namespace

FieldSetter find_setter(std::string_view field) {
  const auto found = std::ranges::lower_bound(rows, field, {}, &Row::field);
  return found != rows.end() && found->field == field ? found->set : nullptr;
}

std::vector<std::string_view> settable_fields() {
  std::vector<std::string_view> out;
  out.reserve(rows.size());
  for (const auto& row : rows) out.push_back(row.field);
  return out;
}

}  // namespace eunomia::lang
