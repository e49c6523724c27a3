// SPDX-License-Identifier: Apache-2.0
//
// Checks that the compiler joins, and rules that it indexes: conditions of many prefixes, suffixes, substrings,
// patterns and numbers of a few fields, over events whose fields are random words of the same few letters.
#include <sys/socket.h>

#include <array>
#include <memory>

#include "tests/unit/lang/lang_fixture.h"
#include "tests/unit/lang/oracle.h"

namespace eunomia::lang {
namespace {

std::string word(Random& r, std::string_view letters, std::size_t longest) {
  std::string out;
  for (auto left = 1 + r.below(longest); left > 0; --left) out += r.pick(letters);
  return out;
}

// An event with its process and container; some values are missing, some empty.
class Scene {
 public:
  explicit Scene(Random& r) {
    static constexpr std::array types = {EventType::openat, EventType::execve, EventType::connect, EventType::fork};
    event_.type = r.pick(types);
    event_.uid = static_cast<std::uint32_t>(r.below(4));
    if (event_.is_open()) fill_open(r);
    if (event_.is_socket()) fill_socket(r);
    for (auto left = r.below(4); left > 0; --left) process_ = process(r, process_);
    if (r.below(2) == 0)
      container_ = std::make_unique<Container>(Container{
          .id = "0123456789ab", .metadata = Metadata::complete, .name = word(r, "ab", 2), .image = word(r, "ab/", 4)});
  }
  Context context() {
    scratch_.clear();
    return {.event = event_, .process = process_.get(), .container = container_.get(), .scratch = scratch_};
  }

 private:
  void fill_open(Random& r) {
    raw_ = word(r, "abA/.", 10);
    path_ = "/" + raw_;
    event_.path = path_;
    event_.raw = raw_;
    event_.fd = 3;
  }
  void fill_socket(Random& r) {
    event_.family = AF_INET;
    event_.local = address(r);
    event_.remote = address(r);
    event_.remote_port = static_cast<std::uint16_t>(80 + r.below(4));
    event_.fd = 3;
  }
  static IpAddress address(Random& r) {
    return {.family = 4,
            .bytes = {10, static_cast<std::uint8_t>(r.below(2)), 0, static_cast<std::uint8_t>(r.below(3))}};
  }
  static std::shared_ptr<const Process> process(Random& r, std::shared_ptr<const Process> parent) {
    auto out = std::make_shared<Process>();
    out->name = word(r, "abA", 3);
    out->args = r.below(4) == 0 ? "" : word(r, "ab A/.", 12);
    out->cmdline = out->name + " " + out->args;
    out->exepath = "/" + word(r, "ab/", 5);
    out->parent = std::move(parent);
    return out;
  }

