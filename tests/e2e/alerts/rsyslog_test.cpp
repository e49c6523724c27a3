// SPDX-License-Identifier: Apache-2.0
//
// Alerts through a real rsyslogd, which parses each message and writes what it understood as JSON into a pipe.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <chrono>
#include <memory>
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

constexpr std::string_view configuration = R"(
global(workDirectory="{dir}" processInternalMessages="off")
module(load="imuxsock" SysSock.Use="off")
module(load="imudp")
module(load="imtcp")
template(name="parsed" type="list" option.jsonf="on") {{
  property(outname="input" name="inputname" format="jsonf")
  property(outname="version" name="protocol-version" format="jsonf")
  property(outname="pri" name="pri" format="jsonf")
  property(outname="time" name="timereported" dateFormat="rfc3339" format="jsonf")
  property(outname="hostname" name="hostname" format="jsonf")
  property(outname="app" name="app-name" format="jsonf")
  property(outname="procid" name="procid" format="jsonf")
  property(outname="msgid" name="msgid" format="jsonf")
  property(outname="sd" name="structured-data" format="jsonf")
  property(outname="msg" name="msg" format="jsonf")
}}
input(type="imuxsock" socket="{dir}/log" useSpecialParser="off" parseHostname="on" ignoreTimestamp="off"
      useSysTimeStamp="off" rateLimit.Interval="0")
input(type="imuxsock" socket="{dir}/stock" rateLimit.Interval="0")
input(type="imudp" address="127.0.0.1" port="{port}")
input(type="imtcp" address="127.0.0.1" port="{port}")
action(type="ompipe" pipe="{dir}/out" template="parsed")
)";

class Rsyslog : public testing::Test {
 protected:
  void SetUp() override {
    EUNOMIA_NEED_PROGRAM("rsyslogd");
    std::ofstream(dir_ / "conf") << fmt::format(fmt::runtime(configuration), fmt::arg("dir", dir_ / "."),
                                                fmt::arg("port", port_));
    ASSERT_EQ(::mkfifo((dir_ / "out").c_str(), 0600), 0);
    // Open for writing too, so that a restart of rsyslogd is no end of the pipe.
    Fd out(::open((dir_ / "out").c_str(), O_RDWR | O_CLOEXEC));
    ::fcntl(out.get(), F_SETPIPE_SZ, 1 << 20);  // rsyslogd does not wait for a full pipe
    out_ = std::make_unique<LineReader>(std::move(out));
    start();
  }

  void start() {
    daemon_ = std::make_unique<Child>(
        std::vector<std::string>{find_program("rsyslogd"), "-n", "-f", dir_ / "conf", "-i", dir_ / "pid"}, Fd(), Fd());
  }

  // Sends until rsyslogd is up, which is all there is of waiting for it.
  Outbox& outbox(const SyslogConfig& config) {
    std::vector<SinkPtr> sinks;
    sinks.push_back(make_sink(config).value());
    outbox_ = std::make_unique<Outbox>(std::move(sinks), OutboxOptions{.retry = {.initial = 20ms, .max = 20ms}});
    return *outbox_;
  }

  SyslogConfig local() const { return {.address = "unix:" + dir_ / "log"}; }
  std::string at_port(std::string_view scheme) const { return fmt::format("{}://127.0.0.1:{}", scheme, port_); }

  json next() {
    const std::string line = out_->next();
    return json::accept(line) ? json::parse(line) : json(line);
  }

  void expect_parsed(const json& got, const Alert& alert, const std::string& input) {
    ASSERT_TRUE(got.is_object()) << got;
    EXPECT_EQ(got["input"], input);
    EXPECT_EQ(got["version"], "1");
    EXPECT_EQ(got["pri"], "84");
    EXPECT_EQ(got["time"], "2026-01-02T03:04:05.123456Z");
    EXPECT_EQ(got["hostname"], "node-1");
    EXPECT_EQ(got["app"], "eunomia");
    EXPECT_EQ(got["procid"], std::to_string(::getpid()));
    EXPECT_EQ(got["msgid"], "openat");
    EXPECT_THAT(got["sd"], StartsWith("[eunomia@32473 rule=\"Read sensitive file\" uuid=\"019b7ca9-"));
    EXPECT_EQ(got["msg"], format_text(alert, {.prefix = false}));
  }

