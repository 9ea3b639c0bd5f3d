#include "proto/remote_write_v2.h"

#include "absl/strings/str_cat.h"

namespace tidemark::proto {
namespace {

constexpr WireType kVarint = WireType::kVarint;
constexpr WireType kFixed64 = WireType::kFixed64;
constexpr WireType kBytes = WireType::kBytes;

constexpr uint32_t kSymbols = 4;
constexpr uint32_t kTimeseries = 5;

// Of a series with a bad reference: enough for a message.
constexpr size_t kShownLabels = 8;

// Takes references of one and two bytes off the front, up to a longer one, which
// few tables are large enough for, or to what is broken.
void TakeShortRefs(std::string_view& packed, std::vector<uint32_t>& refs) {
  const size_t before = refs.size();
  refs.resize(before + packed.size());
  uint32_t* out = refs.data() + before;
  const auto* at = reinterpret_cast<const uint8_t*>(packed.data());
  const uint8_t* const end = at + packed.size();
  while (at != end) {
    if (at[0] < 0x80) {
      *out++ = *at++;
    } else if (end - at >= 2 && at[1] < 0x80) {
      *out++ = (at[0] & 0x7fu) | static_cast<uint32_t>(at[1]) << 7;
      at += 2;
    } else {
      break;
    }
  }
  refs.resize(static_cast<size_t>(out - refs.data()));
  packed.remove_prefix(packed.size() - static_cast<size_t>(end - at));
}

}  // namespace

WriteRequestV2Reader::WriteRequestV2Reader(std::string_view body, size_t max_written_bytes)
    : origin_(body.data()),
      in_(body, origin_, &error_),
      symbols_(max_written_bytes),
      histograms_(origin_, &error_) {
  ReadSymbols(body);
}

absl::Status WriteRequestV2Reader::status() const {
  if (error_.ok()) return absl::OkStatus();
  return too_much_written_ ? absl::ResourceExhaustedError(error_.text())
                           : absl::InvalidArgumentError(error_.text());
}

// A first pass over the request's fields, whose insides it skips.
void WriteRequestV2Reader::ReadSymbols(std::string_view body) {
  WireReader in(body, origin_, &error_);
  std::string_view symbol;
  bool any_series = false;
  bool ok = true;
  while (ok && in.Next()) {
    switch (in.field()) {
      case kSymbols:
        ok = in.type() == kBytes ? in.ReadBytes(&symbol) : in.FailType();
        if (ok && !symbols_.Add(symbol)) {
          ok = error_.Set(absl::StrCat("more than ", SymbolTable::kMaxSymbols, " symbols"));
        }
        break;
      case kTimeseries:
        any_series = true;
        ok = in.type() == kBytes ? in.Skip() : in.FailType();
        break;
      case 1:
      case 2:
      case 3:
        ok = error_.Set(
            "the body is of remote write 1.0 (prometheus.WriteRequest), its Content-Type says 2.0");
        break;
      default:
        ok = in.Skip();
    }
  }
  if (error_.ok()) CheckSymbols(any_series);
}

bool WriteRequestV2Reader::CheckSymbols(bool any_series) {
  if (symbols_.size() == 0) return !any_series || error_.Set("series without symbols");
  return symbols_[0].empty() || error_.Set("the first symbol is not the empty string");
}

bool WriteRequestV2Reader::Next() {
  std::string_view message;
  while (error_.ok() && in_.Next()) {
    if (in_.field() == kTimeseries) return in_.ReadBytes(&message) && ReadSeries(message);
    in_.Skip();
  }
  return false;
}

bool WriteRequestV2Reader::ReadSeries(std::string_view message) {
  refs_.clear();
  series_.labels.clear();
  series_.raw_labels = {};
  series_.samples.clear();
  created_ = 0;
  histograms_.Clear();
  exemplars_.Clear();
  metadata_refs_ = {};
  WireReader in(message, origin_, &error_);
  bool ok = true;
  while (ok && in.Next()) ok = ReadSeriesField(in);
  if (!error_.ok() || !ResolveLabels() || !ResolveMetadata()) {
    return error_.Within("series", series_read_);
  }
  SetStarts();
  series_.histograms = histograms_.view();
  series_.exemplars = exemplars_.view();
  ++series_read_;
  return true;
}

bool WriteRequestV2Reader::ReadSeriesField(WireReader& in) {
  std::string_view part;
  switch (in.tag()) {
    case Tag(1, kBytes):
    case Tag(1, kVarint):
      return ReadRefs(in, refs_);
    case Tag(2, kBytes):
      return in.ReadBytes(&part) && ReadSample(part);
    case Tag(3, kBytes):
      return in.ReadBytes(&part) && histograms_.Read(part);
    case Tag(4, kBytes):
      return in.ReadBytes(&part) && ReadExemplar(part);
    case Tag(5, kBytes):
      return in.ReadBytes(&part) && ReadMetadata(part);
    case Tag(6, kVarint):
      return in.ReadInt64(&created_);
    default:
      return SkipUnknown(in, 6);
  }
}

// References packed, as every sender writes them, or one by one.
bool WriteRequestV2Reader::ReadRefs(WireReader& in, std::vector<uint32_t>& refs) {
  if (in.type() == kVarint) return AddRef(in, refs);
  std::string_view packed;
  if (!in.ReadBytes(&packed)) return false;
  if (refs.size() + packed.size() <= 2 * kMaxLabels) TakeShortRefs(packed, refs);
  WireReader piece(packed, origin_, &error_);
  while (!piece.done()) {
    if (!AddRef(piece, refs)) return false;
  }
  return true;
}

bool WriteRequestV2Reader::AddRef(WireReader& in, std::vector<uint32_t>& refs) {
  if (refs.size() == 2 * kMaxLabels) return TooManyInSeries(error_, "labels", kMaxLabels);
  uint64_t ref = 0;
  if (!in.ReadVarint(&ref)) return false;
  refs.push_back(static_cast<uint32_t>(ref));
  return true;
}

bool WriteRequestV2Reader::ReadSample(std::string_view message) {
  if (series_.samples.size() == kMaxSamples) {
    return TooManyInSeries(error_, "samples", kMaxSamples);
  }
  SampleView& sample = series_.samples.emplace_back();
  WireReader in(message, origin_, &error_);
  bool ok = true;
  while (ok && in.Next()) {
    switch (in.tag()) {
      case Tag(1, kFixed64):
        ok = in.ReadDouble(&sample.value);
        break;
      case Tag(2, kVarint):
        ok = in.ReadInt64(&sample.t);
        break;
      case Tag(3, kVarint):
        ok = in.ReadInt64(&sample.start);
        break;
      default:
        ok = SkipUnknown(in, 3);
    }
  }
  return error_.ok() || error_.Within("sample", series_.samples.size() - 1);
}

bool WriteRequestV2Reader::ReadExemplar(std::string_view message) {
  if (exemplars_.size() == kMaxExemplars) {
    return TooManyInSeries(error_, "exemplars", kMaxExemplars);
  }
  ExemplarView& exemplar = exemplars_.Add();
  exemplar_refs_.clear();
  WireReader in(message, origin_, &error_);
  bool ok = true;
  while (ok && in.Next()) {
    switch (in.tag()) {
      case Tag(1, kBytes):
      case Tag(1, kVarint):
        ok = ReadRefs(in, exemplar_refs_);
        break;
      case Tag(2, kFixed64):
        ok = in.ReadDouble(&exemplar.value);
        break;
      case Tag(3, kVarint):
        ok = in.ReadInt64(&exemplar.t);
        break;
      default:
        ok = SkipUnknown(in, 3);
    }
  }
  if (!error_.ok()) return error_.Within("exemplar", exemplars_.size() - 1);
  exemplar.fault = symbols_.CheckLabels(exemplar_refs_);
  if (!exemplar.fault.empty()) return true;
  return symbols_.ReadLabels(exemplar_refs_, exemplar.labels) || TooMuchWritten();
}

bool WriteRequestV2Reader::ReadMetadata(std::string_view message) {
  WireReader in(message, origin_, &error_);
  bool ok = true;
  while (ok && in.Next()) {
    switch (in.tag()) {
      case Tag(1, kVarint):
        ok = in.ReadInt32(&metadata_refs_.type);
        break;
      case Tag(3, kVarint):
        ok = in.ReadUint32(&metadata_refs_.help);
        break;
      case Tag(4, kVarint):
        ok = in.ReadUint32(&metadata_refs_.unit);
        break;
      default:  // field 2 never was in the schema
        ok = in.field() == 2 ? in.Skip() : SkipUnknown(in, 4);
    }
  }
  return error_.ok();
}

bool WriteRequestV2Reader::ResolveLabels() {
  labels_fault_ = symbols_.CheckLabels(refs_);
  if (!labels_fault_.empty()) {
    KeepSoundLabels();
    return true;
  }
  return symbols_.WriteLabels(refs_, series_.raw_labels) || TooMuchWritten();
}

void WriteRequestV2Reader::KeepSoundLabels() {
  for (size_t i = 0; i + 1 < refs_.size() && i < 2 * kShownLabels; i += 2) {
    if (!symbols_.Has(refs_[i]) || !symbols_.Has(refs_[i + 1])) return;
    series_.labels.push_back({symbols_[refs_[i]], symbols_[refs_[i + 1]]});
  }
}

bool WriteRequestV2Reader::ResolveMetadata() {
  has_metadata_ = false;
  metadata_fault_.clear();
  if (metadata_refs_ == MetadataRefs() || !labels_fault_.empty()) return true;
  for (const uint32_t ref : {metadata_refs_.help, metadata_refs_.unit}) {
    if (symbols_.Has(ref)) continue;
    metadata_fault_ = absl::StrCat("reference ", ref, " is past the ", symbols_.size(), " symbols");
    return true;
  }
  uint32_t name = 0;  // the empty symbol
  for (size_t i = 0; i < refs_.size() && name == 0; i += 2) {
    if (symbols_[refs_[i]] == "__name__") name = refs_[i + 1];
  }
  if (told_.empty()) told_.resize(symbols_.size());
  if (told_[name] == metadata_refs_) return true;
  told_[name] = metadata_refs_;
  has_metadata_ = true;
  metadata_ = {metadata_refs_.type, symbols_[name], symbols_[metadata_refs_.help],
               symbols_[metadata_refs_.unit]};
  return symbols_.Count(metadata_.help.size() + metadata_.unit.size()) || TooMuchWritten();
}

void WriteRequestV2Reader::SetStarts() {
  if (created_ == 0) return;
  for (SampleView& s : series_.samples) {
    if (s.start == 0) s.start = created_;
  }
  for (HistogramView& h : histograms_.view()) {
    if (h.start == 0) h.start = created_;
  }
}

bool WriteRequestV2Reader::TooMuchWritten() {
  too_much_written_ = true;
  return error_.Set("what the references stand for is more than the limit, written out");
}

}  // namespace tidemark::proto
