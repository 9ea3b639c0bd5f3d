#include "server/http/request_head.h"

#include <gtest/gtest.h>

#include <random>

namespace tidemark::server {
namespace {

TEST(FindHeadEnd, FindsItAtEveryCut) {
  for (const std::string head : {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\nHost: a\n\n",
                                 "GET / HTTP/1.1\r\n\r\n"}) {
    SCOPED_TRACE(head);
    const std::string in = head + "body\r\n\r\n";
    for (size_t cut = 0; cut <= in.size(); ++cut) {
      size_t scanned = 0;
      EXPECT_EQ(FindHeadEnd(in.substr(0, cut), scanned), cut < head.size() ? 0 : head.size());
      EXPECT_EQ(FindHeadEnd(in, scanned), head.size());
    }
  }
}

TEST(ParseRequestHead, ReadsLineAndFields) {
  RequestHead head;
  const auto error = ParseRequestHead(
      "POST /api/v1/query?query=a?b#frag HTTP/1.1\r\nHost: x\r\nX-A:  1 \r\nx-a: 2\r\n"
      "Authorization: Bearer a%20b\r\nContent-Length: 12, 12\r\nExpect: 100-Continue\r\n\r\n",
      head);
  ASSERT_FALSE(error.has_value()) << error->text;
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.path, "/api/v1/query");
  EXPECT_EQ(head.query, "query=a?b");
  EXPECT_EQ(head.Header("x-a"), "1, 2");
  EXPECT_EQ(head.Header("authorization"), "Bearer a%20b");
  EXPECT_EQ(head.content_length, 12u);
  EXPECT_TRUE(head.expect_continue);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_FALSE(head.chunked);
}

TEST(ParseRequestHead, ReadsTargetsAndConnections) {
  struct Case {
    std::string_view bytes, path;
    bool keep_alive, chunked;
  };
  const Case cases[] = {
      {"GET http://host:1/a?b HTTP/1.1\r\n\r\n", "/a", true, false},
      {"GET http://host HTTP/1.1\r\n\r\n", "/", true, false},
      {"OPTIONS * HTTP/1.1\r\n\r\n", "*", true, false},
      {"GET /redirect?to=http://x HTTP/1.0\r\n\r\n", "/redirect", false, false},
      {"GET / HTTP/1.1\r\nConnection: Close\r\n\r\n", "/", false, false},
      {"POST / HTTP/1.1\nTransfer-Encoding: Chunked\n\n", "/", true, true},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.bytes);
    RequestHead head;
    const auto error = ParseRequestHead(c.bytes, head);
    ASSERT_FALSE(error.has_value()) << error->text;
    EXPECT_EQ(head.path, c.path);
    EXPECT_EQ(head.keep_alive, c.keep_alive);
    EXPECT_EQ(head.chunked, c.chunked);
  }
}

TEST(ParseRequestHead, Refuses) {
  struct Case {
    std::string_view bytes;
    int status;
  };
  using namespace std::string_view_literals;
  const Case cases[] = {
      {"\x16\x03\x01\x02\x00\x01\r\n\r\n"sv, 400},  // a TLS hello
      {"GET /\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\n\r\n", 505},
      {"PRI * HTTP/2.0\r\n\r\n", 505},
      {"GET /a b HTTP/1.1\r\n\r\n", 400},
      {"GET /\x01 HTTP/1.1\r\n\r\n", 400},
      {"G@T / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nA : b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nA: b\0c\r\n\r\n"sv, 400},
      {"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nContent-Length: 1, 2\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nContent-Length:\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501},
      {"POST / HTTP/1.1\r\nExpect: wonders\r\n\r\n", 417},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.bytes);
    RequestHead head;
    const auto error = ParseRequestHead(c.bytes, head);
    ASSERT_TRUE(error.has_value());
    EXPECT_EQ(error->status, c.status);
    EXPECT_FALSE(error->text.empty());
  }
}

TEST(ParseRequestHead, SurvivesMutations) {
  std::mt19937_64 random(7);
  const std::string good =
      "POST /api/v1/query?a=b HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\nExpect: "
      "100-continue\r\n\r\n";
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = good;
    for (int n = 0; n < 3; ++n) bytes[random() % bytes.size()] = static_cast<char>(random());
    RequestHead head;
    if (const auto error = ParseRequestHead(bytes, head)) {
      EXPECT_GE(error->status, 400);
      EXPECT_LE(error->status, 505);
    } else {
      EXPECT_FALSE(head.method.empty());
    }
  }
}

}  // namespace
}  // namespace tidemark::server
