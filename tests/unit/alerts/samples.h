// SPDX-License-Identifier: Apache-2.0
//
// Alerts to test with: an ordinary one, and ones as hostile as a container can make them.
#pragma once

#include <random>
#include <string>

#include "alerts/alert.h"

namespace eunomia::alerts {

inline Alert sample_alert() {
  Alert alert;
  alert.time_ns = 1'767'323'045'123'456'789;  // 2026-01-02T03:04:05.123456789Z
  alert.priority = Priority::warning;
  alert.rule = "Read sensitive file";
  alert.output = "Sensitive file opened for reading (file=/etc/shadow)";
  alert.hostname = "node-1";
  alert.tags = {"filesystem", "T1555"};
  alert.fields = {{"fd.name", std::string("/etc/shadow")},
                  {"proc.pid", std::int64_t{4242}},
                  {"proc.is_exe_upper_layer", false},
                  {"proc.aname[2]", std::monostate{}}};
  alert.event_type = "openat";
  alert.container = {"3f4e5d6c7b8a90112233445566778899aabbccddeeff00112233445566778899", "web", "busybox:latest",
                     "docker"};
  alert.process = {4242, 7, "cat", "/bin/cat", "cat /etc/shadow", "/", {"sh", "containerd-shim"}};
  alert.user = "root";
  alert.file = "/etc/shadow";
  alert.uuid = "019b7ca9-8d03-7abc-8def-0123456789ab";
  return alert;
}

// Every string of the alert, the keys of its fields too, becomes what `make` returns.
template <typename Make>
Alert alert_of_strings(Make make) {
  Alert alert = sample_alert();
  for (std::string* text : {&alert.rule, &alert.output, &alert.source, &alert.hostname, &alert.event_type, &alert.user,
                            &alert.file, &alert.incomplete_why, &alert.uuid, &alert.container.id, &alert.container.name,
                            &alert.container.image, &alert.container.engine, &alert.process.name,
                            &alert.process.exepath, &alert.process.cmdline, &alert.process.cwd}) {
    *text = make();
  }
  alert.tags = {make(), make()};
  alert.process.ancestors = {make(), make(), make()};
  alert.fields = {{make(), make()}, {make(), std::int64_t{-1}}};
  alert.incomplete = true;
  return alert;
}

// Random bytes with a preference for those that do harm: controls, quotes, broken and deceptive UTF-8.
class HostileBytes {
 public:
  explicit HostileBytes(unsigned seed) : random_(seed) {}

  std::string operator()() {
    static const std::vector<std::string> spiteful = {"\n",
                                                      "\r\n",
                                                      std::string(1, '\0'),
                                                      "\x1b[2J",
                                                      "\x1b]0;x\x07",
                                                      "\"",
                                                      "\\",
                                                      "]",
                                                      "\x7f",
                                                      "\t",
                                                      "%n%s",
                                                      "\xc2\x9b"
                                                      "31m",
                                                      "\xe2\x80\xae",
                                                      "\xe2\x80\xa8",
                                                      "\xf0\x9f\x98\x80",
                                                      "\xff",
                                                      "\xc0\xaf",
                                                      "\xed\xa0\x80",
                                                      "\xe2\x80",
                                                      "\xf4\x90\x80\x80",
                                                      "\xef\xbb\xbf",
                                                      "\xf3\xa0\x81\x81",
                                                      " | user=root",
                                                      "</script>"};
    std::string out;
    const auto parts = random_() % 40;
    for (unsigned i = 0; i < parts; ++i) {
      if (random_() % 2 == 0) {
        out += spiteful[random_() % spiteful.size()];
      } else {
        out += static_cast<char>(random_() % 256);
      }
    }
    return out;
  }

 private:
  std::minstd_rand random_;
};

// One line that a terminal shows and does nothing else with: no controls, only UTF-8, nothing that reorders or hides.
inline bool is_clean_line(const std::string& line) {
  for (std::size_t i = 0; i < line.size();) {
    const auto byte = static_cast<unsigned char>(line[i]);
    if (byte < 0x20 || byte == 0x7f) return false;
    if (byte < 0x80) {
      ++i;
      continue;
    }
    // An independent, table-free decoder: length by the lead's ones, then the value re-encoded must be the same.
    const int length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    if (byte < 0xc0 || byte >= 0xf8 || i + length > line.size()) return false;
    std::uint32_t value = byte & ((1U << (7 - length)) - 1);
    for (int k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(line[i + k]);
      if (next < 0x80 || next > 0xbf) return false;
      value = value * 64 + (next - 0x80);
    }
    const int needed = value < 0x80 ? 1 : value < 0x800 ? 2 : value < 0x10000 ? 3 : 4;
    const bool surrogate = value >= 0xd800 && value < 0xe000;
    const bool c1 = value < 0xa0;
    const bool bidi = value == 0x61c || (value >= 0x200b && value <= 0x200f) || (value >= 0x2028 && value <= 0x202e) ||
                      (value >= 0x2066 && value <= 0x2069) || value == 0xfeff;
    if (needed != length || value > 0x10ffff || surrogate || c1 || bidi || value >= 0xe0000) return false;
    i += length;
  }
  return true;
}

}  // namespace eunomia::alerts
