// SPDX-License-Identifier: Apache-2.0
#include "engine/state/resolver.h"

#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_set>
#include <utility>

#include "engine/state/cgroup_path.h"
#include "engine/state/engine_api.h"
#include "engine/state/metadata.h"

namespace eunomia {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Pauses between attempts double from the first to the last; together some three minutes.
constexpr milliseconds first_pause{10};
constexpr int most_attempts = 14;
// An engine may tell of a container before it has started it: asked again, this often, for the start time.
constexpr int attempts_for_start = 6;
constexpr milliseconds longest_wait{60'000};
constexpr std::size_t requests_per_socket = 8;
constexpr long http_ok = 200;

struct Job {
  Container known;
  Clock::time_point deadline;  // published as missing then
  Clock::time_point due;
  std::vector<std::string> sockets;  // still to be asked in this attempt, last first
  std::string asked;                 // the socket whose answer is awaited; empty: none
  std::string waiting;               // the socket that answers too many others now; empty: none
  std::string reasons;               // of this attempt
  int attempt = 0;
  bool published = false;
  bool listed = true;  // in `asking`
};

bool is_socket(const std::string& path) {
  struct stat facts{};
  return ::stat(path.c_str(), &facts) == 0 && S_ISSOCK(facts.st_mode);
}

}  // namespace

struct Resolver::State {
  State(Options given, Publish to) : options(std::move(given)), publish(std::move(to)), api(options.request_timeout) {}

  Options options;
  Publish publish;
  EngineApi api;
  std::map<std::uint64_t, Job> jobs;  // by token; the thread's own, as all below
  std::uint64_t last_token = 0;
  std::map<std::string, std::size_t> in_flight;  // requests by socket

  std::mutex mutex;
  std::vector<Job> inbox;                  // guarded by mutex
  std::unordered_set<std::string> asking;  // guarded by mutex; ids in inbox, or in jobs without an answer
  bool stopping = false;                   // guarded by mutex
  std::thread thread;

