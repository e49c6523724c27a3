// SPDX-License-Identifier: Apache-2.0
//
// What a field says, as text, in one expression:
//
//   EXPECT_EQ(read("fd.name", {.type = EventType::open, .path = "/etc/shadow"}), "/etc/shadow");
//   EXPECT_EQ(read("proc.pname", {}, {.process = &shell}), "sshd");
//
// A missing value is "<NA>", a list "[a, b]", and what does not name a field the error that says so.
#pragma once

#include <string>

#include "engine/event/field.h"

namespace eunomia::test {

struct With {
  const Process* process = nullptr;
  const Container* container = nullptr;
  const Names* names = nullptr;
  const DomainNames* domains = nullptr;
  std::uint64_t boot_time_ns = 0, event_number = 0;
  bool* pending = nullptr;  // where to say that pending metadata was touched
};

std::string show(const Value& value);
std::string read(std::string_view field, const Event& event, const With& with = {});

}  // namespace eunomia::test
