// Socket: a connected, non-blocking TCP socket.  The one place that reads and
// writes bytes of clients, so that TLS can take its place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace tidemark::server {

// Owns its descriptor.
// Threads: one thread at a time; Shutdown from any.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Socket();

  int fd() const { return fd_; }

  enum class Result { kOk, kWouldBlock, kClosed };  // kClosed: by the peer, or an error

  // Reads what is there, up to `size`; `n` is at least 1 after kOk.
  Result Read(char* data, size_t size, size_t& n);

  // Writes what the kernel takes of `data`, and takes it off its front.
  Result Write(std::string_view& data);

  // Waits until Write may go on, at most until `deadline_ns` of the monotonic
  // clock; false when it passed.
  bool WaitWritable(int64_t deadline_ns) const;

  // Sends FIN: the peer reads what was written, then the end.
  void FinishWriting() const;

  // Makes all reads and writes fail, those that wait included.
  void Shutdown() const;

 private:
  int fd_ = -1;
};

}  // namespace tidemark::server
