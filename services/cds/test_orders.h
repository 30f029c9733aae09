#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/cds/card.h"
#include "services/mapping/orders.h"

namespace genflik::cds {

/// The card for a laboratory order: a genotyping whose result exists or is on its way, or a
/// concentration whose drug depends on known genes. Nothing when there is nothing to say.
[[nodiscard]] std::optional<Card> TestOrderCard(const mapping::TestOrder& order,
                                                const rules::GeneProfile& profile,
                                                const std::vector<mapping::TestOrder>& pending,
                                                const CardFrame& frame);

/// The card that sums up the permanent results of a patient, with what they mean for drugs taken
/// now and what is `missing` from the picture.
[[nodiscard]] Card RecordCard(const alerts::PatientFacts& facts,
                              const std::vector<std::pair<rules::AlertLevel, std::string>>& active,
                              const std::vector<std::string>& missing, const CardFrame& frame);

}  // namespace genflik::cds
