// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/engine.h"

#include <gtest/gtest.h>

TEST(Engine, Smoke) {
  auto r = eunomia::lang::load_text("a.yaml",
                                    "- rule: A\n  desc: d\n  condition: evt.type=openat and fd.name=/etc/shadow\n  "
                                    "output: read %fd.name\n  priority: WARNING\n");
  for (auto& d : r.diagnostics) std::cout << to_text(d);
  ASSERT_TRUE(r.engine);
  std::filesystem::path p = std::string(EUNOMIA_SOURCE_DIR) + "/../shared/data/falco/falco_rules.yaml";
  auto f = eunomia::lang::load({&p, 1});
  for (auto& d : f.diagnostics) std::cout << to_text(d);
  ASSERT_TRUE(f.engine);
}
