// Values of family meta: exemplars and metadata.  Layouts: docs/formats.md.
#pragma once

#include <string>
#include <string_view>

#include "tsdb/base/status.h"
#include "tsdb/model/exemplar.h"

namespace tidemark::tsdb {

// Without its time, which is in the key.
std::string EncodeExemplar(const Exemplar& exemplar);
//   kDataLoss  not what EncodeExemplar wrote
StatusOr<Exemplar> DecodeExemplar(int64_t t, std::string_view bytes);

std::string EncodeMetadata(const Metadata& metadata);
//   kDataLoss  not what EncodeMetadata wrote
StatusOr<Metadata> DecodeMetadata(std::string_view bytes);

}  // namespace tidemark::tsdb
