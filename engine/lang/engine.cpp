// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/engine.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "engine/lang/engine_impl.h"
#include "engine/lang/evaluator.h"

namespace eunomia::lang {
namespace {

constexpr std::array<std::string_view, 8> priorities = {"Emergency", "Alert",  "Critical",      "Error",
                                                        "Warning",   "Notice", "Informational", "Debug"};

bool equal_fold(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

std::string_view to_string(Priority priority) { return priorities.at(static_cast<std::size_t>(priority)); }

std::optional<Priority> parse_priority(std::string_view text) {
  if (equal_fold(text, "info")) return Priority::informational;
  const auto found = std::ranges::find_if(priorities, [&](auto name) { return equal_fold(name, text); });
  if (found == priorities.end()) return std::nullopt;
  return static_cast<Priority>(found - priorities.begin());
}

Engine::Engine() : impl_(std::make_unique<Impl>()) {}
Engine::Engine(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
Engine::~Engine() = default;

const Rule* Engine::match(const Context& context) const {
  const auto* found = Evaluator(impl_->program, context).first();
  return found ? &impl_->rules[found->rule] : nullptr;
}

void Engine::match_all(const Context& context, std::vector<const Rule*>& out) const {
  std::vector<std::uint32_t> rules;
  Evaluator(impl_->program, context).all(rules);
  for (const auto rule : rules) out.push_back(&impl_->rules[rule]);
}

void Engine::matches(const Context& context, Matching matching, std::vector<Match>& out) const {
  Evaluator(impl_->program, context).visit_matches(matching == Matching::all, [&](const Candidate& candidate) {
    out.push_back({&impl_->rules[candidate.rule], candidate.step, candidate.counts});
  });
}

Rendered Engine::render(const Rule& rule, const Context& context) const {
  return lang::render(impl_->outputs[rule.index], context);
}

std::span<const Rule> Engine::rules() const { return impl_->rules; }

const Rule* Engine::find(std::string_view name) const {
  const auto found = std::ranges::find(impl_->rules, name, &Rule::name);
  return found == impl_->rules.end() ? nullptr : &*found;
}

const ir::Node& Engine::condition(const Rule& rule) const { return *impl_->conditions[rule.index]; }

const Program& Engine::program() const { return impl_->program; }

EventSet Engine::events() const { return impl_->events; }

}  // namespace eunomia::lang
