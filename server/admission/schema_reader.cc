// The YAML of a LabelSchema.
#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <utility>

#include "server/admission/label_schema.h"
#include "server/config/nearest.h"
#include "server/config/values.h"

namespace tidemark::server {

// Errors name the line.
class SchemaReader {
 public:
  explicit SchemaReader(std::string_view name) : name_(name) {}

  StatusOr<LabelSchema> Read(const YAML::Node& root) {
    LabelSchema schema;
    if (root.IsNull()) return schema;
    RETURN_IF_ERROR(
        ReadMap(root, {{"version", [&](const YAML::Node& n) { return Count(n, schema.version_); }},
                       {"rules", [&](const YAML::Node& n) { return Rules(n, schema.common_); }},
                       {"tenants", [&](const YAML::Node& n) { return Tenants(n, schema); }}}));
    return schema;
  }

 private:
  using Read1 = std::function<Status(const YAML::Node&)>;
  struct Key {
    std::string_view key;
    Read1 read;
  };

  Status ReadMap(const YAML::Node& map, const std::vector<Key>& keys) {
    if (!map.IsMap()) return Wrong(map, "expected keys with values");
    for (const auto& entry : map) {
      const std::string text = entry.first.IsScalar() ? entry.first.Scalar() : std::string();
      const Key* found = nullptr;
      std::vector<std::string_view> known;
      for (const Key& key : keys) {
        known.push_back(key.key);
        if (key.key == text) found = &key;
      }
      if (found == nullptr) {
        return Wrong(entry.first, fmt::format("unknown key {}; the nearest known is {}", text,
                                              Nearest(text, known)));
      }
      RETURN_IF_ERROR(found->read(entry.second));
    }
    return OkStatus();
  }

  Status Tenants(const YAML::Node& map, LabelSchema& schema) {
    if (!map.IsMap()) return Wrong(map, "tenants: expected tenants with lists of rules");
    for (const auto& entry : map) {
      RETURN_IF_ERROR(Rules(entry.second, schema.tenants_[entry.first.Scalar()]));
    }
    return OkStatus();
  }

  Status Rules(const YAML::Node& list, LabelSchema::Rules& rules) {
    if (!list.IsSequence()) return Wrong(list, "expected a list of rules");
    for (const YAML::Node& node : list) {
      RETURN_IF_ERROR(Rule(node, rules.list.emplace_back()));
      if (rules.list.back().metric == nullptr) return Wrong(node, "a rule needs a metric");
      RETURN_IF_ERROR(FinishFold(node, rules.list.back()));
    }
    CompileMetrics(rules);
    return OkStatus();
  }

  static void CompileMetrics(LabelSchema::Rules& rules) {
    if (rules.list.empty()) return;
    auto metrics = std::make_shared<RE2::Set>(RE2::Quiet, RE2::ANCHOR_BOTH);
    for (const SchemaRule& rule : rules.list) {
      if (metrics->Add(rule.metric->pattern(), nullptr) < 0) return;
    }
    if (metrics->Compile()) rules.metrics = std::move(metrics);
  }

  Status Rule(const YAML::Node& node, SchemaRule& rule) {
    fold_ = Fold();
    aggregate_ = has_fold_keys_ = false;
    const auto allowed = [&](const YAML::Node& n) {
      std::vector<std::string> labels;
      RETURN_IF_ERROR(Texts(n, labels));
      rule.allowed_labels.emplace(labels.begin(), labels.end());
      return OkStatus();
    };
    const auto denied = [&](const YAML::Node& n) {
      std::vector<std::string> texts;
      RETURN_IF_ERROR(Texts(n, texts));
      for (const std::string& text : texts) {
        RETURN_IF_ERROR(Compile(n, text, rule.deny_values.emplace_back()));
      }
      return OkStatus();
    };
    const auto cards = [&](const YAML::Node& n) { return Bool(n, rule.deny_card_numbers); };
    return ReadMap(
        node,
        {{"metric", [&](const YAML::Node& n) { return ReadPattern(n, rule.metric); }},
         {"mode", [&](const YAML::Node& n) { return Mode(n, rule.observe); }},
         {"drop_labels", [&](const YAML::Node& n) { return DropLabels(n); }},
         {"gauges", [&](const YAML::Node& n) { return Gauges(n); }},
         {"counters", [&](const YAML::Node& n) { return Counters(n); }},
         {"allowed_labels", allowed},
         {"required_labels", [&](const YAML::Node& n) { return Texts(n, rule.required_labels); }},
         {"values", [&](const YAML::Node& n) { return Values(n, rule); }},
         {"max_value_bytes", [&](const YAML::Node& n) { return Count(n, rule.max_value_bytes); }},
         {"deny_values", denied},
         {"deny_card_numbers", cards}});
  }

