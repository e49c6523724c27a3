// SPDX-License-Identifier: Apache-2.0
//
// The syslog sink against sockets of the test's own; the end-to-end tests do the same with a real rsyslog.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>

#include "alerts/io.h"
#include "alerts/sink_config.h"
#include "alerts/syslog_address.h"
#include "tests/unit/alerts/samples.h"
#include "tests/unit/alerts/temp_dir.h"

namespace eunomia::alerts {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

const std::stop_token never;

Fd unix_socket(int type, const std::string& path) {
  Fd fd(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return Fd();
  if (type == SOCK_STREAM && ::listen(fd.get(), 8) != 0) return Fd();
  return fd;
}

// On loopback; returns the port, which is any where `port` is 0.
std::pair<Fd, std::uint16_t> inet_socket(int type, std::uint16_t port = 0) {
  Fd fd(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  socklen_t length = sizeof address;
  if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), length) != 0) return {};
  if (type == SOCK_STREAM && ::listen(fd.get(), 8) != 0) return {};
  ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &length);
  return {std::move(fd), ntohs(address.sin_port)};
}

std::string receive(const Fd& fd) {
  std::array<char, 65536> buffer = {};
  const auto count = ::recv(fd.get(), buffer.data(), buffer.size(), 0);
  return {buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
}

Fd accept_one(const Fd& listener) { return Fd(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC)); }

SinkPtr syslog_to(const std::string& address) { return make_sink(SyslogConfig{.address = address}).value(); }

std::string message() { return format_syslog(sample_alert(), {.pid = static_cast<std::uint32_t>(::getpid())}); }

TEST(SyslogAddress, ReadsEveryForm) {
  using Transport = SyslogAddress::Transport;
  EXPECT_EQ(parse_syslog_address("")->path, "/dev/log");
  EXPECT_EQ(parse_syslog_address("local")->path, "/dev/log");
  EXPECT_EQ(parse_syslog_address("unix:/run/x.sock")->path, "/run/x.sock");
  const auto udp = parse_syslog_address("udp://logs.example.org");
  EXPECT_EQ(udp->transport, Transport::udp);
  EXPECT_EQ(udp->host, "logs.example.org");
  EXPECT_EQ(udp->port, "514");
  const auto tcp = parse_syslog_address("tcp://[2001:db8::1]:6514");
  EXPECT_EQ(tcp->transport, Transport::tcp);
  EXPECT_EQ(tcp->host, "2001:db8::1");
  EXPECT_EQ(tcp->port, "6514");
}

TEST(SyslogAddress, RefusesEverythingElse) {
  for (const std::string bad :
       {"logs", "udp://", "udp://:514", "tcp://h:", "tcp://h:0", "tcp://h:65536", "tcp://h:x", "tcp://[::1",
        "tcp://[::1]x", "tcp://::1:514", "unix:", "unix:relative", "tls://h:6514", "/dev/log"}) {
    const auto address = parse_syslog_address(bad);
    ASSERT_FALSE(address) << bad;
    EXPECT_THAT(address.error(), HasSubstr("udp://host:port"));
  }
  EXPECT_FALSE(parse_syslog_address("unix:/" + std::string(200, 'x')));
}

TEST(SyslogSink, SendsADatagramToTheLocalSocket) {
  const TempDir dir;
  const Fd receiver = unix_socket(SOCK_DGRAM, dir / "log");
  const auto sink = syslog_to("unix:" + dir / "log");
  EXPECT_EQ(sink->send(sample_alert(), never).outcome, Outcome::delivered);
  EXPECT_EQ(receive(receiver), message());
}

TEST(SyslogSink, FindsAReceiverThatWasRestarted) {
  const TempDir dir;
  Fd receiver = unix_socket(SOCK_DGRAM, dir / "log");
  const auto sink = syslog_to("unix:" + dir / "log");
  EXPECT_EQ(sink->send(sample_alert(), never).outcome, Outcome::delivered);
  receiver.reset();
  ::unlink((dir / "log").c_str());
  EXPECT_EQ(sink->send(sample_alert(), never).outcome, Outcome::retry);
  receiver = unix_socket(SOCK_DGRAM, dir / "log");
  EXPECT_EQ(sink->send(sample_alert(), never).outcome, Outcome::delivered);
  EXPECT_EQ(receive(receiver), message());
  receiver.reset();
  ::unlink((dir / "log").c_str());
  receiver = unix_socket(SOCK_DGRAM, dir / "log");
  EXPECT_EQ(sink->send(sample_alert(), never).outcome, Outcome::delivered);
  EXPECT_EQ(receive(receiver), message());
}

