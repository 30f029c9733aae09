#pragma once

#include <string>

#include "services/alerts/alert_policy.h"
#include "services/alerts/text_form.h"

// Words for advice that is only that an answer does not suffice: it cannot be read, or not all was
// looked for.

namespace genflik::alerts {

/// For AdviceKind::kUnreadable: headline and text.
[[nodiscard]] std::string UnreadableSummary(const Advice& advice,
                                            const rules::KnowledgeBase& knowledge,
                                            Language language);
[[nodiscard]] std::string UnreadableText(const Advice& advice, Language language);

/// For AdviceKind::kNarrow: what is missing ("DPYD normal, but …"), headline and text.
[[nodiscard]] std::string NarrowWords(const Advice& advice, Language language);
[[nodiscard]] std::string NarrowSummary(const Advice& advice, const rules::KnowledgeBase& knowledge,
                                        Language language);
[[nodiscard]] std::string NarrowText(const Advice& advice, Language language);

}  // namespace genflik::alerts
