// SPDX-License-Identifier: Apache-2.0
//
// Rule files that try to break the loader: each is a clear error, in bounded time and memory.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/lang/lang_fixture.h"

namespace eunomia::lang {
namespace {

namespace fs = std::filesystem;

std::string repeat(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

TEST(Hostile, ManyOpeningParentheses) {
  EXPECT_EQ(codes(load_yaml(rule_with(repeat("(", 100'000) + "evt.type=open" + repeat(")", 100'000)))), "E0308");
}
TEST(Hostile, ManyNotsAreOneOrNone) {
  EXPECT_TRUE(load_yaml(rule_with(repeat("not ", 100'001) + "evt.type=open")).engine);
}
TEST(Hostile, ManyTransformers) {
  EXPECT_NE(codes(load_yaml(rule_with(repeat("tolower(", 100'000) + "proc.name"))), "");
}
TEST(Hostile, AWideConditionLoads) {
  EXPECT_TRUE(load_yaml(rule_with("evt.type=open" + repeat(" and not proc.name=x", 20'000))).engine);
}

TEST(Hostile, MacrosThatDoubleEachTime) {
  std::string yaml = "- macro: m0\n  condition: evt.type=open\n";
  for (int i = 1; i <= 40; ++i)
    yaml += "- macro: m" + std::to_string(i) + "\n  condition: m" + std::to_string(i - 1) + " and m" +
            std::to_string(i - 1) + "\n";
  const auto result = load_yaml(yaml + rule_with("m40"));
  EXPECT_FALSE(result.engine);
  EXPECT_NE(codes(result).find("E0308"), std::string::npos);
}
TEST(Hostile, MacrosThatDoubleALittleLoadAndRun) {
  std::string yaml = "- macro: m0\n  condition: evt.type=openat\n";
  for (int i = 1; i <= 15; ++i)
    yaml += "- macro: m" + std::to_string(i) + "\n  condition: m" + std::to_string(i - 1) + " and m" +
            std::to_string(i - 1) + "\n";
  EXPECT_TRUE(matches("m15", {{"evt.type", "openat"}, {"fd.name", "/x"}}, yaml));
}
TEST(Hostile, AChainOfMacrosThatIsTooDeep) {
  std::string yaml = "- macro: m0\n  condition: evt.type=open\n";
  for (int i = 1; i <= 3000; ++i)
    yaml += "- macro: m" + std::to_string(i) + "\n  condition: not (m" + std::to_string(i - 1) + ")\n";
  EXPECT_NE(codes(load_yaml(yaml + rule_with("m3000"))).find("E0308"), std::string::npos);
}
TEST(Hostile, ListsThatDoubleEachTime) {
  std::string yaml = "- list: l0\n  items: [a, b]\n";
  for (int i = 1; i <= 40; ++i)
    yaml += "- list: l" + std::to_string(i) + "\n  items: [l" + std::to_string(i - 1) + ", l" + std::to_string(i - 1) +
            "]\n";
  EXPECT_EQ(codes(load_yaml(yaml + rule_with("proc.name in (l40)"))).substr(0, 5), "E0308");
}
TEST(Hostile, ListsOfNothingThatDoubleEachTime) {
  std::string yaml = "- list: l0\n  items: []\n";
  for (int i = 1; i <= 40; ++i)
    yaml += "- list: l" + std::to_string(i) + "\n  items: [l" + std::to_string(i - 1) + ", l" + std::to_string(i - 1) +
            "]\n";
  EXPECT_EQ(codes(load_yaml(yaml + rule_with("proc.name in (l40)"))).substr(0, 5), "E0308");
}
TEST(Hostile, AChainOfListsThatIsTooDeep) {
  std::string yaml = "- list: l0\n  items: [a]\n";
  for (int i = 1; i <= 20'000; ++i)
    yaml += "- list: l" + std::to_string(i) + "\n  items: [l" + std::to_string(i - 1) + "]\n";
  EXPECT_EQ(codes(load_yaml(yaml + rule_with("proc.name in (l20000)"))).substr(0, 5), "E0308");
}

TEST(Hostile, AnAliasBomb) {
  std::string yaml = "- list: a\n  items: &a [x, x, x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c <= 'j'; ++c) {
    const std::string before = "*" + std::string(1, static_cast<char>(c - 1));
    yaml += "- &" + std::string(1, c) + " [" + before + repeat(", " + before, 9) + "]\n";
  }
  EXPECT_EQ(codes(load_yaml(yaml)), "E0106");
}
TEST(Hostile, AnAliasOfItself) { EXPECT_NE(codes(load_yaml("- &a [*a]\n")), ""); }
TEST(Hostile, DeepNesting) { EXPECT_NE(codes(load_yaml(repeat("[", 100'000))), ""); }
TEST(Hostile, DeepNestingOfMaps) { EXPECT_NE(codes(load_yaml("- " + repeat("{a: ", 10'000))), ""); }

TEST(Hostile, NotUtf8) { EXPECT_EQ(codes(load_yaml("- rule: \xff\n")), "E0103"); }
TEST(Hostile, ControlCharacters) {
  EXPECT_EQ(codes(load_yaml(std::string("- rule: a\x04"
                                        "b\n"))),
            "E0103");
  EXPECT_EQ(codes(load_yaml(std::string("- rule: a\0b\n", 12))), "E0103");
}
TEST(Hostile, NotYaml) { EXPECT_EQ(codes(load_yaml("- rule: [unclosed\n")), "E0104"); }
TEST(Hostile, ACommaWhereADocumentCannotStart) {
  EXPECT_EQ(codes(load_yaml("- list: l\n  items: []\n, x\n")), "E0104");
}
TEST(Hostile, ATabForIndentation) { EXPECT_EQ(codes(load_yaml("- rule: R\n\tdesc: d\n")), "E0104"); }

class Files : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::temp_directory_path() / ("eunomia-lang-" + std::to_string(::getpid()));
    fs::create_directories(root_);
  }
  void TearDown() override { fs::remove_all(root_); }
  fs::path write(const std::string& name, const std::string& text) {
    std::ofstream(root_ / name, std::ios::binary) << text;
    return root_ / name;
  }
  fs::path root_;
};

TEST_F(Files, LoadInOrderOfTheirNames) {
  write("b.yaml", "- list: l\n  items: [b]\n  override: {items: append}\n");
  write("a.yaml", "- list: l\n  items: [a]\n");
  write("c.yml", rule_with("evt.type=execve and proc.name in (l)"));
  write("ignored.txt", "no yaml: [");
  const auto result = load({&root_, 1});
  EXPECT_TRUE(result.engine) << as_text(result.diagnostics);
}
TEST_F(Files, ThatAreTooLarge) {
  const auto path = write("big.yaml", std::string(50U << 20, '#'));
  EXPECT_EQ(codes(load({&path, 1})), "E0102");
}
TEST_F(Files, ThatAreMissing) {
  const auto path = root_ / "missing.yaml";
  const auto result = load({&path, 1});
  EXPECT_EQ(codes(result), "E0101");
  EXPECT_EQ(result.diagnostics[0].where.file, path.string());
}
TEST_F(Files, ThatAreDevices) {
  const fs::path path = "/dev/zero";
  EXPECT_EQ(codes(load({&path, 1})), "E0101");
}
TEST_F(Files, DirectoriesWithoutRules) { EXPECT_EQ(codes(load({&root_, 1})), "E0107"); }
TEST_F(Files, ErrorsOfAllAreReported) {
  const fs::path paths[] = {write("a.yaml", "- rule: [\n"), root_ / "missing.yaml",
                            write("c.yaml", rule_with("proc.nmae=x"))};
  EXPECT_EQ(codes(load(paths)), "E0104 E0101 E0302");
}

}  // namespace
}  // namespace eunomia::lang
