#include "server/api/value_json.h"

#include <variant>

namespace tidemark::server {
namespace {

void WritePoint(JsonWriter& json, const tsdb::Sample& s) {
  json.BeginArray();
  json.Timestamp(s.t);
  json.QuotedFloat(s.v);
  json.EndArray();
}

void WritePoint(JsonWriter& json, const tsdb::HistogramSample& s) {
  json.BeginArray();
  json.Timestamp(s.t);
  WriteHistogram(json, s.h);
  json.EndArray();
}

template <typename Points>
void WritePoints(JsonWriter& json, std::string_view key, const Points& points) {
  if (points.empty()) return;
  json.Key(key);
  json.BeginArray();
  for (const auto& p : points) WritePoint(json, p);
  json.EndArray();
}

int Inclusive(const tsdb::Bucket& b) {
  if (b.lower_inclusive) return b.upper_inclusive ? 3 : 1;
  return b.upper_inclusive ? 0 : 2;
}

// One type of value a function, chosen by std::visit.
struct ValueWriter {
  JsonWriter& json;

  void operator()(const promql::Scalar& scalar) const {
    json.BeginArray();
    json.Timestamp(scalar.t);
    json.QuotedPlainFloat(scalar.v);
    json.EndArray();
  }
  void operator()(const promql::String& string) const {
    json.BeginArray();
    json.Timestamp(string.t);
    json.Text(string.v);
    json.EndArray();
  }
  void operator()(const promql::Vector& vector) const {
    json.BeginArray();
    for (const promql::Series& series : vector.series) {
      json.BeginObject();
      json.Key("metric");
      WriteLabels(json, series.labels);
      if (!series.floats.empty()) {
        json.Key("value");
        WritePoint(json, series.floats.front());
      } else if (!series.histograms.empty()) {
        json.Key("histogram");
        WritePoint(json, series.histograms.front());
      }
      json.EndObject();
    }
    json.EndArray();
  }
  void operator()(const promql::Matrix& matrix) const {
    json.BeginArray();
    for (const promql::Series& series : matrix.series) {
      json.BeginObject();
      json.Key("metric");
      WriteLabels(json, series.labels);
      WritePoints(json, "values", series.floats);
      WritePoints(json, "histograms", series.histograms);
      json.EndObject();
    }
    json.EndArray();
  }
};

}  // namespace

void WriteLabels(JsonWriter& json, const tsdb::Labels& labels) {
  json.BeginObject();
  for (const tsdb::LabelView l : labels) {
    json.LabelKey(l.name);
    json.Label(l.value);
  }
  json.EndObject();
}

void WriteHistogram(JsonWriter& json, const tsdb::FloatHistogram& h) {
  json.BeginObject();
  json.Key("count");
  json.QuotedFloat(h.count);
  json.Key("sum");
  json.QuotedFloat(h.sum);
  bool open = false;
  for (const tsdb::Bucket& b : h.AllBuckets()) {
    if (b.count == 0) continue;
    if (!open) {
      json.Key("buckets");
      json.BeginArray();
      open = true;
    }
    json.BeginArray();
    json.Integer(Inclusive(b));
    json.QuotedFloat(b.lower);
    json.QuotedFloat(b.upper);
    json.QuotedFloat(b.count);
    json.EndArray();
  }
  if (open) json.EndArray();
  json.EndObject();
}

void WriteValue(JsonWriter& json, const promql::Value& value) {
  std::visit(ValueWriter{json}, value);
}

}  // namespace tidemark::server
