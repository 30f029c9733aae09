#pragma once

#include <optional>
#include <string>

#include "rules/drug.h"
#include "services/mapping/dosage.h"

// An ordered dose held against what a guideline wants. Pure.

namespace genflik::alerts {

/// How an ordered dose stands to an advice.
enum class DoseVerdict {
  /// The advice is not about a dose that can be compared.
  kNotCompared,
  /// The order already does what the advice says.
  kFollows,
  /// It is the advised part of the highest usual full dose, but more than that of the lowest; which
  /// is meant the order does not tell.
  kMayFollow,
  /// The mean of a day is no more than is advised, but it is given on more days, or more at a time,
  /// than the guideline wants.
  kOtherDays,
  /// Over the most that the advice allows.
  kOver,
  /// The advice names a limit, but the order's dose could not be read.
  kUnreadable,
};

struct DoseFinding {
  DoseVerdict verdict = DoseVerdict::kNotCompared;
  /// The limit and what was ordered, in the unit below; set for kOver and kFollows by a limit.
  double limit = 0;
  double ordered = 0;
  /// "mg", "mg/m2"; and the time: "d", "dose", "wk".
  std::string unit = {};
  std::string per = {};
  /// The drug's full dose for this patient, in the same unit; 0 when it is not known.
  double full = 0;
  /// What was compared is the sum of several orders.
  bool together = false;
  /// The limit is what the treatment may begin with.
  bool start = false;
  /// For kMayFollow: the order is older than what is known of the genes (OrderedDose).
  bool before_results = false;
};

/// The dose of the order for one drug, the note an accepted suggestion left on it, and the
/// patient's size, by which a full dose is known.
struct OrderedDose {
  mapping::DailyDose dose = {};
  /// With the other orders of the drug that are made at the same time; nothing when there are none.
  std::optional<mapping::DailyDose> together = {};
  /// "rule-id|value unit" when the order was changed by a suggestion of ours.
  std::string followed = {};
  std::optional<double> weight_kg = {};
  std::optional<double> surface_m2 = {};
  std::optional<double> age_years = {};
  /// The patient has had the drug for so long that how it is begun is no question any more.
  bool running = false;
  /// The order was written before anything was known of the drug's genes, so that it was not
  /// lowered because of them.
  bool before_results = false;

  /// What an advice is compared with.
  const mapping::DailyDose& Compared() const { return together ? *together : dose; }
};

/// The ordered dose against a limit: kFollows, kOver or kUnreadable.
[[nodiscard]] DoseFinding AgainstLimit(const rules::DoseLimit& limit, const OrderedDose& ordered);

/// The ordered dose against an action; `standard` is the drug's full dose where known.
[[nodiscard]] DoseFinding CompareDose(const rules::Action& action, const std::string& rule_id,
                                      const std::optional<rules::StandardDose>& standard,
                                      const OrderedDose& ordered);

/// The note that marks an order as changed by a suggestion; it counts while the dose stays the
/// same.
[[nodiscard]] std::string FollowedNote(const std::string& rule_id, const mapping::DailyDose& dose);
/// True where the order has that note for this rule.
[[nodiscard]] bool IsFollowedByNote(const std::string& rule_id, const OrderedDose& ordered);

}  // namespace genflik::alerts
