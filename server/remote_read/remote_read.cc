#include "server/remote_read/remote_read.h"

#include <fmt/format.h>
#include <snappy.h>

#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "proto/snappy.h"
#include "server/http_status.h"
#include "server/remote_read/read_answer.h"
#include "server/remote_read/read_request.h"
#include "tsdb/base/log.h"
#include "tsdb/base/quote.h"

namespace tidemark::server {
namespace {

constexpr size_t kMaxBodyBytes = 1 << 20;
constexpr size_t kMaxDecodedBytes = 8 << 20;

// What Prometheus sends, and expects, at most.
constexpr size_t kFrameBytes = 1 << 20;

HttpResponse Failed(const Status& status) {
  HttpResponse response;
  response.status = HttpStatusOf(status.code());
  response.content_type = "text/plain; charset=utf-8";
  response.body = fmt::format("{}\n", MessageOf(status));
  if (response.status == 503) response.headers.emplace_back("Retry-After", "5");
  return response;
}

// What a streamed answer needs until its last byte.
struct Reading {
  Reading(const Cancellation& hung_up, const Clock& clock, int64_t timeout_ms)
      : cancellation(hung_up, clock, clock.MonotonicNs() + timeout_ms * 1'000'000) {}

  const Cancellation cancellation;
  std::vector<SelectedSeries> selected;
  bool streamed = false;
};

class ReadHandler {
 public:
  ReadHandler(RemoteReadOptions options, StorageSource storage)
      : options_(std::move(options)), storage_(std::move(storage)) {}

  HttpResponse Handle(const HttpRequest& http) const {
    const std::string_view encoding = http.Header("content-encoding");
    if (!encoding.empty() && encoding != "snappy") {
      HttpResponse response = Failed(
          InvalidArgument(fmt::format("Content-Encoding {} is not supported; supported: snappy",
                                      Quoted(encoding.substr(0, 100)))));
      response.status = 415;
      return response;
    }
    const auto reading =
        std::make_shared<Reading>(*http.hung_up, *options_.clock, options_.timeout_ms);
    if (const Status status = Select(http, *reading); !status.ok()) return Failed(status);
    return reading->streamed ? Streamed(reading) : Samples(*reading);
  }

 private:
  Status Select(const HttpRequest& http, Reading& reading) const {
    std::string body;
    RETURN_IF_ERROR(proto::SnappyDecode(http.body, kMaxDecodedBytes, body));
    ASSIGN_OR_RETURN(ReadRequest request, ParseReadRequest(body));
    tsdb::Storage* const storage = storage_();
    if (storage == nullptr) return Unavailable(kStarting);
    ASSIGN_OR_RETURN(const std::string tenant, options_.tenant(http));
    reading.streamed = request.streamed;
    for (ReadQuery& query : request.queries) {
      ASSIGN_OR_RETURN(SelectedSeries one,
                       SelectOne(*storage, tenant, std::move(query), reading.cancellation));
      reading.selected.push_back(std::move(one));
    }
    return OkStatus();
  }

  StatusOr<SelectedSeries> SelectOne(const tsdb::Storage& storage, const std::string& tenant,
                                     ReadQuery query, const Cancellation& cancellation) const {
    SelectedSeries selected;
    tsdb::SelectHints hints;
    hints.start = query.start;
    hints.end = query.end;
    hints.limit = options_.max_series + 1;
    hints.cancellation = &cancellation;
    ASSIGN_OR_RETURN(selected.querier, storage.NewQuerier(tenant, query.start, query.end));
    ASSIGN_OR_RETURN(selected.set, selected.querier->Select(query.matchers, hints));
    if (selected.set->size() > options_.max_series) {
      return InvalidArgument(fmt::format("the query selects more than {} series (query.max_series)",
                                         options_.max_series));
    }
    selected.query = std::move(query);
    return selected;
  }

  HttpResponse Samples(const Reading& reading) const {
    ReadLimits limits;
    limits.max_samples = options_.max_samples;
    const StatusOr<std::string> message =
        EncodeSamples(reading.selected, limits, reading.cancellation);
    if (!message.ok()) return Failed(message.status());
    HttpResponse response;
    response.content_type = "application/x-protobuf";
    response.headers.emplace_back("Content-Encoding", "snappy");
    snappy::Compress(message->data(), message->size(), &response.body);
    return response;
  }

  static HttpResponse Streamed(const std::shared_ptr<const Reading>& reading) {
    HttpResponse response;
    response.content_type = "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse";
    response.stream = [reading](const BodySink& sink) {
      const Status status =
          StreamChunks(reading->selected, kFrameBytes, reading->cancellation, sink);
      if (!status.ok() && status.code() != StatusCode::kCancelled) {
        Log(LogLevel::kWarn, "a remote-read answer was cut", {{"why", MessageOf(status)}});
      }
      return status.ok();
    };
    return response;
  }

  const RemoteReadOptions options_;
  const StorageSource storage_;
};

}  // namespace

std::vector<Route> RemoteReadRoutes(RemoteReadOptions options, StorageSource storage) {
  const auto handler = std::make_shared<const ReadHandler>(std::move(options), std::move(storage));
  Route read;
  read.methods = {"POST"};
  read.pattern = "/api/v1/read";
  read.max_body_bytes = kMaxBodyBytes;
  read.handler = [handler](const HttpRequest& request, HttpResponse& response) {
    response = handler->Handle(request);
  };
  std::vector<Route> routes;
  routes.push_back(std::move(read));
  return routes;
}

}  // namespace tidemark::server
