// Glob: literals with gaps of any text between them, the part of regular
// expressions that most label matchers are made of.
//
//   ParseGlobs("(eu|us)-.*")  ->  "eu-" gap "", "us-" gap ""
//   ParseGlobs("a[12]|b")     ->  "a1", "a2", "b"
//
// Comparing text is several times faster than an automaton, and says which
// values of a sorted index can match at all.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tidemark::tsdb {

// One literal more than gaps; the outer ones may be empty.
struct Glob {
  std::vector<std::string> literals = {""};
  std::vector<uint8_t> gaps;  // least characters: 0 for `.*`, 1 for `.+`

  bool is_literal() const { return gaps.empty(); }
  // Of the whole of `value`, which must be UTF-8.
  bool Matches(std::string_view value) const;
};

// The expression as alternatives, any of which matches the whole of a value
// when the expression does; nothing when it says more than globs can (classes
// but the smallest, repetitions, flags …), or in too many alternatives.  What is
// returned, re2 takes too, provided that it is valid UTF-8.
std::optional<std::vector<Glob>> ParseGlobs(std::string_view expression);

}  // namespace tidemark::tsdb
