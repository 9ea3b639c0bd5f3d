// Many clients, slow ones and bad ones: none may keep the others from their answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <random>
#include <thread>

#include "server/http/http_server.h"
#include "server/http/raw_client_for_test.h"

namespace tidemark::server {
namespace {

using testing::HasSubstr;

constexpr std::string_view kHealthy = "GET /healthy HTTP/1.1\r\n\r\n";
constexpr std::string_view kStuck = "GET /stuck HTTP/1.1\r\n\r\n";

// Handlers that wait at it until the test opens it, or until the client of
// theirs has hung up.
class Gate {
 public:
  void Wait(const Cancellation& hung_up) {
    std::unique_lock<std::mutex> lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    while (!open_ && !hung_up.cancelled()) changed_.wait_for(lock, std::chrono::milliseconds(5));
    --waiting_;
    if (hung_up.cancelled()) ++hung_up_;
    changed_.notify_all();
  }
  void Open() {
    std::unique_lock<std::mutex> lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  bool AwaitWaiting(int n) {
    return Await([this, n] { return waiting_ == n; });
  }
  bool AwaitHungUp(int n) {
    return Await([this, n] { return hung_up_ == n; });
  }

 private:
  template <typename Condition>
  bool Await(Condition condition) {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), condition);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int waiting_ = 0;
  int hung_up_ = 0;
};

class HttpServerLoadTest : public testing::Test {
 protected:
  HttpServerLoadTest() {
    options_.port = 0;
    options_.query_workers = 2;
  }
  // Handlers must come to an end before the server can stop.
  ~HttpServerLoadTest() override { gate_.Open(); }

  void Start() {
    std::vector<Route> routes;
    routes.push_back({{"GET"}, "/healthy", Lane::kControl, [](const HttpRequest&, HttpResponse& r) {
                        r.body = "ok";
                      }});
    routes.push_back(
        {{"POST"},
         "/write",
         Lane::kWrite,
         [](const HttpRequest& q, HttpResponse& r) { r.body = std::to_string(q.body.size()); },
         8 << 20});
    routes.push_back({{"GET"}, "/stuck", Lane::kQuery, [this](const HttpRequest& q, HttpResponse&) {
                        gate_.Wait(*q.hung_up);
                      }});
    routes.push_back({{"GET"}, "/huge", Lane::kQuery, [](const HttpRequest&, HttpResponse& r) {
                        r.body = std::string(64 << 20, 'x');
                      }});
    auto server = HttpServer::Start(options_, std::move(routes), metrics_);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  RawClient Connect() const { return RawClient(server_->port()); }

  double Value(std::string_view name, const Metrics::LabelPairs& labels = {}) const {
    for (const Metrics::Family& family : metrics_.Collect()) {
      for (const Metrics::Child& child : family.children) {
        if (family.name == name && child.labels == labels) return child.value;
      }
    }
    return 0;
  }
  double Refused(std::string_view reason) const {
    return Value("tidemark_http_refused_total", {{"reason", std::string(reason)}});
  }

  HttpOptions options_;
  Metrics metrics_;
  Gate gate_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerLoadTest, IdleConnectionsAndAStuckLaneHoldNobodyUp) {
  Start();
  std::vector<RawClient> idle;
  for (int i = 0; i < 500; ++i) {
    idle.push_back(Connect());
    ASSERT_EQ(idle.back().Ask(kHealthy).status, 200);
  }
  std::vector<RawClient> stuck;
  for (int i = 0; i < 10; ++i) {
    stuck.push_back(Connect());
    stuck.back().Send(kStuck);
  }
  ASSERT_TRUE(gate_.AwaitWaiting(2));
  RawClient live = Connect();
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(live.Ask(kHealthy).body, "ok");
    ASSERT_EQ(live.Ask("POST /write HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc").body, "3");
  }
  EXPECT_EQ(Value("tidemark_http_connections"), 511);
  EXPECT_EQ(Value("tidemark_http_queue_depth", {{"lane", "query"}}), 8);
  EXPECT_EQ(Value("tidemark_http_busy_workers", {{"lane", "query"}}), 2);
  gate_.Open();
  for (RawClient& client : stuck) EXPECT_EQ(client.Read().status, 200);
  for (RawClient& client : idle) ASSERT_EQ(client.Ask(kHealthy).status, 200);
}

TEST_F(HttpServerLoadTest, AFullQueueSaysSo) {
  options_.max_queued = 3;
  Start();
  std::vector<RawClient> stuck;
  for (int i = 0; i < 2; ++i) {
    stuck.push_back(Connect());
    stuck.back().Send(kStuck);
  }
  ASSERT_TRUE(gate_.AwaitWaiting(2));
  for (int i = 0; i < 3; ++i) {
    stuck.push_back(Connect());
    stuck.back().Send(kStuck);
  }
  // The requests of one connection are seen in order, those of several are not:
  // ask until the queue is full.
  RawClient client = Connect();
  while (Value("tidemark_http_queue_depth", {{"lane", "query"}}) < 3) client.Ask(kHealthy);
  RawResponse refused = client.Ask(kStuck);
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.headers["retry-after"], "1");
  EXPECT_THAT(refused.body, HasSubstr("server.http.max_queued"));
  EXPECT_EQ(Refused("queue_full"), 1);
  EXPECT_EQ(client.Ask(kHealthy).status, 200);  // on the same connection
  gate_.Open();
  for (RawClient& c : stuck) EXPECT_EQ(c.Read().status, 200);
}

TEST_F(HttpServerLoadTest, BoundsConnections) {
  options_.max_connections = 3;
  Start();
  std::vector<RawClient> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(Connect());
    ASSERT_EQ(clients.back().Ask(kHealthy).status, 200);
  }
  RawClient refused = Connect();
  EXPECT_TRUE(refused.Send(kHealthy));
  const RawResponse response = refused.Read();
  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(response.body, HasSubstr("server.http.max_connections = 3"));
  EXPECT_TRUE(refused.AtEnd());
  EXPECT_EQ(Refused("max_connections"), 1);
  refused.Close();
  clients.pop_back();
  // As soon as the server has seen both ends, there is room again.
  int status = 503;
  while (status == 503) status = Connect().Ask(kHealthy).status;
  EXPECT_EQ(status, 200);
}

