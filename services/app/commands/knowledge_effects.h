#pragma once

#include <iosfwd>

#include "rules/knowledge_base.h"
#include "services/alerts/recheck.h"
#include "services/core/clock.h"
#include "services/store/store.h"

namespace genflik::app {

struct EffectCounts {
  std::int64_t patients = 0;
  std::int64_t changed_results = 0;
  std::int64_t changed_alerts = 0;
};

/// Prints what a change of knowledge means for the stored patients, one line each: a gene whose
/// interpretation changes, and an active order whose alert appears (+), goes (-) or changes (~).
/// Patients and orders are named by their id in the store. Nothing is written.
EffectCounts CompareStored(store::Store& store, const rules::KnowledgeBase& before,
                           const rules::KnowledgeBase& after, core::Instant now,
                           const alerts::RecheckOptions& options, std::ostream& out);

}  // namespace genflik::app
