// The exposition formats: metric families as the bytes of a /metrics page.
//
//   const Format format = Negotiate(request.Header("accept"));
//   response.content_type = ContentType(format);
//   Encode(families, format, &response.body);
//
// The pages are what Go's client library would write for the same families, so
// that any scraper reads them alike.  Formats, as documented by their projects:
//
//   text          prometheus.io/docs/instrumenting/exposition_formats, 0.0.4
//   OpenMetrics   prometheus.io/docs/specs/om/open_metrics_spec, 1.0
//   protobuf      MetricFamily messages (proto/metrics.proto), each with its
//                 length as a varint before it; the only one of the three that
//                 carries native histograms
//
// Threads: functions of their arguments.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "proto/metrics.pb.h"

namespace tidemark::server {

struct Format {
  enum class Kind { kText, kOpenMetrics, kProtobuf };

  Kind kind = Kind::kText;

  // Names with characters beyond [a-zA-Z0-9_:] go out as they are, in quotes
  // where it is text.  Off: each such character becomes '_'.
  bool utf8_names = false;

  // OpenMetrics only: a `_created` line for each start timestamp.  Off unless
  // wanted, as scrapers that do not know its meaning store it as one more series.
  bool created_lines = false;

  bool operator==(const Format&) const = default;
};

// The format that the sender of this Accept header likes best, by its q values,
// the first of equals; text where it names none of ours.
Format Negotiate(std::string_view accept);

// The value of the Content-Type header.
std::string ContentType(Format format);

// Appends the whole page to `out`.  Families, metrics and labels keep their
// order; a family has a name, names and values are UTF-8, and no series comes
// twice: none of it is checked.  What a format cannot say is left out:
//   text          exemplars, units, start timestamps, native buckets
//   OpenMetrics   native buckets; a unit that its metric's name does not end in.
//                 A counter whose name does not end in _total is "unknown" there.
void Encode(std::span<const io::prometheus::client::MetricFamily> families, Format format,
            std::string* out);

}  // namespace tidemark::server
