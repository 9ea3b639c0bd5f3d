// What a client sees of single requests; http_server_load_test.cc has what many
// of them, slow ones and bad ones can do to each other.
#include "server/http/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <stdexcept>

#include "server/http/raw_client_for_test.h"

namespace tidemark::server {
namespace {

using testing::HasSubstr;

// Everything of the request that a handler can see, as text.
void Echo(const HttpRequest& request, HttpResponse& response) {
  response.content_type = "text/plain";
  response.body = request.method + " " + request.path + "\n";
  for (const auto& [name, value] : request.path_args) response.body += name + ":" + value + "\n";
  for (const auto& [name, value] : request.params) {
    response.body +=
        name + "=" + (value.size() > 100 ? std::to_string(value.size()) : value) + "\n";
  }
  if (!request.body.empty()) response.body += "body " + std::to_string(request.body.size()) + "\n";
  response.headers.emplace_back("X-Encoding", std::string(request.Header("content-encoding")));
  response.headers.emplace_back("X-Token", std::string(request.Header("authorization")));
  response.headers.emplace_back("X-Peer", request.remote_addr);
}

void Big(const HttpRequest&, HttpResponse& response) {
  response.content_type = "application/json";
  response.body = "[" + std::string(100'000, ' ') + "]";
}

// `pieces` of 1000 bytes, whole unless `cut` says that it stops, or throws, then.
void Streamed(const HttpRequest& request, HttpResponse& response) {
  response.content_type = "application/octet-stream";
  const int pieces = std::atoi(std::string(request.Param("pieces")).c_str());
  response.stream = [pieces, cut = std::string(request.Param("cut"))](const BodySink& sink) {
    for (int i = 0; i < pieces; ++i) {
      if (!sink(std::string(1000, static_cast<char>('a' + i % 26)))) return false;
    }
    if (cut == "throw") throw std::runtime_error("oops");
    return cut.empty();
  };
}

std::vector<Route> TestRoutes() {
  std::vector<Route> routes;
  routes.push_back({{"GET", "POST"}, "/echo", Lane::kQuery, Echo, 4 << 20});
  routes.push_back({{"POST"}, "/write", Lane::kWrite, Echo, 1000});
  routes.push_back({{"GET"}, "/label/{name}/values", Lane::kQuery, Echo});
  routes.push_back({{"GET"}, "/big", Lane::kQuery, Big});
  routes.push_back({{"GET"}, "/stream", Lane::kQuery, Streamed});
  routes.push_back({{"GET"}, "/throw", Lane::kQuery, [](const HttpRequest&, HttpResponse&) {
                      throw std::runtime_error("oops");
                    }});
  routes.push_back(
      {{"GET"}, "/throw_int", Lane::kQuery, [](const HttpRequest&, HttpResponse&) { throw 7; }});
  routes.push_back({{"DELETE"}, "/echo", Lane::kControl, [](const HttpRequest&, HttpResponse& r) {
                      r.status = 204;
                    }});
  return routes;
}

class HttpServerTest : public testing::Test {
 protected:
  void SetUp() override {
    HttpOptions options;
    options.port = 0;
    auto server = HttpServer::Start(options, TestRoutes(), metrics_);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  uint64_t CounterValue(std::string_view name, const Metrics::LabelPairs& labels) const {
    for (const Metrics::Family& family : metrics_.Collect()) {
      for (const Metrics::Child& child : family.children) {
        if (family.name == name && child.labels == labels)
          return static_cast<uint64_t>(child.value);
      }
    }
    return 0;
  }

  Metrics metrics_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, HandlersSeeWhatWasSent) {
  struct Case {
    std::string_view request, body;
  };
  const Case cases[] = {
      {"GET /echo?query=up{a=\"b=c\"}&x=1+2%2B3?4 HTTP/1.1\r\n\r\n",
       "GET /echo\nquery=up{a=\"b=c\"}\nx=1 2+3?4\n"},
      {"GET /label/a%2Fb%20c/values HTTP/1.1\r\n\r\n", "GET /label/a/b c/values\nname:a/b c\n"},
      {"POST /echo?u=1 HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded; "
       "charset=utf-8\r\nContent-Length: 11\r\n\r\nf=2&u=a%3Db",
       "POST /echo\nf=2\nu=a=b\nu=1\n"},
      {"POST /write HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", "POST /write\nbody 5\n"},
      {"POST /write HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
       "POST /write\nbody 5\n"},
      {"GET /echo HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi", "GET /echo\nbody 2\n"},
      {"\r\nGET http://anyhost/echo?a=b HTTP/1.1\n\n", "GET /echo\na=b\n"},
  };
  RawClient client(server_->port());
  for (const Case& c : cases) {
    SCOPED_TRACE(c.request);
    const RawResponse response = client.Ask(c.request);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, c.body);
  }
}

TEST_F(HttpServerTest, FieldsAndBodiesComeUntouched) {
  RawClient client(server_->port());
  RawResponse response = client.Ask(
      "POST /write HTTP/1.1\r\nContent-Encoding: snappy\r\nAuthorization: Bearer a%20b\r\n"
      "Content-Length: 3\r\n\r\nabc");
  EXPECT_EQ(response.body, "POST /write\nbody 3\n");
  EXPECT_EQ(response.headers["x-encoding"], "snappy");
  EXPECT_EQ(response.headers["x-token"], "Bearer a%20b");
  EXPECT_EQ(response.headers["x-peer"], "127.0.0.1");
  // Not decompressed, whatever it claims to be; not parsed as multipart.
  for (const std::string_view field :
       {"Content-Encoding: gzip", "Content-Encoding: br",
        "Content-Type: multipart/form-data; boundary=x", "Range: bytes=0-1"}) {
    SCOPED_TRACE(field);
    response = client.Ask("POST /write HTTP/1.1\r\n" + std::string(field) +
                          "\r\nContent-Length: 3\r\n\r\nabc");
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "POST /write\nbody 3\n");
  }
}

TEST_F(HttpServerTest, TakesLongFormsAndLongUris) {
  httplib::Client client("127.0.0.1", server_->port());
  const auto form = client.Post("/echo", "query=" + std::string(2 << 20, 'a'),
                                "application/x-www-form-urlencoded");
  ASSERT_TRUE(form);
  EXPECT_EQ(form->body, "POST /echo\nquery=2097152\n");
  const auto uri = client.Get("/echo?query=" + std::string(30'000, 'a'));
  ASSERT_TRUE(uri);
  EXPECT_EQ(uri->body, "GET /echo\nquery=30000\n");
  const auto field = client.Get("/echo", {{"X-Long", std::string(30'000, 'a')}});
  ASSERT_TRUE(field);
  EXPECT_EQ(field->status, 200);
}

TEST_F(HttpServerTest, AnswersWithoutAHandler) {
  struct Case {
    std::string_view request;
    int status;
    bool stays_open;
  };
  const std::string long_line = "GET /" + std::string(70'000, 'a') + " HTTP/1.1\r\n\r\n";
  const std::string long_field =
      "GET /echo HTTP/1.1\r\nA: " + std::string(70'000, 'a') + "\r\n\r\n";
  const Case cases[] = {
      {"GET /nowhere HTTP/1.1\r\n\r\n", 404, true},
      {"POST /nowhere HTTP/1.1\r\nContent-Length: 10\r\n\r\n", 404, false},
      {"PUT /echo HTTP/1.1\r\n\r\n", 405, true},
      {"BREW /echo HTTP/1.1\r\n\r\n", 405, true},
      {"GET /%zz HTTP/1.1\r\n\r\n", 404, true},
      {"GET /echo?a=%zz HTTP/1.1\r\n\r\n", 400, true},
      {"POST /echo HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
       "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\na=b",
       400, true},
      {"nonsense\r\n\r\n", 400, false},
      {"GET /echo HTTP/3.0\r\n\r\n", 505, false},
      {"POST /write HTTP/1.1\r\nContent-Length: 1001\r\n\r\n", 413, false},
      {"POST /write HTTP/1.1\r\nContent-Length: 99999999999999\r\n\r\n", 413, false},
      {"POST /write HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n", 413, false},
      {"POST /write HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400, false},
      {"POST /write HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501, false},
      {"POST /write HTTP/1.1\r\nExpect: x\r\n\r\n", 417, false},
      {long_line, 414, false},
      {long_field, 431, false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.request.substr(0, 80));
    RawClient client(server_->port());
    RawResponse response = client.Ask(c.request);
    EXPECT_EQ(response.status, c.status);
    EXPECT_FALSE(response.body.empty());
    EXPECT_EQ(response.headers["connection"], c.stays_open ? "" : "close");
    if (c.stays_open) {
      EXPECT_EQ(client.Ask("GET /echo HTTP/1.1\r\n\r\n").status, 200);
    } else {
      EXPECT_TRUE(client.AtEnd());
    }
  }
  EXPECT_EQ(CounterValue("tidemark_http_refused_total", {{"reason", "body_too_large"}}), 3u);
}

TEST_F(HttpServerTest, NamesTheMethodsOfAPath) {
  RawClient client(server_->port());
  RawResponse response = client.Ask("PUT /echo HTTP/1.1\r\n\r\n");
  EXPECT_EQ(response.headers["allow"], "GET, HEAD, POST, DELETE");
  EXPECT_THAT(response.body, HasSubstr("GET, HEAD, POST"));
}

TEST_F(HttpServerTest, HeadIsGetWithoutABody) {
  RawClient client(server_->port());
  client.Send("HEAD /echo HTTP/1.1\r\n\r\n");
  RawResponse response = client.Read(/*with_body=*/false);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers["content-length"], "11");
  EXPECT_EQ(response.headers.count("accept-ranges"), 0u);
  client.Send("HEAD /nowhere HTTP/1.1\r\n\r\n");
  EXPECT_EQ(client.Read(false).status, 404);
  EXPECT_EQ(client.Ask("GET /echo HTTP/1.1\r\n\r\n").body, "GET /echo\n");
}

TEST_F(HttpServerTest, LetsPagesOfOtherOriginsCall) {
  RawClient client(server_->port());
  RawResponse response = client.Ask("OPTIONS /echo HTTP/1.1\r\nOrigin: http://a\r\n\r\n");
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(response.headers["access-control-allow-origin"], "*");
  EXPECT_EQ(response.headers["access-control-allow-methods"], "GET, POST, OPTIONS");
  EXPECT_EQ(response.headers["allow"], "GET, HEAD, POST, DELETE, OPTIONS");
  response = client.Ask("GET /echo HTTP/1.1\r\nOrigin: http://a\r\n\r\n");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers["access-control-allow-origin"], "*");
  EXPECT_EQ(response.headers["vary"], "Origin");
  response = client.Ask("GET /echo HTTP/1.1\r\n\r\n");
  EXPECT_EQ(response.headers.count("access-control-allow-origin"), 0u);
}

TEST_F(HttpServerTest, CompressesLargeAnswersWithGzipOnly) {
  httplib::Client client("127.0.0.1", server_->port());
  client.set_decompress(false);
  const auto gzip = client.Get("/big", {{"Accept-Encoding", "br, gzip"}});
  ASSERT_TRUE(gzip);
  EXPECT_EQ(gzip->get_header_value("Content-Encoding"), "gzip");
  EXPECT_LT(gzip->body.size(), 2000u);
  const auto plain = client.Get("/big", {{"Accept-Encoding", "br"}});
  ASSERT_TRUE(plain);
  EXPECT_FALSE(plain->has_header("Content-Encoding"));
  EXPECT_EQ(plain->body.size(), 100'002u);
  client.set_decompress(true);
  const auto back = client.Get("/big", {{"Accept-Encoding", "gzip"}});
  ASSERT_TRUE(back);
  EXPECT_EQ(back->body, plain->body);
  const auto small = client.Get("/echo", {{"Accept-Encoding", "gzip"}});
  ASSERT_TRUE(small);
  EXPECT_FALSE(small->has_header("Content-Encoding"));
}

TEST_F(HttpServerTest, HandlersThatThrowCostOnlyTheirRequest) {
  RawClient client(server_->port());
  for (const char* path : {"/throw", "/throw_int"}) {
    const RawResponse response = client.Ask(std::string("GET ") + path + " HTTP/1.1\r\n\r\n");
    EXPECT_EQ(response.status, 500);
    EXPECT_THAT(response.body, HasSubstr("internal error"));
  }
  EXPECT_EQ(client.Ask("GET /echo HTTP/1.1\r\n\r\n").status, 200);
  EXPECT_EQ(CounterValue("tidemark_http_requests_total", {{"handler", "/throw"}, {"code", "500"}}),
            1u);
}

TEST_F(HttpServerTest, KeepsConnectionsForManyRequests) {
  RawClient client(server_->port());
  for (int i = 0; i < 300; ++i) {
    RawResponse response = client.Ask("GET /echo HTTP/1.1\r\n\r\n");
    ASSERT_EQ(response.status, 200) << i;
    ASSERT_EQ(response.headers.count("connection"), 0u);
    ASSERT_EQ(response.headers["date"].size(), 29u);
  }
  EXPECT_EQ(CounterValue("tidemark_http_connections_accepted_total", {}), 1u);
}

TEST_F(HttpServerTest, ClosesWhenAsked) {
  for (const std::string_view request :
       {"GET /echo HTTP/1.1\r\nConnection: close\r\n\r\n", "GET /echo HTTP/1.0\r\n\r\n",
        "DELETE /echo HTTP/1.0\r\n\r\n"}) {
    SCOPED_TRACE(request);
    RawClient client(server_->port());
    RawResponse response = client.Ask(request);
    EXPECT_GE(response.status, 200);
    EXPECT_EQ(response.headers["connection"], "close");
    EXPECT_TRUE(client.AtEnd());
  }
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  RawClient client(server_->port());
  std::string requests;
  for (int i = 0; i < 100; ++i) {
    requests += i % 3 == 0 ? "POST /write?i=" + std::to_string(i) +
                                 " HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi"
                           : "GET /echo?i=" + std::to_string(i) + " HTTP/1.1\r\n\r\n";
  }
  client.Send(requests);
  for (int i = 0; i < 100; ++i) {
    EXPECT_THAT(client.Read().body, HasSubstr("i=" + std::to_string(i) + "\n"));
  }
}

TEST_F(HttpServerTest, AnswersWhoHasFinishedSending) {
  RawClient client(server_->port());
  client.Send("GET /echo?i=1 HTTP/1.1\r\n\r\nGET /echo?i=2 HTTP/1.1\r\n\r\nGET /ec");
  client.FinishWriting();
  EXPECT_EQ(client.Read().body, "GET /echo\ni=1\n");
  EXPECT_EQ(client.Read().body, "GET /echo\ni=2\n");
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(HttpServerTest, SaysContinueOnceTheSizeIsAccepted) {
  RawClient client(server_->port());
  RawResponse response =
      client.Ask("POST /write HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(response.status, 100);
  EXPECT_EQ(client.Ask("hello").body, "POST /write\nbody 5\n");
  response =
      client.Ask("POST /write HTTP/1.1\r\nContent-Length: 5000\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(response.status, 413);
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(HttpServerTest, CountsAnswersByHandler) {
  RawClient client(server_->port());
  client.Ask("GET /label/a/values HTTP/1.1\r\n\r\n");
  client.Ask("GET /label/b/values HTTP/1.1\r\n\r\n");
  server_->Stop();
  const std::string handler = "/label/{name}/values";
  EXPECT_EQ(CounterValue("tidemark_http_requests_total", {{"handler", handler}, {"code", "200"}}),
            2u);
}

TEST(HttpServerStart, RefusesWhatMakesNoSense) {
  struct Case {
    std::function<void(HttpOptions&)> change;
    StatusCode code;
    std::string_view text;
  };
  const Case cases[] = {
      {[](HttpOptions& o) { o.host = "no.such.host.invalid"; }, StatusCode::kInvalidArgument,
       "no.such.host.invalid"},
      {[](HttpOptions& o) { o.port = 70'000; }, StatusCode::kInvalidArgument, "70000"},
      {[](HttpOptions& o) { o.host = "192.0.2.1"; }, StatusCode::kUnavailable, "192.0.2.1"},
      {[](HttpOptions& o) { o.query_workers = 0; }, StatusCode::kInvalidArgument, "query_workers"},
      {[](HttpOptions& o) { o.cors_origin = "("; }, StatusCode::kInvalidArgument, "cors_origin"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    HttpOptions options;
    options.port = 0;
    c.change(options);
    Metrics metrics;
    const auto server = HttpServer::Start(options, {}, metrics);
    ASSERT_FALSE(server.ok());
    EXPECT_EQ(server.status().code(), c.code);
    EXPECT_THAT(std::string(MessageOf(server.status())), HasSubstr(std::string(c.text)));
  }
}

TEST(HttpServerStart, ListensOnIpv6) {
  HttpOptions options;
  options.host = "::1";
  options.port = 0;
  Metrics metrics;
  const auto server = HttpServer::Start(options, TestRoutes(), metrics);
  if (!server.ok()) GTEST_SKIP() << "this machine has no IPv6: " << server.status();
  httplib::Client client("::1", (*server)->port());
  const auto response = client.Get("/echo");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->get_header_value("X-Peer"), "::1");
}

TEST(HttpServerStart, NamesAnAddressInUse) {
  HttpOptions options;
  options.port = 0;
  Metrics metrics;
  const auto first = HttpServer::Start(options, {}, metrics);
  ASSERT_TRUE(first.ok());
  options.port = (*first)->port();
  Metrics other_metrics;
  const auto second = HttpServer::Start(options, {}, other_metrics);
  EXPECT_EQ(second.status().code(), StatusCode::kUnavailable);
}

TEST_F(HttpServerTest, BodiesInPiecesArriveWhole) {
  httplib::Client client("127.0.0.1", server_->port());
  client.set_keep_alive(true);
  for (const int pieces : {0, 1, 500}) {
    SCOPED_TRACE(pieces);
    const auto reply = client.Get("/stream?pieces=" + std::to_string(pieces),
                                  httplib::Headers{{"Accept-Encoding", "gzip"}});
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->get_header_value("Transfer-Encoding"), "chunked");
    EXPECT_FALSE(reply->has_header("Content-Length"));
    EXPECT_FALSE(reply->has_header("Content-Encoding"));
    EXPECT_EQ(reply->body.size(), static_cast<size_t>(pieces) * 1000);
    if (pieces > 0) {
      EXPECT_EQ(reply->body.back(), 'a' + (pieces - 1) % 26);
    }
  }
}

TEST_F(HttpServerTest, ABodyThatStopsHalfwayIsNoWholeOne) {
  for (const char* cut : {"stop", "throw"}) {
    SCOPED_TRACE(cut);
    RawClient client(server_->port());
    client.Send(std::string("GET /stream?pieces=2&cut=") + cut + " HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string answer = client.ReadToEnd();
    EXPECT_THAT(answer, testing::StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(answer, HasSubstr("3e8\r\naaaa"));
    EXPECT_THAT(answer, testing::EndsWith("bbbb\r\n"));
  }
}

}  // namespace
}  // namespace tidemark::server
