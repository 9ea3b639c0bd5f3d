// Writes the seeds from which the fuzzers start: one small input for each thing
// the formats can say.
#include <snappy.h>
#include <zstd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "proto/otlp.pb.h"
#include "proto/remote.pb.h"
#include "proto/remote_read.pb.h"
#include "proto/remote_v2.pb.h"

namespace {

using namespace tidemark::proto;

void Write(const std::filesystem::path& path, const std::string& bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string Compressed(const std::string& bytes) {
  std::string out;
  snappy::Compress(bytes.data(), bytes.size(), &out);
  return out;
}

std::string Zstd(const std::string& bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 1));
  return out;
}

TimeSeries* AddSeries(WriteRequest& request) {
  TimeSeries* series = request.add_timeseries();
  Label* name = series->add_labels();
  name->set_name("__name__");
  name->set_value("http_requests_total");
  Label* region = series->add_labels();
  region->set_name("région");
  region->set_value("eu-west-1");
  return series;
}

WriteRequest Floats() {
  WriteRequest request;
  for (int i = 0; i < 3; ++i) {
    Sample* sample = AddSeries(request)->add_samples();
    sample->set_value(i * 1.5);
    sample->set_timestamp(1'700'000'000'000 + i);
  }
  return request;
}

void AddSpan(google::protobuf::RepeatedPtrField<BucketSpan>* spans, int offset, uint32_t length) {
  BucketSpan* span = spans->Add();
  span->set_offset(offset);
  span->set_length(length);
}

WriteRequest IntegerHistogram() {
  WriteRequest request;
  Histogram* h = AddSeries(request)->add_histograms();
  h->set_count_int(12);
  h->set_zero_count_int(2);
  h->set_sum(18.4);
  h->set_schema(3);
  h->set_zero_threshold(0.001);
  AddSpan(h->mutable_positive_spans(), 0, 2);
  AddSpan(h->mutable_positive_spans(), 1, 2);
  AddSpan(h->mutable_negative_spans(), -4, 1);
  for (const int delta : {1, 1, -1, 0}) h->add_positive_deltas(delta);
  h->add_negative_deltas(5);
  h->set_reset_hint(Histogram::GAUGE);
  h->set_timestamp(1'700'000'000'000);
  return request;
}

WriteRequest CustomBuckets() {
  WriteRequest request;
  Histogram* h = AddSeries(request)->add_histograms();
  h->set_count_float(6.5);
  h->set_sum(2);
  h->set_schema(-53);
  AddSpan(h->mutable_positive_spans(), 0, 3);
  for (const double count : {1.0, 2.5, 3.0}) h->add_positive_counts(count);
  for (const double bound : {0.1, 0.5}) h->add_custom_values(bound);
  h->set_timestamp(-1);
  return request;
}

WriteRequest ExemplarAndMetadata() {
  WriteRequest request;
  Exemplar* exemplar = AddSeries(request)->add_exemplars();
  Label* label = exemplar->add_labels();
  label->set_name("trace_id");
  label->set_value("abc");
  exemplar->set_value(0.2);
  MetricMetadata* metadata = request.add_metadata();
  metadata->set_type(MetricMetadata::COUNTER);
  metadata->set_metric_family_name("http_requests_total");
  metadata->set_help("Requests.");
  metadata->set_unit("requests");
  return request;
}

// A series {__name__="up"} of the symbols "", "__name__", "up", "trace_id".
v2::TimeSeries* AddSeries(v2::Request& request) {
  if (request.symbols_size() == 0) {
    for (const char* text : {"", "__name__", "up", "trace_id"}) request.add_symbols(text);
  }
  v2::TimeSeries* series = request.add_timeseries();
  series->add_labels_refs(1);
  series->add_labels_refs(2);
  return series;
}

v2::Request FloatsV2() {
  v2::Request request;
  for (int i = 0; i < 3; ++i) {
    v2::TimeSeries* series = AddSeries(request);
    series->set_created_timestamp(1'600'000'000'000);
    v2::Sample* sample = series->add_samples();
    sample->set_value(i * 1.5);
    sample->set_timestamp(1'700'000'000'000 + i);
    if (i == 1) sample->set_start_timestamp(1'650'000'000'000);
    series->mutable_metadata()->set_type(v2::Metadata::GAUGE);
    series->mutable_metadata()->set_help_ref(2);
  }
  return request;
}

v2::Request HistogramV2() {
  v2::Request request;
  v2::TimeSeries* series = AddSeries(request);
  v2::Histogram* h = series->add_histograms();
  h->set_count_int(3);
  h->set_schema(-53);
  h->add_positive_spans()->set_length(2);
  h->add_positive_deltas(1);
  h->add_positive_deltas(1);
  h->add_custom_values(0.5);
  h->set_start_timestamp(1);
  v2::Exemplar* exemplar = series->add_exemplars();
  exemplar->add_labels_refs(3);
  exemplar->add_labels_refs(2);
  return request;
}

