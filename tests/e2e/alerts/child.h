// SPDX-License-Identifier: Apache-2.0
//
// A program that a test starts, reads from and ends; and the descriptors to do so. All reads wait for a bounded time
// and then return what a failing test can show.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "alerts/io.h"

namespace eunomia::alerts {

// Lines from a pipe, one by one; "(nothing came)" after 30 s without one, "(the end)" at the end.
class LineReader {
 public:
  explicit LineReader(Fd fd) : fd_(std::move(fd)) {}
  std::string next();

 private:
  Fd fd_;
  std::string buffer_;
};

struct Pipe {
  Pipe();
  Fd reader, writer;
};

class Child {
 public:
  // Descriptors that are not open leave what the test itself has. Dies with the test.
  Child(const std::vector<std::string>& command, const Fd& out, const Fd& err);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { end(); }

  void end();  // asks it to, and waits
  int wait();  // its exit status; -1: none

 private:
  pid_t pid_ = -1;
};

// Where `name` is on this machine, or empty.
std::string find_program(const std::string& name);

// A port of loopback that nobody listens on, for UDP and TCP.
int free_port();

}  // namespace eunomia::alerts

// A test without its program fails where CI is set, and says so elsewhere.
#define EUNOMIA_NEED_PROGRAM(name)                                                        \
  do {                                                                                    \
    if (!find_program(name).empty()) break;                                               \
    if (std::getenv("CI") != nullptr) FAIL() << "needs " name ", which is not installed"; \
    GTEST_SKIP() << "needs " name ", which is not installed";                             \
  } while (false)
