// SPDX-License-Identifier: Apache-2.0
#include "engine/state/users.h"

#include <sys/stat.h>

#include <charconv>
#include <fstream>
#include <string>
#include <unordered_map>
#include <utility>

namespace eunomia {
namespace {

constexpr std::chrono::seconds look_again_after{1};
constexpr std::size_t most_entries = 65536;
constexpr std::size_t longest_line = 65536;

// What changes when a file is written or replaced.
struct Version {
  std::int64_t mtime_s = 0, mtime_ns = 0;
  std::uint64_t ino = 0, size = 0;
  friend bool operator==(const Version&, const Version&) = default;
};

Version version_of(const std::filesystem::path& path) {
  struct stat s{};
  if (stat(path.c_str(), &s) != 0) return {};
  return {s.st_mtim.tv_sec, s.st_mtim.tv_nsec, s.st_ino, static_cast<std::uint64_t>(s.st_size)};
}

std::string_view take_field(std::string_view& line) {
  const std::size_t colon = line.find(':');
  const std::string_view field = line.substr(0, colon);
  line.remove_prefix(colon == std::string_view::npos ? line.size() : colon + 1);
  return field;
}

struct Entry {
  std::uint32_t id = 0;
  std::string name, home;
};

// "name:password:id:..." of both files; in passwd(5) the home directory is the third field after the id.
std::optional<Entry> parse_line(std::string_view line) {
  if (line.starts_with('#')) return std::nullopt;
  Entry entry;
  entry.name = take_field(line);
  take_field(line);
  const std::string_view id = take_field(line);
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), entry.id);
  if (entry.name.empty() || error != std::errc{} || end != id.data() + id.size()) return std::nullopt;
  take_field(line);
  take_field(line);
  entry.home = take_field(line);
  return entry;
}

using Entries = std::unordered_map<std::uint32_t, Entry>;

std::optional<Entries> read_entries(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  Entries entries;
  std::string line;
  while (entries.size() < most_entries && std::getline(file, line)) {
    if (line.size() > longest_line) continue;
    if (auto entry = parse_line(line)) {
      const std::uint32_t id = entry->id;
      entries.try_emplace(id, std::move(*entry));
    }
  }
  return entries;
}

// One of the two files, and what it said when it was last read.
class File {
 public:
  explicit File(std::filesystem::path path) : path_(std::move(path)) {}

  void refresh() {
    const Version version = version_of(path_);
    if (version == version_) return;
    if (auto entries = read_entries(path_)) {
      entries_ = std::move(*entries);
      version_ = version;
    }
  }

  [[nodiscard]] const Entry* find(std::uint32_t id) const {
    const auto found = entries_.find(id);
    return found != entries_.end() ? &found->second : nullptr;
  }

 private:
  std::filesystem::path path_;
  Version version_;
  Entries entries_;
};

class HostNames final : public Names {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  HostNames(std::filesystem::path passwd, std::filesystem::path group, Clock now)
      : users_(std::move(passwd)), groups_(std::move(group)), now_(std::move(now)), looked_(now_()) {
    users_.refresh();
    groups_.refresh();
  }

  [[nodiscard]] std::optional<std::string_view> user(std::uint32_t uid) const override {
    refresh();
    return name_of(users_.find(uid));
  }
  [[nodiscard]] std::optional<std::string_view> group(std::uint32_t gid) const override {
    refresh();
    return name_of(groups_.find(gid));
  }
  [[nodiscard]] std::string_view home(std::uint32_t uid) const override {
    refresh();
    const Entry* const entry = users_.find(uid);
    return entry != nullptr ? std::string_view{entry->home} : std::string_view{};
  }

 private:
  static std::optional<std::string_view> name_of(const Entry* entry) {
    return entry != nullptr ? std::optional<std::string_view>{entry->name} : std::nullopt;
  }

  void refresh() const {
    const auto now = now_();
    if (now - looked_ < look_again_after) return;
    looked_ = now;
    users_.refresh();
    groups_.refresh();
  }

  mutable File users_, groups_;  // a cache of files: what callers see does not depend on when they asked before
  Clock now_;
  mutable std::chrono::steady_clock::time_point looked_;
};

}  // namespace

std::unique_ptr<Names> host_names(std::filesystem::path passwd, std::filesystem::path group,
                                  std::function<std::chrono::steady_clock::time_point()> now) {
  return std::make_unique<HostNames>(std::move(passwd), std::move(group), std::move(now));
}

}  // namespace eunomia
