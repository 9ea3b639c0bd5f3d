#include "server/http/body_decoder.h"

#include <algorithm>
#include <charconv>

namespace tidemark::server {
namespace {

// A chunk's size with its extensions, and all trailers together: nobody needs more.
constexpr size_t kMaxLineBytes = 4096;
constexpr size_t kMaxTrailerBytes = 16384;

}  // namespace

BodyDecoder BodyDecoder::WithLength(uint64_t length) {
  BodyDecoder decoder;
  decoder.remaining_ = length;
  return decoder;
}

BodyDecoder BodyDecoder::Chunked(uint64_t limit) {
  BodyDecoder decoder;
  decoder.chunked_ = true;
  decoder.part_ = Part::kSize;
  decoder.budget_ = limit;
  return decoder;
}

BodyDecoder::State BodyDecoder::Feed(std::string_view& bytes, std::string& out) {
  State state = State::kMore;
  do {
    state = part_ == Part::kData ? FeedData(bytes, out) : FeedLine(bytes);
  } while (state == State::kMore && !bytes.empty());
  return state;
}

BodyDecoder::State BodyDecoder::FeedData(std::string_view& bytes, std::string& out) {
  const size_t n = static_cast<size_t>(std::min<uint64_t>(remaining_, bytes.size()));
  out.append(bytes.substr(0, n));
  bytes.remove_prefix(n);
  remaining_ -= n;
  if (remaining_ > 0) return State::kMore;
  if (!chunked_) return State::kDone;
  part_ = Part::kDataEnd;
  return State::kMore;
}

BodyDecoder::State BodyDecoder::FeedLine(std::string_view& bytes) {
  const size_t newline = bytes.find('\n');
  const size_t n = std::min(newline, bytes.size());
  if (line_.size() + n > kMaxLineBytes) return State::kMalformed;
  line_.append(bytes.substr(0, n));
  if (newline == std::string_view::npos) {
    bytes = {};
    return State::kMore;
  }
  bytes.remove_prefix(newline + 1);
  if (!line_.empty() && line_.back() == '\r') line_.pop_back();
  const State state = EndOfLine();
  line_.clear();
  return state;
}

BodyDecoder::State BodyDecoder::EndOfLine() {
  switch (part_) {
    case Part::kSize:
      return StartChunk();
    case Part::kDataEnd:
      part_ = Part::kSize;
      return line_.empty() ? State::kMore : State::kMalformed;
    default:  // a trailer field, ignored, or the empty line that ends all
      trailer_bytes_ += line_.size();
      if (trailer_bytes_ > kMaxTrailerBytes) return State::kMalformed;
      return line_.empty() ? State::kDone : State::kMore;
  }
}

BodyDecoder::State BodyDecoder::StartChunk() {
  const char* const begin = line_.data();
  const char* const end = begin + line_.size();
  const auto [stop, error] = std::from_chars(begin, end, remaining_, 16);
  if (error != std::errc() || (stop != end && *stop != ';' && *stop != ' ' && *stop != '\t')) {
    return State::kMalformed;
  }
  if (remaining_ > budget_) return State::kTooLarge;
  budget_ -= remaining_;
  part_ = remaining_ == 0 ? Part::kTrailer : Part::kData;
  return State::kMore;
}

}  // namespace tidemark::server
