// SPDX-License-Identifier: Apache-2.0
//
// The kernel side, as the pipeline sees it: open (load), attach what the rules need, then consume records.
//
//   auto sensor = Sensor::open(plan, {.events = engine.events()});  // error: what was refused, with the kernel's words
//   sensor->attach(engine.events());          // may be called again after a reload: loads, adds and removes hooks
//   while (...) sensor->consume(on_record);   // records in the order of the ring; the bytes die with the call
//
// The reader is woken for every record while it sleeps in `poll_fd`. Under load that would cost the workload an
// interrupt an event, so a busy reader says `set_polling(true)` and looks by itself every millisecond instead.
// Everything is detached when the object (or the process, however it ends) goes. One thread.
#pragma once

#include <array>
#include <cstddef>
#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/sensor/hooks.h"

namespace eunomia {

// Lost or cut in the kernel since the start, by cause (enum ev_loss).
using KernelLosses = std::array<std::uint64_t, EVL_COUNT>;
std::string_view loss_name(ev_loss cause);
std::string_view loss_text(ev_loss cause);

class Sensor {
 public:
  struct Options {
    std::size_t ring_bytes = std::size_t{8} << 20;  // power of two, at least one page
    EventSet events = {};                           // what will be attached first: loaded with what is always needed
  };
  using OnRecord = std::function<void(std::span<const std::byte>)>;

  // Loads the programs that the plan's chosen alternatives need for `events`. If the kernel refuses one that it seemed
  // to offer, the plan of these observations is worked down to tracepoints, and `plan()` says why.
  static std::expected<std::unique_ptr<Sensor>, std::string> open(HookPlan plan, Options options);
  ~Sensor();
  Sensor(const Sensor&) = delete;
  Sensor& operator=(const Sensor&) = delete;

  // Attaches the hooks that deliver `events` (and those always needed), detaches the others. Programs not loaded yet
  // are loaded first, as by `open`. Error: which hook and why; what could be attached stays so.
  std::expected<void, std::string> attach(const EventSet& events);
  [[nodiscard]] std::size_t attached() const;

  // Hands out up to `limit` records that are there now; returns how many.
  std::size_t consume(const OnRecord& on_record, std::size_t limit = 4096);
  [[nodiscard]] int poll_fd() const;
  void set_polling(bool polling);
  // Whether exec events carry the environment; off at first.
  void set_keep_environment(bool keep);

  [[nodiscard]] KernelLosses losses() const;
  [[nodiscard]] const HookPlan& plan() const;

 private:
  struct State;
  explicit Sensor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace eunomia
