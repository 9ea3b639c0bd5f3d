#include "tsdb/store/meta_records.h"

#include <utility>

#include "tsdb/base/coding.h"
#include "tsdb/base/varint.h"

namespace tidemark::tsdb {

std::string EncodeExemplar(const Exemplar& exemplar) {
  std::string out;
  AppendDouble(out, exemplar.value);
  out += exemplar.labels.packed();
  return out;
}

StatusOr<Exemplar> DecodeExemplar(int64_t t, std::string_view bytes) {
  Exemplar out;
  out.t = t;
  if (!ReadDouble(bytes, out.value)) return DataLoss("an exemplar ends early");
  ASSIGN_OR_RETURN(out.labels, Labels::FromPacked(bytes));
  return out;
}

std::string EncodeMetadata(const Metadata& metadata) {
  std::string out;
  out.push_back(static_cast<char>(metadata.type));
  AppendLengthPrefixed(out, metadata.help);
  AppendLengthPrefixed(out, metadata.unit);
  return out;
}

StatusOr<Metadata> DecodeMetadata(std::string_view bytes) {
  if (bytes.empty() || static_cast<uint8_t>(bytes[0]) > uint8_t{7}) {
    return DataLoss("metadata of an unknown type");
  }
  Metadata out;
  out.type = static_cast<MetricType>(bytes[0]);
  bytes.remove_prefix(1);
  std::string_view help;
  std::string_view unit;
  if (!ReadLengthPrefixed(bytes, help) || !ReadLengthPrefixed(bytes, unit) || !bytes.empty()) {
    return DataLoss("metadata end early or too late");
  }
  out.help = help;
  out.unit = unit;
  return out;
}

}  // namespace tidemark::tsdb
