// SPDX-License-Identifier: Apache-2.0
#include "engine/state/container_table.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>

#include "tests/unit/state/fake_engine.h"
#include "tests/unit/state/fake_tree.h"

namespace eunomia {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using test::FakeEngine;
using test::FakeTree;
using test::inspect_of;

const std::string a(64, 'a'), b(64, 'b');

ContainerTable::Options options(const FakeTree& tree, milliseconds timeout = hours(1)) {
  return {.metadata_timeout = timeout,
          .api_sockets = {(tree.root() / "docker.sock").string()},
          .oci_state_roots = {tree.root() / "run/runc", tree.root() / "run/crun", tree.root() / "run/containerd/runc"},
          .host_root = tree.root(),
          .proc = tree.proc(),
          .cgroup_root = tree.cgroups()};
}

struct Where {
  std::uint64_t cgroup = 0;
  std::string_view path;
  std::uint32_t pidns = 2, mntns = 2;  // 1 are the host's
  std::uint32_t pid = 50, ns_pid = 5;
  std::uint64_t time_ns = 1000;
};

Event exec_in(const Where& where) {
  return {.type = EventType::execve,
          .time_ns = where.time_ns,
          .pid = where.pid,
          .ns_pid = where.ns_pid,
          .pidns = where.pidns,
          .mntns = where.mntns,
          .cgroup = where.cgroup,
          .cgroup_path = where.path};
}

Event open_in(const Where& where) {
  Event event = exec_in(where);
  event.type = EventType::openat;
  event.cgroup_path = {};
  return event;
}

// Waits for news of the container until it is no longer pending.
std::shared_ptr<const Container> settled(ContainerTable& table, const std::string& id) {
  for (;;) {
    auto container = table.find(id);
    if (!container || container->metadata != Metadata::pending) return container;
    pollfd ready{.fd = table.ready_fd(), .events = POLLIN, .revents = 0};
    ::poll(&ready, 1, -1);
    table.acknowledge();
  }
}

// And until it is complete.
std::shared_ptr<const Container> completed(ContainerTable& table, const std::string& id) {
  for (;;) {
    auto container = table.find(id);
    if (!container || container->metadata == Metadata::complete) return container;
    pollfd ready{.fd = table.ready_fd(), .events = POLLIN, .revents = 0};
    ::poll(&ready, 1, -1);
    table.acknowledge();
  }
}

TEST(ContainerTable, ExecNamesTheContainerOfItsCgroup) {
  FakeTree tree;
  ContainerTable table(options(tree));
  std::string path = "/docker/" + a;
  auto container = table.of(exec_in({.cgroup = 7, .path = path}));
  ASSERT_TRUE(container);
  EXPECT_EQ(container->full_id, a);
  EXPECT_EQ(container->id, a.substr(0, 12));
  EXPECT_EQ(container->engine, ContainerEngine::docker);
  EXPECT_EQ(container->metadata, Metadata::pending);
  EXPECT_EQ(table.of(open_in({.cgroup = 7}))->full_id, a);
  EXPECT_EQ(table.stats().containers, 1);
}

TEST(ContainerTable, HostIsNoContainer) {
  FakeTree tree;
  ContainerTable table(options(tree));
  EXPECT_FALSE(table.of(exec_in({.cgroup = 7, .path = "/system.slice/ssh.service", .pidns = 1, .mntns = 1})));
  EXPECT_FALSE(table.of(open_in({.cgroup = 7, .pidns = 1, .mntns = 1})));
  EXPECT_FALSE(table.of(open_in({.cgroup = 0, .pidns = 1, .mntns = 1})));
  EXPECT_FALSE(table.of(exec_in({.cgroup = 8, .path = "/system.slice/private-tmp.service", .pidns = 1, .mntns = 9})));
  EXPECT_EQ(table.stats().containers, 0);
}

TEST(ContainerTable, RuntimeThatIsGoneLeavesTheCgroupsName) {
  FakeTree tree;
  ContainerTable table(options(tree));
  auto container = table.of(exec_in({.cgroup = 7, .path = "/user.slice/web", .pidns = 20, .mntns = 21}));
  ASSERT_TRUE(container);
  EXPECT_EQ(container->full_id, "web");
  EXPECT_EQ(table.of(open_in({.cgroup = 7, .pidns = 20, .mntns = 21}))->full_id, "web");
}

TEST(ContainerTable, OwnNamespacesAloneMakeNoContainer) {
  FakeTree tree;
  ContainerTable table(options(tree));
  for (std::string_view path : {"/system.slice/x.service", "/user.slice/app.scope", "/machine.slice", "/", "",
                                "/x/cbb5a186e73e75fd2ecf37e84af804be", "/machine.slice/m.service/payload"})
    EXPECT_FALSE(table.of(exec_in({.cgroup = 7, .path = path, .pidns = 20, .mntns = 21}))) << path;
  EXPECT_FALSE(table.of(exec_in({.cgroup = 8, .path = "/web", .pidns = 1, .mntns = 21})));
  EXPECT_FALSE(table.of(exec_in({.cgroup = 8, .path = "/web", .pidns = 20, .mntns = 1})));
}

TEST(ContainerTable, PathTeachesAnewWhenAnIdIsUsedAgain) {
  FakeTree tree;
  ContainerTable table(options(tree));
  std::string of_a = "/docker/" + a, of_b = "/docker/" + b;
  EXPECT_EQ(table.of(exec_in({.cgroup = 7, .path = of_a}))->full_id, a);
  EXPECT_EQ(table.of(exec_in({.cgroup = 7, .path = of_b}))->full_id, b);
  EXPECT_EQ(table.of(open_in({.cgroup = 7}))->full_id, b);
  EXPECT_FALSE(table.of(exec_in({.cgroup = 7, .path = "/user.slice", .pidns = 1, .mntns = 1})));
}

TEST(ContainerTable, ScanLearnsWhatRunsAlready) {
  FakeTree tree;
  std::uint64_t key = tree.cgroup("docker/" + a);
  tree.process({.pid = 50, .cgroup = "0::/docker/" + a + "\n"});
  ContainerTable table(options(tree));
  table.scan();
  tree.gone(50);
  ASSERT_TRUE(table.of(open_in({.cgroup = key})));
  EXPECT_EQ(table.of(open_in({.cgroup = key}))->full_id, a);
}

TEST(ContainerTable, ScanKeysAsTheKernelDoesOnV1) {
  FakeTree tree;
  std::uint64_t key = tree.cgroup("memory/docker/" + a, 4);
  std::uint64_t joint = tree.cgroup("cpu,cpuacct/docker/" + b, 7);
  tree.process({.pid = 50, .cgroup = "9:name=systemd:/x\n8:pids:/\n4:memory:/docker/" + a + "\n0::/\n"});
  tree.process({.pid = 51, .cgroup = "7:cpu,cpuacct:/docker/" + b + "\n0::/\n"});
  ContainerTable table(options(tree));
  table.scan();
  tree.gone(50).gone(51);
  ASSERT_TRUE(table.of(open_in({.cgroup = key})));
  EXPECT_EQ(table.of(open_in({.cgroup = key}))->full_id, a);
  ASSERT_TRUE(table.of(open_in({.cgroup = joint})));
  EXPECT_EQ(table.of(open_in({.cgroup = joint}))->full_id, b);
}

TEST(ContainerTable, UnifiedHierarchyBesideV1) {
  FakeTree tree;
  std::uint64_t key = tree.cgroup("unified/docker/" + a);
  tree.process({.pid = 50, .cgroup = "4:memory:/x\n0::/docker/" + a + "\n"});
  ContainerTable table(options(tree));
  table.scan();
  tree.gone(50);
  EXPECT_TRUE(table.of(open_in({.cgroup = key})));
}

TEST(ContainerTable, UnknownCgroupIsReadFromProc) {
  FakeTree tree;
  ContainerTable table(options(tree));
  std::uint64_t key = tree.cgroup("docker/" + a);
  tree.process({.pid = 50, .cgroup = "0::/docker/" + a + "\n"});
  ASSERT_TRUE(table.of(open_in({.cgroup = key})));
  tree.gone(50);
  EXPECT_EQ(table.of(open_in({.cgroup = key}))->full_id, a);
}

TEST(ContainerTable, ProcessThatMovedOnTeachesNothing) {
  FakeTree tree;
  ContainerTable table(options(tree));
  std::uint64_t old = tree.cgroup("user.slice");
  tree.cgroup("docker/" + a);
  tree.process({.pid = 50, .pidns = 1, .mntns = 1, .cgroup = "0::/docker/" + a + "\n"});
  EXPECT_FALSE(table.of(open_in({.cgroup = old, .pidns = 1, .mntns = 1})));
  tree.process({.pid = 51, .cgroup = "0::/user.slice\n"});
  EXPECT_FALSE(table.of(open_in({.cgroup = old, .pidns = 1, .mntns = 1, .pid = 51})));
}

// Hybrid hosts: the unified hierarchy may still show the engine's own cgroup.
TEST(ContainerTable, OtherHierarchyTellsWhereTheTellingOneDoesNot) {
  FakeTree tree;
  ContainerTable table(options(tree));
  tree.process({.pid = 50, .cgroup = "4:memory:/docker/" + a + "\n0::/system.slice/docker.service\n"});
  auto container = table.of(exec_in({.cgroup = 7, .path = "/system.slice/docker.service"}));
  ASSERT_TRUE(container);
  EXPECT_EQ(container->full_id, a);
  EXPECT_FALSE(table.of(open_in({.cgroup = 7, .pidns = 1, .mntns = 1, .pid = 60})));
}

std::string runc_state(int pid, const std::string& cgroup, const char* created = "2026-01-01T00:00:00Z") {
  return fmt::format(R"({{"init_process_pid":{},"created":"{}","cgroup_paths":{{"":"/sys/fs/cgroup{}"}}}})", pid,
                     created, cgroup);
}

TEST(ContainerTable, PlainRuncByItsNamespaces) {
  FakeTree tree;
  tree.process({.pid = 50, .pidns = 20, .mntns = 21}).file("run/runc/web/state.json", runc_state(50, ""));
  ContainerTable table(options(tree));
  auto container = table.of(open_in({.pidns = 20, .mntns = 21}));
  ASSERT_TRUE(container);
  EXPECT_EQ(container->full_id, "web");
  EXPECT_EQ(container->id, "web");
  EXPECT_EQ(container->engine, ContainerEngine::runc);
  EXPECT_TRUE(table.of(open_in({.pidns = 20, .mntns = 99})));  // a mount namespace made inside
  EXPECT_FALSE(table.of(open_in({.pidns = 1, .mntns = 99})));
}

// An engine that runs in a mount namespace of its own, as pid 1 may too, shares it with everything else beside it.
TEST(ContainerTable, NamespacesThatTheFirstProcessHasNotLeftYetAreNotTheContainers) {
  FakeTree tree;
  tree.process({.pid = 40, .pidns = 1, .mntns = 30});
  tree.process({.pid = 50, .ppid = 40, .pidns = 1, .mntns = 30}).file("run/runc/web/state.json", runc_state(50, ""));
  ContainerTable table(options(tree));
  EXPECT_FALSE(table.of(exec_in({.pidns = 1, .mntns = 30, .pid = 60})));
  tree.process({.pid = 50, .ppid = 40, .pidns = 20, .mntns = 21});
  EXPECT_TRUE(table.of(exec_in({.pidns = 20, .mntns = 21})));
  EXPECT_FALSE(table.of(exec_in({.pidns = 1, .mntns = 30, .pid = 60})));
}

TEST(ContainerTable, AGuessByTheCgroupsNameGivesWayToTheState) {
  FakeTree tree;
  tree.process({.pid = 50, .pidns = 20, .mntns = 21});
  ContainerTable table(options(tree));
  EXPECT_EQ(table.of(exec_in({.cgroup = 7, .path = "/jobs/one", .pidns = 20, .mntns = 21}))->full_id, "one");
  tree.file("run/runc/web/state.json", runc_state(50, ""));
  EXPECT_EQ(table.of(exec_in({.cgroup = 7, .path = "/jobs/one", .pidns = 20, .mntns = 21}))->full_id, "web");
  EXPECT_EQ(table.of(open_in({.cgroup = 7, .pidns = 20, .mntns = 21}))->full_id, "web");
}

TEST(ContainerTable, PlainCrunByItsCgroup) {
  FakeTree tree;
  tree.file("run/crun/web/status", R"({"pid":50,"cgroup-path":"/web","bundle":"/b","created":"2026-01-01T00:00:00Z"})");
  ContainerTable table(options(tree));
  auto container = table.of(exec_in({.cgroup = 7, .path = "/web/sub"}));
  ASSERT_TRUE(container);
  EXPECT_EQ(container->full_id, "web");
  EXPECT_EQ(container->engine, ContainerEngine::crun);
  // In the same cgroup, in namespaces nobody wrote down.
  EXPECT_TRUE(table.of(open_in({.cgroup = 7, .pidns = 1, .mntns = 77})));
  EXPECT_NE(table.of(exec_in({.cgroup = 8, .path = "/website", .pidns = 3, .mntns = 3}))->full_id, "web");
}

TEST(ContainerTable, EngineIsToldByTheRoot) {
  FakeTree tree;
  tree.process({.pid = 50, .pidns = 20, .mntns = 21})
      .file("run/containerd/runc/default/web/state.json", runc_state(50, ""));
  ContainerTable table(options(tree));
  auto container = table.of(open_in({.pidns = 20, .mntns = 21}));
  ASSERT_TRUE(container);
  EXPECT_EQ(container->engine, ContainerEngine::containerd);
}

TEST(ContainerTable, PodmanWithoutCgroups) {
  FakeTree tree;
  tree.process({.pid = 50, .pidns = 20, .mntns = 21});
  tree.file("run/crun/" + a + "/status",
            R"({"pid":50,"cgroup-path":"","bundle":"/var/lib/containers/storage/overlay-containers/)" + a +
                R"(/userdata","created":"2026-01-01T00:00:00Z"})");
  ContainerTable table(options(tree));
  auto container = table.of(open_in({.pidns = 20, .mntns = 21}));
  ASSERT_TRUE(container);
  EXPECT_EQ(container->engine, ContainerEngine::podman);
  EXPECT_EQ(container->id, a.substr(0, 12));
}

