#include "server/remote_read/remote_read.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <snappy.h>

#include "promql/script/memory_storage.h"
#include "proto/remote_read.pb.h"
#include "server/null_storage_for_test.h"
#include "tsdb/base/coding.h"
#include "tsdb/base/crc32c.h"

namespace tidemark::server {
namespace {

using testing::HasSubstr;
using tsdb::FloatHistogram;
using tsdb::Labels;
using Types = std::vector<proto::ReadRequest::ResponseType>;

constexpr int64_t kT = 1'700'000'000'000;

class ReadableStorage : public NullStorage {
 public:
  promql::MemoryStorage memory;
  mutable std::string tenant;

  StatusOr<std::unique_ptr<tsdb::Querier>> NewQuerier(std::string_view t, int64_t mint,
                                                      int64_t maxt) const override {
    tenant = t;
    return memory.NewQuerier(t, mint, maxt);
  }
};

FloatHistogram Histogram(double count) {
  FloatHistogram h;
  h.schema = 3;
  h.zero_threshold = 0.001;
  h.zero_count = 1;
  h.count = count + 1;
  h.sum = 4.5;
  h.positive_spans = {{-2, 1}};
  h.positive_buckets = {count};
  return h;
}

class RemoteReadTest : public testing::Test {
 protected:
  RemoteReadTest() {
    Configure(RemoteReadOptions());
    for (const char* job : {"b", "a"}) {
      std::vector<tsdb::Sample> samples;
      for (int i = 0; i < 300; ++i) samples.push_back({kT + i * 1000, i * 0.5});
      EXPECT_TRUE(
          storage_.memory.Add(Labels::Must({{"__name__", "up"}, {"job", job}}), samples).ok());
    }
    const std::vector<tsdb::HistogramSample> histograms = {{kT, Histogram(3)},
                                                           {kT + 1000, Histogram(4)}};
    EXPECT_TRUE(
        storage_.memory.AddHistograms(Labels::Must({{"__name__", "latency"}}), histograms).ok());
  }

  void Configure(RemoteReadOptions options) {
    routes_ = RemoteReadRoutes(std::move(options), [this] { return ready_ ? &storage_ : nullptr; });
  }

  static proto::ReadRequest Query(const char* metric, int64_t start, int64_t end,
                                  const Types& types = {}) {
    proto::ReadRequest request;
    AddQuery(request, metric, start, end);
    for (const auto type : types) request.add_accepted_response_types(type);
    return request;
  }
  static void AddQuery(proto::ReadRequest& request, const char* metric, int64_t start,
                       int64_t end) {
    proto::Query* query = request.add_queries();
    query->set_start_timestamp_ms(start);
    query->set_end_timestamp_ms(end);
    proto::LabelMatcher* matcher = query->add_matchers();
    matcher->set_name("__name__");
    matcher->set_value(metric);
  }

  HttpResponse Post(std::string body, const char* encoding = "snappy") {
    HttpRequest http;
    http.method = "POST";
    http.headers["content-encoding"] = encoding;
    http.body = std::move(body);
    http.hung_up = &hung_up_;
    HttpResponse response;
    routes_[0].handler(http, response);
    return response;
  }
  HttpResponse Ask(const proto::ReadRequest& request) {
    std::string body;
    const std::string message = request.SerializeAsString();
    snappy::Compress(message.data(), message.size(), &body);
    return Post(body);
  }

  // Of an answer of the type SAMPLES.
  proto::ReadResponse Samples(const proto::ReadRequest& request) {
    const HttpResponse response = Ask(request);
    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.content_type, "application/x-protobuf");
    EXPECT_THAT(response.headers, testing::Contains(std::pair<std::string, std::string>(
                                      "Content-Encoding", "snappy")));
    std::string body;
    snappy::Uncompress(response.body.data(), response.body.size(), &body);
    proto::ReadResponse message;
    EXPECT_TRUE(message.ParseFromString(body));
    return message;
  }

  // The frames of a streamed answer, their lengths and checksums checked.
  std::vector<proto::ChunkedReadResponse> Frames(const proto::ReadRequest& request) {
    HttpResponse response = Ask(request);
    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.content_type,
              "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse");
    std::vector<proto::ChunkedReadResponse> frames;
    EXPECT_TRUE(response.stream([&](std::string_view piece) {
      size_t length = 0;
      int shift = 0;
      size_t at = 0;
      do {
        length |= static_cast<size_t>(piece[at] & 0x7f) << shift;
        shift += 7;
      } while (piece[at++] & 0x80);
      const auto checksum = LoadBigEndian<uint32_t>(piece.data() + at);
      const std::string_view message = piece.substr(at + 4);
      EXPECT_EQ(message.size(), length);
      EXPECT_EQ(checksum, Crc32c(message));
      EXPECT_TRUE(frames.emplace_back().ParseFromString(std::string(message)));
      return true;
    }));
    return frames;
  }

  Cancellation hung_up_;
  ReadableStorage storage_;
  bool ready_ = true;
  std::vector<Route> routes_;
};

std::string Text(const google::protobuf::RepeatedPtrField<proto::Label>& labels) {
  std::string out;
  for (const proto::Label& l : labels) out += l.name() + "=" + l.value() + " ";
  return out;
}

