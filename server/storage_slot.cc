#include "server/storage_slot.h"

#include <fmt/format.h>

#include <utility>

#include "server/sources.h"

namespace tidemark::server {

StorageSlot::StorageSlot() : state_(Unavailable(kStarting)) {}

StorageSlot::~StorageSlot() { Close().IgnoreError(); }

void StorageSlot::Open(Opener open) {
  opener_ = std::thread([this, open = std::move(open)] { Fill(open); });
}

void StorageSlot::Report(std::string_view doing) {
  MutexLock lock(mutex_);
  state_ = Unavailable(fmt::format("starting: {}", doing));
}

void StorageSlot::Fill(const Opener& open) {
  StatusOr<std::unique_ptr<tsdb::Storage>> opened =
      open({[this](std::string_view doing) { Report(doing); }, &cancelled_});
  {
    MutexLock lock(mutex_);
    opening_ = false;
    state_ = opened_ = opened.status();
    if (opened.ok()) owned_ = *std::move(opened);
    storage_.store(owned_.get(), std::memory_order_release);
  }
  changed_.notify_all();
}

Status StorageSlot::state() const {
  MutexLock lock(mutex_);
  return state_;
}

Status StorageSlot::Await() const {
  MutexLock lock(mutex_);
  while (opening_) {
    std::unique_lock<std::mutex> held(mutex_.native(), std::adopt_lock);
    changed_.wait(held);
    held.release();
  }
  return opened_;
}

Status StorageSlot::Close() {
  cancelled_.Cancel();
  if (opener_.joinable()) opener_.join();
  std::unique_ptr<tsdb::Storage> storage;
  {
    MutexLock lock(mutex_);
    storage_.store(nullptr, std::memory_order_release);
    storage = std::move(owned_);
    state_ = Unavailable("stopping");
  }
  return storage == nullptr ? OkStatus() : storage->Close();
}

}  // namespace tidemark::server
