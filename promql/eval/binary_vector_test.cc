// Binary operators between vectors against matching each step with plain loops.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "promql/testing/query_harness.h"
#include "promql/testing/random_vectors.h"

namespace tidemark::promql {
namespace {

using tsdb::Labels;

struct Case {
  std::string op;
  bool returns_bool = false;
  VectorMatching matching;

  bool is_set() const { return op == "and" || op == "or" || op == "unless"; }
  bool filters() const { return (op == "<" || op == "==") && !returns_bool; }
  bool groups() const { return matching.card != MatchCardinality::kOneToOne; }

  std::string Text() const {
    std::string text =
        fmt::format("l {}{} {}({})", op, returns_bool ? " bool" : "",
                    matching.on ? "on" : "ignoring", fmt::join(matching.labels, ","));
    if (groups()) {
      const bool left = matching.card == MatchCardinality::kManyToOne;
      text +=
          fmt::format(" group_{}({})", left ? "left" : "right", fmt::join(matching.include, ","));
    }
    if (matching.fill_left.has_value()) text += fmt::format(" fill_left({})", *matching.fill_left);
    if (matching.fill_right.has_value()) {
      text += fmt::format(" fill_right({})", *matching.fill_right);
    }
    return text + " r";
  }
};

Case RandomCase(std::mt19937_64& random) {
  constexpr const char* kOps[] = {"+", "-", "*", "<", "==", "and", "or", "unless"};
  Case c;
  c.op = kOps[random() % std::size(kOps)];
  c.returns_bool = (c.op == "<" || c.op == "==") && random() % 2 == 0;
  c.matching.on = random() % 2 == 0;
  if (random() % 2 == 0) c.matching.labels.push_back("x");
  if (random() % 2 == 0) c.matching.labels.push_back("y");
  if (c.is_set()) return c;
  c.matching.card = static_cast<MatchCardinality>(random() % 3);
  const bool y_is_free = !c.matching.on || c.matching.labels.empty();
  if (c.groups() && y_is_free && random() % 2 == 0) c.matching.include.push_back("y");
  if (random() % 4 == 0) c.matching.fill_left = 1;
  if (random() % 4 == 0) c.matching.fill_right = 2;
  return c;
}

// The operators at one step; nothing: an error.
class PlainOperator {
 public:
  explicit PlainOperator(const Case& c) : c_(c) {}

  std::optional<PlainVector> Apply(const PlainVector& l, const PlainVector& r) {
    if (c_.is_set()) return ApplySet(l, r);
    const bool fills = c_.matching.fill_left.has_value() || c_.matching.fill_right.has_value();
    if ((l.empty() || r.empty()) && !fills) return PlainVector();
    const bool swapped = c_.matching.card == MatchCardinality::kOneToMany;
    const PlainVector& many = swapped ? r : l;
    const PlainVector& one = swapped ? l : r;
    std::map<Labels, std::pair<Labels, double>> one_of;
    for (const auto& sample : one) {
      if (!one_of.emplace(Signature(sample.first), sample).second) return std::nullopt;
    }
    for (const auto& sample : many) {
      const Labels signature = Signature(sample.first);
      const auto it = one_of.find(signature);
      if (it != one_of.end()) {
        Meet(sample, it->second, swapped);
      } else if (c_.matching.fill_right.has_value()) {
        Meet(sample, {signature, *c_.matching.fill_right}, swapped);
      }
    }
    for (const auto& [signature, sample] : one_of) {
      if (!c_.matching.fill_left.has_value() || met_.count(signature) > 0) continue;
      Meet({signature, *c_.matching.fill_left}, sample, swapped);
    }
    return failed_ ? std::nullopt : std::make_optional(out_);
  }

 private:
  using Sample = std::pair<Labels, double>;

  Labels Signature(const Labels& labels) const {
    return c_.matching.on ? labels.Keep(c_.matching.labels)
                          : labels.DropMetricName().Drop(c_.matching.labels);
  }

  PlainVector ApplySet(const PlainVector& l, const PlainVector& r) const {
    std::set<Labels> left, right;
    for (const auto& [labels, v] : l) left.insert(Signature(labels));
    for (const auto& [labels, v] : r) right.insert(Signature(labels));
    PlainVector out;
    for (const auto& [labels, v] : l) {
      if (c_.op == "or" || (c_.op == "and") == (right.count(Signature(labels)) > 0))
        out[labels] = v;
    }
    for (const auto& [labels, v] : r) {
      if (c_.op == "or" && left.count(Signature(labels)) == 0) out[labels] = v;
    }
    return out;
  }

  void Meet(const Sample& many, const Sample& one, bool swapped) {
    const double l = swapped ? one.second : many.second;
    const double r = swapped ? many.second : one.second;
    double v = 0;
    bool holds = true;
    if (c_.op == "+") v = l + r;
    if (c_.op == "-") v = l - r;
    if (c_.op == "*") v = l * r;
    if (c_.op == "<") holds = l < r;
    if (c_.op == "==") holds = l == r;
    if (c_.op == "<" || c_.op == "==") v = c_.returns_bool ? holds : l;

    Labels labels = c_.filters() ? many.first : many.first.DropMetricName();
    if (!c_.groups()) {
      labels = c_.matching.on ? labels.Keep(c_.matching.labels) : labels.Drop(c_.matching.labels);
    }
    for (const std::string& name : c_.matching.include) {
      labels = labels.With(name, one.first.Get(name));
    }
    const Labels signature = Signature(many.first);
    met_.insert(signature);
    failed_ |= !results_.insert({signature, c_.groups() ? labels : Labels()}).second;
    if (!holds && c_.filters()) return;
    failed_ |= !out_.emplace(labels, v).second;
  }

  const Case& c_;
  PlainVector out_;
  std::set<Labels> met_;
  std::set<std::pair<Labels, Labels>> results_;  // by signature
  bool failed_ = false;
};

TEST(BinaryVector, AgreesWithMatchingEachStep) {
  constexpr size_t kSteps = 4;
  std::mt19937_64 random(20260131);
  int answered = 0;
  for (int round = 0; round < 4000; ++round) {
    const Case c = RandomCase(random);
    SCOPED_TRACE(fmt::format("round {}: {}", round, c.Text()));
    const PlainSteps l = RandomVectors(random, "l", kSteps);
    const PlainSteps r = RandomVectors(random, "r", kSteps);
    std::optional<PlainSteps> want = PlainSteps();
    for (size_t step = 0; step < kSteps && want.has_value(); ++step) {
      std::optional<PlainVector> at = PlainOperator(c).Apply(l[step], r[step]);
      if (at.has_value()) {
        want->push_back(*std::move(at));
      } else {
        want.reset();
      }
    }
    QueryHarness q;
    Load(l, q.storage);
    Load(r, q.storage);
    const StatusOr<QueryResult> got = q.Execute({.expr = c.Text(),
                                                 .start = 0,
                                                 .end = (kSteps - 1) * kPlainStepMs,
                                                 .step_ms = kPlainStepMs,
                                                 .lookback_delta_ms = 1});
    ASSERT_EQ(got.ok(), want.has_value()) << got.status();
    if (!got.ok()) continue;
    ASSERT_EQ(ToPlain(std::get<Matrix>(got->value), kSteps), *want);
    ++answered;
  }
  EXPECT_GT(answered, 1000) << "too many cases end in an error to say much";
}

}  // namespace
}  // namespace tidemark::promql
