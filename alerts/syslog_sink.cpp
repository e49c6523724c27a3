// SPDX-License-Identifier: Apache-2.0
//
// "Delivered" means handed to the kernel: plain syslog has no acknowledgement, over any transport.
#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "alerts/io.h"
#include "alerts/sink_config.h"
#include "alerts/syslog_address.h"

namespace eunomia::alerts {
namespace {

using Transport = SyslogAddress::Transport;

enum class Framing : std::uint8_t {
  datagram,
  octet_count,  // RFC 6587 section 3.4.1
  nul,          // what syslog(3) sends on a stream /dev/log
};

struct Connection {
  Fd fd;
  Framing framing = Framing::datagram;
};

std::unexpected<std::string> connect_error(int error) {
  return std::unexpected(fmt::format("cannot connect: {}", errno_text(error)));
}

// Returns errno.
int connect_within(int fd, const sockaddr* address, socklen_t length, std::chrono::milliseconds timeout,
                   const std::stop_token& stop) {
  if (::connect(fd, address, length) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  switch (wait_ready(fd, POLLOUT, timeout, stop)) {
    case Ready::timeout: return ETIMEDOUT;
    case Ready::stopped: return ECANCELED;
    case Ready::yes: break;
  }
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

// A log socket is a datagram socket nearly everywhere; where it is a stream, connecting says EPROTOTYPE.
std::expected<Connection, std::string> connect_local(const std::string& path, std::chrono::milliseconds timeout,
                                                     const std::stop_token& stop) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof address.sun_path - 1));
  int error = 0;
  for (const auto& [type, framing] : {std::pair{SOCK_DGRAM, Framing::datagram}, std::pair{SOCK_STREAM, Framing::nul}}) {
    Fd fd(::socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return connect_error(errno);
    error = connect_within(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address, timeout, stop);
    if (error == 0) return Connection{std::move(fd), framing};
    if (error != EPROTOTYPE) break;
  }
  return connect_error(error);
}

std::expected<Connection, std::string> connect_host(const SyslogAddress& address, std::chrono::milliseconds timeout,
                                                    const std::stop_token& stop) {
  const bool tcp = address.transport == Transport::tcp;
  addrinfo hints = {}, *found = nullptr;
  hints.ai_socktype = tcp ? SOCK_STREAM : SOCK_DGRAM;
  hints.ai_flags = AI_ADDRCONFIG;
  if (const int error = ::getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &found); error != 0) {
    return std::unexpected(fmt::format("cannot resolve {}: {}", address.host, ::gai_strerror(error)));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
  int error = EADDRNOTAVAIL;
  for (const addrinfo* one = found; one != nullptr && error != ECANCELED; one = one->ai_next) {
    Fd fd(::socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, one->ai_protocol));
    error = fd ? connect_within(fd.get(), one->ai_addr, one->ai_addrlen, timeout, stop) : errno;
    if (error == 0) return Connection{std::move(fd), tcp ? Framing::octet_count : Framing::datagram};
  }
  return connect_error(error);
}

// A stream whose other end closed still takes one message, and loses it; looking first avoids that.
bool peer_closed(const Connection& connection) {
  if (connection.framing == Framing::datagram) return false;
  char byte = 0;
  const auto count = ::recv(connection.fd.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR);
}

bool is_disconnected(int error) {
  return error == ECONNREFUSED || error == ECONNRESET || error == ENOTCONN || error == EPIPE || error == ENOENT;
}

class SyslogSink : public Sink {
 public:
  SyslogSink(SyslogConfig config, SyslogAddress address)
      : config_(std::move(config)),
        address_(std::move(address)),
        name_(config_.address.empty() ? "syslog:local" : "syslog:" + config_.address) {}

  std::string_view name() const override { return name_; }

  SendResult send(const Alert& alert, const std::stop_token& stop) override {
    const SyslogStyle style = {.facility = config_.facility,
                               .format = config_.format,
                               .max_bytes = config_.max_bytes,
                               .pid = static_cast<std::uint32_t>(::getpid())};
    const std::string message = format_syslog(alert, style);
    // The receiver may have been restarted since the last alert: one fresh connection before it counts as a failure.
    const bool fresh = !connection_.fd;
    auto result = send_once(message, stop);
    if (result.outcome == Outcome::retry && !fresh && !connection_.fd) result = send_once(message, stop);
    return result;
  }

 private:
  SendResult send_once(const std::string& message, const std::stop_token& stop) {
    if (connection_.fd && peer_closed(connection_)) connection_.fd.reset();
    if (!connection_.fd) {
      auto connected = address_.transport == Transport::local ? connect_local(address_.path, config_.timeout, stop)
                                                              : connect_host(address_, config_.timeout, stop);
      if (!connected) return {Outcome::retry, connected.error()};
      connection_ = *std::move(connected);
    }
    const int error = transmit(framed(message), stop);
    if (error == 0) return {};
    if (error == EMSGSIZE) return {Outcome::failed, "the message is too long for the socket; lower max_bytes"};
    // What was sent of a message cannot be taken back from a stream: only a new one starts clean.
    if (is_disconnected(error) || connection_.framing != Framing::datagram) connection_.fd.reset();
    return {Outcome::retry, "cannot send: " + errno_text(error)};
  }

  std::string framed(const std::string& message) const {
    switch (connection_.framing) {
      case Framing::octet_count: return fmt::format("{} {}", message.size(), message);
      case Framing::nul: return message + '\0';
      case Framing::datagram: break;
    }
    return message;
  }

  // Returns errno. A datagram goes in one piece.
  int transmit(std::string_view bytes, const std::stop_token& stop) const {
    while (!bytes.empty()) {
      const auto count = ::send(connection_.fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count >= 0) {
        bytes.remove_prefix(static_cast<std::size_t>(count));
      } else if (errno == EAGAIN) {
        const Ready ready = wait_ready(connection_.fd.get(), POLLOUT, config_.timeout, stop);
        if (ready != Ready::yes) return ready == Ready::timeout ? ETIMEDOUT : ECANCELED;
      } else if (errno != EINTR) {
        return errno;
      }
    }
    return 0;
  }

  SyslogConfig config_;
  SyslogAddress address_;
  std::string name_;
  Connection connection_;
};

}  // namespace

std::expected<SinkPtr, std::string> make_sink_of(const SyslogConfig& config) {
  auto address = parse_syslog_address(config.address);
  if (!address) return std::unexpected(address.error());
  const std::size_t least = config.format == Format::json ? 6144 : 1024;
  if (config.max_bytes < least || config.max_bytes > 65000) {
    return std::unexpected(fmt::format("syslog: max_bytes is {}; it must be {} to 65000", config.max_bytes, least));
  }
  if (config.facility < 0 || config.facility > 23) {
    return std::unexpected(fmt::format("syslog: facility is {}; it must be 0 to 23", config.facility));
  }
  return std::make_unique<SyslogSink>(config, *std::move(address));
}

}  // namespace eunomia::alerts
