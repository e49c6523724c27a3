// SPDX-License-Identifier: Apache-2.0
//
// An event made from a map of fields, for the tests of rules: {evt.type: openat, fd.name: /etc/shadow, proc.name: cat}.
//
// What the fields say is written into an Event, a Process with its ancestors, and a Container, so that the rules read
// it the way they read a real one; what follows from it (fd.directory, evt.is_open_read) is computed. A field that
// cannot be set so, or that does not read back as given, is an error. One thread.
#pragma once

#include <chrono>
#include <expected>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/event/field.h"

namespace eunomia::lang {

// In order; a later entry wins over an earlier one of the same name.
using FieldMap = std::vector<std::pair<std::string, std::string>>;

struct SampleError {
  std::string field, message;
};

class Sample {
 public:
  // Null `error.field` names are about the whole map. `elapsed` is the time since the first of several events.
  static std::expected<std::unique_ptr<Sample>, SampleError> make(const FieldMap& fields,
                                                                  std::chrono::nanoseconds elapsed = {});
  ~Sample();
  Sample(const Sample&) = delete;
  Sample& operator=(const Sample&) = delete;

  // Valid as long as the Sample. Clears what an earlier context computed.
  [[nodiscard]] Context context();

  struct World;

 private:
  explicit Sample(std::unique_ptr<World> world);
  std::unique_ptr<World> world_;
};

// Names of all fields that a map may give, sorted.
std::vector<std::string_view> settable_fields();

}  // namespace eunomia::lang
