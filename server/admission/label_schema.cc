#include "server/admission/label_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "server/admission/card_number.h"
#include "server/mask_digits.h"

namespace tidemark::server {
namespace {

constexpr std::string_view kAlwaysAllowed[] = {"__name__", "le", "quantile"};

bool Matches(const Pattern& pattern, std::string_view text) {
  return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *pattern);
}

std::string_view ValueOf(std::span<const proto::LabelView> labels, std::string_view name) {
  for (const proto::LabelView& l : labels) {
    if (l.name == name) return l.value;
  }
  return {};
}

bool IsAlwaysAllowed(std::string_view name) {
  return std::count(std::begin(kAlwaysAllowed), std::end(kAlwaysAllowed), name) > 0;
}

std::optional<Refusal> FaultOfValue(const SchemaRule& rule, const proto::LabelView& label) {
  if (rule.max_value_bytes > 0 && label.value.size() > rule.max_value_bytes) {
    return Refusal::kValueTooLong;
  }
  const auto found = rule.values.find(label.name);
  if (found == rule.values.end()) return std::nullopt;
  const SchemaRule::Values& values = found->second;
  const bool listed = values.list.empty() || values.list.contains(label.value);
  const bool matches = values.pattern == nullptr || Matches(values.pattern, label.value);
  if (listed && matches) return std::nullopt;
  return Refusal::kValueNotAllowed;
}

std::optional<Refusal> FaultOf(const SchemaRule& rule, const proto::LabelView& label) {
  if (rule.deny_card_numbers && (HasCardNumber(label.value) || HasCardNumber(label.name))) {
    return Refusal::kCardNumber;
  }
  if (std::any_of(rule.deny_values.begin(), rule.deny_values.end(),
                  [&](const Pattern& deny) { return Matches(deny, label.value); })) {
    return Refusal::kValueDenied;
  }
  if (rule.allowed_labels && !IsAlwaysAllowed(label.name) &&
      !rule.allowed_labels->contains(label.name)) {
    return Refusal::kLabelNotAllowed;
  }
  return FaultOfValue(rule, label);
}

// Values are never told: the example of the answer has them, masked.
SeriesRefusal Told(const SchemaRule& rule, Refusal reason, std::string_view label) {
  std::string detail =
      fmt::format("label {}, rule {}", MaskDigits(label), MaskDigits(rule.metric->pattern()));
  return {reason, std::string(label), std::move(detail), rule.observe};
}

std::optional<SeriesRefusal> CheckRule(const SchemaRule& rule,
                                       std::span<const proto::LabelView> labels) {
  for (const proto::LabelView& label : labels) {
    if (label.value.empty()) continue;  // the same as absent
    if (const auto fault = FaultOf(rule, label)) return Told(rule, *fault, label.name);
  }
  for (const std::string& required : rule.required_labels) {
    if (ValueOf(labels, required).empty()) return Told(rule, Refusal::kLabelMissing, required);
  }
  return std::nullopt;
}

}  // namespace

size_t LabelSchema::rules() const {
  size_t rules = common_.size();
  for (const auto& [tenant, of_tenant] : tenants_) rules += of_tenant.size();
  return rules;
}

std::optional<SeriesRefusal> LabelSchema::Check(std::string_view tenant,
                                                std::span<const proto::LabelView> labels) const {
  const auto found = tenants_.find(tenant);
  const std::string_view metric = ValueOf(labels, "__name__");
  for (const SchemaRule& rule : found == tenants_.end() ? common_ : found->second) {
    if (Matches(rule.metric, metric)) return CheckRule(rule, labels);
  }
  return std::nullopt;
}

}  // namespace tidemark::server
