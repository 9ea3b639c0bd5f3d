// Wakeup: makes a thread in epoll_wait look up.
#pragma once

namespace tidemark::server {

// Threads: Signal from any; the rest from the thread that waits.
class Wakeup {
 public:
  Wakeup();
  ~Wakeup();
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  int fd() const { return fd_; }  // readable after Signal; -1 when there was none left
  void Signal() const;
  void Clear() const;

 private:
  const int fd_;
};

}  // namespace tidemark::server
