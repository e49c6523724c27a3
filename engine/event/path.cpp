// SPDX-License-Identifier: Apache-2.0
#include "engine/event/path.h"

#include <fcntl.h>

#include <cstring>

namespace eunomia {
namespace {

// Whether the path is already as normalize_path would leave it.
bool is_normal(std::string_view path) {
  if (!path.starts_with('/')) return false;
  if (path.size() == 1) return true;
  if (path.ends_with('/')) return false;
  for (std::size_t slash = 0; slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
    const std::string_view rest = path.substr(slash + 1);
    const std::string_view part = rest.substr(0, rest.find('/'));
    if (part.empty() || part == "." || part == "..") return false;
  }
  return true;
}

// A path under construction, in room that holds at least the sum of what is added plus one.
class Builder {
 public:
  Builder(char* room, bool absolute) : room_(room), absolute_(absolute) {}

  void add(std::string_view path) {
    while (!path.empty()) {
      const std::size_t slash = path.find('/');
      add_part(path.substr(0, slash));
      path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    }
  }

  std::string_view result() {
    if (size_ == 0) room_[size_++] = absolute_ ? '/' : '.';
    return {room_, size_};
  }

 private:
  void add_part(std::string_view part) {
    if (part.empty() || part == ".") return;
    if (part == ".." && drop_last()) return;
    if (absolute_ || size_ != 0) room_[size_++] = '/';
    std::memcpy(room_ + size_, part.data(), part.size());
    size_ += part.size();
  }

  // False where ".." must be kept: a relative path that starts with it.
  bool drop_last() {
    const std::string_view done{room_, size_};
    if (!absolute_ && (done.empty() || done == ".." || done.ends_with("/.."))) return false;
    const std::size_t slash = done.rfind('/');
    size_ = slash == std::string_view::npos ? 0 : slash;
    return true;
  }

  char* room_;
  std::size_t size_ = 0;
  bool absolute_;
};

std::string_view working_directory(const Context& c) {
  return c.process != nullptr ? std::string_view{c.process->cwd} : std::string_view{};
}

}  // namespace

std::string_view normalize_path(Scratch& scratch, std::string_view base, std::string_view path) {
  if (path.empty() || is_normal(path)) return path;
  if (path.starts_with('/')) base = {};
  const bool absolute = path.starts_with('/') || base.starts_with('/');
  Builder builder(scratch.bytes(base.size() + path.size() + 2).data(), absolute);
  builder.add(base);
  builder.add(path);
  return builder.result();
}

std::string_view event_path(Scratch& scratch, const Event& event, std::string_view cwd) {
  if (!event.has(EVF_USER_PATH)) return event.path;
  const std::string_view base = event.base.empty() && event.dirfd == AT_FDCWD ? cwd : event.base;
  return normalize_path(scratch, base, event.path);
}

namespace {
// linkat(fd, "", ..., AT_EMPTY_PATH): the name is empty, what is meant is the file behind the descriptor, which is the
// base then.
bool is_of_descriptor(const Event& e) {
  const bool may_be = e.type == EventType::linkat || e.type == EventType::fchownat || e.type == EventType::fchmodat2;
  return may_be && e.has(EVF_USER_PATH) && e.path.empty() && (e.passed[0] & AT_EMPTY_PATH) != 0;
}
}  // namespace

std::string_view source_path(const Context& c) {
  const Event& e = c.event;
  if (!e.is_path()) return {};
  const bool free_text = e.type == EventType::symlink || e.type == EventType::symlinkat || e.type == EventType::mount;
  if (is_of_descriptor(e)) return e.base;
  return free_text ? e.path : event_path(c.scratch, e, working_directory(c));
}

std::string_view target_path(const Context& c) {
  const Event& e = c.event;
  if (!e.is_path() || !e.has(EVF_USER_PATH)) return e.path2;
  const std::string_view base = e.base2.empty() && e.dirfd2 == AT_FDCWD ? working_directory(c) : e.base2;
  return normalize_path(c.scratch, base, e.path2);
}

std::string_view path_directory(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {};
  return path.substr(0, slash == 0 ? 1 : slash);
}

std::string_view path_filename(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace eunomia
