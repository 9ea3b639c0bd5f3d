// AnswerStream: what cpp-httplib reads a request from, and writes the answer to.
#pragma once

#include <httplib.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "server/http/socket.h"

namespace tidemark::server {

// Reads come from `head`; writes are gathered, so that a small answer leaves as
// one packet, and go to the socket until `deadline_ns`.
//
// Threads: one.  Ownership: `socket` must outlive it.
class AnswerStream : public httplib::Stream {
 public:
  AnswerStream(std::string head, Socket& socket, int64_t write_timeout_ns)
      : head_(std::move(head)), socket_(socket), write_timeout_ns_(write_timeout_ns) {}

  // Sends what is gathered; false when that, or an earlier write, failed.
  bool Flush();
  // Gives what follows the whole timeout again.
  void RestartTimeout() { deadline_ns_ = 0; }

  bool is_readable() const override { return !unread().empty(); }
  bool is_writable() const override { return !failed_; }
  ssize_t read(char* data, size_t size) override;
  ssize_t write(const char* data, size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override;

 private:
  std::string_view unread() const { return std::string_view(head_).substr(read_); }
  bool Send(std::string_view data);

  const std::string head_;
  size_t read_ = 0;
  Socket& socket_;
  const int64_t write_timeout_ns_;
  int64_t deadline_ns_ = 0;  // from the first byte sent
  std::string gathered_;
  bool failed_ = false;
};

}  // namespace tidemark::server
