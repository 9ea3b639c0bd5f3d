#include "promql/functions/time.h"

#include <chrono>
#include <cmath>
#include <limits>
#include <utility>

#include "promql/eval/scalar.h"
#include "promql/functions/map_floats.h"

namespace tidemark::promql {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

using Made = StatusOr<std::unique_ptr<VectorOperator>>;

// The calendar of <chrono> ends in the year 32767; nobody's clock does.
constexpr double kMaxSeconds = 9e11;

struct Moment {
  sys_days day;
  int64_t second_of_day = 0;
  year_month_day date() const { return year_month_day(day); }
};

Moment MomentOf(double seconds) {
  const std::chrono::sys_seconds time{std::chrono::seconds(static_cast<int64_t>(seconds))};
  const sys_days day = std::chrono::floor<days>(time);
  return {day, (time - day).count()};
}

double Minute(const Moment& m) { return static_cast<double>(m.second_of_day / 60 % 60); }
double Hour(const Moment& m) { return static_cast<double>(m.second_of_day / 3600); }
double DayOfWeek(const Moment& m) { return std::chrono::weekday(m.day).c_encoding(); }
double DayOfMonth(const Moment& m) { return static_cast<unsigned>(m.date().day()); }
double DayOfYear(const Moment& m) {
  const sys_days first = m.date().year() / std::chrono::January / 1;
  return static_cast<double>((m.day - first).count() + 1);
}
double DaysInMonth(const Moment& m) {
  const year_month_day date = m.date();
  return static_cast<unsigned>((date.year() / date.month() / std::chrono::last).day());
}
double Month(const Moment& m) { return static_cast<unsigned>(m.date().month()); }
double Year(const Moment& m) { return static_cast<int>(m.date().year()); }

template <double (*kFunction)(const Moment&)>
Made MakeTimeFunction(FunctionInput input) {
  std::unique_ptr<VectorOperator> times = input.args.empty()
                                              ? MakeVectorOf(input.steps, MakeTime(input.steps))
                                              : std::move(input.args[0].vector);
  return MapFloats(input.context, input.steps, std::move(times), [](double v) {
    if (!(std::abs(v) < kMaxSeconds)) return std::numeric_limits<double>::quiet_NaN();
    return kFunction(MomentOf(v));
  });
}

constexpr VectorFunction kTimeFunctions[] = {
    {"day_of_month", MakeTimeFunction<DayOfMonth>},
    {"day_of_week", MakeTimeFunction<DayOfWeek>},
    {"day_of_year", MakeTimeFunction<DayOfYear>},
    {"days_in_month", MakeTimeFunction<DaysInMonth>},
    {"hour", MakeTimeFunction<Hour>},
    {"minute", MakeTimeFunction<Minute>},
    {"month", MakeTimeFunction<Month>},
    {"year", MakeTimeFunction<Year>},
};

}  // namespace

std::span<const VectorFunction> TimeFunctions() { return kTimeFunctions; }

}  // namespace tidemark::promql
