// RawClient: a client of a test, that sends exactly the bytes it is told to.
#pragma once

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"

namespace tidemark::server {

struct RawResponse {
  int status = 0;                              // 0: the connection ended before a whole response
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

// Reads give up after 20 s, so that a test fails and does not hang.
class RawClient {
 public:
  explicit RawClient(int port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to = {};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<uint16_t>(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
    const timeval timeout = {20, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  }
  RawClient(RawClient&& other) noexcept : fd_(std::exchange(other.fd_, -1)), in_(other.in_) {}
  ~RawClient() { Close(); }

  int fd() const { return fd_; }

  void Close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  void FinishWriting() const { ::shutdown(fd_, SHUT_WR); }

  // False when the peer has closed.
  bool Send(std::string_view data) const {
    while (!data.empty()) {
      const ssize_t n = ::send(fd_, data.data(), data.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      data.remove_prefix(static_cast<size_t>(n));
    }
    return true;
  }

  RawResponse Read(bool with_body = true) {
    RawResponse response;
    size_t head = std::string::npos;
    while ((head = in_.find("\r\n\r\n")) == std::string::npos) {
      if (!More()) return {};
    }
    ParseHead(in_.substr(0, head), response);
    in_.erase(0, head + 4);
    const size_t length =
        with_body ? std::strtoull(response.headers["content-length"].c_str(), nullptr, 10) : 0;
    while (in_.size() < length) {
      if (!More()) return {};
    }
    response.body = in_.substr(0, length);
    in_.erase(0, length);
    return response;
  }

  // All there is until the server ends the connection.
  std::string ReadToEnd() {
    while (More()) {
    }
    return in_;
  }

  // Whether the server ends the connection without another byte.
  bool AtEnd() { return in_.empty() && !More() && in_.empty(); }

  RawResponse Ask(std::string_view request) {
    Send(request);
    return Read();
  }

 private:
  bool More() {
    char buffer[16384];
    const ssize_t n = ::recv(fd_, buffer, sizeof buffer, 0);
    EXPECT_FALSE(n < 0 && errno == EAGAIN) << "nothing came for 20 s";
    if (n <= 0) return false;
    in_.append(buffer, static_cast<size_t>(n));
    return true;
  }

  static void ParseHead(const std::string& head, RawResponse& response) {
    response.status = std::atoi(head.substr(9, 3).c_str());
    size_t at = head.find("\r\n");
    while (at != std::string::npos) {
      const size_t end = head.find("\r\n", at + 2);
      const std::string line = head.substr(at + 2, end == std::string::npos ? end : end - at - 2);
      const size_t colon = line.find(": ");
      std::string name = line.substr(0, colon);
      absl::AsciiStrToLower(&name);
      response.headers[name] = line.substr(colon + 2);
      at = end;
    }
  }

  int fd_;
  std::string in_;
};

}  // namespace tidemark::server
