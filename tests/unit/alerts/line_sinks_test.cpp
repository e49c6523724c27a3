// SPDX-License-Identifier: Apache-2.0
//
// Standard output and file: against real pipes, terminals and files.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <nlohmann/json.hpp>

#include "alerts/io.h"
#include "alerts/outbox.h"
#include "alerts/sink_config.h"
#include "tests/unit/alerts/samples.h"
#include "tests/unit/alerts/temp_dir.h"

namespace eunomia::alerts {
namespace {

using namespace std::chrono_literals;

const std::stop_token never;

struct Pipe {
  Pipe() {
    std::array<int, 2> ends = {};
    if (::pipe2(ends.data(), O_CLOEXEC) == 0) reader = Fd(ends[0]), writer = Fd(ends[1]);
  }
  Fd reader, writer;
};

std::string read_some(int fd) {
  std::array<char, 65536> buffer = {};
  const auto count = ::read(fd, buffer.data(), buffer.size());
  return {buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
}

Outbox outbox_of(const SinkConfig& config) {
  std::vector<SinkPtr> sinks;
  sinks.push_back(make_sink(config).value());
  return Outbox(std::move(sinks), {});
}

TEST(StdoutSink, WritesALineOfText) {
  const Pipe pipe;
  const auto sink = make_sink(StdoutConfig{.fd = pipe.writer.get()}).value();
  EXPECT_EQ(sink->send(sample_alert(), never).outcome, Outcome::delivered);
  EXPECT_EQ(read_some(pipe.reader.get()), format_text(sample_alert()) + "\n");
}

TEST(StdoutSink, WritesALineOfJson) {
  const Pipe pipe;
  const auto sink = make_sink(StdoutConfig{.format = Format::json, .fd = pipe.writer.get()}).value();
  EXPECT_EQ(sink->send(sample_alert(), never).outcome, Outcome::delivered);
  EXPECT_EQ(read_some(pipe.reader.get()), format_json(sample_alert()) + "\n");
}

TEST(StdoutSink, WritesMoreThanAPipeHolds) {
  const Pipe pipe;
  ::fcntl(pipe.writer.get(), F_SETPIPE_SZ, 4096);
  Outbox outbox = outbox_of(StdoutConfig{.fd = pipe.writer.get()});
  Alert alert = sample_alert();
  alert.output.assign(8000, 'x');
  outbox.push(alert);
  std::string got;
  while (!got.ends_with('\n')) got += read_some(pipe.reader.get());
  EXPECT_EQ(got, format_text(alert) + "\n");
}

TEST(StdoutSink, LeavesTheSharedDescriptorBlocking) {
  const Pipe pipe;
  const auto sink = make_sink(StdoutConfig{.fd = pipe.writer.get()}).value();
  EXPECT_EQ(::fcntl(pipe.writer.get(), F_GETFL) & O_NONBLOCK, 0);
}

TEST(StdoutSink, SurvivesAReaderThatLeft) {
  Pipe pipe;
  Outbox outbox = outbox_of(StdoutConfig{.fd = pipe.writer.get()});
  pipe.reader.reset();
  outbox.push(sample_alert());
  outbox.push(sample_alert());
  const auto stats = outbox.drain(std::chrono::steady_clock::now() + 100s);
  EXPECT_TRUE(stats[0].closed);
  EXPECT_EQ(stats[0].failed, 2U);
  EXPECT_EQ(stats[0].last_error, "Broken pipe");
}

TEST(StdoutSink, ABlockedReaderDoesNotHoldUpTheEnd) {
  const Pipe pipe;
  ::fcntl(pipe.writer.get(), F_SETPIPE_SZ, 4096);
  Outbox outbox = outbox_of(StdoutConfig{.fd = pipe.writer.get()});
  for (int i = 0; i < 100; ++i) outbox.push(sample_alert());
  const auto stats = outbox.drain(std::chrono::steady_clock::now());
  EXPECT_GT(stats[0].undelivered, 0U);
  EXPECT_EQ(stats[0].undelivered + stats[0].delivered, 100U);
  EXPECT_EQ(outbox.stats()[0].queued, 0U);  // its thread has ended
}

TEST(StdoutSink, ASocketThatIsNotReadDoesNotHoldUpTheEnd) {
  std::array<int, 2> ends = {};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  const Fd reader(ends[0]), writer(ends[1]);
  Outbox outbox = outbox_of(StdoutConfig{.fd = writer.get()});
  for (int i = 0; i < 4000; ++i) outbox.push(sample_alert());
  // Waits until the sink is at work; what comes after fills the socket.
  EXPECT_TRUE(read_some(reader.get()).starts_with(format_text(sample_alert()) + "\n"));
  const auto stats = outbox.drain(std::chrono::steady_clock::now());
  EXPECT_GT(stats[0].undelivered, 0U);
  EXPECT_EQ(stats[0].undelivered + stats[0].delivered, 4000U);
  EXPECT_EQ(outbox.stats()[0].queued, 0U);  // its thread has ended
}

TEST(StdoutSink, ColoursATerminalAndNothingElse) {
  ::unsetenv("NO_COLOR");
  ::setenv("TERM", "xterm", 1);
  const Fd primary(::posix_openpt(O_RDWR | O_NOCTTY));
  ASSERT_TRUE(primary && ::grantpt(primary.get()) == 0 && ::unlockpt(primary.get()) == 0);
  const Fd terminal(::open(::ptsname(primary.get()), O_RDWR | O_NOCTTY));
  ASSERT_TRUE(terminal);
  const auto text = make_sink(StdoutConfig{.fd = terminal.get()}).value();
  EXPECT_EQ(text->send(sample_alert(), never).outcome, Outcome::delivered);
  EXPECT_EQ(read_some(primary.get()), format_text(sample_alert(), {.color = true}) + "\r\n");
  const auto plain = make_sink(StdoutConfig{.color = Color::never, .fd = terminal.get()}).value();
  EXPECT_EQ(plain->send(sample_alert(), never).outcome, Outcome::delivered);
  EXPECT_EQ(read_some(primary.get()), format_text(sample_alert()) + "\r\n");
  ::setenv("NO_COLOR", "1", 1);
  const auto refused = make_sink(StdoutConfig{.fd = terminal.get()}).value();
  EXPECT_EQ(refused->send(sample_alert(), never).outcome, Outcome::delivered);
  EXPECT_EQ(read_some(primary.get()), format_text(sample_alert()) + "\r\n");
}

TEST(FileSink, AppendsAndIsForTheOwnerOnly) {
  const TempDir dir;
  const auto path = dir / "alerts.json";
  for (int i = 0; i < 2; ++i) {
    const auto sink = make_sink(FileConfig{.path = path}).value();
    EXPECT_EQ(sink->send(sample_alert(), never).outcome, Outcome::delivered);
  }
  const std::string line = format_json(sample_alert()) + "\n";
  EXPECT_EQ(contents_of(path), line + line);
  struct stat status = {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
}

TEST(FileSink, FollowsARotationOnRequest) {
  const TempDir dir;
  const auto path = dir / "alerts.log";
  const auto sink = make_sink(FileConfig{.path = path, .format = Format::text}).value();
  EXPECT_EQ(sink->send(sample_alert(), never).outcome, Outcome::delivered);
  std::filesystem::rename(path, path + ".1");
  sink->reopen();
  EXPECT_TRUE(std::filesystem::exists(path));
  EXPECT_EQ(sink->send(sample_alert(), never).outcome, Outcome::delivered);
  EXPECT_EQ(contents_of(path), contents_of(path + ".1"));
}

TEST(FileSink, NoticesARotationOrRemovalByItself) {
  const TempDir dir;
  const auto path = dir / "alerts.log";
  const auto sink = make_sink(FileConfig{.path = path}).value();
  std::filesystem::rename(path, path + ".1");
  EXPECT_EQ(sink->send(sample_alert(), never).outcome, Outcome::delivered);
  EXPECT_EQ(contents_of(path), format_json(sample_alert()) + "\n");
  EXPECT_EQ(contents_of(path + ".1"), "");
  std::filesystem::remove(path);
  EXPECT_EQ(sink->send(sample_alert(), never).outcome, Outcome::delivered);
  EXPECT_EQ(contents_of(path), format_json(sample_alert()) + "\n");
}

TEST(FileSink, ReportsAFullDiskAsPassing) {
  const auto sink = make_sink(FileConfig{.path = "/dev/full"}).value();
  const auto result = sink->send(sample_alert(), never);
  EXPECT_EQ(result.outcome, Outcome::retry);
  EXPECT_EQ(result.why, "No space left on device");
}

// A limit on the file's size stands in for a disk that fills up in the middle of a line.
TEST(FileSink, LeavesNoHalfLineWhenTheDiskFillsUp) {
  const TempDir dir;
  const auto path = dir / "alerts.json";
  const auto sink = make_sink(FileConfig{.path = path}).value();
  const std::string line = format_json(sample_alert()) + "\n";
  struct rlimit before = {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  struct rlimit small = before;
  small.rlim_cur = line.size() + line.size() / 2;
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  EXPECT_EQ(sink->send(sample_alert(), never).outcome, Outcome::delivered);
  EXPECT_EQ(sink->send(sample_alert(), never).outcome, Outcome::retry);
  EXPECT_EQ(contents_of(path), line);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(sink->send(sample_alert(), never).outcome, Outcome::delivered);
  EXPECT_EQ(contents_of(path), line + line);
}

// The outer program's standard output may be such a file, opened without O_APPEND.
TEST(StdoutSink, LeavesNoHalfLineInAFileEither) {
  const TempDir dir;
  const auto path = dir / "stdout";
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  const auto sink = make_sink(StdoutConfig{.fd = file.get()}).value();
  const std::string line = format_text(sample_alert()) + "\n";
  struct rlimit before = {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  struct rlimit small = before;
  small.rlim_cur = line.size() / 2;
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  EXPECT_EQ(sink->send(sample_alert(), never).outcome, Outcome::retry);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(sink->send(sample_alert(), never).outcome, Outcome::delivered);
  EXPECT_EQ(contents_of(path), line);
}

// A pipe cannot take a part back, so the next line starts on a line of its own.
TEST(StdoutSink, StartsANewLineAfterOneThatWasCutOff) {
  const Pipe pipe;
  ::fcntl(pipe.writer.get(), F_SETPIPE_SZ, 4096);
  const auto sink = make_sink(StdoutConfig{.fd = pipe.writer.get()}).value();
  Alert big = sample_alert();
  big.output.assign(8000, 'x');
  std::stop_source stopped;
  stopped.request_stop();
  EXPECT_EQ(sink->send(big, stopped.get_token()).outcome, Outcome::retry);
  const std::string part = read_some(pipe.reader.get());
  EXPECT_TRUE(format_text(big).starts_with(part));
  EXPECT_EQ(sink->send(sample_alert(), never).outcome, Outcome::delivered);
  EXPECT_EQ(read_some(pipe.reader.get()), "\n" + format_text(sample_alert()) + "\n");
}

}  // namespace
}  // namespace eunomia::alerts
