// Any bytes as the body of a remote-write 2.0 request, or as a zstd frame around
// one: what references stand for must be labels that read again, within the bound.
#include <cstdlib>
#include <string>

#include "proto/remote_write.h"
#include "proto/remote_write_v2.h"
#include "proto/zstd.h"

namespace {

using namespace tidemark::proto;

constexpr size_t kMaxWritten = 1 << 16;

void Read(std::string_view body) {
  WriteRequestV2Reader reader(body, kMaxWritten);
  std::vector<LabelView> labels;
  size_t series = 0;
  size_t written = 0;
  while (reader.Next()) {
    if (++series > body.size()) std::abort();
    const std::string_view raw = reader.series().raw_labels;
    if (!raw.empty() && !reader.labels_fault().empty()) std::abort();
    written += raw.size();
    ReadLabels(raw, labels);
    size_t bytes = 0;
    for (const LabelView& l : labels) bytes += l.name.size() + l.value.size();
    if (bytes > raw.size()) std::abort();
    for (const ExemplarView& e : reader.series().exemplars) {
      if (!e.fault.empty() && !e.labels.empty()) std::abort();
    }
  }
  if (written > kMaxWritten) std::abort();
  if (reader.status().ok() != reader.status().message().empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Read(bytes);
  std::string decoded;
  if (ZstdDecode(bytes, 1 << 20, decoded).ok()) {
    if (decoded.size() > 1 << 20) std::abort();
    Read(decoded);
  }
  return 0;
}
