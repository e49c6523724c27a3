// SPDX-License-Identifier: Apache-2.0
//
// Bounded reading of small files that may vanish, change or lie: /proc, cgroup files, the state files of container
// engines. Nothing here follows what it reads. Failures are nullopt: a file that is gone is the normal case. Any
// thread.
#pragma once

#include <charconv>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace eunomia {

// A file descriptor that closes itself.
class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd();
  [[nodiscard]] int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

constexpr int at_cwd = -100;  // AT_FDCWD

Fd open_directory(const std::filesystem::path& path);

// At most `limit` bytes of the regular file (or /proc file) `path` below `directory`; `cut`, where asked for, tells
// that there was more. Never blocks on a fifo or device.
std::optional<std::string> read_file(int directory, const std::string& path, std::size_t limit, bool* cut = nullptr);
std::optional<std::string> read_file(const std::filesystem::path& path, std::size_t limit);
// Where a symbolic link points.
std::optional<std::string> read_link(int directory, const std::string& path);

// The text up to `separator`, which is consumed with it; all of the text where there is none.
inline std::string_view take_until(std::string_view& text, char separator) {
  std::size_t end = text.find(separator);
  std::string_view head = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return head;
}

// The unsigned number that `text` starts with.
template <typename Number>
std::optional<Number> leading_number(std::string_view text) {
  Number number{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  return number;
}

// The whole text as a number.
template <typename Number>
std::optional<Number> whole_number(std::string_view text) {
  Number number{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace eunomia
