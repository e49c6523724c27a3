// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>

#include "tests/unit/event/read_field.h"

namespace eunomia {
namespace {

using test::read;
using enum EventType;
using namespace std::string_view_literals;

Event opened(std::uint32_t flags, std::uint32_t mode = 0) {
  return {.type = openat, .open_flags = flags, .open_mode = mode, .fd = 3};
}

TEST(EvtFields, TypeAndKind) {
  EXPECT_EQ(read("evt.type", {.type = openat}), "openat");
  EXPECT_EQ(read("evt.type", {}), "<NA>");
  EXPECT_EQ(read("syscall.type", {.type = openat}), "openat");
  EXPECT_EQ(read("syscall.type", {.type = EventType::exit}), "<NA>");
  EXPECT_EQ(read("evt.type.is.openat", {.type = openat}), "1");
  EXPECT_EQ(read("evt.type.is.open", {.type = openat}), "0");
  EXPECT_EQ(read("evt.category", {.type = openat}), "file");
  EXPECT_EQ(read("evt.category", {.type = connect}), "net");
  EXPECT_EQ(read("evt.category", {.type = execve}), "process");
  EXPECT_EQ(read("evt.dir", {.type = execve}), "<");
  EXPECT_EQ(read("evt.source", {.type = execve}), "syscall");
  EXPECT_EQ(read("evt.is_async", {.type = execve}), "false");
}

TEST(EvtFields, NumberIsNeverZero) {
  EXPECT_EQ(read("evt.num", {}, {.event_number = 0}), "<NA>");
  EXPECT_EQ(read("evt.num", {}, {.event_number = 17}), "17");
}

TEST(EvtFields, Result) {
  const Event good{.type = openat, .result = 3}, bad{.type = openat, .result = -2};
  EXPECT_EQ(read("evt.res", good), "SUCCESS");
  EXPECT_EQ(read("evt.rawres", good), "3");
  EXPECT_EQ(read("evt.failed", good), "false");
  EXPECT_EQ(read("evt.res", bad), "ENOENT");
  EXPECT_EQ(read("evt.rawres", bad), "-2");
  EXPECT_EQ(read("evt.failed", bad), "true");
  EXPECT_EQ(read("evt.res", {.type = connect, .result = -115}), "EINPROGRESS");
  EXPECT_EQ(read("evt.res", {.type = connect, .result = -512}), "-512");
}

TEST(EvtFields, ResultThatIsNotThere) {
  for (const auto* field : {"evt.res", "evt.rawres", "evt.failed"}) {
    EXPECT_EQ(read(field, {.type = openat, .flags = EVF_RESULT_UNKNOWN}), "<NA>");
    EXPECT_EQ(read(field, {.type = EventType::exit, .result = 256}), "<NA>");
  }
}

TEST(EvtFields, OpenModes) {
  EXPECT_EQ(read("evt.is_open_read", opened(O_RDONLY)), "true");
  EXPECT_EQ(read("evt.is_open_write", opened(O_RDONLY)), "false");
  EXPECT_EQ(read("evt.is_open_read", opened(O_WRONLY)), "false");
  EXPECT_EQ(read("evt.is_open_write", opened(O_WRONLY)), "true");
  EXPECT_EQ(read("evt.is_open_read", opened(O_RDWR)), "true");
  EXPECT_EQ(read("evt.is_open_write", opened(O_RDWR)), "true");
  EXPECT_EQ(read("evt.is_open_write", {.type = creat}), "true");
  EXPECT_EQ(read("evt.is_open_read", {.type = creat}), "false");
  EXPECT_EQ(read("evt.is_open_write", {.type = connect}), "<NA>");
}

TEST(EvtFields, OpenThatCreates) {
  EXPECT_EQ(read("evt.is_open_exec", opened(O_CREAT | O_WRONLY, 0755)), "true");
  EXPECT_EQ(read("evt.is_open_exec", opened(O_CREAT | O_WRONLY, 0644)), "false");
  EXPECT_EQ(read("evt.is_open_exec", opened(O_WRONLY, 0755)), "false");
  EXPECT_EQ(read("evt.is_open_exec", {.type = creat, .open_mode = 0700}), "true");
  EXPECT_EQ(read("evt.is_open_create", opened(O_CREAT)), "true");
  EXPECT_EQ(read("evt.is_open_create", opened(O_TMPFILE | O_RDWR)), "true");
  EXPECT_EQ(read("evt.is_open_create", opened(O_DIRECTORY)), "false");
  EXPECT_EQ(read("evt.is_open_create", {.type = openat, .result = -13, .open_flags = O_CREAT}), "false");
}

TEST(EvtFields, ArgumentsOfOpen) {
  Event e{.type = openat, .path = "/etc/shadow", .raw = "shadow", .ino = 5, .dev = 0x801, .mode = 0100640};
  e.open_flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, e.open_mode = 0644, e.dirfd = AT_FDCWD, e.fd = 3;
  EXPECT_EQ(read("evt.arg.fd", e), "3(<f>/etc/shadow)");
  EXPECT_EQ(read("evt.arg.dirfd", e), "AT_FDCWD");
  EXPECT_EQ(read("evt.rawarg.dirfd", e), "-100");
  EXPECT_EQ(read("evt.arg.name", e), "shadow");
  EXPECT_EQ(read("evt.arg.flags", e), "O_TRUNC|O_CREAT|O_WRONLY|O_CLOEXEC");
  EXPECT_EQ(read("evt.rawarg.flags", e), std::to_string(e.open_flags));
  EXPECT_EQ(read("evt.arg.mode", e), "0644");
  EXPECT_EQ(read("evt.arg[2]", e), "shadow");
  EXPECT_EQ(read("evt.arg.ino", e), "5");
  EXPECT_EQ(read("evt.arg.nothing", e), "<NA>");
  EXPECT_EQ(read("evt.arg[99]", e), "<NA>");
  EXPECT_EQ(read("evt.args", e),
            "fd=3(<f>/etc/shadow) dirfd=AT_FDCWD name=shadow flags=O_TRUNC|O_CREAT|O_WRONLY|O_CLOEXEC mode=0644 "
            "dev=801 ino=5");
  EXPECT_EQ(read("evt.info", e), read("evt.args", e));
}

TEST(EvtFields, ArgumentsOfOpen2KeepTheirPlaces) {
  EXPECT_EQ(read("evt.arg[5]", {.type = openat2}), "<NA>");
  EXPECT_EQ(read("evt.arg.resolve", {.type = openat2}), "<NA>");
  EXPECT_EQ(read("evt.arg[7]", {.type = openat2, .ino = 9}), "9");
}

TEST(EvtFields, DescriptorOfFailedOpenIsItsError) {
  const Event e{.type = EventType::open, .result = -2, .path = "/x", .fd = -1};
  EXPECT_EQ(read("evt.arg.fd", e), "ENOENT");
  EXPECT_EQ(read("evt.rawarg.fd", e), "-2");
}

TEST(EvtFields, FlagsThatShareBits) {
  EXPECT_EQ(read("evt.arg.flags", opened(O_SYNC)), "O_SYNC|O_RDONLY");
  EXPECT_EQ(read("evt.arg.flags", opened(O_DSYNC)), "O_DSYNC|O_RDONLY");
  EXPECT_EQ(read("evt.arg.flags", opened(O_TMPFILE | O_RDWR)), "O_TMPFILE|O_RDWR");
  EXPECT_EQ(read("evt.arg.flags", opened(O_DIRECTORY)), "O_DIRECTORY|O_RDONLY");
}

TEST(EvtFields, ArgumentsOfExec) {
  Event e{.type = execve, .pid = 7, .tid = 7, .ppid = 1, .comm = "sh", .exe = "/bin/busybox", .args = "sh\0-c\0id\0"sv};
  e.cap_effective = 1, e.exe_flags = EVX_WRITABLE | EVX_UPPER_LAYER | EVX_OVERLAY;
  EXPECT_EQ(read("evt.arg.res", e), "SUCCESS");
  EXPECT_EQ(read("evt.arg.exe", e), "sh");
  EXPECT_EQ(read("evt.arg.args", e), "-c id");
  EXPECT_EQ(read("evt.arg.ptid", e), "1");
  EXPECT_EQ(read("evt.arg.comm", e), "sh");
  EXPECT_EQ(read("evt.arg.trusted_exepath", e), "/bin/busybox");
  EXPECT_EQ(read("evt.arg.cap_effective", e), "CAP_CHOWN");
  EXPECT_EQ(read("evt.arg.flags", e), "EXE_WRITABLE|EXE_UPPER_LAYER");
  EXPECT_EQ(read("evt.arg.fdlimit", e), "<NA>");
}

TEST(EvtFields, ArgumentsOfSockets) {
  Event e{.type = connect, .fd = 4, .family = AF_INET, .local = *parse_ip("10.0.0.1"), .remote = *parse_ip("1.2.3.4")};
  e.local_port = 4000, e.remote_port = 80, e.result = -111;
  EXPECT_EQ(read("evt.arg.res", e), "ECONNREFUSED");
  EXPECT_EQ(read("evt.arg.tuple", e), "10.0.0.1:4000->1.2.3.4:80");
  EXPECT_EQ(read("evt.arg.addr", e), "1.2.3.4:80");
  e.type = bind;
  EXPECT_EQ(read("evt.arg.addr", e), "10.0.0.1:4000");
  EXPECT_EQ(read("evt.arg.backlog", {.type = listen, .passed = {128}}), "128");
  EXPECT_EQ(read("evt.arg.backlog", {.type = listen, .passed = {UINT32_MAX}}), "-1");
}

TEST(EvtFields, ArgumentsOfExit) {
  EXPECT_EQ(read("evt.arg.ret", {.type = EventType::exit, .result = 3 << 8}), "3");
  EXPECT_EQ(read("evt.arg.sig", {.type = EventType::exit, .result = 11 | 0x80}), "11");
  EXPECT_EQ(read("evt.arg.core", {.type = EventType::exit, .result = 11 | 0x80}), "1");
}

class TimeFields : public testing::Test {
 protected:
  void SetUp() override {
    setenv("TZ", "Europe/Berlin", 1);
    tzset();
  }
  void TearDown() override {
    unsetenv("TZ");
    tzset();
  }
  // 2024-02-29 23:30:05.000000042 UTC
  static constexpr std::uint64_t boot = 1709249000ULL * 1'000'000'000, since_boot = 405ULL * 1'000'000'000 + 42;
  static std::string at(std::string_view field) {
    return read(field, {.type = openat, .time_ns = since_boot}, {.boot_time_ns = boot});
  }
};

TEST_F(TimeFields, AsText) {
  EXPECT_EQ(at("evt.time.iso8601"), "2024-02-29T23:30:05.000000042+0000");
  EXPECT_EQ(at("evt.time"), "00:30:05.000000042");
  EXPECT_EQ(at("evt.time.s"), "00:30:05");
  EXPECT_EQ(at("evt.datetime"), "2024-03-01 00:30:05.000000042");
  EXPECT_EQ(at("evt.datetime.s"), "2024-03-01 00:30:05");
}

TEST_F(TimeFields, AsNumbers) {
  EXPECT_EQ(at("evt.rawtime"), "1709249405000000042");
  EXPECT_EQ(at("evt.rawtime.s"), "1709249405");
  EXPECT_EQ(at("evt.rawtime.ns"), "42");
}

TEST(EvtFields, HostnameIsTheHosts) {
  char name[256] = {};
  ASSERT_EQ(gethostname(name, sizeof(name) - 1), 0);
  EXPECT_EQ(read("evt.hostname", {.type = openat}), name);
}

}  // namespace
}  // namespace eunomia
