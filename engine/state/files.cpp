// SPDX-License-Identifier: Apache-2.0
#include "engine/state/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>

namespace eunomia {

static_assert(at_cwd == AT_FDCWD);

Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

Fd open_directory(const std::filesystem::path& path) {
  return Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

std::optional<std::string> read_file(int directory, const std::string& path, std::size_t limit, bool* cut) {
  Fd fd(::openat(directory, path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat facts{};
  if (!fd || ::fstat(fd.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
  std::string text;
  std::array<char, 4096> chunk;
  while (text.size() <= limit) {
    ssize_t got = ::read(fd.get(), chunk.data(), std::min(chunk.size(), limit + 1 - text.size()));
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    text.append(chunk.data(), static_cast<std::size_t>(got));
  }
  bool more = text.size() > limit;
  if (more) text.resize(limit);
  if (cut) *cut = more;
  return text;
}

std::optional<std::string> read_file(const std::filesystem::path& path, std::size_t limit) {
  return read_file(at_cwd, path.native(), limit);
}

std::optional<std::string> read_link(int directory, const std::string& path) {
  std::array<char, PATH_MAX> target;
  ssize_t got = ::readlinkat(directory, path.c_str(), target.data(), target.size());
  if (got < 0) return std::nullopt;
  return std::string(target.data(), static_cast<std::size_t>(got));
}

}  // namespace eunomia
