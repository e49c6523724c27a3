// SPDX-License-Identifier: Apache-2.0
#include "engine/state/process_table.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/state/proc_reader.h"
#include "tests/unit/state/fake_tree.h"

namespace eunomia {
namespace {

using test::FakeTree;
using testing::ElementsAre;
using namespace std::string_view_literals;

struct Who {
  std::uint32_t pid = 0;
  std::uint64_t start_ns = 0;
};

Event fork_event(Who child, Who parent, std::string_view comm = "sh", std::uint64_t time_ns = 0) {
  return {.type = EventType::fork,
          .time_ns = time_ns ? time_ns : child.start_ns,
          .start_ns = child.start_ns,
          .pid = child.pid,
          .tid = child.pid,
          .ns_pid = child.pid,
          .ppid = parent.pid,
          .comm = comm,
          .parent_start_ns = parent.start_ns};
}

Event exec_event(Who who, Who parent, std::string_view args, std::string_view comm) {
  return {.type = EventType::execve,
          .time_ns = who.start_ns + 5,
          .start_ns = who.start_ns,
          .pid = who.pid,
          .tid = who.pid,
          .ppid = parent.pid,
          .comm = comm,
          .parent_start_ns = parent.start_ns,
          .exe = "/bin/x",
          .args = args,
          .parent_comm = "parent"};
}

Event exit_event(Who who, std::uint64_t time_ns) {
  return {.type = EventType::exit, .time_ns = time_ns, .start_ns = who.start_ns, .pid = who.pid, .comm = "sh"};
}

Event open_event(Who who, std::string_view comm = "sh") {
  return {.type = EventType::openat, .start_ns = who.start_ns, .pid = who.pid, .tid = who.pid, .comm = comm};
}

std::vector<std::string> names_above(const Process& process) {
  std::vector<std::string> names;
  for (const Process* up = process.parent.get(); up; up = up->parent.get()) names.push_back(up->name);
  return names;
}

// A table that has nothing to read from /proc.
struct Bare {
  FakeTree tree;
  ProcessTable table;
  explicit Bare(ProcessTable::Options options = {})
      : table([&] {
          options.proc = tree.proc();
          return options;
        }()) {}
};

TEST(ProcessTable, ScanLinksParentsWhateverTheOrder) {
  FakeTree tree;
  tree.process({.pid = 9, .ppid = 30, .start_ticks = 30, .name = "cat"})
      .process({.pid = 30, .ppid = 1, .start_ticks = 20, .name = "sh"})
      .process({.pid = 1, .start_ticks = 0, .name = "init"});
  ProcessTable table({.proc = tree.proc()});
  EXPECT_EQ(table.scan(), 3);
  auto process = table.apply(open_event({9, 30 * tick_ns() + 17}));
  EXPECT_EQ(process->name, "cat");
  EXPECT_EQ(process->start_ns, 30 * tick_ns() + 17);  // exact from the first event on
  EXPECT_THAT(names_above(*process), ElementsAre("sh", "init"));
  EXPECT_EQ(table.stats().live, 3);
  EXPECT_EQ(table.stats().from_proc, 3);
  EXPECT_EQ(table.stats().unknown, 0);
}

TEST(ProcessTable, ScanSurvivesParentsInACircle) {
  FakeTree tree;
  tree.process({.pid = 5, .ppid = 6}).process({.pid = 6, .ppid = 5});
  ProcessTable table({.proc = tree.proc()});
  EXPECT_EQ(table.scan(), 2);
  EXPECT_LE(names_above(*table.apply(open_event({5, 100 * tick_ns()}))).size(), 16);
}

TEST(ProcessTable, ExecMakesTheNewImage) {
  Bare bare;
  bare.table.apply(fork_event({20, 2000}, {10, 1000}));
  Event event = exec_event({20, 2000}, {10, 1000}, "/bin/cat\0-n\0/etc/my file\0"sv, "cat");
  event.cwd = "/srv";
  event.tty = 136U << 20;
  event.uid = 33;
  event.exe_ino = 5;
  event.exe_flags = EVX_UPPER_LAYER;
  auto process = bare.table.apply(event);
  EXPECT_EQ(process->name, "cat");
  EXPECT_EQ(process->exe, "/bin/cat");
  EXPECT_EQ(process->exepath, "/bin/x");
  EXPECT_EQ(process->args, "-n /etc/my file");
  EXPECT_EQ(process->cmdline, "cat -n /etc/my file");
  EXPECT_THAT(process->argv, ElementsAre("/bin/cat", "-n", "/etc/my file"));
  EXPECT_EQ(process->cwd, "/srv");
  EXPECT_EQ(process->uid, 33);
  EXPECT_EQ(process->exe_ino, 5);
  EXPECT_EQ(process->exe_flags, EVX_UPPER_LAYER);
  EXPECT_EQ(process->exec_ns, 2005);
  EXPECT_FALSE(process->from_proc);
  EXPECT_EQ(bare.table.apply(open_event({20, 2000})), process);
}

TEST(ProcessTable, EmptyArgumentsKeepTheirPlace) {
  Bare bare;
  auto process = bare.table.apply(exec_event({20, 2000}, {}, "sh\0\0-c\0"sv, "sh"));
  EXPECT_THAT(process->argv, ElementsAre("sh", "", "-c"));
  EXPECT_EQ(process->args, " -c");
}

TEST(ProcessTable, ForkCopiesTheParentUnderNewIds) {
  Bare bare;
  bare.table.apply(exec_event({10, 1000}, {}, "bash\0-l\0"sv, "bash"));
  auto child = bare.table.apply(fork_event({20, 2000}, {10, 1000}, "bash"));
  EXPECT_EQ(child->pid, 20);
  EXPECT_EQ(child->ppid, 10);
  EXPECT_EQ(child->start_ns, 2000);
  EXPECT_EQ(child->cmdline, "bash -l");
  EXPECT_EQ(child->exepath, "/bin/x");
  EXPECT_EQ(child->parent->pid, 10);
}

TEST(ProcessTable, ParentNobodyToldOfIsAtLeastNamed) {
  Bare bare;
  auto process = bare.table.apply(exec_event({20, 2000}, {10, 1000}, "cat\0"sv, "cat"));
  ASSERT_TRUE(process->parent);
  EXPECT_EQ(process->parent->pid, 10);
  EXPECT_EQ(process->parent->name, "parent");
}

TEST(ProcessTable, ReusedPidInheritsNothing) {
  Bare bare;
  bare.table.apply(exec_event({20, 2000}, {}, "first\0"sv, "first"));
  bare.table.apply(exit_event({20, 2000}, 3000));
  bare.table.apply(exec_event({20, 4000}, {}, "second\0"sv, "second"));
  EXPECT_EQ(bare.table.apply(open_event({20, 4000}))->name, "second");
  EXPECT_EQ(bare.table.apply(open_event({20, 2000}))->name, "first");  // late, from another processor
}

TEST(ProcessTable, ReusedPidIsNotReadFromProcForItsPredecessor) {
  FakeTree tree;
  tree.process({.pid = 20, .start_ticks = 500, .name = "successor"});
  ProcessTable table({.proc = tree.proc()});
  auto process = table.apply(open_event({20, 100 * tick_ns()}, "gone"));
  EXPECT_EQ(process->name, "gone");
  EXPECT_EQ(table.stats().unknown, 1);
  EXPECT_EQ(table.apply(open_event({20, 500 * tick_ns() + 3}))->name, "successor");
}

TEST(ProcessTable, LateEventOfAPredecessorLeavesTheSuccessor) {
  FakeTree tree;
  tree.process({.pid = 20, .start_ticks = 500, .name = "successor"});
  ProcessTable table({.proc = tree.proc()});
  table.scan();
  tree.gone(20);
  EXPECT_EQ(table.apply(open_event({20, 100 * tick_ns()}, "gone"))->name, "gone");
  EXPECT_EQ(table.apply(open_event({20, 500 * tick_ns() + 3}))->name, "successor");
}

TEST(ProcessTable, SuccessorIsReadWhenTheExitWasLost) {
  FakeTree tree;
  tree.process({.pid = 20, .start_ticks = 100, .name = "first"});
  ProcessTable table({.proc = tree.proc()});
  table.scan();
  tree.process({.pid = 20, .start_ticks = 500, .name = "second"});
  EXPECT_EQ(table.apply(open_event({20, 500 * tick_ns()}))->name, "second");
  EXPECT_EQ(table.stats().live, 1);
}

TEST(ProcessTable, UnknownProcessIsReadFromProcOnce) {
  FakeTree tree;
  tree.process({.pid = 1, .start_ticks = 0, .name = "init"})
      .process({.pid = 20, .ppid = 1, .start_ticks = 100, .name = "daemon"});
  ProcessTable table({.proc = tree.proc()});
  auto process = table.apply(open_event({20, 100 * tick_ns() + 1}));
  EXPECT_EQ(process->name, "daemon");
  EXPECT_THAT(names_above(*process), ElementsAre("init"));
  tree.gone(20);
  EXPECT_EQ(table.apply(open_event({20, 100 * tick_ns() + 1})), process);
}

TEST(ProcessTable, ProcessThatCanNotBeHadIsLookedForOnce) {
  FakeTree tree;
  ProcessTable table({.proc = tree.proc()});
  auto process = table.apply(open_event({20, 100 * tick_ns()}, "ghost"));
  EXPECT_EQ(process->name, "ghost");
  tree.process({.pid = 20, .start_ticks = 100, .name = "late"});
  EXPECT_EQ(table.apply(open_event({20, 100 * tick_ns()}, "ghost")), process);
  EXPECT_EQ(table.stats().unknown, 1);
}

TEST(ProcessTable, ForkQueuedBeforeTheScanReplacesTheSnapshot) {
  FakeTree tree;
  tree.process({.pid = 20, .ppid = 10, .start_ticks = 200, .name = "cat"})
      .process({.pid = 10, .start_ticks = 100, .name = "sh"});
  ProcessTable table({.proc = tree.proc()});
  table.scan();
  table.apply(fork_event({20, 200 * tick_ns() + 9}, {10, 100 * tick_ns() + 5}, "sh"));
  EXPECT_EQ(table.stats().live, 2);
  EXPECT_EQ(table.apply(open_event({20, 200 * tick_ns() + 9}))->name, "sh");
}

TEST(ProcessTable, AncestryIsKeptThroughParentsThatExited) {
  Bare bare;
  bare.table.apply(exec_event({10, 1000}, {}, "sshd\0"sv, "sshd"));
  bare.table.apply(fork_event({20, 2000}, {10, 1000}, "sshd"));
  bare.table.apply(exec_event({20, 2000}, {10, 1000}, "bash\0"sv, "bash"));
  bare.table.apply(fork_event({30, 3000}, {20, 2000}, "bash"));
  bare.table.apply(exit_event({20, 2000}, 4000));
  bare.table.apply(exit_event({10, 1000}, 4000));
  EXPECT_THAT(names_above(*bare.table.apply(open_event({30, 3000}))), ElementsAre("bash", "sshd"));
}

TEST(ProcessTable, ChainOfDoubleForksDoesNotGrow) {
  Bare bare({.max_processes = 100000, .max_depth = 8, .keep_exited = std::chrono::milliseconds(0)});
  constexpr std::uint32_t length = 2000;
  bare.table.apply(exec_event({1, 1}, {}, "p1\0"sv, "p1"));
  std::shared_ptr<const Process> last;
  for (std::uint32_t pid = 2; pid <= length; ++pid) {
    std::string name = fmt::format("p{}", pid);
    last = bare.table.apply(
        fork_event({pid, std::uint64_t{pid} * 10}, {pid - 1, pid == 2 ? 1 : std::uint64_t{pid - 1} * 10}, name));
    bare.table.apply(exit_event({pid - 1, pid == 2 ? 1 : std::uint64_t{pid - 1} * 10}, std::uint64_t{pid} * 10));
  }
  EXPECT_THAT(names_above(*last), ElementsAre("p1999", "p1998", "p1997", "p1996", "p1995", "p1994", "p1993", "p1992"));
  EXPECT_LT(bare.table.stats().bytes, 64 * sizeof(Process));
}

TEST(ProcessTable, ChildrenOfADeepProcessShareItsCutAncestry) {
  Bare bare({.max_depth = 2});
  bare.table.apply(exec_event({1, 1}, {}, "a\0"sv, "a"));
  bare.table.apply(fork_event({2, 20}, {1, 1}, "b"));
  bare.table.apply(fork_event({3, 30}, {2, 20}, "c"));
  auto one = bare.table.apply(fork_event({4, 40}, {3, 30}, "d"));
  auto two = bare.table.apply(fork_event({5, 50}, {3, 30}, "e"));
  EXPECT_THAT(names_above(*one), ElementsAre("c", "b"));
  EXPECT_EQ(one->parent, two->parent);
}

TEST(ProcessTable, LeastRecentlyUsedGoesFirstAndIsCounted) {
  Bare bare({.max_processes = 3});
  for (std::uint32_t pid : {1, 2, 3}) bare.table.apply(exec_event({pid, pid}, {}, "x\0"sv, "x"));
  bare.table.apply(open_event({1, 1}));
  bare.table.apply(exec_event({4, 4}, {}, "x\0"sv, "x"));
  EXPECT_EQ(bare.table.stats().evicted, 1);
  EXPECT_EQ(bare.table.stats().live, 3);
  bare.table.apply(open_event({1, 1}));
  EXPECT_EQ(bare.table.stats().unknown, 0);
  bare.table.apply(open_event({2, 2}));
  EXPECT_EQ(bare.table.stats().unknown, 1);
}

TEST(ProcessTable, ExitedMakeRoomBeforeTheLiving) {
  Bare bare({.max_processes = 2});
  bare.table.apply(exec_event({1, 1}, {}, "x\0"sv, "x"));
  bare.table.apply(exec_event({2, 2}, {}, "x\0"sv, "x"));
  bare.table.apply(exit_event({2, 2}, 100));
  bare.table.apply(exec_event({3, 3}, {}, "x\0"sv, "x"));
  EXPECT_EQ(bare.table.stats().evicted, 0);
  bare.table.apply(open_event({1, 1}));
  EXPECT_EQ(bare.table.stats().unknown, 0);
}

TEST(ProcessTable, LargeProcessesAreBoundedByTheirBytes) {
  Bare bare({.max_bytes = 1 << 20});
  std::string args = "x" + std::string(1, '\0') + std::string(4000, 'y') + std::string(1, '\0');
  for (std::uint32_t pid = 1; pid <= 1000; ++pid) bare.table.apply(exec_event({pid, pid}, {}, args, "x"));
  EXPECT_GT(bare.table.stats().evicted, 500);
  EXPECT_LT(bare.table.stats().bytes, 1 << 20);
}

TEST(ProcessTable, ExitedAreFoundForAWhile) {
  Bare bare({.keep_exited = std::chrono::milliseconds(1)});
  bare.table.apply(exec_event({1, 10}, {}, "x\0"sv, "x"));
  bare.table.apply(exit_event({1, 10}, 1000));
  EXPECT_EQ(bare.table.stats().live, 0);
  EXPECT_EQ(bare.table.apply(open_event({1, 10}, "late"))->name, "x");
  bare.table.apply(exit_event({1, 10}, 1001));  // told twice: counted once
  EXPECT_EQ(bare.table.stats().live, 0);
  bare.table.apply(fork_event({2, 5}, {}, "sh", 2'000'000));
  EXPECT_EQ(bare.table.apply(open_event({1, 10}, "late"))->name, "late");
}

TEST(ProcessTable, ExitOfSomebodyUnknownIsNamedAndForgotten) {
  Bare bare;
  EXPECT_EQ(bare.table.apply(exit_event({7, 70}, 100))->name, "sh");
  EXPECT_EQ(bare.table.stats().live, 0);
  EXPECT_EQ(bare.table.stats().unknown, 1);
}

TEST(ProcessTable, FailedExecChangesNothing) {
  Bare bare;
  auto before = bare.table.apply(exec_event({1, 10}, {}, "sh\0"sv, "sh"));
  Event failed = exec_event({1, 10}, {}, "nosuch\0"sv, "sh");
  failed.result = -2;
  EXPECT_EQ(bare.table.apply(failed), before);
}

TEST(ProcessTable, BytesAreGivenBack) {
  std::shared_ptr<const Process> kept;
  Bare bare({.max_processes = 1});
  kept = bare.table.apply(exec_event({1, 10}, {}, "sh\0"sv, "sh"));
  std::uint64_t one = bare.table.stats().bytes;
  bare.table.apply(exec_event({2, 20}, {}, "sh\0"sv, "sh"));
  EXPECT_EQ(bare.table.stats().bytes, 2 * one);
  kept.reset();
  EXPECT_EQ(bare.table.stats().bytes, one);
}

}  // namespace
}  // namespace eunomia
