#include "server/remote_read/read_request.h"

#include <gtest/gtest.h>

#include "proto/remote_read.pb.h"

namespace tidemark::server {
namespace {

TEST(ReadRequestTest, ReadsQueriesWithTheirMatchers) {
  proto::ReadRequest message;
  proto::Query* query = message.add_queries();
  query->set_start_timestamp_ms(-5);
  query->set_end_timestamp_ms(7);
  const struct {
    proto::LabelMatcher::Type type;
    const char* text;
  } kMatchers[] = {{proto::LabelMatcher::EQ, R"(a="x.*")"},
                   {proto::LabelMatcher::NEQ, R"(a!="x.*")"},
                   {proto::LabelMatcher::RE, R"(a=~"x.*")"},
                   {proto::LabelMatcher::NRE, R"(a!~"x.*")"}};
  for (const auto& m : kMatchers) {
    proto::LabelMatcher* matcher = query->add_matchers();
    matcher->set_type(m.type);
    matcher->set_name("a");
    matcher->set_value("x.*");
  }
  message.add_queries()->mutable_hints()->set_func("series");

  const StatusOr<ReadRequest> request = ParseReadRequest(message.SerializeAsString());
  ASSERT_TRUE(request.ok()) << request.status();
  ASSERT_EQ(request->queries.size(), 2u);
  const ReadQuery& first = request->queries[0];
  EXPECT_EQ(first.start, -5);
  EXPECT_EQ(first.end, 7);
  EXPECT_FALSE(first.labels_only);
  ASSERT_EQ(first.matchers.size(), 4u);
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ(first.matchers[i].ToString(), kMatchers[i].text);
  EXPECT_TRUE(request->queries[1].labels_only);
}

TEST(ReadRequestTest, TakesTheFirstTypeThatItKnows) {
  using Request = proto::ReadRequest;
  const struct {
    std::vector<int> accepted;
    bool streamed;
  } kCases[] = {
      {{}, false},
      {{Request::SAMPLES, Request::STREAMED_XOR_CHUNKS}, false},
      {{Request::STREAMED_XOR_CHUNKS, Request::SAMPLES}, true},
      {{17, Request::STREAMED_XOR_CHUNKS}, true},
  };
  for (const auto& c : kCases) {
    Request message;
    for (const int type : c.accepted) {
      message.add_accepted_response_types(static_cast<Request::ResponseType>(type));
    }
    const StatusOr<ReadRequest> request = ParseReadRequest(message.SerializeAsString());
    ASSERT_TRUE(request.ok());
    EXPECT_EQ(request->streamed, c.streamed);
  }
}

TEST(ReadRequestTest, SaysWhatIsWrong) {
  const auto matcher = [](int type, const char* name, const char* value) {
    proto::ReadRequest message;
    proto::LabelMatcher* matcher = message.add_queries()->add_matchers();
    matcher->set_type(static_cast<proto::LabelMatcher::Type>(type));
    matcher->set_name(name);
    matcher->set_value(value);
    return message.SerializeAsString();
  };
  proto::ReadRequest unknown;
  unknown.add_accepted_response_types(static_cast<proto::ReadRequest::ResponseType>(17));
  const struct {
    std::string body;
    const char* message;
  } kCases[] = {
      {"\x0a\x7f", "the body is no prometheus.ReadRequest"},
      {matcher(9, "a", "b"), "invalid matcher type: 9"},
      {matcher(2, "a", "("), "error parsing regexp: missing closing ): `(`"},
      {unknown.SerializeAsString(),
       "none of the accepted response types is supported; supported: SAMPLES, "
       "STREAMED_XOR_CHUNKS"},
  };
  for (const auto& c : kCases) {
    const Status status = ParseReadRequest(c.body).status();
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(MessageOf(status), c.message);
  }
}

}  // namespace
}  // namespace tidemark::server
