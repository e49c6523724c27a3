// SPDX-License-Identifier: Apache-2.0
//
// The containers of the plain OCI runtimes, by their state directories (/run/runc/ID/state.json, /run/crun/ID/status):
// the way to a container's id where no cgroup's name tells it. runc and crun choose any cgroup, Podman may use none;
// but all of them write down the pid of the first process, and so its namespaces.
//
// `find` lists the roots again if they changed, reads at most a bounded number of new state files, and compares. It
// costs a few stat calls when nothing changed. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/state/cgroup_path.h"
#include "engine/state/metadata.h"

namespace eunomia {

struct OciContainer {
  ContainerId id;
  std::filesystem::path directory;  // with the state file
  OciState state;
  std::uint32_t pidns = 0, mntns = 0;  // of its first process; 0: not known
  bool starting = false;               // known by its configuration only; its cgroup may be below another
  bool settled = true;                 // its first process has left the namespaces of whoever started it

  // Whether that path (within its hierarchy) is its cgroup or one below.
  [[nodiscard]] bool has_cgroup(std::string_view path) const;
};

// The container whose state is in that directory; nullopt: none, or not (completely) written yet. The engine is told by
// the directory, the kind of file and the bundle.
std::optional<OciContainer> read_oci_state(const std::filesystem::path& directory, const std::filesystem::path& proc);

// /run/runc, /run/crun and those that Docker, containerd, and Podman give their runtimes.
std::vector<std::filesystem::path> usual_oci_roots();

class OciStates {
 public:
  struct Namespaces {
    std::uint32_t pid = 0, mnt = 0;
  };
  OciStates(std::vector<std::filesystem::path> roots, std::filesystem::path proc, Namespaces host);

  // The container with that cgroup (of itself or above; empty: not known) or, if they differ from the host's, with that
  // pid or mount namespace. Null: none. The result lives until the next call.
  const OciContainer* find(std::string_view cgroup_path, Namespaces namespaces);

 private:
  struct Root {
    std::filesystem::path path;
    std::int64_t changed_ns = -1;  // modification time when it was listed; -1: to be listed
    bool nested = false;           // found in another root: its own directories are containers only
  };
  struct Place {
    std::optional<OciContainer> container;  // nullopt: nothing to read yet
    std::uint64_t inode = 0;                // another one: a new container under an old name
    bool seen = false;
    int reads = 0;
    std::optional<std::chrono::steady_clock::time_point> gone;

    [[nodiscard]] bool is_final() const {
      constexpr int most_reads = 20;  // a container may share its namespaces with its runtime for good
      return gone || (container && !container->starting && (container->settled || reads >= most_reads));
    }
  };

  void refresh();
  void list(Root& root);
  void drop_unseen(const std::filesystem::path& root);
  void read_new();

  std::vector<Root> roots_;
  std::filesystem::path proc_;
  Namespaces host_;
  std::map<std::filesystem::path, Place> places_;
};

}  // namespace eunomia