TEST(SyslogSink, SaysWhatIsMissing) {
  const TempDir dir;
  const auto result = syslog_to("unix:" + dir / "none")->send(sample_alert(), never);
  EXPECT_EQ(result.outcome, Outcome::retry);
  EXPECT_EQ(result.why, "cannot connect: No such file or directory");
}

TEST(SyslogSink, UsesAStreamWhereTheLocalSocketIsOne) {
  const TempDir dir;
  const Fd listener = unix_socket(SOCK_STREAM, dir / "log");
  const auto sink = syslog_to("unix:" + dir / "log");
  EXPECT_EQ(sink->send(sample_alert(), never).outcome, Outcome::delivered);
  EXPECT_EQ(receive(accept_one(listener)), message() + '\0');
}

TEST(SyslogSink, GivesUpWaitingForAReceiverThatDoesNotRead) {
  const TempDir dir;
  const Fd receiver = unix_socket(SOCK_DGRAM, dir / "log");
  const auto sink = make_sink(SyslogConfig{.address = "unix:" + dir / "log", .timeout = 1ms}).value();
  SendResult result;
  while (result.outcome == Outcome::delivered) result = sink->send(sample_alert(), never);
  EXPECT_EQ(result.outcome, Outcome::retry);
  EXPECT_EQ(result.why, "cannot send: Connection timed out");
}

TEST(SyslogSink, SendsUdp) {
  const auto [receiver, port] = inet_socket(SOCK_DGRAM);
  const auto sink = syslog_to(fmt::format("udp://127.0.0.1:{}", port));
  EXPECT_EQ(sink->send(sample_alert(), never).outcome, Outcome::delivered);
  EXPECT_EQ(receive(receiver), message());
}

TEST(SyslogSink, CountsTheOctetsOverTcp) {
  const auto [listener, port] = inet_socket(SOCK_STREAM);
  const auto sink = syslog_to(fmt::format("tcp://127.0.0.1:{}", port));
  Alert alert = sample_alert();
  alert.output = "ü";  // octets, not characters
  EXPECT_EQ(sink->send(alert, never).outcome, Outcome::delivered);
  const std::string got = receive(accept_one(listener));
  const auto space = got.find(' ');
  ASSERT_NE(space, std::string::npos);
  EXPECT_EQ(got.substr(0, space), std::to_string(got.size() - space - 1));
  EXPECT_THAT(got.substr(space + 1), StartsWith("<84>1 2026-"));
}

TEST(SyslogSink, LosesNothingToATcpReceiverThatClosed) {
  auto [listener, port] = inet_socket(SOCK_STREAM);
  const auto sink = syslog_to(fmt::format("tcp://127.0.0.1:{}", port));
  EXPECT_EQ(sink->send(sample_alert(), never).outcome, Outcome::delivered);
  {
    const Fd closed = accept_one(listener);
    receive(closed);
  }
  EXPECT_EQ(sink->send(sample_alert(), never).outcome, Outcome::delivered);
  EXPECT_THAT(receive(accept_one(listener)), EndsWith(message()));
  listener.reset();
  const auto result = sink->send(sample_alert(), never);
  EXPECT_EQ(result.outcome, Outcome::retry);
  listener = inet_socket(SOCK_STREAM, port).first;
  EXPECT_EQ(sink->send(sample_alert(), never).outcome, Outcome::delivered);
  EXPECT_THAT(receive(accept_one(listener)), EndsWith(message()));
}

TEST(SyslogSink, SaysWhenAMessageIsTooLongForTheSocket) {
  const TempDir dir;
  const Fd receiver = unix_socket(SOCK_DGRAM, dir / "log");
  const auto sink = make_sink(SyslogConfig{.address = "unix:" + dir / "log", .max_bytes = 65000}).value();
  Alert alert = sample_alert();
  alert.output.assign(60'000, 'x');
  EXPECT_EQ(sink->send(alert, never).outcome, Outcome::delivered);
  EXPECT_THAT(receive(receiver), HasSubstr("...[+"));
}

}  // namespace
}  // namespace eunomia::alerts
