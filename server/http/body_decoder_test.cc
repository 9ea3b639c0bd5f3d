#include "server/http/body_decoder.h"

#include <gtest/gtest.h>

#include <random>

namespace tidemark::server {
namespace {

using State = BodyDecoder::State;

// Feeds `wire` in pieces of `piece` bytes; returns the last state and what is left.
State FeedInPieces(BodyDecoder decoder, std::string_view wire, size_t piece, std::string& out,
                   std::string& rest) {
  State state = State::kMore;
  while (state == State::kMore && !wire.empty()) {
    std::string_view bytes = wire.substr(0, piece);
    const size_t given = bytes.size();
    state = decoder.Feed(bytes, out);
    wire.remove_prefix(given - bytes.size());
  }
  rest = std::string(wire);
  return state;
}

TEST(BodyDecoder, DecodesInPiecesOfAnySize) {
  struct Case {
    std::string_view name;
    BodyDecoder decoder;
    std::string_view wire;
    State state;
    std::string_view body, rest;
  };
  const Case cases[] = {
      {"length", BodyDecoder::WithLength(3), "abcGET", State::kDone, "abc", "GET"},
      {"short", BodyDecoder::WithLength(9), "abc", State::kMore, "abc", ""},
      {"chunks", BodyDecoder::Chunked(9), "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\nGET", State::kDone,
       "abcde", "GET"},
      {"trailers", BodyDecoder::Chunked(9), "1\r\na\r\n0\r\nA: b\r\nC: d\r\n\r\n", State::kDone,
       "a", ""},
      {"bare LF", BodyDecoder::Chunked(9), "A\n", State::kTooLarge, "", ""},
      {"at the limit", BodyDecoder::Chunked(3), "3\r\nabc\r\n0\r\n\r\n", State::kDone, "abc", ""},
      {"past it", BodyDecoder::Chunked(3), "2\r\nab\r\n2\r\n", State::kTooLarge, "ab", ""},
      {"huge", BodyDecoder::Chunked(3), "ffffffffffffffff\r\n", State::kTooLarge, "", ""},
      {"overflow", BodyDecoder::Chunked(3), "1ffffffffffffffff\r\n", State::kMalformed, "", ""},
      {"no size", BodyDecoder::Chunked(3), "\r\n", State::kMalformed, "", ""},
      {"bad size", BodyDecoder::Chunked(3), "1x\r\n", State::kMalformed, "", ""},
      {"too long a chunk", BodyDecoder::Chunked(9), "1\r\nab\r\n", State::kMalformed, "a", ""},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    for (size_t piece = 1; piece <= c.wire.size(); ++piece) {
      std::string out, rest;
      EXPECT_EQ(FeedInPieces(c.decoder, c.wire, piece, out, rest), c.state);
      EXPECT_EQ(out, c.body);
      if (c.state != State::kMalformed) {
        EXPECT_EQ(rest, c.rest);
      }
    }
  }
}

TEST(BodyDecoder, BoundsLines) {
  std::string out, rest;
  EXPECT_EQ(FeedInPieces(BodyDecoder::Chunked(9), "1;" + std::string(5000, 'x'), 100, out, rest),
            State::kMalformed);
  std::string trailers = "0\r\n";
  for (int i = 0; i < 1000; ++i) trailers += "Name: 0123456789012345\r\n";
  EXPECT_EQ(FeedInPieces(BodyDecoder::Chunked(9), trailers, 100, out, rest), State::kMalformed);
}

TEST(BodyDecoder, RandomChunksComeBack) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 200; ++round) {
    std::string body, wire;
    for (uint64_t chunks = random() % 6; chunks > 0; --chunks) {
      const std::string data(1 + random() % 300, static_cast<char>(random()));
      char size[32];
      std::snprintf(size, sizeof size, "%zx\r\n", data.size());
      wire += size + data + "\r\n";
      body += data;
    }
    wire += "0\r\n\r\n";
    std::string out, rest;
    EXPECT_EQ(FeedInPieces(BodyDecoder::Chunked(4096), wire, 1 + random() % 64, out, rest),
              State::kDone);
    EXPECT_EQ(out, body);
    EXPECT_EQ(rest, "");
  }
}

}  // namespace
}  // namespace tidemark::server
