// What a remote-write request says its body is.
#pragma once

#include "server/http/http.h"
#include "tsdb/base/status.h"

namespace tidemark::server {

enum class WriteMessage {
  kV1,  // prometheus.WriteRequest
  kV2,  // io.prometheus.write.v2.Request
};

enum class WriteEncoding { kSnappy, kZstd };

struct WriteContent {
  WriteMessage message = WriteMessage::kV1;
  WriteEncoding encoding = WriteEncoding::kSnappy;
};

// Content-Type is application/x-protobuf, its parameter `proto` the message;
// without the parameter, or without either header, it is what old senders send:
// 1.0, and snappy.
//   kUnimplemented  anything else; the text names what is supported (415)
StatusOr<WriteContent> ReadContentHeaders(const HttpRequest& request);

}  // namespace tidemark::server
