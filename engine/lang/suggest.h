// SPDX-License-Identifier: Apache-2.0
//
// "Did you mean ...?": the known name nearest to one that is not known. Pure functions, any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace eunomia::lang {

// The candidate with the smallest edit distance (insert, delete, replace, swap of neighbours), if it is close enough to
// be a likely slip: at most a third of the word's length; letter case does not count. Empty if there is none.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

// "did you mean 'proc.name'?", or "" if nothing is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace eunomia::lang