TEST_F(HttpServerLoadTest, BoundsBodiesInMemory) {
  options_.max_buffered_bytes = 1'000'000;
  Start();
  RawClient slow = Connect();
  slow.Send("POST /write HTTP/1.1\r\nContent-Length: 900000\r\n\r\n");
  slow.Send(std::string(899'999, 'a'));
  RawClient other = Connect();
  while (Value("tidemark_http_buffered_bytes") < 899'999) other.Ask(kHealthy);
  RawResponse refused = other.Ask("POST /write HTTP/1.1\r\nContent-Length: 200000\r\n\r\n");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.headers["retry-after"], "1");
  EXPECT_THAT(refused.body, HasSubstr("server.http.max_buffered_bytes"));
  RawClient chunked = Connect();
  chunked.Send("POST /write HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n30d40\r\n");
  chunked.Send(std::string(200'000, 'a'));
  EXPECT_EQ(chunked.Read().status, 503);
  EXPECT_EQ(slow.Ask("a").body, "900000");
  EXPECT_EQ(Connect().Ask("POST /write HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc").body, "3");
  RawClient last = Connect();
  while (Value("tidemark_http_buffered_bytes") > 0) last.Ask(kHealthy);
}

TEST_F(HttpServerLoadTest, BoundsHeadsInMemory) {
  options_.max_buffered_bytes = 1'000'000;
  Start();
  RawClient client = Connect();
  std::vector<RawClient> slow;
  for (int i = 0; i < 20; ++i) {
    slow.push_back(Connect());
    slow.back().Send("GET /healthy HTTP/1.1\r\nX: " + std::string(60'000, 'a'));
  }
  while (Refused("max_buffered_bytes") < 4) client.Ask(kHealthy);
  EXPECT_EQ(client.Ask(kHealthy).status, 200);
  slow.clear();
  while (Value("tidemark_http_buffered_bytes") > 100) client.Ask(kHealthy);
}

TEST_F(HttpServerLoadTest, EndsSlowAndIdleConnections) {
  options_.head_timeout_ms = 30;
  options_.body_timeout_ms = 30;
  options_.idle_timeout_ms = 60;
  Start();
  struct Case {
    std::string_view sent;
    int status;
  };
  const Case cases[] = {
      {"GET /healthy HTTP/1.1\r\nX: ", 408},
      {"POST /write HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc", 408},
      {"POST /write HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", 408},
      {"", 0},
      {"\r\n\r\n", 0},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.sent);
    RawClient client = Connect();
    client.Send(c.sent);
    EXPECT_EQ(client.Read().status, c.status);
    EXPECT_TRUE(client.AtEnd());
  }
  EXPECT_EQ(Refused("head_timeout"), 1);
  EXPECT_EQ(Refused("body_timeout"), 2);
  RawClient client = Connect();
  EXPECT_EQ(client.Ask(kHealthy).status, 200);
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(HttpServerLoadTest, ByteByByteSendersGetTheirAnswer) {
  Start();
  RawClient client = Connect();
  const std::string_view request =
      "POST /write HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  for (int round = 0; round < 3; ++round) {
    for (const char& c : request) ASSERT_TRUE(client.Send({&c, 1}));
    EXPECT_EQ(client.Read().body, "3");
  }
}

TEST_F(HttpServerLoadTest, AClientThatDoesNotReadLosesItsConnection) {
  options_.write_timeout_ms = 50;
  options_.query_workers = 1;
  Start();
  RawClient deaf = Connect();
  deaf.Send("GET /huge HTTP/1.1\r\n\r\n");
  RawClient client = Connect();
  gate_.Open();
  EXPECT_EQ(client.Ask(kStuck).status, 200);  // the worker came free
  EXPECT_EQ(deaf.Read().status, 0);           // cut off in the middle
}

TEST_F(HttpServerLoadTest, HandlersLearnThatTheClientHungUp) {
  Start();
  {
    RawClient client = Connect();
    client.Send(kStuck);
    ASSERT_TRUE(gate_.AwaitWaiting(1));
  }
  EXPECT_TRUE(gate_.AwaitHungUp(1));
  EXPECT_EQ(Value("tidemark_http_hang_ups_total"), 1);
  EXPECT_EQ(Connect().Ask(kHealthy).status, 200);
}

TEST_F(HttpServerLoadTest, SurvivesGarbageAndBrokenOffRequests) {
  Start();
  std::mt19937_64 random(5);
  const std::string good =
      "POST /write HTTP/1.1\r\nContent-Length: 20\r\nX-A: b\r\n\r\n01234567890123456789";
  for (int i = 0; i < 500; ++i) {
    RawClient client = Connect();
    std::string bytes = good + std::string(kHealthy) + good;
    for (uint64_t n = random() % 4; n > 0; --n) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    if (i % 3 == 0) {
      for (char& c : bytes) c = static_cast<char>(random());
    }
    client.Send(std::string_view(bytes).substr(0, random() % bytes.size()));
    if (i % 2 == 0) {
      client.FinishWriting();
      while (client.Read().status != 0) {
      }
    }
  }
  RawClient client = Connect();
  EXPECT_EQ(client.Ask(kHealthy).body, "ok");
  // All of the others end, and what they held is given back.
  while (Value("tidemark_http_connections") > 1 || Value("tidemark_http_buffered_bytes") > 0) {
    ASSERT_EQ(client.Ask(kHealthy).status, 200);
  }
}

TEST_F(HttpServerLoadTest, ManyClientsAtOnce) {
  Start();
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([this, t, &wrong] {
      RawClient client = Connect();
      for (int i = 0; i < 100; ++i) {
        const std::string body(static_cast<size_t>(t * 1000 + i), 'a');
        const std::string size = std::to_string(body.size());
        const RawResponse response =
            client.Ask("POST /write HTTP/1.1\r\nContent-Length: " + size + "\r\n\r\n" + body);
        if (response.body != size) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong.load(), 0);
}

TEST_F(HttpServerLoadTest, StopFinishesWhatRuns) {
  Start();
  RawClient running = Connect();
  running.Send(kStuck);
  ASSERT_TRUE(gate_.AwaitWaiting(1));
  RawClient idle = Connect();
  ASSERT_EQ(idle.Ask(kHealthy).status, 200);
  RawClient half = Connect();
  half.Send("POST /write HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  ASSERT_EQ(half.Read().status, 100);
  std::thread stopping([this] { server_->Stop(); });
  EXPECT_TRUE(idle.AtEnd());
  half.Send("hello");
  RawResponse response = half.Read();
  EXPECT_EQ(response.body, "5");
  EXPECT_EQ(response.headers["connection"], "close");
  gate_.Open();
  response = running.Read();
  EXPECT_EQ(response.status, 200);
  running.Close();
  half.Close();
  stopping.join();
}

TEST_F(HttpServerLoadTest, StopCancelsWhatDoesNotEnd) {
  options_.drain_timeout_ms = 50;
  Start();
  RawClient running = Connect();
  running.Send(kStuck);
  ASSERT_TRUE(gate_.AwaitWaiting(1));
  RawClient half = Connect();
  half.Send("POST /write HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  ASSERT_EQ(half.Read().status, 100);
  server_->Stop();
  EXPECT_TRUE(gate_.AwaitHungUp(1));
  EXPECT_EQ(running.Read().status, 0);
  EXPECT_EQ(half.Read().status, 0);
}

}  // namespace
}  // namespace tidemark::server
