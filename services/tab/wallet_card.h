#pragma once

#include <string>
#include <string_view>

#include "fhir/json.h"

namespace genflik::tab {

/// The essentials of a record (docs/record-json.md) as lines of text in one language ("en" or
/// "sv"): who, when, one line a gene, and `link`. Readable without Genflik and without a network.
[[nodiscard]] std::string CardText(const fhir::Json& record, std::string_view lang,
                                   std::string_view link);

/// A card of the size of a bank card (85.6 × 54 mm) as SVG: the genes that matter most, and a QR
/// code (ISO/IEC 18004, UTF-8) that holds CardText. Where the code is too small for it, genes that
/// ask for nothing lose their words; where that is not enough, those that matter least are left
/// out, and both the card and the code say how many.
[[nodiscard]] std::string RenderCard(const fhir::Json& record, std::string_view lang,
                                     std::string_view link);

}  // namespace genflik::tab
