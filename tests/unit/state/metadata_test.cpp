// SPDX-License-Identifier: Apache-2.0
#include "engine/state/metadata.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eunomia {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

const std::string a(64, 'a');

TEST(Metadata, ImageNames) {
  struct Case {
    const char* image;
    ImageName parts;
  };
  const std::vector<Case> cases = {
      {"nginx", {"nginx", "latest", ""}},
      {"nginx:1.25", {"nginx", "1.25", ""}},
      {"docker.io/library/nginx:1.25", {"docker.io/library/nginx", "1.25", ""}},
      {"registry:5000/team/app", {"registry:5000/team/app", "latest", ""}},
      {"registry:5000/team/app:1.2", {"registry:5000/team/app", "1.2", ""}},
      {"registry:5000/team/app:1.2@sha256:12ab", {"registry:5000/team/app", "1.2", "sha256:12ab"}},
      {"app@sha256:12ab", {"app", "", "sha256:12ab"}},
      {"sha256:12ab", {"", "", ""}},
      {a.c_str(), {"", "", ""}},
      {"", {"", "", ""}},
  };
  for (const Case& one : cases) EXPECT_EQ(split_image(one.image), one.parts) << one.image;
}

TEST(Metadata, Times) {
  EXPECT_EQ(parse_time("1970-01-01T00:00:01Z"), 1'000'000'000);
  EXPECT_EQ(parse_time("2026-11-23T19:23:41.703875453Z"), 1'795'461'821'703'875'453);
  EXPECT_EQ(parse_time("2026-11-23T19:23:41.7Z"), 1'795'461'821'700'000'000);
  EXPECT_EQ(parse_time("2026-11-23T21:23:41+02:00"), 1'795'461'821'000'000'000);
  EXPECT_EQ(parse_time("2026-11-23T14:53:41-04:30"), 1'795'461'821'000'000'000);
  for (const char* text : {"", "0001-01-01T00:00:00Z", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z",
                           "2026/02/03T00:00:00Z", "yesterday at about half past nine"}) {
    EXPECT_EQ(parse_time(text), 0) << text;
  }
}

std::string inspect(const std::string& id) {
  return R"({"Id":")" + id + R"(","Name":"/web","Image":"sha256:12ab",
    "State":{"Pid":812,"StartedAt":"2026-11-23T19:23:41Z"},
    "Config":{"Image":"nginx:1.25","Labels":{"tier":"front","odd":7}},
    "HostConfig":{"Privileged":true},
    "NetworkSettings":{"IPAddress":"","Networks":{"back":{"IPAddress":"10.1.2.3"}}},
    "Mounts":[{"Source":"/srv","Destination":"/data","Mode":"ro","RW":false,"Propagation":"rprivate"}]})";
}

TEST(Metadata, DockerInspect) {
  auto told = from_inspect(inspect(a), {.full_id = a});
  ASSERT_TRUE(told) << told.error();
  EXPECT_EQ(told->name, "web");
  EXPECT_EQ(told->image, "nginx:1.25");
  EXPECT_EQ(told->image_repository, "nginx");
  EXPECT_EQ(told->image_tag, "1.25");
  EXPECT_EQ(told->image_id, "sha256:12ab");
  EXPECT_TRUE(told->privileged);
  EXPECT_EQ(told->start_ns, 1'795'461'821'000'000'000);
  EXPECT_EQ(told->init_pid, 812);
  EXPECT_EQ(told->ip, "10.1.2.3");
  EXPECT_THAT(told->labels, ElementsAre(Pair("tier", "front")));
  EXPECT_THAT(told->mounts, ElementsAre("/srv:/data:ro:false:rprivate"));
}

TEST(Metadata, InspectOfTheWrongShapeIsRefused) {
  EXPECT_EQ(from_inspect("<html>", {.full_id = a}).error(), "the answer is not JSON");
  EXPECT_EQ(from_inspect("17", {.full_id = a}).error(), "the answer is not JSON");
  EXPECT_EQ(from_inspect(inspect("other"), {.full_id = a}).error(), "the answer is about another container");
  EXPECT_EQ(from_inspect(R"({"Id":")" + a + R"("})", {.full_id = a}).error(), "the answer names no container");
  EXPECT_TRUE(from_inspect(R"({"Id":")" + a + R"(","Name":"x","State":7,"Config":[],"Mounts":{"a":1},"HostConfig":null,
      "NetworkSettings":{"Networks":[1,"a"]}})",
                           {.full_id = a}));
}

