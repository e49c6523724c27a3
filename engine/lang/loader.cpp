// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/loader.h"

#include "engine/lang/files.h"
#include "engine/lang/reader.h"
#include "engine/lang/yaml.h"

namespace eunomia::lang {

void Loader::add_path(const std::filesystem::path& path) {
  for (auto& file : read_rule_files(path, report_)) add_file(std::move(file));
}

void Loader::add_text(std::string name, std::string text) {
  add_file(std::make_unique<SourceFile>(std::move(name), std::move(text)));
}

void Loader::add_file(std::unique_ptr<SourceFile> source) {
  items_.files.push_back(std::move(source));
  const auto& file = *items_.files.back();
  const auto documents = parse_yaml(file);
  if (!documents) return report_.error("", documents.error());
  Reader reader(report_, items_, next_index_);
  for (const auto& document : *documents) reader.read_document(document);
}

}  // namespace eunomia::lang