  void run();
  bool take_inbox();
  milliseconds until_next() const;
  void begin(std::uint64_t token, Job& job);
  bool proceed(std::uint64_t token, Job& job);
  bool settle(Job& job);
  bool answered(Job& job, const EngineApi::Answer& answer);
  void on_answer(const EngineApi::Answer& answer);
  bool pause(Job& job);
  void expire(Job& job);
  void send(Job& job, Container container);
  void unlist(Job& job);
  void done(std::uint64_t token);
  std::vector<std::string> sockets_for(ContainerEngine engine) const;
  void admit_waiting(const std::string& socket);
};

std::vector<std::string> Resolver::State::sockets_for(ContainerEngine engine) const {
  if (engine == ContainerEngine::runc || engine == ContainerEngine::crun || engine == ContainerEngine::crio) return {};
  // Asked from the back.
  std::vector<std::string> sockets;
  bool podman_last = engine != ContainerEngine::podman;
  for (bool podmans : {podman_last, !podman_last}) {
    for (auto it = options.sockets.rbegin(); it != options.sockets.rend(); ++it) {
      if (it->contains("podman") == podmans) sockets.push_back(*it);
    }
  }
  return sockets;
}

// From now on the container may be asked about anew.
void Resolver::State::unlist(Job& job) {
  std::lock_guard lock(mutex);
  if (std::exchange(job.listed, false)) asking.erase(job.known.full_id);
}

// Whoever sees the answer may at once ask about a successor of the same name, and must not be told that it is asked
// for.
void Resolver::State::send(Job& job, Container container) {
  unlist(job);
  job.known = container;
  job.published = true;
  publish(std::make_shared<const Container>(std::move(container)));
}

void Resolver::State::done(std::uint64_t token) {
  unlist(jobs.at(token));
  jobs.erase(token);
}

void Resolver::State::begin(std::uint64_t token, Job& job) {
  job.sockets = sockets_for(job.known.engine);
  job.reasons.clear();
  if (proceed(token, job)) done(token);
}

// Asks the next socket, or looks at the files after the last. True: nothing is left to be done for the container.
bool Resolver::State::proceed(std::uint64_t token, Job& job) {
  job.asked.clear();
  while (!job.sockets.empty()) {
    const std::string& socket = job.sockets.back();
    if (is_socket(socket)) {
      if (in_flight[socket] >= requests_per_socket) {
        job.waiting = socket;
        job.due = Clock::time_point::max();
        return false;
      }
      job.asked = socket;
      job.sockets.pop_back();
      ++in_flight[job.asked];
      api.get(token, job.asked, "/containers/" + job.known.full_id + "/json");
      return false;
    }
    job.sockets.pop_back();
  }
  return settle(job);
}

bool Resolver::State::answered(Job& job, const EngineApi::Answer& answer) {
  auto complain = [&](std::string_view what) { job.reasons += fmt::format("{}: {}; ", job.asked, what); };
  if (answer.status != http_ok) {
    complain(answer.status == 0 ? answer.error : fmt::format("HTTP status {}", answer.status));
    return false;
  }
  std::expected<Container, std::string> told = from_inspect(answer.body, job.known);
  if (!told) {
    complain(told.error());
    return false;
  }
  told->metadata = Metadata::complete;
  told->metadata_source = "API at " + job.asked;
  job.asked.clear();
  send(job, *std::move(told));
  return true;
}

// No engine told of it: the files are the last to ask.
bool Resolver::State::settle(Job& job) {
  std::expected<Container, std::string> told = from_files(options.files, job.known);
  if (!told) {
    job.reasons += told.error();
    return pause(job);
  }
  if (told->metadata == Metadata::complete) {
    send(job, *std::move(told));
    return true;
  }
  job.known = *std::move(told);  // a part of it, worth showing with what is missing
  job.reasons += "files of the engine tell neither name nor image";
  return pause(job);
}

bool Resolver::State::pause(Job& job) {
  job.due = Clock::now() + first_pause * (1 << job.attempt);
  bool last = ++job.attempt >= most_attempts;
  if (last) job.deadline = Clock::now();
  expire(job);
  return last;
}

void Resolver::State::expire(Job& job) {
  if (job.published || Clock::now() < job.deadline) return;
  Container missing = job.known;
  missing.metadata = Metadata::missing;
  missing.metadata_source = !job.asked.empty()    ? "no answer yet from " + job.asked
                            : job.reasons.empty() ? "not asked yet: the engine is busy"
                                                  : job.reasons;
  job.published = true;
  publish(std::make_shared<const Container>(std::move(missing)));
}

void Resolver::State::on_answer(const EngineApi::Answer& answer) {
  Job& job = jobs.at(answer.token);
  std::string socket = job.asked;
  --in_flight[socket];
  if (!answered(job, answer)) {
    if (proceed(answer.token, job)) done(answer.token);
  } else if (job.known.start_ns != 0 || ++job.attempt >= attempts_for_start) {
    done(answer.token);
  } else {
    job.due = Clock::now() + first_pause * (1 << job.attempt);
  }
  admit_waiting(socket);
}

// The socket has room for one more.
void Resolver::State::admit_waiting(const std::string& socket) {
  auto first = std::ranges::find_if(jobs, [&](const auto& job) { return job.second.waiting == socket; });
  if (first == jobs.end()) return;
  first->second.waiting.clear();
  if (proceed(first->first, first->second)) done(first->first);
}

bool Resolver::State::take_inbox() {
  std::lock_guard lock(mutex);
  for (Job& job : inbox) jobs.emplace(++last_token, std::move(job));
  inbox.clear();
  return !stopping;
}

milliseconds Resolver::State::until_next() const {
  Clock::time_point next = Clock::now() + longest_wait;
  for (const auto& [token, job] : jobs) {
    if (job.asked.empty()) next = std::min(next, job.due);
    if (!job.published) next = std::min(next, job.deadline);
  }
  auto wait = std::chrono::ceil<milliseconds>(next - Clock::now());
  return std::clamp(wait, milliseconds{0}, longest_wait);
}

void Resolver::State::run() {
  while (take_inbox()) {
    for (auto it = jobs.begin(); it != jobs.end();) {
      auto [token, job] = std::pair<std::uint64_t, Job&>(it->first, it->second);
      ++it;  // `begin` may erase the job
      expire(job);
      if (job.asked.empty() && job.due <= Clock::now()) begin(token, job);
    }
    for (const EngineApi::Answer& answer : api.wait(until_next())) on_answer(answer);
  }
}

Resolver::Resolver(Options options, Publish publish)
    : state_(std::make_unique<State>(std::move(options), std::move(publish))) {
  sigset_t all, before;  // signals are the business of other threads
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  state_->thread = std::thread([state = state_.get()] { state->run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Resolver::~Resolver() {
  {
    std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->api.wake();
  state_->thread.join();
}

bool Resolver::ask(Container known) {
  {
    std::lock_guard lock(state_->mutex);
    if (state_->asking.contains(known.full_id)) return true;
    if (state_->asking.size() >= state_->options.max_requests) return false;
    state_->asking.insert(known.full_id);
    Clock::time_point now = Clock::now();
    state_->inbox.push_back(
        {.known = std::move(known), .deadline = now + state_->options.metadata_timeout, .due = now});
  }
  state_->api.wake();
  return true;
}

std::vector<std::string> usual_api_sockets() {
  std::vector<std::string> sockets;
  auto add = [&](std::string path) {
    if (std::ranges::find(sockets, path) == sockets.end()) sockets.push_back(std::move(path));
  };
  for (const char* variable : {"DOCKER_HOST", "CONTAINER_HOST"}) {
    const char* value = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): nothing here sets the environment
    std::string_view address = value ? value : "";
    constexpr std::string_view scheme = "unix://";
    if (address.starts_with(scheme)) add(std::string(address.substr(scheme.size())));
  }
  // /var/run is a link to /run wherever engines of today run.
  for (const char* path : {"/run/docker.sock", "/run/podman/podman.sock"}) add(path);
  return sockets;
}

}  // namespace eunomia
