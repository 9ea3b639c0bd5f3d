// Requests to the routes of server/ingest before a storage of maps, for tests.
#pragma once

#include <gtest/gtest.h>
#include <snappy.h>

#include <algorithm>
#include <bit>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "server/ingest/ingest.h"
#include "server/null_storage_for_test.h"
#include "server/write_request_for_test.h"

namespace tidemark::server {

inline constexpr int64_t kNow = 1'700'000'000'000;

// A series that has nothing but a name, as the fake prints it.
inline std::string Named(std::string_view metric) {
  return tsdb::Labels::Must({{"__name__", metric}}).ToString();
}

// A storage of maps that keeps the first value of each time.
class MapStorage : public NullStorage {
 public:
  using Key = std::pair<std::string, int64_t>;  // labels as text, time
  std::map<Key, double> floats;
  std::map<Key, tsdb::FloatHistogram> histograms;
  std::map<Key, int64_t> starts;         // of samples of either kind that have one
  std::map<Key, std::string> exemplars;  // their labels
  std::map<std::string, tsdb::Metadata> metadata;
  std::set<std::string> series;  // as created
  std::map<std::string, std::string> states;
  bool keeps_states = false;
  std::string tenant;
  Status commit_status;
  Status get_series_status;  // for metrics called "new"
  int64_t oldest = 0;

  std::unique_ptr<tsdb::Appender> NewAppender(std::string_view t) override;
};

class MapAppender : public tsdb::Appender {
 public:
  explicit MapAppender(MapStorage& storage) : storage_(storage) {}

  StatusOr<tsdb::SeriesRef> GetSeries(const tsdb::Labels& labels) override {
    if (labels.metric_name() == "new" && !storage_.get_series_status.ok()) {
      return storage_.get_series_status;
    }
    if (labels.size() > 64) return InvalidArgument("65 labels, the limit is 64");
    series_.push_back(labels.ToString());
    return static_cast<tsdb::SeriesRef>(series_.size() - 1);
  }
  Status Append(tsdb::SeriesRef series, const tsdb::Sample& s, int64_t start) override {
    if (s.t < storage_.oldest) return OutOfRange("older than raw retention");
    if (start != 0) starts_[{series_[series], s.t}] = start;
    floats_.push_back({{series_[series], s.t}, s.v});
    return OkStatus();
  }
  Status AppendHistogram(tsdb::SeriesRef series, int64_t t, const tsdb::FloatHistogram& h,
                         int64_t start) override {
    if (start != 0) starts_[{series_[series], t}] = start;
    histograms_.push_back({{series_[series], t}, h});
    return OkStatus();
  }
  Status AppendExemplar(tsdb::SeriesRef series, const tsdb::Exemplar& e) override {
    exemplars_.push_back({{series_[series], e.t}, e.labels.ToString()});
    return OkStatus();
  }
  Status SetMetadata(std::string_view metric, const tsdb::Metadata& m) override {
    metadata_.emplace_back(metric, m);
    return OkStatus();
  }
  Status SetState(std::string key, std::optional<std::string> value) override {
    if (!storage_.keeps_states) return Unimplemented("no states");
    storage_.states[std::move(key)] = value.value_or("");
    return OkStatus();
  }
  StatusOr<tsdb::CommitReport> Commit() override {
    RETURN_IF_ERROR(storage_.commit_status);
    tsdb::CommitReport report;
    for (const auto& [key, v] : floats_) {
      const auto [it, fresh] = storage_.floats.try_emplace(key, v);
      if (fresh) {
        ++report.written;
      } else if (std::bit_cast<uint64_t>(it->second) == std::bit_cast<uint64_t>(v)) {
        ++report.duplicates;
      } else {
        report.conflicts.push_back({RefOf(key.first), key.second});
      }
    }
    report.written += histograms_.size();
    storage_.histograms.insert(histograms_.begin(), histograms_.end());
    storage_.starts.insert(starts_.begin(), starts_.end());
    storage_.exemplars.insert(exemplars_.begin(), exemplars_.end());
    storage_.metadata.insert(metadata_.begin(), metadata_.end());
    storage_.series.insert(series_.begin(), series_.end());
    return report;
  }

 private:
  tsdb::SeriesRef RefOf(const std::string& labels) const {
    const auto found = std::find(series_.begin(), series_.end(), labels);
    return static_cast<tsdb::SeriesRef>(found - series_.begin());
  }

  MapStorage& storage_;
  std::vector<std::string> series_;
  std::vector<std::pair<MapStorage::Key, double>> floats_;
  std::vector<std::pair<MapStorage::Key, tsdb::FloatHistogram>> histograms_;
  std::map<MapStorage::Key, int64_t> starts_;
  std::vector<std::pair<MapStorage::Key, std::string>> exemplars_;
  std::vector<std::pair<std::string, tsdb::Metadata>> metadata_;
};

inline std::unique_ptr<tsdb::Appender> MapStorage::NewAppender(std::string_view t) {
  tenant = t;
  return std::make_unique<MapAppender>(*this);
}

class IngestTest : public testing::Test {
 protected:
  IngestTest() { Configure(IngestOptions()); }

  void Configure(IngestOptions options, tsdb::ConflictPolicies conflicts = {}) {
    IntakeOptions intake;
    intake.conflicts = std::move(conflicts);
    intake.clock = &clock_;
    metrics_ = std::make_unique<Metrics>();
    routes_ = IngestRoutes(
        std::move(options), [this] { return ready_ ? &storage_ : nullptr; },
        std::make_shared<Intake>(intake, *metrics_));
  }

  HttpResponse Post(std::string body, std::map<std::string, std::string, std::less<>> headers = {
                                          {"content-type", "application/x-protobuf"},
                                          {"content-encoding", "snappy"}}) {
    HttpRequest request;
    request.method = "POST";
    request.headers = std::move(headers);
    request.body = std::move(body);
    HttpResponse response;
    routes_[0].handler(request, response);
    return response;
  }

  static std::string Encode(const google::protobuf::Message& request) {
    const std::string body = request.SerializeAsString();
    std::string out;
    snappy::Compress(body.data(), body.size(), &out);
    return out;
  }
  HttpResponse Send(const proto::WriteRequest& request) { return Post(Encode(request)); }

  using Pairs = std::vector<std::pair<std::string, std::string>>;
  double Metric(std::string_view name, std::string_view label = {}) const {
    for (const Metrics::Family& family : metrics_->Collect()) {
      if (family.name != name) continue;
      for (const Metrics::Child& child : family.children) {
        if (label.empty() || child.labels.at(0).second == label) return child.value;
      }
    }
    ADD_FAILURE() << "no metric " << name;
    return -1;
  }

  FakeClock clock_{kNow};
  MapStorage storage_;
  bool ready_ = true;
  std::unique_ptr<Metrics> metrics_;
  std::vector<Route> routes_;
};

}  // namespace tidemark::server
