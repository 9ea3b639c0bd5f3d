// Reading remote-write bodies: ours, protozero's and protobuf's reader, on what
// Prometheus sends: 2000 series of 15 labels with one sample each; and the same
// series in either version of the protocol, up to the bytes of labels by which a
// series is known.
#include <benchmark/benchmark.h>

#include <map>
#include <protozero/pbf_reader.hpp>
#include <string>
#include <utility>
#include <vector>

#include "proto/remote.pb.h"
#include "proto/remote_v2.pb.h"
#include "proto/remote_write.h"
#include "proto/remote_write_v2.h"

namespace tidemark::proto {
namespace {

constexpr int kSeries = 2000;

std::string Body() {
  static const char* const kNames[] = {"__name__", "endpoint", "region", "tier",      "status",
                                       "instance", "job",      "pod",    "namespace", "cluster",
                                       "version",  "zone",     "method", "le",        "team"};
  WriteRequest request;
  for (int i = 0; i < kSeries; ++i) {
    TimeSeries* series = request.add_timeseries();
    for (const char* name : kNames) {
      Label* label = series->add_labels();
      label->set_name(name);
      label->set_value("a-value-of-some-length-" + std::to_string(i));
    }
    Sample* sample = series->add_samples();
    sample->set_value(i);
    sample->set_timestamp(1'700'000'000'000 + i);
  }
  return request.SerializeAsString();
}

void Report(benchmark::State& state, const std::string& body) {
  state.SetItemsProcessed(state.iterations() * kSeries);
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(body.size()));
}

void BM_Ours(benchmark::State& state) {
  const std::string body = Body();
  for (auto _ : state) {
    WriteRequestReader reader(body);
    size_t bytes = 0;
    while (reader.Next() == WriteRequestReader::Item::kSeries) {
      for (const LabelView& l : reader.series().labels) bytes += l.name.size() + l.value.size();
      bytes += reader.series().samples.size();
    }
    benchmark::DoNotOptimize(bytes);
  }
  Report(state, body);
}
BENCHMARK(BM_Ours);

LabelView ReadLabel(protozero::pbf_reader in) {
  LabelView label;
  while (in.next()) {
    if (in.tag() > 2) {
      in.skip();
      continue;
    }
    const auto view = in.get_view();
    (in.tag() == 1 ? label.name : label.value) = {view.data(), view.size()};
  }
  return label;
}

void BM_Protozero(benchmark::State& state) {
  const std::string body = Body();
  std::vector<LabelView> labels;
  std::vector<SampleView> samples;
  for (auto _ : state) {
    protozero::pbf_reader request(body);
    size_t bytes = 0;
    while (request.next(1, protozero::pbf_wire_type::length_delimited)) {
      protozero::pbf_reader series = request.get_message();
      labels.clear();
      samples.clear();
      while (series.next()) {
        if (series.tag() == 1) {
          labels.push_back(ReadLabel(series.get_message()));
        } else if (series.tag() == 2) {
          protozero::pbf_reader in = series.get_message();
          SampleView& sample = samples.emplace_back();
          while (in.next()) {
            if (in.tag() == 1) {
              sample.value = in.get_double();
            } else {
              sample.t = in.get_int64();
            }
          }
        } else {
          series.skip();
        }
      }
      for (const LabelView& l : labels) bytes += l.name.size() + l.value.size();
      bytes += samples.size();
    }
    benchmark::DoNotOptimize(bytes);
  }
  Report(state, body);
}
BENCHMARK(BM_Protozero);

void BM_Protobuf(benchmark::State& state) {
  const std::string body = Body();
  WriteRequest request;
  for (auto _ : state) benchmark::DoNotOptimize(request.ParseFromString(body));
  Report(state, body);
}
BENCHMARK(BM_Protobuf);

// Of each name two values are in common use; `pod` and `instance` are a series' own.
std::vector<std::pair<std::string, std::string>> LabelsOf(int i) {
  std::vector<std::pair<std::string, std::string>> labels = {{"__name__", "http_requests_total"}};
  for (const char* name : {"cluster", "endpoint", "instance", "job", "le", "method", "namespace",
                           "pod", "region", "status", "team", "tier", "version", "zone"}) {
    const bool own = name == std::string("instance") || name == std::string("pod");
    labels.emplace_back(name, "a-value-of-some-length-" + std::to_string(own ? i : i % 2));
  }
  return labels;
}

void BM_Version1(benchmark::State& state) {
  WriteRequest request;
  for (int i = 0; i < kSeries; ++i) {
    TimeSeries* series = request.add_timeseries();
    for (const auto& [name, value] : LabelsOf(i)) {
      Label* label = series->add_labels();
      label->set_name(name);
      label->set_value(value);
    }
    Sample* sample = series->add_samples();
    sample->set_value(i);
    sample->set_timestamp(1'700'000'000'000 + i);
  }
  const std::string body = request.SerializeAsString();
  for (auto _ : state) {
    WriteRequestReader reader(body, LabelMode::kRaw);
    size_t bytes = 0;
    while (reader.Next() == WriteRequestReader::Item::kSeries) {
      bytes += reader.series().raw_labels.size() + reader.series().samples.size();
    }
    benchmark::DoNotOptimize(bytes);
  }
  Report(state, body);
}
BENCHMARK(BM_Version1);

void BM_Version2(benchmark::State& state) {
  v2::Request request;
  std::map<std::string, uint32_t> refs = {{"", 0}};
  request.add_symbols("");
  const auto ref_of = [&](const std::string& text) {
    const auto [it, fresh] = refs.try_emplace(text, request.symbols_size());
    if (fresh) request.add_symbols(text);
    return it->second;
  };
  for (int i = 0; i < kSeries; ++i) {
    v2::TimeSeries* series = request.add_timeseries();
    for (const auto& [name, value] : LabelsOf(i)) {
      series->add_labels_refs(ref_of(name));
      series->add_labels_refs(ref_of(value));
    }
    v2::Sample* sample = series->add_samples();
    sample->set_value(i);
    sample->set_timestamp(1'700'000'000'000 + i);
    series->mutable_metadata()->set_type(v2::Metadata::COUNTER);
  }
  const std::string body = request.SerializeAsString();
  for (auto _ : state) {
    WriteRequestV2Reader reader(body, 64 << 20);
    size_t bytes = 0;
    while (reader.Next()) {
      bytes += reader.series().raw_labels.size() + reader.series().samples.size();
    }
    benchmark::DoNotOptimize(bytes);
  }
  Report(state, body);
}
BENCHMARK(BM_Version2);

}  // namespace
}  // namespace tidemark::proto
