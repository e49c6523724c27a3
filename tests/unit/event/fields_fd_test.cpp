// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "tests/unit/event/read_field.h"

namespace eunomia {
namespace {

using test::read;
using enum EventType;
using namespace std::string_view_literals;

const Event file{.type = openat,
                 .tid = 9,
                 .path = "/etc/shadow",
                 .raw = "../etc/shadow",
                 .ino = 12,
                 .dev = 0x800001,
                 .mode = 0100640,
                 .fd = 3};
const Event directory{.type = openat, .path = "/etc", .mode = 040755, .fd = 3};
const Event failed{.type = openat,
                   .flags = EVF_USER_PATH,
                   .result = -13,
                   .path = "../shadow",
                   .base = "/etc/ssl",
                   .raw = "../shadow",
                   .fd = -1};

TEST(FdFields, File) {
  EXPECT_EQ(read("fd.name", file), "/etc/shadow");
  EXPECT_EQ(read("fd.nameraw", file), "../etc/shadow");
  EXPECT_EQ(read("fd.directory", file), "/etc");
  EXPECT_EQ(read("fd.filename", file), "shadow");
  EXPECT_EQ(read("fd.type", file), "file");
  EXPECT_EQ(read("fd.typechar", file), "f");
  EXPECT_EQ(read("fd.num", file), "3");
  EXPECT_EQ(read("fd.ino", file), "12");
  EXPECT_EQ(read("fd.dev", file), "8388609");
  EXPECT_EQ(read("fd.dev.major", file), "8");
  EXPECT_EQ(read("fd.dev.minor", file), "1");
  EXPECT_EQ(read("fd.uid", file), "93");
  EXPECT_EQ(read("fs.path.name", file), "/etc/shadow");
  EXPECT_EQ(read("fs.path.nameraw", file), "../etc/shadow");
}

TEST(FdFields, FileAtTheRoot) { EXPECT_EQ(read("fd.directory", {.type = EventType::open, .path = "/x"}), "/"); }

TEST(FdFields, Directory) {
  EXPECT_EQ(read("fd.type", directory), "directory");
  EXPECT_EQ(read("fd.typechar", directory), "d");
  EXPECT_EQ(read("fd.directory", directory), "/etc");
  EXPECT_EQ(read("fd.filename", directory), "<NA>");
}

TEST(FdFields, DevicesOpenedByPathAreFiles) {
  EXPECT_EQ(read("fd.type", {.type = EventType::open, .path = "/dev/null", .mode = 020666}), "file");
}

// Rules tell failed opens by fd.typechar='f' and fd.num=-1.
TEST(FdFields, FailedOpen) {
  EXPECT_EQ(read("fd.name", failed), "/etc/shadow");
  EXPECT_EQ(read("fd.nameraw", failed), "../shadow");
  EXPECT_EQ(read("fd.directory", failed), "/etc");
  EXPECT_EQ(read("fd.typechar", failed), "f");
  EXPECT_EQ(read("fd.type", failed), "<NA>");
  EXPECT_EQ(read("fd.num", failed), "-1");
  EXPECT_EQ(read("fd.dev", failed), "<NA>");
}

TEST(FdFields, FailedOpenFromTheWorkingDirectory) {
  const Process process{.cwd = "/root"};
  const Event event{.type = openat, .flags = EVF_USER_PATH, .path = "a", .dirfd = AT_FDCWD};
  EXPECT_EQ(read("fd.name", event, {.process = &process}), "/root/a");
}

TEST(FdFields, WithContainer) {
  const Container container{.id = "abc"};
  EXPECT_EQ(read("fd.containername", file, {.container = &container}), "abc:/etc/shadow");
  EXPECT_EQ(read("fd.containerdirectory", file, {.container = &container}), "abc:/etc");
  EXPECT_EQ(read("fd.containername", file), ":/etc/shadow");
}

Event tcp(EventType type) {
  Event e{.type = type, .fd = 4, .family = AF_INET, .sock_type = SOCK_STREAM, .protocol = IPPROTO_TCP};
  e.local = *parse_ip("10.0.0.1"), e.local_port = 4000, e.remote = *parse_ip("1.2.3.4"), e.remote_port = 80;
  return e;
}

TEST(FdFields, ConnectIsTheClient) {
  const Event e = tcp(connect);
  EXPECT_EQ(read("fd.name", e), "10.0.0.1:4000->1.2.3.4:80");
  EXPECT_EQ(read("fd.type", e), "ipv4");
  EXPECT_EQ(read("fd.typechar", e), "4");
  EXPECT_EQ(read("fd.sockfamily", e), "ip");
  EXPECT_EQ(read("fd.l4proto", e), "tcp");
  EXPECT_EQ(read("fd.is_server", e), "false");
  for (const auto* field : {"fd.cip", "fd.lip", "fd.cnet", "fd.lnet"}) EXPECT_EQ(read(field, e), "10.0.0.1") << field;
  for (const auto* field : {"fd.sip", "fd.rip", "fd.snet", "fd.rnet"}) EXPECT_EQ(read(field, e), "1.2.3.4") << field;
  for (const auto* field : {"fd.cport", "fd.lport"}) EXPECT_EQ(read(field, e), "4000") << field;
  for (const auto* field : {"fd.sport", "fd.rport"}) EXPECT_EQ(read(field, e), "80") << field;
  EXPECT_EQ(read("fd.ip", e), "[10.0.0.1, 1.2.3.4]");
  EXPECT_EQ(read("fd.net", e), "[10.0.0.1, 1.2.3.4]");
  EXPECT_EQ(read("fd.port", e), "[4000, 80]");
}

TEST(FdFields, AcceptIsTheServer) {
  const Event e = tcp(accept4);
  EXPECT_EQ(read("fd.name", e), "1.2.3.4:80->10.0.0.1:4000");
  EXPECT_EQ(read("fd.is_server", e), "true");
  EXPECT_EQ(read("fd.sip", e), "10.0.0.1");
  EXPECT_EQ(read("fd.cport", e), "80");
  EXPECT_EQ(read("fd.connected", e), "true");
  EXPECT_EQ(read("fd.name_changed", e), "false");
}

TEST(FdFields, BindHasOneEnd) {
  Event e = tcp(bind);
  e.remote = {};
  EXPECT_EQ(read("fd.name", e), "10.0.0.1:4000");
  EXPECT_EQ(read("fd.ip", e), "10.0.0.1");
  EXPECT_EQ(read("fd.port", e), "4000");
  EXPECT_EQ(read("fd.cip", e), "<NA>");
  EXPECT_EQ(read("fd.rport", e), "<NA>");
  EXPECT_EQ(read("fd.connected", e), "false");
}

TEST(FdFields, ConnectUnderWay) {
  Event e = tcp(connect);
  EXPECT_EQ(read("fd.connected", e), "true");
  EXPECT_EQ(read("fd.name_changed", e), "true");
  e.result = -115;
  EXPECT_EQ(read("fd.connected", e), "false");
  EXPECT_EQ(read("fd.name_changed", e), "true");
  e.result = -111;
  EXPECT_EQ(read("fd.name_changed", e), "false");
}

TEST(FdFields, Ipv6) {
  Event e = tcp(connect);
  e.family = AF_INET6, e.local = *parse_ip("::1"), e.remote = *parse_ip("2001:db8::1");
  EXPECT_EQ(read("fd.name", e), "::1:4000->2001:db8::1:80");
  EXPECT_EQ(read("fd.type", e), "ipv6");
  EXPECT_EQ(read("fd.typechar", e), "6");
}

TEST(FdFields, Transport) {
  Event e = tcp(connect);
  e.protocol = 0, e.sock_type = SOCK_DGRAM;
  EXPECT_EQ(read("fd.l4proto", e), "udp");
  e.sock_type = SOCK_RAW;
  EXPECT_EQ(read("fd.l4proto", e), "raw");
  e.protocol = IPPROTO_ICMPV6;
  EXPECT_EQ(read("fd.l4proto", e), "icmp");
}

TEST(FdFields, UnixSockets) {
  const Event named{.type = connect, .path = "/run/docker.sock", .fd = 4, .family = AF_UNIX};
  EXPECT_EQ(read("fd.name", named), "/run/docker.sock");
  EXPECT_EQ(read("fd.type", named), "unix");
  EXPECT_EQ(read("fd.typechar", named), "u");
  EXPECT_EQ(read("fd.sockfamily", named), "unix");
  EXPECT_EQ(read("fd.l4proto", named), "<NA>");
  EXPECT_EQ(read("fd.sip", named), "<NA>");
  EXPECT_EQ(read("fd.directory", named), "<NA>");
  EXPECT_EQ(read("fd.name", {.type = connect, .path = "\0bus"sv, .family = AF_UNIX}), "@bus");
}

// A program may pass more bytes than the path has: rules must not see what follows its end.
TEST(FdFields, UnixPathEndsAtItsZero) {
  const Event padded{.type = connect, .path = "/run/docker.sock\0x"sv, .family = AF_UNIX};
  EXPECT_EQ(read("fd.name", padded), "/run/docker.sock");
}

TEST(FdFields, OtherSockets) {
  const Event netlink{.type = bind, .fd = 4, .family = 16};
  EXPECT_EQ(read("fd.name", netlink), "<NA>");
  EXPECT_EQ(read("fd.typechar", netlink), "o");
  EXPECT_EQ(read("fd.type", netlink), "<NA>");
}

struct OneDomain : DomainNames {
  std::array<std::string_view, 2> names{"api.test", "www.test"};
  [[nodiscard]] std::span<const std::string_view> names_of(const IpAddress& address) const override {
    if (address == *parse_ip("10.0.0.1")) return names;
    return {};
  }
};

TEST(FdFields, DomainNamesThatRulesKnow) {
  const OneDomain domains;
  Event e{.type = connect, .family = AF_INET, .remote = *parse_ip("10.0.0.1")};
  e.protocol = IPPROTO_TCP, e.remote_port = 22;
  EXPECT_EQ(read("fd.sip.name", e, {.domains = &domains}), "[api.test, www.test]");
  EXPECT_EQ(read("fd.rip.name", e, {.domains = &domains}), "[api.test, www.test]");
  EXPECT_EQ(read("fd.sip.name", e), "10.0.0.1");
  e.remote = *parse_ip("10.0.0.2");
  EXPECT_EQ(read("fd.sip.name", e, {.domains = &domains}), "10.0.0.2");
  EXPECT_EQ(read("fd.lip.name", e, {.domains = &domains}), "<NA>");
}

// Keeps its answer only until it is asked again, as the interface allows.
struct ForgetfulDomains : DomainNames {
  mutable std::string name;
  mutable std::array<std::string_view, 1> names;
  [[nodiscard]] std::span<const std::string_view> names_of(const IpAddress& address) const override {
    name = "of-" + to_string(address);
    names[0] = name;
    return names;
  }
};

TEST(FdFields, DomainNamesOutliveTheNextQuestion) {
  const ForgetfulDomains domains;
  const Event e{.type = connect, .family = AF_INET, .local = *parse_ip("10.0.0.1"), .remote = *parse_ip("10.0.0.2")};
  Scratch scratch;
  const Context context{.event = e, .domains = &domains, .scratch = scratch};
  const auto client = find_field("fd.cip.name"), server = find_field("fd.sip.name");
  const Value first = client->field->extract(context, client->arg),
              second = server->field->extract(context, server->arg);
  EXPECT_EQ(test::show(first), "of-10.0.0.1");
  EXPECT_EQ(test::show(second), "of-10.0.0.2");
}

}  // namespace
}  // namespace eunomia
