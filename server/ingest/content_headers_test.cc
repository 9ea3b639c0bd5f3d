#include "server/ingest/content_headers.h"

#include <gtest/gtest.h>

namespace tidemark::server {
namespace {

StatusOr<WriteContent> Read(const char* type, const char* encoding) {
  HttpRequest request;
  if (type != nullptr) request.headers["content-type"] = type;
  if (encoding != nullptr) request.headers["content-encoding"] = encoding;
  return ReadContentHeaders(request);
}

TEST(ContentHeadersTest, TakesWhatSendersSay) {
  const struct {
    const char* type;
    const char* encoding;
    WriteMessage message = WriteMessage::kV1;
    WriteEncoding want_encoding = WriteEncoding::kSnappy;
  } kCases[] = {
      {"application/x-protobuf", "snappy"},
      {"application/x-protobuf;proto=prometheus.WriteRequest", "snappy"},
      {"Application/X-Protobuf ; charset=x; PROTO=\"prometheus.WriteRequest\"", "Snappy"},
      {nullptr, "snappy"},
      {"application/x-protobuf", nullptr},
      {nullptr, nullptr},
      {"application/x-protobuf", "zstd", WriteMessage::kV1, WriteEncoding::kZstd},
      {"application/x-protobuf;proto=io.prometheus.write.v2.Request", "snappy", WriteMessage::kV2},
      {"application/x-protobuf; proto=\"io.prometheus.write.v2.Request\"", "ZSTD",
       WriteMessage::kV2, WriteEncoding::kZstd},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.type == nullptr ? "no type" : c.type);
    const StatusOr<WriteContent> content = Read(c.type, c.encoding);
    ASSERT_TRUE(content.ok());
    EXPECT_EQ(content->message, c.message);
    EXPECT_EQ(content->encoding, c.want_encoding);
  }
}

TEST(ContentHeadersTest, NamesWhatIsNotSupportedAndWhatIs) {
  const struct {
    const char* type;
    const char* encoding;
    const char* message;
  } kCases[] = {
      {"application/json", "snappy",
       "Content-Type \"application/json\" is not supported; supported: application/x-protobuf "
       "with proto=prometheus.WriteRequest or proto=io.prometheus.write.v2.Request"},
      {"application/x-protobuf;proto=io.prometheus.write.v3.Request", "snappy",
       "Content-Type \"application/x-protobuf;proto=io.prometheus.write.v3.Request\" is not "
       "supported; supported: application/x-protobuf with proto=prometheus.WriteRequest or "
       "proto=io.prometheus.write.v2.Request"},
      {"application/x-protobuf", "gzip",
       "Content-Encoding \"gzip\" is not supported; supported: snappy, zstd"},
      {"application/x-protobuf", "snappy\n",
       "Content-Encoding \"snappy\\n\" is not supported; supported: snappy, zstd"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.message);
    const Status status = Read(c.type, c.encoding).status();
    EXPECT_EQ(status.code(), StatusCode::kUnimplemented);
    EXPECT_EQ(MessageOf(status), c.message);
  }
}

}  // namespace
}  // namespace tidemark::server
