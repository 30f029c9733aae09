#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "services/mapping/dosage_units.h"

// Free-text dosage in Swedish and English. Reads what it fully understands and says when it does
// not; what is read serves to check structured data and to show a prescriber, never as a silent
// dose.

namespace genflik::mapping {

/// One "so much, so often" of a text.
struct TextClause {
  /// Amount of one dose; high differs from low for "1-2".
  std::optional<double> low = {};
  double high = 0;
  /// The unit of the amount; nothing for a bare number ("1x2"), which then counts pieces.
  std::optional<Unit> unit = {};
  /// Doses a day.
  std::optional<double> often_low = {};
  double often_high = 0;
  /// Moments of the day named ("morgon och kväll"), and days of the week.
  size_t moments = 0;
  size_t week_days = 0;
  /// True when the days named are those without a dose ("utom söndagar"); `week_days` then has the
  /// others.
  bool days_away = false;
  /// True when meals were named beside how often ("4 ggr dagl före maten och till natten").
  bool meals = false;
  bool as_needed = false;
  bool single = false;
  /// Most in a day: an amount in `max_unit`, or a number of doses when `max_is_times`.
  std::optional<double> max = {};
  std::optional<Unit> max_unit = {};
  bool max_is_times = false;
  /// True when the most was said in doses: times, or pieces of what is dosed by the piece.
  bool max_in_doses = false;
  /// What one piece, or the whole dose, is said to hold ("1 tablett à 50 mg", "2 tabletter (100
  /// mg)"); `held_by_one` when only one piece can be meant.
  std::optional<double> held = {};
  bool held_by_one = false;
  /// True when it is said to be that of all pieces together ("2 tablets (100 mg total)").
  bool held_by_all = false;
  /// The pieces or millilitres that the mass of the clause is said to be ("100 mg (2 tabletter)").
  std::optional<double> counted = {};
  std::optional<Unit> counted_unit = {};
  /// True when the clause only says once more what others said ("= 100 mg/dygn").
  bool total = false;
};

/// What a millilitre is said to hold, in mg or IU.
struct TextConcentration {
  double amount = 0;
  UnitKind kind = UnitKind::kMass;
};

/// What a text says.
struct TextReading {
  std::vector<TextClause> clauses = {};
  /// What the text itself says that its clauses add up to.
  std::vector<TextClause> totals = {};
  std::vector<TextConcentration> concentrations = {};
  /// Days with treatment and days in a cycle ("dag 1-14, 21-dagarscykel").
  std::optional<double> on_days = {};
  std::optional<double> cycle_days = {};
  bool cycle = false;
  /// Something with a number or a meaning of its own was not understood.
  bool unclear = false;
  /// True when a maximum stands alone, and nothing else was unclear.
  bool only_most = false;
  /// Words that were not known; harmless for a comparison.
  bool unknown_words = false;
  /// True when what is counted was named without a number that was understood ("ii tabs").
  bool uncounted = false;
  bool titration = false;
  bool refers_elsewhere = false;
  bool stopped = false;
  /// True when it is said in a way that no condition or advice is ("utsatt").
  bool ended = false;
  bool as_needed = false;
  /// True when a later step of the text follows an earlier one ("därefter 1 tablett").
  bool steps = false;

  /// True when an amount was named.
  bool HasAmount() const;
};

/// Reads one text; empty text gives an empty reading.
[[nodiscard]] TextReading ReadDosageText(std::string_view text);

/// Doses a day that a clause tells by frequency, moments or days of the week; nothing when it does
/// not say, or when its own words disagree.
struct Often {
  double low = 0;
  double high = 0;
};
[[nodiscard]] std::optional<Often> HowOften(const TextClause& clause);

}  // namespace genflik::mapping
