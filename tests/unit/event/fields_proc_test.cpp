// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/event/read_field.h"

namespace eunomia {
namespace {

using test::read;
using test::With;
using enum EventType;
using namespace std::string_literals;
using namespace std::string_view_literals;

constexpr std::uint64_t second = 1'000'000'000;

// sshd (100, session of its own) → bash (200, leads session 200) → sh (300) → cat (400), a job of sh's.
class ProcFields : public testing::Test {
 protected:
  static std::shared_ptr<const Process> shared(Process process) {
    return std::make_shared<Process>(std::move(process));
  }

  std::shared_ptr<const Process> sshd = shared({.pid = 100,
                                                .ns_pid = 100,
                                                .start_ns = 1 * second,
                                                .sid = 100,
                                                .pgid = 100,
                                                .name = "sshd",
                                                .exe = "sshd: root@pts/0",
                                                .exepath = "/usr/sbin/sshd",
                                                .cmdline = "sshd root@pts/0"});
  std::shared_ptr<const Process> bash = shared({.pid = 200,
                                                .ns_pid = 20,
                                                .start_ns = 2 * second,
                                                .ppid = 100,
                                                .sid = 200,
                                                .pgid = 200,
                                                .name = "bash",
                                                .exe = "-bash",
                                                .exepath = "/bin/bash",
                                                .cmdline = "bash",
                                                .parent = sshd});
  std::shared_ptr<const Process> sh = shared({.pid = 300,
                                              .ns_pid = 30,
                                              .start_ns = 3 * second,
                                              .ppid = 200,
                                              .sid = 200,
                                              .pgid = 300,
                                              .name = "sh",
                                              .exe = "sh",
                                              .exepath = "/bin/busybox",
                                              .args = "job.sh",
                                              .cmdline = "sh job.sh",
                                              .parent = bash});
  std::shared_ptr<const Process> cat = shared({.pid = 400,
                                               .ns_pid = 40,
                                               .start_ns = 4 * second,
                                               .ppid = 300,
                                               .sid = 200,
                                               .pgid = 300,
                                               .ns_sid = 20,
                                               .ns_pgid = 30,
                                               .tty = 34816,
                                               .name = "cat",
                                               .exe = "/bin/cat",
                                               .exepath = "/bin/busybox",
                                               .args = "-n /etc/shadow",
                                               .cmdline = "cat -n /etc/shadow",
                                               .argv = {"/bin/cat", "-n", "/etc/shadow"},
                                               .cwd = "/root",
                                               .exe_flags = EVX_OVERLAY | EVX_UPPER_LAYER | EVX_WRITABLE,
                                               .exe_ino = 77,
                                               .exe_ctime_ns = 1000 * second,
                                               .exe_mtime_ns = 900 * second,
                                               .parent = sh});
  Event event{.type = openat,
              .time_ns = 10 * second,
              .start_ns = 4 * second,
              .pid = 400,
              .tid = 401,
              .ns_pid = 40,
              .ns_tid = 41,
              .ppid = 300,
              .ns_sid = 20,
              .comm = "cat"};

