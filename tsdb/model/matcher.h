// Matcher: one condition on a label: name, operator, value.
//
//   ASSIGN_OR_RETURN(Matcher m, Matcher::Make(Matcher::Op::kRegex, "region", "eu-.*"));
//   m.Matches("eu-west-1");   // true
//
// A label that a series does not have counts as "".  Regular expressions are
// re2's, anchored at both ends, and `.` matches newlines, as in Prometheus.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "tsdb/base/status.h"

namespace re2 {
class RE2;
}

namespace tidemark::tsdb {

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

  // name=~"value"; the name in quotes where it is no identifier.
  std::string ToString() const;

  bool operator==(const Matcher& other) const {
    return op_ == other.op_ && name_ == other.name_ && value_ == other.value_;
  }

 private:
  Matcher(Op op, std::string_view name, std::string_view value)
      : op_(op), name_(name), value_(value) {}

  Op op_;
  std::string name_;
  std::string value_;
  std::shared_ptr<const re2::RE2> regex_;  // for kRegex and kNotRegex
};

}  // namespace tidemark::tsdb
