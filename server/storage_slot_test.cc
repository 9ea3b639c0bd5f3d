#include "server/storage_slot.h"

#include <gtest/gtest.h>

#include <future>

#include "server/fake_storage_for_test.h"

namespace tidemark::server {
namespace {

TEST(StorageSlot, IsEmptyUntilTheStorageIsOpen) {
  std::promise<void> go_on;
  FakeStorageState state;
  StorageSlot slot;
  slot.Open([&](const Progress&) -> StatusOr<std::unique_ptr<tsdb::Storage>> {
    go_on.get_future().wait();
    return std::unique_ptr<tsdb::Storage>(std::make_unique<FakeStorage>(state));
  });
  EXPECT_EQ(slot.get(), nullptr);
  EXPECT_EQ(slot.state().code(), StatusCode::kUnavailable);
  EXPECT_EQ(MessageOf(slot.state()), "starting: replaying the journal");
  go_on.set_value();
  EXPECT_TRUE(slot.Await().ok());
  EXPECT_NE(slot.get(), nullptr);
  EXPECT_TRUE(slot.state().ok());
  EXPECT_TRUE(slot.Close().ok());
  EXPECT_EQ(state.closed, 1);
  EXPECT_EQ(slot.get(), nullptr);
  EXPECT_EQ(slot.state().code(), StatusCode::kUnavailable);
  // Who waited and comes late learns what became of the opening, not of the end.
  EXPECT_TRUE(slot.Await().ok());
}

TEST(StorageSlot, KeepsWhyItCouldNotBeOpened) {
  StorageSlot slot;
  slot.Open([](const Progress&) -> StatusOr<std::unique_ptr<tsdb::Storage>> {
    return FailedPrecondition("in use by another process");
  });
  EXPECT_EQ(slot.Await().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(slot.get(), nullptr);
  EXPECT_EQ(MessageOf(slot.state()), "in use by another process");
  EXPECT_TRUE(slot.Close().ok());
}

TEST(StorageSlot, TellsHowFarItIs) {
  std::promise<void> reported;
  std::promise<void> go_on;
  StorageSlot slot;
  slot.Open([&](const Progress& progress) -> StatusOr<std::unique_ptr<tsdb::Storage>> {
    RETURN_IF_ERROR(progress.Step("replaying the journal: 40%"));
    reported.set_value();
    go_on.get_future().wait();
    return Unavailable("enough");
  });
  reported.get_future().wait();
  EXPECT_EQ(MessageOf(slot.state()), "starting: replaying the journal: 40%");
  go_on.set_value();
}

TEST(StorageSlot, CloseCancelsTheOpener) {
  StorageSlot slot;
  slot.Open([](const Progress& progress) -> StatusOr<std::unique_ptr<tsdb::Storage>> {
    while (true) RETURN_IF_ERROR(progress.Step("working"));
  });
  EXPECT_TRUE(slot.Close().ok());
  EXPECT_EQ(slot.Await().code(), StatusCode::kCancelled);
}

TEST(StorageSlot, CloseWaitsForTheOpener) {
  FakeStorageState state;
  std::promise<void> opening;
  {
    StorageSlot slot;
    slot.Open([&](const Progress&) -> StatusOr<std::unique_ptr<tsdb::Storage>> {
      opening.set_value();
      return std::unique_ptr<tsdb::Storage>(std::make_unique<FakeStorage>(state));
    });
    opening.get_future().wait();
  }
  EXPECT_EQ(state.closed, 1);
}

}  // namespace
}  // namespace tidemark::server
