#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/knowledge_base.h"
#include "services/lab/decision_record.h"
#include "services/store/store.h"

// Results that disagree drive alerts by the safer one until a person decides which of them counts.

namespace genflik::lab {

/// Decides a conflict: the result with the source `keep` counts, the others that disagree about the
/// gene are set aside with the reason (an extension of their Observation; they stay readable, and
/// a later version from the laboratory counts again). Returns their sources. Throws
/// Error(kNotFound) without such a patient or gene, Error(kConflict) when nothing disagrees and
/// Error(kInvalid) when `keep` is none of the results that do.
std::vector<std::string> ResolveConflict(store::Writer& writer,
                                         const rules::KnowledgeBase& knowledge,
                                         const std::string& patient, const std::string& gene,
                                         const std::string& keep, const Decision& decision);

/// Lets results of the gene that were set aside count again. Throws Error(kConflict) when none was.
std::vector<std::string> ReopenConflict(store::Writer& writer,
                                        const rules::KnowledgeBase& knowledge,
                                        const std::string& patient, const std::string& gene,
                                        const Decision& decision);

}  // namespace genflik::lab
