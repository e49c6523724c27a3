// SPDX-License-Identifier: Apache-2.0
#include "engine/state/engine_api.h"

#include <curl/curl.h>

#include <algorithm>
#include <climits>
#include <list>
#include <utility>

namespace eunomia {

namespace {

constexpr std::size_t body_limit = std::size_t{4} << 20;

struct CloseEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct CloseMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

struct Transfer {
  EngineApi::Answer answer;
  std::unique_ptr<CURL, CloseEasy> easy;
};

// Fewer bytes taken than given make libcurl abort the transfer.
std::size_t keep_body(char* data, std::size_t, std::size_t size, void* transfer) {
  std::string& body = static_cast<Transfer*>(transfer)->answer.body;
  if (body.size() + size > body_limit) return 0;
  body.append(data, size);
  return size;
}

std::string reason(CURLcode code) {
  if (code == CURLE_WRITE_ERROR) return "answer larger than 4 MiB";
  if (code == CURLE_OPERATION_TIMEDOUT) return "no answer in time";
  return curl_easy_strerror(code);
}

}  // namespace

struct EngineApi::State {
  std::chrono::milliseconds timeout{};
  std::list<Transfer> transfers;
  std::unique_ptr<CURLM, CloseMulti> multi;

  ~State() {
    for (Transfer& transfer : transfers) curl_multi_remove_handle(multi.get(), transfer.easy.get());
  }
  std::vector<Answer> collect();
};

EngineApi::EngineApi(std::chrono::milliseconds request_timeout) : state_(std::make_unique<State>()) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  state_->timeout = request_timeout;
  state_->multi.reset(curl_multi_init());
}

EngineApi::~EngineApi() = default;

void EngineApi::get(std::uint64_t token, const std::string& socket, const std::string& path) {
  Transfer& transfer = state_->transfers.emplace_back();
  transfer.answer.token = token;
  transfer.easy.reset(curl_easy_init());
  CURL* easy = transfer.easy.get();
  std::string url = "http://localhost" + path;
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, socket.c_str());
  curl_easy_setopt(easy, CURLOPT_PROXY, "");  // whatever http_proxy says
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(state_->timeout.count()));
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, keep_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_PRIVATE, &transfer);
  curl_multi_add_handle(state_->multi.get(), easy);
}

std::vector<EngineApi::Answer> EngineApi::State::collect() {
  std::vector<Answer> answers;
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* easy = message->easy_handle;
    CURLcode code = message->data.result;
    auto done = std::ranges::find_if(transfers, [&](const Transfer& one) { return one.easy.get() == easy; });
    if (code == CURLE_OK) {
      curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &done->answer.status);
    } else {
      done->answer.error = reason(code);
    }
    curl_multi_remove_handle(multi.get(), easy);
    answers.push_back(std::move(done->answer));
    transfers.erase(done);
  }
  return answers;
}

std::vector<EngineApi::Answer> EngineApi::wait(std::chrono::milliseconds limit) {
  int running = 0;
  curl_multi_perform(state_->multi.get(), &running);
  std::vector<Answer> answers = state_->collect();
  if (!answers.empty()) return answers;
  auto wait_ms = static_cast<int>(std::clamp<std::int64_t>(limit.count(), 0, INT_MAX));
  curl_multi_poll(state_->multi.get(), nullptr, 0, wait_ms, nullptr);
  curl_multi_perform(state_->multi.get(), &running);
  return state_->collect();
}

void EngineApi::wake() { curl_multi_wakeup(state_->multi.get()); }

}  // namespace eunomia
