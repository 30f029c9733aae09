#pragma once

#include <string_view>

// Words that change what an order means, found in a text whether or not the rest of it is
// understood: weekly, as needed, stopped.

namespace genflik::mapping {

/// True when `word` stands at the start of a word of `text` (both plain, PlainText).
[[nodiscard]] bool StartsAWord(std::string_view text, std::string_view word);

/// True when a text says that the medicine is taken in weeks and not in days ("en gång i veckan",
/// "1x/Woche", "q7d"); not for a length ("i 2 veckor"), a check-up or a step of a titration.
[[nodiscard]] bool SaysWeekly(std::string_view text);
/// True for "vid behov", "prn", "bei Bedarf".
[[nodiscard]] bool SaysAsNeeded(std::string_view text);
/// True when a text says that the medicine is not taken at present: "on hold", "sätts ut",
/// "seponeret".
[[nodiscard]] bool SaysStopped(std::string_view text);
/// True for "ta inte" and the like at the start of a short text.
[[nodiscard]] bool SaysDoNotTake(std::string_view text);

/// True for a complaint that comes and goes, in plain text: "vid smärta" is as needed, "vid
/// diabetes" is not.
[[nodiscard]] bool IsComplaint(std::string_view word);

}  // namespace genflik::mapping
