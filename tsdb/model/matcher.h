// Matcher: one condition on a label: name, operator, value.
//
//   ASSIGN_OR_RETURN(Matcher m, Matcher::Make(Matcher::Op::kRegex, "region", "eu-.*"));
//   m.Matches("eu-west-1");   // true
//
// A label that a series does not have counts as "".  Regular expressions are
// re2's, anchored at both ends, and `.` matches newlines, as in Prometheus; what
// is a set of literals, or literals with gaps (tsdb/model/glob.h), is compared
// without re2.  Values are UTF-8.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tsdb/base/status.h"

namespace tidemark::tsdb {

// What is known of a regular expression; see matcher.cc.
class ValuePattern;

// Threads: immutable, any number of readers.
class Matcher {
 public:
  enum class Op { kEqual, kNotEqual, kRegex, kNotRegex };

  // kInvalidArgument  the value is not a regular expression that re2 takes
  static StatusOr<Matcher> Make(Op op, std::string_view name, std::string_view value);
  static Matcher Equal(std::string_view name, std::string_view value);

  bool Matches(std::string_view value) const;
  bool MatchesEmpty() const { return Matches(""); }

  Op op() const { return op_; }
  const std::string& name() const { return name_; }
  const std::string& value() const { return value_; }

  // The values that `value()` stands for, sorted and unique, when they are a set
  // of literals: one for kEqual and kNotEqual, `a` and `b` for "a|b".  Null
  // otherwise.  A negative operator matches all values but these.
  const std::vector<std::string>* literals() const;
  // All values that the expression matches lie within [low, high]; `high` null:
  // no end is known.  For an index, whose values are sorted.
  struct Bounds {
    std::string_view low;
    const std::string* high = nullptr;
  };
  Bounds bounds() const;

  // name=~"value"; the name in quotes where it is no identifier.
  std::string ToString() const;

  bool operator==(const Matcher& other) const {
    return op_ == other.op_ && name_ == other.name_ && value_ == other.value_;
  }

 private:
  Matcher(Op op, std::string_view name, std::string_view value,
          std::shared_ptr<const ValuePattern> pattern)
      : op_(op), name_(name), value_(value), pattern_(std::move(pattern)) {}

  Op op_;
  std::string name_;
  std::string value_;
  std::shared_ptr<const ValuePattern> pattern_;
};

}  // namespace tidemark::tsdb
