#include "server/ingest/ingest.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>

#include "proto/snappy.h"
#include "proto/zstd.h"
#include "server/http_status.h"
#include "server/ingest/content_headers.h"
#include "server/ingest/retry_after.h"

namespace tidemark::server {
namespace {

constexpr size_t kMaxAnswerBytes = 1024;

// Memory for decoded bodies that a thread keeps from request to request; a
// usual body is one or two MiB.
constexpr size_t kKeptBytes = 4 << 20;

HttpResponse NoContent() {
  HttpResponse response;
  response.status = 204;
  return response;
}

HttpResponse Text(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(body);
  if (response.body.size() > kMaxAnswerBytes - 4) {
    size_t end = kMaxAnswerBytes - 4;
    while (end > 0 && (response.body[end] & 0xc0) == 0x80) --end;  // at a character's start
    response.body.resize(end);
    response.body += "...";
  }
  response.body += '\n';
  if (status == 429 || status == 503) {
    response.headers.emplace_back("Retry-After", RetryAfterSeconds());
  }
  return response;
}

HttpResponse Failed(const Status& status) {
  return Text(HttpStatusOf(status.code()), std::string(MessageOf(status)));
}

// Of a body that nothing was taken of.
HttpResponse BadBody(const Status& status) {
  if (status.code() != StatusCode::kResourceExhausted) return Failed(status);
  return Text(413, fmt::format("{} (ingest.max_decoded_bytes); send fewer samples a request",
                               MessageOf(status)));
}

// Senders of 2.0 take a header that is missing for a 0.
void AddWritten(const IngestCounts& stored, HttpResponse& response) {
  const auto add = [&response](const char* what, uint64_t count) {
    response.headers.emplace_back(fmt::format("X-Prometheus-Remote-Write-{}-Written", what),
                                  std::to_string(count));
  };
  add("Samples", stored.floats);
  add("Histograms", stored.histograms);
  add("Exemplars", stored.exemplars);
}

HttpResponse AnswerTo(const Intake::Outcome& outcome) {
  if (!outcome.status.ok()) return BadBody(outcome.status);
  if (outcome.refused == 0) return NoContent();
  return Text(outcome.past_budget ? 429 : 400, outcome.text);
}

HttpResponse NotElected() { return Text(202, "another replica of the cluster is elected"); }

class WriteHandler {
 public:
  WriteHandler(IngestOptions options, StorageSource storage, std::shared_ptr<Intake> intake)
      : options_(std::move(options)), storage_(std::move(storage)), intake_(std::move(intake)) {}

  HttpResponse Handle(const HttpRequest& request) {
    const StatusOr<WriteContent> content = ReadContentHeaders(request);
    if (!content.ok()) return Text(415, std::string(MessageOf(content.status())));
    const int64_t start_ns = intake_->clock().MonotonicNs();
    IngestCounts stored;
    HttpResponse response = Answer(request, *content, stored);
    const bool is_v2 = content->message == WriteMessage::kV2;
    if (is_v2) AddWritten(stored, response);
    const int64_t end_ns = intake_->clock().MonotonicNs();
    intake_->metrics().ObserveRequest(is_v2 ? IngestProtocol::kV2 : IngestProtocol::kV1,
                                      static_cast<double>(end_ns - start_ns) * 1e-9);
    return response;
  }

 private:
  HttpResponse Answer(const HttpRequest& request, WriteContent content, IngestCounts& stored) {
    tsdb::Storage* const storage = storage_();
    if (storage == nullptr) return Failed(Unavailable(kStarting));
    const StatusOr<std::string> tenant = options_.tenant(request);
    if (!tenant.ok()) return Failed(tenant.status());

    thread_local std::string body;
    const Status decoded = Decode(request.body, content.encoding, body);
    HttpResponse response = decoded.ok() ? Store({*tenant, request.remote_addr}, content.message,
                                                 body, *storage, stored)
                                         : BadBody(decoded);
    if (body.capacity() > kKeptBytes) std::string().swap(body);
    return response;
  }

  Status Decode(std::string_view compressed, WriteEncoding encoding, std::string& body) {
    const size_t limit = options_.max_decoded_bytes;
    RETURN_IF_ERROR(encoding == WriteEncoding::kSnappy
                        ? proto::SnappyDecode(compressed, limit, body)
                        : proto::ZstdDecode(compressed, limit, body));
    intake_->metrics().CountBytes(compressed.size(), body.size());
    return OkStatus();
  }

  HttpResponse Store(const Origin& origin, WriteMessage message, std::string_view body,
                     tsdb::Storage& storage, IngestCounts& stored) {
    const bool is_v2 = message == WriteMessage::kV2;
    const std::string tenant(origin.tenant);
    if (options_.pairs != nullptr) {
      const auto result = options_.pairs->Take(
          {tenant, storage, is_v2, body, options_.max_decoded_bytes, origin.sender});
      if (result) stored = result->outcome.stored;
      if (result) return result->taken ? AnswerTo(result->outcome) : NotElected();
    }
    const Intake::Outcome outcome = intake_->Take(
        tenant, storage,
        [&](BodyWriter& writer) {
          return is_v2 ? writer.WriteV2(body, options_.max_decoded_bytes) : writer.Write(body);
        },
        origin.sender);
    stored = outcome.stored;
    return AnswerTo(outcome);
  }

  const IngestOptions options_;
  const StorageSource storage_;
  const std::shared_ptr<Intake> intake_;
};

// The most that snappy makes of `bytes` that it cannot compress.
size_t MaxCompressed(size_t bytes) { return 32 + bytes + bytes / 6; }

}  // namespace

std::vector<Route> IngestRoutes(IngestOptions options, StorageSource storage,
                                std::shared_ptr<Intake> intake) {
  Route write;
  write.methods = {"POST"};
  write.pattern = "/api/v1/write";
  write.lane = Lane::kWrite;
  write.max_body_bytes = MaxCompressed(options.max_decoded_bytes);
  const auto handler =
      std::make_shared<WriteHandler>(std::move(options), std::move(storage), std::move(intake));
  write.handler = [handler](const HttpRequest& request, HttpResponse& response) {
    response = handler->Handle(request);
  };
  std::vector<Route> routes;
  routes.push_back(std::move(write));
  return routes;
}

}  // namespace tidemark::server
