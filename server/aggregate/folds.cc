#include "server/aggregate/folds.h"

#include <chrono>
#include <utility>
#include <vector>

#include "tsdb/base/log.h"

namespace tidemark::server {
namespace {

constexpr std::chrono::seconds kTick(1);

}  // namespace

Folds::Folds(const AggregatorOptions& options, Metrics& metrics, const Clock& clock)
    : options_(options), clock_(clock), metrics_(metrics) {
  metrics.AddGauge("tidemark_aggregate_inputs", "Series that fold into others, in memory.",
                   [this] { return static_cast<double>(Size().inputs); });
  metrics.AddGauge("tidemark_aggregate_outputs", "Series that others fold into.",
                   [this] { return static_cast<double>(Size().outputs); });
  metrics.AddGauge("tidemark_aggregate_state_bytes",
                   "Memory of inputs and outputs; admission.aggregate.max_state bounds it by "
                   "tenant.",
                   [this] { return static_cast<double>(Size().bytes); });
}

Folds::~Folds() { Stop(); }

void Folds::Start(StorageSource storage) {
  storage_ = std::move(storage);
  thread_ = std::thread([this] { Run(); });
}

void Folds::Run() {
  bool found = false;  // tenants with a state of before the start
  while (true) {
    {
      std::unique_lock<std::mutex> lock(mutex_.native());
      const bool stopping = wake_.wait_for(
          lock, kTick, [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return stopping_; });
      if (stopping) return;
    }
    tsdb::Storage* const storage = storage_();
    if (storage == nullptr) continue;
    if (!found) {
      for (const std::string& tenant : storage->TenantsWithStates()) Of(tenant);
    }
    found = true;
    Tick(*storage);
  }
}

void Folds::Tick(tsdb::Storage& storage) {
  for (FoldWriter* const writer : All()) {
    // Unavailable: the next tick tries again; senders are told, and the log by the storage.
    writer->Tick(storage).IgnoreError();
  }
}

void Folds::Stop() {
  if (!thread_.joinable()) return;
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
  tsdb::Storage* const storage = storage_();
  if (storage == nullptr) return;
  for (FoldWriter* const writer : All()) {
    const Status status = writer->Finish(*storage);
    if (!status.ok()) {
      Log(LogLevel::kWarn, "points of folded series wait for the next start",
          {{"error", MessageOf(status)}});
    }
  }
}

Status Folds::Take(std::string_view tenant, tsdb::Storage& storage, const FoldBatch& batch,
                   FoldReport& report) {
  RETURN_IF_ERROR(Of(tenant).Take(storage, batch, report));
  uint64_t refused = 0;
  for (const FoldReport::Refused& one : report.refused) refused += one.floats + one.histograms;
  metrics_.counted->Add(report.counted - report.behind_grid);
  metrics_.behind_grid->Add(report.behind_grid);
  metrics_.repeated->Add(report.repeated);
  metrics_.refused->Add(refused);
  return OkStatus();
}

StatusOr<bool> Folds::Owns(std::string_view tenant, tsdb::Storage& storage,
                           const tsdb::Labels& labels) {
  return Of(tenant).Owns(storage, labels);
}

FoldWriter& Folds::Of(std::string_view tenant) {
  MutexLock lock(mutex_);
  const auto found = writers_.find(tenant);
  if (found != writers_.end()) return *found->second;
  std::string name(tenant);
  auto writer = std::make_unique<FoldWriter>(name, options_, metrics_, clock_);
  return *writers_.emplace(std::move(name), std::move(writer)).first->second;
}

std::vector<FoldWriter*> Folds::All() {
  MutexLock lock(mutex_);
  std::vector<FoldWriter*> all;
  for (const auto& [tenant, writer] : writers_) all.push_back(writer.get());
  return all;
}

FoldWriter::Size Folds::Size() {
  FoldWriter::Size sum;
  for (const FoldWriter* const writer : All()) {
    const FoldWriter::Size size = writer->size();
    sum.inputs += size.inputs;
    sum.outputs += size.outputs;
    sum.bytes += size.bytes;
  }
  return sum;
}

}  // namespace tidemark::server
