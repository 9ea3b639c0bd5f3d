// The envelope of every answer of the API:
//
//   {"status":"success","data":…,"warnings":[…],"infos":[…]}
//   {"status":"error","errorType":"bad_data","error":"…"}
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/api/json_writer.h"
#include "server/http/http.h"
#include "tsdb/base/status.h"

namespace tidemark::server {

// A success whose data is what was written to json() in the meantime.
//
//   SuccessAnswer answer;
//   WriteLabels(answer.json(), labels);
//   answer.AddWarning("results truncated due to limit");
//   return std::move(answer).Finish();
class SuccessAnswer {
 public:
  SuccessAnswer();
  JsonWriter& json() { return json_; }
  void AddWarning(std::string warning) { warnings_.push_back(std::move(warning)); }
  void AddWarnings(std::vector<std::string> warnings);
  void AddInfos(std::vector<std::string> infos);
  HttpResponse Finish() &&;

 private:
  JsonWriter json_;
  std::vector<std::string> warnings_;
  std::vector<std::string> infos_;
};

// The one place that turns a Status into an HTTP code (http_status.h) and an
// errorType: kInvalidArgument and kOutOfRange bad_data, kNotFound not_found,
// kFailedPrecondition and kResourceExhausted execution, kDeadlineExceeded
// timeout, kCancelled canceled, kUnavailable unavailable (with Retry-After),
// anything else internal.
HttpResponse ErrorAnswer(const Status& status);

}  // namespace tidemark::server
