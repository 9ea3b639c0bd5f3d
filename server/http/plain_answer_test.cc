#include "server/http/plain_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidemark::server {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(PlainAnswer, HasWhatAClientNeeds) {
  const std::string answer =
      FormatPlainAnswer(405, "no such method", {{"Allow", "GET"}}, false, true);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 405 Method Not Allowed\r\nDate: "));
  EXPECT_THAT(answer, HasSubstr("\r\nAllow: GET\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nContent-Length: 15\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nno such method\n"));
}

TEST(PlainAnswer, LeavesTheBodyOutForHeadAndNoContent) {
  EXPECT_THAT(FormatPlainAnswer(404, "lost", {}, true, false),
              EndsWith("Content-Length: 5\r\n\r\n"));
  EXPECT_THAT(FormatPlainAnswer(204, "", {}, true, true), Not(HasSubstr("Content-Length")));
}

TEST(HttpDate, IsFixedLengthEnglish) {
  EXPECT_EQ(HttpDate(0), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(HttpDate(1136214245999), "Mon, 02 Jan 2006 15:04:05 GMT");
}

}  // namespace
}  // namespace tidemark::server
