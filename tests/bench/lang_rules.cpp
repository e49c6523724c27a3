// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/lang_rules.h"

#include <fmt/format.h>

#include <array>

namespace eunomia::bench {
namespace {

constexpr const char* base = R"(
- macro: container
  condition: (container.id != host)
- macro: open_write
  condition: (evt.type in (open,openat,openat2) and evt.is_open_write=true and fd.typechar='f' and fd.num>=0)
- macro: open_read
  condition: (evt.type in (open,openat,openat2) and evt.is_open_read=true and fd.typechar='f' and fd.num>=0)
- macro: spawned_process
  condition: (evt.type in (execve, execveat))
- macro: outbound
  condition: (evt.type=connect and fd.typechar=4 and fd.sip != 127.0.0.1)
- list: shell_binaries
  items: [ash, bash, csh, ksh, sh, tcsh, zsh, dash]
- list: package_binaries
  items: [dpkg, apt, apt-get, rpm, dnf, yum, apk, pip, npm, unattended-upgr, apt-key, rpmkeys]
- macro: package_management
  condition: (proc.name in (package_binaries) or proc.pname in (package_binaries) or proc.aname in (package_binaries))
- macro: known_agent
  condition: >
    (proc.cmdline startswith "perl /opt/agent" or proc.cmdline startswith "python3 /opt/agent" or
     proc.pcmdline startswith "/opt/agent/bin" or proc.aname[2] = agentd or proc.aname[3] = agentd)
)";

// {0} is the number of the rule, so that each has values of its own.
constexpr std::array conditions = {
    "open_read and container and fd.name startswith /opt/app{0}/secrets and not proc.name in (app{0}, backup{0})",
    "spawned_process and container and proc.name in (tool{0}, helper{0}, probe{0}) and not proc.pname in "
    "(shell_binaries)",
    "spawned_process and proc.cmdline contains \"--steal-{0}\" and not known_agent",
    "spawned_process and (proc.cmdline contains \"wget{0} http\" or proc.cmdline contains \"| sh{0}\" or\n"
    "    proc.args icontains \"Base64 -d {0}\" or proc.args contains \"/dev/tcp/{0}\") and not package_management",
    "open_write and (fd.name startswith /bin/x{0} or fd.name startswith /usr/bin/x{0} or fd.name startswith /sbin/x{0} "
    "or\n"
    "    fd.name startswith /usr/sbin/x{0} or fd.name endswith .so.{0}) and not package_management and not known_agent",
    "outbound and container and fd.sport in (1{0:04}, 2{0:04}) and not proc.name in (proxy{0}, shell_binaries)",
    "outbound and (fd.sip in (\"11.{1}.{2}.0/24\", \"12.{1}.{2}.0/24\") or fd.sip.name in (pool{0}.example.com))",
    "open_read and fd.name in (/etc/app{0}.conf, /etc/app{0}.key, /root/.app{0}) and proc.name != app{0}",
    "open_read and container and fd.name pmatch (/home/*/.cloud{0}, /root/.cloud{0}, /var/run/secrets/{0})",
    "(open_read or open_write) and fd.name regex '/proc/[0-9]+/(mem|maps){0}' and not proc.name in (gdb, strace)",
    "spawned_process and proc.pname in (server{0}, worker{0}) and proc.name in (shell_binaries) and\n"
    "    not proc.cmdline startswith \"sh -c /srv/{0}\"",
    "open_write and fd.directory in (/etc/cron{0}.d, /var/spool/cron{0}) and not proc.name in (package_binaries, "
    "cron{0})",
    "(spawned_process and proc.exepath startswith /tmp/x{0}) or (open_write and fd.name startswith /dev/shm/x{0})",
    "open_read and fd.name contains /.wallet{0}/ and not proc.aname in (wallet{0}, shell_binaries)",
    "evt.type in (bind, listen) and container and fd.lport = 3{0:04} and user.uid != 0",
    "spawned_process and proc.exepath endswith /miner{0} and (proc.cmdline contains stratum{0} or proc.args contains "
    "pool{0})",
};

constexpr const char* exceptions =
    "  exceptions:\n"
    "    - name: known\n      fields: [proc.name, fd.name]\n      comps: [=, startswith]\n"
    "      values: [[app{0}, /srv/app{0}], [backup{0}, /srv], [agentd, /var/lib/agent]]\n"
    "    - name: images\n      fields: container.image.repository\n      values: [registry/app{0}, "
    "registry/backup{0}]\n";

}  // namespace

std::string make_rules(std::size_t count) {
  std::string out = base;
  for (std::size_t i = 0; i < count; ++i) {
    const auto condition = fmt::format(fmt::runtime(conditions[i % conditions.size()]), i, i / 200, i % 200);
    out += fmt::format("- rule: R{0}\n  desc: Found by shape.\n  condition: >\n    {1}\n", i, condition);
    out += "  output: seen %proc.name %proc.cmdline %fd.name %container.id %user.name\n  priority: WARNING\n";
    if (i % 5 == 0) out += fmt::format(fmt::runtime(exceptions), i);
  }
  return out;
}

}  // namespace eunomia::bench
