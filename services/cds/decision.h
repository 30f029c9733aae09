#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fhir/json.h"
#include "rules/gene_result.h"
#include "rules/knowledge_base.h"
#include "services/cds/cds_context.h"
#include "services/cds/hook_request.h"

// The middle of every decision-support call: what is known goes in, cards come out. Pure, so that
// an evaluation can be replayed.

namespace genflik::cds {

/// What the record knows about the patient, read on one snapshot.
struct StoredFacts {
  /// Logical id of the stored patient; empty when the EHR's patient was not recognised.
  std::string patient = {};
  std::string birth_date = {};
  std::vector<rules::GeneResult> results = {};
  /// `results` together with those that the patient has blocked to the caller; nothing when none
  /// is. Never shown: only whether they matter is told.
  std::optional<std::vector<rules::GeneResult>> opened = {};
  /// MedicationRequests and MedicationStatements in force.
  std::vector<fhir::Json> medications = {};
  /// False when no drug of the patient was ever stored: then an empty list says nothing.
  bool keeps_drugs = true;
  /// Observations of weight, height and body surface, oldest first.
  std::vector<fhir::Json> sizes = {};
  /// ServiceRequests that are under way.
  std::vector<fhir::Json> tests = {};
  /// What the EHR was asked for beside prefetch.
  std::vector<FetchedResource> fetched = {};
};

/// What was decided about one thing, shown or not.
struct Said {
  std::string card = {};
  /// "shown", "quiet" (said lately), "shadow" or "silent".
  std::string status = {};
  std::string order = {};
  std::string drug = {};
  std::string gene = {};
  /// Rule, "test-first:…" or "duplicate:…".
  std::string advice = {};
  std::string indicator = {};
  std::string summary = {};
  std::string quiet_key = {};
};

struct Decision {
  std::vector<fhir::Json> cards = {};
  /// Only where configured: https://cds-hooks.hl7.org/2.0/#system-action
  std::vector<fhir::Json> system_actions = {};
  std::vector<Said> said = {};
  /// Codes and names of drugs that the knowledge does not have.
  std::vector<std::string> unmapped = {};
};

struct DecisionInput {
  const HookRequest& request;
  const StoredFacts& stored;
  const rules::KnowledgeBase& knowledge;
  const CdsOptions& options;
  alerts::Language language = alerts::Language::kSwedish;
  std::string base = {};
  /// FHIR date of the decision.
  std::string today = {};
  /// True when this was said lately to the same clinician.
  std::function<bool(const std::string& key)> said_lately = {};
};

/// Decides. Throws Error(kPreconditionFailed) when data that the decision needs are not known: an
/// empty list of cards would read as "nothing to say".
[[nodiscard]] Decision Decide(const DecisionInput& input);

}  // namespace genflik::cds
