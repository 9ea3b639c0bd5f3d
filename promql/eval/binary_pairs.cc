#include "promql/eval/binary_pairs.h"

#include <absl/container/flat_hash_map.h>

#include <string>
#include <utility>

#include "promql/eval/binary_element.h"
#include "promql/eval/metadata_labels.h"

namespace tidemark::promql {
namespace {

using tsdb::Labels;

class PairMaker {
 public:
  PairMaker(const BinaryExpr& expr, std::span<const Labels> many, std::span<const Labels> one,
            const Signatures& signatures, bool delayed)
      : expr_(expr),
        delayed_(delayed),
        matching_(*expr.matching),
        many_(many),
        one_(one),
        signatures_(signatures),
        one_of_(signatures.count) {
    for (uint32_t i = 0; i < one.size(); ++i) one_of_[signatures.rhs[i]].push_back(i);
  }

  Pairs Make() && {
    for (uint32_t i = 0; i < many_.size(); ++i) AddMany(i);
    if (matching_.fill_left.has_value()) {
      for (uint32_t i = 0; i < one_.size(); ++i) {
        const Labels filled = MatchLabels(one_[i], matching_);
        Add({Pair::kFill, i, signatures_.rhs[i]}, ResultLabels(filled, one_[i]));
      }
    }
    FindRivals();
    return std::move(result_);
  }

 private:
  void AddMany(uint32_t i) {
    const uint32_t signature = signatures_.lhs[i];
    const std::vector<uint32_t>& ones = one_of_[signature];
    const bool fill = matching_.fill_right.has_value();
    if (matching_.include.empty()) {
      if (ones.empty() && !fill) return;
      Add({i, Pair::kAnyOrFill, signature}, ResultLabels(many_[i], {}));
      return;
    }
    for (uint32_t one : ones) Add({i, one, signature}, ResultLabels(many_[i], one_[one]));
    if (fill) {
      const Labels filled = MatchLabels(many_[i], matching_);
      Add({i, Pair::kFill, signature}, ResultLabels(many_[i], filled));
    }
  }

  void Add(Pair pair, Labels labels) {
    result_.pairs.push_back(pair);
    result_.labels.push_back(std::move(labels));
  }

  Labels ResultLabels(const Labels& many, const Labels& one) const {
    const bool changes = ChangesMetric(expr_.op) || (expr_.return_bool && !delayed_);
    Labels labels = changes ? DropMetadataLabels(many) : Unmarked(many);
    if (matching_.card == MatchCardinality::kOneToOne) {
      labels = matching_.on ? labels.Keep(matching_.labels) : labels.Drop(matching_.labels);
    }
    for (const std::string& name : matching_.include) labels = labels.With(name, one.Get(name));
    return expr_.return_bool && delayed_ ? Marked(labels) : labels;
  }

  // Of one-to-one a signature may have one result per step; else those of a
  // signature must differ in their labels.
  void FindRivals() {
    using Key = std::pair<uint32_t, Labels>;
    const bool one_to_one = matching_.card == MatchCardinality::kOneToOne;
    absl::flat_hash_map<Key, uint32_t> first;
    for (uint32_t i = 0; i < result_.pairs.size(); ++i) {
      Pair& pair = result_.pairs[i];
      if (pair.many == Pair::kFill) continue;  // comes only where there is no other
      Key key{pair.signature, one_to_one ? Labels() : result_.labels[i]};
      const auto [it, added] = first.try_emplace(std::move(key), i);
      if (added) continue;
      uint32_t& rivals = result_.pairs[it->second].rivals;
      if (rivals == Pair::kNoRivals) rivals = result_.rivals++;
      pair.rivals = rivals;
    }
  }

  const BinaryExpr& expr_;
  const bool delayed_;  // name removal
  const VectorMatching& matching_;
  const std::span<const Labels> many_;
  const std::span<const Labels> one_;
  const Signatures& signatures_;
  std::vector<std::vector<uint32_t>> one_of_;  // series of the one side by signature
  Pairs result_;
};

}  // namespace

Pairs MakePairs(const BinaryExpr& expr, std::span<const Labels> many, std::span<const Labels> one,
                const Signatures& signatures, bool delayed_name_removal) {
  return PairMaker(expr, many, one, signatures, delayed_name_removal).Make();
}

}  // namespace tidemark::promql
