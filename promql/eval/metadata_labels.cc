#include "promql/eval/metadata_labels.h"

#include <string>
#include <vector>

namespace tidemark::promql {

tsdb::Labels DropMetadataLabels(const tsdb::Labels& labels) {
  static const std::vector<std::string> kNames = {std::string(tsdb::kMetricName), "__type__",
                                                  "__unit__"};
  return labels.Drop(kNames);
}

}  // namespace tidemark::promql
