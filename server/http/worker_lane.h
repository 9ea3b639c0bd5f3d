// WorkerLane: the threads and the bounded queue of one Lane.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "server/http/connection.h"
#include "server/http/http_metrics.h"
#include "tsdb/base/mutex.h"

namespace tidemark::server {

// Threads: all functions may be called from any thread, Stop once.
class WorkerLane {
 public:
  // What a worker does with a connection whose exchange is complete.
  using Work = std::function<void(Connection&)>;

  // Each thread calls `make_work` once, for a Work of its own.
  WorkerLane(size_t workers, size_t max_queued, std::function<Work()> make_work,
             HttpMetrics::LaneGauges gauges);
  ~WorkerLane() { Stop(); }

  // False when max_queued connections wait already.
  bool Submit(Connection& connection);

  // Finishes what is queued, then joins the threads.
  void Stop();

 private:
  void Run();
  Connection* Next();  // waits; null when stopped and empty

  const size_t max_queued_;
  const std::function<Work()> make_work_;
  const HttpMetrics::LaneGauges gauges_;
  Mutex mutex_;
  std::condition_variable not_empty_;
  std::deque<Connection*> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace tidemark::server
