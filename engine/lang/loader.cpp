// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/loader.h"

#include <algorithm>
#include <fstream>
#include <system_error>

#include "engine/lang/reader.h"
#include "engine/lang/yaml.h"

namespace eunomia::lang {
namespace {

namespace fs = std::filesystem;

bool is_rule_file(const fs::path& path) { return path.extension() == ".yaml" || path.extension() == ".yml"; }

// Reads at most one byte more than is allowed, so that a device or a growing file cannot fill the memory.
std::optional<std::string> read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  std::string text(max_file_bytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return std::nullopt;
  text.resize(static_cast<std::size_t>(in.gcount()));
  text.shrink_to_fit();
  return text;
}

}  // namespace

void Loader::fail(const fs::path& path, std::string_view code, std::string message, std::string hint) {
  auto diagnostic = make_diagnostic(Severity::error, {code, {}, std::move(message), std::move(hint), 1}, "");
  diagnostic.where.file = path.string();
  report_.add(std::move(diagnostic));
}

void Loader::add_path(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (error || status.type() == fs::file_type::not_found)
    return fail(path, "E0101", "cannot be read: " + (error ? error.message() : "no such file or directory"));
  if (status.type() == fs::file_type::regular) return add_file(path);
  if (status.type() != fs::file_type::directory)
    return fail(path, "E0101", "cannot be read: not a file or directory", "name a YAML file or a directory of them");
  std::vector<fs::path> found;
  for (fs::directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;  // an entry that went away is no rule file
    if (is_rule_file(entry->path()) && entry->is_regular_file(ignored)) found.push_back(entry->path());
  }
  if (error) return fail(path, "E0101", "cannot be read: " + error.message());
  if (found.empty())
    return fail(path, "E0107", "the directory has no *.yaml file", "name a directory that holds rules");
  std::ranges::sort(found);
  for (const auto& file : found) add_file(file);
}

void Loader::add_file(const fs::path& path) {
  errno = 0;
  auto text = read_file(path);
  if (!text) return fail(path, "E0101", "cannot be read: " + std::generic_category().message(errno));
  add_text(path.string(), std::move(*text));
}

void Loader::add_text(std::string name, std::string text) {
  items_.files.push_back(std::make_unique<SourceFile>(std::move(name), std::move(text)));
  const auto& file = *items_.files.back();
  const auto documents = parse_yaml(file);
  if (!documents) return report_.error("", documents.error());
  Reader reader(report_, items_, next_index_);
  for (const auto& document : *documents) reader.read_document(document);
}

}  // namespace eunomia::lang
