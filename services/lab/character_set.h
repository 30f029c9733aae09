#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace genflik::lab {

[[nodiscard]] bool IsUtf8(std::string_view bytes);
/// ISO 8859-1 (with the letters of Windows-1252 where that has more) as UTF-8.
[[nodiscard]] std::string FromLatin1(std::string_view bytes);

/// Text in UTF-8 from bytes in the character set that MSH-18 declares (table 0211: ASCII, 8859/1,
/// 8859/15, UNICODE UTF-8, and usual spellings of these). An empty declaration is UTF-8 when the
/// bytes are, else `default_set`. Nothing when the bytes are not in the set, or the set is none of
/// these.
[[nodiscard]] std::optional<std::string> DecodeHl7(std::string_view bytes,
                                                   std::string_view declared,
                                                   std::string_view default_set);

/// Whether text in the set that MSH-18 declares can be read; an empty declaration can.
[[nodiscard]] bool IsReadableCharacterSet(std::string_view declared);

/// UTF-8 text in the set that MSH-18 declares, for the answer; UTF-8 for every set but ISO 8859.
[[nodiscard]] std::string EncodeHl7(std::string_view text, std::string_view declared);

/// Text in UTF-8 from the bytes of a file: UTF-16 by its byte order mark, UTF-8 with or without
/// one, else Latin-1.
[[nodiscard]] std::string DecodeFile(std::string_view bytes);

}  // namespace genflik::lab
