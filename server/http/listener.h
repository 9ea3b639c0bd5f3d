// Listener: the socket that connections arrive at.
#pragma once

#include <string>

#include "server/http/socket.h"
#include "tsdb/base/status.h"

namespace tidemark::server {

class Listener {
 public:
  // Listens on the first address that `host` resolves to, IPv4 or IPv6; port 0
  // takes any free one.
  //   kInvalidArgument  the host does not resolve, or the port is out of range
  //   kUnavailable      the address cannot be had: in use, not ours, not allowed
  static StatusOr<Listener> Open(const std::string& host, int port, size_t backlog);

  int fd() const { return socket_.fd(); }
  int port() const { return port_; }

  // The next connection, non-blocking and without delay (TCP_NODELAY), and its
  // peer's address.
  //   kNotFound           nobody is waiting
  //   kResourceExhausted  no descriptor or memory left: wait a little
  StatusOr<Socket> Accept(std::string& remote_addr) const;

 private:
  Listener(Socket socket, int port) : socket_(std::move(socket)), port_(port) {}

  Socket socket_;
  int port_;
};

}  // namespace tidemark::server
