// SPDX-License-Identifier: Apache-2.0
//
// One run of the engine: the rooms made and connected, signals, the final summary. Made once everything the user gave
// has been checked; `run` returns when told to stop (SIGINT, SIGTERM, the time given); SIGHUP loads the rules anew and
// reopens files. One thread; sinks and the container look-ups have theirs.
#pragma once

#include <chrono>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alerts/outbox.h"
#include "engine/config.h"
#include "engine/detector.h"
#include "engine/loss_watch.h"
#include "engine/pipeline.h"
#include "engine/state/domain_resolver.h"

namespace eunomia::cli {

// Standard output and every sink of the configuration. Error: all mistakes, one per line.
std::expected<std::vector<alerts::SinkPtr>, std::string> make_all_sinks(const Config& config);

// Loads and attaches what the rules need, and says what this kernel cannot give. Null: not even the least.
std::unique_ptr<Sensor> open_sensor(const Config& config, const lang::Engine& rules);

class Session {
 public:
  Session(Config config, std::shared_ptr<const lang::Engine> rules, std::vector<alerts::SinkPtr> sinks,
          std::unique_ptr<Sensor> sensor);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void run(std::optional<std::chrono::milliseconds> run_for);
  // Delivers what is under way, within the configured time.
  void drain();
  void print_summary() const;

 private:
  // Provides what the rules read beyond the events.
  void provide(const lang::Needs& needs);
  bool on_signal();
  void reload();
  [[nodiscard]] std::vector<Loss> losses() const;
  [[nodiscard]] std::vector<Loss> sink_losses() const;

  Config config_;
  std::string hostname_;
  int signals_;
  std::unique_ptr<Sensor> sensor_;
  std::unique_ptr<Names> names_;
  DomainResolver domains_;
  ProcessTable processes_;
  ContainerTable containers_;
  alerts::Outbox outbox_;
  Detector detector_;
  LossWatch loss_watch_;
  Pipeline pipeline_;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace eunomia::cli
