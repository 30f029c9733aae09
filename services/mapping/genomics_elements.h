#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/issue.h"
#include "fhir/json.h"
#include "services/mapping/genomics_codes.h"

// The small elements of genomic resources: texts of a value, genes, presence. Used by genomics.

namespace genflik::mapping {

/// The texts of the value[x] of `element`, each once: what the laboratory shows to people first,
/// codes last.
[[nodiscard]] std::vector<std::string> TextsOf(const fhir::Json& element);

/// Text, else display, else code of a CodeableConcept; empty for null.
[[nodiscard]] std::string TextOfConcept(const fhir::Json* concept_value);

/// True when the CodeableConcept has this LOINC code.
[[nodiscard]] bool HasLoinc(const fhir::Json& concept_value, std::string_view code);

/// The first code that stands for a genetic test.
[[nodiscard]] std::optional<TestCode> TestOf(const fhir::Json& concept_value);

/// Reads the gene of a 48018-6 value; empty when it tells none. A number and a symbol that name
/// different genes are a contradiction, named in `log`; a number that is the NCBI id of the gene
/// named is a known slip.
[[nodiscard]] std::optional<std::string> ReadGene(const fhir::Json& element, fhir::IssueLog& log);

/// The LOINC answer code ("LA...") among the codings of a value; empty when there is none.
[[nodiscard]] std::string AnswerOf(const fhir::Json& element);

enum class Presence { kUnknown, kPresent, kAbsent, kNoCall };
/// Reads "Present", "Negative", true, "ej påvisad" and the like.
[[nodiscard]] Presence ReadPresence(const fhir::Json& element);

}  // namespace genflik::mapping
