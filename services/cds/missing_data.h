#pragma once

#include <string>
#include <vector>

#include "rules/knowledge_base.h"
#include "services/alerts/alert_policy.h"
#include "services/cds/card.h"
#include "services/cds/hook_request.h"

// What could not be checked because the record system did not give it: silence would read as
// "nothing to say".

namespace genflik::cds {

/// What is at hand of the drugs that the patient takes.
struct DrugsAtHand {
  /// Genflik itself keeps the list of the patient's drugs.
  bool stored = false;
  /// Those in force whose name could not be read.
  size_t unread = 0;
  /// What the patient takes can change what is said.
  bool matter = false;
};

/// True when drugs taken at the same time can change what the patient's genes mean for this one.
[[nodiscard]] bool DependsOnOtherDrugs(const rules::KnowledgeBase& knowledge,
                                       const rules::Drug& drug);

/// False where nobody can tell whether the patient is known here: there is no Patient, or only
/// identifiers that cannot be looked for.
[[nodiscard]] bool TellsWhoThePatientIs(const HookRequest& request);

/// Why results of the patient's genes may exist that were not found, one sentence each.
/// `stored_patient` is empty when the patient was not recognised; `unread`: a genetic answer came
/// of which nothing can be used.
[[nodiscard]] std::vector<std::string> MissingResults(const HookRequest& request,
                                                      const std::string& stored_patient,
                                                      bool unread, alerts::Language language);
/// The same of the drugs that the patient takes.
[[nodiscard]] std::vector<std::string> MissingDrugs(const HookRequest& request,
                                                    const DrugsAtHand& drugs,
                                                    alerts::Language language);

/// That the patient's list of drugs is longer than what is judged.
[[nodiscard]] std::string TooManyDrugs(alerts::Language language);

/// Says that the check is incomplete. `spoke`: what could be checked gave advice, on other cards.
[[nodiscard]] Card IncompleteCard(const std::vector<std::string>& missing, bool spoke,
                                  alerts::Language language);

/// Says that an order was not checked. `missing` is the reference that could not be read: the
/// order's own, or that of its drug; empty when not known.
[[nodiscard]] Card NotCheckedCard(const std::string& reference, const std::string& missing,
                                  alerts::Language language);

/// Says that no genetic result of the patient is known or, where some may not have been found, that
/// this could not be checked.
[[nodiscard]] Card NoResultsCard(const HookRequest& request,
                                 const std::vector<std::string>& missing,
                                 alerts::Language language);

/// `advice` to test a gene first without the claim that it has not been tested.
[[nodiscard]] alerts::Advice WithoutClaim(const alerts::Advice& advice);
/// Lets the card of such an advice say that a result could not be looked for.
void SayNotSearched(const alerts::Advice& advice, const CardFrame& frame, Card& card);

}  // namespace genflik::cds
