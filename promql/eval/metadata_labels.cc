#include "promql/eval/metadata_labels.h"

#include <string>
#include <vector>

namespace tidemark::promql {

using tsdb::Labels;

Labels DropMetadataLabels(const Labels& labels) {
  static const std::vector<std::string> kNames = {std::string(tsdb::kMetricName), "__type__",
                                                  "__unit__", std::string(kDropMark)};
  return labels.Drop(kNames);
}

Labels DropMetadataLabels(const EvalContext& context, const Labels& labels) {
  return context.options.delayed_name_removal ? Marked(labels) : DropMetadataLabels(labels);
}

Labels Marked(const Labels& labels) { return labels.With(kDropMark, "1"); }

Labels Unmarked(const Labels& labels) {
  return IsMarked(labels) ? labels.With(kDropMark, "") : labels;
}

Labels ApplyMark(const Labels& labels) {
  return IsMarked(labels) ? DropMetadataLabels(labels) : labels;
}

}  // namespace tidemark::promql
