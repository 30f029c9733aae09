#pragma once

#include <string>
#include <string_view>

// http://hl7.org/fhir/R4/narrative.html#xhtml

namespace genflik::fhir {

/// What is wrong with the XHTML of a narrative, as a sentence; empty when nothing is. It must be
/// one well-formed div, with no active content (script, event handlers, forms, objects) and some
/// text or image.
[[nodiscard]] std::string CheckNarrative(std::string_view xhtml);

}  // namespace genflik::fhir
