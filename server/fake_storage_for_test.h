// FakeStorage: a storage that holds nothing, and counts what is asked of it.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "promql/testing/memory_storage.h"
#include "tsdb/storage.h"

namespace tidemark::server {

struct FakeStorageState {
  std::atomic<int> flushed{0};
  std::atomic<int> closed{0};
  std::atomic<int> cleaned{0};
  std::vector<std::string> deleted;  // "tenant matchers mint maxt"
  Status flush_result;
  std::atomic<int> snapshots{0};
  Status snapshot_result;
};

class FakeStorage : public tsdb::Storage {
 public:
  explicit FakeStorage(FakeStorageState& state) : state_(state) {}

  std::unique_ptr<tsdb::Appender> NewAppender(std::string_view) override { return nullptr; }
  StatusOr<std::unique_ptr<tsdb::Querier>> NewQuerier(std::string_view tenant, int64_t mint,
                                                      int64_t maxt) const override {
    return nothing_.NewQuerier(tenant, mint, maxt);
  }
  std::map<std::string, tsdb::Metadata> MetricMetadata(std::string_view) const override {
    return {};
  }
  StatusOr<std::vector<tsdb::SeriesExemplars>> Exemplars(std::string_view,
                                                         std::span<const tsdb::Matcher>, int64_t,
                                                         int64_t) const override {
    return std::vector<tsdb::SeriesExemplars>();
  }
  StatusOr<tsdb::DeleteReport> Delete(std::string_view tenant,
                                      std::span<const tsdb::Matcher> matchers, int64_t mint,
                                      int64_t maxt) override {
    std::string what(tenant);
    for (const tsdb::Matcher& matcher : matchers) what += " " + matcher.ToString();
    state_.deleted.push_back(what + " " + std::to_string(mint) + " " + std::to_string(maxt));
    return tsdb::DeleteReport{1};
  }
  Status CleanTombstones() override {
    ++state_.cleaned;
    return OkStatus();
  }
  Status Flush() override {
    ++state_.flushed;
    return state_.flush_result;
  }
  StatusOr<std::string> Snapshot() override {
    ++state_.snapshots;
    RETURN_IF_ERROR(state_.snapshot_result);
    return std::string("20260131T120000Z-00000000000000ff");
  }
  std::vector<tsdb::TenantStats> Stats() const override { return {}; }
  Status WriteHealth() const override { return OkStatus(); }
  Status Close() override {
    ++state_.closed;
    return OkStatus();
  }

 private:
  FakeStorageState& state_;
  const promql::MemoryStorage nothing_;
};

}  // namespace tidemark::server
