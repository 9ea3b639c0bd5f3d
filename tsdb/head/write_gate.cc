#include "tsdb/head/write_gate.h"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <cstring>

namespace tidemark::tsdb {
namespace {

constexpr int64_t kLookEveryNs = 1'000'000'000;
constexpr double kMiB = 1 << 20;

template <typename T>
double Mib(T bytes) {
  return static_cast<double>(bytes) / kMiB;
}

Status LookAtDisk(const std::string& path, double min_free) {
  struct statvfs fs;
  if (statvfs(path.c_str(), &fs) != 0) {
    return Unavailable(fmt::format("cannot tell how much of the disk under {} is free: {}", path,
                                   std::strerror(errno)));
  }
  if (fs.f_blocks == 0) return OkStatus();
  const double free_share = static_cast<double>(fs.f_bavail) / static_cast<double>(fs.f_blocks);
  if (free_share >= min_free) return OkStatus();
  return Unavailable(fmt::format(
      "only {:.1f}% ({:.0f} MiB) of the disk under {} is free and writes stop at {:.1f}% "
      "(storage.min_free_disk): free some space or shorten storage.retention.raw; writes resume "
      "by themselves",
      free_share * 100, static_cast<double>(fs.f_bavail) * static_cast<double>(fs.f_frsize) / kMiB,
      path, min_free * 100));
}

}  // namespace

Status WriteGate::CheckMemory() const {
  const int64_t used = head_.sample_bytes() + head_.series_bytes();
  if (used < static_cast<int64_t>(options_.memory_bytes)) return OkStatus();
  return Unavailable(fmt::format(
      "samples not yet sealed take {:.0f} MiB, series {:.0f} MiB, of {:.0f} MiB (half of "
      "storage.memory): send again later; if it stays, raise storage.memory or send fewer series",
      Mib(head_.sample_bytes()), Mib(head_.series_bytes()), Mib(options_.memory_bytes)));
}

Status WriteGate::CheckStore() const {
  const StoreLoad load = store_.load();
  if (load.stalled) {
    return Unavailable(
        "the database waits for its compaction to catch up: send again later; if it stays, the "
        "disk is too slow for this load");
  }
  if (load.write_buffer_bytes < load.write_buffer_budget) return OkStatus();
  return Unavailable(fmt::format(
      "write buffers take {:.0f} MiB of {:.0f} MiB (a quarter of storage.memory): send again "
      "later; if it stays, raise storage.memory, or the disk is too slow for this load",
      Mib(load.write_buffer_bytes), Mib(load.write_buffer_budget)));
}

Status WriteGate::CheckDisk() {
  const int64_t now = options_.clock->MonotonicNs();
  int64_t next = next_look_ns_.load(std::memory_order_relaxed);
  // One thread looks; the others go by what was seen last.
  if (now >= next && next_look_ns_.compare_exchange_strong(next, now + kLookEveryNs)) {
    Status seen = LookAtDisk(options_.path, options_.min_free_disk);
    MutexLock lock(mutex_);
    disk_ok_.store(seen.ok(), std::memory_order_relaxed);
    disk_ = std::move(seen);
  }
  if (disk_ok_.load(std::memory_order_relaxed)) return OkStatus();
  MutexLock lock(mutex_);
  return disk_;
}

Status WriteGate::Check() {
  RETURN_IF_ERROR(CheckDisk());
  RETURN_IF_ERROR(CheckMemory());
  RETURN_IF_ERROR(CheckStore());
  return journal_.Recover();
}

void AddHeadBudget(const std::shared_ptr<const Head>& head, uint64_t budget, Metrics& metrics) {
  const Metrics::LabelPairs part = {{"part", "head"}};
  metrics.AddGauge(
      "tidemark_storage_memory_budget_bytes", "What a part of storage.memory may take.",
      [budget] { return static_cast<double>(budget); }, part);
  metrics.AddGauge(
      "tidemark_storage_memory_used_bytes",
      "What a part of storage.memory takes; past its budget writes are answered with 503.",
      [head] { return static_cast<double>(head->sample_bytes() + head->series_bytes()); }, part);
}

}  // namespace tidemark::tsdb
