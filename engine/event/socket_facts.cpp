// SPDX-License-Identifier: Apache-2.0
#include "engine/event/socket_facts.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "engine/event/field_groups.h"
#include "engine/event/path.h"

namespace eunomia {
namespace {

// inet_ntop instead of to_string: no allocation.
std::string_view address_text(std::span<char> room, const IpAddress& address) {
  const int family = address.family == 4 ? AF_INET : AF_INET6;
  if (inet_ntop(family, address.bytes.data(), room.data(), static_cast<socklen_t>(room.size())) == nullptr) return {};
  return {room.data()};
}

}  // namespace

std::string_view address_text(Scratch& scratch, const IpAddress& address) {
  return address_text(scratch.bytes(INET6_ADDRSTRLEN), address);
}

namespace {

std::string_view end_text(Scratch& scratch, const Endpoint& end) {
  std::array<char, INET6_ADDRSTRLEN> room{};
  return groups::print(scratch, INET6_ADDRSTRLEN + 6, "{}:{}", address_text(room, end.address), end.port);
}

std::string_view unix_name(Scratch& scratch, std::string_view path) {
  // A path ends at its first zero, whatever length the program passed; the kernel keeps that zero too.
  if (!path.starts_with('\0')) return path.substr(0, path.find('\0'));
  return groups::concat(scratch, {"@", path.substr(1)});
}

}  // namespace

bool serves(const Event& e) {
  if (e.is_transfer() || e.is_dup()) return (e.socket_flags & EVS_SERVER) != 0;
  return e.type != EventType::connect;
}

Endpoint client_end(const Event& e) {
  if (serves(e)) return {e.remote, e.remote_port};
  return {e.local, e.local_port};
}

Endpoint server_end(const Event& e) {
  if (serves(e)) return {e.local, e.local_port};
  return {e.remote, e.remote_port};
}

std::string_view endpoint_name(Scratch& scratch, const Event& e, const IpAddress& address, std::uint16_t port) {
  if (e.family == AF_UNIX) return unix_name(scratch, e.path);
  return address.family == 0 ? std::string_view{} : end_text(scratch, {address, port});
}

std::string_view socket_name(Scratch& scratch, const Event& e) {
  if (e.family == AF_UNIX) return unix_name(scratch, e.path);
  const Endpoint client = client_end(e), server = server_end(e);
  if (server.address.family == 0) return {};
  if (client.address.family == 0) return end_text(scratch, server);
  return groups::concat(scratch, {end_text(scratch, client), "->", end_text(scratch, server)});
}

bool makes_descriptor(const Event& e) {
  return e.is_open() || e.is_dup() || e.type == EventType::accept || e.type == EventType::accept4 ||
         e.type == EventType::socket || e.type >= EventType::bpf;
}

bool has_file(const Event& e) {
  if (e.is_open()) return true;
  if (e.is_socket() || e.fd < 0) return false;
  return e.is_dup() || (e.type >= EventType::fchmod && !e.path.empty() && groups::is_one_of(groups::file_events, e));
}

std::string_view fd_name(const Context& c) {
  const Event& e = c.event;
  if (e.is_socket()) return socket_name(c.scratch, e);
  if (!has_file(e)) return {};
  if (S_ISFIFO(e.mode) && e.path == "/") return groups::print(c.scratch, 32, "pipe:[{}]", e.ino);  // has no path
  return event_path(c.scratch, e, c.process != nullptr ? std::string_view{c.process->cwd} : std::string_view{});
}

namespace {

// Files without a path are named by what they are (fs/anon_inodes.c, mm/memfd.c).
std::string_view pseudo_file_char(std::string_view path) {
  struct Kind {
    std::string_view start, letter;
  };
  static constexpr auto kinds = std::to_array<Kind>({{"/memfd:", "m"},
                                                     {"/[eventpoll]", "l"},
                                                     {"/[eventfd]", "e"},
                                                     {"/[signalfd]", "s"},
                                                     {"/[timerfd]", "t"},
                                                     {"/inotify", "i"},
                                                     {"/bpf-", "b"},
                                                     {"/[userfaultfd]", "u"},
                                                     {"/[io_uring]", "r"},
                                                     {"/[pidfd]", "P"}});
  const auto found = std::ranges::find_if(kinds, [&](const Kind& kind) { return path.starts_with(kind.start); });
  return found != kinds.end() ? found->letter : "f";
}

}  // namespace

std::string_view fd_type_char(const Event& e) {
  if (e.is_open()) return S_ISDIR(e.mode) ? "d" : "f";
  if (!e.is_socket()) {
    if (!has_file(e)) return {};
    if (S_ISFIFO(e.mode)) return "p";
    return S_ISDIR(e.mode) ? "d" : pseudo_file_char(e.path);
  }
  if (e.family == AF_UNIX) return "u";
  switch (server_end(e).address.family) {
    case 4: return "4";
    case 6: return "6";
    default: break;  // a socket that has no address yet
  }
  return e.family == AF_INET ? "4" : e.family == AF_INET6 ? "6" : "o";
}

std::uint32_t effective_open_flags(const Event& e) {
  return e.type == EventType::creat ? e.open_flags | O_CREAT | O_WRONLY | O_TRUNC : e.open_flags;
}

}  // namespace eunomia
