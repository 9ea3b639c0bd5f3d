#include "tsdb/head/maintenance.h"

#include <chrono>
#include <mutex>
#include <utility>

#include "tsdb/base/log.h"

namespace tidemark::tsdb {
namespace {

constexpr int64_t kTurnMs = 250;

}  // namespace

Maintenance::Maintenance(const MaintenanceOptions& options, Head& head, Journal& journal,
                         Sealer& sealer, std::function<Status()> retain, Evictor& evictor,
                         Store& store)
    : options_(options),
      head_(head),
      journal_(journal),
      sealer_(sealer),
      retain_(std::move(retain)),
      evictor_(evictor),
      store_(store) {}

Maintenance::~Maintenance() { Stop(); }

void Maintenance::Start() {
  last_seal_ms_ = options_.clock->NowMs();
  thread_ = std::thread([this] { Run(); });
  if (options_.sync_every_ms > 0) sync_thread_ = std::thread([this] { RunSync(); });
}

void Maintenance::Stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  if (sync_thread_.joinable()) sync_thread_.join();
}

bool Maintenance::Sleep(int64_t ms) {
  std::unique_lock<std::mutex> lock(mutex_.native());
  return !wake_.wait_for(lock, std::chrono::milliseconds(ms),
                         [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return stopping_; });
}

void Maintenance::Run() {
  while (Sleep(kTurnMs)) Turn();
}

void Maintenance::RunSync() {
  while (Sleep(options_.sync_every_ms)) {
    const Status status = store_.SyncLog();
    if (!status.ok()) {
      Log(LogLevel::kError, "syncing RocksDB's log failed", {{"error", MessageOf(status)}});
    }
  }
}

bool Maintenance::SealIsDue() const {
  return head_.sample_bytes() >= options_.seal_sample_bytes ||
         journal_.bytes() >= options_.seal_journal_bytes ||
         options_.clock->NowMs() - last_seal_ms_ >= options_.seal_every_ms;
}

Status Maintenance::SealIfDue() {
  if (!SealIsDue()) return OkStatus();
  RETURN_IF_ERROR(sealer_.Seal());
  last_seal_ms_ = options_.clock->NowMs();
  return OkStatus();
}

// A part that fails holds up no other: above all the seal must go on while old
// data cannot be dropped.
void Maintenance::Turn() {
  Status status = journal_.Recover();
  if (status.ok()) {
    status = SealIfDue();
    status.Update(retain_());
    status.Update(evictor_.Advance());
  }
  if (status.code() == StatusCode::kCancelled) return;  // the storage closes
  // Once when it begins and once when it ends, not four times a second.
  if (!status.ok() && !failing_) {
    Log(LogLevel::kError, "sealing or retention fails and is tried again; reads go on",
        {{"error", MessageOf(status)}});
  }
  if (status.ok() && failing_) Log(LogLevel::kInfo, "sealing and retention work again");
  failing_ = !status.ok();
}

}  // namespace tidemark::tsdb
