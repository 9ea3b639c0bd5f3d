#include "promql/script/value_text.h"

#include <fmt/format.h>

#include <string_view>

#include "tsdb/base/go_float.h"
#include "tsdb/base/quote.h"

namespace tidemark::promql {
namespace {

std::string AtText(int64_t t) { return GoFloat(static_cast<double>(t) / 1000); }

struct Texts {
  std::string operator()(const Scalar& scalar) const { return GoFloat(scalar.v) + "\n"; }
  std::string operator()(const String& string) const { return Quoted(string.v) + "\n"; }

  std::string operator()(const Vector& vector) const {
    std::string out;
    for (const Series& s : vector.series) {
      const std::string value =
          s.floats.empty() ? s.histograms[0].h.ToString() : GoFloat(s.floats[0].v);
      out += fmt::format("{} {}\n", s.labels.ToString(), value);
    }
    return out;
  }

  std::string operator()(const Matrix& matrix) const {
    std::string out;
    for (const Series& s : matrix.series) {
      out += s.labels.ToString();
      for (const tsdb::Sample& f : s.floats) {
        out += fmt::format(" {}@{}", GoFloat(f.v), AtText(f.t));
      }
      for (const tsdb::HistogramSample& h : s.histograms) {
        out += fmt::format(" {}@{}", h.h.ToString(), AtText(h.t));
      }
      out += "\n";
    }
    return out;
  }
};

}  // namespace

std::string ValueText(const Value& value) { return std::visit(Texts(), value); }

}  // namespace tidemark::promql
