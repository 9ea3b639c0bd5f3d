#include "tsdb/snapshot/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tsdb/base/checksum.h"

namespace tidemark::tsdb {
namespace {

using testing::HasSubstr;

constexpr std::string_view kText =
    "tidemark-snapshot 1\n"
    "format 1\n"
    "created 1767225600000\n"
    "journal 17\n"
    "file 0 2d06800538d394c2 db/CURRENT\n"
    "file 4096 00000000000000ff db/000012.sst\n";

std::string WithSum(std::string_view text) {
  std::string out(text);
  constexpr char kDigits[] = "0123456789abcdef";
  out += "end ";
  const uint64_t sum = Checksum64(text);
  for (int shift = 60; shift >= 0; shift -= 4) out += kDigits[(sum >> shift) & 15];
  return out + "\n";
}

TEST(ManifestTest, ReadsWhatItWrites) {
  const auto manifest = DecodeManifest(WithSum(kText));
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  EXPECT_EQ(manifest->format_version, 1u);
  EXPECT_EQ(manifest->created_ms, 1767225600000);
  EXPECT_EQ(manifest->journal_next, 17u);
  ASSERT_EQ(manifest->files.size(), 2u);
  EXPECT_EQ(manifest->files[1].path, "db/000012.sst");
  EXPECT_EQ(manifest->files[1].sum.bytes, 4096u);
  EXPECT_EQ(manifest->files[1].sum.checksum, 255u);
  EXPECT_EQ(EncodeManifest(*manifest), WithSum(kText));
}

TEST(ManifestTest, AnythingElseIsRefused) {
  const std::string whole = WithSum(kText);
  for (size_t cut = 0; cut < whole.size(); ++cut) {
    EXPECT_FALSE(DecodeManifest(whole.substr(0, cut)).ok()) << cut;
    std::string changed = whole;
    changed[cut] = static_cast<char>(changed[cut] ^ 1);
    EXPECT_FALSE(DecodeManifest(changed).ok()) << cut;
  }
  const struct {
    std::string text;
    const char* message;
  } kCases[] = {
      {WithSum("tidemark-snapshot 2\n"), "newer version"},
      {WithSum("tidemark-snapshot 1\nformat 9\ncreated 1\njournal 1\n"), "newer version"},
      {WithSum("tidemark-snapshot 1\nformat 1\ncreated 1\njournal 1\nfile 1 1 ../x\n"), "../x"},
      {WithSum("tidemark-snapshot 1\nformat 1\ncreated 1\njournal 1\nfile 1 1 /etc/x\n"), "/etc/x"},
      {WithSum(kText) + "more", "cut"},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(DecodeManifest(c.text).status().ToString(), HasSubstr(c.message));
  }
}

class CheckSnapshotTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "manifest_test_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    std::filesystem::create_directory(folder_ + "/db");
    Write("db/a", "first");
    Write("db/b", "second");
    SnapshotManifest manifest;
    manifest.format_version = 1;
    const auto files = ListFiles(folder_);
    ASSERT_TRUE(files.ok()) << files.status();
    manifest.files = *files;
    ASSERT_EQ(manifest.files.size(), 2u);
    Write("manifest", EncodeManifest(manifest));
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void Write(const std::string& path, const std::string& content) {
    std::ofstream(folder_ + "/" + path, std::ios::binary) << content;
  }
  std::string folder_;
};

TEST_F(CheckSnapshotTest, NamesTheFileThatIsWrong) {
  EXPECT_TRUE(CheckSnapshot(folder_).ok());
  Write("db/b", "secont");
  EXPECT_THAT(CheckSnapshot(folder_).status().ToString(), HasSubstr("db/b is damaged"));
  Write("db/b", "second and more");
  EXPECT_EQ(CheckSnapshot(folder_).status().code(), StatusCode::kDataLoss);
  std::filesystem::remove(folder_ + "/db/b");
  EXPECT_THAT(CheckSnapshot(folder_).status().ToString(), HasSubstr("db/b is missing"));
  std::filesystem::remove(folder_ + "/manifest");
  EXPECT_EQ(CheckSnapshot(folder_).status().code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace tidemark::tsdb
