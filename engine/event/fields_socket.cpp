// SPDX-License-Identifier: Apache-2.0
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <map>
#include <string>

#include "engine/event/field_groups.h"
#include "engine/event/socket_facts.h"

namespace eunomia::groups {
namespace {

using enum ValueType;
using Extract = Value (*)(const Context&, const FieldArg&);
using End = Endpoint (*)(const Event&);

Endpoint local_end(const Event& e) { return {e.local, e.local_port}; }
Endpoint remote_end(const Event& e) { return {e.remote, e.remote_port}; }

template <End Of>
Value address_of(const Context& c, const FieldArg&) {
  const IpAddress address = Of(c.event).address;
  return address.family == 0 ? Value{} : Value{address};
}
template <End Of>
Value port_of(const Context& c, const FieldArg&) {
  const Endpoint end = Of(c.event);
  return end.address.family == 0 ? Value{} : number(end.port);
}

bool is_ip(const Event& e) { return server_end(e).address.family != 0 || e.family == AF_INET || e.family == AF_INET6; }

Value transport(const Context& c, const FieldArg&) {
  if (!is_ip(c.event)) return {};
  switch (c.event.protocol) {
    case IPPROTO_TCP: return std::string_view{"tcp"};
    case IPPROTO_UDP: return std::string_view{"udp"};
    case IPPROTO_ICMP:
    case IPPROTO_ICMPV6: return std::string_view{"icmp"};
    default: break;
  }
  switch (c.event.sock_type) {
    case SOCK_STREAM: return std::string_view{"tcp"};
    case SOCK_DGRAM: return std::string_view{"udp"};
    case SOCK_RAW: return std::string_view{"raw"};
    default: return {};
  }
}

// The names that rules know the address by; the address itself where there is none, so that "!=" has something to
// differ from.
template <End Of>
Value domain_of(const Context& c, const FieldArg&) {
  const IpAddress address = Of(c.event).address;
  if (address.family == 0) return {};
  const auto names = c.domains != nullptr ? c.domains->names_of(address) : std::span<const std::string_view>{};
  if (names.empty()) return text(address_text(c.scratch, address));
  // Copied: names live until the next address is asked about.
  if (names.size() == 1) return c.scratch.copy(names.front());
  const std::span<Value> values = c.scratch.values(names.size());
  std::ranges::transform(names, values.begin(), [&](std::string_view name) { return Value{c.scratch.copy(name)}; });
  return ValueList{values};
}

// The machine's table of services, /etc/services, read once.
using Services = std::map<std::pair<std::uint16_t, std::string_view>, std::string>;
Services read_services() {
  Services services;
  setservent(1);
  while (const servent* entry = getservent()) {  // NOLINT(concurrency-mt-unsafe): once, behind a static
    const bool tcp = std::string_view{entry->s_proto} == "tcp", udp = std::string_view{entry->s_proto} == "udp";
    const std::uint16_t port = ntohs(static_cast<std::uint16_t>(entry->s_port));
    if (tcp || udp) services.emplace(std::pair(port, tcp ? "tcp" : "udp"), entry->s_name);
  }
  endservent();
  return services;
}

template <End Of>
Value service_of(const Context& c, const FieldArg& arg) {
  static const Services services = read_services();
  const Endpoint end = Of(c.event);
  const Value protocol = transport(c, arg);
  const auto* const name = std::get_if<std::string_view>(&protocol);
  if (end.address.family == 0 || name == nullptr) return {};
  const auto found = services.find({end.port, *name});
  return found == services.end() ? Value{} : Value{std::string_view{found->second}};
}

// The client's value and the server's, as far as there are both.
template <Extract Client, Extract Server>
Value both(const Context& c, const FieldArg& arg) {
  const Value client = Client(c, arg), server = Server(c, arg);
  if (client.missing()) return server;
  if (server.missing()) return client;
  const std::span<Value> values = c.scratch.values(2);
  values[0] = client, values[1] = server;
  return ValueList{values};
}

constexpr Extract any_address = both<address_of<client_end>, address_of<server_end>>;
constexpr Extract any_service = both<service_of<client_end>, service_of<server_end>>;
constexpr Extract any_port = both<port_of<client_end>, port_of<server_end>>;

Value family(const Context& c, const FieldArg&) {
  if (!c.event.is_socket()) return {};
  if (c.event.family == AF_UNIX) return std::string_view{"unix"};
  return is_ip(c.event) ? Value{std::string_view{"ip"}} : Value{};
}

Value is_server(const Context& c, const FieldArg&) {
  return c.event.is_socket() && c.event.type != EventType::socket ? Value{serves(c.event)} : Value{};
}

// After the calls that give a socket its peer the result tells; of others the record.
Value connected(const Context& c, const FieldArg&) {
  const Event& e = c.event;
  if (!e.is_socket()) return {};
  if (e.is_transfer() || e.is_dup()) return (e.socket_flags & EVS_CONNECTED) != 0;
  const bool gives_peer = e.type == EventType::connect || e.type == EventType::accept || e.type == EventType::accept4;
  return gives_peer && e.result >= 0;
}

// A connect gives the socket a peer, also where it only has been begun; a datagram may go to another one than the last.
Value name_changed(const Context& c, const FieldArg&) {
  if (!c.event.is_socket()) return {};
  if (c.event.is_transfer()) return (c.event.socket_flags & EVS_NAME_CHANGED) != 0;
  return c.event.type == EventType::connect && (c.event.result >= 0 || c.event.result == -EINPROGRESS);
}

constexpr Field row(std::string_view name, ValueType type, std::string_view doc, Extract extract) {
  return {name, type, false, ArgKind::none, FieldSource::event, socket_events, doc, extract};
}
constexpr Field either(std::string_view name, ValueType type, std::string_view doc, Extract extract) {
  return {name, type, true, ArgKind::none, FieldSource::event, socket_events, doc, extract, true};
}

constexpr Field named(std::string_view name, std::string_view doc, Extract extract) {
  return {name, ValueType::string, true, ArgKind::none, FieldSource::event, socket_events, doc, extract, true};
}

constexpr std::array rows{
    row("fd.cip", address, "Address of the client.", address_of<client_end>),
    named("fd.cip.name", "Domain name of the client's address: of the names that rules compare with, else the address.",
          domain_of<client_end>),
    row("fd.cnet", address, "Network of the client: compared with networks.", address_of<client_end>),
    row("fd.connected", boolean, "Whether the socket has a peer now.", connected),
    row("fd.cport", integer, "Port of the client.", port_of<client_end>),
    row("fd.cproto", string, "Service name of the client's port.", service_of<client_end>),
    either("fd.ip", address, "Address of either end.", any_address),
    row("fd.is_server", boolean, "Whether the process is the server.", is_server),
    row("fd.l4proto", string, "tcp, udp, icmp or raw.", transport),
    row("fd.lip", address, "Address of this end.", address_of<local_end>),
    named("fd.lip.name", "Domain name of this end's address: of the names that rules compare with, else the address.",
          domain_of<local_end>),
    row("fd.lnet", address, "Network of this end: compared with networks.", address_of<local_end>),
    row("fd.lport", integer, "Port of this end.", port_of<local_end>),
    row("fd.lproto", string, "Service name of this end's port.", service_of<local_end>),
    row("fd.name_changed", boolean,
        "Whether the call changed what fd.name says: a connect, a datagram to or from another peer.", name_changed),
    either("fd.net", address, "Network of either end: compared with networks.", any_address),
    either("fd.port", integer, "Port of either end.", any_port),
    either("fd.proto", string, "Service name of either end's port.", any_service),
    row("fd.rip", address, "Address of the other end.", address_of<remote_end>),
    named("fd.rip.name",
          "Domain name of the other end's address: of the names that rules compare with, else the address.",
          domain_of<remote_end>),
    row("fd.rnet", address, "Network of the other end: compared with networks.", address_of<remote_end>),
    row("fd.rport", integer, "Port of the other end.", port_of<remote_end>),
    row("fd.rproto", string, "Service name of the other end's port.", service_of<remote_end>),
    row("fd.sip", address, "Address of the server.", address_of<server_end>),
    named("fd.sip.name", "Domain name of the server's address: of the names that rules compare with, else the address.",
          domain_of<server_end>),
    row("fd.snet", address, "Network of the server: compared with networks.", address_of<server_end>),
    row("fd.sockfamily", string, "ip or unix.", family),
    row("fd.sport", integer, "Port of the server.", port_of<server_end>),
    row("fd.sproto", string, "Service name of the server's port.", service_of<server_end>),
};

}  // namespace

std::span<const Field> socket() { return rows; }

}  // namespace eunomia::groups
