#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/json.h"
#include "services/alerts/order_check.h"
#include "services/cds/cds_context.h"

// Cards: https://cds-hooks.hl7.org/2.0/#card-attributes. Texts are Genflik's own.

namespace genflik::cds {

/// What every card of one answer has in common.
struct CardFrame {
  const rules::KnowledgeBase& knowledge;
  alerts::Language language = alerts::Language::kSwedish;
  /// Public address of Genflik, for links.
  std::string base = {};
  /// The hook's instance: with it a repeated call gets the same card ids.
  std::string instance = {};
  /// The EHR's reference to the patient, for new resources.
  std::string patient = {};
};

/// A card before it is JSON.
struct Card {
  /// What it is about, for its id and for telling a repetition ("MedicationRequest/1|rule").
  std::string subject = {};
  rules::AlertLevel level = rules::AlertLevel::kInfo;
  std::string summary = {};
  std::string detail = {};
  /// "dosing", "test-first", "duplicate-test", "record", "not-checked".
  std::string topic = {};
  std::string source_label = {};
  std::string source_url = {};
  std::vector<fhir::Json> suggestions = {};
  bool override_reasons = false;
  /// Guideline's address; empty: none.
  std::string guideline_label = {};
  std::string guideline_url = {};
  /// For the SMART link's appContext; empty: no link.
  std::string gene = {};
  std::string drug = {};
  /// The link offers to open what the patient has blocked.
  bool break_the_glass = false;
};

/// A card as JSON. `uuid` comes out as CardId().
[[nodiscard]] fhir::Json RenderCard(Card card, const CardFrame& frame);
/// The same card of the same call always has the same id.
[[nodiscard]] std::string CardId(const CardFrame& frame, std::string_view subject);

/// The card of one advice about one order. `remarks` are added to the detail.
[[nodiscard]] Card AdviceCard(const alerts::Advice& advice, const alerts::CheckedOrder& checked,
                              const fhir::Json& order, const alerts::PatientFacts& facts,
                              const std::vector<std::string>& remarks, const CardFrame& frame);

/// Alternatives that are not themselves advised against for the patient, in the guideline's order.
[[nodiscard]] std::vector<std::string> SafeAlternatives(const alerts::Advice& advice,
                                                        const alerts::PatientFacts& facts,
                                                        const CardFrame& frame);

/// Makes a card about a drug that is taken already of one about its order: says which new
/// orders change it, and offers to remove those.
void AboutRunningDrug(const std::vector<mapping::DrugOrder>& because, const std::string& drug,
                      const CardFrame& frame, Card& card);

}  // namespace genflik::cds