v2::Request BadReferencesV2() {
  v2::Request request;
  AddSeries(request)->add_labels_refs(0);
  AddSeries(request)->set_labels_refs(1, 99);
  AddSeries(request)->mutable_metadata()->set_unit_ref(99);
  AddSeries(request)->add_exemplars()->add_labels_refs(3);
  return request;
}

ReadRequest EveryMatcher() {
  ReadRequest request;
  request.add_accepted_response_types(ReadRequest::STREAMED_XOR_CHUNKS);
  Query* query = request.add_queries();
  query->set_start_timestamp_ms(1'700'000'000'000);
  query->set_end_timestamp_ms(1'700'000'600'000);
  query->mutable_hints()->set_func("rate");
  for (int type = 0; type < 4; ++type) {
    LabelMatcher* matcher = query->add_matchers();
    matcher->set_type(static_cast<LabelMatcher::Type>(type));
    matcher->set_name("region");
    matcher->set_value("eu-(west|north)-.+");
  }
  return request;
}

otlp::ExportMetricsServiceRequest EveryMetric() {
  otlp::ExportMetricsServiceRequest request;
  otlp::ResourceMetrics* resource = request.add_resource_metrics();
  otlp::KeyValue* name = resource->mutable_resource()->add_attributes();
  name->set_key("service.name");
  name->mutable_value()->set_string_value("api");
  otlp::ScopeMetrics* scope = resource->add_scope_metrics();
  scope->mutable_scope()->set_name("lib");
  constexpr uint64_t kNow = 1'700'000'000'000'000'000;

  otlp::Metric* gauge = scope->add_metrics();
  gauge->set_name("room.temperature");
  gauge->set_unit("Cel");
  gauge->mutable_gauge()->add_data_points()->set_as_double(21.5);
  gauge->mutable_gauge()->mutable_data_points(0)->set_time_unix_nano(kNow);

  otlp::Sum* sum = scope->add_metrics()->mutable_sum();
  sum->set_aggregation_temporality(otlp::CUMULATIVE);
  otlp::Exemplar* exemplar = sum->add_data_points()->add_exemplars();
  exemplar->set_trace_id("0123456789abcdef");

  otlp::HistogramPoint* classic = scope->add_metrics()->mutable_histogram()->add_data_points();
  classic->add_explicit_bounds(0.5);
  classic->add_bucket_counts(1);
  classic->add_bucket_counts(2);
  classic->set_count(3);

  otlp::ExponentialHistogram* exponential = scope->add_metrics()->mutable_exponential_histogram();
  exponential->set_aggregation_temporality(otlp::DELTA);
  otlp::ExponentialPoint* point = exponential->add_data_points();
  point->set_scale(10);
  point->mutable_positive()->set_offset(-5);
  point->mutable_positive()->add_bucket_counts(7);

  otlp::Quantile* quantile =
      scope->add_metrics()->mutable_summary()->add_data_points()->add_quantile_values();
  quantile->set_quantile(0.99);
  return request;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_corpus FOLDER\n");
    return 2;
  }
  const std::filesystem::path folder(argv[1]);
  const std::pair<const char*, WriteRequest> kSeeds[] = {
      {"floats", Floats()},
      {"integer_histogram", IntegerHistogram()},
      {"custom_buckets", CustomBuckets()},
      {"exemplar_metadata", ExemplarAndMetadata()},
  };
  for (const auto& [name, request] : kSeeds) {
    const std::string body = request.SerializeAsString();
    Write(folder / "remote_write" / name, body);
    Write(folder / "remote_write" / (std::string(name) + ".snappy"), Compressed(body));
    Write(folder / "snappy" / name, Compressed(body));
  }
  const std::pair<const char*, v2::Request> kSeedsV2[] = {
      {"floats", FloatsV2()},
      {"histogram", HistogramV2()},
      {"bad_references", BadReferencesV2()},
  };
  for (const auto& [name, request] : kSeedsV2) {
    const std::string body = request.SerializeAsString();
    Write(folder / "remote_write_v2" / name, body);
    Write(folder / "remote_write_v2" / (std::string(name) + ".zstd"), Zstd(body));
  }
  Write(folder / "otlp" / "metrics", EveryMetric().SerializeAsString());
  Write(folder / "read_request" / "matchers", EveryMatcher().SerializeAsString());
  Write(folder / "snappy" / "zeros", Compressed(std::string(10'000, '\0')));
  Write(folder / "snappy" / "declares_4GiB", std::string("\xff\xff\xff\xff\x0f") + "abc");
  return 0;
}
