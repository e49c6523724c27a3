// SPDX-License-Identifier: Apache-2.0
//
// Alerts to a real HTTP server: the receiver in examples/, which users start from.
#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>

#include "alerts/format.h"
#include "alerts/outbox.h"
#include "alerts/sink_config.h"
#include "tests/e2e/alerts/child.h"
#include "tests/unit/alerts/samples.h"
#include "tests/unit/alerts/temp_dir.h"

namespace eunomia::alerts {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class Receiver {
 public:
  explicit Receiver(const std::vector<std::string>& options, int port = 0) {
    Pipe out, err;
    std::vector<std::string> command = {find_program("python3"), EUNOMIA_SOURCE_DIR "/examples/webhook_receiver.py",
                                        "--raw", "--port", std::to_string(port)};
    command.insert(command.end(), options.begin(), options.end());
    child_ = std::make_unique<Child>(command, out.writer, err.writer);
    out_ = std::make_unique<LineReader>(std::move(out.reader));
    err_ = std::make_unique<LineReader>(std::move(err.reader));
    const std::string line = err_->next();
    url_ = line.substr(line.rfind(' ') + 1);
  }

  const std::string& url() const { return url_; }
  json next() {
    const std::string line = out_->next();
    return json::accept(line) ? json::parse(line) : json(line);
  }

 private:
  std::string url_;
  std::unique_ptr<Child> child_;
  std::unique_ptr<LineReader> out_, err_;
};

class Webhook : public testing::Test {
 protected:
  void SetUp() override {
    EUNOMIA_NEED_PROGRAM("python3");
    EUNOMIA_NEED_PROGRAM("openssl");
  }

  Outbox& outbox(const std::vector<SinkConfig>& configs) {
    const auto warn = [this](std::string_view, std::string_view message) {
      const std::scoped_lock lock(mutex_);
      warnings_.emplace_back(message);
      changed_.notify_all();
    };
    outbox_ = std::make_unique<Outbox>(make_sinks(configs).value(),
                                       OutboxOptions{.retry = {.initial = 20ms, .max = 20ms}, .warn = warn});
    return *outbox_;
  }

  std::string first_warning() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, 60s, [this] { return !warnings_.empty(); });
    return warnings_.empty() ? "(no warning)" : warnings_.front();
  }

  SinkStats drained() { return outbox_->drain(std::chrono::steady_clock::now() + 60s)[0]; }

  void make_certificate() {
    Child openssl({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                   "2", "-subj", "/CN=eunomia test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", dir_ / "key",
                   "-out", dir_ / "cert"},
                  Fd(), Pipe().writer);
    ASSERT_EQ(openssl.wait(), 0);
  }

  TempDir dir_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> warnings_;
  std::unique_ptr<Outbox> outbox_;
};

TEST_F(Webhook, PostsTheAlertAsJson) {
  Receiver receiver({});
  Alert alert = sample_alert();
  alert.process.cmdline = "sh -c x\n\x1b[2J\xff\u202e";
  outbox({WebhookConfig{.url = receiver.url()}}).push(alert);
  EXPECT_EQ(receiver.next(), json::parse(format_json(alert)));
  EXPECT_EQ(drained().delivered, 1U);
}

TEST_F(Webhook, PostsManyInOrder) {
  Receiver receiver({});
  outbox({WebhookConfig{.url = receiver.url()}});
  for (int i = 0; i < 300; ++i) {
    Alert alert = sample_alert();
    alert.uuid.clear();
    alert.output = std::to_string(i);
    outbox_->push(alert);
  }
  for (int i = 0; i < 300; ++i) ASSERT_EQ(receiver.next()["message"], std::to_string(i));
}

TEST_F(Webhook, RetriesAServerError) {
  Receiver receiver({"--fail", "2", "--status", "500"});
  outbox({WebhookConfig{.url = receiver.url()}}).push(sample_alert());
  EXPECT_EQ(receiver.next()["uuid"], sample_alert().uuid);
  const auto stats = drained();
  EXPECT_EQ(stats.delivered, 1U);
  EXPECT_EQ(stats.retried, 2U);
  EXPECT_EQ(stats.last_error, "the receiver answered 500");
}

TEST_F(Webhook, WaitsAsLongAsTheReceiverAsks) {
  Receiver receiver({"--fail", "1", "--status", "429", "--retry-after", "1"});
  outbox({WebhookConfig{.url = receiver.url()}}).push(sample_alert());
  EXPECT_THAT(first_warning(), HasSubstr("answered 429; failure 1 in a row, 1 alerts wait, next try in 1000 ms"));
  EXPECT_EQ(drained().delivered, 1U);
}

