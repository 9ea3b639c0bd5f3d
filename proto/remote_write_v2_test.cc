#include "proto/remote_write_v2.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <map>
#include <random>

#include "proto/remote_v2.pb.h"
#include "proto/remote_write.h"

namespace tidemark::proto {
namespace {

using namespace std::string_view_literals;
using Random = std::mt19937_64;

// ------------------------------------------------ one text from either reader

std::string Text(double v) { return std::to_string(std::bit_cast<uint64_t>(v)); }

template <typename T>
std::string Text(const T& numbers) {
  std::string out = "[";
  for (const auto n : numbers) {
    if constexpr (std::is_same_v<std::decay_t<decltype(n)>, double>) {
      out += Text(n) + " ";
    } else {
      out += std::to_string(n) + " ";
    }
  }
  return out + "]";
}

std::string Text(const std::vector<LabelView>& labels) {
  std::string out = "{";
  for (const LabelView& l : labels) out += std::string(l.name) + "=" + std::string(l.value) + ",";
  return out + "}";
}

std::string Text(const std::vector<SpanView>& spans) {
  std::string out;
  for (const SpanView& s : spans) {
    out += std::to_string(s.offset) + ":" + std::to_string(s.length) + " ";
  }
  return out;
}

std::string Text(const google::protobuf::RepeatedPtrField<v2::BucketSpan>& spans) {
  std::string out;
  for (const v2::BucketSpan& s : spans) {
    out += std::to_string(s.offset()) + ":" + std::to_string(s.length()) + " ";
  }
  return out;
}

std::string Text(const HistogramView& h) {
  return "histogram " + std::to_string(h.t) + " from " + std::to_string(h.start) + " " +
         (h.is_float ? Text(h.count_float) : std::to_string(h.count_int)) + " " +
         (h.is_float_zero ? Text(h.zero_count_float) : std::to_string(h.zero_count_int)) + " " +
         Text(h.sum) + std::to_string(h.schema) + " " + Text(h.zero_threshold) +
         std::to_string(h.reset_hint) + Text(h.negative_spans) + Text(h.positive_spans) +
         Text(h.negative_deltas) + Text(h.positive_deltas) + Text(h.negative_counts) +
         Text(h.positive_counts) + Text(h.custom_values) + "\n";
}

std::string Text(const v2::Histogram& h, int64_t created) {
  const int64_t start = h.start_timestamp() ? h.start_timestamp() : created;
  const bool is_float = h.count_case() == v2::Histogram::kCountFloat;
  const bool is_float_zero = h.zero_count_case() == v2::Histogram::kZeroCountFloat;
  return "histogram " + std::to_string(h.timestamp()) + " from " + std::to_string(start) + " " +
         (is_float ? Text(h.count_float()) : std::to_string(h.count_int())) + " " +
         (is_float_zero ? Text(h.zero_count_float()) : std::to_string(h.zero_count_int())) + " " +
         Text(h.sum()) + std::to_string(h.schema()) + " " + Text(h.zero_threshold()) +
         std::to_string(h.reset_hint()) + Text(h.negative_spans()) + Text(h.positive_spans()) +
         Text(h.negative_deltas()) + Text(h.positive_deltas()) + Text(h.negative_counts()) +
         Text(h.positive_counts()) + Text(h.custom_values()) + "\n";
}

std::string MetadataText(int32_t type, std::string_view metric, std::string_view help,
                         std::string_view unit) {
  return "metadata " + std::to_string(type) + " " + std::string(metric) + " " + std::string(help) +
         " " + std::string(unit) + "\n";
}

// The body as our reader sees it.
absl::Status Read(std::string_view body, std::string& text) {
  WriteRequestV2Reader reader(body, 1 << 20);
  std::vector<LabelView> labels;
  while (reader.Next()) {
    const SeriesView& series = reader.series();
    if (reader.labels_fault().empty()) {
      ReadLabels(series.raw_labels, labels);
      text += "series " + Text(labels) + "\n";
    } else {
      text += "series of " + reader.labels_fault() + "\n";
    }
    for (const SampleView& s : series.samples) {
      text += "sample " + std::to_string(s.t) + " from " + std::to_string(s.start) + " " +
              Text(s.value) + "\n";
    }
    for (const HistogramView& h : series.histograms) text += Text(h);
    for (const ExemplarView& e : series.exemplars) {
      text += "exemplar " + std::to_string(e.t) + " " + Text(e.value) +
              (e.fault.empty() ? Text(e.labels) : e.fault) + "\n";
    }
    if (const MetadataView* m = reader.metadata()) {
      text += MetadataText(m->type, m->metric, m->help, m->unit);
    }
    if (!reader.metadata_fault().empty()) text += reader.metadata_fault() + "\n";
  }
  return reader.status();
}

std::string ErrorOf(std::string_view body) {
  std::string text;
  return std::string(Read(body, text).message());
}

// The same from protobuf's.
class Reference {
 public:
  explicit Reference(const v2::Request& request) : symbols_(request.symbols()) {
    for (const v2::TimeSeries& series : request.timeseries()) Add(series);
  }
  const std::string& text() const { return text_; }

