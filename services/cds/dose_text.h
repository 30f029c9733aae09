#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json.h"

// The words of a dosage after its dose was changed.

namespace genflik::cds {

/// Old and new number of a dose or of a limit beside it, as texts write them.
struct NumberChange {
  std::string before;
  std::string after;
  std::string unit;
  /// A limit need not stand in the text; a dose that stands there in part is not told.
  bool is_limit = false;
};

/// The text with the new numbers in the places of the old ones. Nothing when an amount would be
/// left in it that was not changed, or when it is not certain which number is which.
[[nodiscard]] std::optional<std::string> RewriteDoseText(std::string_view text,
                                                         const std::vector<NumberChange>& changes);

/// Rewrites the texts of a FHIR Dosage; what cannot be rewritten is left out.
void RewriteTexts(fhir::Json& dosage, const std::vector<NumberChange>& changes);

}  // namespace genflik::cds
