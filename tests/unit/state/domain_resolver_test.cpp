// SPDX-License-Identifier: Apache-2.0
#include "engine/state/domain_resolver.h"

#include <gmock/gmock.h>

#include <atomic>
#include <latch>
#include <map>
#include <mutex>

namespace eunomia {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto patience = 10s;

// Answers as the tests say, and counts.
struct FakeDns {
  std::mutex mutex;
  std::map<std::string, std::vector<IpAddress>> zone;
  std::atomic<int> asked = 0;

  void set(const std::string& name, std::initializer_list<const char*> addresses) {
    const std::scoped_lock lock(mutex);
    zone[name].clear();
    for (const char* address : addresses) zone[name].push_back(*parse_ip(address));
  }
  DomainResolver::Options options() {
    return {.resolve = [this](const std::string& name) -> std::expected<std::vector<IpAddress>, std::string> {
              const std::scoped_lock lock(mutex);
              ++asked;
              const auto found = zone.find(name);
              if (found == zone.end()) return std::unexpected("no such name");
              return found->second;
            },
            .refresh = 5ms,
            .retry = 5ms};
  }
};

auto names_of(const DomainResolver& domains, const char* address) { return domains.names_of(*parse_ip(address)); }

// Until the resolver says so; the test's own time limit is the end.
template <class Condition>
bool eventually(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

TEST(DomainResolver, NamesByAddressOfEitherFamily) {
  FakeDns dns;
  dns.set("a.test", {"10.0.0.1", "2001:db8::1"});
  dns.set("b.test", {"10.0.0.1"});
  DomainResolver domains(dns.options());
  domains.watch({"b.test", "a.test"});
  ASSERT_TRUE(domains.wait_for_first(patience));
  EXPECT_THAT(names_of(domains, "10.0.0.1"), ElementsAre("a.test", "b.test"));
  EXPECT_THAT(names_of(domains, "2001:db8::1"), ElementsAre("a.test"));
  EXPECT_THAT(names_of(domains, "10.0.0.2"), IsEmpty());
}

TEST(DomainResolver, NothingToWatchAsksNobody) {
  FakeDns dns;
  DomainResolver domains(dns.options());
  domains.watch({});
  EXPECT_TRUE(domains.wait_for_first(0ms));
  EXPECT_EQ(dns.asked, 0);
}

TEST(DomainResolver, FollowsChangesAndKeepsWhatWasNamed) {
  FakeDns dns;
  dns.set("a.test", {"10.0.0.1"});
  DomainResolver domains(dns.options());
  domains.watch({"a.test"});
  ASSERT_TRUE(domains.wait_for_first(patience));
  dns.set("a.test", {"10.0.0.2"});
  ASSERT_TRUE(eventually([&] { return !names_of(domains, "10.0.0.2").empty(); }));
  EXPECT_THAT(names_of(domains, "10.0.0.1"), ElementsAre("a.test"));
}

TEST(DomainResolver, AddressesAreForgottenInTheEnd) {
  FakeDns dns;
  dns.set("a.test", {"10.0.0.1"});
  auto options = dns.options();
  options.keep = 20ms;
  DomainResolver domains(options);
  domains.watch({"a.test"});
  ASSERT_TRUE(domains.wait_for_first(patience));
  dns.set("a.test", {});
  EXPECT_TRUE(eventually([&] { return names_of(domains, "10.0.0.1").empty(); }));
}

TEST(DomainResolver, AnotherSetOfNames) {
  FakeDns dns;
  dns.set("a.test", {"10.0.0.1"});
  dns.set("b.test", {"10.0.0.2"});
  DomainResolver domains(dns.options());
  domains.watch({"a.test"});
  ASSERT_TRUE(domains.wait_for_first(patience));
  domains.watch({"b.test"});
  ASSERT_TRUE(domains.wait_for_first(patience));
  EXPECT_THAT(names_of(domains, "10.0.0.1"), IsEmpty());
  EXPECT_THAT(names_of(domains, "10.0.0.2"), ElementsAre("b.test"));
}

TEST(DomainResolver, AFailureIsToldOnceAndAskedAgain) {
  FakeDns dns;
  std::mutex mutex;
  std::vector<std::string> warnings;
  auto options = dns.options();
  options.warn = [&](const std::string& message) {
    const std::scoped_lock lock(mutex);
    warnings.push_back(message);
  };
  DomainResolver domains(options);
  domains.watch({"late.test"});
  ASSERT_TRUE(eventually([&] { return dns.asked > 3; }));
  dns.set("late.test", {"10.0.0.9"});
  EXPECT_TRUE(eventually([&] { return !names_of(domains, "10.0.0.9").empty(); }));
  const std::scoped_lock lock(mutex);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_THAT(warnings.front(), testing::HasSubstr("late.test"));
}

TEST(DomainResolver, AResolverThatHangsDelaysNobody) {
  // Shared: the thread outlives the resolver and the test.
  const auto asked = std::make_shared<std::latch>(1), go_on = std::make_shared<std::latch>(1);
  {
    DomainResolver domains({.resolve = [=](const std::string&) -> std::expected<std::vector<IpAddress>, std::string> {
      asked->count_down();
      go_on->wait();
      return std::vector<IpAddress>{};
    }});
    domains.watch({"slow.test"});
    asked->wait();
    EXPECT_FALSE(domains.wait_for_first(1ms));
    EXPECT_THAT(names_of(domains, "10.0.0.1"), IsEmpty());
  }
  go_on->count_down();
}

TEST(DomainResolver, SaysNothingWhenItIsGone) {
  struct Shared {
    std::latch asked{1}, go_on{1};
    std::atomic<int> asks = 0, warnings = 0;
  };
  // Shared: the thread outlives the resolver.
  const auto shared = std::make_shared<Shared>();
  const std::weak_ptr<Shared> thread_holds = shared;
  {
    DomainResolver domains({.resolve = [=](const std::string&) -> std::expected<std::vector<IpAddress>, std::string> {
                              if (++shared->asks == 1) shared->asked.count_down();
                              shared->go_on.wait();
                              return std::unexpected("no such name");
                            },
                            .warn = [=](const std::string&) { ++shared->warnings; }});
    domains.watch({"a.test", "b.test"});
    shared->asked.wait();
  }
  shared->go_on.count_down();
  EXPECT_TRUE(eventually([&] { return thread_holds.use_count() == 1; })) << "the thread does not end";
  EXPECT_EQ(shared->asks, 1);
  EXPECT_EQ(shared->warnings, 0);
}

}  // namespace
}  // namespace eunomia
