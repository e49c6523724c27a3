// SPDX-License-Identifier: Apache-2.0
//
// Files that cannot be read as they should, and rules whose sheer amount is the attack: a clear error, in bounded time
// and memory, also for root.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/unit/lang/lang_fixture.h"

namespace eunomia::lang {
namespace {

namespace fs = std::filesystem;

class OddFiles : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::temp_directory_path() / ("eunomia-odd-" + std::to_string(::getpid()));
    fs::create_directories(root_);
  }
  void TearDown() override { fs::remove_all(root_); }
  fs::path write(const std::string& name, const std::string& text) const {
    std::ofstream(root_ / name, std::ios::binary) << text;
    return root_ / name;
  }
  static std::string codes_of(const fs::path& path) { return codes(load({&path, 1})); }
  fs::path root_;
};

TEST_F(OddFiles, APipeIsNotWaitedFor) {
  ASSERT_EQ(::mkfifo((root_ / "pipe.yaml").c_str(), 0600), 0);
  EXPECT_EQ(codes_of(root_ / "pipe.yaml"), "E0101");
  EXPECT_EQ(codes_of(root_), "E0101");
}
TEST_F(OddFiles, ALinkToNothingIsNotPassedOver) {
  write("a.yaml", rule_with("evt.type=openat"));
  fs::create_symlink(root_ / "nothing", root_ / "b.yaml");
  EXPECT_EQ(codes_of(root_), "E0101");
}
TEST_F(OddFiles, LinksAreFollowed) {
  fs::create_directory(root_ / "data");
  std::ofstream(root_ / "data" / "a") << rule_with("evt.type=openat");
  fs::create_symlink("data/a", root_ / "a.yaml");  // as a ConfigMap is mounted
  EXPECT_EQ(codes_of(root_), "");
}
TEST_F(OddFiles, ALinkToItself) {
  fs::create_symlink("loop.yaml", root_ / "loop.yaml");
  EXPECT_EQ(codes_of(root_ / "loop.yaml"), "E0101");
}
TEST_F(OddFiles, ADirectoryNamedLikeAFileIsASubfolder) {
  fs::create_directory(root_ / "x.yaml");
  EXPECT_EQ(codes_of(root_), "E0107");
  write("a.yaml", rule_with("evt.type=openat"));
  EXPECT_EQ(codes_of(root_), "");
}
TEST_F(OddFiles, OneWhoseReadingFails) { EXPECT_EQ(codes_of("/proc/self/mem"), "E0101"); }

// A writer never stops; the reader must say so at least once in its many tries, and never take half a file.
TEST_F(OddFiles, OneThatChangesWhileItIsRead) {
  const auto path = write("busy.yaml", rule_with("evt.type=openat") + std::string(4 << 20, '#'));
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND);
    while (!stop && ::write(fd, "#", 1) == 1) {
    }
    ::close(fd);
  });
  bool seen = false;
  for (int i = 0; i < 100 && !seen; ++i) seen = codes_of(path) == "E0108";
  stop = true;
  writer.join();
  EXPECT_TRUE(seen);
}

std::string numbered(const std::string& before, std::size_t i) { return before + std::to_string(i); }

