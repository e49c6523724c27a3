// SPDX-License-Identifier: Apache-2.0
#include "engine/state/domain_resolver.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <tuple>
#include <utility>

namespace eunomia {
namespace {

using Clock = std::chrono::steady_clock;

struct LessAddress {
  bool operator()(const IpAddress& a, const IpAddress& b) const {
    return std::tie(a.family, a.bytes) < std::tie(b.family, b.bytes);
  }
};

IpAddress address_of(const sockaddr& from) {
  IpAddress address;
  if (from.sa_family == AF_INET) {
    address.family = 4;
    std::memcpy(address.bytes.data(), &reinterpret_cast<const sockaddr_in&>(from).sin_addr, 4);
  } else if (from.sa_family == AF_INET6) {
    address.family = 6;
    std::memcpy(address.bytes.data(), &reinterpret_cast<const sockaddr_in6&>(from).sin6_addr, 16);
  }
  return address;
}

std::expected<std::vector<IpAddress>, std::string> ask_system(const std::string& name) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* answers = nullptr;
  if (const int error = getaddrinfo(name.c_str(), nullptr, &hints, &answers); error != 0)
    return std::unexpected(std::string(gai_strerror(error)));
  std::vector<IpAddress> addresses;
  for (const addrinfo* answer = answers; answer != nullptr; answer = answer->ai_next)
    addresses.push_back(address_of(*answer->ai_addr));
  freeaddrinfo(answers);
  return addresses;
}

}  // namespace

// By address; the names borrow from `names`.
struct DomainResolver::Snapshot {
  std::set<std::string> names;
  std::map<IpAddress, std::vector<std::string_view>, LessAddress> by_address;
};

struct DomainResolver::State {
  explicit State(Options given) : options(std::move(given)) {
    if (!options.resolve) options.resolve = ask_system;
  }

  Options options;
  std::mutex mutex;
  std::condition_variable changed;
  std::set<std::string> names;
  std::uint64_t asked_for = 0, answered = 0;  // generations of `names`
  bool started = false;
  std::atomic<bool> stop{false};
  std::shared_ptr<const Snapshot> current = std::make_shared<Snapshot>();
  std::atomic<std::uint64_t> version{0};

  // Of the thread alone.
  std::map<std::string, std::map<IpAddress, Clock::time_point, LessAddress>> known;  // with the time last named
  std::set<std::string> failing;

  void run();
  bool ask(const std::string& name);
  std::shared_ptr<const Snapshot> snapshot(const std::set<std::string>& wanted);
};

bool DomainResolver::State::ask(const std::string& name) {
  const auto answer = options.resolve(name);
  if (stop) return false;  // nobody is there any more to warn
  auto& addresses = known[name];
  const auto now = Clock::now();
  if (answer) {
    failing.erase(name);
    for (const IpAddress& address : *answer)
      if (addresses.size() < options.max_addresses || addresses.contains(address)) addresses[address] = now;
  } else if (failing.insert(name).second && options.warn) {
    options.warn(
        fmt::format("the domain name '{}' of a rule cannot be resolved ({}): the rule sees no connection to it "
                    "until it can",
                    name, answer.error()));
  }
  std::erase_if(addresses, [&](const auto& entry) { return now - entry.second > options.keep; });
  return answer.has_value();
}

std::shared_ptr<const DomainResolver::Snapshot> DomainResolver::State::snapshot(const std::set<std::string>& wanted) {
  std::erase_if(known, [&](const auto& entry) { return !wanted.contains(entry.first); });
  auto next = std::make_shared<Snapshot>();
  next->names = wanted;
  for (const std::string& name : next->names)
    for (const auto& [address, when] : known[name]) next->by_address[address].push_back(name);
  return next;
}

void DomainResolver::State::run() {
  std::unique_lock lock(mutex);
  while (!stop) {
    const auto wanted = names;
    const auto generation = asked_for;
    lock.unlock();
    bool all = true;
    for (const std::string& name : wanted) {
      if (stop) return;
      all = ask(name) && all;
    }
    auto next = snapshot(wanted);
    lock.lock();
    current = std::move(next);
    version.fetch_add(1, std::memory_order_release);
    answered = generation;
    changed.notify_all();
    changed.wait_for(lock, all ? options.refresh : options.retry, [&] { return stop || asked_for != generation; });
    while (!stop && names.empty()) changed.wait(lock);
  }
}

DomainResolver::DomainResolver(Options options)
    : state_(std::make_shared<State>(std::move(options))), held_(state_->current) {}

DomainResolver::~DomainResolver() {
  const std::scoped_lock lock(state_->mutex);
  state_->stop = true;
  state_->changed.notify_all();
}

void DomainResolver::watch(std::vector<std::string> names) {
  const std::scoped_lock lock(state_->mutex);
  state_->names = {names.begin(), names.end()};
  ++state_->asked_for;
  state_->changed.notify_all();
  if (!state_->started && !state_->names.empty()) {
    state_->started = true;
    std::thread([state = state_] { state->run(); }).detach();
  }
  if (!state_->started) state_->answered = state_->asked_for;
}

bool DomainResolver::wait_for_first(std::chrono::milliseconds most) {
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait_for(lock, most, [&] { return state_->answered == state_->asked_for; });
}

std::span<const std::string_view> DomainResolver::names_of(const IpAddress& address) const {
  const auto version = state_->version.load(std::memory_order_acquire);
  if (version != held_version_) {
    const std::scoped_lock lock(state_->mutex);
    held_ = state_->current;
    held_version_ = version;
  }
  const auto found = held_->by_address.find(address);
  if (found == held_->by_address.end()) return {};
  return found->second;
}

}  // namespace eunomia
