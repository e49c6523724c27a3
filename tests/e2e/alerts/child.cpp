// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/alerts/child.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

namespace eunomia::alerts {

std::string LineReader::next() {
  using namespace std::chrono_literals;
  while (true) {
    if (const auto end = buffer_.find('\n'); end != std::string::npos) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return line;
    }
    if (wait_ready(fd_.get(), POLLIN, 30s, {}) != Ready::yes) return "(nothing came) " + buffer_;
    std::array<char, 65536> chunk = {};
    const auto count = ::read(fd_.get(), chunk.data(), chunk.size());
    if (count <= 0) return "(the end) " + buffer_;
    buffer_.append(chunk.data(), static_cast<std::size_t>(count));
  }
}

Pipe::Pipe() {
  std::array<int, 2> ends = {};
  if (::pipe2(ends.data(), O_CLOEXEC) == 0) reader = Fd(ends[0]), writer = Fd(ends[1]);
}

Child::Child(const std::vector<std::string>& command, const Fd& out, const Fd& err) {
  std::vector<char*> argv;
  for (const auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ != 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (out) ::dup2(out.get(), STDOUT_FILENO);
  if (err) ::dup2(err.get(), STDERR_FILENO);
  ::execvp(argv[0], argv.data());
  ::_exit(127);
}

void Child::end() {
  if (pid_ > 0) ::kill(pid_, SIGTERM);
  wait();
}

int Child::wait() {
  int status = 0;
  const bool waited = pid_ > 0 && ::waitpid(pid_, &status, 0) == pid_;
  pid_ = -1;
  return waited && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string find_program(const std::string& name) {
  for (const std::string dir : {"/usr/local/sbin/", "/usr/sbin/", "/sbin/", "/usr/local/bin/", "/usr/bin/", "/bin/"}) {
    if (::access((dir + name).c_str(), X_OK) == 0) return dir + name;
  }
  return {};
}

int free_port() {
  while (true) {
    const Fd tcp(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
        udp(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_in address = {.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    socklen_t length = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(tcp.get(), generic, length) != 0 || ::getsockname(tcp.get(), generic, &length) != 0) return -1;
    if (::bind(udp.get(), generic, length) == 0) return ntohs(address.sin_port);
  }
}

}  // namespace eunomia::alerts
