// SPDX-License-Identifier: Apache-2.0
#include "engine/event/event.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

namespace eunomia {
namespace {

constexpr std::array<std::string_view, EV_TYPE_COUNT> names{"",
#define EV_NAME(symbol, name) name,
                                                            EV_TYPES(EV_NAME)
#undef EV_NAME
};

using Error = std::unexpected<std::string>;

// Which structure of bpf/event.h a record of each type is.
enum class Shape : std::uint8_t { none, fork, exit, exec, file, socket, dup, path, call };

constexpr Shape shape_of(int type) {
  if (type == EV_FORK) return Shape::fork;
  if (type == EV_EXIT) return Shape::exit;
  if (type >= EV_EXECVE && type <= EV_EXECVEAT) return Shape::exec;
  if (type >= EV_OPEN && type <= EV_CREAT) return Shape::file;
  if (type >= EV_CONNECT && type <= EV_RECVMSG) return Shape::socket;
  if (type >= EV_DUP && type <= EV_DUP3) return Shape::dup;
  if (type >= EV_UNLINK && type <= EV_UMOUNT2) return Shape::path;
  return type >= EV_PTRACE && type <= EV_USERFAULTFD ? Shape::call : Shape::none;
}

constexpr auto shapes = [] {
  std::array<Shape, EV_TYPE_COUNT> out{};
  for (int type = 0; type < EV_TYPE_COUNT; ++type) out[static_cast<std::size_t>(type)] = shape_of(type);
  return out;
}();

// A record whose size is known to fit the bytes given. Reading a string that does not lie behind the fixed part and
// within the record yields "" and marks the reader, so that decoding stays free of branches that return.
struct Reader {
  const char* data;
  std::size_t size, fixed;
  bool bad = false;