  [[nodiscard]] std::string of_cat(std::string_view field) const {
    return read(field, event, {.process = cat.get(), .boot_time_ns = 1000 * second});
  }
};

TEST_F(ProcFields, Itself) {
  EXPECT_EQ(of_cat("proc.name"), "cat");
  EXPECT_EQ(of_cat("proc.exe"), "/bin/cat");
  EXPECT_EQ(of_cat("proc.exepath"), "/bin/busybox");
  EXPECT_EQ(of_cat("proc.args"), "-n /etc/shadow");
  EXPECT_EQ(of_cat("proc.cmdline"), "cat -n /etc/shadow");
  EXPECT_EQ(of_cat("proc.exeline"), "/bin/cat -n /etc/shadow");
  EXPECT_EQ(of_cat("proc.cmdnargs"), "2");
  EXPECT_EQ(of_cat("proc.cmdlenargs"), "13");
  EXPECT_EQ(of_cat("proc.cwd"), "/root/");
  EXPECT_EQ(of_cat("proc.tty"), "34816");
}

TEST_F(ProcFields, RootDirectoryHasOneSlash) {
  const Process process{.cwd = "/"};
  EXPECT_EQ(read("proc.cwd", event, {.process = &process}), "/");
}

TEST_F(ProcFields, NoArgumentsIsAnEmptyValueAndNoProcessIsNone) {
  EXPECT_EQ(read("proc.args", event, {.process = bash.get()}), "");
  EXPECT_EQ(read("proc.args", event), "<NA>");
  EXPECT_EQ(read("proc.exeline", event, {.process = bash.get()}), "-bash");
}

TEST_F(ProcFields, Ids) {
  EXPECT_EQ(of_cat("proc.pid"), "400");
  EXPECT_EQ(of_cat("proc.vpid"), "40");
  EXPECT_EQ(of_cat("proc.ppid"), "300");
  EXPECT_EQ(of_cat("proc.pvpid"), "30");
  EXPECT_EQ(of_cat("proc.sid"), "20");
  EXPECT_EQ(of_cat("proc.pgid"), "300");
  EXPECT_EQ(of_cat("proc.vpgid"), "30");
  EXPECT_EQ(of_cat("thread.tid"), "401");
  EXPECT_EQ(of_cat("thread.vtid"), "41");
  EXPECT_EQ(of_cat("thread.ismain"), "false");
}

TEST_F(ProcFields, IdsOfAProcessWithoutAnEvent) {
  EXPECT_EQ(read("proc.pid", {}, {.process = cat.get()}), "400");
  EXPECT_EQ(read("proc.vpid", {}, {.process = cat.get()}), "40");
  EXPECT_EQ(read("proc.ppid", {}, {.process = cat.get()}), "300");
  EXPECT_EQ(read("proc.pid", {}), "<NA>");
}

TEST_F(ProcFields, Parent) {
  EXPECT_EQ(of_cat("proc.pname"), "sh");
  EXPECT_EQ(of_cat("proc.pexe"), "sh");
  EXPECT_EQ(of_cat("proc.pexepath"), "/bin/busybox");
  EXPECT_EQ(of_cat("proc.pcmdline"), "sh job.sh");
  EXPECT_EQ(read("proc.pname", event, {.process = sshd.get()}), "<NA>");
  EXPECT_EQ(read("proc.pname", {.type = execve, .parent_comm = "runc"}), "runc");
}

TEST_F(ProcFields, AncestorsByIndex) {
  EXPECT_EQ(of_cat("proc.aname[0]"), "cat");
  EXPECT_EQ(of_cat("proc.aname[1]"), "sh");
  EXPECT_EQ(of_cat("proc.aname[3]"), "sshd");
  EXPECT_EQ(of_cat("proc.aname[4]"), "<NA>");
  EXPECT_EQ(of_cat("proc.aexe[2]"), "-bash");
  EXPECT_EQ(of_cat("proc.aexepath[3]"), "/usr/sbin/sshd");
  EXPECT_EQ(of_cat("proc.acmdline[1]"), "sh job.sh");
  EXPECT_EQ(of_cat("proc.aargs[1]"), "job.sh");
  EXPECT_EQ(of_cat("proc.apid[2]"), "200");
}

TEST_F(ProcFields, AncestorsAllButItself) {
  EXPECT_EQ(of_cat("proc.aname"), "[sh, bash, sshd]");
  EXPECT_EQ(of_cat("proc.apid"), "[300, 200, 100]");
  EXPECT_EQ(of_cat("proc.aexepath"), "[/bin/busybox, /bin/bash, /usr/sbin/sshd]");
  EXPECT_EQ(read("proc.aname", event, {.process = sshd.get()}), "<NA>");
}

TEST_F(ProcFields, SessionLeader) {
  EXPECT_EQ(of_cat("proc.sname"), "bash");
  EXPECT_EQ(of_cat("proc.sid.exe"), "-bash");
  EXPECT_EQ(of_cat("proc.sid.exepath"), "/bin/bash");
}

TEST_F(ProcFields, LeaderThatIsGoneIsTheEldestOfItsSession) {
  Process orphan = *sh;
  orphan.parent = nullptr;
  EXPECT_EQ(read("proc.sname", event, {.process = &orphan}), "sh");
}

TEST_F(ProcFields, GroupLeader) {
  EXPECT_EQ(of_cat("proc.vpgid.name"), "sh");
  EXPECT_EQ(of_cat("proc.pgid.name"), "sh");
  EXPECT_EQ(of_cat("proc.vpgid.exe"), "sh");
  EXPECT_EQ(of_cat("proc.is_vpgid_leader"), "false");
  EXPECT_EQ(of_cat("proc.is_pgid_leader"), "false");
  EXPECT_EQ(read("proc.is_vpgid_leader", {.type = execve, .pid = 9, .ns_pid = 2, .ns_pgid = 2}), "true");
}

TEST_F(ProcFields, IsSessionLeader) {
  EXPECT_EQ(of_cat("proc.is_sid_leader"), "false");
  EXPECT_EQ(read("proc.is_sid_leader", {.type = openat, .pid = 9, .ns_pid = 2, .ns_sid = 2}), "true");
}

TEST_F(ProcFields, LoginShell) { EXPECT_EQ(of_cat("proc.loginshellid"), "200"); }

TEST_F(ProcFields, Times) {
  EXPECT_EQ(of_cat("proc.duration"), "6000000000");
  EXPECT_EQ(of_cat("proc.ppid.duration"), "7000000000");
  EXPECT_EQ(of_cat("proc.pid.ts"), "1004000000000");
  EXPECT_EQ(of_cat("proc.ppid.ts"), "1003000000000");
  EXPECT_EQ(read("proc.ppid.duration", {.type = execve, .time_ns = 5, .parent_start_ns = 2}), "3");
  EXPECT_EQ(read("proc.duration", {.type = openat, .time_ns = 1, .start_ns = 2}), "<NA>");
}

TEST_F(ProcFields, Executable) {
  EXPECT_EQ(of_cat("proc.is_exe_upper_layer"), "true");
  EXPECT_EQ(of_cat("proc.is_exe_lower_layer"), "false");
  EXPECT_EQ(of_cat("proc.is_exe_writable"), "true");
  EXPECT_EQ(of_cat("proc.is_exe_from_memfd"), "false");
  EXPECT_EQ(of_cat("proc.exe_ino"), "77");
  EXPECT_EQ(of_cat("proc.exe_ino.ctime"), "1000000000000");
  EXPECT_EQ(of_cat("proc.exe_ino.mtime"), "900000000000");
  EXPECT_EQ(of_cat("proc.exe_ino.ctime_duration_proc_start"), "4000000000");
  EXPECT_EQ(read("proc.is_exe_upper_layer", event), "<NA>");
  EXPECT_EQ(read("proc.is_exe_from_memfd", {.type = execve, .exe_flags = EVX_MEMFD}), "true");
  EXPECT_EQ(read("proc.is_exe_lower_layer", {.type = execve, .exe_flags = EVX_OVERLAY}), "true");
}

TEST_F(ProcFields, ExecEventAloneTellsToo) {
  const Event exec{
      .type = execve, .pid = 5, .comm = "sh", .exe = "/bin/busybox", .args = "sh\0-c\0id x\0"sv, .cwd = "/"};
  EXPECT_EQ(read("proc.name", exec), "sh");
  EXPECT_EQ(read("proc.exe", exec), "sh");
  EXPECT_EQ(read("proc.args", exec), "-c id x");
  EXPECT_EQ(read("proc.cmdline", exec), "sh -c id x");
  EXPECT_EQ(read("proc.exepath", exec), "/bin/busybox");
  EXPECT_EQ(read("proc.cwd", exec), "/");
  EXPECT_EQ(read("proc.args", {.type = execve, .args = "sh"}), "");
}

TEST(ThreadFields, Capabilities) {
  Event e{.type = openat};
  EXPECT_EQ(read("thread.cap_effective", e), "");
  e.cap_effective = 1U | 1U << 21U, e.cap_permitted = 1ULL << 40U, e.cap_inheritable = 1ULL << 39U | 2;
  EXPECT_EQ(read("thread.cap_effective", e), "CAP_CHOWN CAP_SYS_ADMIN");
  EXPECT_EQ(read("thread.cap_permitted", e), "CAP_CHECKPOINT_RESTORE");
  EXPECT_EQ(read("thread.cap_inheritable", e), "CAP_DAC_OVERRIDE CAP_BPF");
}

TEST(ProcEnvironment, WholeOrOneVariable) {
  const Process process{.env = "HOME=/root\0LD_PRELOAD=/tmp/x.so\0HOMER=no\0EMPTY=\0"s};
  EXPECT_EQ(read("proc.env", {}, {.process = &process}), "HOME=/root LD_PRELOAD=/tmp/x.so HOMER=no EMPTY=");
  EXPECT_EQ(read("proc.env[HOME]", {}, {.process = &process}), "/root");
  EXPECT_EQ(read("proc.env[LD_PRELOAD]", {}, {.process = &process}), "/tmp/x.so");
  EXPECT_EQ(read("proc.env[EMPTY]", {}, {.process = &process}), "");
  EXPECT_EQ(read("proc.env[HO]", {}, {.process = &process}), "<NA>");
  EXPECT_EQ(read("proc.env", {}, {}), "<NA>");
}

TEST(ProcStreams, WhatTheyWereAtTheStart) {
  const Process process{.streams = {{{0140777, 2}, {010600, 0}, {0, 0}}}};
  EXPECT_EQ(read("proc.stdin.type", {}, {.process = &process}), "ipv4");
  EXPECT_EQ(read("proc.stdout.type", {}, {.process = &process}), "pipe");
  EXPECT_EQ(read("proc.stderr.type", {}, {.process = &process}), "<NA>");
  const Event exec{.type = execve, .streams = {{{020620, 0}, {0140777, 1}, {0140777, 10}}}};
  EXPECT_EQ(read("proc.stdin.type", exec), "file");
  EXPECT_EQ(read("proc.stdout.type", exec), "unix");
  EXPECT_EQ(read("proc.stderr.type", exec), "ipv6");
}

}  // namespace
}  // namespace eunomia
