// SPDX-License-Identifier: Apache-2.0
#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <sys/utsname.h>

#include "cli/commands.h"

namespace eunomia::cli {

void add_version(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("version", "Print the version of eunomia, libbpf and the kernel");
  command->callback([&chosen] {
    chosen = [] {
      utsname kernel{};
      uname(&kernel);
      fmt::print("eunomia {}\nlibbpf {}\nkernel {} {}\n", EUNOMIA_VERSION, libbpf_version_string() + 1, kernel.release,
                 kernel.machine);
      return exit_ok;
    };
  });
}

}  // namespace eunomia::cli
