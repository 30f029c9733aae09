#include "services/lab/result_check.h"

#include <string>

#include <nlohmann/json.hpp>

#include "rules/phenotyper.h"
#include "services/mapping/genomics.h"
#include "services/mapping/genomics_variants.h"

namespace genflik::lab {

using fhir::IssueType;

void CheckResults(const rules::KnowledgeBase& knowledge, const fhir::Json& resource,
                  fhir::IssueLog& log) {
  for (const rules::GeneResult& result : mapping::ReadGeneResults(resource, log)) {
    if (result.record_status == rules::RecordStatus::kEnteredInError) continue;
    const rules::Gene* gene = knowledge.FindGene(result.gene);
    if (gene == nullptr) {
      log.Warn(IssueType::kCodeInvalid, "the knowledge has no gene " + result.gene +
                                            "; the result is kept, but not interpretable");
      continue;
    }
    const rules::GeneInterpretation reading = rules::Interpret(*gene, result);
    if (reading.status != rules::InterpretationStatus::kNotInterpretable) continue;
    std::string text = "the result of " + result.gene + " is kept, but not interpretable";
    for (const rules::Reason& reason : reading.reasons) text += ": " + reason.text.en;
    log.Warn(IssueType::kBusinessRule, text);
  }
}

void CheckSubject(const fhir::Json& resource, fhir::IssueLog& log) {
  if (fhir::Find(resource, "subject") != nullptr) return;
  const std::string type(fhir::FindText(resource, "resourceType"));
  const bool variants = type == "Observation" && !mapping::ReadVariantFindings(resource).empty();
  if (!variants && !mapping::MayHoldGeneResults(resource)) return;
  log.AddAt(type + ".subject", fhir::Severity::kError, IssueType::kRequired,
            "a genetic result needs a subject: without one it belongs to nobody's record");
}

}  // namespace genflik::lab
