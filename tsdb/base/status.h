// Status and StatusOr: how every fallible function of Tidemark reports failure.
//
// These are Abseil's types under our names, with std::string_view messages
// (the packaged Abseil has a string_view of its own) and two macros.  What the
// codes mean here, from storage up to HTTP:
//
//   kInvalidArgument     bad input                             400
//   kOutOfRange          a sample outside the accepted times   400
//   kAlreadyExists       a conflicting sample                  400
//   kNotFound            no such thing                         404
//   kFailedPrecondition  a query that cannot be answered, or
//                        is past one of its limits             422
//   kResourceExhausted   a write past a limit; try later       429
//   kCancelled, kDeadlineExceeded, kUnavailable                503
//   kDataLoss            what is stored cannot be read         500
#pragma once

#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tidemark {

using Status = absl::Status;
template <typename T>
using StatusOr = absl::StatusOr<T>;
using StatusCode = absl::StatusCode;

inline Status MakeStatus(StatusCode code, std::string_view message) {
  return Status(code, absl::string_view(message.data(), message.size()));
}
inline Status OkStatus() { return absl::OkStatus(); }
inline Status InvalidArgument(std::string_view m) {
  return MakeStatus(StatusCode::kInvalidArgument, m);
}
inline Status OutOfRange(std::string_view m) { return MakeStatus(StatusCode::kOutOfRange, m); }
inline Status AlreadyExists(std::string_view m) {
  return MakeStatus(StatusCode::kAlreadyExists, m);
}
inline Status NotFound(std::string_view m) { return MakeStatus(StatusCode::kNotFound, m); }
inline Status FailedPrecondition(std::string_view m) {
  return MakeStatus(StatusCode::kFailedPrecondition, m);
}
inline Status ResourceExhausted(std::string_view m) {
  return MakeStatus(StatusCode::kResourceExhausted, m);
}
inline Status Cancelled(std::string_view m) { return MakeStatus(StatusCode::kCancelled, m); }
inline Status DeadlineExceeded(std::string_view m) {
  return MakeStatus(StatusCode::kDeadlineExceeded, m);
}
inline Status Unavailable(std::string_view m) { return MakeStatus(StatusCode::kUnavailable, m); }
inline Status DataLoss(std::string_view m) { return MakeStatus(StatusCode::kDataLoss, m); }
inline Status Unimplemented(std::string_view m) {
  return MakeStatus(StatusCode::kUnimplemented, m);
}
inline Status Internal(std::string_view m) { return MakeStatus(StatusCode::kInternal, m); }

// The message as a std::string_view; valid as long as `status`.
inline std::string_view MessageOf(const Status& status) {
  return {status.message().data(), status.message().size()};
}

}  // namespace tidemark

// Returns from the function unless `expr`, a Status, is OK.
#define RETURN_IF_ERROR(expr)                        \
  do {                                               \
    ::tidemark::Status status_of_expr = (expr);      \
    if (!status_of_expr.ok()) return status_of_expr; \
  } while (0)

// ASSIGN_OR_RETURN(auto x, F()): declares or assigns x from a StatusOr, or
// returns its error.
#define ASSIGN_OR_RETURN(lhs, expr) \
  TIDEMARK_ASSIGN_OR_RETURN(TIDEMARK_CONCAT(status_or_, __LINE__), lhs, expr)
#define TIDEMARK_ASSIGN_OR_RETURN(tmp, lhs, expr) \
  auto tmp = (expr);                              \
  if (!tmp.ok()) return std::move(tmp).status();  \
  lhs = *std::move(tmp)
#define TIDEMARK_CONCAT(a, b) TIDEMARK_CONCAT_(a, b)
#define TIDEMARK_CONCAT_(a, b) a##b
