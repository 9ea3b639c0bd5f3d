#include "server/exposition/exposition.h"

#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/util/delimited_message_util.h>

#include "server/exposition/names.h"
#include "server/exposition/text_writer.h"
#include "tsdb/base/check.h"

namespace tidemark::server {
namespace {

using io::prometheus::client::MetricFamily;

void EncodeDelimited(const MetricFamily& family, std::string* out) {
  google::protobuf::io::StringOutputStream stream(out);
  CHECK(google::protobuf::util::SerializeDelimitedToZeroCopyStream(family, &stream),
        "a string took no bytes");
}

}  // namespace

void Encode(std::span<const MetricFamily> families, Format format, std::string* out) {
  TextWriter text(format, out);
  const auto write = [&](const MetricFamily& family) {
    if (format.kind == Format::Kind::kProtobuf) {
      EncodeDelimited(family, out);
    } else {
      text.Write(family);
    }
  };
  for (const MetricFamily& family : families) {
    if (format.utf8_names || HasLegacyNames(family)) {
      write(family);
    } else {
      write(WithLegacyNames(family));
    }
  }
  if (format.kind == Format::Kind::kOpenMetrics) out->append("# EOF\n");
}

}  // namespace tidemark::server
