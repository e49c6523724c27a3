// SPDX-License-Identifier: Apache-2.0
#include "engine/event/path.h"

#include <fcntl.h>

namespace eunomia {
namespace {

std::string normal(std::string_view base, std::string_view path) {
  Scratch scratch;
  return std::string{normalize_path(scratch, base, path)};
}

TEST(NormalizePath, Absolute) {
  EXPECT_EQ(normal("/home", "/etc/passwd"), "/etc/passwd");
  EXPECT_EQ(normal("", "/etc//passwd"), "/etc/passwd");
  EXPECT_EQ(normal("", "/etc/./passwd/."), "/etc/passwd");
  EXPECT_EQ(normal("", "/etc/ssl/../passwd"), "/etc/passwd");
  EXPECT_EQ(normal("", "/etc/passwd/"), "/etc/passwd");
  EXPECT_EQ(normal("", "/"), "/");
  EXPECT_EQ(normal("", "///"), "/");
  EXPECT_EQ(normal("", "/../../.."), "/");
  EXPECT_EQ(normal("", "/../etc"), "/etc");
  EXPECT_EQ(normal("", "/.hidden/..file/..."), "/.hidden/..file/...");
}

TEST(NormalizePath, RelativeStartsAtBase) {
  EXPECT_EQ(normal("/etc", "passwd"), "/etc/passwd");
  EXPECT_EQ(normal("/etc/", "./ssl/../passwd"), "/etc/passwd");
  EXPECT_EQ(normal("/etc", ".."), "/");
  EXPECT_EQ(normal("/a/b", "../../../../etc/shadow"), "/etc/shadow");
  EXPECT_EQ(normal("/", "x"), "/x");
}

TEST(NormalizePath, WithoutBaseStaysRelative) {
  EXPECT_EQ(normal("", "a/./b"), "a/b");
  EXPECT_EQ(normal("", "a/../../b"), "../b");
  EXPECT_EQ(normal("", "a/.."), ".");
  EXPECT_EQ(normal("", "../.."), "../..");
}

TEST(NormalizePath, NothingIsNothing) { EXPECT_EQ(normal("/etc", ""), ""); }

TEST(NormalizePath, LongestPath) {
  std::string path;
  while (path.size() < EV_PATH_MAX) path += "/a";
  EXPECT_EQ(normal("", path), path);
  EXPECT_EQ(normal(path, "b"), path + "/b");
}

std::string path_of(const Event& event, std::string_view cwd = "") {
  Scratch scratch;
  return std::string{event_path(scratch, event, cwd)};
}

TEST(EventPath, OfTheKernelIsTakenAsItIs) { EXPECT_EQ(path_of({.path = "/a/../b"}, "/home"), "/a/../b"); }

TEST(EventPath, OfTheCallerIsMadeAbsolute) {
  EXPECT_EQ(path_of({.flags = EVF_USER_PATH, .path = "../shadow", .base = "/etc/ssl"}), "/etc/shadow");
  EXPECT_EQ(path_of({.flags = EVF_USER_PATH, .path = "x", .dirfd = AT_FDCWD}, "/home"), "/home/x");
  EXPECT_EQ(path_of({.flags = EVF_USER_PATH, .path = "x", .dirfd = 4}, "/home"), "x");
}

TEST(PathParts, DirectoryAndFile) {
  EXPECT_EQ(path_directory("/etc/passwd"), "/etc");
  EXPECT_EQ(path_directory("/passwd"), "/");
  EXPECT_EQ(path_directory("passwd"), "");
  EXPECT_EQ(path_filename("/etc/passwd"), "passwd");
  EXPECT_EQ(path_filename("passwd"), "passwd");
  EXPECT_EQ(path_filename("/"), "");
}

}  // namespace
}  // namespace eunomia
