// SPDX-License-Identifier: Apache-2.0
//
// Outputs: fields, missing values, hostile bytes.
#include <gtest/gtest.h>

#include "tests/unit/lang/lang_fixture.h"

namespace eunomia::lang {
namespace {

const FieldMap event = {{"evt.type", "openat"},
                        {"fd.name", "/etc/passwd"},
                        {"proc.name", "cat"},
                        {"proc.pname", "sh"},
                        {"container.id", "0123456789ab"}};

Rendered rendered(const std::string& output, FieldMap fields = event) {
  const auto result =
      load_yaml("- rule: R\n  desc: d\n  condition: evt.type=openat\n  priority: INFO\n  output: '" + output + "'\n");
  EXPECT_TRUE(result.engine) << as_text(result.diagnostics);
  auto sample = Sample::make(fields);
  EXPECT_TRUE(sample) << sample.error().message;
  if (!result.engine || !sample) return {};
  const auto context = (*sample)->context();
  return result.engine->render(result.engine->rules()[0], context);
}

TEST(Output, PrintsFields) {
  EXPECT_EQ(rendered("file=%fd.name by %proc.name.").text, "file=/etc/passwd by cat.");
  EXPECT_EQ(rendered("%proc.name-%proc.pname, (%proc.aname[1]) %evt.arg.flags").text, "cat-sh, (sh) O_RDONLY");
}
TEST(Output, PrintsWhatIsMissingAsNA) {
  EXPECT_EQ(rendered("a %proc.aname[7] b %proc.env[HOME]").text, "a <NA> b <NA>");
  EXPECT_EQ(rendered("*a %proc.aname[7]").text, "a <NA>");
}
TEST(Output, KnowsPercentSignsAndWidths) {
  EXPECT_EQ(rendered("100%% of %8proc.name|%2proc.name").text, "100% of cat     |ca");
}
TEST(Output, PrintsListsInParentheses) { EXPECT_EQ(rendered("%proc.aname").text, "(sh)"); }

TEST(Output, FieldsKeepTypesAndOrderAndComeOnce) {
  const auto out = rendered("%fd.num %proc.name %evt.is_open_read %proc.name %proc.aname[7]");
  ASSERT_EQ(out.fields.size(), 4U);
  EXPECT_EQ(out.fields[0], (std::pair<std::string, OwnedValue>("fd.num", std::int64_t{3})));
  EXPECT_EQ(out.fields[1].second, OwnedValue(std::string("cat")));
  EXPECT_EQ(out.fields[2].second, OwnedValue(true));
  EXPECT_EQ(out.fields[3].first, "proc.aname[7]");
  EXPECT_EQ(out.fields[3].second, OwnedValue());
}

TEST(Output, HostileValuesStayOnOneLine) {
  auto fields = event;
  fields.emplace_back("fd.name", "/tmp/\x1b[31m\nfake alert\r\t\x7f\xc2\x9b\xff");
  const auto out = rendered("file=%fd.name", fields);
  EXPECT_EQ(out.text, "file=/tmp/\\x1b[31m\\nfake alert\\r\\t\\x7f\\u009b\xff");
  EXPECT_EQ(std::get<std::string>(out.fields[0].second), "/tmp/\x1b[31m\nfake alert\r\t\x7f\xc2\x9b\xff");
}
TEST(Output, AValueIsNeverAFormat) {
  auto fields = event;
  fields.emplace_back("fd.name", "/tmp/%proc.name{}%s");
  EXPECT_EQ(rendered("%fd.name", fields).text, "/tmp/%proc.name{}%s");
}

TEST(Output, TellsThatMetadataIsPending) {
  const auto result =
      load_yaml("- rule: R\n  desc: d\n  condition: evt.type=openat\n  priority: INFO\n  output: '%container.name'\n");
  Container container;
  container.id = "0123456789ab";
  Event open{.type = EventType::openat, .path = "/x"};
  Scratch scratch;
  const Context context{.event = open, .container = &container, .scratch = scratch};
  EXPECT_TRUE(result.engine->render(result.engine->rules()[0], context).touched_pending);
  container.metadata = Metadata::complete;
  const Context later{.event = open, .container = &container, .scratch = scratch};
  EXPECT_FALSE(result.engine->render(result.engine->rules()[0], later).touched_pending);
}

}  // namespace
}  // namespace eunomia::lang
