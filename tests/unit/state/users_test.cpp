// SPDX-License-Identifier: Apache-2.0
#include "engine/state/users.h"

#include <unistd.h>

#include <fstream>

namespace eunomia {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class HostNames : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "eunomia-users-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir = pattern;
  }
  void TearDown() override { fs::remove_all(dir); }

  void write(const char* name, std::string_view text) const { std::ofstream(dir / name) << text; }
  [[nodiscard]] std::unique_ptr<Names> names() {
    return host_names(dir / "passwd", dir / "group", [this] { return now; });
  }

  fs::path dir;
  std::chrono::steady_clock::time_point now{};
};

TEST_F(HostNames, UsersAndGroups) {
  write("passwd", "root:x:0:0:root:/root:/bin/bash\nalice:x:1000:1000:Alice,,,:/home/alice:/bin/sh\n");
  write("group", "root:x:0:\nsudo:x:27:alice,bob\n");
  const auto known = names();
  EXPECT_EQ(known->user(0), "root");
  EXPECT_EQ(known->user(1000), "alice");
  EXPECT_EQ(known->home(1000), "/home/alice");
  EXPECT_EQ(known->group(27), "sudo");
  EXPECT_EQ(known->user(27), std::nullopt);
  EXPECT_EQ(known->group(1000), std::nullopt);
  EXPECT_EQ(known->home(5), "");
}

TEST_F(HostNames, LinesThatAreNoEntries) {
  write("passwd",
        "\n# comment:x:1:\n:x:2:2::/:/\nno id\nbad:x:3x:3::/:/\nhuge:x:4294967296:1::/:/\nneg:x:-1:1::/:/\n"
        "short:x:7\nlast:x:8:8::/last");
  const auto known = names();
  for (const std::uint32_t uid : {0, 1, 2, 3}) EXPECT_EQ(known->user(uid), std::nullopt) << uid;
  EXPECT_EQ(known->user(UINT32_MAX), std::nullopt);
  EXPECT_EQ(known->user(7), "short");
  EXPECT_EQ(known->home(7), "");
  EXPECT_EQ(known->user(8), "last");
  EXPECT_EQ(known->home(8), "/last");
}

TEST_F(HostNames, FirstEntryOfAnIdCounts) {
  write("passwd", "root:x:0:0::/root:/\ntoor:x:0:0::/toor:/\n");
  EXPECT_EQ(names()->user(0), "root");
}

TEST_F(HostNames, NoFilesNoNames) {
  const auto known = names();
  EXPECT_EQ(known->user(0), std::nullopt);
  EXPECT_EQ(known->group(0), std::nullopt);
}

TEST_F(HostNames, ChangesAreSeenASecondLater) {
  write("passwd", "alice:x:1000:1000::/:/\n");
  const auto known = names();
  write("passwd", "alice:x:1000:1000::/:/\nbob:x:1001:1001::/:/\n");
  now += 999ms;
  EXPECT_EQ(known->user(1001), std::nullopt);
  now += 1ms;
  EXPECT_EQ(known->user(1001), "bob");
}

// As editors and useradd do it: a new file of the same size in the old one's place.
TEST_F(HostNames, ReplacedFileIsSeen) {
  write("passwd", "alice:x:1000:1000::/:/\n");
  const auto known = names();
  write("passwd.new", "carol:x:1000:1000::/:/\n");
  fs::last_write_time(dir / "passwd.new", fs::last_write_time(dir / "passwd"));
  fs::rename(dir / "passwd.new", dir / "passwd");
  now += 1s;
  EXPECT_EQ(known->user(1000), "carol");
}

TEST_F(HostNames, FileThatWentKeepsItsNames) {
  write("passwd", "alice:x:1000:1000::/:/\n");
  const auto known = names();
  fs::remove(dir / "passwd");
  now += 1s;
  EXPECT_EQ(known->user(1000), "alice");
}

}  // namespace
}  // namespace eunomia