TEST_F(RemoteReadTest, SamplesInsideTheRangeOfEachQuery) {
  proto::ReadRequest request = Query("up", kT + 1000, kT + 3000);
  AddQuery(request, "latency", kT, kT + 1000);
  AddQuery(request, "nothing", kT, kT + 1000);
  const proto::ReadResponse response = Samples(request);
  ASSERT_EQ(response.results_size(), 3);
  ASSERT_EQ(response.results(0).timeseries_size(), 2);
  const proto::TimeSeries& up = response.results(0).timeseries(0);
  EXPECT_EQ(Text(up.labels()), "__name__=up job=a ");
  ASSERT_EQ(up.samples_size(), 3);
  EXPECT_EQ(up.samples(0).timestamp(), kT + 1000);
  EXPECT_EQ(up.samples(0).value(), 0.5);
  EXPECT_EQ(up.samples(2).timestamp(), kT + 3000);

  const proto::Histogram& h = response.results(1).timeseries(0).histograms(1);
  EXPECT_EQ(h.timestamp(), kT + 1000);
  EXPECT_EQ(h.count_float(), 5);
  EXPECT_EQ(h.zero_count_float(), 1);
  EXPECT_EQ(h.sum(), 4.5);
  EXPECT_EQ(h.schema(), 3);
  EXPECT_EQ(h.zero_threshold(), 0.001);
  EXPECT_EQ(h.positive_spans(0).offset(), -2);
  EXPECT_EQ(h.positive_counts(0), 4);
  EXPECT_EQ(response.results(2).timeseries_size(), 0);
  EXPECT_EQ(storage_.tenant, "default");
}

TEST_F(RemoteReadTest, StreamsAFrameASeries) {
  proto::ReadRequest request =
      Query("up", kT, kT + 249'000, {proto::ReadRequest::STREAMED_XOR_CHUNKS});
  AddQuery(request, "latency", kT, kT);
  const std::vector<proto::ChunkedReadResponse> frames = Frames(request);
  ASSERT_EQ(frames.size(), 3u);
  for (const proto::ChunkedReadResponse& frame : frames) {
    EXPECT_EQ(frame.chunked_series_size(), 1);
  }
  EXPECT_EQ(Text(frames[1].chunked_series(0).labels()), "__name__=up job=b ");
  const auto& chunks = frames[1].chunked_series(0).chunks();
  ASSERT_EQ(chunks.size(), 3);
  EXPECT_EQ(chunks[0].type(), proto::Chunk::XOR);
  EXPECT_EQ(chunks[2].min_time_ms(), kT + 240'000);
  EXPECT_EQ(chunks[2].max_time_ms(), kT + 249'000);
  EXPECT_EQ(frames[2].query_index(), 1);
  EXPECT_EQ(frames[2].chunked_series(0).chunks(0).type(), proto::Chunk::HISTOGRAM);
}

TEST_F(RemoteReadTest, LargeSeriesComeInSeveralFrames) {
  std::vector<tsdb::Sample> samples;
  for (int i = 0; i < 300'000; ++i) samples.push_back({kT + i, 1.0 / (i + 1)});
  ASSERT_TRUE(storage_.memory.Add(Labels::Must({{"__name__", "large"}}), samples).ok());
  const auto frames =
      Frames(Query("large", 0, kT + 1'000'000, {proto::ReadRequest::STREAMED_XOR_CHUNKS}));
  ASSERT_GT(frames.size(), 1u);
  int chunks = 0;
  for (const auto& frame : frames) {
    EXPECT_EQ(Text(frame.chunked_series(0).labels()), "__name__=large ");
    EXPECT_LT(frame.ByteSizeLong(), 1'100'000u);
    chunks += frame.chunked_series(0).chunks_size();
  }
  EXPECT_EQ(chunks, 300'000 / 120);
}

TEST_F(RemoteReadTest, SearchesForSeriesReadNoSamples) {
  proto::ReadRequest request = Query("up", kT, kT + 10'000);
  request.mutable_queries(0)->mutable_hints()->set_func("series");
  const proto::ReadResponse response = Samples(request);
  ASSERT_EQ(response.results(0).timeseries_size(), 2);
  EXPECT_EQ(response.results(0).timeseries(0).samples_size(), 0);
  request.add_accepted_response_types(proto::ReadRequest::STREAMED_XOR_CHUNKS);
  EXPECT_EQ(Frames(request).size(), 2u);
}

TEST_F(RemoteReadTest, LimitsAreNamed) {
  RemoteReadOptions options;
  options.max_samples = 599;
  Configure(options);
  HttpResponse response = Ask(Query("up", kT, kT + 1'000'000));
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.body, "exceeded sample limit (599)\n");
  EXPECT_EQ(
      Frames(Query("up", kT, kT + 1'000'000, {proto::ReadRequest::STREAMED_XOR_CHUNKS})).size(),
      2u);
  options.max_series = 1;
  Configure(options);
  response = Ask(Query("up", kT, kT));
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("more than 1 series (query.max_series)"));
}

TEST_F(RemoteReadTest, BadRequestsSayWhy) {
  EXPECT_EQ(Post("no snappy").status, 400);
  EXPECT_EQ(Post("", "gzip").status, 415);
  proto::ReadRequest everything = Query("", kT, kT);
  EXPECT_EQ(Ask(everything).status, 400);
  ready_ = false;
  const HttpResponse starting = Ask(Query("up", kT, kT));
  EXPECT_EQ(starting.status, 503);
  EXPECT_EQ(starting.body, "starting: replaying the journal\n");
}

TEST_F(RemoteReadTest, AnAnswerStopsWhenTheClientIsGone) {
  HttpResponse response =
      Ask(Query("up", kT, kT + 1'000'000, {proto::ReadRequest::STREAMED_XOR_CHUNKS}));
  int pieces = 0;
  EXPECT_FALSE(response.stream([&pieces](std::string_view) { return ++pieces > 1; }));
  EXPECT_EQ(pieces, 1);
  response = Ask(Query("up", kT, kT + 1'000'000, {proto::ReadRequest::STREAMED_XOR_CHUNKS}));
  hung_up_.Cancel();
  EXPECT_FALSE(response.stream([](std::string_view) { return true; }));
}

}  // namespace
}  // namespace tidemark::server
