// Status → HTTP status code, in one place (tsdb/base/status.h gives the why).
#pragma once

#include "tsdb/base/status.h"

namespace tidemark::server {

inline int HttpStatusOf(StatusCode code) {
  switch (code) {
    case StatusCode::kOk:
      return 200;
    case StatusCode::kInvalidArgument:
    case StatusCode::kOutOfRange:
    case StatusCode::kAlreadyExists:
      return 400;
    case StatusCode::kNotFound:
      return 404;
    case StatusCode::kFailedPrecondition:
      return 422;
    case StatusCode::kResourceExhausted:
      return 429;
    case StatusCode::kCancelled:
    case StatusCode::kDeadlineExceeded:
    case StatusCode::kUnavailable:
      return 503;
    default:
      return 500;
  }
}

}  // namespace tidemark::server
