#pragma once

#include <optional>
#include <string>

#include "fhir/json.h"

// How often, from http://hl7.org/fhir/R4/datatypes.html#Timing.

namespace genflik::mapping {

/// How often a dose is given, on average over the days that the timing speaks of.
struct DoseTiming {
  /// False when no timing was told at all.
  bool told = false;
  /// Doses a day; low and high differ for "2-3 times".
  double low = 0;
  double high = 0;
  /// Days in one period, for how long a patch is worn or an infusion repeats.
  double period_days = 1;
  /// True when doses are more than a day apart or some days are free.
  bool average = false;
  /// True for one dose that is not repeated, and for several on one day only.
  bool single = false;
  bool single_day = false;
  /// Duration of one administration in days, such as that of an infusion.
  std::optional<double> duration_days = {};
  std::optional<double> duration_max_days = {};
  /// How long this instruction holds, in days.
  std::optional<double> bound_days = {};
  /// Set when the timing cannot be read.
  std::string reason_code = {};
  std::string reason = {};
  /// The other reading when the timing contradicts itself: doses a day.
  std::optional<double> other = {};

  bool ok() const { return reason_code.empty(); }
};

/// Reads Dosage.timing; `timing` may be null.
[[nodiscard]] DoseTiming ReadTiming(const fhir::Json* timing);

}  // namespace genflik::mapping
