#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/knowledge_base.h"
#include "services/alerts/order_check.h"
#include "services/cds/card.h"
#include "services/mapping/orders.h"

// What the patient has already had of the ordered drug: what has been tolerated for over a year
// weighs more than a genotype.

namespace genflik::cds {

/// A treatment of over a year; `since` is empty when there is none.
struct Treatment {
  /// FHIR date.
  std::string since = {};
  bool same_dose = false;
};

/// Where the treatment is looked for.
struct TreatmentSources {
  std::vector<const fhir::Json*> had = {};
  const alerts::DrugReadings& readings;
  mapping::BodySize size = {};
  std::string today = {};
};

[[nodiscard]] Treatment FindTreatment(const rules::KnowledgeBase& knowledge,
                                      const std::string& drug, const alerts::CheckedOrder& checked,
                                      const TreatmentSources& sources);

/// What stands first in the card's detail.
[[nodiscard]] std::string TreatmentText(const Treatment& treatment, const alerts::Advice& advice,
                                        alerts::Language language);

/// True when having tolerated the same dose answers the advice: it warns of too much of the drug.
/// Nothing critical is eased, no dose over a limit, and nothing that warns of too little effect: a
/// drug that does not work is tolerated well.
[[nodiscard]] bool IsEased(const Treatment& treatment, const alerts::Advice& advice);

/// "Citalopram: CYP2C19 långsam metaboliserare – samma dos sedan 2023-01-10; fortsätt om den
/// fungerar".
[[nodiscard]] std::string EasedSummary(const std::string& summary, const Treatment& treatment,
                                       alerts::Language language);

}  // namespace genflik::cds
