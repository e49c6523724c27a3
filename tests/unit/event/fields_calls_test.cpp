// SPDX-License-Identifier: Apache-2.0
//
// Fields and arguments of the calls on names, of duplicates, sockets and other calls, from the records that the kernel
// side writes.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "tests/unit/event/read_field.h"
#include "tests/unit/event/records.h"

namespace eunomia {
namespace {

using test::read;
using test::Record;
using enum EventType;
using namespace std::string_view_literals;

struct RootOnly : Names {
  [[nodiscard]] std::optional<std::string_view> user(std::uint32_t uid) const override {
    return uid == 0 ? std::optional("root"sv) : std::nullopt;
  }
  [[nodiscard]] std::optional<std::string_view> group(std::uint32_t gid) const override { return user(gid); }
  [[nodiscard]] std::string_view home(std::uint32_t) const override { return "/"; }
};
const RootOnly root_only;

// What the caller passed: no file to read it from.
Event on_names(EventType type, std::string_view path, std::string_view path2 = {}) {
  return {.type = type,
          .flags = EVF_USER_PATH,
          .path = path,
          .raw = path,
          .dirfd = AT_FDCWD,
          .path2 = path2,
          .raw2 = path2,
          .dirfd2 = AT_FDCWD};
}

TEST(NameCalls, PathsAreMadeAbsoluteFromWhereTheyStart) {
  Event e = on_names(unlinkat, "../passwd");
  e.base = "/etc/ssl", e.dirfd = 7, e.passed[0] = AT_REMOVEDIR;
  EXPECT_EQ(read("evt.arg.name", e), "/etc/passwd");
  EXPECT_EQ(read("evt.rawarg.name", e), "../passwd");
  EXPECT_EQ(read("evt.arg.flags", e), "AT_REMOVEDIR");
  EXPECT_EQ(read("evt.arg.dirfd", e), "7");
  EXPECT_EQ(read("evt.arg[2]", e), "/etc/passwd");
  EXPECT_EQ(read("fs.path.name", e), "/etc/passwd");
  EXPECT_EQ(read("fs.path.nameraw", e), "../passwd");
  EXPECT_EQ(read("evt.abspath", e), "/etc/passwd");
  EXPECT_EQ(read("fs.path.source", e), "<NA>");
  EXPECT_EQ(read("fd.name", e), "<NA>");
}

TEST(NameCalls, WorkingDirectoryIsWhereTheRestStarts) {
  const Process process{.cwd = "/srv"};
  EXPECT_EQ(read("evt.arg.path", on_names(mkdir, "a/./b"), {.process = &process}), "/srv/a/b");
  EXPECT_EQ(read("evt.arg.newpath", on_names(EventType::rename, "/a", "b"), {.process = &process}), "/srv/b");
}

TEST(NameCalls, ThePathOfTheKernelIsTakenAsItIs) {
  Event e = on_names(EventType::unlink, "/etc/shadow");
  e.flags = 0, e.raw = "/tmp/link/shadow";
  EXPECT_EQ(read("fs.path.name", e), "/etc/shadow");
  EXPECT_EQ(read("fs.path.nameraw", e), "/tmp/link/shadow");
}

TEST(NameCalls, TwoPaths) {
  Event e = on_names(renameat2, "old", "/var/new");
  e.base = "/tmp", e.dirfd = 3, e.passed[0] = 2;
  EXPECT_EQ(read("fs.path.source", e), "/tmp/old");
  EXPECT_EQ(read("fs.path.sourceraw", e), "old");
  EXPECT_EQ(read("fs.path.target", e), "/var/new");
  EXPECT_EQ(read("fs.path.targetraw", e), "/var/new");
  EXPECT_EQ(read("fs.path.name", e), "<NA>");
  EXPECT_EQ(read("evt.abspath.src", e), "/tmp/old");
  EXPECT_EQ(read("evt.abspath.dst", e), "/var/new");
  EXPECT_EQ(read("evt.args", e),
            "res=SUCCESS olddirfd=3 oldpath=/tmp/old newdirfd=AT_FDCWD newpath=/var/new flags=RENAME_EXCHANGE");
}

// linkat(fd, "", AT_FDCWD, "/tmp/link", AT_EMPTY_PATH): else the file that is linked to would not be told.
TEST(NameCalls, AnEmptyNameMayMeanTheDescriptorItself) {
  Event e = on_names(linkat, "", "/tmp/link");
  e.base = "/etc/shadow", e.dirfd = 3;
  EXPECT_EQ(read("fs.path.source", e), "<NA>");
  e.passed[0] = AT_EMPTY_PATH;
  EXPECT_EQ(read("fs.path.source", e), "/etc/shadow");
  EXPECT_EQ(read("evt.arg.oldpath", e), "/etc/shadow");
  e.type = fchownat;
  EXPECT_EQ(read("fs.path.name", e), "/etc/shadow");
  e.type = unlinkat;
  EXPECT_EQ(read("fs.path.name", e), "<NA>");
}

TEST(NameCalls, TheTextOfALinkIsNoPathOfTheCaller) {
  Event e = on_names(symlinkat, "../shadow", "link");
  e.base2 = "/etc/x", e.dirfd2 = 4;
  EXPECT_EQ(read("evt.arg.target", e), "../shadow");
  EXPECT_EQ(read("evt.arg.linkpath", e), "/etc/x/link");
  EXPECT_EQ(read("fs.path.source", e), "/etc/shadow");
  EXPECT_EQ(read("fs.path.sourceraw", e), "../shadow");
}

TEST(NameCalls, Modes) {
  Event e = on_names(fchmodat, "/x");
  e.open_mode = S_ISUID | 0711;
  EXPECT_EQ(read("evt.arg.mode", e), "S_IXOTH|S_IXGRP|S_IXUSR|S_IWUSR|S_IRUSR|S_ISUID");
  EXPECT_EQ(read("evt.rawarg.mode", e), "2505");
  e.type = mkdir;
  EXPECT_EQ(read("evt.arg.mode", e), "04711");
}

TEST(NameCalls, OwnersByNameOrNumber) {
  Event e = on_names(chown, "/x");
  e.new_uid = 0, e.new_gid = UINT32_MAX;
  EXPECT_EQ(read("evt.arg.uid", e, {.names = &root_only}), "root");
  EXPECT_EQ(read("evt.arg.gid", e, {.names = &root_only}), "-1");
  EXPECT_EQ(read("evt.arg.uid", e), "0");
}

TEST(NameCalls, ADescriptorsFile) {
  Record<ev_path> record(EV_FCHMOD);
  record.body.fd = 5, record.body.ino = 9, record.body.mode = 0100644, record.body.arg_mode = 0777;
  record.add(&ev_path::name, &ev_name::path, "/opt/x");
  const auto e = Event::decode(record.bytes());
  ASSERT_TRUE(e) << e.error();
  EXPECT_EQ(read("fd.name", *e), "/opt/x");
  EXPECT_EQ(read("fd.num", *e), "5");
  EXPECT_EQ(read("fd.filename", *e), "x");
  EXPECT_EQ(read("evt.arg.fd", *e), "5(<f>/opt/x)");
  EXPECT_EQ(read("fs.path.name", *e), "/opt/x");
}

TEST(NameCalls, Mounts) {
  Record<ev_path> record(EV_MOUNT);
  record.body.h.flags = EVF_USER_PATH, record.body.h.result = -1, record.body.flags = 1 | 4096;
  record.body.name2.dirfd = AT_FDCWD;
  record.add(&ev_path::name, &ev_name::path, "/dev/sda1").add(&ev_path::name2, &ev_name::path, "mnt");
  record.add(&ev_path::name2, &ev_name::base, "/").add(&ev_path::fstype, "ext4");
  const auto e = Event::decode(record.bytes());
  ASSERT_TRUE(e) << e.error();
  EXPECT_EQ(read("evt.args", *e), "res=EPERM dev=/dev/sda1 dir=/mnt type=ext4 flags=RDONLY|BIND");
  EXPECT_EQ(read("evt.arg.flags", {.type = umount2, .passed = {2}}), "DETACH");
}

TEST(Duplicates, OfASocket) {
  Record<ev_dup> record(EV_DUP2);
  auto& s = record.body.s;
  s.h.result = 1, s.fd = 1, s.family = AF_INET, s.protocol = IPPROTO_TCP, s.flags = EVS_CONNECTED;
  s.local[0] = 10, s.remote[0] = 1, s.local_port = 40000, s.remote_port = 443;
  record.body.oldfd = 7, record.body.newfd = 1;
  const auto e = Event::decode(record.bytes());
  ASSERT_TRUE(e) << e.error();
  EXPECT_EQ(read("fd.type", *e), "ipv4");
  EXPECT_EQ(read("fd.name", *e), "10.0.0.0:40000->1.0.0.0:443");
  EXPECT_EQ(read("fd.sip", *e), "1.0.0.0");
  EXPECT_EQ(read("fd.rport", *e), "443");
  EXPECT_EQ(read("fd.l4proto", *e), "tcp");
  EXPECT_EQ(read("fd.connected", *e), "true");
  EXPECT_EQ(read("evt.rawres", *e), "1");
  EXPECT_EQ(read("evt.args", *e), "res=1(<4>10.0.0.0:40000->1.0.0.0:443) oldfd=7 newfd=1");
}

TEST(Duplicates, OfFilesAndPipes) {
  const Event file{
      .type = dup3, .path = "/etc/shadow", .mode = S_IFREG, .fd = 1, .oldfd = 3, .newfd = 1, .passed = {O_CLOEXEC}};
  EXPECT_EQ(read("fd.name", file), "/etc/shadow");
  EXPECT_EQ(read("fd.type", file), "file");
  EXPECT_EQ(read("evt.arg.flags", file), "O_CLOEXEC");
  EXPECT_EQ(read("fd.sip", file), "<NA>");
  const Event pipe{.type = dup, .path = "/", .ino = 77, .mode = S_IFIFO, .fd = 1};
  EXPECT_EQ(read("fd.type", pipe), "pipe");
  EXPECT_EQ(read("fd.name", pipe), "pipe:[77]");
  EXPECT_EQ(read("fd.type", {.type = dup, .path = "/memfd:x", .fd = 1}), "memfd");
  EXPECT_EQ(read("evt.arg.res", {.type = dup, .result = -9, .fd = -1}), "EBADF");
}

TEST(Sockets, OneThatWasMade) {
  const Event e{
      .type = EventType::socket, .result = 3, .fd = 3, .family = AF_PACKET, .passed = {AF_PACKET, SOCK_RAW, 3}};
  EXPECT_EQ(read("evt.args", e), "fd=3(<o>) domain=AF_PACKET type=3 proto=3");
  EXPECT_EQ(read("evt.rawarg.domain", e), "17");
  EXPECT_EQ(read("fd.type", e), "<NA>");
  const Event inet{.type = EventType::socket,
                   .result = 3,
                   .fd = 3,
                   .family = AF_INET6,
                   .sock_type = SOCK_DGRAM,
                   .passed = {AF_INET6}};
  EXPECT_EQ(read("fd.type", inet), "ipv6");
  EXPECT_EQ(read("fd.l4proto", inet), "udp");
  EXPECT_EQ(read("fd.name", inet), "<NA>");
  EXPECT_EQ(read("evt.arg.fd", {.type = EventType::socket, .result = -1, .fd = -1}), "EPERM");
}

TEST(Sockets, ANewOneHasNoName) {
  Record<ev_socket> record(EV_SOCKET);
  record.body.h.result = record.body.fd = 3, record.body.family = AF_INET, record.body.sock_type = SOCK_STREAM;
  const auto e = Event::decode(record.bytes());
  ASSERT_TRUE(e) << e.error();
  EXPECT_EQ(read("fd.name", *e), "<NA>");
  EXPECT_EQ(read("fd.type", *e), "ipv4");
  EXPECT_EQ(read("fd.l4proto", *e), "tcp");
}

TEST(Sockets, TheRecordTellsWhoServesOfWhatIsSent) {
  Event e{.type = sendto,
          .result = 5,
          .fd = 4,
          .family = AF_INET,
          .protocol = IPPROTO_UDP,
          .local = *parse_ip("10.0.0.1"),
          .remote = *parse_ip("8.8.8.8"),
          .local_port = 5000,
          .remote_port = 53,
          .size = 5};
  e.socket_flags = EVS_NAME_CHANGED;
  EXPECT_EQ(read("fd.sip", e), "8.8.8.8");
  EXPECT_EQ(read("fd.name", e), "10.0.0.1:5000->8.8.8.8:53");
  EXPECT_EQ(read("fd.connected", e), "false");
  EXPECT_EQ(read("fd.name_changed", e), "true");
  EXPECT_EQ(read("evt.is_io_write", e), "true");
  EXPECT_EQ(read("evt.arg.size", e), "5");
  EXPECT_EQ(read("evt.category", e), "IO-write");
  e.type = recvfrom, e.socket_flags = EVS_SERVER;
  EXPECT_EQ(read("fd.sip", e), "10.0.0.1");
  EXPECT_EQ(read("fd.is_server", e), "true");
  EXPECT_EQ(read("evt.io_dir", e), "r");
}

struct CallCase {
  Event event;
  std::string_view field, value;
};
class OtherCalls : public testing::TestWithParam<CallCase> {};
TEST_P(OtherCalls, ArgumentsAsRulesReadThem) {
  EXPECT_EQ(read(GetParam().field, GetParam().event, {.names = &root_only}), GetParam().value);
}
INSTANTIATE_TEST_SUITE_P(
    Table, OtherCalls,
    testing::Values(
        CallCase{{.type = ptrace, .passed = {16, 42}}, "evt.arg.request", "PTRACE_ATTACH"},
        CallCase{{.type = ptrace, .passed = {0x4206, 42}}, "evt.arg.request", "PTRACE_SEIZE"},
        CallCase{{.type = ptrace, .passed = {9999}}, "evt.arg.request", "9999"},
        CallCase{{.type = ptrace, .passed = {16, 42}}, "evt.arg.pid", "42"},
        CallCase{{.type = process_vm_writev, .passed = {42}}, "evt.arg.pid", "42"},
        CallCase{{.type = setns, .passed = {3, 0x20000}, .text = {}}, "evt.arg.nstype", "CLONE_NEWNS"},
        CallCase{{.type = setns, .path = "/mnt:[4026531840]", .fd = 3}, "fd.name", "/mnt:[4026531840]"},
        CallCase{{.type = unshare, .passed = {0x10000000 | 0x40000000}}, "evt.arg.flags", "CLONE_NEWNET|CLONE_NEWUSER"},
        CallCase{{.type = unshare, .passed = {0}}, "evt.arg.flags", "0"},
        CallCase{{.type = setuid, .passed = {0}}, "evt.arg.uid", "root"},
        CallCase{{.type = setresuid, .passed = {0xffffffff, 1000, 0}},
                 "evt.args",
                 "res=SUCCESS ruid=-1 euid=1000 suid=root"},
        CallCase{{.type = bpf, .passed = {5}}, "evt.arg.cmd", "BPF_PROG_LOAD"},
        CallCase{{.type = bpf, .passed = {77}}, "evt.arg.cmd", "77"},
        CallCase{{.type = memfd_create, .passed = {0, 1}, .text = "x"}, "evt.arg.name", "x"},
        CallCase{{.type = memfd_create, .passed = {0, 3}}, "evt.arg.flags", "MFD_CLOEXEC|MFD_ALLOW_SEALING"},
        CallCase{{.type = finit_module, .path = "/tmp/a.ko", .fd = 3}, "evt.arg.fd", "3(<f>/tmp/a.ko)"},
        CallCase{{.type = init_module, .passed = {0, 512}, .text = "a=1"}, "evt.arg.uargs", "a=1"},
        CallCase{{.type = userfaultfd, .passed = {O_NONBLOCK}}, "evt.arg.flags", "O_NONBLOCK"}));

TEST(Calls, FileOfTheRecord) {
  Record<ev_call> record(EV_FINIT_MODULE);
  record.body.fd = 3, record.body.args[2] = 1, record.body.mode = 0100644;
  record.add(&ev_call::path, "/lib/x.ko").add(&ev_call::text, "debug=1");
  const auto e = Event::decode(record.bytes());
  ASSERT_TRUE(e) << e.error();
  EXPECT_EQ(read("fd.name", *e), "/lib/x.ko");
  EXPECT_EQ(read("evt.args", *e), "res=SUCCESS fd=3(<f>/lib/x.ko) uargs=debug=1 flags=MODULE_INIT_IGNORE_MODVERSIONS");
}

}  // namespace
}  // namespace eunomia