TEST(Metadata, LabelsAndMountsAreCapped) {
  std::string labels, mounts;
  for (int i = 0; i < 1000; ++i) {
    labels += fmt::format(R"({}"k{}":"{}")", i ? "," : "", i, std::string(5000, 'v'));
    mounts += fmt::format(R"({}{{"Source":"/s{}"}})", i ? "," : "", i);
  }
  auto told = from_inspect(
      fmt::format(R"({{"Id":"{}","Name":"x","Config":{{"Labels":{{{}}}}},"Mounts":[{}]}})", a, labels, mounts),
      {.full_id = a});
  ASSERT_TRUE(told);
  EXPECT_EQ(told->labels.size(), 128);
  EXPECT_EQ(told->labels.begin()->second.size(), 1024);
  EXPECT_EQ(told->mounts.size(), 128);
}

TEST(Metadata, DockersOwnConfiguration) {
  auto told = from_docker_config(R"({"Name":"/web","Image":"sha256:12ab","Config":{"Image":"nginx","Labels":null},
      "State":{"Pid":5,"StartedAt":"1970-01-01T00:00:01Z"},"MountPoints":{"/data":{"Source":"/srv","Destination":"/data",
      "RW":true,"Propagation":"rslave"}}})",
                                 R"({"Privileged":true})", {.full_id = a});
  ASSERT_TRUE(told);
  EXPECT_EQ(told->name, "web");
  EXPECT_EQ(told->image, "nginx");
  EXPECT_EQ(told->image_tag, "latest");
  EXPECT_TRUE(told->privileged);
  EXPECT_THAT(told->mounts, ElementsAre("/srv:/data::true:rslave"));
}

TEST(Metadata, BundleOfContainerdInKubernetes) {
  auto told = from_oci_config(R"({"annotations":{"io.kubernetes.cri.container-name":"app",
      "io.kubernetes.cri.image-name":"quay.io/team/app:v2","io.kubernetes.cri.sandbox-name":"app-7f",
      "io.kubernetes.cri.sandbox-namespace":"prod","io.kubernetes.cri.sandbox-uid":"u-1"},
      "mounts":[{"type":"proc","destination":"/proc"},
                {"type":"bind","source":"/srv","destination":"/data","options":["rbind","rprivate","ro"]}]})",
                              {.full_id = a});
  ASSERT_TRUE(told);
  EXPECT_EQ(told->name, "app");
  EXPECT_EQ(told->image_repository, "quay.io/team/app");
  EXPECT_EQ(told->image_tag, "v2");
  EXPECT_EQ(told->labels["io.kubernetes.pod.name"], "app-7f");
  EXPECT_EQ(told->labels["io.kubernetes.pod.namespace"], "prod");
  EXPECT_EQ(told->labels["io.kubernetes.pod.uid"], "u-1");
  EXPECT_THAT(told->mounts, ElementsAre("/srv:/data:ro:false:rprivate"));
  EXPECT_FALSE(told->privileged);
}

TEST(Metadata, BundleOfCrio) {
  auto told = from_oci_config(R"({"annotations":{"io.kubernetes.cri-o.Name":"k8s_app","io.kubernetes.cri-o.ImageName":
      "registry/app:1","io.kubernetes.cri-o.Labels":"{\"app\":\"shop\",\"io.kubernetes.pod.name\":\"shop-1\"}",
      "io.kubernetes.cri-o.KubeName":"other"}})",
                              {.full_id = a});
  ASSERT_TRUE(told);
  EXPECT_EQ(told->name, "k8s_app");
  EXPECT_EQ(told->image, "registry/app:1");
  EXPECT_EQ(told->labels["app"], "shop");
  EXPECT_EQ(told->labels["io.kubernetes.pod.name"], "shop-1");
}

std::string oci(const char* capabilities, const char* masked, const char* devices) {
  return fmt::format(R"({{"process":{{"capabilities":{{"bounding":[{}]}}}},"linux":{{"maskedPaths":[{}],
      "resources":{{"devices":[{}]}}}}}})",
                     capabilities, masked, devices);
}

