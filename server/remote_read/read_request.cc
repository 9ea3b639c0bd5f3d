#include "server/remote_read/read_request.h"

#include <fmt/format.h>

#include <optional>

#include "proto/remote_read.pb.h"
#include "proto/utf8.h"

namespace tidemark::server {
namespace {

using Op = tsdb::Matcher::Op;

// The function for which clients that look for series only say that they read.
constexpr std::string_view kSeriesFunction = "series";

std::optional<Op> OpOf(proto::LabelMatcher::Type type) {
  switch (type) {
    case proto::LabelMatcher::EQ:
      return Op::kEqual;
    case proto::LabelMatcher::NEQ:
      return Op::kNotEqual;
    case proto::LabelMatcher::RE:
      return Op::kRegex;
    case proto::LabelMatcher::NRE:
      return Op::kNotRegex;
    default:
      return std::nullopt;
  }
}

StatusOr<tsdb::Matcher> ReadMatcher(const proto::LabelMatcher& matcher) {
  const std::optional<Op> op = OpOf(matcher.type());
  if (!op) return InvalidArgument(fmt::format("invalid matcher type: {}", matcher.type()));
  if (!proto::IsValidUtf8(matcher.name()) || !proto::IsValidUtf8(matcher.value())) {
    return InvalidArgument("a matcher is not UTF-8");
  }
  return tsdb::Matcher::Make(*op, matcher.name(), matcher.value());
}

StatusOr<ReadQuery> ReadOne(const proto::Query& from) {
  ReadQuery query;
  query.start = from.start_timestamp_ms();
  query.end = from.end_timestamp_ms();
  query.labels_only = from.hints().func() == kSeriesFunction;
  for (const proto::LabelMatcher& matcher : from.matchers()) {
    ASSIGN_OR_RETURN(tsdb::Matcher one, ReadMatcher(matcher));
    query.matchers.push_back(std::move(one));
  }
  return query;
}

StatusOr<bool> WantsStream(const proto::ReadRequest& message) {
  if (message.accepted_response_types().empty()) return false;
  for (const int type : message.accepted_response_types()) {
    if (type == proto::ReadRequest::SAMPLES) return false;
    if (type == proto::ReadRequest::STREAMED_XOR_CHUNKS) return true;
  }
  return InvalidArgument(
      "none of the accepted response types is supported; supported: SAMPLES, STREAMED_XOR_CHUNKS");
}

}  // namespace

StatusOr<ReadRequest> ParseReadRequest(std::string_view body) {
  proto::ReadRequest message;
  if (!message.ParseFromArray(body.data(), static_cast<int>(body.size()))) {
    return InvalidArgument("the body is no prometheus.ReadRequest");
  }
  ReadRequest request;
  ASSIGN_OR_RETURN(request.streamed, WantsStream(message));
  for (const proto::Query& one : message.queries()) {
    ASSIGN_OR_RETURN(ReadQuery query, ReadOne(one));
    request.queries.push_back(std::move(query));
  }
  return request;
}

}  // namespace tidemark::server
