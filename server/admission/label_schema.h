// LabelSchema: which labels and values metrics may have, rule by rule.
//
//   ASSIGN_OR_RETURN(const LabelSchema schema, LabelSchema::Parse(yaml, "schema.yml"));
//   if (const auto broken = schema.Check("default", labels)) …
//
//   version: 7                       # the author's; told in the log
//   rules:                           # of tenants that have none of their own
//     - metric: http_.*              # re2, all of the name; the first match wins
//       mode: reject                 # or observe, which is the default: only count
//       allowed_labels: [job, code]  # without it, any
//       required_labels: [job]
//       values:
//         code: {pattern: "[1-5].."} # re2, all of the value
//         job: {list: [api, web]}
//       max_value_bytes: 128
//       deny_values: [".*@.*"]       # re2, all of the value, of any label
//       deny_card_numbers: true      # HasCardNumber, in names and values
//     - metric: rpc_.*
//       mode: aggregate              # add up the series that differ only in these
//       drop_labels: [user_id]       # or in all that allowed_labels does not name
//       gauges: sum                  # or avg, min, max, last: of what is no counter
//       counters: true               # floats are (false: are not) counters, whatever
//                                    # their names
//   tenants:
//     acme: [{metric: ".*", deny_card_numbers: true}]
//
// A metric that no rule matches may have any labels.  __name__, le and quantile are
// always allowed.
#pragma once

#include <re2/re2.h>
#include <re2/set.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proto/views.h"
#include "server/admission/admission.h"
#include "tsdb/base/status.h"

namespace tidemark::server {

using Pattern = std::shared_ptr<const RE2>;

struct SchemaRule {
  struct Values {
    std::set<std::string, std::less<>> list;  // empty: any
    Pattern pattern;                          // null: any
  };

  Pattern metric;
  bool observe = true;
  std::optional<std::set<std::string, std::less<>>> allowed_labels;
  std::vector<std::string> required_labels;
  std::map<std::string, Values, std::less<>> values;
  uint64_t max_value_bytes = 0;  // 0: any
  std::vector<Pattern> deny_values;
  bool deny_card_numbers = false;
  std::shared_ptr<const Fold> fold;  // mode aggregate; null: another
};

// Threads: const, from any.
class LabelSchema {
 public:
  // `name` stands for the text in messages.
  //   kInvalidArgument  not YAML, an unknown key, a bad value or pattern: the
  //                     message has the line
  static StatusOr<LabelSchema> Parse(std::string_view yaml, std::string_view name);
  //   kNotFound  the file cannot be read
  static StatusOr<LabelSchema> Load(const std::string& file);

  uint64_t version() const { return version_; }
  size_t rules() const;

  // What the rule of the series' metric has against it first.
  std::optional<SeriesRefusal> Check(std::string_view tenant,
                                     std::span<const proto::LabelView> labels) const;
  // What that rule's denials have against an exemplar with `labels` of its own.
  std::optional<SeriesRefusal> CheckExemplar(std::string_view tenant,
                                             std::span<const proto::LabelView> series,
                                             std::span<const proto::LabelView> labels) const;

 private:
  friend class SchemaReader;
  struct Rules {
    std::vector<SchemaRule> list;
    // All patterns of metrics at once; null: there are none, or they are too many
    // for one automaton.
    std::shared_ptr<const RE2::Set> metrics;

    const SchemaRule* Find(std::string_view metric) const;  // or null
  };

  const SchemaRule* Find(std::string_view tenant, std::span<const proto::LabelView> series) const;

  uint64_t version_ = 0;
  Rules common_;
  std::map<std::string, Rules, std::less<>> tenants_;
};

}  // namespace tidemark::server
