// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>

#include "alerts/format.h"
#include "tests/unit/alerts/samples.h"

namespace eunomia::alerts {
namespace {

struct Parsed {
  std::string pri, time, host, app, proc, msgid, sd_id, message;
  std::map<std::string, std::string> params;
};

// A parser of RFC 5424 section 6, as strict as its grammar; empty for what it does not allow.
class Parser {
 public:
  explicit Parser(std::string text) : text_(std::move(text)) {}

  std::optional<Parsed> parse() {
    Parsed out;
    static const std::regex header(
        "<(0|[1-9][0-9]{0,2})>1 ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
        "(?:\\.[0-9]{1,6})?Z) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) ");
    std::smatch match;
    if (!std::regex_search(text_, match, header, std::regex_constants::match_continuous)) return std::nullopt;
    out.pri = match[1], out.time = match[2], out.host = match[3], out.app = match[4], out.proc = match[5],
    out.msgid = match[6];
    at_ = static_cast<std::size_t>(match.length());
    if (std::stoi(out.pri) > 191 || !element(out)) return std::nullopt;
    if (at_ < text_.size() && !take(' ')) return std::nullopt;
    out.message = text_.substr(at_);
    return out;
  }

 private:
  bool take(char expected) { return at_ < text_.size() && text_[at_++] == expected; }

  std::string name(const std::string& stops) {
    const auto end = text_.find_first_of(stops, at_);
    std::string out = text_.substr(at_, end == std::string::npos ? end : end - at_);
    at_ += out.size();
    const bool valid =
        !out.empty() && out.size() <= 32 && std::ranges::all_of(out, [](char c) { return c > ' ' && c <= '~'; });
    return valid ? out : std::string();
  }

  bool element(Parsed& out) {
    if (!take('[') || (out.sd_id = name(" ]")).empty()) return false;
    while (at_ < text_.size() && text_[at_] == ' ') {
      ++at_;
      const std::string key = name("=]\" ");
      std::string value;
      if (key.empty() || !take('=') || !take('"') || !param_value(value)) return false;
      out.params[key] = value;
    }
    return take(']');
  }

  bool param_value(std::string& out) {
    for (; at_ < text_.size(); ++at_) {
      char next = text_[at_];
      if (next == '"') return take('"');
      if (next == ']') return false;
      if (next == '\\') {
        if (++at_ == text_.size()) return false;
        next = text_[at_];
        if (next != '"' && next != '\\' && next != ']') return false;  // we escape every backslash
      }
      out += next;
    }
    return false;
  }

  std::string text_;
  std::size_t at_ = 0;
};

TEST(FormatSyslog, FollowsTheGrammar) {
  const auto parsed = Parser(format_syslog(sample_alert(), {.pid = 99})).parse();
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->pri, "84");  // 10 * 8 + warning
  EXPECT_EQ(parsed->time, "2026-01-02T03:04:05.123456Z");
  EXPECT_EQ(parsed->host, "node-1");
  EXPECT_EQ(parsed->app, "eunomia");
  EXPECT_EQ(parsed->proc, "99");
  EXPECT_EQ(parsed->msgid, "openat");
  EXPECT_EQ(parsed->sd_id, "eunomia@32473");
  EXPECT_EQ(parsed->params.at("rule"), "Read sensitive file");
  EXPECT_EQ(parsed->params.at("containerName"), "web");
  EXPECT_EQ(parsed->params.at("cmdline"), "cat /etc/shadow");
  EXPECT_EQ(parsed->params.at("tags"), "filesystem,T1555");
  EXPECT_EQ(parsed->params.at("pid"), "4242");
  EXPECT_EQ(parsed->message, format_text(sample_alert(), {.prefix = false}));
}

TEST(FormatSyslog, HasDashesForWhatIsUnknown) {
  const auto parsed = Parser(format_syslog(Alert{}, {})).parse();
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->host, "-");
  EXPECT_EQ(parsed->proc, "-");
  EXPECT_EQ(parsed->msgid, "-");
}

TEST(FormatSyslog, EscapesQuoteBackslashAndBracket) {
  Alert alert = sample_alert();
  alert.process.cmdline = "a\"b\\c]d\ne";
  const std::string line = format_syslog(alert, {});
  EXPECT_THAT(line, testing::HasSubstr(R"( cmdline="a\"b\\\\c\]d\\ne")"));
  EXPECT_EQ(Parser(line).parse()->params.at("cmdline"), "a\"b\\\\c]d\\ne");
}

TEST(FormatSyslog, CarriesJsonWhenAskedTo) {
  const auto parsed = Parser(format_syslog(sample_alert(), {.format = Format::json})).parse();
  ASSERT_TRUE(parsed);
  EXPECT_EQ(nlohmann::json::parse(parsed->message)["rule"], "Read sensitive file");
}

TEST(FormatSyslog, FollowsTheGrammarForAnyBytes) {
  HostileBytes bytes(4);
  for (int i = 0; i < 500; ++i) {
    for (const Format format : {Format::text, Format::json}) {
      const std::string line = format_syslog(alert_of_strings(bytes), {.format = format});
      ASSERT_LE(line.size(), 8000U);
      ASSERT_TRUE(is_clean_line(line)) << line;
      const auto parsed = Parser(line).parse();
      ASSERT_TRUE(parsed) << line;
      const bool valid = format == Format::text || nlohmann::json::accept(parsed->message);
      ASSERT_TRUE(valid) << parsed->message;
    }
  }
}

TEST(FormatSyslog, StaysWithinItsLimit) {
  for (const char byte : {'x', '\\', '\x01', '\xff'}) {
    const Alert alert = alert_of_strings([byte] { return std::string(20'000, byte); });
    for (const std::size_t limit : {1024UL, 2048UL, 8000UL, 60'000UL}) {
      const std::string line = format_syslog(alert, {.max_bytes = limit});
      EXPECT_LE(line.size(), limit);
      EXPECT_TRUE(Parser(line).parse());
    }
    const std::string line = format_syslog(alert, {.format = Format::json, .max_bytes = 6144});
    EXPECT_LE(line.size(), 6144U);
    EXPECT_TRUE(nlohmann::json::accept(Parser(line).parse()->message));
  }
}

}  // namespace
}  // namespace eunomia::alerts
