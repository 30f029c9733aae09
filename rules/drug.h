#pragma once

#include <bitset>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rules/citation.h"
#include "rules/text.h"

// A drug as its knowledge file describes it (docs/knowledge-format.md). Immutable once loaded.

namespace genflik::rules {

enum class ActionKind {
  kNoChange,
  kAvoid,
  kAlternative,
  kReduceDose,
  kMaxDose,
  kIncreaseDose,
  kAdjustDose,
  kSlowTitration,
  kMonitor,
  kTestFirst,
  kCalculate,
  kNoRecommendation,
};
/// "no-change", "avoid", …
std::string_view CodeOf(ActionKind kind);
std::optional<ActionKind> ParseActionKind(std::string_view code);

/// The highest indicator that an order may raise because of a row.
enum class AlertLevel { kNone, kInfo, kWarning, kCritical };
/// "none", "info", "warning" or "critical".
std::string_view CodeOf(AlertLevel level);

/// `per` is "d", "dose", "m2.d" or "wk"; `unit` is UCUM.
struct DoseLimit {
  double low = 0;
  /// Equal to `low` unless the guideline gives a range.
  double high = 0;
  std::string unit = {};
  std::string per = {};
  bool operator==(const DoseLimit&) const = default;
};

/// What takes the place of an action's limit for part of the patients; every condition that is
/// given must hold.
struct ConditionalLimit {
  /// By weight where the unit ends in "/kg". Nothing: the drug is to be avoided.
  std::optional<DoseLimit> dose = {};
  /// Beside a limit by weight: what it is at most.
  std::optional<DoseLimit> at_most = {};
  std::optional<double> from_years = {};
  std::optional<double> under_years = {};
  std::optional<double> from_kg = {};
  std::optional<double> under_kg = {};
  /// A drug taken at the same time that is an "inhibitor" or "inducer" of this gene's enzyme, and
  /// how strong ("weak", "moderate", "strong") it may be.
  std::string gene = {};
  std::string effect = {};
  std::vector<std::string> strengths = {};
  /// How loud the row is where this holds, when that is louder than the row itself.
  std::optional<AlertLevel> alert = {};
};

/// On which days a part of the dose is given: "a tenth, on three days a week".
struct DaysOfWeek {
  int most = 0;
  /// What such a day may have by the guideline's own number; nothing where its factor tells.
  std::optional<DoseLimit> each = {};
};

struct Action {
  ActionKind kind = ActionKind::kNoRecommendation;
  /// Fraction of the standard dose (0.5 = half).
  std::optional<double> factor = {};
  std::optional<std::pair<double, double>> factor_range = {};
  /// The factor is of the dose of a day, which is not to be given every day.
  std::optional<DaysOfWeek> days = {};
  /// The limit; a range where the guideline gives only a range.
  std::optional<DoseLimit> max_dose = {};
  /// Beside a single limit: lower ones that may hold, because it is not known whether the patient
  /// is one of those whom `limits` are for.
  std::optional<DoseLimit> max_dose_range = {};
  /// Limits that stand in the place of `max_dose` for part of the patients; the first that fits.
  std::vector<ConditionalLimit> limits = {};
  /// The most that the treatment may begin with, where that is less than what it may come to.
  std::optional<DoseLimit> start_dose = {};
  /// The least that the guideline has in mind.
  std::optional<DoseLimit> least_dose = {};
  /// A dose so low already that the guideline asks for no change of it.
  std::optional<DoseLimit> low_dose = {};
  /// The limit for forms that are given with weeks between, in the place of one by the day.
  std::optional<DoseLimit> depot_dose = {};
  /// Set by the one of `limits` that holds.
  std::optional<AlertLevel> alert = {};
  /// The circumstance without which nothing is to be done ("vid nedsatt njurfunktion"); empty where
  /// the advice holds for everybody.
  LocalText only_if = {};
  /// The advice is about the first doses alone: those that follow are set by what is measured (INR,
  /// level).
  bool start_only = false;
  /// Which alternative suits is decided by what is not in the record: none is the first choice.
  bool no_first_choice = false;
  /// What the factor applies to ("starting dose").
  std::string basis = {};
  /// Drug names as the drug files have them.
  std::vector<std::string> alternatives = {};
  /// Further kinds that hold at the same time.
  std::vector<ActionKind> also = {};
  /// What to do when this cannot be followed; at most one.
  std::vector<Action> or_else = {};
};

/// Who changed a rule in a region, and why.
struct RegionalChange {
  /// "add", "replace" or "retire".
  std::string change = {};
  std::string author = {};
  std::string approver = {};
  std::string date = {};
  std::string reason = {};
};

/// One row of a guideline.
struct Rule {
  /// Values that match, by place of the gene in Guideline::genes; a gene that is not named is empty
  /// and matches everything.
  struct Case {
    std::vector<std::bitset<256>> values = {};
    std::vector<bool> named = {};
  };

