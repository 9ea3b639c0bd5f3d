#include "proto/remote_write.h"

#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <random>
#include <string>

#include "proto/remote.pb.h"

namespace tidemark::proto {
namespace {

using namespace std::string_view_literals;
using Item = WriteRequestReader::Item;
using Random = std::mt19937_64;

// ------------------------------------------------ from our views to messages

void CopyLabels(const std::vector<LabelView>& labels,
                google::protobuf::RepeatedPtrField<Label>* out) {
  for (const LabelView& l : labels) {
    Label* label = out->Add();
    label->set_name(std::string(l.name));
    label->set_value(std::string(l.value));
  }
}

void CopySpans(const std::vector<SpanView>& spans,
               google::protobuf::RepeatedPtrField<BucketSpan>* out) {
  for (const SpanView& s : spans) {
    BucketSpan* span = out->Add();
    span->set_offset(s.offset);
    span->set_length(s.length);
  }
}

void CopyHistogram(const HistogramView& h, Histogram* out) {
  h.is_float ? out->set_count_float(h.count_float) : out->set_count_int(h.count_int);
  h.is_float_zero ? out->set_zero_count_float(h.zero_count_float)
                  : out->set_zero_count_int(h.zero_count_int);
  out->set_sum(h.sum);
  out->set_schema(h.schema);
  out->set_zero_threshold(h.zero_threshold);
  out->set_reset_hint(static_cast<Histogram::ResetHint>(h.reset_hint));
  out->set_timestamp(h.t);
  CopySpans(h.negative_spans, out->mutable_negative_spans());
  CopySpans(h.positive_spans, out->mutable_positive_spans());
  out->mutable_negative_deltas()->Add(h.negative_deltas.begin(), h.negative_deltas.end());
  out->mutable_positive_deltas()->Add(h.positive_deltas.begin(), h.positive_deltas.end());
  out->mutable_negative_counts()->Add(h.negative_counts.begin(), h.negative_counts.end());
  out->mutable_positive_counts()->Add(h.positive_counts.begin(), h.positive_counts.end());
  out->mutable_custom_values()->Add(h.custom_values.begin(), h.custom_values.end());
}

void CopySeries(const SeriesView& s, TimeSeries* out) {
  CopyLabels(s.labels, out->mutable_labels());
  for (const SampleView& v : s.samples) {
    Sample* sample = out->add_samples();
    sample->set_value(v.value);
    sample->set_timestamp(v.t);
  }
  for (const ExemplarView& e : s.exemplars) {
    Exemplar* exemplar = out->add_exemplars();
    CopyLabels(e.labels, exemplar->mutable_labels());
    exemplar->set_value(e.value);
    exemplar->set_timestamp(e.t);
  }
  for (const HistogramView& h : s.histograms) CopyHistogram(h, out->add_histograms());
}

void CopyMetadata(const MetadataView& m, MetricMetadata* out) {
  out->set_type(static_cast<MetricMetadata::MetricType>(m.type));
  out->set_metric_family_name(std::string(m.metric));
  out->set_help(std::string(m.help));
  out->set_unit(std::string(m.unit));
}

// A series with its labels, whether they were read at once or not.
SeriesView WithLabels(const SeriesView& series) {
  SeriesView out = series;
  if (out.labels.empty()) ReadLabels(out.raw_labels, out.labels);
  return out;
}

absl::Status ReadWith(LabelMode mode, std::string_view body, WriteRequest* out) {
  WriteRequestReader reader(body, mode);
  for (Item item = reader.Next(); item != Item::kEnd; item = reader.Next()) {
    if (item == Item::kSeries) {
      CopySeries(WithLabels(reader.series()), out->add_timeseries());
    } else {
      CopyMetadata(reader.metadata(), out->add_metadata());
    }
  }
  return reader.status();
}

// The whole body as our reader sees it, as a message; the same in both modes.
absl::Status ReadAll(std::string_view body, WriteRequest* out) {
  WriteRequest other;
  const absl::Status other_status = ReadWith(LabelMode::kRaw, body, &other);
  const absl::Status status = ReadWith(LabelMode::kViews, body, out);
  EXPECT_EQ(status, other_status);
  if (status.ok()) {
    EXPECT_EQ(out->SerializeAsString(), other.SerializeAsString());
  }
  return status;
}

std::string ErrorOf(std::string_view body) {
  WriteRequest ignored;
  return std::string(ReadAll(body, &ignored).message());
}

// Our views do not tell an absent count from an integer count of 0.
void Normalise(WriteRequest& request) {
  request.DiscardUnknownFields();
  for (TimeSeries& series : *request.mutable_timeseries()) {
    for (Histogram& h : *series.mutable_histograms()) {
      if (h.count_case() == Histogram::COUNT_NOT_SET) h.set_count_int(0);
      if (h.zero_count_case() == Histogram::ZERO_COUNT_NOT_SET) h.set_zero_count_int(0);
    }
  }
}

// ------------------------------------------------ random messages

int64_t RandomInt(Random& random) {
  return static_cast<int64_t>(random()) >> (random() % 64);  // of every length
}

double RandomDouble(Random& random) {
  switch (random() % 6) {
    case 0:
      return 0;
    case 1:
      return std::bit_cast<double>(0x7ff0000000000002);  // the stale marker
    case 2:
      return -std::numeric_limits<double>::infinity();
    case 3:
      return std::bit_cast<double>(random());
    default:
      return static_cast<double>(random() % 10'000) / 100;
  }
}

std::string RandomText(Random& random) {
  static const char* const kPieces[] = {"http", "_", "total", "é", "€", "😀", "\n", ".", "\"", ""};
  std::string out;
  for (uint64_t n = random() % 6; n > 0; --n) out += kPieces[random() % std::size(kPieces)];
  if (random() % 20 == 0) out.append(random() % 300, 'x');
  return out;
}

template <typename Add>
void Times(Random& random, uint64_t most, Add add) {
  for (uint64_t n = random() % (most + 1); n > 0; --n) add();
}

void FillLabel(Random& random, Label* label) {
  label->set_name(RandomText(random));
  label->set_value(RandomText(random));
}

void FillSpans(Random& random, google::protobuf::RepeatedPtrField<BucketSpan>* out) {
  Times(random, 3, [&] {
    BucketSpan* span = out->Add();
    span->set_offset(static_cast<int32_t>(RandomInt(random)));
    span->set_length(static_cast<uint32_t>(RandomInt(random)));
  });
}

void FillHistogram(Random& random, Histogram* h) {
  if (random() % 2) h->set_count_int(random());
  if (random() % 2) h->set_count_float(RandomDouble(random));
  if (random() % 2) h->set_zero_count_int(random() % 100);
  if (random() % 2) h->set_zero_count_float(RandomDouble(random));
  h->set_sum(RandomDouble(random));
  h->set_schema(static_cast<int32_t>(random() % 70) - 60);
  h->set_zero_threshold(RandomDouble(random));
  h->set_reset_hint(static_cast<Histogram::ResetHint>(random() % 5));
  h->set_timestamp(RandomInt(random));
  FillSpans(random, h->mutable_negative_spans());
  FillSpans(random, h->mutable_positive_spans());
  Times(random, 5, [&] { h->add_negative_deltas(RandomInt(random)); });
  Times(random, 5, [&] { h->add_positive_deltas(RandomInt(random)); });
  Times(random, 5, [&] { h->add_negative_counts(RandomDouble(random)); });
  Times(random, 5, [&] { h->add_positive_counts(RandomDouble(random)); });
  Times(random, 5, [&] { h->add_custom_values(RandomDouble(random)); });
}

void FillSeries(Random& random, TimeSeries* series) {
  Times(random, 6, [&] { FillLabel(random, series->add_labels()); });
  Times(random, 3, [&] {
    Sample* sample = series->add_samples();
    sample->set_value(RandomDouble(random));
    sample->set_timestamp(RandomInt(random));
  });
  Times(random, 2, [&] {
    Exemplar* exemplar = series->add_exemplars();
    Times(random, 3, [&] { FillLabel(random, exemplar->add_labels()); });
    exemplar->set_value(RandomDouble(random));
    exemplar->set_timestamp(RandomInt(random));
  });
  Times(random, 2, [&] { FillHistogram(random, series->add_histograms()); });
}

WriteRequest RandomRequest(Random& random) {
  WriteRequest request;
  Times(random, 4, [&] { FillSeries(random, request.add_timeseries()); });
  Times(random, 2, [&] {
    MetricMetadata* m = request.add_metadata();
    m->set_type(static_cast<MetricMetadata::MetricType>(random() % 9));
    m->set_metric_family_name(RandomText(random));
    m->set_help(RandomText(random));
    m->set_unit(RandomText(random));
  });
  return request;
}

// The same fields in another order, with unknown ones between: what a message
// of one length-delimited field after another may look like.
std::string Shuffled(Random& random, std::vector<std::string> fields) {
  Times(random, 2, [&] { fields.push_back("\xa2\x06\x03xyz"); });  // 100, bytes
  Times(random, 2, [&] { fields.push_back("\xa0\x06\x07"); });     // 100, varint
  Times(random, 1, [&] {
    fields.push_back(
        "\xa3\x06\x08\x01\x15"
        "abcd"
        "\xa4\x06");
  });  // group
  std::shuffle(fields.begin(), fields.end(), random);
  std::string out;
  for (const std::string& f : fields) out += f;
  return out;
}

std::string Varint(uint64_t v) {
  std::string out;
  for (; v >= 0x80; v >>= 7) out += static_cast<char>(v | 0x80);
  return out + static_cast<char>(v);
}

std::string BytesField(uint32_t field, const std::string& value) {
  return Varint(field << 3 | 2) + Varint(value.size()) + value;
}

std::string ShuffledSeries(Random& random, const TimeSeries& series) {
  std::vector<std::string> fields;
  for (const auto& l : series.labels()) fields.push_back(BytesField(1, l.SerializeAsString()));
  for (const auto& s : series.samples()) {
    // The time twice: the last one counts.
    fields.push_back(BytesField(2, "\x10\x05" + s.SerializeAsString() + "\x10" +
                                       Varint(static_cast<uint64_t>(s.timestamp()))));
  }
  for (const auto& e : series.exemplars()) fields.push_back(BytesField(3, e.SerializeAsString()));
  for (const auto& h : series.histograms()) {
    // Packed buckets in two pieces and one unpacked.
    fields.push_back(BytesField(4, h.SerializeAsString() + "\x62\x02\x01\x02\x60\x03" +
                                       BytesField(13, std::string(16, '\x01'))));
  }
  return Shuffled(random, fields);
}

// ------------------------------------------------ tests

TEST(RemoteWriteTest, ReadsWhatProtobufWrites) {
  Random random(1);
  for (int round = 0; round < 2000; ++round) {
    SCOPED_TRACE(round);
    WriteRequest request = RandomRequest(random);
    const std::string body = request.SerializeAsString();
    WriteRequest read;
    ASSERT_TRUE(ReadAll(body, &read).ok()) << ErrorOf(body);
    Normalise(request);
    ASSERT_EQ(read.SerializeAsString(), request.SerializeAsString());
  }
}

TEST(RemoteWriteTest, ReadsReorderedRepeatedAndUnknownFieldsAsProtobufDoes) {
  Random random(2);
  for (int round = 0; round < 1000; ++round) {
    SCOPED_TRACE(round);
    const WriteRequest request = RandomRequest(random);
    std::vector<std::string> fields;
    for (const auto& s : request.timeseries()) {
      fields.push_back(BytesField(1, ShuffledSeries(random, s)));
    }
    for (const auto& m : request.metadata()) {
      fields.push_back(BytesField(3, m.SerializeAsString()));
    }
    const std::string body = Shuffled(random, fields);
    WriteRequest expected;
    ASSERT_TRUE(expected.ParseFromString(body));
    Normalise(expected);
    WriteRequest read;
    ASSERT_TRUE(ReadAll(body, &read).ok()) << ErrorOf(body);
    ASSERT_EQ(read.SerializeAsString(), expected.SerializeAsString());
  }
}

TEST(RemoteWriteTest, DamagedBodiesAreErrorsOrReadAsProtobufReadsThem) {
  google::protobuf::LogSilencer quiet;  // about strings that are not UTF-8
  Random random(3);
  int refused = 0;
  int equal = 0;
  for (int round = 0; round < 20'000; ++round) {
    SCOPED_TRACE(round);
    std::string body = RandomRequest(random).SerializeAsString();
    if (body.empty()) continue;
    for (uint64_t n = 1 + random() % 3; n > 0; --n) {
      body[random() % body.size()] = static_cast<char>(random());
    }
    WriteRequest read;
    if (!ReadAll(body, &read).ok()) {
      ++refused;
      continue;
    }
    // Protobuf alone refuses strings that are not UTF-8.
    WriteRequest expected;
    if (!expected.ParseFromString(body)) continue;
    Normalise(expected);
    ASSERT_EQ(read.SerializeAsString(), expected.SerializeAsString());
    ++equal;
  }
  EXPECT_GT(refused, 1000);
  EXPECT_GT(equal, 1000);
}

TEST(RemoteWriteTest, ABodyCutAnywhereIsAnErrorOrItsFirstItems) {
  Random random(4);
  WriteRequest request;
  for (int i = 0; i < 3; ++i) FillSeries(random, request.add_timeseries());
  request.add_metadata()->set_help("a text");
  Normalise(request);
  const std::string body = request.SerializeAsString();
  int whole = 0;
  for (size_t length = 0; length < body.size(); ++length) {
    SCOPED_TRACE(length);
    WriteRequest read;
    if (!ReadAll({body.data(), length}, &read).ok()) continue;
    ++whole;
    EXPECT_EQ(read.SerializeAsString(), body.substr(0, length));
  }
  EXPECT_EQ(whole, 4);  // before each item
}

TEST(RemoteWriteTest, ErrorsNameSeriesFieldAndByte) {
  const std::string good = BytesField(1, BytesField(1,
                                                    "\x0a\x01"
                                                    "a"
                                                    "\x12\x01"
                                                    "b"));
  const auto series = [&](const std::string& field) { return good + BytesField(1, field); };
  const auto label = BytesField(1,
                                "\x0a\x01"
                                "c");
  const struct {
    const char* name;
    std::string body;
    const char* error;
  } kCases[] = {
      {"length of a label", series(label + "\x0a\x7f"),
       "series 1: label 1: length 127 past the end at byte 0x11"},
      {"length of a name",
       series(label + BytesField(1,
                                 "\x0a\x09"
                                 "abc")),
       "series 1: label 1: length 9 past the end at byte 0x13"},
      {"a name that is a number", series(BytesField(1, "\x08\x01")),
       "series 1: label 0: field 1 has wire type 0 at byte 0xe"},
      {"labels that are a number", series("\x08\x01"),
       "series 1: field 1 has wire type 0 at byte 0xc"},
      {"half a value",
       series(BytesField(2,
                         "\x09"
                         "abc")),
       "series 1: sample 0: cut short at byte 0xf"},
      {"an endless time", series(BytesField(2, "\x10" + std::string(11, '\x80'))),
       "series 1: sample 0: varint longer than 64 bits at byte 0xf"},
      {"a label of an exemplar", series(BytesField(3, BytesField(1, "\x12\x05"))),
       "series 1: exemplar 0: length 5 past the end at byte 0x10"},
      {"a span",
       series(BytesField(4, BytesField(11,
                                       "\x0d"
                                       "abcd"))),
       "series 1: histogram 0: span 0: field 1 has wire type 5 at byte 0x10"},
      {"packed counts of seven bytes", series(BytesField(4, BytesField(13, "1234567"))),
       "series 1: histogram 0: cut short at byte 0x10"},
      {"timeseries that are a number", good + "\x08\x01", "field 1 has wire type 0 at byte 0xa"},
      {"metadata", good + BytesField(3, "\x22\x7f"),
       "metadata 0: length 127 past the end at byte 0xc"},
      {"the series themselves",
       good + "\x0a\xff\x01"
              "abc",
       "series 1: length 255 past the end at byte 0xa"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(ErrorOf(c.body), c.error);
  }
}

TEST(RemoteWriteTest, AfterAnErrorNothingMoreIsRead) {
  const std::string body = BytesField(1, "\x08\x01") + BytesField(1, "");
  WriteRequestReader reader(body);
  EXPECT_EQ(reader.Next(), Item::kEnd);
  EXPECT_EQ(reader.Next(), Item::kEnd);
  EXPECT_EQ(reader.series_read(), 0u);
  EXPECT_EQ(reader.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(RemoteWriteTest, RawLabelsAreTheBytesOfAllLabels) {
  const std::string a = BytesField(1,
                                   "\x0a\x01"
                                   "a"
                                   "\x12\x01"
                                   "1");
  const std::string b = BytesField(1,
                                   "\x0a\x01"
                                   "b"
                                   "\x12\x01"
                                   "2");
  const std::string sample = BytesField(2, "\x10\x01");
  const struct {
    const char* name;
    std::string series;
    std::string raw;
  } kCases[] = {
      {"no labels", sample, ""},
      {"labels first", a + b + sample, a + b},
      {"labels last", sample + a + b, a + b},
      {"a sample between", a + sample + b, ""},
      {"and another label after it", a + sample + b + a, ""},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    const std::string body = BytesField(1, c.series);
    WriteRequestReader reader(body);
    ASSERT_EQ(reader.Next(), Item::kSeries);
    EXPECT_EQ(reader.series().raw_labels, c.raw);
  }
}

TEST(RemoteWriteTest, LabelsOfKnownShapeStayUnread) {
  const std::string plain = BytesField(1, BytesField(1, "a") + BytesField(2, "1"));
  const std::string wide = BytesField(1, BytesField(1, "b") + BytesField(2, std::string(200, 'x')));
  const std::string reversed = BytesField(1, BytesField(2, "1") + BytesField(1, "c"));
  const std::string sample = BytesField(2, "\x10\x01");
  const struct {
    const char* name;
    std::string series;
    std::string raw;
    size_t labels;  // that were read
  } kCases[] = {
      {"as Prometheus sends", plain + wide + sample, plain + wide, 0},
      {"value before name", plain + reversed + wide + sample, plain + reversed + wide, 3},
      {"a sample between", plain + sample + wide, "", 2},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    const std::string body = BytesField(1, c.series);
    WriteRequestReader reader(body, LabelMode::kRaw);
    ASSERT_EQ(reader.Next(), Item::kSeries);
    EXPECT_EQ(reader.series().raw_labels, c.raw);
    EXPECT_EQ(reader.series().labels.size(), c.labels);
    EXPECT_EQ(reader.series().samples.size(), 1u);
  }
}

TEST(RemoteWriteTest, ASeriesCannotAskForMuchMoreMemoryThanItsBytes) {
  const auto repeated = [](const std::string& field, size_t times) {
    std::string out;
    for (size_t i = 0; i < times; ++i) out += field;
    return out;
  };
  const struct {
    const char* name;
    std::string series;
    const char* error;
  } kCases[] = {
      {"labels", repeated(BytesField(1, ""), (1 << 16) + 1),
       "series 0: more than 65536 labels in one series"},
      {"samples", repeated(BytesField(2, ""), (1 << 22) + 1),
       "series 0: more than 4194304 samples in one series"},
      {"exemplars", repeated(BytesField(3, ""), (1 << 16) + 1),
       "series 0: more than 65536 exemplars in one series"},
      {"labels of an exemplar", BytesField(3, repeated(BytesField(1, ""), (1 << 16) + 1)),
       "series 0: exemplar 0: more than 65536 labels of an exemplar in one series"},
      {"histograms", repeated(BytesField(4, ""), (1 << 16) + 1),
       "series 0: more than 65536 histograms in one series"},
      {"buckets", BytesField(4, BytesField(12, std::string((1 << 20) + 1, '\0'))),
       "series 0: histogram 0: more than 1048576 buckets and spans in one series"},
      {"spans", BytesField(4, repeated(BytesField(8, ""), (1 << 20) + 1)),
       "series 0: histogram 0: more than 1048576 buckets and spans in one series"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(ErrorOf(BytesField(1, c.series)), c.error);
  }
}

TEST(RemoteWriteTest, LargeRequestsReuseTheMemoryOfTheirSeries) {
  WriteRequest request;
  for (int i = 0; i < 100; ++i) {
    TimeSeries* series = request.add_timeseries();
    for (int k = 0; k < 5; ++k) series->add_labels()->set_name("name");
    series->add_histograms()->add_positive_deltas(i);
  }
  const std::string body = request.SerializeAsString();
  WriteRequestReader reader(body);
  ASSERT_EQ(reader.Next(), Item::kSeries);
  const void* const labels = reader.series().labels.data();
  const void* const deltas = reader.series().histograms[0].positive_deltas.data();
  while (reader.Next() == Item::kSeries) {
    EXPECT_EQ(reader.series().labels.data(), labels);
    EXPECT_EQ(reader.series().histograms[0].positive_deltas.data(), deltas);
  }
  EXPECT_EQ(reader.series_read(), 100u);
}

TEST(RemoteWriteTest, AnEmptyBodyHoldsNothing) {
  WriteRequestReader reader("");
  EXPECT_EQ(reader.Next(), Item::kEnd);
  EXPECT_TRUE(reader.status().ok());
}

}  // namespace
}  // namespace tidemark::proto
