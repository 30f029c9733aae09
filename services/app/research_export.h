#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/gene_result.h"
#include "rules/knowledge_base.h"

// Results for research, without what tells whose they are. A row is one patient: a pseudonym, what
// might single somebody out, made coarse (sex, and the year of birth as a span), and for each gene
// what its result means. Free texts, dates, laboratories and places are left out.

namespace genflik::app {

/// One patient as read from the store.
struct ResearchSubject {
  /// Logical id.
  std::string patient = {};
  /// FHIR administrative gender; may be empty.
  std::string sex = {};
  /// Year of birth; 0 when it is not known.
  int born = 0;
  std::vector<rules::GeneResult> results = {};
};

struct ResearchOptions {
  /// Secret of one project: the same patient has another pseudonym in another project.
  std::string key = {};
  /// Nobody is in the export whose sex and span of birth fewer than so many share.
  size_t smallest_group = 5;
};

struct ResearchExport {
  /// One JSON object a line.
  std::string lines = {};
  size_t patients = 0;
  /// Left out because their group was too small, even made coarser.
  size_t suppressed = 0;
};

/// HMAC-SHA256 of the patient's id under the key, 32 hexadecimal digits.
[[nodiscard]] std::string Pseudonym(std::string_view key, std::string_view patient);

/// Makes the export. Spans are of ten years; for groups that are too small of thirty; then without
/// sex; who then is among too few is left out. Rows stand in the order of the pseudonyms. Pure.
[[nodiscard]] ResearchExport MakeResearchExport(const rules::KnowledgeBase& knowledge,
                                                const std::vector<ResearchSubject>& subjects,
                                                const ResearchOptions& options);

}  // namespace genflik::app
