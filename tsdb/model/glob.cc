#include "tsdb/model/glob.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace tidemark::tsdb {
namespace {

using Globs = std::vector<Glob>;

// Sets of values are looked up, so many are fine; globs are tried in turn, and
// beyond so many an automaton is faster.
constexpr size_t kMaxLiterals = 4096;
constexpr size_t kMaxGlobs = 8;
constexpr int kMaxDepth = 20;

// Of the character that begins with this byte.
size_t CharBytes(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

bool IsAlnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

Glob Literal(std::string_view text) {
  Glob out;
  out.literals[0] = text;
  return out;
}

Glob Gap(uint8_t least) {
  Glob out;
  out.literals.emplace_back();
  out.gaps.push_back(least);
  return out;
}

Glob Joined(const Glob& a, const Glob& b) {
  Glob out = a;
  out.literals.back() += b.literals.front();
  out.literals.insert(out.literals.end(), b.literals.begin() + 1, b.literals.end());
  out.gaps.insert(out.gaps.end(), b.gaps.begin(), b.gaps.end());
  return out;
}

// A recursive descent over
//   alternatives = sequence { "|" sequence }
//   sequence     = { (character | "." ("*"|"+") ["?"] | class | group) ["?"] }
// that gives up at anything else.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::optional<Globs> ParseAll() {
    auto out = ParseAlternatives(0);
    return at_ == text_.size() ? std::move(out) : std::nullopt;
  }

 private:
  bool done() const { return at_ == text_.size(); }
  char peek() const { return text_[at_]; }
  bool Take(std::string_view what) {
    if (text_.substr(at_, what.size()) != what) return false;
    at_ += what.size();
    return true;
  }

  std::optional<Globs> ParseAlternatives(int depth) {
    if (depth > kMaxDepth) return std::nullopt;
    Globs out;
    do {
      // At the ends of the whole expression, anchors say what holds anyway.
      if (depth == 0) Take("^");
      auto sequence = ParseSequence(depth);
      if (!sequence || out.size() + sequence->size() > kMaxLiterals) return std::nullopt;
      std::move(sequence->begin(), sequence->end(), std::back_inserter(out));
    } while (Take("|"));
    return out;
  }

  std::optional<Globs> ParseSequence(int depth) {
    Globs out = {Glob()};
    while (!done() && peek() != '|' && peek() != ')') {
      if (depth == 0 && peek() == '$' && (at_ + 1 == text_.size() || text_[at_ + 1] == '|')) {
        ++at_;
        break;
      }
      auto atom = ParseAtom(depth);
      if (!atom || !TakeOptional(*atom) || out.size() * atom->size() > kMaxLiterals) {
        return std::nullopt;
      }
      Globs product;
      for (const Glob& a : out) {
        for (const Glob& b : *atom) product.push_back(Joined(a, b));
      }
      out = std::move(product);
    }
    return out;
  }

  // A "?" after an atom; false at any other repetition.
  bool TakeOptional(Globs& atom) {
    if (Take("?")) {
      if (Take("?")) return false;
      atom.emplace_back();
    }
    return done() || std::string_view("*+?{").find(peek()) == std::string_view::npos;
  }

  std::optional<Globs> ParseAtom(int depth) {
    if (Take(".*")) return TakeGap(0);
    if (Take(".+")) return TakeGap(1);
    if (Take("(")) return ParseGroup(depth);
    if (Take("[")) return ParseClass();
    if (Take("\\")) {
      // Letters and digits mean something there, and so may bytes past ASCII.
      if (done() || IsAlnum(peek()) || static_cast<unsigned char>(peek()) >= 0x80) {
        return std::nullopt;
      }
    } else if (std::string_view(".*+?^$]{}").find(peek()) != std::string_view::npos) {
      return std::nullopt;
    }
    const size_t bytes = std::min(CharBytes(peek()), text_.size() - at_);
    const std::string_view literal = text_.substr(at_, bytes);
    at_ += bytes;
    return Globs{Literal(literal)};
  }

  // As few as possible, or as many: the same values match.
  std::optional<Globs> TakeGap(uint8_t least) {
    if (Take("?") && !done() && peek() == '?') return std::nullopt;
    return Globs{Gap(least)};
  }

  std::optional<Globs> ParseGroup(int depth) {
    if (!Take("?:") && !done() && peek() == '?') return std::nullopt;
    auto out = ParseAlternatives(depth + 1);
    if (!Take(")")) return std::nullopt;
    return out;
  }

  // Letters, digits and ranges of them, `_` and `-` not at a range's place.
  std::optional<Globs> ParseClass() {
    Globs out;
    for (; !done() && peek() != ']'; ++at_) {
      char first = peek();
      if (!IsAlnum(first) && first != '_') return std::nullopt;
      char last = first;
      if (at_ + 2 < text_.size() && text_[at_ + 1] == '-') {
        last = text_[at_ += 2];
        if (!IsAlnum(last) || last < first) return std::nullopt;
      }
      for (; first <= last; ++first) out.push_back(Literal({&first, 1}));
    }
    if (!Take("]") || out.empty()) return std::nullopt;
    return out;
  }

  const std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

bool Glob::Matches(std::string_view value) const {
  if (is_literal()) return value == literals[0];
  if (!value.starts_with(literals[0])) return false;
  value.remove_prefix(literals[0].size());
  for (size_t i = 0; i < gaps.size(); ++i) {
    if (gaps[i] > 0) {
      if (value.empty()) return false;
      value.remove_prefix(std::min(CharBytes(value[0]), value.size()));
    }
    const std::string& literal = literals[i + 1];
    if (i + 1 == gaps.size()) return value.ends_with(literal);
    // The first place leaves most to what follows.
    const size_t at = value.find(literal);
    if (at == std::string_view::npos) return false;
    value.remove_prefix(at + literal.size());
  }
  return true;
}

std::optional<std::vector<Glob>> ParseGlobs(std::string_view expression) {
  auto out = Parser(expression).ParseAll();
  if (!out) return std::nullopt;
  const bool literal =
      std::all_of(out->begin(), out->end(), [](const Glob& glob) { return glob.is_literal(); });
  if (!literal && out->size() > kMaxGlobs) return std::nullopt;
  return out;
}

}  // namespace tidemark::tsdb
