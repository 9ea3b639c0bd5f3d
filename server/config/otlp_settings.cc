#include "server/config/otlp_settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "server/config/values.h"

namespace tidemark::server {
namespace {

Setting Switch(std::string_view key, bool& (*field)(OtlpTranslation&)) {
  return {key,
          [field](Config& config, std::string_view text) -> Status {
            ASSIGN_OR_RETURN(field(config.otlp), ParseBool(text));
            return OkStatus();
          },
          [field](const Config& config) -> std::string {
            OtlpTranslation copy = config.otlp;
            return field(copy) ? "true" : "false";
          }};
}

Setting Strategy() {
  return {"otlp.translation_strategy",
          [](Config& config, std::string_view text) -> Status {
            ASSIGN_OR_RETURN(config.otlp.labels.translation, ParseTranslation(text));
            return OkStatus();
          },
          [](const Config& config) {
            return std::string(TranslationName(config.otlp.labels.translation));
          }};
}

Setting Promoted() {
  return {"otlp.promote_resource_attributes",
          [](Config& config, std::string_view text) -> Status {
            if (text.starts_with('[') && text.ends_with(']')) {
              text = text.substr(1, text.size() - 2);
            }
            config.otlp.labels.promoted.clear();
            for (const absl::string_view item : absl::StrSplit(
                     absl::string_view(text.data(), text.size()), ',', absl::SkipWhitespace())) {
              config.otlp.labels.promoted.emplace_back(absl::StripAsciiWhitespace(item));
            }
            return OkStatus();
          },
          [](const Config& config) {
            return fmt::format("[{}]", fmt::join(config.otlp.labels.promoted, ", "));
          }};
}

Setting Delta() {
  return {"otlp.delta",
          [](Config& config, std::string_view text) -> Status {
            if (text != "refuse" && text != "keep") {
              return InvalidArgument(fmt::format("expected refuse or keep, got \"{}\"", text));
            }
            config.otlp.keep_delta = text == "keep";
            return OkStatus();
          },
          [](const Config& config) -> std::string {
            return config.otlp.keep_delta ? "keep" : "refuse";
          }};
}

}  // namespace

std::vector<Setting> OtlpSettings() {
  return {
      Strategy(),
      Promoted(),
      Switch("otlp.promote_all_resource_attributes",
             [](OtlpTranslation& o) -> bool& { return o.labels.promote_all; }),
      Switch("otlp.keep_identifying_resource_attributes",
             [](OtlpTranslation& o) -> bool& { return o.labels.keep_identifying; }),
      Switch("otlp.promote_scope_metadata",
             [](OtlpTranslation& o) -> bool& { return o.labels.promote_scope; }),
      Switch("otlp.convert_histograms_to_nhcb",
             [](OtlpTranslation& o) -> bool& { return o.custom_buckets; }),
      Delta(),
  };
}

}  // namespace tidemark::server
