// SPDX-License-Identifier: Apache-2.0
//
// Inside of the field table: what the fd fields and the arguments share, about files and sockets alike.
#pragma once

#include <string_view>

#include "engine/event/field.h"

namespace eunomia {

struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;
};

// Whether the process serves: accepted, is bound, or, of sends, receives and duplicates, what the record tells.
bool serves(const Event& event);
// Who asked and who serves: of a connect the server is remote, of sends, receives and duplicates the record tells, else
// it is local. Without an address (family 0): none.
Endpoint client_end(const Event& event);
Endpoint server_end(const Event& event);

// "10.0.0.1:4000->1.2.3.4:80" client first; "0.0.0.0:80" where one end is not known; the path of a Unix socket, an
// abstract name with '@' in front.
std::string_view socket_name(Scratch& scratch, const Event& event);
// "1.2.3.4:80", or the Unix path.
std::string_view endpoint_name(Scratch& scratch, const Event& event, const IpAddress& address, std::uint16_t port);

// Whether the call returns a descriptor: then its error stands in the descriptor's place.
bool makes_descriptor(const Event& event);
// Whether the event is about the file behind a descriptor: opens, duplicates, fchmod, finit_module, ...
bool has_file(const Event& event);
std::string_view address_text(Scratch& scratch, const IpAddress& address);  // "" for none
// fd.name and fd.typechar; "" for events that have neither file nor socket.
std::string_view fd_name(const Context& context);
std::string_view fd_type_char(const Event& event);

// The flags of an open; those that creat(2) stands for.
std::uint32_t effective_open_flags(const Event& event);

}  // namespace eunomia
