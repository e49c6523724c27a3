// SPDX-License-Identifier: Apache-2.0
//
// Which of many texts occur in a text, in one pass over it: an automaton of Aho and Corasick ("Efficient string
// matching", 1975) with all its transitions in one table, over classes of bytes. Immutable after construction; any
// thread may ask. A byte costs one load that hits the cache, but the table is large: for a few texts, memmem is
// quicker.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eunomia::lang {

class SubstringSet {
 public:
  SubstringSet() = default;
  // With `fold`, ASCII letters match in either case.
  SubstringSet(std::span<const std::string> parts, bool fold);

  [[nodiscard]] bool any(std::string_view text) const {
    auto state = std::size_t{0};
    if (output(state) != 0) return true;
    for (const auto c : text) {
      state = step(state, c);
      if (output(state) != 0) return true;
    }
    return false;
  }

  // Calls found(i) for parts[i] wherever it ends in the text, so possibly more than once.
  template <class Found>
  void each(std::string_view text, Found&& found) const {
    auto state = std::size_t{0};
    report(state, found);
    for (const auto c : text) {
      state = step(state, c);
      report(state, found);
    }
  }

 private:
  struct Output {
    std::uint32_t part, next;  // next: another one that ends here, 0: none
  };
  [[nodiscard]] std::size_t step(std::size_t state, char c) const {
    return table_[state + classes_[static_cast<unsigned char>(c)]];
  }
  [[nodiscard]] std::uint32_t output(std::size_t state) const { return table_[state + width_ - 1]; }
  template <class Found>
  void report(std::size_t state, Found&& found) const {
    for (auto at = output(state); at != 0; at = outputs_[at].next) found(outputs_[at].part);
  }
  void make_classes(std::span<const std::string> parts, bool fold);
  void add(std::string_view part, std::uint32_t id);
  void link();
  void chain(std::size_t state, std::size_t shorter);

  // A row for each state, and states are named by where their row begins: the next state by class of byte, then the
  // first output. State 0 is the start.
  std::vector<std::uint32_t> table_ = {0, 0};
  std::vector<std::uint16_t> classes_ = std::vector<std::uint16_t>(256);  // by byte
  std::size_t width_ = 2;
  std::vector<Output> outputs_ = {{0, 0}};
};

}  // namespace eunomia::lang
