// Any bytes as the body of a remote-write request, compressed or (so that a
// fuzzer need not learn snappy first) already decoded: every view that comes
// out must lie inside the body.
#include <cstdlib>
#include <string>

#include "proto/remote_write.h"
#include "proto/snappy.h"

namespace {

using namespace tidemark::proto;

void Inside(std::string_view part, std::string_view body) {
  if (part.empty()) return;
  if (part.data() < body.data() || part.data() + part.size() > body.data() + body.size()) {
    std::abort();
  }
}

void Inside(const std::vector<LabelView>& labels, std::string_view body) {
  for (const LabelView& l : labels) {
    Inside(l.name, body);
    Inside(l.value, body);
  }
}

void Read(std::string_view body, LabelMode mode) {
  WriteRequestReader reader(body, mode);
  std::vector<LabelView> labels;
  size_t items = 0;
  for (;;) {
    const auto item = reader.Next();
    if (item == WriteRequestReader::Item::kEnd) break;
    if (++items > body.size()) std::abort();
    Inside(reader.metadata().help, body);
    Inside(reader.series().raw_labels, body);
    Inside(reader.series().labels, body);
    ReadLabels(reader.series().raw_labels, labels);
    Inside(labels, body);
    if (!reader.series().raw_labels.empty() && !reader.series().labels.empty() &&
        labels != reader.series().labels) {
      std::abort();
    }
    for (const ExemplarView& e : reader.series().exemplars) Inside(e.labels, body);
  }
  if (reader.status().ok() != reader.status().message().empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Read(bytes, LabelMode::kViews);
  Read(bytes, LabelMode::kRaw);
  std::string decoded;
  if (SnappyDecode(bytes, 1 << 20, decoded).ok()) Read(decoded, LabelMode::kRaw);
  return 0;
}
