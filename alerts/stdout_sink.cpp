// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "alerts/io.h"
#include "alerts/line_writer.h"
#include "alerts/sink_config.h"

namespace eunomia::alerts {
namespace {

// A description of the terminal or pipe of our own, so that it can be non-blocking (a stopped terminal must not hold up
// the end of the program) without becoming so for the shell, which shares the one it gave us.
Fd open_nonblocking(int fd) {
  struct stat status = {};
  if (::fstat(fd, &status) != 0 || !(S_ISCHR(status.st_mode) || S_ISFIFO(status.st_mode))) return Fd();
  return Fd(::open(fmt::format("/proc/self/fd/{}", fd).c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
}

bool wants_color(const StdoutConfig& config) {
  if (config.format == Format::json || config.color == Color::never) return false;
  if (config.color == Color::always) return true;
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  const bool refused = (no_color && *no_color != '\0') || (term && std::string_view(term) == "dumb");
  return !refused && ::isatty(config.fd) == 1;
}

class StdoutSink : public Sink {
 public:
  explicit StdoutSink(const StdoutConfig& config)
      : config_(config), color_(wants_color(config)), own_(open_nonblocking(config.fd)) {}

  std::string_view name() const override { return "stdout"; }

  SendResult send(const Alert& alert, const std::stop_token& stop) override {
    std::string line = config_.format == Format::json ? format_json(alert) : format_text(alert, {.color = color_});
    return writer_.write(own_ ? own_.get() : config_.fd, std::move(line), stop);
  }

 private:
  StdoutConfig config_;
  bool color_;
  Fd own_;  // none: the original is used
  LineWriter writer_;
};

}  // namespace

std::expected<SinkPtr, std::string> make_sink_of(const StdoutConfig& config) {
  if (::fcntl(config.fd, F_GETFD) < 0)
    return std::unexpected("stdout: the descriptor is closed; open it or choose another sink");
  return std::make_unique<StdoutSink>(config);
}

}  // namespace eunomia::alerts
