// SPDX-License-Identifier: Apache-2.0
//
// The addresses of the domain names that rules compare with (fd.sip.name = "kubernetes.default.svc"), asked of the
// machine's resolver again and again in a thread of its own.
//
//   DomainResolver domains({});
//   domains.watch(engine.needs().domain_names);   // after every load; wakes the thread
//   domains.wait_for_first(2s);                   // at start: until each was asked once
//
// Names are published together. An address stays with its name for a while after the resolver stopped naming it, since
// connections made by an older answer go on. A name that cannot be resolved is reported once, through `warn`, and asked
// for again. `names_of` is called by one thread, `watch` by any; a resolver that hangs delays neither, nor the end.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/event/field.h"

namespace eunomia {

class DomainResolver : public DomainNames {
 public:
  struct Options {
    // All addresses of a name; error: why there are none. Null: getaddrinfo(3).
    std::function<std::expected<std::vector<IpAddress>, std::string>(const std::string&)> resolve;
    std::function<void(const std::string&)> warn;
    std::chrono::milliseconds refresh{60'000};
    std::chrono::milliseconds retry{10'000};  // where some name had no answer
    std::chrono::milliseconds keep{600'000};  // addresses that are named no longer
    std::size_t max_addresses = 256;          // of one name
  };

  explicit DomainResolver(Options options);
  ~DomainResolver() override;

  void watch(std::vector<std::string> names);
  // Whether every name watched now has been asked for, within that time.
  bool wait_for_first(std::chrono::milliseconds most);
  [[nodiscard]] std::span<const std::string_view> names_of(const IpAddress& address) const override;

 private:
  struct Snapshot;
  struct State;
  std::shared_ptr<State> state_;  // the thread's too: it may be in a look-up when this object goes
  mutable std::shared_ptr<const Snapshot> held_;
  mutable std::uint64_t held_version_ = 0;
};

}  // namespace eunomia
