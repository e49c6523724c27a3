// SPDX-License-Identifier: Apache-2.0
#include "engine/state/engine_files.h"

#include <array>
#include <optional>
#include <utility>

#include "engine/state/cgroup_path.h"
#include "engine/state/files.h"
#include "engine/state/metadata.h"
#include "engine/state/oci_state.h"

namespace eunomia {

namespace {

using std::filesystem::path;

constexpr std::size_t config_limit = std::size_t{4} << 20;

// Where bundles stand, as DIRECTORY/ID/..., or with a namespace of the engine between.
constexpr std::array<const char*, 3> task_roots{"run/containerd/io.containerd.runtime.v2.task",
                                                "run/docker/containerd/daemon/io.containerd.runtime.v2.task",
                                                "run/k3s/containerd/io.containerd.runtime.v2.task"};
constexpr std::array<const char*, 2> storage_roots{"run/containers/storage", "var/lib/containers/storage"};
constexpr std::array<const char*, 2> storage_kinds{"overlay-containers", "vfs-containers"};
constexpr const char* docker_root = "var/lib/docker/containers";

class Search {
 public:
  Search(const EngineFiles& files, Container known) : files_(files), found_(std::move(known)) {}

  std::expected<Container, std::string> run() {
    state();
    bundle();
    storage();
    docker();
    if (sources_.empty()) return std::unexpected("no state, bundle or storage of an engine has it");
    found_.metadata_source = sources_;
    if (plain() && found_.name.empty()) found_.name = found_.full_id;
    if (!found_.name.empty() && (plain() || !found_.image.empty())) found_.metadata = Metadata::complete;
    return found_;
  }

 private:
  // Engines that know containers by id only, and images not at all. (containerd writes an image down for Kubernetes
  // only.)
  [[nodiscard]] bool plain() const {
    return found_.engine == ContainerEngine::runc || found_.engine == ContainerEngine::crun ||
           found_.engine == ContainerEngine::containerd;
  }

  void told_by(const path& file) {
    if (!sources_.empty()) sources_ += ", ";
    sources_ += file.native();
  }

  void take(const path& file, std::expected<Container, std::string> told) {
    if (!told) return;
    found_ = *std::move(told);
    told_by(file);
  }

  // ROOT/ID, or one level deeper: ROOT/NAMESPACE/ID.
  std::optional<path> below(const path& root) {
    std::error_code error;
    if (std::filesystem::is_directory(root / found_.full_id, error)) return root / found_.full_id;
    for (std::filesystem::directory_iterator it(root, error), end; !error && it != end; it.increment(error)) {
      std::error_code gone;
      if (std::filesystem::is_directory(it->path() / found_.full_id, gone)) return it->path() / found_.full_id;
    }
    return std::nullopt;
  }

  void state() {
    for (const path& root : files_.oci_roots) {
      std::optional<path> directory = below(root);
      std::optional<OciContainer> container = directory ? read_oci_state(*directory, files_.proc) : std::nullopt;
      if (!container) continue;
      if (found_.engine == ContainerEngine::unknown) found_.engine = container->id.engine;
      found_.init_pid = container->state.init_pid;
      found_.start_ns = container->state.created_ns;
      bundle_ = container->state.bundle;
      told_by(*directory);
      return;
    }
  }

  bool config(const path& file) {
    auto text = read_file(file, config_limit);
    if (!text) return false;
    take(file, from_oci_config(*text, found_));
    return true;
  }

  void bundle() {
    if (!bundle_.empty() && config(path(bundle_) / "config.json")) return;
    for (const char* root : task_roots) {
      std::optional<path> directory = below(files_.host_root / root);
      if (!directory || !config(*directory / "config.json")) continue;
      if (found_.engine == ContainerEngine::unknown) found_.engine = ContainerEngine::containerd;
      return;
    }
    for (const char* root : storage_roots) {
      for (const char* kind : storage_kinds) {
        if (config(files_.host_root / root / kind / found_.full_id / "userdata/config.json")) return;
      }
    }
  }

  void storage() {
    for (const char* kind : storage_kinds) {
      path file = files_.host_root / "var/lib/containers/storage" / kind / "containers.json";
      auto text = read_file(file, config_limit);
      if (text) take(file, from_storage(*text, found_));
    }
  }

  void docker() {
    path directory = files_.host_root / docker_root / found_.full_id;
    auto config_text = read_file(directory / "config.v2.json", config_limit);
    if (!config_text) return;
    auto host = read_file(directory / "hostconfig.json", config_limit);
    take(directory, from_docker_config(*config_text, host.value_or(""), found_));
    if (found_.engine == ContainerEngine::unknown) found_.engine = ContainerEngine::docker;
  }

  const EngineFiles& files_;
  Container found_;
  std::string bundle_, sources_;
};

}  // namespace

std::expected<Container, std::string> from_files(const EngineFiles& files, Container known) {
  if (!is_safe_id(known.full_id)) return std::unexpected("its id is no file name");
  return Search(files, std::move(known)).run();
}

}  // namespace eunomia