 private:
  using Refs = google::protobuf::RepeatedField<uint32_t>;

  bool Sound(const Refs& refs) const {
    return refs.size() % 2 == 0 && std::all_of(refs.begin(), refs.end(), [this](uint32_t ref) {
             return ref < static_cast<uint32_t>(symbols_.size());
           });
  }
  std::string Fault(const Refs& refs) const {
    if (refs.size() % 2 != 0) {
      return std::to_string(refs.size()) + " label references: names and values do not pair";
    }
    const uint32_t n = static_cast<uint32_t>(symbols_.size());
    const auto bad = std::find_if(refs.begin(), refs.end(), [n](uint32_t ref) { return ref >= n; });
    return "label reference " + std::to_string(*bad) + " is past the " + std::to_string(n) +
           " symbols";
  }
  std::string Labels(const Refs& refs) const {
    std::vector<LabelView> labels;
    for (int i = 0; i < refs.size(); i += 2) {
      labels.push_back(
          {symbols_[static_cast<int>(refs[i])], symbols_[static_cast<int>(refs[i + 1])]});
    }
    return Text(labels);
  }

  void Add(const v2::TimeSeries& series) {
    const bool sound = Sound(series.labels_refs());
    text_ += sound ? "series " + Labels(series.labels_refs()) + "\n"
                   : "series of " + Fault(series.labels_refs()) + "\n";
    for (const v2::Sample& s : series.samples()) {
      const int64_t start = s.start_timestamp() ? s.start_timestamp() : series.created_timestamp();
      text_ += "sample " + std::to_string(s.timestamp()) + " from " + std::to_string(start) + " " +
               Text(s.value()) + "\n";
    }
    for (const v2::Histogram& h : series.histograms()) {
      text_ += Text(h, series.created_timestamp());
    }
    for (const v2::Exemplar& e : series.exemplars()) {
      text_ += "exemplar " + std::to_string(e.timestamp()) + " " + Text(e.value()) +
               (Sound(e.labels_refs()) ? Labels(e.labels_refs()) : Fault(e.labels_refs())) + "\n";
    }
    if (sound) AddMetadata(series);
  }

  void AddMetadata(const v2::TimeSeries& series) {
    const v2::Metadata& m = series.metadata();
    if (m.type() == 0 && m.help_ref() == 0 && m.unit_ref() == 0) return;
    for (const uint32_t ref : {m.help_ref(), m.unit_ref()}) {
      if (ref < static_cast<uint32_t>(symbols_.size())) continue;
      text_ += "reference " + std::to_string(ref) + " is past the " +
               std::to_string(symbols_.size()) + " symbols\n";
      return;
    }
    uint32_t name = 0;
    for (int i = 0; i < series.labels_refs_size() && name == 0; i += 2) {
      if (symbols_[static_cast<int>(series.labels_refs(i))] == "__name__") {
        name = series.labels_refs(i + 1);
      }
    }
    const std::string refs = m.SerializeAsString();
    if (std::exchange(told_[name], refs) == refs) return;
    text_ += MetadataText(m.type(), symbols_[static_cast<int>(name)],
                          symbols_[static_cast<int>(m.help_ref())],
                          symbols_[static_cast<int>(m.unit_ref())]);
  }

