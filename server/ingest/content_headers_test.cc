#include "server/ingest/content_headers.h"

#include <gtest/gtest.h>

namespace tidemark::server {
namespace {

Status Check(const char* type, const char* encoding) {
  HttpRequest request;
  if (type != nullptr) request.headers["content-type"] = type;
  if (encoding != nullptr) request.headers["content-encoding"] = encoding;
  return CheckContentHeaders(request);
}

TEST(ContentHeadersTest, TakesWhatSendersOfRemoteWrite1Say) {
  const struct {
    const char* type;
    const char* encoding;
  } kCases[] = {
      {"application/x-protobuf", "snappy"},
      {"application/x-protobuf;proto=prometheus.WriteRequest", "snappy"},
      {"Application/X-Protobuf ; charset=x; PROTO=\"prometheus.WriteRequest\"", "Snappy"},
      {nullptr, "snappy"},
      {"application/x-protobuf", nullptr},
      {nullptr, nullptr},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.type == nullptr ? "no type" : c.type);
    EXPECT_TRUE(Check(c.type, c.encoding).ok());
  }
}

TEST(ContentHeadersTest, NamesWhatIsNotSupportedAndWhatIs) {
  const struct {
    const char* type;
    const char* encoding;
    const char* message;
  } kCases[] = {
      {"application/json", "snappy",
       "Content-Type \"application/json\" is not supported; supported: "
       "application/x-protobuf;proto=prometheus.WriteRequest"},
      {"application/x-protobuf;proto=io.prometheus.write.v2.Request", "snappy",
       "Content-Type \"application/x-protobuf;proto=io.prometheus.write.v2.Request\" is not "
       "supported; supported: application/x-protobuf;proto=prometheus.WriteRequest"},
      {"application/x-protobuf", "gzip",
       "Content-Encoding \"gzip\" is not supported; supported: snappy"},
      {"application/x-protobuf", "snappy\n",
       "Content-Encoding \"snappy\\n\" is not supported; supported: snappy"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.message);
    const Status status = Check(c.type, c.encoding);
    EXPECT_EQ(status.code(), StatusCode::kUnimplemented);
    EXPECT_EQ(MessageOf(status), c.message);
  }
}

}  // namespace
}  // namespace tidemark::server
