#include "server/admission/budget_config.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <fstream>
#include <initializer_list>
#include <sstream>
#include <utility>

#include "tsdb/model/labels.h"

namespace tidemark::server {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view name) : name_(name) {}

  StatusOr<BudgetConfig> ReadAll(const YAML::Node& root) const {
    BudgetConfig out;
    if (root.IsNull()) return out;
    RETURN_IF_ERROR(CheckKeys(root, {"default", "tenants"}));
    ASSIGN_OR_RETURN(out.all, ReadTenant(root["default"]));
    const YAML::Node tenants = root["tenants"];
    if (!tenants) return out;
    if (!tenants.IsMap()) return Wrong(tenants, "tenants: expected a map of names");
    for (const auto& entry : tenants) {
      ASSIGN_OR_RETURN(TenantBudget budget, ReadTenant(entry.second));
      out.tenants.emplace(entry.first.Scalar(), std::move(budget));
    }
    return out;
  }

 private:
  StatusOr<TenantBudget> ReadTenant(const YAML::Node& node) const {
    TenantBudget out;
    if (!node || node.IsNull()) return out;
    RETURN_IF_ERROR(CheckKeys(node, {"series", "critical", "metrics", "labels", "on_limit",
                                     "overflow_labels", "overflow_gauges"}));
    if (const YAML::Node series = node["series"]) {
      RETURN_IF_ERROR(CheckKeys(series, {"soft", "hard", "reserve"}));
      ASSIGN_OR_RETURN(out.series, ReadLimit(series));
      ASSIGN_OR_RETURN(out.reserve, ReadCount(series, "reserve"));
      if (out.reserve > out.series.hard) return Wrong(series, "reserve is above hard");
    }
    for (const YAML::Node& pattern : node["critical"]) {
      ASSIGN_OR_RETURN(tsdb::Matcher metrics, ReadPattern(pattern));
      out.critical.push_back(std::move(metrics));
    }
    for (const YAML::Node& rule : node["metrics"]) {
      RETURN_IF_ERROR(CheckKeys(rule, {"pattern", "soft", "hard"}));
      ASSIGN_OR_RETURN(tsdb::Matcher metrics, ReadPattern(rule["pattern"]));
      ASSIGN_OR_RETURN(const BudgetLimit limit, ReadLimit(rule));
      out.metrics.push_back({std::move(metrics), limit});
    }
    for (const YAML::Node& rule : node["labels"]) {
      ASSIGN_OR_RETURN(LabelBudget label, ReadLabel(rule));
      out.labels.push_back(std::move(label));
    }
    ASSIGN_OR_RETURN(out.overflow, ReadOverflow(node, out));
    return out;
  }

  StatusOr<std::shared_ptr<const Fold>> ReadOverflow(const YAML::Node& node,
                                                     const TenantBudget& budget) const {
    Fold fold;
    fold.overflow = true;
    fold.kept.emplace();
    for (const YAML::Node& label : node["overflow_labels"]) {
      if (!label.IsScalar()) return Wrong(label, "overflow_labels: expected names of labels");
      for (const LabelBudget& one : budget.labels) {
        if (one.label != label.Scalar()) continue;
        return Wrong(label, fmt::format("overflow_labels: {} has a limit of its own in labels; "
                                        "leave it out",
                                        label.Scalar()));
      }
      fold.kept->insert(label.Scalar());
    }
    const YAML::Node gauges = node["overflow_gauges"];
    fold.gauges = gauges ? ParseFoldFunction(gauges.Scalar()) : FoldFunction::kSum;
    if (!fold.gauges || fold.gauges == FoldFunction::kIncrease) {
      return Wrong(gauges, "overflow_gauges: expected sum, avg, min, max or last");
    }
    const YAML::Node on_limit = node["on_limit"];
    const std::string what = on_limit ? on_limit.Scalar() : "reject";
    if (what != "reject" && what != "fold") {
      return Wrong(on_limit, "on_limit: expected reject or fold");
    }
    if (what == "reject") return std::shared_ptr<const Fold>();
    return std::shared_ptr<const Fold>(std::make_shared<const Fold>(std::move(fold)));
  }

  StatusOr<LabelBudget> ReadLabel(const YAML::Node& rule) const {
    RETURN_IF_ERROR(CheckKeys(rule, {"name", "metrics", "soft", "hard"}));
    const YAML::Node name = rule["name"];
    if (!name || !name.IsScalar() || name.Scalar().empty()) {
      return Wrong(rule, "name: expected the name of a label");
    }
    const YAML::Node pattern = rule["metrics"];
    ASSIGN_OR_RETURN(tsdb::Matcher metrics,
                     pattern ? ReadPattern(pattern) : MakePattern(rule, ".*"));
    ASSIGN_OR_RETURN(const BudgetLimit limit, ReadLimit(rule));
    return LabelBudget{name.Scalar(), std::move(metrics), limit};
  }

  Status CheckKeys(const YAML::Node& node, std::initializer_list<std::string_view> keys) const {
    if (!node.IsMap()) return Wrong(node, "expected a map");
    for (const auto& entry : node) {
      bool known = false;
      for (const std::string_view key : keys) known |= entry.first.Scalar() == key;
      if (known) continue;
      return Wrong(entry.first, fmt::format("unknown key {}; known are {}", entry.first.Scalar(),
                                            fmt::join(keys, ", ")));
    }
    return OkStatus();
  }

  StatusOr<BudgetLimit> ReadLimit(const YAML::Node& node) const {
    BudgetLimit out;
    ASSIGN_OR_RETURN(out.soft, ReadCount(node, "soft"));
    ASSIGN_OR_RETURN(out.hard, ReadCount(node, "hard"));
    if (out.hard != 0 && out.soft > out.hard) return Wrong(node, "soft is above hard");
    return out;
  }

  StatusOr<uint64_t> ReadCount(const YAML::Node& node, const char* key) const {
    const YAML::Node value = node[key];
    if (!value) return uint64_t{0};
    int64_t count = 0;
    if (!value.IsScalar() || !YAML::convert<int64_t>::decode(value, count) || count < 0) {
      return Wrong(value, fmt::format("{}: expected a whole number", key));
    }
    return static_cast<uint64_t>(count);
  }

  StatusOr<tsdb::Matcher> ReadPattern(const YAML::Node& node) const {
    if (!node || !node.IsScalar()) {
      return InvalidArgument(fmt::format("{}: expected a pattern of metric names", name_));
    }
    return MakePattern(node, node.Scalar());
  }

  StatusOr<tsdb::Matcher> MakePattern(const YAML::Node& node, std::string_view pattern) const {
    StatusOr<tsdb::Matcher> made =
        tsdb::Matcher::Make(tsdb::Matcher::Op::kRegex, tsdb::kMetricName, pattern);
    if (!made.ok()) return Wrong(node, MessageOf(made.status()));
    return made;
  }

  Status Wrong(const YAML::Node& node, std::string_view what) const {
    return InvalidArgument(fmt::format("{}:{}: {}", name_, node.Mark().line + 1, what));
  }

  const std::string_view name_;
};

}  // namespace

StatusOr<BudgetConfig> ParseBudgets(std::string_view yaml, std::string_view name) {
  try {
    return Reader(name).ReadAll(YAML::Load(std::string(yaml)));
  } catch (const YAML::Exception& e) {
    return InvalidArgument(fmt::format("{}:{}: {}", name, e.mark.line + 1, e.msg));
  }
}

StatusOr<BudgetConfig> LoadBudgets(const std::string& file) {
  std::ifstream in(file);
  if (!in) return NotFound(fmt::format("cannot read {} (admission.budgets)", file));
  std::ostringstream text;
  text << in.rdbuf();
  return ParseBudgets(text.str(), file);
}

}  // namespace tidemark::server
