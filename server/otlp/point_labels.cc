#include "server/otlp/point_labels.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/otlp/attribute_text.h"
#include "tsdb/model/labels.h"

namespace tidemark::server {
namespace {

constexpr std::string_view kServiceName = "service.name";
constexpr std::string_view kServiceNamespace = "service.namespace";
constexpr std::string_view kServiceInstance = "service.instance.id";

bool IsIdentifying(std::string_view key) {
  return key == kServiceName || key == kServiceNamespace || key == kServiceInstance;
}

const proto::otlp::AnyValue* Find(const PointLabels::Attributes& attributes, std::string_view key) {
  for (const proto::otlp::KeyValue& one : attributes) {
    if (one.key() == key) return &one.value();
  }
  return nullptr;
}

}  // namespace

Status PointLabels::SetResource(const proto::otlp::Resource& resource) {
  job_.clear();
  instance_.clear();
  if (const auto* name = Find(resource.attributes(), kServiceName)) {
    job_ = AttributeText(*name);
    if (const auto* space = Find(resource.attributes(), kServiceNamespace)) {
      job_ = AttributeText(*space) + "/" + job_;
    }
  }
  if (const auto* instance = Find(resource.attributes(), kServiceInstance)) {
    instance_ = AttributeText(*instance);
  }
  return Promote(resource);
}

Status PointLabels::Promote(const proto::otlp::Resource& resource) {
  promoted_.clear();
  const std::vector<std::string>& chosen = options_.promoted;
  for (const proto::otlp::KeyValue& one : resource.attributes()) {
    const bool listed = std::find(chosen.begin(), chosen.end(), one.key()) != chosen.end();
    if (!listed && !options_.promote_all) continue;
    ASSIGN_OR_RETURN(std::string name, TranslateLabelName(one.key(), options_.translation));
    promoted_[std::move(name)] = AttributeText(one.value());
  }
  return OkStatus();
}

Status PointLabels::SetScope(const proto::otlp::Scope& scope, std::string_view schema_url) {
  scope_.clear();
  if (!options_.promote_scope || scope.name().empty()) return OkStatus();
  for (const proto::otlp::KeyValue& one : scope.attributes()) {
    ASSIGN_OR_RETURN(std::string name, TranslateLabelName(fmt::format("otel_scope_{}", one.key()),
                                                          options_.translation));
    scope_[std::move(name)] = AttributeText(one.value());
  }
  scope_["otel_scope_name"] = scope.name();
  scope_["otel_scope_version"] = scope.version();
  scope_["otel_scope_schema_url"] = schema_url;
  return OkStatus();
}

// In the order of the keys, so that joined values have one order, too.
Status PointLabels::AddAttributes(const Attributes& attributes, bool identifying,
                                  LabelMap& out) const {
  std::vector<const proto::otlp::KeyValue*> sorted;
  for (const proto::otlp::KeyValue& one : attributes) {
    if (one.key() != tsdb::kMetricName && (identifying || !IsIdentifying(one.key()))) {
      sorted.push_back(&one);
    }
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto* a, const auto* b) { return a->key() < b->key(); });
  for (const proto::otlp::KeyValue* one : sorted) {
    ASSIGN_OR_RETURN(std::string name, TranslateLabelName(one->key(), options_.translation));
    std::string& value = out[std::move(name)];
    if (value.empty() || !options_.translation.escape) {
      value = AttributeText(one->value());
    } else {
      value += ";" + AttributeText(one->value());
    }
  }
  return OkStatus();
}

void PointLabels::AddTarget(LabelMap& out) const {
  if (!job_.empty()) out["job"] = job_;
  if (!instance_.empty()) out["instance"] = instance_;
}

Status PointLabels::SetPoint(const Attributes& attributes) {
  point_.clear();
  RETURN_IF_ERROR(AddAttributes(attributes, /*identifying=*/true, point_));
  for (const auto& [name, value] : promoted_) {
    std::string& own = point_[name];
    if (own.empty()) own = value;
  }
  AddTarget(point_);
  for (const auto& [name, value] : scope_) point_[name] = value;
  return OkStatus();
}

StatusOr<bool> PointLabels::SetTargetInfo(const proto::otlp::Resource& resource) {
  const bool says_more = std::any_of(resource.attributes().begin(), resource.attributes().end(),
                                     [](const auto& one) { return !IsIdentifying(one.key()); });
  if (!says_more || (job_.empty() && instance_.empty())) return false;
  point_.clear();
  RETURN_IF_ERROR(AddAttributes(resource.attributes(), options_.keep_identifying, point_));
  AddTarget(point_);
  return true;
}

std::span<const proto::LabelView> PointLabels::Named(std::string_view metric,
                                                     std::string_view extra_name,
                                                     std::string_view extra_value) {
  views_.clear();
  for (const auto& [name, value] : point_) {
    if (!value.empty() && name != tsdb::kMetricName && name != extra_name) {
      views_.push_back({name, value});
    }
  }
  if (!metric.empty()) views_.push_back({tsdb::kMetricName, metric});
  if (!extra_name.empty()) views_.push_back({extra_name, extra_value});
  std::sort(views_.begin(), views_.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return views_;
}

}  // namespace tidemark::server
