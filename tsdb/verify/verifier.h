// Verifier: everything that can be checked of a data folder, without changing it.
//
//   ASSIGN_OR_RETURN(const VerifyReport report, Verifier(path).Run());
//   for (const Finding& finding : report.findings.list()) …
//
// First the files, one by one, then, if the database opens, every key of every
// family (tsdb/verify/checks.h).  Works on a snapshot too.
#pragma once

#include <string>

#include "tsdb/base/status.h"
#include "tsdb/verify/findings.h"

namespace tidemark::tsdb {

struct VerifyReport {
  Findings findings;
  VerifyCounts counts;
  // Whether the families were read; if not, only files were checked.
  bool opened = false;

  bool sound() const { return findings.errors() == 0; }
};

// Threads: one.
class Verifier {
 public:
  // `path`: as StorageOptions::path.
  explicit Verifier(std::string path) : path_(std::move(path)) {}

  //   kNotFound            there is no database
  //   kFailedPrecondition  a process has it open
  StatusOr<VerifyReport> Run();

 private:
  void CheckFiles(VerifyReport& report) const;
  void CheckFamilies(VerifyReport& report) const;

  const std::string path_;
};

}  // namespace tidemark::tsdb
