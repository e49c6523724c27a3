// SPDX-License-Identifier: Apache-2.0
//
// Counts the allocations of the test program. The replaced operator new is apart from its users, so that the compiler
// neither inlines it nor leaves out a call.
#pragma once

#include <cstddef>

namespace eunomia::test {

std::size_t allocations();

}  // namespace eunomia::test
