// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/regex_set.h"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>

#include "engine/lang/match.h"

namespace eunomia::lang {
namespace {

bool full_match(std::string_view text, const RE2& regex) {
  return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), regex);
}

}  // namespace

struct RegexSet::Together {
  explicit Together(const RE2::Options& options) : set(options, RE2::ANCHOR_BOTH) {}
  RE2::Set set;
};

RegexSet::RegexSet(std::span<const std::string> patterns) {
  for (const auto& pattern : patterns) {
    std::shared_ptr<const RE2> regex = make_regex(pattern);
    const bool bytes = regex->options().encoding() == RE2::Options::EncodingLatin1;
    (bytes ? bytes_ : utf8_).push_back(std::move(regex));
  }
  if (bytes_.size() < 2) return;
  auto together = std::make_shared<Together>(bytes_.front()->options());
  for (const auto& regex : bytes_)
    if (together->set.Add(regex->pattern(), nullptr) < 0) return;
  if (together->set.Compile()) together_ = std::move(together);
}

std::vector<std::string> RegexSet::prefixes() const {
  std::vector<std::string> out;
  for (const auto* regexes : {&bytes_, &utf8_})
    for (const auto& regex : *regexes) out.push_back(literal_prefix(*regex));
  return out;
}

bool RegexSet::matches(std::string_view text) const {
  const auto passes = [&](const auto& regex) { return full_match(text, *regex); };
  if (std::ranges::any_of(utf8_, passes)) return true;
  if (!together_) return std::ranges::any_of(bytes_, passes);
  RE2::Set::ErrorInfo error{RE2::Set::kNoError};
  if (together_->set.Match(re2::StringPiece(text.data(), text.size()), nullptr, &error)) return true;
  return error.kind != RE2::Set::kNoError && std::ranges::any_of(bytes_, passes);
}

}  // namespace eunomia::lang
