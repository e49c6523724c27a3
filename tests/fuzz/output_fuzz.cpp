// SPDX-License-Identifier: Apache-2.0
//
// libFuzzer: any bytes as a rule's output. What is accepted renders to one line without control characters.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/lang/format.h"
#include "engine/lang/sample.h"

using namespace eunomia;
using namespace eunomia::lang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto sample =
      Sample::make({{"evt.type", "openat"}, {"fd.name", "/tmp/\x1b[31m\n\xff"}, {"proc.name", "cat"}});
  const auto output = parse_output({reinterpret_cast<const char*>(data), size});
  if (!output) return 0;
  const auto rendered = render(*output, (*sample)->context());
  if (std::ranges::any_of(rendered.text, [](unsigned char c) { return c < 0x20 || c == 0x7F; })) std::abort();
  return 0;
}
