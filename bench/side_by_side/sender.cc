#include "bench/side_by_side/sender.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace tidemark::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kMaxRetries = 20;
constexpr std::chrono::milliseconds kFirstPause{50};
constexpr std::chrono::milliseconds kLongestPause{5000};
constexpr int kTimeoutSeconds = 120;

bool MayWorkLater(int status) { return status == 0 || status == 429 || status >= 500; }

}  // namespace

void SendReport::Add(const SendReport& other) {
  accepted += other.accepted;
  refused += other.refused;
  retries += other.retries;
  for (const auto& [status, n] : other.statuses) statuses[status] += n;
  if (first_refusal.empty()) first_refusal = other.first_refusal;
  milliseconds.insert(milliseconds.end(), other.milliseconds.begin(), other.milliseconds.end());
}

Sender::Sender(const std::string& host, int port) : client_(host, port) {
  client_.set_keep_alive(true);
  client_.set_tcp_nodelay(true);
  client_.set_read_timeout(kTimeoutSeconds);
  client_.set_write_timeout(kTimeoutSeconds);
  client_.set_default_headers(
      {{"Content-Encoding", "snappy"}, {"X-Prometheus-Remote-Write-Version", "0.1.0"}});
}

int Sender::Post(const Request& request, std::string& answer) {
  const httplib::Result result = client_.Post("/api/v1/write", request.body.data(),
                                              request.body.size(), "application/x-protobuf");
  if (!result) return 0;
  answer = result->body;
  return result->status;
}

void Sender::Send(const Request& request) {
  const auto start = Clock::now();
  std::chrono::milliseconds pause = kFirstPause;
  std::string answer;
  int status = Post(request, answer);
  ++report_.statuses[status];
  for (int i = 0; i < kMaxRetries && MayWorkLater(status); ++i) {
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, kLongestPause);
    ++report_.retries;
    status = Post(request, answer);
    ++report_.statuses[status];
  }
  const bool ok = status >= 200 && status < 300;
  (ok ? report_.accepted : report_.refused) += request.samples;
  if (!ok && report_.first_refusal.empty()) report_.first_refusal = answer.substr(0, 300);
  report_.milliseconds.push_back(
      std::chrono::duration<float, std::milli>(Clock::now() - start).count());
}

}  // namespace tidemark::bench
