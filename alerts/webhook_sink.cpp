// SPDX-License-Identifier: Apache-2.0
//
// One POST per alert. The multi interface of libcurl is used for one request at a time: only there a stop request can
// end the wait at once.
#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "alerts/sink_config.h"

namespace eunomia::alerts {
namespace {

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using Easy = std::unique_ptr<CURL, Freed<curl_easy_cleanup>>;
using Multi = std::unique_ptr<CURLM, Freed<curl_multi_cleanup>>;
using Headers = std::unique_ptr<curl_slist, Freed<curl_slist_free_all>>;
using Url = std::unique_ptr<CURLU, Freed<curl_url_cleanup>>;
using Text = std::unique_ptr<char, Freed<curl_free>>;

std::string url_part(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  const auto code = curl_url_get(url, part, &text, flags);
  const Text owner(text);
  return code == CURLUE_OK ? text : std::string();
}

// "https://host:port": no user, password, path or query, any of which may be a secret.
std::expected<std::string, std::string> origin_of(const std::string& url) {
  const Url parsed(curl_url());
  const auto code = curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME);
  if (code != CURLUE_OK)
    return std::unexpected(fmt::format("webhook: the URL is invalid: {}", curl_url_strerror(code)));
  const auto scheme = url_part(parsed.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") {
    return std::unexpected(fmt::format("webhook: the URL's scheme is \"{}\"; use http:// or https://", scheme));
  }
  const auto host = url_part(parsed.get(), CURLUPART_HOST);
  return fmt::format("{}://{}:{}", scheme, host, url_part(parsed.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT));
}

bool is_header(const std::pair<std::string, std::string>& header) {
  const auto is_control = [](char character) { return static_cast<unsigned char>(character) < 0x20; };
  return !header.first.empty() && header.first.find_first_of(": \t\r\n") == std::string::npos &&
         std::ranges::none_of(header.second, is_control);
}

std::size_t discard(char*, std::size_t size, std::size_t count, void*) { return size * count; }

SendResult judge(long status, curl_off_t retry_after_seconds) {
  if (status >= 200 && status < 300) return {};
  SendResult result{Outcome::rejected, fmt::format("the receiver answered {}", status)};
  if (status >= 500 || status == 408 || status == 425 || status == 429) {
    result.outcome = Outcome::retry;
    if (retry_after_seconds > 0)
      result.retry_after = std::chrono::seconds(std::min<curl_off_t>(retry_after_seconds, 86400));
  }
  return result;
}

class WebhookSink : public Sink {
 public:
  WebhookSink(const WebhookConfig& config, const std::string& origin)
      : name_("webhook:" + origin), multi_(curl_multi_init()), easy_(curl_easy_init()) {
    add_header("Content-Type: application/json");
    add_header("Expect:");  // one round trip, not two, for a body of a few KiB
    for (const auto& [key, value] : config.headers) add_header(fmt::format("{}: {}", key, value));
    set(CURLOPT_URL, config.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_HTTPHEADER, headers_.get());
    set(CURLOPT_USERAGENT, "eunomia");
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_QUICK_EXIT, 1L);  // a name that does not resolve holds up no shutdown
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(config.timeout.count()));
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(config.connect_timeout.count()));
    set(CURLOPT_WRITEFUNCTION, &discard);
    set(CURLOPT_ERRORBUFFER, error_);
    set(CURLOPT_SSL_VERIFYPEER, config.verify_tls ? 1L : 0L);
    set(CURLOPT_SSL_VERIFYHOST, config.verify_tls ? 2L : 0L);
    if (!config.ca_file.empty()) set(CURLOPT_CAINFO, config.ca_file.c_str());
  }

  std::string_view name() const override { return name_; }

  SendResult send(const Alert& alert, const std::stop_token& stop) override {
    const std::string body = format_json(alert);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    set(CURLOPT_POSTFIELDS, body.c_str());
    error_[0] = '\0';
    const CURLcode code = perform(stop);
    if (code != CURLE_OK) return {Outcome::retry, error_[0] != '\0' ? error_ : curl_easy_strerror(code)};
    long status = 0;
    curl_off_t retry_after = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy_.get(), CURLINFO_RETRY_AFTER, &retry_after);
    return judge(status, retry_after);
  }

 private:
  template <typename Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(easy_.get(), option, value);
  }

  void add_header(const std::string& header) { headers_.reset(curl_slist_append(headers_.release(), header.c_str())); }

  CURLcode perform(const std::stop_token& stop) {
    const std::stop_callback wake(stop, [this] { curl_multi_wakeup(multi_.get()); });
    curl_multi_add_handle(multi_.get(), easy_.get());
    int running = 1;
    while (running != 0 && !stop.stop_requested()) {
      if (curl_multi_perform(multi_.get(), &running) != CURLM_OK) break;
      if (running != 0) curl_multi_poll(multi_.get(), nullptr, 0, 1000, nullptr);
    }
    CURLcode code = CURLE_ABORTED_BY_CALLBACK;
    int left = 0;
    if (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) code = message->data.result;
    curl_multi_remove_handle(multi_.get(), easy_.get());
    return code;
  }

  std::string name_;
  char error_[CURL_ERROR_SIZE] = {};
  Headers headers_;
  Multi multi_;
  Easy easy_;  // freed before multi_, which it may be in
};

}  // namespace

std::expected<SinkPtr, std::string> make_sink_of(const WebhookConfig& config) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  const auto origin = origin_of(config.url);
  if (!origin) return std::unexpected(origin.error());
  for (const auto& header : config.headers) {
    if (!is_header(header)) return std::unexpected(fmt::format("webhook: header \"{}\" is not valid", header.first));
  }
  return std::make_unique<WebhookSink>(config, *origin);
}

}  // namespace eunomia::alerts
