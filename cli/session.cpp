// SPDX-License-Identifier: Apache-2.0
#include "cli/session.h"

#include <fmt/format.h>
#include <malloc.h>
#include <spdlog/spdlog.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>

#include "cli/run_options.h"
#include "engine/privileges.h"
#include "engine/state/users.h"

namespace eunomia::cli {
namespace {

std::string host_name() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

// Blocks the signals we handle, for this thread and those it starts, and makes them readable.
int signal_fd() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

EventSet observable(const HookPlan& plan) {
  EventSet events;
  for (const PlannedObservation& planned : plan.observations) {
    if (planned.chosen) events |= events_of(*planned.observation);
  }
  return events;
}

std::string names_of(const EventSet& events) {
  std::string names;
  for (std::size_t type = 0; type < events.size(); ++type) {
    if (events[type]) names += fmt::format("{}{}", names.empty() ? "" : ", ", event_name(static_cast<EventType>(type)));
  }
  return names;
}

void report_blind_rules(const lang::Engine& rules, const EventSet& seen) {
  for (const lang::Rule& rule : rules.rules()) {
    const EventSet lost = rule.events & ~seen;
    if (rule.enabled && lost.any()) spdlog::warn("rule '{}' cannot see {} on this kernel", rule.name, names_of(lost));
  }
}

void report_plan(const Sensor& sensor, const lang::Engine& rules) {
  for (const std::string& line : shortfalls(sensor.plan())) spdlog::info("{}", line);
  report_blind_rules(rules, observable(sensor.plan()));
}

std::size_t enabled_rules(const lang::Engine& rules) {
  return static_cast<std::size_t>(std::ranges::count_if(rules.rules(), &lang::Rule::enabled));
}

alerts::OutboxOptions outbox_options(const Config& config) {
  alerts::OutboxOptions options;
  options.queue_alerts = config.alerts.queue;
  options.warn = [](std::string_view sink, std::string_view message) { spdlog::warn("{}: {}", sink, message); };
  return options;
}

ContainerTable::Options container_options(const Config& config) {
  ContainerTable::Options options;
  options.metadata_timeout = config.containers.metadata_timeout;
  options.api_sockets = config.containers.sockets;
  return options;
}

}  // namespace

std::expected<std::vector<alerts::SinkPtr>, std::string> make_all_sinks(const Config& config) {
  std::vector<alerts::SinkConfig> configs = config.alerts.sinks;
  if (config.alerts.to_standard_output) configs.insert(configs.begin(), config.alerts.standard_output);
  return alerts::make_sinks(configs);
}

std::unique_ptr<Sensor> open_sensor(const Config& config, const lang::Engine& rules) {
  auto sensor = Sensor::open(plan_hooks(), {.ring_bytes = config.sensor.ring_bytes, .events = rules.events()});
  if (!sensor) {
    spdlog::error("{}", sensor.error());
    return nullptr;
  }
  if (auto attached = (*sensor)->attach(rules.events()); !attached) {
    spdlog::error("{}", attached.error());
    return nullptr;
  }
  report_plan(**sensor, rules);
  return std::move(*sensor);
}

Session::Session(Config config, std::shared_ptr<const lang::Engine> rules, std::vector<alerts::SinkPtr> sinks,
                 std::unique_ptr<Sensor> sensor)
    : config_(std::move(config)),
      hostname_(host_name()),
      signals_(signal_fd()),
      sensor_(std::move(sensor)),
      names_(host_names()),
      domains_({.warn = [](const std::string& message) { spdlog::warn("{}", message); }}),
      processes_({}),
      containers_(container_options(config_)),
      outbox_(std::move(sinks), outbox_options(config_)),
      detector_(
          std::move(rules), [this](const std::string& id) { return containers_.find(id); },
          [this](alerts::Alert alert) { outbox_.push(std::move(alert)); },
          {.hostname = hostname_, .matching = config_.selection.matching}),
      loss_watch_([this](alerts::Alert alert) { outbox_.push(std::move(alert)); }, hostname_),
      pipeline_(*sensor_, processes_, containers_, *names_, domains_),
      started_(std::chrono::steady_clock::now()) {
  pipeline_.add(detector_);
  provide(detector_.rules().needs());
  const std::size_t found = processes_.scan();
  containers_.scan();
  // The look-ups ran beside the scans. A resolver that takes longer is not waited for: events are coming in.
  constexpr std::chrono::milliseconds patience{500};
  if (!domains_.wait_for_first(patience))
    spdlog::warn("the resolver has not answered for all domain names of the rules yet: starting without");
  malloc_trim(0);
  spdlog::info("ready: {} rules, {} hooks attached, {} processes known", enabled_rules(detector_.rules()),
               sensor_->attached(), found);
}

Session::~Session() { close(signals_); }

void Session::provide(const lang::Needs& needs) {
  sensor_->set_keep_environment(needs.environment);
  processes_.set_keep_environment(needs.environment);
  domains_.watch(needs.domain_names);
}

void Session::run(std::optional<std::chrono::milliseconds> run_for) {
  Pipeline::Control control;
  control.fd = signals_;
  control.on_ready = [this] { return on_signal(); };
  control.on_second = [this] {
    loss_watch_.update(losses(), std::chrono::steady_clock::now(), pipeline_.now_unix_ns());
  };
  if (run_for) control.deadline = started_ + *run_for;
  pipeline_.run(control);
}

bool Session::on_signal() {
  signalfd_siginfo info{};
  while (read(signals_, &info, sizeof info) == sizeof info) {
    if (info.ssi_signo != SIGHUP) {
      spdlog::info("stopping: {}", info.ssi_signo == SIGINT ? "interrupted" : "asked to terminate");
      return false;
    }
    reload();
  }
  return true;
}

void Session::reload() {
  outbox_.reopen();
  auto rules = load_rules(config_);
  if (!rules) {
    spdlog::error("reload: the running rules stay in place");
    return;
  }
  if (auto attached = sensor_->attach(rules->events() | detector_.rules().events()); !attached) {
    spdlog::error("reload: {}; the running rules stay in place", attached.error());
    return;
  }
  report_blind_rules(*rules, observable(sensor_->plan()));
  // First the new rules, then without the hooks that only the old ones needed: no event of either is missed.
  provide(rules->needs());
  detector_.replace(rules);
  if (auto attached = sensor_->attach(rules->events()); !attached) spdlog::error("reload: {}", attached.error());
  spdlog::info("reloaded: {} rules, {} hooks attached", enabled_rules(*rules), sensor_->attached());
}

void Session::drain() {
  using Clock = std::chrono::steady_clock;
  // Metadata and sinks get their time one after the other: the one shall not eat up the other's.
  pipeline_.drain(Clock::now() + std::min(config_.alerts.drain_timeout, config_.containers.metadata_timeout));
  detector_.flush(pipeline_.host());
  loss_watch_.update(losses(), Clock::now(), pipeline_.now_unix_ns());
  outbox_.drain(Clock::now() + config_.alerts.drain_timeout);
}

std::vector<Loss> Session::losses() const {
  std::vector<Loss> all;
  const KernelLosses kernel = sensor_->losses();
  for (int cause = 0; cause < EVL_COUNT; ++cause) {
    const auto loss = static_cast<ev_loss>(cause);
    all.push_back({std::string(loss_name(loss)), std::string(loss_text(loss)), kernel.at(cause),
                   loss == EVL_RING_FULL || loss == EVL_NO_SCRATCH});
  }
  all.push_back({"malformed", "a record of the kernel could not be decoded: the event is lost",
                 pipeline_.stats().malformed, true});
  all.push_back({"consumer_error", "handling an event failed", pipeline_.stats().consumer_errors, true});
  all.push_back({"process_evicted", "the process table was full: the process least used was forgotten",
                 processes_.stats().evicted, false});
  all.push_back({"container_evicted", "the container table was full: the container least used was forgotten",
                 containers_.stats().evicted, false});
  all.push_back({"metadata_dropped", "too many containers were asked about at once: one stays without metadata",
                 containers_.stats().lookups_dropped, false});
  all.push_back({"parking_full", "too many events waited for metadata: one was judged without it",
                 detector_.stats().parking_full, false});
  const lang::Correlator::Stats& forgotten = detector_.forgotten();
  all.push_back({"correlation_evicted",
                 "a rule's window or sequence had too many keys: one that was under way was forgotten",
                 forgotten.counts_forgotten, true});
  all.push_back({"throttle_evicted", "a rule's throttle had too many keys: one in force was forgotten",
                 forgotten.throttles_forgotten, false});
  all.push_back({"suppressed_untold", "alerts that a throttle held back and no later alert tells of",
                 forgotten.suppressed_forgotten, false});
  for (Loss& loss : sink_losses()) all.push_back(std::move(loss));
  return all;
}

std::vector<Loss> Session::sink_losses() const {
  std::vector<Loss> all;
  for (const alerts::SinkStats& sink : outbox_.stats()) {
    const auto add = [&](std::string_view what, std::string_view text, std::uint64_t count) {
      all.push_back({fmt::format("{}_{}", sink.sink, what), std::string(text), count, true});
    };
    add("queue_full", "the sink's queue was full: alerts are lost there", sink.dropped_queue_full);
    add("rejected", "the receiver refused alerts", sink.rejected);
    add("failed", "alerts could not be delivered", sink.failed);
    add("undelivered", "alerts were left when the time to drain was over", sink.undelivered);
  }
  return all;
}

void Session::print_summary() const {
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  const Pipeline::Stats& stats = pipeline_.stats();
  std::string text = fmt::format("\nsummary after {:.1f} s\n  events: {}\n", seconds, stats.total);
  for (std::size_t type = 1; type < stats.events.size(); ++type) {
    if (stats.events.at(type) > 0)
      text += fmt::format("    {:<12} {}\n", event_name(static_cast<EventType>(type)), stats.events.at(type));
  }
  std::uint64_t raised = 0;
  for (const auto& [rule, count] : detector_.stats().alerts) raised += count;
  text += fmt::format("  alerts: {}\n", raised);
  for (const auto& [rule, count] : detector_.stats().alerts) text += fmt::format("    {:<6} {}\n", count, rule);
  for (const auto& [rule, count] : detector_.stats().suppressed)
    text += fmt::format("    {:<6} suppressed by the throttle of {}\n", count, rule);
  if (detector_.stats().incomplete > 0)
    text += fmt::format("    {} of them without all metadata of their container\n", detector_.stats().incomplete);
  for (const alerts::SinkStats& sink : outbox_.stats())
    text += fmt::format("  sink {}: {} delivered, {} retried\n", sink.sink, sink.delivered, sink.retried);
  bool lost = false;
  for (const Loss& loss : losses()) {
    if (loss.count == 0) continue;
    if (!lost) text += "  lost or cut:\n";
    lost = true;
    text += fmt::format("    {:<6} {}: {}\n", loss.count, loss.cause, loss.text);
  }
  if (!lost) text += "  lost: nothing\n";
  std::fputs(text.c_str(), stderr);
}

}  // namespace eunomia::cli
