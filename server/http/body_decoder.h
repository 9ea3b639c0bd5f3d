// BodyDecoder: takes the body of one request out of what arrives, in pieces of
// any size, with Content-Length or chunked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tidemark::server {

class BodyDecoder {
 public:
  enum class State { kMore, kDone, kTooLarge, kMalformed };

  // No body.
  BodyDecoder() = default;
  static BodyDecoder WithLength(uint64_t length);
  // kTooLarge as soon as a chunk announces more than `limit` in all.
  static BodyDecoder Chunked(uint64_t limit);

  // Appends what belongs to the body to `out` and takes what it used off the
  // front of `bytes`.  Not to be called again after anything but kMore.
  State Feed(std::string_view& bytes, std::string& out);

 private:
  enum class Part { kSize, kData, kDataEnd, kTrailer };

  State FeedData(std::string_view& bytes, std::string& out);
  State FeedLine(std::string_view& bytes);
  State EndOfLine();
  State StartChunk();

  bool chunked_ = false;
  Part part_ = Part::kData;
  uint64_t remaining_ = 0;  // of the body, or of this chunk
  uint64_t budget_ = 0;     // that further chunks may announce
  std::string line_;        // a chunk's size line, or a trailer field
  size_t trailer_bytes_ = 0;
};

}  // namespace tidemark::server
