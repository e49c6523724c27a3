// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/files.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <optional>
#include <system_error>

#include "engine/lang/yaml.h"

namespace eunomia::lang {
namespace {

namespace fs = std::filesystem;

bool is_rule_file(const fs::path& path) { return path.extension() == ".yaml" || path.extension() == ".yml"; }

void fail(Report& report, const fs::path& path, std::string_view code, std::string message, std::string hint = {}) {
  auto diagnostic = make_diagnostic(Severity::error, {code, {}, std::move(message), std::move(hint), 1}, "");
  diagnostic.where.file = path.string();
  report.add(std::move(diagnostic));
}

// At most one byte more than is allowed, so that a file that grows cannot fill the memory.
std::optional<std::string> read_bytes(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  constexpr std::size_t step = 64 << 10;
  std::string text;
  while (in && text.size() <= max_file_bytes) {
    const auto start = text.size();
    text.resize(start + step);
    in.read(text.data() + start, step);
    text.resize(start + static_cast<std::size_t>(in.gcount()));
  }
  if (in.bad()) return std::nullopt;
  return text;
}

struct Stamp {
  std::uintmax_t size = 0;
  fs::file_time_type written;
  friend bool operator==(const Stamp&, const Stamp&) = default;
};

Stamp stamp_of(const fs::path& path) {
  std::error_code gone;  // the stamp of a file that went away differs from any other
  return {fs::file_size(path, gone), fs::last_write_time(path, gone)};
}

std::unique_ptr<SourceFile> read_file(const fs::path& path, Report& report) {
  const auto before = stamp_of(path);
  errno = 0;
  auto text = read_bytes(path);
  if (!text) {
    fail(report, path, "E0101", "cannot be read: " + std::generic_category().message(errno));
    return nullptr;
  }
  // Half a file can be valid YAML: rules would be missing without a word. Some special files have no size.
  const bool whole = before.size == 0 || text->size() > max_file_bytes || text->size() == before.size;
  if (!whole || stamp_of(path) != before) {
    fail(report, path, "E0108", "the file changed while it was read", "load it again; write a new file and rename it");
    return nullptr;
  }
  return std::make_unique<SourceFile>(path.string(), std::move(*text));
}

std::vector<fs::path> files_of(const fs::path& directory, Report& report) {
  std::error_code error;
  std::vector<fs::path> found;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code gone;  // a link to nothing is not passed over: its rules would be missing without a word
    if (is_rule_file(entry->path()) && !entry->is_directory(gone)) found.push_back(entry->path());
  }
  if (error) fail(report, directory, "E0101", "cannot be read: " + error.message());
  if (!error && found.empty())
    fail(report, directory, "E0107", "the directory has no *.yaml file", "name a directory that holds rules");
  std::ranges::sort(found);
  return found;
}

}  // namespace

std::vector<std::unique_ptr<SourceFile>> read_rule_files(const fs::path& path, Report& report) {
  std::vector<std::unique_ptr<SourceFile>> out;
  std::error_code error;
  const auto status = fs::status(path, error);
  if (status.type() == fs::file_type::directory) {
    for (const auto& file : files_of(path, report))
      for (auto& read : read_rule_files(file, report)) out.push_back(std::move(read));
  } else if (status.type() == fs::file_type::regular) {
    if (auto file = read_file(path, report)) out.push_back(std::move(file));
  } else {
    fail(report, path, "E0101",
         "cannot be read: " + (error ? error.message() : std::string("it is neither a file nor a directory")),
         "name a YAML file or a directory of them");
  }
  return out;
}

}  // namespace eunomia::lang
