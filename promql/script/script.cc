#include "promql/script/script.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <utility>

#include "promql/parser/number_literal.h"
#include "promql/parser/parse.h"
#include "promql/parser/string_literal.h"
#include "tsdb/base/status.h"

namespace tidemark::promql {
namespace {

using re2::RE2;

// The lines of one command: trimmed, without comments.
struct Paragraph {
  int line = 0;  // of the first, from 1
  std::vector<std::string> lines;
};

std::string Trimmed(std::string_view line) {
  constexpr std::string_view kSpace = " \t\r";
  const size_t first = line.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return "";
  return std::string(line.substr(first, line.find_last_not_of(kSpace) - first + 1));
}

std::vector<std::string> LinesOf(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string line = Trimmed(text.substr(0, end));
    if (line.starts_with('#')) line.clear();
    lines.push_back(std::move(line));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// `clear` stands alone; the others go on to an empty line.
std::vector<Paragraph> ParagraphsOf(std::string_view text) {
  std::vector<Paragraph> paragraphs;
  bool open = false;
  int number = 0;
  for (std::string& line : LinesOf(text)) {
    ++number;
    if (line.empty()) {
      open = false;
      continue;
    }
    if (!open) paragraphs.push_back({number, {}});
    open = line != "clear";
    paragraphs.back().lines.push_back(std::move(line));
  }
  return paragraphs;
}

StatusOr<TextPattern> ParsePattern(std::string_view kind, const std::string& text) {
  TextPattern pattern;
  if (kind == "msg") {
    pattern.message = Trimmed(text);
    return pattern;
  }
  const std::string expression = kind.empty() ? "" : Trimmed(text);
  pattern.regex = std::make_shared<const RE2>(expression, RE2::Quiet);
  if (!pattern.regex->ok()) {
    return InvalidArgument(fmt::format("invalid regex {}: {}", expression, pattern.regex->error()));
  }
  return pattern;
}

StatusOr<LoadCommand> ParseLoad(const Paragraph& paragraph) {
  static const RE2 kLoad(R"(load(_with_nhcb)?\s+(\S+))");
  LoadCommand load;
  std::string nhcb;
  std::string step;
  if (!RE2::FullMatch(paragraph.lines[0], kLoad, &nhcb, &step)) {
    return InvalidArgument("invalid load command, must be load[_with_nhcb] <step>");
  }
  load.with_nhcb = !nhcb.empty();
  ASSIGN_OR_RETURN(load.step_ms, ParseDurationMs(step));
  for (size_t i = 1; i < paragraph.lines.size(); ++i) {
    if (IsStartDescription(paragraph.lines[i])) {
      ASSIGN_OR_RETURN(StartDescription starts, ParseStartDescription(paragraph.lines[i]));
      load.starts.push_back(std::move(starts));
      continue;
    }
    ASSIGN_OR_RETURN(SeriesDescription series, ParseSeriesDescription(paragraph.lines[i]));
    load.series.push_back(std::move(series));
  }
  return load;
}

class EvalParser {
 public:
  StatusOr<EvalCommand> Parse(const Paragraph& paragraph) && {
    RETURN_IF_ERROR(ParseFirst(paragraph.lines[0]));
    for (size_t i = 1; i < paragraph.lines.size(); ++i) {
      RETURN_IF_ERROR(ParseLine(paragraph.lines[i]));
    }
    RETURN_IF_ERROR(Check());
    return std::move(eval_);
  }

 private:
  Status ParseFirst(const std::string& line) {
    static const RE2 kInstant(
        R"(eval(?:_(fail|warn|ordered|info))?\s+instant\s+at\s+(\S+)\s+(.+))");
    static const RE2 kRange(
        R"(eval(?:_(fail|warn|info))?\s+range\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)\s+(.+))");
    std::string mode, start, end, step;
    if (RE2::FullMatch(line, kInstant, &mode, &start, &eval_.expr)) {
      end = start;
      step = "0s";
    } else if (RE2::FullMatch(line, kRange, &mode, &start, &end, &step, &eval_.expr)) {
      eval_.instant = false;
    } else {
      return InvalidArgument(
          "invalid eval command, must be eval instant at <time> <query> or eval range from "
          "<start> to <end> step <step> <query>");
    }
    ASSIGN_OR_RETURN(eval_.start, ParseDurationMs(start));
    ASSIGN_OR_RETURN(eval_.end, ParseDurationMs(end));
    ASSIGN_OR_RETURN(eval_.step_ms, ParseDurationMs(step));
    eval_.ordered = mode == "ordered";
    eval_.warns = mode == "warn";
    eval_.informs = mode == "info";
    if (mode == "fail") {
      ASSIGN_OR_RETURN(eval_.fail, ParsePattern("", ""));
    }
    return OkStatus();
  }

  Status ParseLine(const std::string& line) {
    if (line.starts_with("expected_fail_message")) return ParseFail("msg", line, 21);
    if (line.starts_with("expected_fail_regexp")) return ParseFail("regex", line, 20);
    if (line.starts_with("expect range vector")) return ParseRangeVector(line);
    if (line.starts_with("expect string")) return ParseString(line);
    // A metric of that name is written expect{}.
    if (line.starts_with("expect ")) return ParseExpect(line);
    if (const StatusOr<double> number = ParseNumber(line); number.ok()) {
      eval_.scalar = *number;
      return OkStatus();
    }
    ASSIGN_OR_RETURN(SeriesDescription series, ParseSeriesDescription(line));
    eval_.series.push_back(std::move(series));
    return OkStatus();
  }

  Status ParseFail(std::string_view kind, const std::string& line, size_t text) {
    ASSIGN_OR_RETURN(eval_.fail, ParsePattern(kind, line.substr(text)));
    return OkStatus();
  }

  Status ParseRangeVector(const std::string& line) {
    static const RE2 kTimes(R"(expect range vector\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+))");
    std::string start, end, step;
    if (!RE2::FullMatch(line, kTimes, &start, &end, &step)) {
      return InvalidArgument(fmt::format("invalid range vector definition \"{}\"", line));
    }
    EvalCommand::Times& times = eval_.range_vector.emplace();
    ASSIGN_OR_RETURN(times.start, ParseDurationMs(start));
    ASSIGN_OR_RETURN(times.end, ParseDurationMs(end));
    ASSIGN_OR_RETURN(times.step_ms, ParseDurationMs(step));
    return OkStatus();
  }

  Status ParseString(const std::string& line) {
    constexpr std::string_view kPrefix = "expect string";
    ASSIGN_OR_RETURN(eval_.string, Unquote(Trimmed(line.substr(kPrefix.size()))));
    return OkStatus();
  }

  Status ParseExpect(const std::string& line) {
    static const RE2 kExpect(
        R"(expect\s+(ordered|fail|warn|no_warn|info|no_info)(?:\s+(regex|msg):(.+))?)");
    std::string type, kind, text;
    if (!RE2::FullMatch(line, kExpect, &type, &kind, &text)) {
      return InvalidArgument(fmt::format(
          "invalid expect line \"{}\", must be expect <type> [<match_type>: <string>]", line));
    }
    ASSIGN_OR_RETURN(TextPattern pattern, ParsePattern(kind, text));
    if (type == "ordered") eval_.ordered = true;
    if (type == "no_warn") eval_.no_warnings = true;
    if (type == "no_info") eval_.no_infos = true;
    if (type == "warn") eval_.warnings.push_back(std::move(pattern));
    if (type == "info") eval_.infos.push_back(std::move(pattern));
    if (type == "fail") {
      if (eval_.fail.has_value()) return InvalidArgument("more than one expect fail line");
      eval_.fail = std::move(pattern);
    }
    return OkStatus();
  }

  Status Check() const {
    if (eval_.end < eval_.start) return InvalidArgument("the end is before the start");
    if (eval_.no_warnings && !eval_.warnings.empty()) {
      return InvalidArgument("expect lines warn and no_warn cannot be used together");
    }
    if (eval_.no_infos && !eval_.infos.empty()) {
      return InvalidArgument("expect lines info and no_info cannot be used together");
    }
    for (const SeriesDescription& series : eval_.series) {
      if (eval_.instant && !eval_.range_vector.has_value() && series.values.size() > 1) {
        return InvalidArgument(
            "several values in an instant query need an expect range vector line");
      }
    }
    return OkStatus();
  }

  EvalCommand eval_;
};

template <typename Command>
ScriptCommand OrBroken(int line, StatusOr<Command> command) {
  if (command.ok()) return {line, *std::move(command)};
  return {line, BrokenCommand{std::string(MessageOf(command.status()))}};
}

ScriptCommand ParseCommand(const Paragraph& paragraph) {
  const std::string& first = paragraph.lines[0];
  if (first == "clear") return {paragraph.line, ClearCommand{}};
  if (first.starts_with("load")) return OrBroken(paragraph.line, ParseLoad(paragraph));
  if (first.starts_with("eval")) return OrBroken(paragraph.line, EvalParser().Parse(paragraph));
  return {paragraph.line, BrokenCommand{fmt::format("invalid command \"{}\"", first)}};
}

}  // namespace

bool TextPattern::Matches(std::string_view text) const {
  return regex == nullptr ? text == message : RE2::PartialMatch({text.data(), text.size()}, *regex);
}

std::vector<ScriptCommand> ParseScript(std::string_view text) {
  std::vector<ScriptCommand> commands;
  for (const Paragraph& paragraph : ParagraphsOf(text)) commands.push_back(ParseCommand(paragraph));
  return commands;
}

}  // namespace tidemark::promql
