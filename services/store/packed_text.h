#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Long texts as SQLite keeps them: one LZ4 frame that tells its size, which the lz4 command reads
// as well (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md).

namespace genflik::store {

/// A text of fewer bytes is kept as it is: packing it takes longer than writing it.
inline constexpr size_t kPackedFrom = 16384;

/// The frame; any text, also an empty one. Throws Error(kInternal) without memory.
[[nodiscard]] std::string PackText(std::string_view text);

/// The text of a frame. Throws Error(kInternal) for what is no whole frame or was damaged.
[[nodiscard]] std::string UnpackText(std::string_view frame);

}  // namespace genflik::store
