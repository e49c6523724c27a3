// SPDX-License-Identifier: Apache-2.0
#include "alerts/io.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace eunomia::alerts {

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void Fd::reset() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

std::string errno_text(int error) { return std::generic_category().message(error); }

Ready wait_ready(int fd, short events, std::chrono::milliseconds timeout, const std::stop_token& stop) {
  const Fd woken(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  const std::stop_callback wake(stop, [&woken] { ::eventfd_write(woken.get(), 1); });
  std::array<pollfd, 2> polled = {{{fd, events, 0}, {woken.get(), POLLIN, 0}}};
  const int ms = timeout.count() < 0 ? -1 : static_cast<int>(timeout.count());
  while (!stop.stop_requested()) {
    const int ready = ::poll(polled.data(), polled.size(), ms);
    if (ready == 0) return Ready::timeout;
    if (polled[0].revents != 0) return Ready::yes;
    if (ready < 0 && errno != EINTR) return Ready::yes;  // the call that follows says what is wrong
  }
  return Ready::stopped;
}

namespace {

// Standard output is a socket where systemd starts the program: one call must not block there, and the descriptor's own
// mode is not ours to change.
ssize_t write_some(int fd, std::string_view bytes) {
  const auto count = ::send(fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  return count < 0 && errno == ENOTSOCK ? ::write(fd, bytes.data(), bytes.size()) : count;
}

}  // namespace

WriteResult write_all(int fd, std::string_view bytes, std::chrono::milliseconds timeout, const std::stop_token& stop) {
  WriteResult result;
  while (result.written < bytes.size()) {
    const auto count = write_some(fd, bytes.substr(result.written));
    if (count >= 0) {
      result.written += static_cast<std::size_t>(count);
      continue;
    }
    if (errno == EINTR) continue;
    result.error = errno;
    if (errno != EAGAIN) return result;
    switch (wait_ready(fd, POLLOUT, timeout, stop)) {
      case Ready::yes: result.error = 0; break;
      case Ready::timeout: result.error = ETIMEDOUT; return result;
      case Ready::stopped: result.error = ECANCELED; return result;
    }
  }
  return result;
}

}  // namespace eunomia::alerts
