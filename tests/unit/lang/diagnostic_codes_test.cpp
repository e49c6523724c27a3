// SPDX-License-Identifier: Apache-2.0
//
// The codes of diagnostics are a promise to scripts: each that the source can emit is in docs/diagnostics.md, and the
// page names no other.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace eunomia::lang {
namespace {

namespace fs = std::filesystem;
const fs::path root = EUNOMIA_SOURCE_DIR;

std::string text_of(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

void collect(const std::string& text, const std::regex& pattern, std::set<std::string>& out) {
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) out.insert((*it)[1]);
}

TEST(Codes, AreAllDocumentedAndNoneMore) {
  std::set<std::string> emitted, documented;
  for (const auto& file : fs::directory_iterator(root / "engine" / "lang"))
    if (file.path().extension() == ".cpp" || file.path().extension() == ".h")
      collect(text_of(file.path()), std::regex("\"([EW][0-9]{4})\""), emitted);
  collect(text_of(root / "docs" / "diagnostics.md"), std::regex("\\| ([EW][0-9]{4}) \\|"), documented);
  EXPECT_GE(emitted.size(), 40U);
  EXPECT_EQ(emitted, documented);
}

}  // namespace
}  // namespace eunomia::lang
