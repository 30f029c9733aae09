#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json.h"
#include "rules/engine.h"
#include "services/alerts/advice_text.h"
#include "services/alerts/alert_policy.h"
#include "services/alerts/drug_readings.h"
#include "services/mapping/orders.h"

// One order of one patient, judged: the same for CDS Hooks, for FHIR and for late results. Pure.

namespace genflik::alerts {

/// Where an order notes that its dose follows an advice.
inline constexpr std::string_view kFollowedExtension =
    "https://genflik.se/fhir/StructureDefinition/advice-followed";

/// A drug that the patient takes, looked up once for all orders.
struct ActiveDrug {
  mapping::DrugOrder order = {};
  /// The drug files that it has.
  std::vector<const rules::Drug*> drugs = {};
  /// What it does to the genes of others.
  std::vector<const rules::PhenoconversionRule*> converters = {};
  /// The order itself where it is made in this call, so that its dose counts beside that of another
  /// order of the drug; null for what was ordered before.
  const fhir::Json* drafted = nullptr;
};

/// Everything about the patient that an order is judged by.
struct PatientFacts {
  rules::GeneProfile profile = {};
  rules::EvaluationContext context = {};
  mapping::BodySize size = {};
  /// What the patient takes, with the resources it was read from. Points into the knowledge.
  std::vector<ActiveDrug> active = {};
};

/// Adds a drug to what the patient takes; `drafted` as in ActiveDrug.
void AddActive(DrugReading reading, PatientFacts& facts, const fhir::Json* drafted = nullptr);

struct CheckedOrder {
  mapping::DrugOrder order = {};
  rules::Evaluation evaluation = {};
  std::vector<Advice> advice = {};
  /// The dose for each drug about which there is advice.
  std::map<std::string, OrderedDose> doses = {};
  /// FHIR dates since when the patient has had the drug, by drug; empty when it is new.
  std::map<std::string, std::string> taken_since = {};
};

/// Judges one order. `today` is a FHIR date.
[[nodiscard]] CheckedOrder CheckOrder(const rules::KnowledgeBase& knowledge,
                                      const fhir::Json& resource, const mapping::DrugOrder& order,
                                      const PatientFacts& facts, const PolicyOptions& options,
                                      std::string_view today);

/// True where an order was written before anything was known of the drug's genes: before Genflik
/// received the first of their results. `written` is a FHIR instant or dateTime; false where either
/// is not told, or both are of one day and not both instants in UTC.
[[nodiscard]] bool IsBeforeResults(std::string_view written, const rules::Drug& drug,
                                   const rules::GeneProfile& profile);

/// What an evaluation was made of.
struct EvaluatedFrom {
  const rules::KnowledgeBase& knowledge;
  const rules::GeneProfile& profile;
  const rules::DrugQuery& query;
  rules::EvaluationContext context = {};
};

/// Judges what the guidelines say, like Judge; a danger that only an inhibitor among
/// `from.context.converters` holds back is told all the same, one step lower.
[[nodiscard]] std::vector<Advice> JudgeKeepingDangers(EvaluatedFrom from,
                                                      const rules::Evaluation& evaluation,
                                                      const DoseOfDrug& dose_of,
                                                      const PolicyOptions& options);

/// Where nothing else is said of a drug: tells that a normal answer left out what the gene's file
/// wants looked for before it is relied on (rules::LookFor).
void TellOfNarrow(const rules::KnowledgeBase& knowledge, const rules::GeneProfile& profile,
                  std::vector<Advice>& advice);

/// The results behind an advice, for its text; the references go to `sources`.
[[nodiscard]] std::vector<EvidenceLine> EvidenceOf(const Advice& advice,
                                                   const rules::GeneProfile& profile,
                                                   std::vector<std::string>* sources = nullptr);

/// Sorted, each once: the genes an advice is about.
[[nodiscard]] std::vector<std::string> GenesOf(const Advice& advice);

}  // namespace genflik::alerts