TEST_F(Webhook, DoesNotRetryARefusal) {
  Receiver receiver({"--fail", "1", "--status", "400"});
  outbox({WebhookConfig{.url = receiver.url()}}).push(sample_alert());
  outbox_->push(sample_alert());
  const auto stats = drained();
  EXPECT_EQ(stats.rejected, 1U);
  EXPECT_EQ(stats.delivered, 1U);
  EXPECT_EQ(stats.retried, 0U);
}

TEST_F(Webhook, SendsTheHeadersItIsGiven) {
  Receiver receiver({"--token", "s3cret"});
  outbox({WebhookConfig{.url = receiver.url()},
          WebhookConfig{.url = receiver.url(), .headers = {{"Authorization", "Bearer s3cret"}}}})
      .push(sample_alert());
  const auto stats = outbox_->drain(std::chrono::steady_clock::now() + 60s);
  EXPECT_EQ(stats[0].rejected, 1U);
  EXPECT_EQ(stats[0].last_error, "the receiver answered 401");
  EXPECT_EQ(stats[1].delivered, 1U);
}

TEST_F(Webhook, ASlowReceiverDelaysNoOtherSinkAndNotTheEnd) {
  Receiver receiver({"--delay", "3600"});
  Pipe pipe;
  outbox({WebhookConfig{.url = receiver.url(), .timeout = 1h}, StdoutConfig{.fd = pipe.writer.get()}})
      .push(sample_alert());
  EXPECT_EQ(LineReader(std::move(pipe.reader)).next(), format_text(sample_alert()));
  const auto stats = outbox_->drain(std::chrono::steady_clock::now());
  EXPECT_EQ(stats[0].undelivered, 1U);
  EXPECT_EQ(stats[1].delivered, 1U);
}

TEST_F(Webhook, TriesAgainWhenTheAnswerTakesTooLong) {
  Receiver receiver({"--delay", "3600"});
  outbox({WebhookConfig{.url = receiver.url(), .timeout = 50ms}}).push(sample_alert());
  EXPECT_THAT(first_warning(), AllOf(HasSubstr("timed out"), HasSubstr("failure 1 in a row")));
}

TEST_F(Webhook, FindsAReceiverThatComesLate) {
  const int port = free_port();
  outbox({WebhookConfig{.url = fmt::format("http://127.0.0.1:{}/", port)}}).push(sample_alert());
  EXPECT_THAT(first_warning(), HasSubstr("Failed to connect"));
  {
    Receiver receiver({}, port);
    EXPECT_EQ(receiver.next()["uuid"], sample_alert().uuid);
  }
  Alert second = sample_alert();
  second.uuid.clear();
  second.output = "after the restart";
  Receiver restarted({}, port);
  outbox_->push(second);
  json got = restarted.next();
  if (got["uuid"] == sample_alert().uuid) got = restarted.next();  // the first receiver ended before it had answered
  EXPECT_EQ(got["message"], "after the restart");
}

TEST_F(Webhook, VerifiesTheCertificate) {
  ASSERT_NO_FATAL_FAILURE(make_certificate());
  Receiver receiver({"--cert", dir_ / "cert", "--key", dir_ / "key"});
  ASSERT_THAT(receiver.url(), StartsWith("https://"));
  outbox({WebhookConfig{.url = receiver.url(), .ca_file = dir_ / "cert"}}).push(sample_alert());
  EXPECT_EQ(receiver.next()["uuid"], sample_alert().uuid);
  EXPECT_EQ(drained().delivered, 1U);
}

TEST_F(Webhook, SendsNothingToACertificateItDoesNotTrust) {
  ASSERT_NO_FATAL_FAILURE(make_certificate());
  Receiver receiver({"--cert", dir_ / "cert", "--key", dir_ / "key"});
  outbox({WebhookConfig{.url = receiver.url()}}).push(sample_alert());
  EXPECT_THAT(first_warning(), HasSubstr("certificate"));
  EXPECT_EQ(outbox_->drain(std::chrono::steady_clock::now())[0].undelivered, 1U);
  outbox({WebhookConfig{.url = receiver.url(), .verify_tls = false}}).push(sample_alert());
  EXPECT_EQ(receiver.next()["uuid"], sample_alert().uuid);
}

}  // namespace
}  // namespace eunomia::alerts
