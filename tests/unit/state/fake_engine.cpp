// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/state/fake_engine.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>

namespace eunomia::test {

FakeEngine::FakeEngine(const std::filesystem::path& socket) : socket_(socket) {
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  std::memcpy(address.sun_path, socket_.c_str(), socket_.size() + 1);
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(listener_, 64) != 0) {
    throw std::runtime_error("cannot listen on " + socket_);
  }
  threads_.emplace_back([this] { serve(); });
}

FakeEngine::~FakeEngine() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    for (int connection : connections_) ::shutdown(connection, SHUT_RDWR);
  }
  changed_.notify_all();
  ::shutdown(listener_, SHUT_RDWR);
  threads_.front().join();  // starts no further ones now
  for (std::size_t i = 1; i < threads_.size(); ++i) threads_[i].join();
  for (int connection : connections_) ::close(connection);
  ::close(listener_);
}

FakeEngine& FakeEngine::has(const std::string& id, std::string inspect) {
  std::lock_guard lock(mutex_);
  containers_[id] = std::move(inspect);
  return *this;
}

FakeEngine& FakeEngine::hang() {
  std::lock_guard lock(mutex_);
  hanging_ = true;
  return *this;
}

void FakeEngine::resume() {
  {
    std::lock_guard lock(mutex_);
    hanging_ = false;
  }
  changed_.notify_all();
}

void FakeEngine::await_requests(int count) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return requests_ >= count; });
}

int FakeEngine::requests() {
  std::lock_guard lock(mutex_);
  return requests_;
}

void FakeEngine::serve() {
  for (int connection = 0; (connection = ::accept(listener_, nullptr, nullptr)) >= 0;) {
    std::lock_guard lock(mutex_);
    connections_.push_back(connection);
    if (stopping_) return;
    threads_.emplace_back([this, connection] { answer(connection); });
  }
}

void FakeEngine::answer(int connection) {
  std::string input;
  std::array<char, 4096> chunk;
  for (ssize_t got = 0; (got = ::read(connection, chunk.data(), chunk.size())) > 0;) {
    input.append(chunk.data(), static_cast<std::size_t>(got));
    std::size_t end = input.find("\r\n\r\n");
    if (end == std::string::npos) continue;
    constexpr std::string_view head = "GET /containers/";
    std::string id = input.substr(head.size(), input.find("/json") - head.size());
    input.erase(0, end + 4);
    std::unique_lock lock(mutex_);
    ++requests_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return !hanging_ || stopping_; });
    if (stopping_) return;
    auto found = containers_.find(id);
    std::string body = found == containers_.end() ? R"({"message":"No such container"})" : found->second;
    std::string output = fmt::format("HTTP/1.1 {}\r\nContent-Length: {}\r\n\r\n{}",
                                     found == containers_.end() ? "404 Not Found" : "200 OK", body.size(), body);
    lock.unlock();
    for (std::string_view left = output; !left.empty();) {
      ssize_t sent = ::send(connection, left.data(), left.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      left.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
}

std::string inspect_of(const std::string& id, const std::string& name, const std::string& image) {
  return fmt::format(R"({{"Id":"{}","Name":"/{}","Config":{{"Image":"{}"}},"State":{{"Pid":1,"StartedAt":
      "2026-01-01T00:00:00Z"}}}})",
                     id, name, image);
}

}  // namespace eunomia::test
