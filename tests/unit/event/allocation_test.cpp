// SPDX-License-Identifier: Apache-2.0
//
// Reading fields costs no allocation once the Scratch has what an event needs: rules run on every event.
#include <sys/socket.h>

#include "engine/event/field.h"
#include "tests/unit/event/allocation_count.h"

namespace eunomia {
namespace {

void extract_all(const Context& context) {
  for (const Field& field : fields()) {
    if (field.extract == nullptr) continue;
    for (const FieldArg& arg : {FieldArg{}, FieldArg{0, {}}, FieldArg{{}, "io.kubernetes.pod.namespace"}})
      field.extract(context, arg);
  }
  context.scratch.clear();
}

TEST(Allocation, NoneInSteadyState) {
  const auto parent = std::make_shared<const Process>(Process{.pid = 1, .name = "init"});
  const Process process{.pid = 7, .start_ns = 1, .ppid = 1, .name = "cat", .cwd = "/root", .parent = parent};
  const Container container{.metadata = Metadata::complete,
                            .labels = {{"io.kubernetes.pod.namespace", "x"}},
                            .mounts = {"/etc:/host/etc:ro:false:rslave"}};
  Scratch scratch;
  for (std::size_t type = 1; type < EV_TYPE_COUNT; ++type) {
    Event event{.type = static_cast<EventType>(type), .flags = EVF_USER_PATH, .time_ns = 9, .pid = 7};
    event.path = "../x", event.base = "/etc", event.family = AF_INET;
    event.local = event.remote = {.family = 4, .bytes = {10, 0, 0, 1}};
    event.cap_effective = UINT64_MAX;
    const Context context{.event = event, .process = &process, .container = &container, .scratch = scratch};
    extract_all(context);
    const std::size_t before = test::allocations();
    extract_all(context);
    EXPECT_EQ(test::allocations(), before) << event_name(event.type);
  }
}

TEST(Allocation, TheTestCounts) {
  const std::size_t before = test::allocations();
  const std::string text(100, 'x');
  EXPECT_GT(test::allocations(), before) << text;
}

}  // namespace
}  // namespace eunomia
