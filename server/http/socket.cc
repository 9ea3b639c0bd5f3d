#include "server/http/socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "tsdb/base/clock.h"

namespace tidemark::server {
namespace {

Socket::Result AfterError() {
  return errno == EAGAIN || errno == EWOULDBLOCK ? Socket::Result::kWouldBlock
                                                 : Socket::Result::kClosed;
}

}  // namespace

Socket::~Socket() {
  if (fd_ >= 0) ::close(fd_);
}

Socket::Result Socket::Read(char* data, size_t size, size_t& n) {
  ssize_t got = 0;
  do {
    got = ::recv(fd_, data, size, 0);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return AfterError();
  n = static_cast<size_t>(got);
  return got == 0 ? Result::kClosed : Result::kOk;
}

Socket::Result Socket::Write(std::string_view& data) {
  while (!data.empty()) {
    const ssize_t sent = ::send(fd_, data.data(), data.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return AfterError();
    data.remove_prefix(static_cast<size_t>(sent));
  }
  return Result::kOk;
}

bool Socket::WaitWritable(int64_t deadline_ns) const {
  while (true) {
    const int64_t left_ns = deadline_ns - Clock::System().MonotonicNs();
    if (left_ns <= 0) return false;
    pollfd waiting = {fd_, POLLOUT, 0};
    const int64_t left_ms = std::min<int64_t>(left_ns / 1'000'000 + 1, 60'000);
    if (::poll(&waiting, 1, static_cast<int>(left_ms)) > 0) return true;
  }
}

void Socket::FinishWriting() const { ::shutdown(fd_, SHUT_WR); }

void Socket::Shutdown() const { ::shutdown(fd_, SHUT_RDWR); }

}  // namespace tidemark::server
