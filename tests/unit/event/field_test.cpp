// SPDX-License-Identifier: Apache-2.0
#include "engine/event/field.h"

namespace eunomia {
namespace {

using testing::HasSubstr;

std::string error_of(std::string_view text) {
  const auto found = find_field(text);
  return found ? "found " + std::string{found->field->name} : found.error();
}

TEST(FindField, PlainNames) {
  const auto found = find_field("proc.name");
  ASSERT_TRUE(found) << found.error();
  EXPECT_EQ(found->field->name, "proc.name");
  EXPECT_FALSE(found->arg.index);
  EXPECT_EQ(found->arg.key, "");
}

TEST(FindField, Indices) {
  EXPECT_EQ(find_field("proc.aname[2]")->arg.index, 2);
  EXPECT_FALSE(find_field("proc.aname")->arg.index);
  EXPECT_EQ(find_field("evt.arg[1]")->arg.index, 1);
}

TEST(FindField, Keys) {
  EXPECT_EQ(find_field("evt.arg.flags")->field->name, "evt.arg");
  EXPECT_EQ(find_field("evt.arg.flags")->arg.key, "flags");
  EXPECT_EQ(find_field("evt.arg[flags]")->arg.key, "flags");
  EXPECT_EQ(find_field("proc.env[HOME]")->arg.key, "HOME");
  EXPECT_EQ(find_field("k8s.pod.label.app.kubernetes.io/name")->arg.key, "app.kubernetes.io/name");
  EXPECT_EQ(find_field("container.label[a.b[0]]")->arg.key, "a.b[0]");
}

TEST(FindField, LongerNameBeatsKey) {
  EXPECT_EQ(find_field("container.mount.source[0]")->field->name, "container.mount.source");
  EXPECT_EQ(find_field("evt.type.is.open")->field->name, "evt.type.is");
}

TEST(FindField, UnknownNamesAndTheirNearest) {
  EXPECT_EQ(error_of("proc.nme"), "no field named 'proc.nme'; did you mean 'proc.name'?");
  EXPECT_EQ(error_of("fd.nmae[1]"), "no field named 'fd.nmae'; did you mean 'fd.name'?");
  EXPECT_EQ(error_of("completely.different"), "no field named 'completely.different'");
  EXPECT_THAT(error_of(""), HasSubstr("no field named ''"));
  EXPECT_THAT(error_of(std::string(100000, 'x')), HasSubstr("no field named"));
  EXPECT_THAT(error_of("..."), HasSubstr("no field named"));
  EXPECT_THAT(error_of("[]"), HasSubstr("no field named"));
}

TEST(FindField, ArgumentsThatDoNotFit) {
  EXPECT_EQ(error_of("proc.name[1]"), "'proc.name' takes no argument");
  EXPECT_THAT(error_of("proc.aname[x]"), HasSubstr("takes a number of 0 or more"));
  EXPECT_THAT(error_of("proc.aname[-1]"), HasSubstr("takes a number of 0 or more"));
  EXPECT_THAT(error_of("proc.aname[99999999999999999999]"), HasSubstr("takes a number of 0 or more"));
  EXPECT_THAT(error_of("proc.aname[]"), HasSubstr("is empty"));
  EXPECT_THAT(error_of("proc.aname[1"), HasSubstr("closing bracket"));
  EXPECT_THAT(error_of("evt.arg"), HasSubstr("needs an argument"));
  EXPECT_THAT(error_of("evt.arg."), HasSubstr("is empty"));
  EXPECT_THAT(error_of("container.label"), HasSubstr("needs an argument"));
}

}  // namespace
}  // namespace eunomia
