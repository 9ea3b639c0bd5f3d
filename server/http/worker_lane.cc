#include "server/http/worker_lane.h"

namespace tidemark::server {

WorkerLane::WorkerLane(size_t workers, size_t max_queued, std::function<Work()> make_work,
                       HttpMetrics::LaneGauges gauges)
    : max_queued_(max_queued), make_work_(std::move(make_work)), gauges_(std::move(gauges)) {
  for (size_t i = 0; i < workers; ++i) threads_.emplace_back([this] { Run(); });
}

bool WorkerLane::Submit(Connection& connection) {
  {
    MutexLock lock(mutex_);
    if (queue_.size() >= max_queued_) return false;
    queue_.push_back(&connection);
    gauges_.queued->fetch_add(1);
  }
  not_empty_.notify_one();
  return true;
}

void WorkerLane::Stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  not_empty_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void WorkerLane::Run() {
  const Work work = make_work_();
  while (Connection* connection = Next()) {
    gauges_.queued->fetch_sub(1);
    gauges_.busy->fetch_add(1);
    work(*connection);
    gauges_.busy->fetch_sub(1);
  }
}

Connection* WorkerLane::Next() {
  MutexLock lock(mutex_);
  while (queue_.empty() && !stopping_) {
    std::unique_lock<std::mutex> held(mutex_.native(), std::adopt_lock);
    not_empty_.wait(held);
    held.release();
  }
  if (queue_.empty()) return nullptr;
  Connection* next = queue_.front();
  queue_.pop_front();
  return next;
}

}  // namespace tidemark::server
