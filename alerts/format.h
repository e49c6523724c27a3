// SPDX-License-Identifier: Apache-2.0
//
// One alert as one line, in three formats. Every function takes any bytes in any string of the alert, returns one line
// without the line's end, never fails, and may be called from any thread. Long strings are cut with the mark of
// alerts/escape.h.
//
//  * Text is for people: time, priority, rule, what happened, then key=value pairs for who did it and where.
//  * JSON has the keys of Falco's output, which falcosidekick and the like read (time, rule, priority, output, source,
//    hostname, tags, output_fields), and ours besides. `output` starts with "HH:MM:SS.nnnnnnnnn: Priority " as Falco's
//    does (UTC here); `message` is the same without it. The line is printable ASCII: other characters are \uXXXX, and
//    each byte that is not UTF-8 becomes U+FFFD.
//  * Syslog is RFC 5424: a header, one element of structured data, and text or JSON as the message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "alerts/alert.h"

namespace eunomia::alerts {

enum class Format : std::uint8_t { text, json };

struct TextStyle {
  bool color = false;  // ANSI colours; the only escape sequences that the line can hold
  bool prefix = true;  // time and priority first
};
// At most `max_text_bytes` long, colours apart.
inline constexpr std::size_t max_text_bytes = std::size_t{24} * 1024;
std::string format_text(const Alert& alert, TextStyle style = {});

// At most `max_bytes` long (less than 4 KiB is taken as 4 KiB). Where it has to cut, strings get shorter first, then
// only the essential keys remain; "truncated" is then true.
inline constexpr std::size_t max_json_bytes = std::size_t{64} * 1024 - 1;
std::string format_json(const Alert& alert, std::size_t max_bytes = max_json_bytes);

struct SyslogStyle {
  int facility = 10;             // authpriv: command lines may hold secrets (RFC 5424, table 1)
  Format format = Format::text;  // of the message
  std::size_t max_bytes = 8000;  // of the whole; rsyslog cuts at a little under 8 KiB unless told otherwise
  std::uint32_t pid = 0;         // the header's PROCID; 0: none
};
// At most `style.max_bytes` long (less than 1 KiB is taken as 1 KiB, with JSON less than 6 KiB as 6 KiB).
std::string format_syslog(const Alert& alert, const SyslogStyle& style);

// "2026-01-02T03:04:05.123456789Z", with 0 to 9 digits after the second.
std::string rfc3339(std::uint64_t time_ns, int digits = 9);

}  // namespace eunomia::alerts
