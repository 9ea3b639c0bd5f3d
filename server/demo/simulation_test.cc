#include "server/demo/simulation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace tidemark::server {
namespace {

constexpr int64_t kHourMs = 3'600'000;
constexpr int64_t kDayMs = 24 * kHourMs;
constexpr int64_t kStartMs = 20'000 * kDayMs;  // a midnight, UTC
constexpr size_t kAuthorise = 1;

SimulationOptions Quiet(double authorisations_per_day) {
  return {.authorisations_per_day = authorisations_per_day, .seed = 7, .incident_every_ms = 0};
}

using Where = std::function<bool(const Stream&)>;
bool Everywhere(const Stream&) { return true; }

uint64_t Requests(const Simulation& simulation, const Where& where) {
  uint64_t sum = 0;
  for (const Stream& stream : simulation.streams()) {
    if (!where(stream)) continue;
    for (const uint64_t requests : stream.requests) sum += requests;
  }
  return sum;
}

uint64_t ServerErrors(const Simulation& simulation, const Where& where) {
  uint64_t sum = 0;
  for (const Stream& stream : simulation.streams()) {
    if (where(stream)) sum += stream.requests[static_cast<size_t>(Outcome::kServerError)];
  }
  return sum;
}

double MeanSeconds(const Simulation& simulation, const Where& where) {
  io::prometheus::client::Histogram histogram;
  double sum = 0;
  double count = 0;
  for (const Stream& stream : simulation.streams()) {
    if (!where(stream)) continue;
    stream.durations.FillNative(histogram);
    sum += histogram.sample_sum();
    count += static_cast<double>(histogram.sample_count());
  }
  return sum / count;
}

TEST(SimulationTest, ADayIsWhatWasAskedForInItsShares) {
  constexpr double kPerDay = 2.5e6;
  Simulation simulation(Quiet(kPerDay), kStartMs);
  simulation.AdvanceTo(kStartMs + kDayMs);
  const auto authorise = [](const Stream& s) { return s.endpoint == kAuthorise; };
  const auto authorised = static_cast<double>(Requests(simulation, authorise));
  EXPECT_NEAR(authorised / kPerDay, 1, 0.005);
  for (size_t i = 0; i < Endpoints().size(); ++i) {
    SCOPED_TRACE(Endpoints()[i].path);
    const auto here = [i](const Stream& s) { return s.endpoint == i; };
    const double ratio = static_cast<double>(Requests(simulation, here)) / authorised;
    EXPECT_NEAR(ratio / Endpoints()[i].per_authorisation, 1, 0.015);
  }
  const auto all = static_cast<double>(Requests(simulation, Everywhere));
  for (size_t i = 0; i < Regions().size(); ++i) {
    SCOPED_TRACE(Regions()[i].name);
    const auto here = [i](const Stream& s) { return s.region == i; };
    EXPECT_NEAR(static_cast<double>(Requests(simulation, here)) / all / Regions()[i].share, 1,
                0.01);
  }
  for (size_t i = 0; i < ClientTiers().size(); ++i) {
    SCOPED_TRACE(ClientTiers()[i].name);
    const auto here = [i](const Stream& s) { return s.tier == i; };
    EXPECT_NEAR(static_cast<double>(Requests(simulation, here)) / all / ClientTiers()[i].share, 1,
                0.01);
  }
}

TEST(SimulationTest, HoursFollowTheRhythm) {
  constexpr double kPerDay = 25e6;
  for (const int hour : {0, 3, 11, 18}) {
    SCOPED_TRACE(hour);
    const int64_t from = kStartMs + hour * kHourMs;
    Simulation simulation(Quiet(kPerDay), from);
    simulation.AdvanceTo(from + kHourMs / 6);
    for (size_t region = 0; region < Regions().size(); ++region) {
      double want = 0;
      for (int64_t t = from + 1000; t <= from + kHourMs / 6; t += 1000) {
        want += kPerDay / 86'400 * Regions()[region].share * DailyRhythm(Regions()[region], t);
      }
      const auto got = static_cast<double>(Requests(simulation, [region](const Stream& s) {
        return s.endpoint == kAuthorise && s.region == region;
      }));
      EXPECT_NEAR(got, want, 5 * std::sqrt(want));
    }
  }
}

TEST(SimulationTest, EveryRequestHasADuration) {
  Simulation simulation(Quiet(25e6), kStartMs);
  simulation.AdvanceTo(kStartMs + 60'000);
  for (const Stream& stream : simulation.streams()) {
    EXPECT_EQ(stream.durations.count(),
              stream.requests[0] + stream.requests[1] + stream.requests[2]);
  }
  EXPECT_GT(Requests(simulation, Everywhere), 10'000u);
}

TEST(SimulationTest, LookingOftenOrSeldomIsTheSame) {
  SimulationOptions options;
  options.seed = 99;
  Simulation often(options, kStartMs), seldom(options, kStartMs);
  for (int64_t t = kStartMs; t < kStartMs + 300'000; t += 317) often.AdvanceTo(t);
  often.AdvanceTo(kStartMs + 300'000);
  seldom.AdvanceTo(kStartMs + 300'000);
  SimulationOptions other_seed = options;
  other_seed.seed = 100;
  Simulation other(other_seed, kStartMs);
  other.AdvanceTo(kStartMs + 300'000);

  size_t differences = 0;
  for (size_t i = 0; i < often.streams().size(); ++i) {
    const Stream& a = often.streams()[i];
    const Stream& b = seldom.streams()[i];
    EXPECT_EQ(a.requests, b.requests);
    io::prometheus::client::Histogram x, y;
    a.durations.FillNative(x);
    b.durations.FillNative(y);
    EXPECT_EQ(x.SerializeAsString(), y.SerializeAsString());
    EXPECT_EQ(often.InFlight(a.endpoint, a.region), seldom.InFlight(b.endpoint, b.region));
    differences += a.requests != other.streams()[i].requests;
  }
  EXPECT_GT(differences, often.streams().size() / 2);
}

TEST(SimulationTest, AnIncidentSlowsAndBreaksItsRegionOnly) {
  SimulationOptions options;
  options.seed = 3;
  const IncidentPlan plan(options.seed, options.incident_every_ms);
  int64_t t = kStartMs;
  while (!plan.At(t).has_value()) t += 1000;
  const Incident incident = *plan.At(t);
  const auto here = [&](const Stream& s) {
    return s.endpoint == kAuthorise && s.region == incident.region;
  };
  const auto elsewhere = [&](const Stream& s) {
    return s.endpoint == kAuthorise && s.region != incident.region;
  };

  Simulation before(options, t - 62'000), during(options, t);
  before.AdvanceTo(t - 2'000);
  during.AdvanceTo(t + 60'000);
  ASSERT_TRUE(during.CurrentIncident().has_value());
  ASSERT_FALSE(before.CurrentIncident().has_value());
  const double slower = MeanSeconds(during, here) / MeanSeconds(before, here);
  EXPECT_NEAR(slower / incident.latency_factor, 1, 0.1);
  const double broken =
      static_cast<double>(ServerErrors(during, here)) / static_cast<double>(Requests(during, here));
  EXPECT_NEAR(broken / incident.server_error_ratio, 1, 0.2);
  EXPECT_NEAR(MeanSeconds(during, elsewhere) / MeanSeconds(before, elsewhere), 1, 0.1);
  EXPECT_LT(ServerErrors(during, elsewhere), Requests(during, elsewhere) / 200);
  EXPECT_GT(during.InFlight(kAuthorise, incident.region),
            before.InFlight(kAuthorise, incident.region));
}

TEST(SimulationTest, AnyThroughputCountsAll) {
  for (const double per_day : {0.0, 1e3, 25e9, 25e12}) {
    SCOPED_TRACE(per_day);
    Simulation simulation(Quiet(per_day), kStartMs);
    simulation.AdvanceTo(kStartMs + 10'000);
    double want = 0;
    for (const Stream& s : simulation.streams()) {
      for (int64_t t = kStartMs + 1000; t <= kStartMs + 10'000; t += 1000) {
        want += RequestsPerSecond(Endpoints()[s.endpoint], Regions()[s.region],
                                  ClientTiers()[s.tier], per_day, t);
      }
    }
    EXPECT_NEAR(static_cast<double>(Requests(simulation, Everywhere)), want,
                5 * std::sqrt(want) + want * 1e-6);
    for (const Stream& s : simulation.streams()) {
      EXPECT_EQ(s.durations.count(), s.requests[0] + s.requests[1] + s.requests[2]);
    }
  }
}

TEST(SimulationTest, TimeThatGoesBackOrLeapsIsBorne) {
  Simulation simulation(Quiet(1e4), kStartMs);
  simulation.AdvanceTo(kStartMs + 100'000);
  const uint64_t requests = Requests(simulation, Everywhere);
  simulation.AdvanceTo(kStartMs - kDayMs);
  simulation.AdvanceTo(kStartMs + 100'000);
  EXPECT_EQ(Requests(simulation, Everywhere), requests);
  // A year asleep: one day of it happens.
  simulation.AdvanceTo(kStartMs + 365 * kDayMs);
  EXPECT_NEAR(static_cast<double>(Requests(simulation, Everywhere) - requests), 2.25e4, 1e3);
}

}  // namespace
}  // namespace tidemark::server
