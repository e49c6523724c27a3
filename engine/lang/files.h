// SPDX-License-Identifier: Apache-2.0
//
// Reading rule files from disk: a file, or the *.yaml and *.yml of a directory, sorted by name, subfolders left alone.
// What cannot be read (a link to nothing, a pipe) is reported, and the rest is read. Files past the size limit of
// yaml.h are read up to one byte more than that. Any thread.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "engine/lang/report.h"
#include "engine/lang/source.h"

namespace eunomia::lang {

std::vector<std::unique_ptr<SourceFile>> read_rule_files(const std::filesystem::path& path, Report& report);

}  // namespace eunomia::lang
