// Annotations: warnings and infos that come with an answer, without repeats.
//
// Texts are Prometheus' (util/annotations; ours are made by annotation_text.h),
// with the position of the expression they are about:
// `PromQL warning: … (1:15)`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "promql/parser/ast.h"

namespace tidemark::promql {

struct Annotation {
  enum class Level { kWarning, kInfo } level = Level::kWarning;
  std::string text;      // "PromQL warning: …" or "PromQL info: …", without position
  bool counted = false;  // how often it was met is told, too
};

// How far histogram_quantile had to mend a classic histogram, at one step or,
// merged, at many.
struct ForcedMonotonicity {
  int64_t min_t = 0;  // milliseconds
  int64_t max_t = 0;
  double min_bucket = 0;  // upper bounds of the buckets that were mended
  double max_bucket = 0;
  double max_diff = 0;
  uint64_t samples = 1;
};

// Threads: one.
class Annotations {
 public:
  // Of a text met at several positions the outermost is kept, or the last one of
  // those side by side.
  void Add(const Annotation& annotation, PositionRange pos);
  // `text` without its position, e.g. "PromQL info: metric might not be a
  // counter, name does not end in _total/_sum/_count/_bucket: \"x\"".
  void AddWarning(std::string_view text, PositionRange pos);
  void AddInfo(std::string_view text, PositionRange pos);
  // An info whose details are merged with those it was added with before.
  void AddForcedMonotonicity(std::string_view text, PositionRange pos,
                             const ForcedMonotonicity& details);
  void Merge(const Annotations& other);
  bool empty() const { return warnings_.empty() && infos_.empty() && monotonicity_.empty(); }

  // In text order, with " (line:column)" of `query`; at most `limit` each
  // (0: all), then "N more … annotations omitted" as Prometheus says it.
  std::vector<std::string> Warnings(std::string_view query, size_t limit) const;
  std::vector<std::string> Infos(std::string_view query, size_t limit) const;

 private:
  struct Monotonicity {
    PositionRange pos;
    ForcedMonotonicity details;
  };
  struct Place {
    PositionRange pos;
    uint64_t count = 0;  // 0: not counted
  };
  using Texts = std::map<std::string, Place, std::less<>>;

  static void AddTo(Texts& texts, std::string_view text, Place place);
  static std::vector<std::string> Listed(const Texts& texts, std::string_view query);

  Texts warnings_;
  Texts infos_;
  std::map<std::string, Monotonicity, std::less<>> monotonicity_;
};

}  // namespace tidemark::promql
