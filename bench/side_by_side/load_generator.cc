// load_generator: sends the metrics of an invented payments gateway to a
// remote-write 1.0 receiver, as fast as it takes them.
//
// Requests are made, encoded and compressed before they are sent: a slice of
// them at a time, so that the server has the machine to itself while it is
// measured and a run of hours of data needs no more memory than a short one.
// The first slice is the first slot: in it a server meets every series.
//
// Standard output is JSON, an object a line: after each slice what it was, at
// the end what a server must now answer.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstdint>
#include <functional>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "bench/side_by_side/instance.h"
#include "bench/side_by_side/sender.h"
#include "bench/side_by_side/stream.h"

namespace tidemark::bench {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

struct Options {
  std::string host = "127.0.0.1";
  int port = 0;
  size_t series = 1000;
  size_t connections = 4;
  size_t slice_bytes = 64u << 20;
  size_t expectations = 40;
  InstanceOptions instance;
  StreamOptions stream;
};

// [stream][slot of the slice] -> requests
using Slice = std::vector<std::vector<std::vector<Request>>>;

std::vector<Stream> MakeStreams(const Options& options) {
  std::vector<std::vector<Instance>> instances(options.connections);
  size_t left = options.series;
  for (uint32_t id = 0; left > 0; ++id) {
    std::vector<Instance>& mine = instances[id % options.connections];
    mine.emplace_back(options.instance, id, left);
    left -= mine.back().size();
  }
  std::vector<Stream> streams;
  for (std::vector<Instance>& mine : instances) {
    StreamOptions stream = options.stream;
    stream.seed = options.instance.seed * 7919 + streams.size();
    streams.emplace_back(stream, std::move(mine));
  }
  return streams;
}

void InThreads(size_t n, const std::function<void(size_t)>& work) {
  std::vector<std::thread> threads;
  for (size_t i = 0; i < n; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
}

Slice Encode(std::vector<Stream>& streams, int64_t slots) {
  Slice slice(streams.size());
  InThreads(streams.size(), [&](size_t i) {
    for (int64_t slot = 0; slot < slots; ++slot) slice[i].push_back(streams[i].NextSlot());
  });
  return slice;
}

size_t Bytes(const Slice& slice) {
  size_t bytes = 0;
  for (const auto& slots : slice) {
    for (const auto& requests : slots) {
      for (const Request& request : requests) bytes += request.body.size();
    }
  }
  return bytes;
}

// No connection begins a slot before all have ended the one before: a receiver
// without a window for late samples needs to see time pass.
void Send(const Slice& slice, std::vector<Sender>& senders) {
  std::barrier all(static_cast<std::ptrdiff_t>(slice.size()));
  InThreads(slice.size(), [&](size_t i) {
    for (const std::vector<Request>& requests : slice[i]) {
      for (const Request& request : requests) senders[i].Send(request);
      all.arrive_and_wait();
    }
  });
}

SendReport Together(const std::vector<Sender>& senders) {
  SendReport report;
  for (const Sender& sender : senders) report.Add(sender.report());
  return report;
}

double Percentile(std::vector<float> values, double p) {
  if (values.empty()) return 0;
  const auto at = static_cast<size_t>(p * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

// Runs it all; tells of each slice on standard output.
json Run(const Options& options, std::vector<Stream>& streams) {
  std::vector<Sender> senders;
  for (size_t i = 0; i < streams.size(); ++i) senders.emplace_back(options.host, options.port);
  const int64_t slots = streams[0].slots();
  double sending_seconds = 0;
  size_t bytes = 0;
  for (int64_t slot = 0, next = 1; slot < slots; slot += next) {
    if (slot > 0) {  // as many as fit, judged by what there was
      const size_t per_slot = std::max<size_t>(1, bytes / static_cast<size_t>(slot));
      next = std::clamp<int64_t>(static_cast<int64_t>(options.slice_bytes / per_slot), 1,
                                 slots - slot);
    }
    const Slice slice = Encode(streams, next);
    bytes += Bytes(slice);
    const auto start = Clock::now();
    Send(slice, senders);
    sending_seconds += std::chrono::duration<double>(Clock::now() - start).count();
    const SendReport so_far = Together(senders);
    std::cout << json{{"slot", slot + next},
                      {"slots", slots},
                      {"samples", so_far.accepted},
                      {"seconds", sending_seconds}}
              << std::endl;
    if (so_far.refused > so_far.accepted) break;
  }
  const SendReport report = Together(senders);
  json statuses;
  for (const auto& [status, n] : report.statuses) statuses[std::to_string(status)] = n;
  return {{"accepted", report.accepted},
          {"refused", report.refused},
          {"first_refusal", report.first_refusal},
          {"retries", report.retries},
          {"statuses", statuses},
          {"wire_bytes", bytes},
          {"seconds", sending_seconds},
          {"p50_ms", Percentile(report.milliseconds, 0.5)},
          {"p99_ms", Percentile(report.milliseconds, 0.99)}};
}

json ExpectedSeries(const Instance& instance, size_t i) {
  const Reading reading = instance.Read(i);
  json labels;
  for (const auto& [name, value] : instance.Labels(i)) labels[name] = value;
  return {{"labels", labels},
          {"samples", instance.samples()},
          {"value", reading.value},
          {"count", reading.count},
          {"buckets", reading.buckets}};
}

// Samples by metric, and some series, of live instances, in detail.
json Expected(const Options& options, const std::vector<Stream>& streams) {
  std::map<std::string, int64_t> metrics;
  json series = json::array();
  const size_t every = std::max<size_t>(1, options.series / options.expectations);
  size_t n = 0;
  for (const Stream& stream : streams) {
    for (const Instance& instance : stream.instances()) {
      for (size_t i = 0; i < instance.size(); ++i, ++n) {
        metrics[std::string(instance.name(i))] += instance.all_samples();
        if (n % every == 0) series.push_back(ExpectedSeries(instance, i));
      }
    }
  }
  const int64_t step_ms = static_cast<int64_t>(options.instance.interval_seconds * 1000);
  return {{"metrics", metrics},
          {"series", series},
          {"start_ms", options.instance.start_ms},
          {"end_ms", options.instance.start_ms + (options.stream.scrapes - 1) * step_ms},
          {"step_ms", step_ms}};
}

int Main(int argc, char** argv) {
  Options o;
  CLI::App app("Sends the metrics of an invented payments gateway by remote write 1.0");
  app.add_option("--host", o.host)->capture_default_str();
  app.add_option("--port", o.port)->required();
  app.add_option("--series", o.series)->capture_default_str()->check(CLI::PositiveNumber);
  app.add_flag("--native-histograms", o.instance.histograms, "instead of floats");
  app.add_flag("!--narrow", o.instance.wide, "few series per instance, many instances");
  app.add_option("--scrapes", o.stream.scrapes)->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--interval", o.instance.interval_seconds, "seconds between two scrapes")
      ->capture_default_str();
  app.add_option("--end", o.instance.start_ms, "of the last scrape: seconds since 1970")
      ->required();
  app.add_option("--samples-per-series", o.stream.per_series, "in one request")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--samples-per-request", o.stream.per_request)
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--late", o.stream.late, "share of samples sent up to 20 scrapes late");
  app.add_option("--duplicates", o.stream.duplicate, "share of samples sent twice");
  app.add_option("--churn", o.instance.churn_per_hour, "share of instances replaced per hour");
  app.add_option("--connections", o.connections)->capture_default_str()->check(CLI::Range(1, 64));
  app.add_option("--slice-bytes", o.slice_bytes, "encoded at a time")->capture_default_str();
  app.add_option("--seed", o.instance.seed)->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const bool disorder =
      o.stream.late > 0 || o.stream.duplicate > 0 || o.instance.churn_per_hour > 0;
  if (disorder && o.stream.per_series > 1) {
    std::cerr << "--late, --duplicates and --churn want --samples-per-series 1\n";
    return 2;
  }
  o.instance.scrapes = o.stream.scrapes;
  const auto length = static_cast<double>(o.stream.scrapes - 1) * o.instance.interval_seconds;
  o.instance.start_ms = (o.instance.start_ms - static_cast<int64_t>(length)) * 1000;

  std::vector<Stream> streams = MakeStreams(o);
  json result = Run(o, streams);
  result["expected"] = Expected(o, streams);
  std::cout << result << std::endl;
  return 0;
}

}  // namespace
}  // namespace tidemark::bench

int main(int argc, char** argv) { return tidemark::bench::Main(argc, argv); }