// `crun run` writes its status only after it let the container go.
TEST(ContainerTable, CrunThatHasWrittenNoStatusYet) {
  FakeTree tree;
  tree.file("run/crun/web/config.json", "{}")
      .file("run/crun/db/config.json", R"({"linux":{"cgroupsPath":"/jobs/one"}})");
  ContainerTable table(options(tree));
  auto web = table.of(exec_in({.cgroup = 7, .path = "/web", .pidns = 20, .mntns = 21, .ns_pid = 1}));
  ASSERT_TRUE(web);
  EXPECT_EQ(web->full_id, "web");
  EXPECT_EQ(web->name, "web");
  EXPECT_EQ(web->engine, ContainerEngine::crun);
  EXPECT_EQ(table.of(open_in({.cgroup = 7, .pidns = 20, .mntns = 21}))->full_id, "web");
  auto db = table.of(exec_in({.cgroup = 8, .path = "/jobs/one/init", .pidns = 30, .mntns = 31, .ns_pid = 1}));
  ASSERT_TRUE(db);
  EXPECT_EQ(db->full_id, "db");
  auto webs = table.of(exec_in({.cgroup = 9, .path = "/webs", .pidns = 40, .mntns = 41, .ns_pid = 1}));
  EXPECT_NE(webs->full_id, "web");
}