  Status Values(const YAML::Node& map, SchemaRule& rule) {
    if (!map.IsMap()) return Wrong(map, "values: expected labels with a list or a pattern");
    for (const auto& entry : map) {
      SchemaRule::Values& values = rule.values[entry.first.Scalar()];
      const auto list = [&](const YAML::Node& n) {
        std::vector<std::string> texts;
        RETURN_IF_ERROR(Texts(n, texts));
        if (texts.empty()) return Wrong(n, "list: needs a value");
        values.list.insert(texts.begin(), texts.end());
        return OkStatus();
      };
      RETURN_IF_ERROR(ReadMap(entry.second, {{"list", list}, {"pattern", [&](const YAML::Node& n) {
                                                                return ReadPattern(n,
                                                                                   values.pattern);
                                                              }}}));
    }
    return OkStatus();
  }

  Status Mode(const YAML::Node& node, bool& observe) {
    const std::string mode = node.IsScalar() ? node.Scalar() : std::string();
    if (mode != "observe" && mode != "reject" && mode != "aggregate") {
      return Wrong(node,
                   fmt::format("mode: expected observe, reject or aggregate, got \"{}\"", mode));
    }
    observe = mode == "observe";
    aggregate_ = mode == "aggregate";
    return OkStatus();
  }

  Status DropLabels(const YAML::Node& node) {
    has_fold_keys_ = true;
    std::vector<std::string> labels;
    RETURN_IF_ERROR(Texts(node, labels));
    fold_.dropped = labels;
    for (const std::string& label : labels) {
      if (!fold_.Drops(label)) {
        return Wrong(node, fmt::format("drop_labels: {} tells apart what must not be added up; "
                                       "leave it out",
                                       label));
      }
    }
    return OkStatus();
  }

  Status Gauges(const YAML::Node& node) {
    has_fold_keys_ = true;
    const std::string name = node.IsScalar() ? node.Scalar() : std::string();
    fold_.gauges = ParseFoldFunction(name);
    if (fold_.gauges && fold_.gauges != FoldFunction::kIncrease) return OkStatus();
    return Wrong(node,
                 fmt::format("gauges: expected sum, avg, min, max or last, got \"{}\"", name));
  }

  Status Counters(const YAML::Node& node) {
    has_fold_keys_ = true;
    return Bool(node, fold_.counters.emplace());
  }

  // What mode aggregate needs, whatever the order of the keys.
  Status FinishFold(const YAML::Node& node, SchemaRule& rule) {
    if (!aggregate_ && !has_fold_keys_) return OkStatus();
    if (!aggregate_) return Wrong(node, "drop_labels, gauges and counters need mode: aggregate");
    if (!rule.allowed_labels && fold_.dropped.empty()) {
      return Wrong(node, "mode: aggregate needs drop_labels or allowed_labels");
    }
    if (rule.allowed_labels) {
      fold_.kept = rule.allowed_labels;
      for (const std::string& label : fold_.dropped) fold_.kept->erase(label);
    }
    rule.fold = std::make_shared<const Fold>(std::move(fold_));
    return OkStatus();
  }

  Status ReadPattern(const YAML::Node& node, Pattern& out) {
    if (!node.IsScalar()) return Wrong(node, "expected a pattern");
    return Compile(node, node.Scalar(), out);
  }

  Status Compile(const YAML::Node& node, const std::string& text, Pattern& out) {
    auto pattern = std::make_shared<const RE2>(text, RE2::Quiet);
    if (!pattern->ok()) return Wrong(node, fmt::format("bad pattern: {}", pattern->error()));
    out = std::move(pattern);
    return OkStatus();
  }

  Status Texts(const YAML::Node& list, std::vector<std::string>& out) {
    if (!list.IsSequence()) return Wrong(list, "expected a list");
    for (const YAML::Node& item : list) {
      if (!item.IsScalar()) return Wrong(item, "a list must hold plain words");
      out.push_back(item.Scalar());
    }
    return OkStatus();
  }

  Status Count(const YAML::Node& node, uint64_t& out) {
    const auto parsed = ParseCount(node.IsScalar() ? node.Scalar() : std::string());
    if (!parsed.ok()) return Wrong(node, MessageOf(parsed.status()));
    out = *parsed;
    return OkStatus();
  }

  Status Bool(const YAML::Node& node, bool& out) {
    const auto parsed = ParseBool(node.IsScalar() ? node.Scalar() : std::string());
    if (!parsed.ok()) return Wrong(node, MessageOf(parsed.status()));
    out = *parsed;
    return OkStatus();
  }

  Status Wrong(const YAML::Node& node, std::string_view what) const {
    return InvalidArgument(fmt::format("{}:{}: {}", name_, node.Mark().line + 1, what));
  }

  const std::string_view name_;
  // Of the rule that is being read.
  Fold fold_;
  bool aggregate_ = false;
  bool has_fold_keys_ = false;
};

StatusOr<LabelSchema> LabelSchema::Parse(std::string_view yaml, std::string_view name) {
  try {
    return SchemaReader(name).Read(YAML::Load(std::string(yaml)));
  } catch (const YAML::Exception& e) {
    return InvalidArgument(fmt::format("{}:{}: {}", name, e.mark.line + 1, e.msg));
  }
}

StatusOr<LabelSchema> LabelSchema::Load(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) return NotFound(fmt::format("cannot read {}", file));
  return Parse(text.str(), file);
}

}  // namespace tidemark::server
