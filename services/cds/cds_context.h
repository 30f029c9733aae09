#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "rules/knowledge_base.h"
#include "services/alerts/advice_text.h"
#include "services/alerts/alert_book.h"
#include "services/alerts/alert_policy.h"
#include "services/cds/ehr.h"
#include "services/core/clock.h"
#include "services/store/store.h"

namespace genflik::cds {

/// What can be set about the decision-support services.
struct CdsOptions {
  alerts::PolicyOptions policy = {};
  /// For callers that name no language.
  alerts::Language language = alerts::Language::kSwedish;
  /// Records what would have been said and says nothing.
  bool shadow = false;
  /// How loud rules may be for a specialty, by its name or code in lower case; the specialty is
  /// that of the Practitioner or PractitionerRole that came as prefetch.
  std::map<std::string, std::map<std::string, rules::AlertLevel>> specialties = {};
  /// Marks each order that was judged, by a system action that the EHR carries out unseen.
  bool system_actions = false;
  /// What one genotyping costs, for the report of repeated ones; 0: not told.
  double genotyping_price = 0;
  /// A call is answered within this time, whatever the EHR does.
  std::chrono::milliseconds time_limit{500};
  /// How much evidence of a request may be taken in; more orders are refused.
  size_t most_orders = 200;
  /// Public address for links; empty: the address the client used.
  std::string public_base = {};
};

/// What a card's link to the tab opens, and for whom.
struct TabTarget {
  /// Public address of Genflik.
  std::string base = {};
  /// Logical id.
  std::string patient = {};
  /// Name of a drug file; may be empty.
  std::string drug = {};
  /// The user whom the hook names ("Practitioner/1").
  std::string user = {};
};

/// What the services work with; everything referred to must outlive the router.
struct CdsContext {
  store::Store& store;
  std::function<std::shared_ptr<const rules::KnowledgeBase>()> knowledge;
  const core::Clock& clock;
  alerts::AlertBook& book;
  CdsOptions options = {};
  /// Fetches what prefetch lacks from the EHR; without it nothing is fetched.
  EhrFetch fetch = {};
  /// The address, good for minutes, that opens the tab; without it cards have the SMART link alone.
  std::function<std::string(const TabTarget& target)> tab_link = {};
};

}  // namespace genflik::cds
