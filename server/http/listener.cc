#include "server/http/listener.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace tidemark::server {
namespace {

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

StatusOr<Addresses> Resolve(const std::string& host, int port) {
  addrinfo hints = {};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.empty() ? nullptr : host.c_str(), std::to_string(port).c_str(),
                                &hints, &found);
  if (error != 0) {
    return InvalidArgument(fmt::format("cannot listen on \"{}\": {}", host, gai_strerror(error)));
  }
  return Addresses(found, &freeaddrinfo);
}

StatusOr<int> LocalPort(int fd) {
  sockaddr_storage address = {};
  socklen_t size = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return Unavailable(fmt::format("getsockname: {}", std::strerror(errno)));
  }
  const in_port_t port = address.ss_family == AF_INET6
                             ? reinterpret_cast<sockaddr_in6*>(&address)->sin6_port
                             : reinterpret_cast<sockaddr_in*>(&address)->sin_port;
  return ntohs(port);
}

std::string NumericHost(const sockaddr_storage& address, socklen_t size) {
  char host[NI_MAXHOST] = {};
  getnameinfo(reinterpret_cast<const sockaddr*>(&address), size, host, sizeof host, nullptr, 0,
              NI_NUMERICHOST);
  return host;
}

// Errors that a single connection leaves behind; the next one may be fine.
bool IsPassing(int error) { return error == EINTR || error == ECONNABORTED || error == EPROTO; }

}  // namespace

StatusOr<Listener> Listener::Open(const std::string& host, int port, size_t backlog) {
  if (port < 0 || port > 65535) return InvalidArgument(fmt::format("no port has number {}", port));
  ASSIGN_OR_RETURN(const Addresses addresses, Resolve(host, port));
  const addrinfo& to = *addresses;
  Socket socket(::socket(to.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  setsockopt(socket.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (socket.fd() < 0 || ::bind(socket.fd(), to.ai_addr, to.ai_addrlen) != 0 ||
      ::listen(socket.fd(), static_cast<int>(backlog)) != 0) {
    return Unavailable(fmt::format("cannot listen on {}:{}: {}", host, port, std::strerror(errno)));
  }
  ASSIGN_OR_RETURN(const int bound, LocalPort(socket.fd()));
  return Listener(std::move(socket), bound);
}

StatusOr<Socket> Listener::Accept(std::string& remote_addr) const {
  sockaddr_storage address = {};
  socklen_t size = sizeof address;
  int fd = -1;
  do {
    size = sizeof address;
    fd = ::accept4(this->fd(), reinterpret_cast<sockaddr*>(&address), &size,
                   SOCK_NONBLOCK | SOCK_CLOEXEC);
  } while (fd < 0 && IsPassing(errno));
  if (fd < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return NotFound("nobody is waiting");
  if (fd < 0) return ResourceExhausted(fmt::format("accept: {}", std::strerror(errno)));
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  remote_addr = NumericHost(address, size);
  return Socket(fd);
}

}  // namespace tidemark::server