  const google::protobuf::RepeatedPtrField<std::string>& symbols_;
  std::map<uint32_t, std::string> told_;
  std::string text_;
};

// ------------------------------------------------ random messages

int64_t RandomInt(Random& random) {
  return static_cast<int64_t>(random()) >> (random() % 64);  // of every length
}

double RandomDouble(Random& random) {
  return random() % 4 == 0 ? std::bit_cast<double>(random())
                           : static_cast<double>(random() % 10'000) / 100;
}

template <typename Add>
void Times(Random& random, uint64_t most, Add add) {
  for (uint64_t n = random() % (most + 1); n > 0; --n) add();
}

// Mostly references that there are.
uint32_t RandomRef(Random& random, int symbols) {
  if (random() % 200 == 0) return static_cast<uint32_t>(random());
  return static_cast<uint32_t>(random() % static_cast<uint64_t>(symbols));
}

template <typename Message>
void FillRefs(Random& random, int symbols, Message* message) {
  Times(random, 6, [&] {
    message->add_labels_refs(RandomRef(random, symbols));
    message->add_labels_refs(RandomRef(random, symbols));
  });
  if (random() % 100 == 0) message->add_labels_refs(0);
}

void FillSpans(Random& random, google::protobuf::RepeatedPtrField<v2::BucketSpan>* out) {
  Times(random, 3, [&] {
    v2::BucketSpan* span = out->Add();
    span->set_offset(static_cast<int32_t>(RandomInt(random)));
    span->set_length(static_cast<uint32_t>(RandomInt(random)));
  });
}

void FillHistogram(Random& random, v2::Histogram* h) {
  random() % 2 ? h->set_count_int(random()) : h->set_count_float(RandomDouble(random));
  random() % 2 ? h->set_zero_count_int(random()) : h->set_zero_count_float(RandomDouble(random));
  h->set_sum(RandomDouble(random));
  h->set_schema(static_cast<int32_t>(random() % 70) - 60);
  h->set_zero_threshold(RandomDouble(random));
  h->set_reset_hint(static_cast<v2::Histogram::ResetHint>(random() % 5));
  h->set_timestamp(RandomInt(random));
  if (random() % 2) h->set_start_timestamp(RandomInt(random));
  FillSpans(random, h->mutable_negative_spans());
  FillSpans(random, h->mutable_positive_spans());
  Times(random, 5, [&] { h->add_negative_deltas(RandomInt(random)); });
  Times(random, 5, [&] { h->add_positive_deltas(RandomInt(random)); });
  Times(random, 5, [&] { h->add_negative_counts(RandomDouble(random)); });
  Times(random, 5, [&] { h->add_positive_counts(RandomDouble(random)); });
  Times(random, 5, [&] { h->add_custom_values(RandomDouble(random)); });
}

void FillSeries(Random& random, int symbols, v2::TimeSeries* series) {
  FillRefs(random, symbols, series);
  if (random() % 2) series->set_created_timestamp(RandomInt(random));
  Times(random, 3, [&] {
    v2::Sample* sample = series->add_samples();
    sample->set_value(RandomDouble(random));
    sample->set_timestamp(RandomInt(random));
    if (random() % 2) sample->set_start_timestamp(RandomInt(random));
  });
  Times(random, 2, [&] { FillHistogram(random, series->add_histograms()); });
  Times(random, 2, [&] {
    v2::Exemplar* exemplar = series->add_exemplars();
    FillRefs(random, symbols, exemplar);
    exemplar->set_value(RandomDouble(random));
    exemplar->set_timestamp(RandomInt(random));
  });
  if (random() % 2) {
    v2::Metadata* m = series->mutable_metadata();
    m->set_type(static_cast<v2::Metadata::MetricType>(random() % 9));
    m->set_help_ref(RandomRef(random, symbols));
    m->set_unit_ref(RandomRef(random, symbols));
  }
}

v2::Request RandomRequest(Random& random) {
  static const char* const kTexts[] = {"__name__", "up", "job", "é", "😀\n", "a\"b"};
  v2::Request request;
  request.add_symbols("");
  for (const char* text : kTexts) request.add_symbols(text);
  request.add_symbols(std::string(random() % 300, 'x'));
  Times(random, 6, [&] { FillSeries(random, request.symbols_size(), request.add_timeseries()); });
  return request;
}

TEST(RemoteWriteV2Test, ReadsWhatProtobufReads) {
  Random random(20);
  for (int i = 0; i < 3000; ++i) {
    SCOPED_TRACE(i);
    const v2::Request request = RandomRequest(random);
    std::string text;
    ASSERT_TRUE(Read(request.SerializeAsString(), text).ok());
    ASSERT_EQ(text, Reference(request).text());
  }
}

TEST(RemoteWriteV2Test, FieldsMayComeInAnyOrderAndUnpacked) {
  v2::Request series;
  v2::TimeSeries* one = series.add_timeseries();
  one->mutable_metadata()->set_type(v2::Metadata::GAUGE);
  v2::Sample* sample = one->add_samples();
  sample->set_timestamp(5);
  sample->set_value(1);
  // References 1, 2 one by one, then a field that nobody knows.
  std::string inside = series.timeseries(0).SerializeAsString() + "\x08\x01\x08\x02\xa0\x06\x07";
  std::string body = "\x2a";
  body += static_cast<char>(inside.size());
  body += inside;
  body += "\x22\x00\x22\x08__name__\x22\x02up\xa0\x06\x07"sv;
  std::string text;
  EXPECT_EQ(Read(body, text), absl::OkStatus());
  EXPECT_EQ(text, "series {__name__=up,}\nsample 5 from 0 " + Text(1.0) + "\nmetadata 2 up  \n");
}

TEST(RemoteWriteV2Test, ReadsReferencesOfEveryLength) {
  v2::Request request;
  for (int i = 0; i < 20'000; ++i) request.add_symbols(i == 0 ? "" : std::to_string(i));
  v2::TimeSeries* series = request.add_timeseries();
  for (const uint32_t ref : {1, 127, 128, 16'383, 16'384, 19'999, 2, 300}) {
    series->add_labels_refs(ref);
  }
  std::string text;
  EXPECT_TRUE(Read(request.SerializeAsString(), text).ok());
  EXPECT_EQ(text, "series {1=127,128=16383,16384=19999,2=300,}\n");
}

TEST(RemoteWriteV2Test, TheBytesOfLabelsAreThoseOfVersion1) {
  v2::Request request;
  for (const char* s : {"", "__name__", "up", "job"}) request.add_symbols(s);
  for (const uint32_t ref : {1, 2, 3, 2}) {
    if (request.timeseries_size() == 0) request.add_timeseries();
    request.mutable_timeseries(0)->add_labels_refs(ref);
  }
  const std::string body = request.SerializeAsString();
  WriteRequestV2Reader reader(body, 1000);
  ASSERT_TRUE(reader.Next());
  EXPECT_EQ(reader.series().raw_labels,
            "\x0a\x0e\x0a\x08__name__\x12\x02up\x0a\x09\x0a\x03job\x12\x02up"sv);
  EXPECT_TRUE(reader.series().labels.empty());
}

TEST(RemoteWriteV2Test, SaysWhatIsWrongAndWhere) {
  const struct {
    const char* name;
    std::string_view body;
    const char* error;
  } kCases[] = {
      {"series without symbols", "\x2a\x00"sv, "series without symbols"},
      {"first symbol not empty", "\x22\x01x"sv, "the first symbol is not the empty string"},
      {"version 1", "\x0a\x02\x0a\x00"sv,
       "the body is of remote write 1.0 (prometheus.WriteRequest), its Content-Type says 2.0"},
      {"symbol cut short", "\x22\x05x"sv, "length 5 past the end at byte 0x0"},
      {"series cut short", "\x22\x00\x2a\x05x"sv, "length 5 past the end at byte 0x2"},
      {"a symbol that is a number", "\x20\x01"sv, "field 4 has wire type 0 at byte 0x0"},
      {"sample of another type", "\x22\x00\x2a\x02\x10\x01"sv,
       "series 0: field 2 has wire type 0 at byte 0x4"},
      {"value cut short", "\x22\x00\x2a\x00\x2a\x04\x12\x02\x09\x01"sv,
       "series 1: sample 0: cut short at byte 0x9"},
      {"reference cut short", "\x22\x00\x2a\x03\x0a\x01\x80"sv, "series 0: cut short at byte 0x7"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(ErrorOf(c.body), c.error);
  }
  EXPECT_EQ(ErrorOf(""), "");
  EXPECT_EQ(ErrorOf("\x22\x00"sv), "");
}

TEST(RemoteWriteV2Test, NoPrefixCrashesAndNoneGainsSeries) {
  Random random(21);
  for (int i = 0; i < 20; ++i) {
    const std::string body = RandomRequest(random).SerializeAsString();
    for (size_t cut = 0; cut < body.size(); ++cut) {
      std::string text;
      Read(std::string_view(body).substr(0, cut), text).IgnoreError();
    }
  }
}

TEST(RemoteWriteV2Test, BoundsWhatReferencesStandFor) {
  v2::Request request;
  request.add_symbols("");
  request.add_symbols(std::string(10'000, 'x'));
  for (int i = 0; i < 200; ++i) {
    v2::TimeSeries* series = request.add_timeseries();
    series->add_labels_refs(0);
    series->add_labels_refs(1);
  }
  std::string text;
  absl::Status status = Read(request.SerializeAsString(), text);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(status.message(),
            "series 104: what the references stand for is more than the limit, written out");

  for (v2::TimeSeries& series : *request.mutable_timeseries()) {
    series.clear_labels_refs();
    v2::Exemplar* exemplar = series.add_exemplars();
    exemplar->add_labels_refs(0);
    exemplar->add_labels_refs(1);
  }
  EXPECT_EQ(Read(request.SerializeAsString(), text).code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace tidemark::proto
