// SPDX-License-Identifier: Apache-2.0
#include "engine/state/cgroup_path.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace eunomia {
namespace {

const std::string a(64, 'a'), b(64, 'b');

struct Case {
  std::string path;
  ContainerEngine engine;
  std::string id;
};

TEST(CgroupPath, NamesOfAllEngines) {
  using enum ContainerEngine;
  const std::string pod = "/kubepods/burstable/pod4cad64d0-7a36-452a-8a08-bd3a694cdad5/";
  const std::string slice = "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod4cad64d0_7a36.slice/";
  const std::vector<Case> cases = {
      {"/docker/" + a, docker, a},
      {"/docker/buildkit/" + a, docker, a},
      {"/system.slice/docker-" + a + ".scope", docker, a},
      {"/system.slice/docker-" + a + ".scope/init.scope", docker, a},
      {"/user.slice/user-1000.slice/user@1000.service/user.slice/docker-" + a + ".scope", docker, a},
      {slice + "docker-" + a + ".scope", docker, a},
      {"/ecs/0123456789abcdef/" + a, unknown, a},
      {"/default/" + a, containerd, a},
      {"/k8s.io/" + a, containerd, a},
      {"/system.slice/nerdctl-" + a + ".scope", containerd, a},
      {slice + "cri-containerd-" + a + ".scope", containerd, a},
      {"/system.slice/containerd.service/kubepods-pod4cad64d0.slice:cri-containerd:" + a, containerd, a},
      {pod + a, unknown, a},
      {slice + "crio-" + a + ".scope", crio, a},
      {slice + "crio-" + a + ".scope/container", crio, a},
      {pod + "crio-" + a, crio, a},
      {"/machine.slice/libpod-" + a + ".scope", podman, a},
      {"/machine.slice/libpod-" + a + ".scope/container", podman, a},
      {"/machine.slice/machine-libpod_pod_" + b + ".slice/libpod-" + a + ".scope", podman, a},
      {"/libpod_parent/libpod-" + a, podman, a},
      {"/user.slice/user-0.slice/session-1.scope/libpod-payload-" + a, podman, a},
      {"/system.slice/crun-web_1.scope", crun, "web_1"},
      {"/system.slice/runc-web.scope", runc, "web"},
  };
  for (const Case& one : cases) {
    ContainerId id = from_cgroup_path(one.path);
    EXPECT_EQ(id.full_id, one.id) << one.path;
    EXPECT_EQ(id.engine, one.engine) << one.path;
  }
}

TEST(CgroupPath, NotAContainer) {
  const std::vector<std::string> paths = {
      "",
      "/",
      "/init.scope",
      "/system.slice/ssh.service",
      "/system.slice/docker.service",
      "/user.slice/user-1000.slice/session-3.scope",
      "/process_api/4c75522565b90f385c02a682e86a1ce1",  // a supervisor's own: 32 digits
      "/machine.slice/libpod-conmon-" + a + ".scope",
      "/libpod_parent/conmon",
      "/kubepods.slice/crio-conmon-" + a + ".scope",
      "/kubepods.slice/kubepods-besteffort.slice",
      "/kubepods/burstable/pod4cad64d0-7a36-452a-8a08-bd3a694cdad5",
      "/lxc/web",
      "/docker/" + a.substr(1),
      "/docker/" + a + "a",
      "/docker/" + std::string(64, 'A'),
      "/docker-" + a + "x.scope",
      "/system.slice/runc-.scope",
      "/system.slice/runc-..scope",
      "/system.slice/crun-web",
  };
  for (const std::string& path : paths) EXPECT_EQ(from_cgroup_path(path), ContainerId{}) << path;
}

// Made inside container a: "b" is its claim only.
TEST(CgroupPath, OutermostContainerCounts) {
  EXPECT_EQ(from_cgroup_path("/docker/" + a + "/docker/" + b).full_id, a);
  EXPECT_EQ(from_cgroup_path("/system.slice/docker-" + a + ".scope/kubelet/cri-containerd-" + b + ".scope").full_id, a);
  EXPECT_EQ(from_cgroup_path("/system.slice/crun-x.scope/" + b).full_id, "x");
}

TEST(CgroupPath, ShortIds) {
  EXPECT_EQ(short_id(a), "aaaaaaaaaaaa");
  EXPECT_EQ(short_id("my-container_with.a+long-name"), "my-container_with.a+long-name");
}

TEST(CgroupPath, SafeIds) {
  for (const char* id : {"a", "web-1_x.y+z", "..."}) EXPECT_TRUE(is_safe_id(id)) << id;
  for (const char* id : {"", ".", "..", "a/b", "a b", "a\n", "%2e", "a?b"}) EXPECT_FALSE(is_safe_id(id)) << id;
  EXPECT_FALSE(is_safe_id(std::string(129, 'a')));
}

struct Telling {
  const char* text;
  unsigned hierarchy;
  const char *controllers, *path;
};

TEST(TellingCgroup, ChoosesAsTheKernelSideDoes) {
  const std::vector<Telling> cases = {
      {"0::/system.slice/ssh.service\n", 0, "", "/system.slice/ssh.service"},
      // hybrid: the unified hierarchy first, if the process is below its root there
      {"5:devices:/x\n0::/y\n", 0, "", "/y"},
      {"5:devices:/x\n0::/\n", 5, "devices", "/x"},
      // v1: in the order pids, devices, freezer, memory, cpu, cpuset, blkio, not in that of the file
      {"9:name=systemd:/s\n4:memory:/m\n5:devices:/d\n8:pids:/p\n0::/\n", 8, "pids", "/p"},
      {"9:name=systemd:/s\n4:memory:/m\n8:pids:/\n0::/\n", 4, "memory", "/m"},
      {"7:cpu,cpuacct:/c\n3:cpuset:/s\n", 7, "cpu,cpuacct", "/c"},
      {"7:cpuacct,cpu:/c\n3:cpuset:/s\n", 7, "cpuacct,cpu", "/c"},
      {"2:pids:/with:colon\n", 2, "pids", "/with:colon"},
  };
  for (const Telling& one : cases) {
    auto line = telling_cgroup(one.text);
    ASSERT_TRUE(line) << one.text;
    EXPECT_EQ(line->hierarchy, one.hierarchy) << one.text;
    EXPECT_EQ(line->controllers, one.controllers) << one.text;
    EXPECT_EQ(line->path, one.path) << one.text;
  }
}

TEST(TellingCgroup, NoneAtTheRootOfAll) {
  for (const char* text : {"", "0::/\n", "8:pids:/\n4:memory:/\n0::/\n", "9:name=systemd:/user.slice\n0::/\n",
                           "6:perf_event:/x\n", "garbage\n:::\n", "x:pids:/y\n"}) {
    EXPECT_FALSE(telling_cgroup(text)) << text;
  }
}

}  // namespace
}  // namespace eunomia
