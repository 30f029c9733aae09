#pragma once

#include <optional>
#include <string>

#include "fhir/json.h"
#include "services/mapping/genomics_codes.h"

// Results under a code that only the laboratory knows, where its name and the value leave no doubt.

namespace genflik::mapping {

struct LocalResult {
  std::string gene = {};
  TestKind kind = TestKind::kGenotype;
  /// What is read instead of the value, where the test's name belongs to it ("HLA-B*57:01
  /// negativ"); else empty.
  std::string text = {};
};

/// A value that is unmistakably a genotype or a phenotype of a gene that the code's name or the
/// value tells, or what was found of the allele or variant in the code's name.
[[nodiscard]] std::optional<LocalResult> ReadLocalResult(const fhir::Json& observation);

}  // namespace genflik::mapping
