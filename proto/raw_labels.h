// Labels → the bytes that a remote-write 1.0 request has for them
// (SeriesView::raw_labels), for protocols that have them otherwise.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "proto/byte_arena.h"
#include "proto/views.h"

namespace tidemark::proto {

// What one label takes at most beside its name and value.
inline constexpr size_t kMaxLabelFraming = 3 + 3 * 5;

// Writes one label to `at`, where there is room; returns where it ends.
char* PutRawLabel(char* at, std::string_view name, std::string_view value);

// Writes all of them; the bytes live as long as the arena.
std::string_view WriteRawLabels(std::span<const LabelView> labels, ByteArena& arena);

}  // namespace tidemark::proto
