// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "tests/unit/event/read_field.h"

namespace eunomia {
namespace {

using test::read;

// Keeps only the last answer, as Names may.
class FakeNames : public Names {
 public:
  [[nodiscard]] std::optional<std::string_view> user(std::uint32_t uid) const override {
    if (uid != 0 && uid != 1000) return std::nullopt;
    return last_ = uid == 0 ? "root" : "alice";
  }
  [[nodiscard]] std::optional<std::string_view> group(std::uint32_t gid) const override {
    if (gid != 27) return std::nullopt;
    return last_ = "sudo";
  }
  [[nodiscard]] std::string_view home(std::uint32_t uid) const override { return last_ = uid == 0 ? "/root" : ""; }

 private:
  mutable std::string last_;
};

const FakeNames names;
// What a user sees after "sudo": the effective user is root, whoever logged in.
const Event as_root{.type = EventType::execve, .uid = 1000, .gid = 1000, .euid = 0, .egid = 27, .loginuid = 1000};

TEST(UserFields, EffectiveAndLogin) {
  EXPECT_EQ(read("user.uid", as_root), "0");
  EXPECT_EQ(read("user.name", as_root, {.names = &names}), "root");
  EXPECT_EQ(read("user.homedir", as_root, {.names = &names}), "/root");
  EXPECT_EQ(read("user.loginuid", as_root), "1000");
  EXPECT_EQ(read("user.loginname", as_root, {.names = &names}), "alice");
  EXPECT_EQ(read("group.gid", as_root), "27");
  EXPECT_EQ(read("group.name", as_root, {.names = &names}), "sudo");
}

TEST(UserFields, NobodyLoggedIn) {
  const Event event{.type = EventType::execve};
  EXPECT_EQ(read("user.loginuid", event), "-1");
  EXPECT_EQ(read("user.loginname", event, {.names = &names}), "<NA>");
}

TEST(UserFields, WithoutNames) {
  const Event stranger{.type = EventType::execve, .euid = 5, .egid = 5};
  EXPECT_EQ(read("user.name", as_root), "<NA>");
  EXPECT_EQ(read("user.name", stranger, {.names = &names}), "<NA>");
  EXPECT_EQ(read("group.name", stranger, {.names = &names}), "<NA>");
  EXPECT_EQ(read("user.homedir", stranger, {.names = &names}), "<NA>");
}

TEST(UserFields, NamesOfOneEventStayTogether) {
  Scratch scratch;
  const Context context{.event = as_root, .names = &names, .scratch = scratch};
  const Value user = find_field("user.name")->field->extract(context, {});
  const Value login = find_field("user.loginname")->field->extract(context, {});
  EXPECT_EQ(test::show(user) + " " + test::show(login), "root alice");
}

}  // namespace
}  // namespace eunomia
