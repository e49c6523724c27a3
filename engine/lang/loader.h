// SPDX-License-Identifier: Apache-2.0
//
// Rule files → Items.
//
//   Loader loader(report);
//   loader.add_path("rules/");          // a file, or the *.yaml and *.yml of a directory, sorted
//   loader.add_text("extra.yaml", text);
//   Items items = loader.take();
//
// Later items redefine or extend earlier ones, whatever file they stand in. What is wrong goes to the report with its
// place, and reading goes on with the next item. Not thread-safe.
#pragma once

#include <filesystem>
#include <string>

#include "engine/lang/items.h"
#include "engine/lang/report.h"

namespace eunomia::lang {

class Loader {
 public:
  explicit Loader(Report& report) : report_(report) {}
  void add_path(const std::filesystem::path& path);
  void add_text(std::string name, std::string text);
  Items take() { return std::move(items_); }

 private:
  void add_file(std::unique_ptr<SourceFile> source);

  Report& report_;
  Items items_;
  std::size_t next_index_ = 0;
};

}  // namespace eunomia::lang