TEST(Metadata, PrivilegedIsAllOfItTogether) {
  const char *caps = R"("CAP_SYS_ADMIN","CAP_SYS_MODULE")", *all = R"({"allow":true,"access":"rwm"})";
  EXPECT_TRUE(from_oci_config(oci(caps, "", all), {})->privileged);
  EXPECT_FALSE(from_oci_config(oci(R"("CAP_SYS_ADMIN")", "", all), {})->privileged);
  EXPECT_FALSE(from_oci_config(oci(caps, R"("/proc/kcore")", all), {})->privileged);
  EXPECT_FALSE(from_oci_config(oci(caps, "", R"({"allow":false,"access":"rwm"})"), {})->privileged);
  EXPECT_FALSE(from_oci_config(oci(caps, "", R"({"allow":true,"access":"rwm","major":1})"), {})->privileged);
}

TEST(Metadata, StorageOfPodman) {
  std::string list =
      R"([{"id":"x"},{"id":")" + a +
      R"(","names":["web"],"image":"12ab","metadata":"{\"image-name\":\"docker.io/library/nginx:1\"}"}])";
  auto told = from_storage(list, {.full_id = a});
  ASSERT_TRUE(told);
  EXPECT_EQ(told->name, "web");
  EXPECT_EQ(told->image, "docker.io/library/nginx:1");
  EXPECT_EQ(told->image_id, "12ab");
  EXPECT_FALSE(from_storage(list, {.full_id = "y"}));
  EXPECT_FALSE(from_storage("{}", {.full_id = a}));
}

TEST(Metadata, RuncState) {
  auto state = from_runc_state(R"({"id":"web","init_process_pid":6990,"created":"1970-01-01T00:00:01Z",
      "cgroup_paths":{"":"/sys/fs/cgroup/unified/web","memory":"/sys/fs/cgroup/memory/jobs/web","pids":"/sys/fs/cgroup/pids/web"},
      "config":{"labels":["x=y","bundle=/srv/web"]}})");
  ASSERT_TRUE(state);
  EXPECT_EQ(state->init_pid, 6990);
  EXPECT_EQ(state->created_ns, 1'000'000'000);
  EXPECT_EQ(state->bundle, "/srv/web");
  EXPECT_THAT(state->cgroup_paths, UnorderedElementsAre("/web", "/jobs/web"));
  auto unified = from_runc_state(R"({"init_process_pid":1,"cgroup_paths":{"":"/sys/fs/cgroup/system.slice/web"}})");
  EXPECT_THAT(unified->cgroup_paths, ElementsAre("/system.slice/web"));
}

TEST(Metadata, CrunStatus) {
  auto state =
      from_crun_status(R"({"pid":139179,"cgroup-path":"/busy","bundle":"/home/b","created":"1970-01-01T00:00:01Z"})");
  ASSERT_TRUE(state);
  EXPECT_EQ(state->init_pid, 139179);
  EXPECT_EQ(state->created_ns, 1'000'000'000);
  EXPECT_EQ(state->bundle, "/home/b");
  EXPECT_THAT(state->cgroup_paths, ElementsAre("/busy"));
  EXPECT_THAT(from_crun_status(R"({"pid":1,"cgroup-path":""})")->cgroup_paths, IsEmpty());
}

TEST(Metadata, CgroupThatABundleAsksFor) {
  EXPECT_EQ(oci_cgroup(R"({"linux":{"cgroupsPath":"/jobs/one"}})"), "jobs/one");
  EXPECT_EQ(oci_cgroup(R"({"linux":{"cgroupsPath":"jobs/one"}})"), "jobs/one");
  EXPECT_EQ(oci_cgroup(R"({"linux":{"cgroupsPath":"system.slice:lab:one"}})"), "lab-one.scope");
  EXPECT_EQ(oci_cgroup("{}"), "");
  EXPECT_EQ(oci_cgroup("{"), std::nullopt);
}

TEST(Metadata, HalfWrittenStateIsNone) {
  for (const char* text : {"", "{", R"({"id":"x"})", "[]", R"({"pid":-5,"init_process_pid":"7"})"}) {
    EXPECT_FALSE(from_runc_state(text)) << text;
    EXPECT_FALSE(from_crun_status(text)) << text;
  }
}

}  // namespace
}  // namespace eunomia
