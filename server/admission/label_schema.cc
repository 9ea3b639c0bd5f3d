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

std::optional<Refusal> DenialOf(const SchemaRule& rule, const proto::LabelView& label) {
  if (rule.deny_card_numbers && (HasCardNumber(label.value) || HasCardNumber(label.name))) {
    return Refusal::kCardNumber;
  }
  if (std::any_of(rule.deny_values.begin(), rule.deny_values.end(),
                  [&](const Pattern& deny) { return Matches(deny, label.value); })) {
    return Refusal::kValueDenied;
  }
  return std::nullopt;
}

std::optional<Refusal> FaultOf(const SchemaRule& rule, const proto::LabelView& label) {
  if (const auto denial = DenialOf(rule, label)) return denial;
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
  bool folds = false;
  for (const proto::LabelView& label : labels) {
    if (label.value.empty()) continue;  // the same as absent
    if (rule.fold != nullptr && rule.fold->Drops(label.name)) {
      folds = true;
      continue;  // its value is not kept
    }
    if (const auto fault = FaultOf(rule, label)) return Told(rule, *fault, label.name);
  }
  for (const std::string& required : rule.required_labels) {
    if (ValueOf(labels, required).empty()) return Told(rule, Refusal::kLabelMissing, required);
  }
  if (rule.fold == nullptr) return std::nullopt;
  SeriesRefusal folded;
  folded.fold = rule.fold;
  folded.only_if_owned = !folds;
  return folded;
}

}  // namespace

size_t LabelSchema::rules() const {
  size_t rules = common_.list.size();
  for (const auto& [tenant, of_tenant] : tenants_) rules += of_tenant.list.size();
  return rules;
}

const SchemaRule* LabelSchema::Rules::Find(std::string_view metric) const {
  std::vector<int> matching;
  RE2::Set::ErrorInfo error = {RE2::Set::kNoError};
  if (metrics != nullptr &&
      metrics->Match(re2::StringPiece(metric.data(), metric.size()), &matching, &error)) {
    return &list[static_cast<size_t>(*std::min_element(matching.begin(), matching.end()))];
  }
  if (metrics != nullptr && error.kind == RE2::Set::kNoError) return nullptr;
  const auto found = std::find_if(list.begin(), list.end(), [&](const SchemaRule& rule) {
    return Matches(rule.metric, metric);
  });
  return found == list.end() ? nullptr : &*found;
}

const SchemaRule* LabelSchema::Find(std::string_view tenant,
                                    std::span<const proto::LabelView> series) const {
  const auto found = tenants_.find(tenant);
  const Rules& rules = found == tenants_.end() ? common_ : found->second;
  return rules.Find(ValueOf(series, "__name__"));
}

std::optional<SeriesRefusal> LabelSchema::Check(std::string_view tenant,
                                                std::span<const proto::LabelView> labels) const {
  const SchemaRule* const rule = Find(tenant, labels);
  return rule == nullptr ? std::nullopt : CheckRule(*rule, labels);
}

std::optional<SeriesRefusal> LabelSchema::CheckExemplar(
    std::string_view tenant, std::span<const proto::LabelView> series,
    std::span<const proto::LabelView> labels) const {
  const SchemaRule* const rule = Find(tenant, series);
  if (rule == nullptr) return std::nullopt;
  for (const proto::LabelView& label : labels) {
    if (const auto denial = DenialOf(*rule, label)) return Told(*rule, *denial, label.name);
  }
  return std::nullopt;
}

}  // namespace tidemark::server
