// SPDX-License-Identifier: Apache-2.0
#include "engine/privileges.h"

#include <linux/capability.h>

namespace eunomia {
namespace {

using testing::HasSubstr;

TEST(Privileges, NothingMissingNothingSaid) { EXPECT_EQ(describe_missing({}), ""); }

TEST(Privileges, WhatIsMissingIsNamedWithItsPurposeAndTheWayToGetIt) {
  const std::string text = describe_missing({{CAP_BPF, "CAP_BPF", "loading BPF programs"}});
  EXPECT_THAT(text, AllOf(HasSubstr("CAP_BPF is missing, for loading BPF programs"), HasSubstr("sudo"),
                          HasSubstr("--cap-add CAP_BPF")));
}

TEST(Privileges, WhatIsNeededHasNamesThatMatchTheNumbers) {
  for (const Privilege& privilege : needed_privileges()) {
    EXPECT_THAT(privilege.name, testing::StartsWith("CAP_"));
    EXPECT_STRNE(privilege.needed_for, "");
  }
}

}  // namespace
}  // namespace eunomia
