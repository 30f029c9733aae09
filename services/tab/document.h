#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/json.h"

// The permanent results as one FHIR document: http://hl7.org/fhir/R4/documents.html

namespace genflik::tab {

/// What the document is made of beside the record.
struct DocumentFrame {
  /// "en" or "sv".
  std::string lang = "sv";
  /// Base address of the FHIR server, without a slash at the end.
  std::string base = {};
  /// UUIDs of the document, its Composition and its author.
  std::string document_id = {};
  std::string composition_id = {};
  std::string author_id = {};
};

/// Finds a stored resource by its reference; nothing when it is not there.
using ResourceFinder = std::function<std::optional<fhir::Json>(std::string_view reference)>;

/// A Bundle of type document from a record (docs/record-json.md): a Composition with what is in
/// force and what is history, the patient, Genflik as author, and the results themselves. Pure.
[[nodiscard]] fhir::Json BuildDocument(const fhir::Json& record, const ResourceFinder& find,
                                       const DocumentFrame& frame);

}  // namespace genflik::tab
