// SPDX-License-Identifier: Apache-2.0
#include "engine/state/proc_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "bpf/event.h"
#include "tests/unit/state/fake_tree.h"

namespace eunomia {
namespace {

using test::FakeTree;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

TEST(ProcReader, ReadsWhatThereIs) {
  FakeTree tree;
  tree.process({.pid = 812,
                .ppid = 7,
                .start_ticks = 1234,
                .name = "sh",
                .argv = {"/bin/sh", "-c", "id -u"},
                .uid = 33,
                .ns_pid = 1,
                .pidns = 4026531999,
                .mntns = 4026531998,
                .exepath = "/usr/bin/dash",
                .cwd = "/srv"});
  auto process = read_process(tree.proc(), 812);
  ASSERT_TRUE(process);
  EXPECT_EQ(process->pid, 812);
  EXPECT_EQ(process->ns_pid, 1);
  EXPECT_EQ(process->ppid, 7);
  EXPECT_EQ(process->start_ns, 1234 * tick_ns());
  EXPECT_EQ(process->sid, 812);
  EXPECT_EQ(process->tty, 136U << 20);  // 34816: /dev/pts/0
  EXPECT_EQ(process->uid, 33);
  EXPECT_EQ(process->gid, 33);
  EXPECT_EQ(process->loginuid, 1000);
  EXPECT_EQ(process->name, "sh");
  EXPECT_EQ(process->exe, "/bin/sh");
  EXPECT_EQ(process->exepath, "/usr/bin/dash");
  EXPECT_EQ(process->args, "-c id -u");
  EXPECT_EQ(process->cmdline, "sh -c id -u");
  EXPECT_THAT(process->argv, ElementsAre("/bin/sh", "-c", "id -u"));
  EXPECT_EQ(process->cwd, "/srv");
  EXPECT_EQ(process->pidns, 4026531999);
  EXPECT_EQ(process->mntns, 4026531998);
  EXPECT_TRUE(process->from_proc);
}

TEST(ProcReader, NameThatImitatesTheRestOfTheLine) {
  FakeTree tree;
  tree.process({.pid = 5, .ppid = 3, .start_ticks = 77, .name = "x) R 1 1 1"});
  auto process = read_process(tree.proc(), 5);
  ASSERT_TRUE(process);
  EXPECT_EQ(process->name, "x) R 1 1 1");
  EXPECT_EQ(process->ppid, 3);
  EXPECT_EQ(process->start_ns, 77 * tick_ns());
}

TEST(ProcReader, KernelThreadHasNoArguments) {
  FakeTree tree;
  tree.process({.pid = 2, .name = "kthreadd", .argv = {}});
  tree.remove("proc/2/exe").remove("proc/2/cwd");
  auto process = read_process(tree.proc(), 2);
  ASSERT_TRUE(process);
  EXPECT_EQ(process->cmdline, "kthreadd");
  EXPECT_EQ(process->exepath, "");
  EXPECT_TRUE(process->argv.empty());
}

TEST(ProcReader, ExecutableThatWasDeletedOrNeverAFile) {
  FakeTree tree;
  tree.process({.pid = 5, .exepath = "/tmp/x (deleted)"}).process({.pid = 6, .exepath = "/memfd:evil (deleted)"});
  EXPECT_EQ(read_process(tree.proc(), 5)->exepath, "/tmp/x");
  EXPECT_EQ(read_process(tree.proc(), 5)->exe_flags, 0);
  EXPECT_EQ(read_process(tree.proc(), 6)->exepath, "/memfd:evil");
  EXPECT_EQ(read_process(tree.proc(), 6)->exe_flags, EVX_MEMFD);
}

TEST(ProcReader, LongArgumentsAreCutAndMarked) {
  FakeTree tree;
  tree.process({.pid = 5, .argv = {"sh", std::string(2UL * EV_ARGS_MAX, 'x')}}).process({.pid = 6});
  auto process = read_process(tree.proc(), 5);
  EXPECT_TRUE(process->args_cut);
  EXPECT_EQ(process->args.size(), EV_ARGS_MAX - 3);
  EXPECT_FALSE(read_process(tree.proc(), 6)->args_cut);
}

TEST(ProcReader, GoneOrDamagedIsNothing) {
  FakeTree tree;
  tree.process({.pid = 5}).process({.pid = 6}).process({.pid = 7}).process({.pid = 8});
  tree.file("proc/5/stat", "5 (sh");
  tree.file("proc/6/stat", "6 (sh) S 1 1\n");
  tree.remove("proc/7/stat");
  tree.file("proc/8/stat", "8 (sh)");
  for (std::uint32_t pid : {4, 5, 6, 7, 8}) EXPECT_FALSE(read_process(tree.proc(), pid)) << pid;
}

TEST(ProcReader, ListsOnlyProcesses) {
  FakeTree tree;
  tree.process({.pid = 1}).process({.pid = 20}).file("proc/30x/stat", "").file("proc/meminfo", "");
  EXPECT_THAT(list_processes(tree.proc()), UnorderedElementsAre(1, 20));
}

TEST(ProcReader, RealProcess) {
  auto self = read_process("/proc", static_cast<std::uint32_t>(::getpid()));
  ASSERT_TRUE(self);
  EXPECT_EQ(self->ppid, ::getppid());
  EXPECT_EQ(self->uid, ::getuid());
  EXPECT_THAT(self->exepath, testing::EndsWith("state_tests"));
  EXPECT_NE(self->pidns, 0);
  EXPECT_NE(self->start_ns, 0);
  EXPECT_NE(self->exe_ino, 0);
}

}  // namespace
}  // namespace eunomia
