#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "fhir/json.h"
#include "rules/gene_result.h"
#include "services/mapping/genomics_variants.h"
#include "services/store/store.h"

// Which stored variants belong to one analysis, and what else is stored about it.

namespace genflik::lab {

/// One analysis of one patient.
struct Analysis {
  std::string patient = {};
  std::string effective = {};
  std::string laboratory = {};
  std::string specimen = {};
  /// Findings within a report that contains its Observations belong to it alone.
  std::string report = {};

  auto operator<=>(const Analysis&) const = default;
  std::string Text() const {
    return patient + "|" + effective + "|" + laboratory + "|" + specimen + "|" + report;
  }
};

/// The patient whom a resource is about; empty where that is none of this record.
[[nodiscard]] std::string PatientOf(const fhir::Json& resource);

/// A digest of a text, in hexadecimal.
[[nodiscard]] std::string Digest(const std::string& text);

/// A finding with the Observation it stands in.
struct VariantSource {
  std::string reference = {};
  std::int64_t version = 0;
  std::string status = {};
  std::string method = {};
  rules::Coverage coverage = {};
  mapping::VariantFinding finding = {};
};

/// Adds the variants of an Observation that are not results by themselves.
void AddSources(const fhir::Json& observation, const std::string& reference, std::int64_t version,
                std::vector<VariantSource>& sources);

/// The id of our call of a gene, or of one variant.
[[nodiscard]] std::string DerivedId(const Analysis& analysis, const std::string& part);

/// The analyses that a version of a resource has to do with.
void AddAnalyses(const store::Reader& reader, const store::StoredResource& resource,
                 std::set<Analysis>& analyses);

/// What is stored about one analysis.
struct AnalysisEvidence {
  std::vector<VariantSource> sources = {};
  /// Genes whose alleles the laboratory reports itself.
  std::set<std::string> reported = {};
  /// Observations that such a report is derived from.
  std::set<std::string> used = {};
  /// Our own calls of this analysis, by id.
  std::map<std::string, store::StoredResource> derived = {};
};

/// What is stored about an analysis now.
[[nodiscard]] AnalysisEvidence Collect(const store::Reader& reader, const Analysis& analysis);

}  // namespace genflik::lab
