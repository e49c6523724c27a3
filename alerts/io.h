// SPDX-License-Identifier: Apache-2.0
//
// What the sinks need of the kernel: an owned descriptor, and waits that a stop request ends at once. No state is
// shared between threads.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace eunomia::alerts {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept;
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void reset();

 private:
  int fd_ = -1;
};

// "No such file or directory"
std::string errno_text(int error);

enum class Ready : std::uint8_t { yes, timeout, stopped };
// Waits until poll(2) reports any of `events` (or an error) on `fd`. A negative timeout: for ever.
Ready wait_ready(int fd, short events, std::chrono::milliseconds timeout, const std::stop_token& stop);

struct WriteResult {
  std::size_t written = 0;
  int error = 0;  // errno; ETIMEDOUT, or ECANCELED when stopped
};
// Writes until all is written or something fails; `timeout` is for each wait.
WriteResult write_all(int fd, std::string_view bytes, std::chrono::milliseconds timeout, const std::stop_token& stop);

}  // namespace eunomia::alerts