  Event event_;
  std::string path_, raw_;
  std::shared_ptr<const Process> process_;
  std::unique_ptr<Container> container_;
  Scratch scratch_;
};

constexpr std::array<const char*, 12> texts = {
    "fd.name",   "fd.nameraw",    "proc.name",      "proc.pname",         "proc.aname",      "proc.cmdline",
    "proc.args", "proc.aname[2]", "container.name", "tolower(proc.name)", "container.image", "proc.exepath"};
constexpr std::array<const char*, 13> ops = {"=",          "!=",     "contains", "icontains", "startswith",
                                             "endswith",   "glob",   "iglob",    "regex",     "in",
                                             "intersects", "pmatch", "bcontains"};
constexpr std::array<const char*, 8> regexes = {"a.*",     "[ab]+", "/a/(b|a).*", ".*b",
                                                "(?i)AB?", "a|b",   "/b{1,2}",    "/[ab/]*A"};

std::string value(Random& r, std::string_view op) {
  if (op == "regex") return "\"" + std::string(r.pick(regexes)) + "\"";
  if (op == "bcontains") return r.below(2) == 0 ? "6162" : "2f";
  const bool pattern = op == "glob" || op == "iglob" || op == "pmatch";
  if (!pattern) return "\"" + word(r, "abA/.", 3) + "\"";
  switch (r.below(4)) {
    case 0: return "\"*" + word(r, "abA/", 2) + "*\"";
    case 1: return "\"/" + word(r, "ab/", 3) + (r.below(2) == 0 ? "*\"" : "\"");
    case 2: return "\"*" + word(r, "ab/", 2) + "\"";
    default: return "\"" + word(r, "ab/*?", 5) + "\"";
  }
}

std::string list(Random& r, std::string_view op) {
  std::string out = "(" + value(r, op);
  for (auto left = r.below(8); left > 0; --left) out += ", " + value(r, op);
  return out + ")";
}

std::string text_check(Random& r, const std::string& field) {
  const std::string op = r.pick(ops);
  if (op == "in" || op == "intersects" || op == "pmatch") return field + " " + op + " " + list(r, op);
  if (r.below(4) != 0) return field + " " + op + " " + value(r, op);
  return field + " " + op + (r.below(3) > 0 ? " anyof " : r.below(2) == 0 ? " oneof " : " allof ") + list(r, op);
}

std::string other_check(Random& r) {
  static constexpr std::array<const char*, 8> of_two = {"proc.name != val(proc.pname)",
                                                        "fd.name contains val(proc.name)",
                                                        "proc.aname = val(proc.name)",
                                                        "proc.aname != val(proc.pname)",
                                                        "proc.name icontains val(proc.aname)",
                                                        "fd.sport > val(user.uid)",
                                                        "fd.sip != val(fd.cip)",
                                                        "fd.ip = val(fd.rip)"};
  if (r.below(4) == 0) return r.pick(of_two);
  const auto n = std::to_string(r.below(4));
  switch (r.below(5)) {
    case 0: return "user.uid = " + n;
    case 1: return "user.uid in (1, " + n + ")";
    case 2: return "fd.sport = 8" + n;
    case 3: return "fd.sip = 10.1.0." + n;
    default: return "fd.ip in (10.0.0." + n + ", 10.1.0.0/16)";
  }
}

// Checks of one field, or of two, joined by or; or none of which may be true.
std::string group(Random& r) {
  const std::string one = r.pick(texts), other = r.below(3) == 0 ? r.pick(texts) : one;
  const bool none = r.below(3) == 0;
  std::string out;
  for (auto left = 1 + r.below(7); left > 0; --left) {
    if (!out.empty()) out += none ? " and " : " or ";
    out += (none ? "not " : "") + (r.below(5) == 0 ? other_check(r) : text_check(r, r.below(3) == 0 ? other : one));
  }
  return "(" + out + ")";
}

std::string condition(Random& r) {
  std::string out = r.below(2) == 0 ? "evt.type in (openat, execve, connect)" : "evt.type != exit";
  for (auto left = 1 + r.below(3); left > 0; --left)
    out += r.below(6) == 0 ? " and (" + group(r) + " or " + group(r) + " and " + group(r) + ")" : " and " + group(r);
  return out;
}

void expect_agreement(Random& r, const std::string& yaml, std::size_t& matched) {
  const auto loaded = load_yaml(yaml);
  ASSERT_TRUE(loaded.engine) << as_text(loaded.diagnostics);
  std::vector<std::unique_ptr<Scene>> scenes;
  while (scenes.size() < 100) scenes.push_back(std::make_unique<Scene>(r));
  expect_agreement(*loaded.engine, scenes, matched);
}

std::string rules(Random& r, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += rule_with(condition(r), "R" + std::to_string(i));
  return out;
}

// One rule at a time: no index, so every check is evaluated.
TEST(OracleSets, JoinedChecks) {
  Random r(11);
  std::size_t matched = 0;
  for (int i = 0; i < 300; ++i) expect_agreement(r, rules(r, 1), matched);
  EXPECT_GT(matched, 3000U);
}

TEST(OracleSets, IndexedRules) {
  Random r(12);
  std::size_t matched = 0;
  for (int i = 0; i < 20; ++i) expect_agreement(r, rules(r, 4 + static_cast<int>(r.below(150))), matched);
  EXPECT_GT(matched, 3000U);
}

// Rules that differ in one text each, of every kind that an index knows.
TEST(OracleSets, RulesOfOneCheck) {
  Random r(13);
  std::size_t matched = 0;
  for (int round = 0; round < 10; ++round) {
    std::string yaml;
    for (int i = 0; i < 130; ++i)
      yaml += rule_with("evt.type != exit and " + (r.below(8) == 0 ? other_check(r) : text_check(r, r.pick(texts))),
                        "R" + std::to_string(i));
    expect_agreement(r, yaml, matched);
  }
  EXPECT_GT(matched, 10000U);
}

// "Every value is in one set or every value is in the other" is not "every value is in one of both".
TEST(OracleSets, ChecksOfEveryValueAreNotJoined) {
  const std::string either = R"(getopt(proc.args, "ab") in (a) or getopt(proc.args, "ab") in (b))";
  for (const auto& [args, expected] : {std::pair("x -a -a", true), {"x -b", true}, {"x -a -b", false}})
    EXPECT_EQ(matches(either, {{"evt.type", "execve"}, {"proc.cmdline", args}}), expected) << args;
}

}  // namespace
}  // namespace eunomia::lang
