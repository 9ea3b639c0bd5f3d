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
class ValueWriter {
 public:
  ValueWriter(JsonWriter& json, const Cancellation& hung_up) : json_(json), hung_up_(hung_up) {}

  Status operator()(const promql::Scalar& scalar) const {
    json_.BeginArray();
    json_.Timestamp(scalar.t);
    json_.QuotedPlainFloat(scalar.v);
    json_.EndArray();
    return OkStatus();
  }
  Status operator()(const promql::String& string) const {
    json_.BeginArray();
    json_.Timestamp(string.t);
    json_.Text(string.v);
    json_.EndArray();
    return OkStatus();
  }
  Status operator()(const promql::Vector& vector) const {
    json_.BeginArray();
    for (const promql::Series& series : vector.series) {
      json_.BeginObject();
      json_.Key("metric");
      WriteLabels(json_, series.labels);
      if (!series.floats.empty()) {
        json_.Key("value");
        WritePoint(json_, series.floats.front());
      } else if (!series.histograms.empty()) {
        json_.Key("histogram");
        WritePoint(json_, series.histograms.front());
      }
      json_.EndObject();
      RETURN_IF_ERROR(CheckWanted());
    }
    json_.EndArray();
    return OkStatus();
  }
  Status operator()(const promql::Matrix& matrix) const {
    json_.BeginArray();
    for (const promql::Series& series : matrix.series) {
      json_.BeginObject();
      json_.Key("metric");
      WriteLabels(json_, series.labels);
      WritePoints(json_, "values", series.floats);
      WritePoints(json_, "histograms", series.histograms);
      json_.EndObject();
      RETURN_IF_ERROR(CheckWanted());
    }
    json_.EndArray();
    return OkStatus();
  }

 private:
  // A series has at most 11,000 points: some milliseconds.
  Status CheckWanted() const {
    return hung_up_.cancelled() ? Cancelled("query was canceled in writing its answer")
                                : OkStatus();
  }

  JsonWriter& json_;
  const Cancellation& hung_up_;
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

Status WriteValue(JsonWriter& json, const promql::Value& value, const Cancellation& hung_up) {
  return std::visit(ValueWriter(json, hung_up), value);
}

}  // namespace tidemark::server
