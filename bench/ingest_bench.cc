// Remote write from the compressed body to the Appender, which takes everything
// and keeps nothing: what decoding, checking and sorting cost a sample.
#include <benchmark/benchmark.h>
#include <snappy.h>

#include <algorithm>
#include <memory>
#include <string>

#include "proto/remote.pb.h"
#include "server/ingest/ingest.h"
#include "server/null_storage_for_test.h"

namespace tidemark::server {
namespace {

constexpr int kSeries = 2000;

class NullAppender : public tsdb::Appender {
 public:
  StatusOr<tsdb::SeriesRef> GetSeries(const tsdb::Labels& labels) override {
    benchmark::DoNotOptimize(labels.packed().data());
    return next_++;
  }
  Status Append(tsdb::SeriesRef, const tsdb::Sample&, int64_t) override { return OkStatus(); }
  Status AppendHistogram(tsdb::SeriesRef, int64_t, const tsdb::FloatHistogram&, int64_t) override {
    return OkStatus();
  }
  Status AppendExemplar(tsdb::SeriesRef, const tsdb::Exemplar&) override { return OkStatus(); }
  Status SetMetadata(std::string_view, const tsdb::Metadata&) override { return OkStatus(); }
  StatusOr<tsdb::CommitReport> Commit() override { return tsdb::CommitReport(); }

 private:
  tsdb::SeriesRef next_ = 0;
};

class TakingStorage : public NullStorage {
 public:
  std::unique_ptr<tsdb::Appender> NewAppender(std::string_view) override {
    return std::make_unique<NullAppender>();
  }
};

std::string Body(bool sorted) {
  std::vector<std::string> names = {"__name__", "cluster", "endpoint",  "instance", "job",
                                    "le",       "method",  "namespace", "pod",      "region",
                                    "status",   "team",    "tier",      "version",  "zone"};
  if (!sorted) std::reverse(names.begin(), names.end());
  proto::WriteRequest request;
  for (int i = 0; i < kSeries; ++i) {
    proto::TimeSeries* series = request.add_timeseries();
    for (const std::string& name : names) {
      proto::Label* label = series->add_labels();
      label->set_name(name);
      label->set_value("a-value-of-some-length-" + std::to_string(i));
    }
    proto::Sample* sample = series->add_samples();
    sample->set_value(i);
    sample->set_timestamp(1'700'000'000'000 + i);
  }
  const std::string body = request.SerializeAsString();
  std::string out;
  snappy::Compress(body.data(), body.size(), &out);
  return out;
}

void BM_Ingest(benchmark::State& state) {
  TakingStorage storage;
  Metrics metrics;
  const IngestOptions options;
  const auto routes = IngestRoutes(
      options, [&storage] { return &storage; }, std::make_shared<Intake>(IntakeOptions(), metrics));
  HttpRequest request;
  request.body = Body(state.range(0) == 1);
  for (auto _ : state) {
    HttpResponse response;
    routes[0].handler(request, response);
    if (response.status != 204) state.SkipWithError(response.body.c_str());
  }
  state.SetItemsProcessed(state.iterations() * kSeries);
}
BENCHMARK(BM_Ingest)->ArgName("sorted")->Arg(1)->Arg(0);

}  // namespace
}  // namespace tidemark::server
