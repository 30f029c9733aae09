#pragma once

#include <string_view>
#include <vector>

#include "rules/gene_result.h"
#include "rules/text.h"

// After a transplantation a genetic result may speak of another person than the patient, or of
// other cells than those that matter (design: such a patient's results are never used silently).

namespace genflik::rules {

/// GeneResult::event of the two transplantations that count.
inline constexpr std::string_view kStemCellTransplant = "stem-cell-transplant";
inline constexpr std::string_view kLiverTransplant = "liver-transplant";

/// Takes the events out of a patient's results and writes on each result what they do to it. A
/// result of an unknown date, or one beside an event of an unknown date, counts as taken after it:
/// the side of caution.
[[nodiscard]] std::vector<GeneResult> WeighTransplants(std::vector<GeneResult> results);

/// "donor", "before-stem-cells" or "liver"; empty for none.
std::string_view CodeOf(TransplantDoubt doubt);
/// What it means for the genes named, as a sentence for a clinician.
LocalText TextOf(TransplantDoubt doubt, std::string_view genes);

}  // namespace genflik::rules
