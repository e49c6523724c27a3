// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/event/read_field.h"

namespace eunomia {
namespace {

using test::read;

constexpr std::uint64_t second = 1'000'000'000;

const Container web{.id = "0123456789ab",
                    .full_id = "0123456789abcdef",
                    .engine = ContainerEngine::docker,
                    .metadata = Metadata::complete,
                    .name = "web",
                    .image = "nginx:1.25",
                    .image_repository = "nginx",
                    .image_tag = "1.25",
                    .image_id = "sha256:aa",
                    .image_digest = "sha256:bb",
                    .privileged = true,
                    .start_ns = 1005 * second,
                    .ip = "172.17.0.2",
                    .labels = {{"io.kubernetes.pod.name", "web-1"},
                               {"io.kubernetes.pod.namespace", "shop"},
                               {"io.kubernetes.pod.uid", "3e41"},
                               {"io.kubernetes.sandbox.id", "fedcba9876543210"},
                               {"app.kubernetes.io/name", "web"},
                               {"empty", ""}},
                    .mounts = {"/var/run:/run::true:rprivate", "/etc:/host/etc:ro:false:rslave"}};

const Event event{.type = EventType::openat, .time_ns = 10 * second};

std::string of_web(std::string_view field) {
  return read(field, event, {.container = &web, .boot_time_ns = 1000 * second});
}

TEST(ContainerFields, Known) {
  EXPECT_EQ(of_web("container.id"), "0123456789ab");
  EXPECT_EQ(of_web("container.full_id"), "0123456789abcdef");
  EXPECT_EQ(of_web("container.type"), "docker");
  EXPECT_EQ(of_web("container.name"), "web");
  EXPECT_EQ(of_web("container.image"), "nginx:1.25");
  EXPECT_EQ(of_web("container.image.repository"), "nginx");
  EXPECT_EQ(of_web("container.image.tag"), "1.25");
  EXPECT_EQ(of_web("container.image.id"), "sha256:aa");
  EXPECT_EQ(of_web("container.image.digest"), "sha256:bb");
  EXPECT_EQ(of_web("container.privileged"), "true");
  EXPECT_EQ(of_web("container.start_ts"), "1005000000000");
  EXPECT_EQ(of_web("container.duration"), "5000000000");
  EXPECT_EQ(of_web("container.ip"), "172.17.0.2");
  EXPECT_EQ(of_web("container.label.app.kubernetes.io/name"), "web");
  EXPECT_EQ(of_web("container.label[empty]"), "");
  EXPECT_EQ(of_web("container.label.none"), "<NA>");
  const Container labelled{.metadata = Metadata::complete, .labels = {{"a", "1"}, {"b", "x, y"}}},
      plain{.metadata = Metadata::complete};
  EXPECT_EQ(read("container.labels", {.type = EventType::open}, {.container = &labelled}), "a:1, b:x, y");
  EXPECT_EQ(read("k8s.pod.labels", {.type = EventType::open}, {.container = &labelled}), "<NA>");
  EXPECT_EQ(read("container.labels", {.type = EventType::open}, {.container = &plain}), "<NA>");
  EXPECT_NE(of_web("k8s.pod.labels"), "<NA>");
}

TEST(ContainerFields, Mounts) {
  EXPECT_EQ(of_web("container.mounts"), "/var/run:/run::true:rprivate,/etc:/host/etc:ro:false:rslave");
  EXPECT_EQ(of_web("container.mount[1]"), "/etc:/host/etc:ro:false:rslave");
  EXPECT_EQ(of_web("container.mount[2]"), "none");
  EXPECT_EQ(of_web("container.mount[/etc]"), "/etc:/host/etc:ro:false:rslave");
  EXPECT_EQ(of_web("container.mount[/var/*]"), "/var/run:/run::true:rprivate");
  EXPECT_EQ(of_web("container.mount[/opt]"), "none");
  EXPECT_EQ(of_web("container.mount.source[/host/*]"), "/etc");
  EXPECT_EQ(of_web("container.mount.dest[/etc]"), "/host/etc");
  EXPECT_EQ(of_web("container.mount.mode[/etc]"), "ro");
  EXPECT_EQ(of_web("container.mount.mode[0]"), "<NA>");
  EXPECT_EQ(of_web("container.mount.rdwr[/etc]"), "false");
  EXPECT_EQ(of_web("container.mount.propagation[1]"), "rslave");
}

TEST(ContainerFields, Kubernetes) {
  EXPECT_EQ(of_web("k8s.ns.name"), "shop");
  EXPECT_EQ(of_web("k8s.pod.name"), "web-1");
  EXPECT_EQ(of_web("k8s.pod.id"), "3e41");
  EXPECT_EQ(of_web("k8s.pod.uid"), "3e41");
  EXPECT_EQ(of_web("k8s.pod.sandbox_id"), "fedcba987654");
  EXPECT_EQ(of_web("k8s.pod.full_sandbox_id"), "fedcba9876543210");
  EXPECT_EQ(of_web("k8s.pod.ip"), "172.17.0.2");
  EXPECT_EQ(of_web("k8s.pod.label[app.kubernetes.io/name]"), "web");
}

TEST(ContainerFields, Host) {
  for (const auto* field : {"container.id", "container.full_id", "container.name", "container.type"})
    EXPECT_EQ(read(field, event), "host") << field;
  for (const auto* field : {"container.image", "container.privileged", "container.start_ts", "container.mounts",
                            "container.mount[0]", "container.label.a", "k8s.pod.name"})
    EXPECT_EQ(read(field, event), "<NA>") << field;
}

bool touches_pending(std::string_view field, const Container& container) {
  bool pending = false;
  const std::string value = read(field, event, {.container = &container, .pending = &pending});
  EXPECT_TRUE(!pending || value == "<NA>") << field << " is " << value;
  return pending;
}

TEST(ContainerFields, PendingMetadataMarksTheContext) {
  Container container = web;
  container.metadata = Metadata::pending;
  for (const auto* field :
       {"container.name", "container.image", "container.image.repository", "container.image.tag", "container.image.id",
        "container.image.digest", "container.privileged", "container.start_ts", "container.duration", "container.ip",
        "container.mounts", "container.mount[0]", "container.mount.source[0]", "container.label.a", "k8s.pod.name",
        "k8s.ns.name", "k8s.pod.ip", "k8s.pod.label.a"})
    EXPECT_TRUE(touches_pending(field, container)) << field;
  for (const auto* field : {"container.id", "container.full_id", "container.type", "proc.name", "fd.containername"})
    EXPECT_FALSE(touches_pending(field, container)) << field;
}

TEST(ContainerFields, EngineThatIsNotKnownYet) {
  EXPECT_TRUE(touches_pending("container.type", {.id = "a"}));
  EXPECT_EQ(read("container.type", event, {}), "host");
}

TEST(ContainerFields, MissingMetadataIsMissing) {
  Container container = web;
  container.metadata = Metadata::missing;
  for (const auto* field : {"container.name", "container.image", "container.privileged", "k8s.pod.name"}) {
    EXPECT_FALSE(touches_pending(field, container)) << field;
    EXPECT_EQ(read(field, event, {.container = &container}), "<NA>") << field;
  }
  EXPECT_EQ(read("container.id", event, {.container = &container}), "0123456789ab");
}

}  // namespace
}  // namespace eunomia
