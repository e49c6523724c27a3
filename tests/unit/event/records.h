// SPDX-License-Identifier: Apache-2.0
//
// Records as the kernel side writes them, for tests: a structure of bpf/event.h and the strings behind it.
//
//   Record<ev_file> open(EV_OPENAT);
//   open.body.fd = 3;
//   open.add(&ev_file::path, "/etc/shadow");
//   auto event = Event::decode(open.bytes());
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "bpf/event.h"

namespace eunomia::test {

template <class Body>
struct Record {
  explicit Record(ev_type type, std::string_view comm = "cat") {
    header().type = type;
    std::memcpy(header().comm, comm.data(), std::min<std::size_t>(comm.size(), EV_COMM_LEN));
  }

  Record& add(ev_str Body::* member, std::string_view text) { return append(body.*member, text); }
  // Of a part of the structure: add(&ev_path::name, &ev_name::path, "/x").
  template <class Part>
  Record& add(Part Body::* part, ev_str Part::* member, std::string_view text) {
    return append(body.*part.*member, text);
  }

  // The record, its size set to what it is; valid until the next call.
  std::span<const std::byte> bytes() {
    header().size = static_cast<__u32>(sizeof(Body) + strings.size());
    return bytes_as_they_are();
  }
  // The same with whatever size the body claims.
  std::span<const std::byte> bytes_as_they_are() {
    memory.resize(sizeof(Body) + strings.size());
    std::memcpy(memory.data(), &body, sizeof(Body));
    std::memcpy(memory.data() + sizeof(Body), strings.data(), strings.size());
    return memory;
  }

  ev_header& header() {
    if constexpr (requires { body.s; })
      return body.s.h;
    else
      return body.h;
  }

  Body body{};
  std::string strings;
  std::vector<std::byte> memory;

 private:
  Record& append(ev_str& to, std::string_view text) {
    to = {static_cast<__u16>(sizeof(Body) + strings.size()), static_cast<__u16>(text.size())};
    strings.append(text);
    return *this;
  }
};

}  // namespace eunomia::test
