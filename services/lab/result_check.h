#pragma once

#include "fhir/issue.h"
#include "fhir/json.h"
#include "rules/knowledge_base.h"

namespace genflik::lab {

/// Tells the sender of a resource what Genflik could not make of the genetic results in it:
/// contradictions, unreadable values, genes and alleles that the knowledge lacks. All are warnings:
/// the resource is kept either way, and nothing of this is read as normal. Adds nothing for
/// resources without genetic results.
void CheckResults(const rules::KnowledgeBase& knowledge, const fhir::Json& resource,
                  fhir::IssueLog& log);

/// Refuses, as an error in `log`, a genetic result that says of nobody whose it is (no
/// Observation.subject): it could never be found again, and must not be stored as if it could.
void CheckSubject(const fhir::Json& resource, fhir::IssueLog& log);

}  // namespace genflik::lab
