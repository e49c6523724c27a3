// SPDX-License-Identifier: Apache-2.0
//
// Lines into a descriptor, whole or not at all as far as the medium allows: of a line that was written in part (disk
// full), a regular file loses the part again; elsewhere the next line starts on a line of its own.
#pragma once

#include <stop_token>
#include <string>

#include "alerts/sink.h"

namespace eunomia::alerts {

class LineWriter {
 public:
  // Appends the line's end. `closed` when the reader is gone, `retry` for everything else that fails.
  SendResult write(int fd, std::string line, const std::stop_token& stop);
  // The descriptor is a new one.
  void reset() { broken_ = false; }

 private:
  bool broken_ = false;  // the last line lacks its end
};

}  // namespace eunomia::alerts
