// SPDX-License-Identifier: Apache-2.0
#include "engine/state/container_registry.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <utility>

namespace eunomia {

namespace {

constexpr std::chrono::seconds pause_between_retries{10};

Container just_named(const ContainerId& id) {
  Container container;
  container.id = short_id(id.full_id);
  container.full_id = id.full_id;
  container.engine = id.engine;
  // Plain runtimes know no other name.
  if (id.engine == ContainerEngine::runc || id.engine == ContainerEngine::crun) container.name = id.full_id;
  return container;
}

bool is_predecessor(const Container& kept, std::uint64_t created_ns) {
  bool plain = kept.engine == ContainerEngine::runc || kept.engine == ContainerEngine::crun;
  return plain && created_ns != 0 && kept.metadata == Metadata::complete && kept.start_ns != created_ns;
}

}  // namespace

ContainerRegistry::ContainerRegistry(std::size_t max_containers, Resolver::Options resolver)
    : max_containers_(std::max<std::size_t>(max_containers, 1)),
      ready_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      resolver_(std::move(resolver), [this](auto container) { publish(std::move(container)); }) {}

std::shared_ptr<ContainerRegistry::Slot> ContainerRegistry::admit(const ContainerId& id, std::uint64_t created_ns) {
  std::shared_ptr<Slot> slot;
  {
    std::lock_guard lock(mutex_);
    std::shared_ptr<Slot>& place = slots_[id.full_id];
    bool known = place && !is_predecessor(*place->container, created_ns);
    if (!place) place = std::make_shared<Slot>();
    slot = place;
    slot->used = ++uses_;
    if (known) return slot;
    slot->id = id;
    if (slot->container) count(slot->container->metadata, -1);
    slot->container = std::make_shared<const Container>(just_named(id));
    if (slots_.size() > max_containers_) evict_oldest();
  }
  ask(*slot);
  return slot;
}

std::shared_ptr<const Container> ContainerRegistry::current(std::shared_ptr<Slot>& slot) {
  if (slot->evicted) slot = admit(slot->id);
  slot->used = ++uses_;
  std::lock_guard lock(mutex_);
  return slot->container;
}

void ContainerRegistry::retry(Slot& slot) {
  {
    std::lock_guard lock(mutex_);
    if (slot.container->metadata != Metadata::missing) return;
  }
  if (std::chrono::steady_clock::now() - slot.asked > pause_between_retries) ask(slot);
}

void ContainerRegistry::ask(Slot& slot) {
  slot.asked = std::chrono::steady_clock::now();
  Container container = just_named(slot.id);
  if (resolver_.ask(container)) return;
  container.metadata = Metadata::missing;
  container.metadata_source = "not asked: too many containers are being asked for";
  publish(std::make_shared<const Container>(std::move(container)));
  std::lock_guard lock(mutex_);
  ++stats_.lookups_dropped;
}

// Rare: only when more containers were seen than are kept.
void ContainerRegistry::evict_oldest() {
  auto oldest = std::ranges::min_element(slots_, {}, [](const auto& one) { return one.second->used; });
  oldest->second->evicted = true;
  count(oldest->second->container->metadata, -1);
  slots_.erase(oldest);
  ++stats_.evicted;
}

void ContainerRegistry::count(Metadata metadata, int by) {
  auto change = static_cast<std::uint64_t>(by);
  if (metadata == Metadata::complete) stats_.complete += change;
  if (metadata == Metadata::missing) stats_.missing += change;
}

// Late news never make a container less known than it is.
void ContainerRegistry::publish(std::shared_ptr<const Container> container) {
  {
    std::lock_guard lock(mutex_);
    auto found = slots_.find(container->full_id);
    if (found == slots_.end()) return;
    std::shared_ptr<const Container>& place = found->second->container;
    if (place->metadata == Metadata::complete && container->metadata != Metadata::complete) return;
    count(place->metadata, -1);
    count(container->metadata, 1);
    place = std::move(container);
  }
  ::eventfd_write(ready_.get(), 1);
}

std::shared_ptr<const Container> ContainerRegistry::find(const std::string& full_id) const {
  std::lock_guard lock(mutex_);
  auto found = slots_.find(full_id);
  return found == slots_.end() ? nullptr : found->second->container;
}

void ContainerRegistry::acknowledge() {
  eventfd_t ignored = 0;
  ::eventfd_read(ready_.get(), &ignored);
}

ContainerTable::Stats ContainerRegistry::stats() const {
  std::lock_guard lock(mutex_);
  ContainerTable::Stats stats = stats_;
  stats.containers = slots_.size();
  return stats;
}

}  // namespace eunomia