// A container so short that its state is gone by the time its exec is seen; the fork of its first process was.
TEST(ContainerTable, CrunThatIsOverAlready) {
  FakeTree tree;
  tree.file("run/crun/web/config.json", "{}");
  ContainerTable table(options(tree));
  Event fork = open_in({.cgroup = 3, .pidns = 20, .mntns = 1, .ns_pid = 1});
  fork.type = EventType::fork;
  EXPECT_FALSE(table.of(fork));  // still in the cgroup of crun itself
  tree.remove("run/crun/web");
  auto container = table.of(exec_in({.cgroup = 7, .path = "/web", .pidns = 20, .mntns = 21, .ns_pid = 1}));
  ASSERT_TRUE(container);
  EXPECT_EQ(container->full_id, "web");
}

// runc writes the state while the container starts: what was not there at the first event is, at the next exec.
TEST(ContainerTable, StateWrittenLateIsFoundAtTheNextExec) {
  FakeTree tree;
  tree.process({.pid = 50, .pidns = 20, .mntns = 21}).file("run/runc/web/.placeholder", "");
  ContainerTable table(options(tree));
  EXPECT_FALSE(table.of(exec_in({.pidns = 20, .mntns = 21})));
  EXPECT_FALSE(table.of(open_in({.pidns = 20, .mntns = 21})));
  tree.file("run/runc/web/state.json", runc_state(50, ""));
  EXPECT_TRUE(table.of(exec_in({.pidns = 20, .mntns = 21})));
}