TEST(Amounts, ListsThatDoubleAreRefusedBeforeTheyAreExpanded) {
  std::string yaml = "- list: l0\n  items: [a, b]\n";
  for (std::size_t i = 1; i <= 40; ++i)
    yaml += "- list: " + numbered("l", i) + "\n  items: [" + numbered("l", i - 1) + ", " + numbered("l", i - 1) + "]\n";
  for (std::size_t i = 0; i < 2000; ++i) yaml += rule_with("proc.name in (l40)", numbered("R", i));
  EXPECT_EQ(codes(load_yaml(yaml)), "E0308");  // one for the list; seconds for each rule, if it were expanded
}
TEST(Amounts, ALargeListInManyRules) {
  std::string yaml = "- list: large\n  items: [x";
  for (std::size_t i = 0; i < 100'000; ++i) yaml += numbered(", item", i);
  yaml += "]\n";
  for (std::size_t i = 0; i < 60; ++i)
    yaml +=
        rule_with("evt.type=openat and proc.pid=" + numbered("", i) + " and proc.name in (large)", numbered("R", i));
  const auto result = load_yaml(yaml);
  ASSERT_FALSE(result.diagnostics.empty());
  EXPECT_EQ(result.diagnostics[0].code, "E0308");
  EXPECT_NE(result.diagnostics[0].message.find("all conditions together"), std::string::npos);
}
TEST(Amounts, AConditionLargerThanAllowed) {
  EXPECT_EQ(codes(load_yaml(rule_with("evt.type=openat and proc.name=" + std::string(5 << 20, 'x')))), "E0308");
}
TEST(Amounts, AnchorsWithinAnchors) {
  std::string open, items = "x";
  for (std::size_t i = 0; i < 50; ++i) open += "[" + numbered("&a", i) + " ";
  for (std::size_t i = 0; i < 100'000; ++i) items += ",x";
  EXPECT_EQ(codes(load_yaml("- " + open + "[" + items + "]" + std::string(50, ']') + "\n")), "E0106");
}
TEST(Amounts, ManyKeysTagsAndChangesTakeNoQuadraticTime) {
  std::string keys, tags, changes;
  for (std::size_t i = 0; i < 30'000; ++i) keys += "  " + numbered("k", i) + ": x\n";
  for (std::size_t i = 0; i < 300'000; ++i) tags += numbered("t", i) + ", ";
  for (std::size_t i = 0; i < 20'000; ++i) changes += "- rule: R\n  desc: x\n  override: {desc: append}\n";
  const auto result = load_yaml(rule_with("evt.type=openat") + "  tags: [" + tags + "t]\n" + keys + changes);
  ASSERT_TRUE(result.engine);
  EXPECT_EQ(result.engine->rules()[0].tags.size(), 300'001U);
}
TEST(Amounts, ManyAlternativesOfOneFieldTakeNoQuadraticTime) {
  std::string any = "fd.name = x";
  for (std::size_t i = 0; i < 150'000; ++i) any += numbered(" or fd.name=", i);
  const auto before = std::clock();
  EXPECT_TRUE(load_yaml(rule_with("evt.type=openat and (" + any + ")")).engine);
  EXPECT_LT((std::clock() - before) / CLOCKS_PER_SEC, 12);  // a second, or twenty if each is compared with each
}
TEST(Amounts, FindingsAreCountedPastTheFirstTenThousand) {
  std::string yaml;
  for (std::size_t i = 0; i < 10'005; ++i) yaml += "- " + numbered("k", i) + ": x\n";
  yaml += rule_with("proc.nmae = x");
  const auto result = load_yaml(yaml);
  ASSERT_EQ(result.diagnostics.size(), 10'002U);
  EXPECT_EQ(result.diagnostics[10'000].code, "E0302");  // errors are not crowded out by warnings
  EXPECT_EQ(result.diagnostics[10'001].code, "W0518");
  EXPECT_NE(result.diagnostics[10'001].message.find("5 more"), std::string::npos);
}
TEST(Amounts, LongLinesAndNamesAreCutInFindings) {
  const std::string name(1 << 20, 'n');
  const auto result =
      load_yaml("[{rule: " + name + ", desc: d, output: o, priority: INFO, condition: größe and proc.nmae=x}]");
  ASSERT_FALSE(result.diagnostics.empty());
  for (const auto& d : result.diagnostics) {
    EXPECT_LE(d.item.size() + d.message.size() + d.line.size(), 4096U);
    EXPECT_LE(to_text(d).size(), 2048U);
    const auto at = static_cast<std::size_t>(d.where.column - d.line_column);
    EXPECT_GT(d.where.column, 1 << 20);
    EXPECT_EQ(d.line.substr(at, 2), "ö");  // the caret is where it should be in the part that is shown
  }
}

}  // namespace
}  // namespace eunomia::lang
