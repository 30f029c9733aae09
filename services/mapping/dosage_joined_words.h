#pragma once

#include <vector>

#include "services/mapping/dosage_words.h"

// Brings what is written in several ways to one. A part of dosage_split.cpp.

namespace genflik::mapping {

/// The tokens of a text with its short forms and phrases replaced ("2 (two)", "MWF", "to be taken",
/// "övriga dagar").
[[nodiscard]] std::vector<Token> JoinWords(std::vector<Token> tokens);

}  // namespace genflik::mapping
