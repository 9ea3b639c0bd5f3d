#include "server/otlp/otlp.h"

#include <fmt/format.h>
#include <google/protobuf/arena.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "proto/otlp.pb.h"
#include "proto/zstd.h"
#include "server/http/gunzip.h"
#include "server/http_status.h"
#include "server/ingest/retry_after.h"
#include "tsdb/base/quote.h"

namespace tidemark::server {
namespace {

constexpr size_t kMaxMessageBytes = 1024;

absl::string_view Absl(std::string_view text) { return {text.data(), text.size()}; }

HttpResponse Message(int status, const google::protobuf::MessageLite& message) {
  HttpResponse response;
  response.status = status;
  response.content_type = "application/x-protobuf";
  response.body = message.SerializeAsString();
  if (status == 429 || status == 503) {
    response.headers.emplace_back("Retry-After", RetryAfterSeconds());
  }
  return response;
}

// A protobuf string must be UTF-8; what was sent need not be.
std::string MessageText(std::string_view text) {
  std::string out(text.substr(0, kMaxMessageBytes));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  return out;
}

HttpResponse Failed(int http_status, const Status& status) {
  proto::otlp::RpcStatus message;
  message.set_code(static_cast<int32_t>(status.code()));  // gRPC's numbers are absl's
  message.set_message(MessageText(MessageOf(status)));
  return Message(http_status, message);
}

Status CheckContentType(std::string_view type) {
  const absl::string_view media = absl::StripAsciiWhitespace(Absl(type.substr(0, type.find(';'))));
  if (absl::EqualsIgnoreCase(media, "application/x-protobuf")) return OkStatus();
  return Unimplemented(
      fmt::format("Content-Type {} is not supported; supported: application/x-protobuf",
                  Quoted(type.substr(0, 100))));
}

class OtlpHandler {
 public:
  OtlpHandler(OtlpOptions options, StorageSource storage, std::shared_ptr<Intake> intake)
      : options_(std::move(options)), storage_(std::move(storage)), intake_(std::move(intake)) {}

  HttpResponse Handle(const HttpRequest& request) {
    const int64_t start_ns = intake_->clock().MonotonicNs();
    HttpResponse response = Answer(request);
    const int64_t end_ns = intake_->clock().MonotonicNs();
    intake_->metrics().ObserveRequest(IngestProtocol::kOtlp,
                                      static_cast<double>(end_ns - start_ns) * 1e-9);
    return response;
  }

 private:
  HttpResponse Answer(const HttpRequest& request) {
    if (const Status status = CheckContentType(request.Header("content-type")); !status.ok()) {
      return Failed(415, status);
    }
    tsdb::Storage* const storage = storage_();
    if (storage == nullptr) return Failed(503, Unavailable(kStarting));
    const StatusOr<std::string> tenant = options_.tenant(request);
    if (!tenant.ok()) return Failed(HttpStatusOf(tenant.status().code()), tenant.status());

    google::protobuf::Arena arena;
    auto* const message =
        google::protobuf::Arena::CreateMessage<proto::otlp::ExportMetricsServiceRequest>(&arena);
    if (const Status status = Read(request, *message); !status.ok()) return BadBody(status);
    return Store({*tenant, request.remote_addr}, *storage, *message);
  }

  static HttpResponse BadBody(const Status& status) {
    if (status.code() == StatusCode::kUnimplemented) return Failed(415, status);
    if (status.code() != StatusCode::kResourceExhausted) {
      return Failed(HttpStatusOf(status.code()), status);
    }
    return Failed(413, ResourceExhausted(fmt::format(
                           "{} (ingest.max_decoded_bytes); send fewer data points a request",
                           MessageOf(status))));
  }

  Status Read(const HttpRequest& request, proto::otlp::ExportMetricsServiceRequest& message) {
    std::string decoded;
    ASSIGN_OR_RETURN(const std::string_view body, Decode(request, decoded));
    intake_->metrics().CountBytes(request.body.size(), body.size());
    if (!message.ParseFromArray(body.data(), static_cast<int>(body.size()))) {
      return InvalidArgument("the body is no ExportMetricsServiceRequest");
    }
    return OkStatus();
  }

  StatusOr<std::string_view> Decode(const HttpRequest& request, std::string& decoded) const {
    const std::string_view encoding = request.Header("content-encoding");
    const size_t limit = options_.max_decoded_bytes;
    if (encoding == "gzip") {
      RETURN_IF_ERROR(Gunzip(request.body, limit, decoded));
    } else if (encoding == "zstd") {
      RETURN_IF_ERROR(proto::ZstdDecode(request.body, limit, decoded));
    } else if (encoding.empty() || encoding == "identity") {
      return std::string_view(request.body);
    } else {
      return Unimplemented(
          fmt::format("Content-Encoding {} is not supported; supported: gzip, zstd",
                      Quoted(encoding.substr(0, 100))));
    }
    return std::string_view(decoded);
  }

  HttpResponse Store(const Origin& origin, tsdb::Storage& storage,
                     const proto::otlp::ExportMetricsServiceRequest& message) {
    std::unique_ptr<OtlpWriter> translator;  // until Take has committed
    const Intake::Outcome outcome = intake_->Take(
        std::string(origin.tenant), storage,
        [&](BodyWriter& writer) {
          translator = std::make_unique<OtlpWriter>(options_.translation, writer);
          return translator->Write(message);
        },
        origin.sender);
    if (!outcome.status.ok()) return BadBody(outcome.status);
    proto::otlp::ExportMetricsServiceResponse answer;
    if (outcome.refused == 0) return Message(200, answer);
    if (outcome.past_budget) return Failed(429, ResourceExhausted(outcome.text));
    auto* const partial = answer.mutable_partial_success();
    // A data point may be several samples.
    partial->set_rejected_data_points(
        static_cast<int64_t>(std::min(outcome.refused, translator->points())));
    partial->set_error_message(MessageText(outcome.text));
    return Message(200, answer);
  }

  const OtlpOptions options_;
  const StorageSource storage_;
  const std::shared_ptr<Intake> intake_;
};

}  // namespace

std::vector<Route> OtlpRoutes(OtlpOptions options, StorageSource storage,
                              std::shared_ptr<Intake> intake) {
  Route write;
  write.methods = {"POST"};
  write.pattern = "/api/v1/otlp/v1/metrics";
  write.lane = Lane::kWrite;
  write.max_body_bytes = options.max_decoded_bytes;
  const auto handler =
      std::make_shared<OtlpHandler>(std::move(options), std::move(storage), std::move(intake));
  write.handler = [handler](const HttpRequest& request, HttpResponse& response) {
    response = handler->Handle(request);
  };
  std::vector<Route> routes;
  routes.push_back(std::move(write));
  return routes;
}

}  // namespace tidemark::server
