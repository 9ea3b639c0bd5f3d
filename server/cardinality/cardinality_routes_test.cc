#include "server/cardinality/cardinality_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "server/temp_folder_for_test.h"
#include "tsdb/storage.h"

namespace tidemark::server {
namespace {

using testing::HasSubstr;

constexpr int64_t kNow = 1'767'225'600'000;  // 2026-01-01

class CardinalityRoutesTest : public testing::Test {
 protected:
  using Params = std::vector<std::pair<std::string, std::string>>;

  void SetUp() override {
    tsdb::StorageOptions storage;
    storage.path = folder_.Path("data");
    storage.clock = &clock_;
    storage.min_free_disk = 0;
    auto opened = tsdb::Storage::Open(storage, metrics_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    storage_ = *std::move(opened);
    const auto app = storage_->NewAppender("default");
    for (int i = 0; i < 6; ++i)
      Add(*app, {{"__name__", "up"},
                 {"instance", std::to_string(i / 2)},
                 {"job", i % 2 == 0 ? "a" : "b"}});
    Add(*app, {{"__name__", "down"}, {"job", "a"}});
    ASSERT_TRUE(app->Commit().ok());
    options_.clock = &clock_;
    options_.max_series = 6;
  }

  static void Add(tsdb::Appender& app,
                  std::initializer_list<std::pair<std::string_view, std::string_view>> labels) {
    std::vector<tsdb::LabelView> views;
    for (const auto& [name, value] : labels) views.push_back({name, value});
    const auto series = app.GetSeries(tsdb::Labels::FromSortedViews(views));
    ASSERT_TRUE(series.ok()) << series.status();
    ASSERT_TRUE(app.Append(*series, tsdb::Sample{kNow, 1}).ok());
  }

  HttpResponse Get(std::string_view what, Params params) {
    HttpRequest request;
    request.params = std::move(params);
    request.hung_up = &hung_up_;
    HttpResponse response;
    for (const Route& route : CardinalityRoutes(options_, [this] { return storage_.get(); })) {
      if (route.pattern == "/api/v1/cardinality/" + std::string(what)) {
        route.handler(request, response);
      }
    }
    return response;
  }

  TempFolder folder_;
  FakeClock clock_{kNow};
  Metrics metrics_;
  std::unique_ptr<tsdb::Storage> storage_;
  CardinalityOptions options_;
  Cancellation hung_up_;
};

TEST_F(CardinalityRoutesTest, AnswersLikeMimir) {
  struct Case {
    const char* what;
    Params params;
    const char* want;
  };
  const Case kCases[] = {
      {"label_names",
       {},
       R"({"label_values_count_total":7,"label_names_count":3,"cardinality":[)"
       R"({"label_name":"instance","label_values_count":3},)"
       R"({"label_name":"__name__","label_values_count":2},)"
       R"({"label_name":"job","label_values_count":2}]})"},
      {"label_names",
       {{"selector", "down"}, {"limit", "1"}, {"count_method", "active"}},
       R"({"label_values_count_total":2,"label_names_count":2,"cardinality":[)"
       R"({"label_name":"__name__","label_values_count":1}]})"},
      {"label_values",
       {{"label_names[]", "job"}, {"label_names[]", "none"}, {"label_names[]", "instance"}},
       R"({"series_count_total":7,"labels":[)"
       R"({"label_name":"job","label_values_count":2,"series_count":7,"cardinality":[)"
       R"({"label_value":"a","series_count":4},{"label_value":"b","series_count":3}]},)"
       R"({"label_name":"instance","label_values_count":3,"series_count":6,"cardinality":[)"
       R"({"label_value":"0","series_count":2},{"label_value":"1","series_count":2},)"
       R"({"label_value":"2","series_count":2}]}]})"},
      {"label_values",
       {{"label_names[]", "job"}, {"selector", "{instance=\"1\"}"}, {"limit", "1"}},
       R"({"series_count_total":7,"labels":[)"
       R"({"label_name":"job","label_values_count":2,"series_count":2,"cardinality":[)"
       R"({"label_value":"a","series_count":1}]}]})"},
      {"label_values", {{"label_names[]", "none"}}, R"({"series_count_total":7,"labels":[]})"},
      {"active_series", {{"selector", "down"}}, R"({"data":[{"__name__":"down","job":"a"}]})"},
      {"active_series", {{"selector", "none"}}, R"({"data":[]})"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.want);
    const HttpResponse response = Get(c.what, c.params);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.content_type, "application/json");
    EXPECT_EQ(response.body, c.want);
  }
}

TEST_F(CardinalityRoutesTest, SaysWhatIsWrong) {
  struct Case {
    const char* what;
    Params params;
    const char* want;
  };
  const Case kCases[] = {
      {"label_values", {}, "'label_names[]' param is required\n"},
      {"label_values", {{"label_names[]", ""}}, "invalid 'label_names' param ''\n"},
      {"label_names", {{"limit", "501"}}, "'limit' param cannot be greater than '500'\n"},
      {"label_names", {{"limit", "-1"}}, "'limit' param cannot be less than '0'\n"},
      {"label_names", {{"limit", "x"}}, "'limit' param is not a number: \"x\"\n"},
      {"label_names",
       {{"limit", "1"}, {"limit", "2"}},
       "multiple 'limit' params are not allowed\n"},
      {"label_names",
       {{"count_method", "x"}},
       "invalid 'count_method' param 'x'. valid options are: [active,inmemory]\n"},
      {"active_series", {}, "missing 'selector' parameter\n"},
      {"active_series",
       {{"selector", "a"}, {"selector", "b"}},
       "multiple 'selector' params are not allowed\n"},
      {"active_series",
       {{"selector", "{job=~\".+\"}"}},
       "more than 6 series (query.max_series): ask for fewer with the selector\n"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.want);
    const HttpResponse response = Get(c.what, c.params);
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(response.content_type, "text/plain; charset=utf-8");
    EXPECT_EQ(response.body, c.want);
  }
  EXPECT_THAT(Get("label_names", {{"selector", "{"}}).body, HasSubstr("failed to parse selector"));
}

TEST_F(CardinalityRoutesTest, SpeaksForOneTenant) {
  options_.tenant = [](const HttpRequest&) { return StatusOr<std::string>("other"); };
  EXPECT_EQ(Get("label_names", {}).body,
            R"({"label_values_count_total":0,"label_names_count":0,"cardinality":[]})");
  options_.tenant = [](const HttpRequest&) -> StatusOr<std::string> {
    return InvalidArgument("no org id");
  };
  EXPECT_EQ(Get("label_values", {{"label_names[]", "job"}}).status, 400);
}

}  // namespace
}  // namespace tidemark::server
