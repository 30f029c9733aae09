#pragma once

#include <functional>
#include <memory>

#include "fhir/json.h"
#include "rules/knowledge_base.h"
#include "services/store/store.h"

// Results that disagree, of all patients: a list for the pharmacologist, who cannot open every
// record.

namespace genflik::lab {

/// An observer that keeps a record of kind "conflict" open while results of one gene of a patient
/// disagree, and settles it when they no longer do.
[[nodiscard]] store::WriteObserver ObserveConflicts(
    std::function<std::shared_ptr<const rules::KnowledgeBase>()> knowledge);

/// The conflicts that wait, oldest first, at most 200, each with `patient`, `gene`, `since` and
/// `results` (source, finding, laboratory, method, effective). Each is judged anew: one that newer
/// knowledge or a moved result has ended is left out.
[[nodiscard]] fhir::Json ListConflicts(const store::Reader& reader,
                                       const rules::KnowledgeBase& knowledge);

}  // namespace genflik::lab
