// SPDX-License-Identifier: Apache-2.0
#include "alerts/line_writer.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "alerts/io.h"

namespace eunomia::alerts {
namespace {

// Only where the part is still the end of the file: another process may append to it too.
bool take_back(int fd, std::size_t written) {
  struct stat status = {};
  if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return false;
  const auto count = static_cast<off_t>(written);
  const off_t end = ::lseek(fd, 0, SEEK_CUR);
  if (end != status.st_size || end < count) return false;
  return ::ftruncate(fd, end - count) == 0 && ::lseek(fd, end - count, SEEK_SET) == end - count;
}

}  // namespace

SendResult LineWriter::write(int fd, std::string line, const std::stop_token& stop) {
  line += '\n';
  if (broken_) line.insert(line.begin(), '\n');
  const auto [written, error] = write_all(fd, line, std::chrono::milliseconds(-1), stop);
  if (error == 0) {
    broken_ = false;
    return {};
  }
  if (written > 0 && !take_back(fd, written)) broken_ = true;
  // EIO: a terminal that hung up. EBADF: started with the descriptor closed.
  const bool gone = error == EPIPE || error == EIO || error == EBADF;
  return {gone ? Outcome::closed : Outcome::retry, errno_text(error)};
}

}  // namespace eunomia::alerts
