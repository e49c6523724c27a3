// SPDX-License-Identifier: Apache-2.0
#include "engine/event/argument_groups.h"
#include "engine/event/socket_facts.h"

namespace eunomia::arguments {
namespace {

using groups::number;
using groups::text;

Value address_text(const Context& c) {
  const Event& e = c.event;
  const bool server = e.type == EventType::bind;
  return text(endpoint_name(c.scratch, e, server ? e.local : e.remote, server ? e.local_port : e.remote_port));
}
Value tuple_text(const Context& c) { return text(socket_name(c.scratch, c.event)); }
Value size(const Context& c) { return number(c.event.size); }
Value domain(const Context& c) { return socket_domain_name(c.scratch, c.event.passed[0]); }

constexpr Argument arg_tuple{"tuple", tuple_text, nullptr};
constexpr Argument arg_addr{"addr", address_text, nullptr};
constexpr Argument arg_size{"size", size, nullptr};
constexpr std::array connect_args{arg_res, arg_tuple, arg_fd, arg_addr};
constexpr std::array accept_args{arg_fd, arg_tuple, not_carried("queuepct"), not_carried("queuelen"),
                                 not_carried("queuemax")};
constexpr std::array accept4_args{
    arg_fd, arg_tuple, not_carried("queuepct"), not_carried("queuelen"), not_carried("queuemax"), not_carried("flags")};
constexpr std::array bind_args{arg_res, arg_addr, arg_fd};
constexpr std::array listen_args{arg_res, arg_fd, Argument{"backlog", passed_int<0>, nullptr}};
constexpr std::array socket_args{arg_fd, Argument{"domain", domain, passed_number<0>},
                                 Argument{"type", passed_number<1>, nullptr},
                                 Argument{"proto", passed_number<2>, nullptr}};
constexpr std::array send_args{arg_res, not_carried("data"), arg_fd, arg_size, arg_tuple};
constexpr std::array recvfrom_args{arg_res, not_carried("data"), arg_tuple, arg_fd, arg_size};
constexpr std::array recvmsg_args{arg_res, arg_size, not_carried("data"), arg_tuple, not_carried("msgcontrol"), arg_fd};

}  // namespace

std::span<const Argument> of_socket(EventType type) {
  switch (type) {
    case EventType::connect: return connect_args;
    case EventType::accept: return accept_args;
    case EventType::accept4: return accept4_args;
    case EventType::bind: return bind_args;
    case EventType::listen: return listen_args;
    case EventType::socket: return socket_args;
    case EventType::sendto:
    case EventType::sendmsg: return send_args;
    case EventType::recvfrom: return recvfrom_args;
    case EventType::recvmsg: return recvmsg_args;
    default: return {};
  }
}

}  // namespace eunomia::arguments
