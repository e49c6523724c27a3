// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/event/allocation_count.h"

#include <cstdlib>
#include <new>

namespace {
std::size_t count = 0;
}

namespace eunomia::test {
std::size_t allocations() { return count; }
}  // namespace eunomia::test

void* operator new(std::size_t size) {
  ++count;
  void* const memory = std::malloc(size != 0 ? size : 1);
  if (memory == nullptr) std::abort();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
