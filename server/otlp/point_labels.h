// PointLabels: the labels of a data point, from its attributes and those of its
// resource and scope, by the rules of Prometheus' OTLP endpoint.
//
//   labels.SetResource(resource);
//   labels.SetScope(scope, schema_url);
//   RETURN_IF_ERROR(labels.SetPoint(point.attributes()));
//   labels.Named("http_requests_total");   // sorted, with __name__, job, instance …
//
// In later ones' favour: promoted attributes of the resource, attributes of the
// point, `job` (service.namespace/service.name) and `instance`
// (service.instance.id), the scope's, name and extra label of Named.  Attributes
// whose names become the same are joined with ';'.
//
// Threads: one.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proto/otlp.pb.h"
#include "proto/views.h"
#include "server/otlp/otlp_translation.h"
#include "tsdb/base/status.h"

namespace tidemark::server {

class PointLabels {
 public:
  using Attributes = google::protobuf::RepeatedPtrField<proto::otlp::KeyValue>;

  explicit PointLabels(const PointLabelOptions& options) : options_(options) {}

  //   kInvalidArgument  a name of which nothing is left; nothing of the resource,
  //                     the scope or the point can then be named
  Status SetResource(const proto::otlp::Resource& resource);
  Status SetScope(const proto::otlp::Scope& scope, std::string_view schema_url);
  Status SetPoint(const Attributes& attributes);

  // Labels of the point for this metric; valid until the next call of anything.
  std::span<const proto::LabelView> Named(std::string_view metric, std::string_view extra_name = {},
                                          std::string_view extra_value = {});

  // Makes the "point" the resource itself, for target_info.  False when that
  // would say nothing: no attributes but those of job and instance, or neither.
  StatusOr<bool> SetTargetInfo(const proto::otlp::Resource& resource);

 private:
  using LabelMap = std::map<std::string, std::string, std::less<>>;

  Status AddAttributes(const Attributes& attributes, bool identifying, LabelMap& out) const;
  Status Promote(const proto::otlp::Resource& resource);
  void AddTarget(LabelMap& out) const;

  const PointLabelOptions& options_;
  std::string job_;
  std::string instance_;
  LabelMap promoted_;
  LabelMap scope_;
  LabelMap point_;
  std::vector<proto::LabelView> views_;
};

}  // namespace tidemark::server
