#pragma once

#include <string>
#include <string_view>

#include "rules/gene.h"

// A phenotype in a laboratory's words.

namespace genflik::rules {

/// The gene's own term for it: British spelling, abbreviations (PM, IM, NM, RM, UM), NAT2's older
/// words and the Swedish terms are understood. Empty when it is none.
[[nodiscard]] std::string KnownPhenotype(const Gene& gene, std::string_view reported);

/// Whether the words only say that the laboratory could not tell ("n/a", "ej bedömbar").
[[nodiscard]] bool SaysNoPhenotype(std::string_view reported);

}  // namespace genflik::rules
