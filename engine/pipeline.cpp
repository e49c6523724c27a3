// SPDX-License-Identifier: Apache-2.0
#include "engine/pipeline.h"

#include <poll.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <exception>

namespace eunomia {
namespace {

using namespace std::chrono_literals;

// More events than this in a window: looking every millisecond is cheaper for everyone than being woken for each.
constexpr auto window = 10ms;
constexpr std::size_t busy_events = 20;
// Records handled before anything else gets its turn.
constexpr std::size_t batch = 4096;

std::uint64_t clock_ns(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
}

}  // namespace

Pipeline::Pipeline(Sensor& sensor, ProcessTable& processes, ContainerTable& containers, const Names& names,
                   const DomainNames& domains)
    : sensor_(sensor),
      processes_(processes),
      containers_(containers),
      on_record_([this](auto bytes) { on_record(bytes); }) {
  host_.names = &names;
  host_.domains = &domains;
  refresh_clock();
}

void Pipeline::refresh_clock() { host_.boot_time_ns = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME); }

void Pipeline::on_record(std::span<const std::byte> bytes) {
  const auto event = Event::decode(bytes);
  if (!event) {
    if (stats_.malformed++ == 0) spdlog::error("a record of the kernel could not be read: {}", event.error());
    return;
  }
  ++stats_.events[static_cast<std::size_t>(event->type)];
  EventRecord record{*event, bytes, processes_.apply(*event), containers_.of(*event), ++stats_.total};
  for (Consumer* consumer : consumers_) {
    try {
      consumer->on_event(record, host_);
    } catch (const std::exception& error) {
      if (stats_.consumer_errors++ == 0) spdlog::error("{}: {}", consumer->name(), error.what());
    }
  }
}

std::size_t Pipeline::consume() { return sensor_.consume(on_record_, batch); }

void Pipeline::tick() {
  for (Consumer* consumer : consumers_) {
    try {
      consumer->on_tick(host_);
    } catch (const std::exception& error) {
      if (stats_.consumer_errors++ == 0) spdlog::error("{}: {}", consumer->name(), error.what());
    }
  }
}

void Pipeline::choose_mode(std::size_t consumed) {
  window_events_ += consumed;
  const auto now = Clock::now();
  if (now - window_start_ < window && window_events_ <= busy_events) return;
  const bool busy = window_events_ > busy_events;
  window_start_ = now;
  window_events_ = 0;
  if (busy == polling_) return;
  polling_ = busy;
  just_blocking_ = !busy;
  sensor_.set_polling(polling_);
}

void Pipeline::wait(const Control& control, bool more) {
  std::array<pollfd, 3> fds{pollfd{control.fd, POLLIN, 0}, pollfd{containers_.ready_fd(), POLLIN, 0},
                            pollfd{sensor_.poll_fd(), POLLIN, 0}};
  int timeout_ms = 1000;
  // A program that still saw the reader polling may have added a record without a wake-up after our last look.
  if (just_blocking_) timeout_ms = 5;
  if (polling_) timeout_ms = 1;
  if (more) timeout_ms = 0;
  if (control.deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*control.deadline - Clock::now()).count();
    timeout_ms = static_cast<int>(std::clamp<long long>(left, 0, timeout_ms));
  }
  just_blocking_ = false;
  poll(fds.data(), polling_ || more ? 2 : 3, timeout_ms);
  if (fds[0].revents != 0 && !control.on_ready()) stop_ = true;
  if (fds[1].revents != 0) {
    containers_.acknowledge();
    tick();
  }
}

void Pipeline::run(const Control& control) {
  stop_ = false;
  last_second_ = Clock::now();
  while (!stop_) {
    const std::size_t consumed = consume();
    choose_mode(consumed);
    const auto now = Clock::now();
    if (now - last_second_ >= 1s) {
      last_second_ = now;
      refresh_clock();
      tick();
      if (control.on_second) control.on_second();
    }
    if (control.deadline && now >= *control.deadline) break;
    wait(control, consumed == batch);
  }
}

void Pipeline::drain(Clock::time_point deadline) {
  // Bounded: a machine that goes on making events must not keep us from ending.
  for (int round = 0; round < 64 && consume() > 0; ++round) {
  }
  tick();
  const auto waiting = [](const Consumer* consumer) { return consumer->is_waiting(); };
  while (std::ranges::any_of(consumers_, waiting) && Clock::now() < deadline) {
    pollfd ready{containers_.ready_fd(), POLLIN, 0};
    poll(&ready, 1, 10);
    containers_.acknowledge();
    tick();
  }
}

std::uint64_t Pipeline::now_unix_ns() { return clock_ns(CLOCK_REALTIME); }

}  // namespace eunomia
