// Annotations: warnings and infos that come with an answer, without repeats.
//
// Texts are Prometheus' (util/annotations), with the position of the
// expression they are about: `PromQL warning: … (1:15)`.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "promql/parser/ast.h"

namespace tidemark::promql {

// Threads: one.
class Annotations {
 public:
  // `text` without its position, e.g. "PromQL info: metric might not be a
  // counter, name does not end in _total/_sum/_count/_bucket: \"x\"".
  void AddWarning(std::string_view text, PositionRange pos);
  void AddInfo(std::string_view text, PositionRange pos);
  void Merge(const Annotations& other);
  bool empty() const { return warnings_.empty() && infos_.empty(); }

  // In text order, with " (line:column)" of `query`; at most `limit` each
  // (0: all), then "N more …" as Prometheus says it.
  std::vector<std::string> Warnings(std::string_view query, size_t limit) const;
  std::vector<std::string> Infos(std::string_view query, size_t limit) const;

 private:
  // Text to the first position it was met at.
  std::map<std::string, PositionRange, std::less<>> warnings_;
  std::map<std::string, PositionRange, std::less<>> infos_;
};

}  // namespace tidemark::promql