  std::string id = {};
  std::string population = {};
  /// Populations of this or another guideline for which the row asks for nothing.
  std::vector<std::string> except_for = {};
  std::vector<Case> when = {};
  Action action = {};
  std::string strength = {};
  AlertLevel alert = AlertLevel::kNone;
  LocalText text = {};
  LocalText implication = {};
  /// Which source must be checked before the row is relied on; empty when none.
  std::string needs_review = {};
  /// It holds for forms that act where they are put too.
  bool also_topical = false;
  /// Set when a regional overlay made or retired the rule.
  std::optional<RegionalChange> regional = {};
  /// A retired rule is kept so that old alerts can be replayed; it answers nothing new.
  bool retired = false;
};

struct Guideline {
  /// "CPIC", "DPWG" or "regional".
  std::string source = {};
  int year = 0;
  Citation citation = {};
  std::vector<std::string> genes = {};
  LocalText note = {};
  std::vector<Rule> rules = {};
  /// Look-up values for which the guideline deliberately has no row: an explicit "no
  /// recommendation" of the authors, so that a missing row is never an oversight.
  std::vector<Rule::Case> no_advice = {};
  /// Look-up value -> bit, one map for each gene.
  std::vector<std::unordered_map<std::string, size_t>> vocabulary = {};
};

/// A test that an authority wants before the start.
struct Pretest {
  std::string gene = {};
  std::string authority = {};
  std::string jurisdiction = {};
  /// "required", "recommended" or "mentioned".
  std::string level = {};
  std::string condition = {};
  /// A population code or "all".
  std::string applies_to = {};
  int year = 0;
  Citation citation = {};
  AlertLevel alert = AlertLevel::kNone;
  LocalText text = {};
  std::string needs_review = {};
  /// For genes read by allele presence: the allele that is asked about; empty when any result of
  /// the gene is an answer.
  std::string allele = {};
  /// The only status of that allele with which the drug may be started ("positive"); empty when
  /// either answer lets the guidelines speak.
  std::string required_status = {};
  /// Only for some patients: the headline in the place of "test before the start".
  LocalText only_if = {};
  /// The enzyme's activity is asked for, not the genotype.
  bool enzyme = false;
  /// Set by the evaluation: the allele was typed, and the drug must not be started.
  bool refused = false;
};

/// A full dose as the product information gives it, for telling whether an order is reduced
/// already.
struct StandardDose {
  double value = 0;
  /// "mg/m2" or "mg/kg", a day.
  std::string unit = {};
  /// Where there are several usual full doses `value` is the highest and this the lowest of them,
  /// so that an order below `value` may be a full dose as well; 0 where there is only one.
  double lowest = 0;
  /// Where the dose is by weight: the one by surface (mg/m2 a day) of another indication, 0 when
  /// there is none.
  double by_surface = 0;
  bool operator==(const StandardDose&) const = default;
};

struct Drug {
  /// The name of the file and of the rules: English INN in lower case.
  std::string name = {};
  LocalText names = {};
  std::vector<std::string> synonyms = {};
  std::vector<std::string> brands = {};
  std::vector<std::string> atc = {};
  std::vector<std::string> atc_combination = {};
  std::vector<std::string> atc_not_systemic = {};
  std::vector<std::string> rxnorm = {};
  std::vector<std::string> rxnorm_product = {};
  std::vector<std::string> snomed = {};
  std::optional<StandardDose> standard_dose = {};
  std::vector<Guideline> guidelines = {};
  std::vector<Pretest> pretests = {};
};

}  // namespace genflik::rules
