// Any bytes as an OTLP request: translated for an Appender that takes anything,
// whatever the settings, the counts must agree.
#include <cstdlib>
#include <string>

#include "proto/otlp.pb.h"
#include "server/otlp/otlp_writer.h"

namespace {

using namespace tidemark;
using namespace tidemark::server;

class AnyAppender : public tsdb::Appender {
 public:
  StatusOr<tsdb::SeriesRef> GetSeries(const tsdb::Labels&) override { return next_++; }
  Status Append(tsdb::SeriesRef, const tsdb::Sample&, int64_t) override { return OkStatus(); }
  Status AppendHistogram(tsdb::SeriesRef, int64_t, const tsdb::FloatHistogram& h,
                         int64_t) override {
    if (!h.Validate().ok()) std::abort();
    return OkStatus();
  }
  Status AppendExemplar(tsdb::SeriesRef, const tsdb::Exemplar&) override { return OkStatus(); }
  Status SetMetadata(std::string_view, const tsdb::Metadata&) override { return OkStatus(); }
  StatusOr<tsdb::CommitReport> Commit() override { return tsdb::CommitReport(); }

 private:
  tsdb::SeriesRef next_ = 0;
};

void Translate(const proto::otlp::ExportMetricsServiceRequest& request,
               const OtlpTranslation& translation) {
  AnyAppender appender;
  BodyWriter writer(appender, INT64_MAX);
  OtlpWriter translator(translation, writer);
  if (!translator.Write(request).ok()) return;
  const IngestCounts& received = writer.received();
  if (writer.accepted().all() > received.all()) std::abort();
  if (received.all() > 0 && translator.points() == 0) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  proto::otlp::ExportMetricsServiceRequest request;
  if (!request.ParseFromArray(data, static_cast<int>(size))) return 0;
  OtlpTranslation translation;
  translation.max_label_bytes = 1 << 20;
  Translate(request, translation);
  translation.custom_buckets = translation.keep_delta = true;
  translation.labels.promote_all = translation.labels.promote_scope = true;
  translation.labels.translation.escape = false;
  Translate(request, translation);
  return 0;
}
