#include "server/api/answer.h"

#include <iterator>
#include <utility>

#include "server/http_status.h"

namespace tidemark::server {
namespace {

constexpr const char* kJson = "application/json";
constexpr const char* kRetryAfterSeconds = "5";

std::string_view ErrorType(StatusCode code) {
  switch (code) {
    case StatusCode::kInvalidArgument:
    case StatusCode::kOutOfRange:
    case StatusCode::kAlreadyExists:
      return "bad_data";
    case StatusCode::kNotFound:
      return "not_found";
    case StatusCode::kFailedPrecondition:
    case StatusCode::kResourceExhausted:
      return "execution";
    case StatusCode::kDeadlineExceeded:
      return "timeout";
    case StatusCode::kCancelled:
      return "canceled";
    case StatusCode::kUnavailable:
      return "unavailable";
    default:
      return "internal";
  }
}

void Append(std::vector<std::string>& to, std::vector<std::string> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

void WriteTexts(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  json.Key(key);
  json.BeginArray();
  for (const std::string& text : texts) json.Text(text);
  json.EndArray();
}

}  // namespace

SuccessAnswer::SuccessAnswer() {
  json_.BeginObject();
  json_.Key("status");
  json_.Text("success");
  json_.Key("data");
}

void SuccessAnswer::AddWarnings(std::vector<std::string> warnings) {
  Append(warnings_, std::move(warnings));
}

void SuccessAnswer::AddInfos(std::vector<std::string> infos) { Append(infos_, std::move(infos)); }

HttpResponse SuccessAnswer::Finish() && {
  WriteTexts(json_, "warnings", warnings_);
  WriteTexts(json_, "infos", infos_);
  json_.EndObject();
  HttpResponse response;
  response.content_type = kJson;
  response.body = std::move(json_).Take();
  return response;
}

HttpResponse ErrorAnswer(const Status& status) {
  JsonWriter json;
  json.BeginObject();
  json.Key("status");
  json.Text("error");
  json.Key("errorType");
  json.Text(ErrorType(status.code()));
  json.Key("error");
  json.Text(MessageOf(status));
  json.EndObject();
  HttpResponse response;
  response.status = HttpStatusOf(status.code());
  response.content_type = kJson;
  response.body = std::move(json).Take();
  if (status.code() == StatusCode::kUnavailable) {
    response.headers.emplace_back("Retry-After", kRetryAfterSeconds);
  }
  return response;
}

}  // namespace tidemark::server