  [[nodiscard]] std::string_view text(ev_str s) {
    if (s.len == 0) return {};
    if (s.off < fixed || std::size_t{s.off} + s.len > size) {
      bad = true;
      return {};
    }
    return {data + s.off, s.len};
  }
};

void read_header(const ev_header& h, const char* comm, Event& e) {
  e.type = static_cast<EventType>(h.type);
  e.flags = h.flags;
  e.time_ns = h.time_ns, e.start_ns = h.start_ns;
  e.result = h.result;
  e.pid = h.pid, e.tid = h.tid, e.ns_pid = h.ns_pid, e.ns_tid = h.ns_tid, e.ppid = h.ppid;
  e.uid = h.uid, e.gid = h.gid, e.euid = h.euid, e.egid = h.egid;
  e.loginuid = h.loginuid;
  e.sid = h.sid, e.ns_sid = h.ns_sid;
  e.pidns = h.pidns, e.mntns = h.mntns, e.netns = h.netns, e.userns = h.userns;
  e.cap_effective = h.cap_effective, e.cap_permitted = h.cap_permitted, e.cap_inheritable = h.cap_inheritable;
  e.cgroup = h.cgroup;
  e.comm = {comm, strnlen(comm, EV_COMM_LEN)};
}

void read_body(Reader& r, const ev_fork& f, Event& e) {
  e.parent_start_ns = f.parent_start_ns;
  e.cgroup_path = r.text(f.cgroup_path);
}

void read_body(Reader&, const ev_exit&, Event&) {}

void read_body(Reader& r, const ev_exec& x, Event& e) {
  e.parent_start_ns = x.parent_start_ns;
  e.exe_ino = x.exe_ino, e.exe_ctime_ns = x.exe_ctime_ns, e.exe_mtime_ns = x.exe_mtime_ns;
  e.exe_flags = x.exe_flags;
  e.tty = x.tty, e.pgid = x.pgid, e.ns_pgid = x.ns_pgid;
  e.exe = r.text(x.exe), e.filename = r.text(x.filename), e.args = r.text(x.args), e.cwd = r.text(x.cwd);
  e.env = r.text(x.env);
  std::ranges::copy(x.streams, e.streams.begin());
  e.cgroup_path = r.text(x.cgroup_path), e.parent_comm = r.text(x.parent_comm);
}

void read_body(Reader& r, const ev_file& f, Event& e) {
  e.ino = f.ino, e.dev = f.dev, e.mode = f.mode;
  e.open_flags = f.flags, e.open_mode = f.open_mode;
  e.fd = f.fd, e.dirfd = f.dirfd;
  e.path = r.text(f.path), e.base = r.text(f.base), e.raw = r.text(f.raw);
}

// An IPv4 address that came through an IPv6 socket is an IPv4 address: else "::ffff:10.0.0.1" would pass every rule
// about 10.0.0.0/8 (RFC 4291 section 2.5.5.2).
IpAddress read_address(std::uint16_t family, const __u8 (&bytes)[16]) {
  static constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  IpAddress address;
  if (family == AF_INET6 && std::memcmp(bytes, mapped.data(), mapped.size()) != 0) {
    address.family = 6;
    std::memcpy(address.bytes.data(), bytes, 16);
  } else if (family == AF_INET || family == AF_INET6) {
    address.family = 4;
    std::memcpy(address.bytes.data(), bytes + (family == AF_INET ? 0 : 12), 4);
  }
  return address;
}

void read_body(Reader& r, const ev_socket& s, Event& e) {
  e.fd = s.fd;
  e.family = s.family, e.sock_type = s.sock_type, e.protocol = s.protocol, e.socket_flags = s.flags;
  // One that has just been made has neither; the kernel keeps the protocol of a raw one where others have their port.
  if (e.type != EventType::socket) {
    e.local = read_address(s.family, s.local);
    e.local_port = s.local_port;
  }
  if (e.type != EventType::socket && e.type != EventType::bind && e.type != EventType::listen) {
    e.remote = read_address(s.family, s.remote);
    e.remote_port = s.remote_port;
  }
  std::ranges::copy(s.args, e.passed.begin());
  e.size = s.size;
  e.ino = s.ino;
  e.path = r.text(s.path);
}

void read_body(Reader& r, const ev_dup& d, Event& e) {
  read_body(r, d.s, e);
  e.dev = d.dev, e.mode = d.mode;
  e.oldfd = d.oldfd, e.newfd = d.newfd;
  e.passed = {d.flags};
}

void read_body(Reader& r, const ev_path& p, Event& e) {
  e.path = r.text(p.name.path), e.base = r.text(p.name.base), e.raw = r.text(p.name.raw), e.dirfd = p.name.dirfd;
  e.path2 = r.text(p.name2.path), e.base2 = r.text(p.name2.base), e.raw2 = r.text(p.name2.raw);
  e.dirfd2 = p.name2.dirfd;
  e.fstype = r.text(p.fstype);
  e.fd = p.fd, e.ino = p.ino, e.dev = p.dev, e.mode = p.mode;
  e.open_mode = p.arg_mode;
  e.new_uid = p.uid, e.new_gid = p.gid, e.rdev = p.rdev;
  e.passed = {p.flags};
}

void read_body(Reader& r, const ev_call& c, Event& e) {
  std::ranges::copy(c.args, e.passed.begin());
  e.fd = c.fd, e.ino = c.ino, e.dev = c.dev, e.mode = c.mode;
  e.path = r.text(c.path), e.text = r.text(c.text);
}

const ev_header& header_of(const ev_dup& body) { return body.s.h; }
const ev_header& header_of(const auto& body) { return body.h; }

Error too_short(std::uint16_t type, std::size_t size, std::size_t fixed) {
  return Error(fmt::format("{} record of {} bytes is shorter than its fixed part of {}", names[type], size, fixed));
}

// The part of ev_header that says how to read the rest.
struct Start {
  __u32 size;
  __u16 type;
};
static_assert(offsetof(ev_header, size) == offsetof(Start, size) && offsetof(ev_header, type) == offsetof(Start, type));

// The structure is copied out: a record in a file need not be aligned. One variable is returned on every path, so that
// the caller's is filled in place.
template <class Body>
std::expected<Event, std::string> decode_as(std::span<const std::byte> record, const Start& header) {
  std::expected<Event, std::string> event;
  if (header.size < sizeof(Body)) {
    event = too_short(header.type, header.size, sizeof(Body));
    return event;
  }
  Body body;
  std::memcpy(&body, record.data(), sizeof(Body));
  Reader reader{reinterpret_cast<const char*>(record.data()), header.size, sizeof(Body)};
  read_header(header_of(body), reader.data + offsetof(ev_header, comm), *event);
  read_body(reader, body, *event);
  if (reader.bad) event = Error(fmt::format("{} record has a string outside its bytes", names[header.type]));
  return event;
}

}  // namespace

EventSet event_set(std::initializer_list<EventType> types) {
  EventSet set;
  for (const EventType type : types) set.set(static_cast<std::size_t>(type));
  return set;
}

std::string_view event_name(EventType type) {
  const auto index = static_cast<std::size_t>(type);
  return index < names.size() ? names[index] : std::string_view{};
}

std::optional<EventType> event_by_name(std::string_view name) {
  const auto* const found = std::find(names.begin() + 1, names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<EventType>(found - names.begin());
}

std::expected<Event, std::string> Event::decode(std::span<const std::byte> record) {
  if (record.size() < sizeof(ev_header))
    return Error(fmt::format("record of {} bytes is shorter than its header of {}", record.size(), sizeof(ev_header)));
  Start header;
  std::memcpy(&header, record.data(), sizeof(header));
  if (header.size > record.size() || header.size > EV_RECORD_MAX)
    return Error(fmt::format("record says it has {} bytes, {} are there, {} is the most", header.size, record.size(),
                             EV_RECORD_MAX));
  switch (header.type < EV_TYPE_COUNT ? shapes[header.type] : Shape::none) {
    case Shape::fork: return decode_as<ev_fork>(record, header);
    case Shape::exit: return decode_as<ev_exit>(record, header);
    case Shape::exec: return decode_as<ev_exec>(record, header);
    case Shape::file: return decode_as<ev_file>(record, header);
    case Shape::socket: return decode_as<ev_socket>(record, header);
    case Shape::dup: return decode_as<ev_dup>(record, header);
    case Shape::path: return decode_as<ev_path>(record, header);
    case Shape::call: return decode_as<ev_call>(record, header);
    case Shape::none: break;
  }
  return Error(fmt::format("record of unknown type {}", header.type));
}

}  // namespace eunomia
