// NullStorage: takes nothing and holds nothing; tests and benchmarks override
// what they look at.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tsdb/storage.h"

namespace tidemark::server {

class NullStorage : public tsdb::Storage {
 public:
  std::unique_ptr<tsdb::Appender> NewAppender(std::string_view) override { return nullptr; }
  StatusOr<std::unique_ptr<tsdb::Querier>> NewQuerier(std::string_view, int64_t,
                                                      int64_t) const override {
    return Unimplemented("nothing is kept");
  }
  std::map<std::string, tsdb::Metadata> MetricMetadata(std::string_view) const override {
    return {};
  }
  StatusOr<std::vector<tsdb::SeriesExemplars>> Exemplars(std::string_view,
                                                         std::span<const tsdb::Matcher>, int64_t,
                                                         int64_t) const override {
    return std::vector<tsdb::SeriesExemplars>();
  }
  StatusOr<tsdb::DeleteReport> Delete(std::string_view, std::span<const tsdb::Matcher>, int64_t,
                                      int64_t) override {
    return tsdb::DeleteReport();
  }
  Status CleanTombstones() override { return OkStatus(); }
  Status Flush() override { return OkStatus(); }
  StatusOr<std::string> Snapshot() override { return std::string(); }
  std::vector<tsdb::TenantStats> Stats() const override { return {}; }
  StatusOr<tsdb::LabelCounts> CountLabels(std::string_view, std::span<const tsdb::Matcher>,
                                          std::span<const std::string>, size_t) const override {
    return tsdb::LabelCounts();
  }
  Status WriteHealth() const override { return OkStatus(); }
  Status Close() override { return OkStatus(); }
};

}  // namespace tidemark::server