TEST(ContainerTable, StateWrittenLateIsFoundWithoutAnExecSoon) {
  FakeTree tree;
  tree.process({.pid = 50, .pidns = 20, .mntns = 21});
  ContainerTable table(options(tree));
  EXPECT_FALSE(table.of(open_in({.pidns = 20, .mntns = 21, .time_ns = 1'000})));
  tree.file("run/runc/web/state.json", runc_state(50, ""));
  EXPECT_FALSE(table.of(open_in({.pidns = 20, .mntns = 21, .time_ns = 2'000})));  // not looked at for each event
  EXPECT_TRUE(table.of(open_in({.pidns = 20, .mntns = 21, .time_ns = 2'000'000})));
}

TEST(ContainerTable, NamespaceNumbersAreUsedAgain) {
  FakeTree tree;
  tree.process({.pid = 50, .pidns = 20, .mntns = 21}).file("run/runc/old/state.json", runc_state(50, ""));
  ContainerTable table(options(tree));
  EXPECT_EQ(table.of(exec_in({.pidns = 20, .mntns = 21}))->full_id, "old");
  // The old one is stopped, its state still there; a new one got its numbers.
  tree.process({.pid = 60, .pidns = 20, .mntns = 21});
  tree.file("run/runc/new/state.json", runc_state(60, "", "2026-01-02T00:00:00Z"));
  EXPECT_EQ(table.of(exec_in({.pidns = 20, .mntns = 21, .ns_pid = 1}))->full_id, "new");
  // Both gone, and the numbers are some host service's.
  tree.remove("run/runc/old").remove("run/runc/new");
  EXPECT_FALSE(table.of(exec_in({.pidns = 20, .mntns = 21})));
}

TEST(ContainerTable, NameUsedAgainIsAnotherContainer) {
  FakeTree tree;
  tree.process({.pid = 50, .pidns = 20, .mntns = 21}).file("run/runc/web/state.json", runc_state(50, ""));
  ContainerTable table(options(tree));
  table.of(exec_in({.pidns = 20, .mntns = 21}));
  std::uint64_t first_start = completed(table, "web")->start_ns;
  // The directory of the second must not get the inode number of the first: that one lives until the end.
  std::filesystem::rename(tree.root() / "run/runc/web", tree.root() / "moved");
  tree.process({.pid = 60, .pidns = 30, .mntns = 31});
  tree.file("run/runc/web/state.json", runc_state(60, "", "2026-01-02T00:00:00Z"));
  table.of(exec_in({.pidns = 30, .mntns = 31}));
  EXPECT_GT(completed(table, "web")->start_ns, first_start);
}

TEST(ContainerTable, MetadataComesFromTheEngine) {
  FakeTree tree;
  FakeEngine engine(tree.root() / "docker.sock");
  engine.has(a, inspect_of(a, "web", "nginx:1.25"));
  ContainerTable table(options(tree));
  std::string path = "/docker/" + a;
  auto at_once = table.of(exec_in({.cgroup = 7, .path = path}));
  auto container = completed(table, a);
  EXPECT_EQ(container->name, "web");
  EXPECT_EQ(container->image, "nginx:1.25");
  EXPECT_EQ(container->engine, ContainerEngine::docker);
  EXPECT_EQ(container->metadata_source, "API at " + engine.socket());
  EXPECT_EQ(table.of(open_in({.cgroup = 7})), container);
  EXPECT_EQ(at_once->full_id, a);
  EXPECT_EQ(table.stats().complete, 1);
}

TEST(ContainerTable, HangingEngineBlocksNobody) {
  FakeTree tree;
  FakeEngine engine(tree.root() / "docker.sock");
  engine.hang();
  ContainerTable table(options(tree));
  constexpr int count = 40;
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) ids.push_back(fmt::format("{:064x}", i + 1));
  for (int i = 0; i < count; ++i) {
    engine.has(ids[i], inspect_of(ids[i], fmt::format("c{}", i), "img"));
    std::string path = "/docker/" + ids[i];
    auto container = table.of(exec_in({.cgroup = std::uint64_t(i + 1), .path = path}));
    EXPECT_EQ(container->full_id, ids[i]);
    EXPECT_EQ(container->metadata, Metadata::pending);
  }
  engine.await_requests(1);  // it is being asked, and has not answered
  EXPECT_EQ(table.of(open_in({.cgroup = 1}))->metadata, Metadata::pending);
  engine.resume();
  for (int i = 0; i < count; ++i) EXPECT_EQ(completed(table, ids[i])->name, fmt::format("c{}", i));
}

TEST(ContainerTable, DestroyedWhileTheEngineHangs) {
  FakeTree tree;
  FakeEngine engine(tree.root() / "docker.sock");
  engine.hang();
  {
    ContainerTable table(options(tree));
    std::string path = "/docker/" + a;
    table.of(exec_in({.cgroup = 7, .path = path}));
    engine.await_requests(1);
  }
  EXPECT_EQ(engine.requests(), 1);
}

TEST(ContainerTable, MissingPastTheTimeoutAndCompleteAfterAll) {
  FakeTree tree;
  FakeEngine engine(tree.root() / "docker.sock");
  engine.has(a, inspect_of(a, "web", "nginx")).hang();
  ContainerTable table(options(tree, milliseconds(20)));
  std::string path = "/docker/" + a;
  table.of(exec_in({.cgroup = 7, .path = path}));
  engine.await_requests(1);
  auto missing = settled(table, a);
  EXPECT_EQ(missing->metadata, Metadata::missing);
  EXPECT_EQ(missing->metadata_source, "no answer yet from " + engine.socket());
  EXPECT_EQ(table.stats().missing, 1);
  engine.resume();
  EXPECT_EQ(completed(table, a)->name, "web");
  EXPECT_EQ(table.stats().missing, 0);
  EXPECT_EQ(table.stats().complete, 1);
}

TEST(ContainerTable, UnknownToTheEngineIsAskedForAgain) {
  FakeTree tree;
  FakeEngine engine(tree.root() / "docker.sock");
  ContainerTable table(options(tree));
  std::string path = "/docker/" + a;
  table.of(exec_in({.cgroup = 7, .path = path}));
  engine.await_requests(2);
  EXPECT_EQ(table.find(a)->metadata, Metadata::pending);
  engine.has(a, inspect_of(a, "web", "nginx"));
  EXPECT_EQ(completed(table, a)->name, "web");
}

TEST(ContainerTable, ReasonWhyNothingIsKnown) {
  FakeTree tree;
  FakeEngine engine(tree.root() / "docker.sock");
  ContainerTable table(options(tree, milliseconds(1)));
  std::string path = "/docker/" + a;
  table.of(exec_in({.cgroup = 7, .path = path}));
  engine.await_requests(3);
  auto container = settled(table, a);
  EXPECT_EQ(container->metadata, Metadata::missing);
  EXPECT_NE(container->metadata_source, "");
}

TEST(ContainerTable, HugeAnswerIsRefused) {
  FakeTree tree;
  FakeEngine engine(tree.root() / "docker.sock");
  engine.has(a, inspect_of(a, std::string(5 << 20, 'x'), "nginx"));
  ContainerTable table(options(tree, milliseconds(0)));
  std::string path = "/docker/" + a;
  table.of(exec_in({.cgroup = 7, .path = path}));
  engine.await_requests(2);
  EXPECT_EQ(settled(table, a)->metadata, Metadata::missing);
  EXPECT_EQ(table.find(a)->name, "");
}

TEST(ContainerTable, WithoutEngineTheFilesTell) {
  FakeTree tree;
  tree.file("var/lib/docker/containers/" + a + "/config.v2.json", R"({"Name":"/web","Config":{"Image":"nginx:1"}})");
  tree.file("var/lib/docker/containers/" + a + "/hostconfig.json", R"({"Privileged":true})");
  ContainerTable table(options(tree));
  std::string path = "/docker/" + a;
  table.of(exec_in({.cgroup = 7, .path = path}));
  auto container = completed(table, a);
  EXPECT_EQ(container->name, "web");
  EXPECT_EQ(container->image, "nginx:1");
  EXPECT_TRUE(container->privileged);
}

TEST(ContainerTable, PlainRuntimesAreKnownByTheirId) {
  FakeTree tree;
  tree.process({.pid = 50, .pidns = 20, .mntns = 21}).file("run/runc/web/state.json", runc_state(50, ""));
  ContainerTable table(options(tree));
  table.of(open_in({.pidns = 20, .mntns = 21}));
  auto container = completed(table, "web");
  EXPECT_EQ(container->name, "web");
  EXPECT_EQ(container->init_pid, 50);
  EXPECT_EQ(container->start_ns, 1'767'225'600'000'000'000);
}

TEST(ContainerTable, LeastRecentlyUsedContainerGoesAndMayComeBack) {
  FakeTree tree;
  ContainerTable::Options few = options(tree);
  few.max_containers = 2;
  ContainerTable table(few);
  std::vector<std::string> paths;
  for (char digit : {'1', '2', '3'}) paths.push_back("/docker/" + std::string(64, digit));
  table.of(exec_in({.cgroup = 1, .path = paths[0]}));
  table.of(exec_in({.cgroup = 2, .path = paths[1]}));
  table.of(open_in({.cgroup = 1}));
  table.of(exec_in({.cgroup = 3, .path = paths[2]}));
  EXPECT_EQ(table.stats().containers, 2);
  EXPECT_EQ(table.stats().evicted, 1);
  EXPECT_FALSE(table.find(std::string(64, '2')));
  EXPECT_TRUE(table.find(std::string(64, '1')));
  EXPECT_EQ(table.of(open_in({.cgroup = 2}))->full_id, std::string(64, '2'));
  EXPECT_TRUE(table.find(std::string(64, '2')));
}

TEST(ContainerTable, CgroupsAreBounded) {
  FakeTree tree;
  ContainerTable::Options few = options(tree);
  few.max_cgroups = 1;
  ContainerTable table(few);
  std::string path = "/docker/" + a;
  EXPECT_TRUE(table.of(exec_in({.cgroup = 1, .path = path})));
  EXPECT_FALSE(table.of(exec_in({.cgroup = 2, .path = "/x", .pidns = 1, .mntns = 1})));
  EXPECT_FALSE(table.of(open_in({.cgroup = 1, .pidns = 1, .mntns = 1})));  // forgotten, and /proc does not know it
}

TEST(ContainerTable, LookupsPastTheLimitAreCounted) {
  FakeTree tree;
  FakeEngine engine(tree.root() / "docker.sock");
  engine.hang();
  ContainerTable table(options(tree));
  for (int i = 0; i < 1030; ++i) {
    std::string path = fmt::format("/docker/{:064x}", i);
    table.of(exec_in({.cgroup = std::uint64_t(i + 1), .path = path}));
  }
  EXPECT_EQ(table.stats().lookups_dropped, 6);
  EXPECT_EQ(table.stats().missing, 6);
  EXPECT_EQ(table.find(fmt::format("{:064x}", 1029))->metadata, Metadata::missing);
}

}  // namespace
}  // namespace eunomia
