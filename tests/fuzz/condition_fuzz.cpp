// SPDX-License-Identifier: Apache-2.0
//
// libFuzzer: any bytes as a condition. What is accepted prints as a condition that reads back as itself, and the
// compiled engine agrees with the naive evaluator about it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "engine/lang/compiler.h"
#include "engine/lang/evaluator.h"
#include "engine/lang/items.h"
#include "engine/lang/naive.h"
#include "engine/lang/report.h"
#include "engine/lang/resolver.h"
#include "engine/lang/sample.h"

using namespace eunomia;
using namespace eunomia::lang;

namespace {

ir::NodePtr resolve(std::string_view text) {
  static const SourceFile file("fuzz.yaml", "");
  static const Items items;
  Report report;
  RuleItem rule;
  rule.name = "R";
  rule.condition = MappedText(text, {&file, 0});
  const auto resolved = Resolver(items, report).resolve(rule);
  return resolved ? resolved->condition : nullptr;
}

const std::vector<std::unique_ptr<Sample>>& samples() {
  static const auto made = [] {
    std::vector<std::unique_ptr<Sample>> out;
    for (const FieldMap& fields : std::vector<FieldMap>{
             {{"evt.type", "openat"}, {"fd.name", "/etc/passwd"}, {"proc.name", "cat"}, {"proc.pname", "sh"}},
             {{"evt.type", "execve"}, {"proc.cmdline", "sh -c id"}, {"container.id", "0123456789ab"}},
             {{"evt.type", "connect"}, {"fd.name", "10.0.0.2:40000->93.184.216.34:443"}, {"proc.name", "curl"}}})
      out.push_back(std::move(*Sample::make(fields)));
    return out;
  }();
  return made;
}

void fail(std::string_view what, const std::string& text) {
  std::fprintf(stderr, "%.*s: %s\n", static_cast<int>(what.size()), what.data(), text.c_str());
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto node = resolve({reinterpret_cast<const char*>(data), size});
  if (!node) return 0;
  const auto text = ir::to_string(*node);
  const auto again = resolve(text);
  if (!again || ir::to_string(*again) != text) fail("does not read back", text);
  Compiler compiler;
  const auto events = compiler.add(0, *node, true);
  (void)events;
  const auto program = compiler.finish();
  for (const auto& sample : samples()) {
    const auto context = sample->context();
    const auto& candidates = program.dispatch[static_cast<std::size_t>(context.event.type)];
    const bool fires = !candidates.empty() && Evaluator(program, context).matches(candidates.front().root);
    if (fires != naive_match(*node, sample->context())) fail("evaluators disagree", text);
  }
  return 0;
}