  TempDir dir_;
  int port_ = free_port();
  std::unique_ptr<LineReader> out_;
  std::unique_ptr<Child> daemon_;
  std::unique_ptr<Outbox> outbox_;
};

TEST_F(Rsyslog, ParsesWhatComesOverItsSocket) {
  outbox(local()).push(sample_alert());
  expect_parsed(next(), sample_alert(), "imuxsock");
}

TEST_F(Rsyslog, ParsesWhatComesOverTcp) {
  outbox({.address = at_port("tcp")}).push(sample_alert());
  expect_parsed(next(), sample_alert(), "imtcp");
}

TEST_F(Rsyslog, ParsesWhatComesOverUdp) {
  outbox(local()).push(sample_alert());
  next();  // it is up, with all of its inputs
  outbox({.address = at_port("udp")}).push(sample_alert());
  expect_parsed(next(), sample_alert(), "imudp");
}

TEST_F(Rsyslog, ParsesHostileBytes) {
  Alert alert = sample_alert();
  alert.process.cmdline = "sh -c \"x\" ] [y\\ \n<13>1 fake\x1b[2J\xff\u202e ü";
  outbox(local()).push(alert);
  const json got = next();
  expect_parsed(got, alert, "imuxsock");
  EXPECT_THAT(got["sd"], HasSubstr(R"( cmdline="sh -c \"x\" \] [y\\\\ \\n<13>1 fake\\x1b[2J\\xff\\u{202e} ü" )"));
}

TEST_F(Rsyslog, TakesTheLongestMessageWhole) {
  Alert alert = sample_alert();
  alert.output.assign(20'000, 'x');
  outbox(local()).push(alert);
  const json got = next();
  ASSERT_TRUE(got.is_object()) << got;
  const std::string sent = format_syslog(alert, {.pid = static_cast<std::uint32_t>(::getpid())});
  EXPECT_GT(sent.size(), 7900U);
  const std::string message = got["msg"];
  EXPECT_EQ(message.size(), sent.size() - sent.find("Read sensitive file: "));
  EXPECT_EQ(message.substr(message.rfind('x') + 1), sent.substr(sent.rfind('x') + 1));
}

TEST_F(Rsyslog, CarriesJsonThatParses) {
  SyslogConfig config = local();
  config.format = Format::json;
  outbox(config).push(sample_alert());
  const json got = next();
  ASSERT_TRUE(got.is_object()) << got;
  EXPECT_EQ(json::parse(got["msg"].get<std::string>()), json::parse(format_json(sample_alert())));
}

// As it is set up by distributions, it expects the format of syslog(3) on its socket, and makes the header a part of
// the text; the alert is still all there.
TEST_F(Rsyslog, LosesNothingInItsStockSetting) {
  outbox({.address = "unix:" + dir_ / "stock"}).push(sample_alert());
  const json got = next();
  ASSERT_TRUE(got.is_object()) << got;
  EXPECT_EQ(got["pri"], "84");
  EXPECT_THAT(got["msg"], EndsWith(format_text(sample_alert(), {.prefix = false})));
}

TEST_F(Rsyslog, IsFoundAgainAfterARestart) {
  for (const SyslogConfig& config : {local(), SyslogConfig{.address = at_port("tcp")}}) {
    auto& outbox_now = outbox(config);
    outbox_now.push(sample_alert());
    next();
    daemon_->end();
    outbox_now.push(sample_alert());
    start();
    const json got = next();
    ASSERT_TRUE(got.is_object()) << got;
    EXPECT_EQ(got["msg"], format_text(sample_alert(), {.prefix = false}));
    EXPECT_EQ(outbox_now.drain(std::chrono::steady_clock::now() + 30s)[0].delivered, 2U);
  }
}

TEST_F(Rsyslog, GetsEveryAlertOfABurst) {
  constexpr int count = 500;  // fits the pipe
  for (const SyslogConfig& config : {local(), SyslogConfig{.address = at_port("tcp")}}) {
    auto& outbox_now = outbox(config);
    for (int i = 0; i < count; ++i) {
      Alert alert = sample_alert();
      alert.output = std::to_string(i);
      outbox_now.push(alert);
    }
    for (int i = 0; i < count; ++i) {
      const json got = next();
      ASSERT_TRUE(got.is_object()) << got;
      ASSERT_THAT(got["msg"], StartsWith(fmt::format("Read sensitive file: {} |", i)));
    }
  }
}

}  // namespace
}  // namespace eunomia::alerts
