#include "server/http/answer_stream.h"

#include <algorithm>
#include <cstring>

#include "tsdb/base/clock.h"

namespace tidemark::server {
namespace {

constexpr size_t kGatherBytes = 32 << 10;

}  // namespace

bool AnswerStream::Flush() {
  const bool sent = Send(gathered_);
  gathered_.clear();
  return sent;
}

ssize_t AnswerStream::read(char* data, size_t size) {
  const size_t n = std::min(size, unread().size());
  std::memcpy(data, unread().data(), n);
  read_ += n;
  return static_cast<ssize_t>(n);
}

ssize_t AnswerStream::write(const char* data, size_t size) {
  if (gathered_.size() + size <= kGatherBytes) {
    gathered_.append(data, size);
  } else if (!Flush() || !Send({data, size})) {
    return -1;
  }
  return static_cast<ssize_t>(size);
}

bool AnswerStream::Send(std::string_view data) {
  if (deadline_ns_ == 0) deadline_ns_ = Clock::System().MonotonicNs() + write_timeout_ns_;
  while (!failed_ && !data.empty()) {
    const Socket::Result result = socket_.Write(data);
    failed_ = result == Socket::Result::kClosed ||
              (result == Socket::Result::kWouldBlock && !socket_.WaitWritable(deadline_ns_));
  }
  return !failed_;
}

// Handlers learn the peer from the Exchange.
void AnswerStream::get_remote_ip_and_port(std::string&, int&) const {}
void AnswerStream::get_local_ip_and_port(std::string&, int&) const {}

// httplib refuses descriptors past FD_SETSIZE, because it would select() on
// them; nothing here does.
socket_t AnswerStream::socket() const { return INVALID_SOCKET; }

}  // namespace tidemark::server
