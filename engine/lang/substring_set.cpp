// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/substring_set.h"

namespace eunomia::lang {
namespace {

unsigned char lower(unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }

}  // namespace

SubstringSet::SubstringSet(std::span<const std::string> parts, bool fold) {
  make_classes(parts, fold);
  table_.assign(width_, 0);
  for (std::uint32_t i = 0; i < parts.size(); ++i) add(parts[i], i);
  link();
}

// Bytes that occur in no part are all alike: class 0.
void SubstringSet::make_classes(std::span<const std::string> parts, bool fold) {
  std::uint16_t count = 0;
  for (const auto& part : parts)
    for (const unsigned char c : part)
      if (auto& known = classes_[fold ? lower(c) : c]; known == 0) known = ++count;
  for (std::size_t c = 'A'; fold && c <= 'Z'; ++c) classes_[c] = classes_[c + 32];
  width_ = count + 2U;
}

// A path of states for the part; 0 in the table: no such state yet.
void SubstringSet::add(std::string_view part, std::uint32_t id) {
  std::size_t state = 0;
  for (const char c : part) {
    const auto at = state + classes_[static_cast<unsigned char>(c)];
    if (table_[at] == 0) {
      const auto created = static_cast<std::uint32_t>(table_.size());
      table_.resize(table_.size() + width_, 0);
      table_[at] = created;
    }
    state = table_[at];
  }
  auto& first = table_[state + width_ - 1];
  outputs_.push_back({id, first});
  first = static_cast<std::uint32_t>(outputs_.size() - 1);
}

// Breadth first: what a state lacks, it takes from the state of its longest proper suffix, which is done by then.
void SubstringSet::link() {
  std::vector<std::uint32_t> suffix(table_.size() / width_, 0), queue = {0};
  for (std::size_t done = 0; done < queue.size(); ++done) {
    const auto state = queue[done];
    const auto shorter = suffix[state / width_];
    for (std::size_t c = 0; c + 1 < width_; ++c) {
      auto& next = table_[state + c];
      const auto fallback = state == 0 ? 0 : table_[shorter + c];
      if (next == 0) {
        next = fallback;
        continue;
      }
      suffix[next / width_] = fallback;
      queue.push_back(next);
    }
    if (state != 0) chain(state, shorter);
  }
}

// What ends with the suffix ends here too.
void SubstringSet::chain(std::size_t state, std::size_t shorter) {
  auto* at = &table_[state + width_ - 1];
  while (*at != 0) at = &outputs_[*at].next;
  *at = output(shorter);
}

}  // namespace eunomia::lang
