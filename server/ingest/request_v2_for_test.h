// RequestV2: remote-write 2.0 requests, put together for tests.
//
//   RequestV2 request;
//   RequestV2::AddSample(request.Series({{"__name__", "up"}}), t, 1);
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "proto/remote_v2.pb.h"

namespace tidemark::server {

class RequestV2 {
 public:
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  RequestV2() { Symbol(""); }

  uint32_t Symbol(const std::string& text) {
    const auto [it, fresh] = refs_.try_emplace(text, message.symbols_size());
    if (fresh) message.add_symbols(text);
    return it->second;
  }
  proto::v2::TimeSeries* Series(const Pairs& labels) {
    proto::v2::TimeSeries* const series = message.add_timeseries();
    AddLabels(labels, series);
    return series;
  }
  static void AddSample(proto::v2::TimeSeries* series, int64_t t, double v, int64_t start = 0) {
    proto::v2::Sample* const sample = series->add_samples();
    sample->set_timestamp(t);
    sample->set_value(v);
    sample->set_start_timestamp(start);
  }
  void AddExemplar(proto::v2::TimeSeries* series, const Pairs& labels, int64_t t, double v) {
    proto::v2::Exemplar* const exemplar = series->add_exemplars();
    AddLabels(labels, exemplar);
    exemplar->set_timestamp(t);
    exemplar->set_value(v);
  }
  void SetMetadata(proto::v2::TimeSeries* series, proto::v2::Metadata::MetricType type,
                   const std::string& help, const std::string& unit) {
    series->mutable_metadata()->set_type(type);
    series->mutable_metadata()->set_help_ref(Symbol(help));
    series->mutable_metadata()->set_unit_ref(Symbol(unit));
  }
  // Of 3 observations: one of 0, two in the bucket that ends at 2.
  static proto::v2::Histogram* AddHistogram(proto::v2::TimeSeries* series, int64_t t) {
    proto::v2::Histogram* const h = series->add_histograms();
    h->set_timestamp(t);
    h->set_count_int(3);
    h->set_zero_count_int(1);
    h->set_sum(3);
    h->set_zero_threshold(0.001);
    h->add_positive_spans()->set_offset(1);
    h->mutable_positive_spans(0)->set_length(1);
    h->add_positive_deltas(2);
    return h;
  }

  proto::v2::Request message;

 private:
  template <typename Message>
  void AddLabels(const Pairs& labels, Message* to) {
    for (const auto& [name, value] : labels) {
      to->add_labels_refs(Symbol(name));
      to->add_labels_refs(Symbol(value));
    }
  }

  std::map<std::string, uint32_t> refs_;
};

}  // namespace tidemark::server
