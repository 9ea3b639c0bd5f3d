#include "server/api/answer.h"

#include <gtest/gtest.h>

namespace tidemark::server {
namespace {

TEST(AnswerTest, SuccessWithWhatThereIsToSay) {
  SuccessAnswer bare;
  bare.json().BeginArray();
  bare.json().EndArray();
  EXPECT_EQ(std::move(bare).Finish().body, R"({"status":"success","data":[]})");

  SuccessAnswer answer;
  answer.json().Text("x");
  answer.AddWarning("one");
  answer.AddWarnings({"two"});
  answer.AddInfos({"three > 2"});
  const HttpResponse response = std::move(answer).Finish();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(response.body, R"({"status":"success","data":"x","warnings":["one","two"],)"
                           R"("infos":["three \u003e 2"]})");
}

TEST(AnswerTest, EveryCodeHasItsTypeAndStatus) {
  const struct {
    StatusCode code;
    int http;
    const char* type;
  } kCases[] = {
      {StatusCode::kInvalidArgument, 400, "bad_data"},
      {StatusCode::kOutOfRange, 400, "bad_data"},
      {StatusCode::kNotFound, 404, "not_found"},
      {StatusCode::kFailedPrecondition, 422, "execution"},
      {StatusCode::kResourceExhausted, 429, "execution"},
      {StatusCode::kDeadlineExceeded, 503, "timeout"},
      {StatusCode::kCancelled, 503, "canceled"},
      {StatusCode::kUnavailable, 503, "unavailable"},
      {StatusCode::kDataLoss, 500, "internal"},
      {StatusCode::kInternal, 500, "internal"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.type);
    const HttpResponse response = ErrorAnswer(MakeStatus(c.code, "why \"x\""));
    EXPECT_EQ(response.status, c.http);
    EXPECT_EQ(response.body, std::string("{\"status\":\"error\",\"errorType\":\"") + c.type +
                                 "\",\"error\":\"why \\\"x\\\"\"}");
    EXPECT_EQ(response.headers.size(), c.code == StatusCode::kUnavailable ? 1u : 0u);
  }
}

}  // namespace
}  // namespace tidemark::server
