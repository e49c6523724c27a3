// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>

#include "alerts/io.h"
#include "alerts/line_writer.h"
#include "alerts/sink_config.h"

namespace eunomia::alerts {
namespace {

class FileSink : public Sink {
 public:
  explicit FileSink(const FileConfig& config) : config_(config), name_("file:" + config.path) {}

  // Returns errno.
  int open() {
    fd_ = Fd(::open(config_.path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600));
    writer_.reset();
    return fd_ ? 0 : errno;
  }

  std::string_view name() const override { return name_; }

  SendResult send(const Alert& alert, const std::stop_token& stop) override {
    if (!is_current()) {
      if (const int error = open(); error != 0) return {Outcome::retry, "cannot open: " + errno_text(error)};
    }
    auto result =
        writer_.write(fd_.get(), config_.format == Format::json ? format_json(alert) : format_text(alert), stop);
    // A file can always be opened again; only a pipe that stdout is can be gone for good.
    if (result.outcome == Outcome::closed) {
      result.outcome = Outcome::retry;
      fd_.reset();
    }
    return result;
  }

  void reopen() override { open(); }

 private:
  // False when the path names another file by now, or none: it was rotated or removed, and what is written would be
  // lost.
  bool is_current() const {
    struct stat ours = {}, theirs = {};
    return fd_ && ::fstat(fd_.get(), &ours) == 0 && ::stat(config_.path.c_str(), &theirs) == 0 &&
           ours.st_ino == theirs.st_ino && ours.st_dev == theirs.st_dev;
  }

  FileConfig config_;
  std::string name_;
  Fd fd_;
  LineWriter writer_;
};

}  // namespace

std::expected<SinkPtr, std::string> make_sink_of(const FileConfig& config) {
  if (config.path.empty()) return std::unexpected("file: the path is empty; name the file that alerts are appended to");
  auto sink = std::make_unique<FileSink>(config);
  if (const int error = sink->open(); error != 0) {
    return std::unexpected(fmt::format("file: cannot open {} for appending: {}", config.path, errno_text(error)));
  }
  return sink;
}

}  // namespace eunomia::alerts
