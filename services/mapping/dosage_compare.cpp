#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "services/mapping/dosage_amount.h"
#include "services/mapping/dosage_held.h"
#include "services/mapping/dosage_signals.h"
#include "services/mapping/dosage_text.h"

// What the texts of a Dosage add to its structure, and where the two disagree.

namespace genflik::mapping {
namespace {

using fhir::Json;

constexpr double kTolerance = 0.005;
// Millilitres in the unit [drp].
constexpr double kDropOfUcum = 0.05;

bool Near(double a, double b) {
  return std::abs(a - b) <= kTolerance * std::max({std::abs(a), std::abs(b), 1e-9});
}

// The amount of one clause: resolved, or the dose of the structure where the text names none.
std::optional<ResolvedAmount> AmountOf(const TextClause& clause, const DoseContext& context,
                                       const InstructionDose& dose) {
  if (!clause.low) return dose.resolved_dose;
  RawAmount raw{*clause.low, clause.high, clause.unit.value_or(Unit{.kind = UnitKind::kPiece})};
  const auto& strength = context.product.strength();
  if (!clause.unit) {
    // "1x2" counts what the order or the product counts.
    if (dose.dose && dose.dose->unit.kind == UnitKind::kPiece) raw.unit = dose.dose->unit;
    if (!strength && dose.dose && dose.dose->unit.kind != UnitKind::kPiece)
      return dose.resolved_dose;
  }
  // Drops of an order whose own drops have a size.
  if (raw.unit.kind == UnitKind::kDrop && dose.dose && dose.dose->unit.kind == UnitKind::kVolume &&
      dose.dose->unit.factor == kDropOfUcum) {
    raw.unit = dose.dose->unit;
  }
  // "1 enhet" of a tablet in milligrams is no international unit.
  if (raw.unit.kind == UnitKind::kInternational && strength && strength->kind == UnitKind::kMass &&
      strength->per_unit.kind == UnitKind::kPiece)
    return std::nullopt;
  // "2 tabl à 50 mg" of a product that is not known.
  if (clause.held && !strength && context.product.ingredients.empty() &&
      raw.unit.kind == UnitKind::kPiece && (clause.held_by_one || raw.high == 1)) {
    raw = {raw.low * *clause.held, raw.high * *clause.held, Unit{.kind = UnitKind::kMass}};
  }
  const bool released = strength && strength->per_unit.kind == UnitKind::kTime;
  if (raw.unit.kind == UnitKind::kPiece && (released || IsPatch(context.product))) {
    // "på morgonen, tas av till natten": worn for a part of the day.
    if (clause.moments > 1) return std::nullopt;
    ResolvedAmount patch;
    if (!released) {
      patch.needs = {"release rate"};
      return patch;
    }
    const double a_day = strength->amount / strength->per;
    patch.absolute = DoseAmount{a_day * raw.low, a_day * raw.high, "mg"};
    return patch;
  }
  auto resolved = Resolve(raw, context);
  if (!resolved.reason_code.empty()) return std::nullopt;
  return resolved;
}

bool IsWornPatch(const TextClause& clause, const DoseContext& context) {
  const auto& strength = context.product.strength();
  return strength && strength->per_unit.kind == UnitKind::kTime &&
         (!clause.unit || clause.unit->kind == UnitKind::kPiece);
}

// What a clause allows at most in a day.
std::optional<double> MostOf(const TextClause& clause, const DoseContext& context,
                             const DoseAmount& one) {
  if (!clause.max) return std::nullopt;
  if (clause.max_is_times) return *clause.max * one.high;
  Unit unit = clause.max_unit.value_or(clause.unit.value_or(Unit{.kind = UnitKind::kPiece}));
  const auto most = Resolve({*clause.max, *clause.max, unit}, context);
  if (!most.absolute || most.absolute->unit != one.unit) return std::nullopt;
  return most.absolute->high;
}

// "Vid behov högst 3 tabletter per dygn": from nothing to the most.
std::optional<DoseAmount> OnlyMost(const TextClause& clause, const DoseContext& context) {
  if (!clause.as_needed || !clause.max || clause.max_is_times || !clause.max_unit)
    return std::nullopt;
  const auto most = Resolve({0, *clause.max, *clause.max_unit}, context);
  return most.reason_code.empty() ? most.absolute : std::nullopt;
}

// A day's amount of one clause, or nothing when the clause does not tell it.
std::optional<DoseAmount> DayOf(const TextClause& clause, const DoseContext& context,
                                const InstructionDose& dose, bool relative) {
  if (!clause.low && !dose.resolved_dose && !relative) return OnlyMost(clause, context);
  const auto amount = AmountOf(clause, context, dose);
  if (!amount) return std::nullopt;
  const auto& one = relative ? amount->relative : amount->absolute;
  if (!one) return std::nullopt;
  auto often = HowOften(clause);
  if (!often && dose.timing.told && clause.low) often = Often{dose.timing.low, dose.timing.high};
  if (often && IsWornPatch(clause, context)) often = Often{1, 1};
  std::optional<double> most;
  if (!relative) most = MostOf(clause, context, *one);
  if (!often && !(clause.as_needed && most)) return std::nullopt;
  DoseAmount day{0, most.value_or(0), one->unit};
  if (often) {
    day.low = one->low * often->low;
    day.high = one->high * often->high;
    day.high = std::min(day.high, most.value_or(day.high));
  }
  if (clause.as_needed) day.low = 0;
  // "3 ggr dagligen, högst 2 per dygn" says two things.
  if (day.low > day.high) return std::nullopt;
  return day;
}

bool SameAmount(const DoseAmount& a, const DoseAmount& b) {
  return a.unit == b.unit && Near(a.low, b.low) && Near(a.high, b.high);
}

// A day's amount of a whole text.
struct TextDay {
  DoseAmount sum = {};
  /// Set when the first clause may be the sum of the others ("100 mg/dygn, 1 tabl x 2").
  std::optional<DoseAmount> first = {};
  /// What the text says once more ("= 100 mg/dygn").
  std::vector<DoseAmount> totals = {};
  /// Its amounts when some of them may say the others once more, or deny them.
  std::vector<DoseAmount> rivals = {};

  bool IsClear() const {
    return !first && rivals.empty() &&
           std::all_of(totals.begin(), totals.end(),
                       [&](const DoseAmount& total) { return SameAmount(total, sum); });
  }
};

// "1 tabl dagl, 2 tabl dagl", "2 tabl x 2, 1 morgon och 1 kväll": no sum of two doses.
bool MayDeny(const TextReading& text) {
  size_t whole = 0;
  double times = 0;
  double moments = 0;
  for (const TextClause& clause : text.clauses) {
    if (clause.as_needed) continue;
    if (clause.often_low && *clause.often_low >= 1 && clause.moments == 0 &&
        clause.week_days == 0) {
      ++whole;
      times = clause.often_high;
    } else {
      moments += static_cast<double>(clause.moments);
    }
  }
  return whole > 1 || (whole == 1 && moments > 0 && Near(times, moments));
}

std::optional<TextDay> DayOf(const TextReading& text, const DoseContext& context,
                             const InstructionDose& dose, bool relative) {
  if (text.clauses.empty()) return std::nullopt;
  TextDay whole;
  std::vector<DoseAmount> days;
  DoseAmount& sum = whole.sum;
  for (const TextClause& clause : text.clauses) {
    if (text.clauses.size() > 1 && (!clause.low || !(HowOften(clause) || clause.max)))
      return std::nullopt;
    const auto day = DayOf(clause, context, dose, relative);
    if (!day || (!sum.unit.empty() && sum.unit != day->unit)) return std::nullopt;
    sum.low += day->low;
    sum.high += day->high;
    sum.unit = day->unit;
    days.push_back(*day);
  }
  const TextClause& first = text.clauses.front();
  const DoseAmount& day = days.front();
  const DoseAmount rest{sum.low - day.low, sum.high - day.high, sum.unit};
  if (days.size() > 1 && first.moments == 0 && first.week_days == 0 && SameAmount(day, rest))
    whole.first = day;
  if (days.size() > 1 && MayDeny(text)) whole.rivals = days;
  for (TextClause total : text.totals) {
    if (!HowOften(total)) total.often_low = total.often_high = 1;
    if (const auto said = DayOf(total, context, dose, relative)) whole.totals.push_back(*said);
  }
  return whole;
}

bool IsTimed(const TextReading& text) {
  return std::any_of(text.clauses.begin(), text.clauses.end(), [](const TextClause& clause) {
    return clause.often_low || clause.moments > 0 || clause.week_days > 0;
  });
}

bool SaysNothing(const TextReading& text) {
  return std::none_of(text.clauses.begin(), text.clauses.end(), [](const TextClause& clause) {
    return clause.low || clause.often_low || clause.moments > 0 || clause.week_days > 0;
  });
}

void NoAmount(InstructionDose& dose, std::string code, std::string reason) {
  dose.text_only = false;
  dose.reason_code = std::move(code);
  dose.reason = std::move(reason);
}

// A text that names no amount: why it is of no use, or nothing when the structure has the amount.
bool RefusedWithoutAmount(const TextReading& text, InstructionDose& dose) {
  const bool most = std::any_of(text.clauses.begin(), text.clauses.end(),
                                [](const TextClause& clause) { return clause.max.has_value(); });
  if (text.refers_elsewhere) {
    NoAmount(dose, "refers-elsewhere", "the dose stands somewhere else");
  } else if (!dose.dose && (most || (text.uncounted && IsTimed(text)))) {
    // "ii tabs daily": a dose may stand among the words that are not known.
    return false;
  } else if (text.as_needed) {
    NoAmount(dose, "as-needed-no-amount", "as needed, without an amount");
  } else if (dose.dose && !SaysNothing(text)) {
    return false;
  } else if (dose.ok()) {
    NoAmount(dose, "no-amount", "no amount is given");
  }
  return true;
}

bool LacksFrequency(const TextReading& text, const InstructionDose& dose) {
  if (!text.HasAmount() || text.unclear || text.steps || text.clauses.size() != 1) return false;
  // Unknown words beside an amount may well say how often.
  if (text.unknown_words || (text.on_days && !text.cycle) || IsTimed(text)) return false;
  return !text.clauses[0].max && !HowOften(text.clauses[0]) && !dose.timing.told;
}

// What the number of a day stands for when a text alone gives it.
DoseMeaning MeaningOf(const TextReading& text) {
  DoseMeaning meaning = DoseMeaning::kEveryDay;
  for (const TextClause& clause : text.clauses) {
    const auto often = HowOften(clause);
    if (clause.as_needed) {
      if (text.clauses.size() == 1) return DoseMeaning::kMaximum;
    } else if (clause.single && !clause.often_low) {
      return DoseMeaning::kSingle;
    } else if (often && (often->low < 1 || (clause.week_days > 0 && clause.week_days < 7))) {
      meaning = DoseMeaning::kAverage;
    }
  }
  return meaning;
}

// True when the text names another dose, or another number of doses, than the half of the order
// that the structure tells.
bool DeniesParts(const TextReading& text, const DoseContext& context, const InstructionDose& dose) {
  return std::any_of(text.clauses.begin(), text.clauses.end(), [&](const TextClause& clause) {
    const auto often = HowOften(clause);
    if (often && dose.timing.told && clause.moments == 0 &&
        (!Near(often->low, dose.timing.low) || !Near(often->high, dose.timing.high)))
      return true;
    if (!clause.low || !dose.resolved_dose || !dose.resolved_dose->absolute) return false;
    const auto one = AmountOf(clause, context, dose);
    return one && one->absolute && !SameAmount(*one->absolute, *dose.resolved_dose->absolute);
  });
}

// A Dosage whose structure gives no amount: what its text would give.
void ReadAlone(const TextReading& text, const DoseContext& context, InstructionDose& dose) {
  const bool amount = text.HasAmount();
  if (text.titration && amount)
    return NoAmount(dose, "unbounded-titration", "the dose changes at times not told");
  if (!amount && !text.unclear && RefusedWithoutAmount(text, dose)) return;
  if (LacksFrequency(text, dose)) return NoAmount(dose, "no-frequency", "how often is not said");
  const bool read = !text.unclear && !text.steps && !text.refers_elsewhere && !text.stopped &&
                    !text.unknown_words && !text.titration && !DeniesStrength(text, context) &&
                    !DeniesParts(text, context, dose);
  const auto whole = read ? DayOf(text, context, dose, false) : std::nullopt;
  const auto day = whole && whole->IsClear() ? std::optional(whole->sum) : std::nullopt;
  dose.text_only = true;
  dose.reason_code = "free-text";
  dose.reason = "only text; a person must read it";
  dose.day = {};
  dose.day.absolute = day;
  if (day) dose.meaning = MeaningOf(text);
  if (whole || !read || text.clauses.empty()) return;
  const auto one = AmountOf(text.clauses.front(), context, dose);
  if (one) dose.day.needs = one->needs;
}

bool Contradicts(const DoseAmount& structured, const DoseAmount& text, bool as_needed) {
  if (!structured.IsRange() && !text.IsRange()) return !Near(structured.high, text.high);
  if (as_needed) return text.high > structured.high && !Near(text.high, structured.high);
  if (structured.IsRange() && text.IsRange()) {
    return !Near(structured.low, text.low) || !Near(structured.high, text.high);
  }
  const DoseAmount& range = structured.IsRange() ? structured : text;
  const double point = structured.IsRange() ? text.high : structured.high;
  return (point < range.low && !Near(point, range.low)) ||
         (point > range.high && !Near(point, range.high));
}

void Disagree(InstructionDose& dose, std::optional<DoseAmount> other, std::string reason) {
  dose.conflict = true;
  dose.structured = dose.day.absolute ? dose.day.absolute : dose.day.relative;
  dose.other = std::move(other);
  dose.reason = std::move(reason);
}

// True when the structure gives the medicine at least once a day.
bool IsGivenDaily(const InstructionDose& dose) {
  const bool timed = dose.timing.told && !dose.timing.single && dose.timing.high > 1 - 1e-9;
  return timed || (!dose.timing.told && dose.meaning == DoseMeaning::kEveryDay);
}

// The text's most of a day, when it is less than what the structure allows.
std::optional<DoseAmount> LowerMost(const TextReading& text, const DoseContext& context,
                                    const InstructionDose& dose) {
  if (text.clauses.size() != 1 || !dose.day.absolute) return std::nullopt;
  const auto one = AmountOf(text.clauses.front(), context, dose);
  if (!one || !one->absolute || one->absolute->unit != dose.day.absolute->unit) return std::nullopt;
  const auto most = MostOf(text.clauses.front(), context, *one->absolute);
  if (!most || *most >= dose.day.absolute->high || Near(*most, dose.day.absolute->high))
    return std::nullopt;
  return DoseAmount{dose.as_needed ? 0 : *most, *most, one->absolute->unit};
}

// The amounts of a text that was understood against those of the structure.
void CompareAmounts(const TextReading& text, const DoseContext& context, InstructionDose& dose) {
  const auto absolute = DayOf(text, context, dose, false);
  const auto relative = DayOf(text, context, dose, true);
  if (text.as_needed && !dose.as_needed) {
    return Disagree(dose, absolute ? std::optional(absolute->sum) : std::nullopt,
                    "the text says as needed, the structure does not");
  }
  if (SaysNothing(text)) return;
  if (DeniesStrength(text, context)) {
    return Disagree(dose, std::nullopt, "the text names another strength than the product has");
  }
  if (const auto most = LowerMost(text, context, dose)) {
    return Disagree(dose, most, "the text allows less in a day than the structure");
  }
  const auto against = [&](const std::optional<DoseAmount>& structured,
                           const std::optional<TextDay>& said) {
    if (!structured || !said || said->sum.unit != structured->unit) return;
    const auto denies = [&](const DoseAmount& amount) {
      return Contradicts(*structured, amount, dose.as_needed);
    };
    const bool rival = std::any_of(said->rivals.begin(), said->rivals.end(),
                                   [&](const DoseAmount& one) { return !denies(one); });
    if (denies(said->sum) && (!said->first || denies(*said->first)) && !rival) {
      Disagree(dose, said->sum, "text and structure give different amounts");
      dose.by_amount = said->totals.empty();
    }
    for (const DoseAmount& total : said->totals) {
      if (!dose.conflict && total.unit == structured->unit && denies(total))
        Disagree(dose, total, "text and structure give different amounts");
    }
  };
  const bool by_absolute =
      absolute && dose.day.absolute && absolute->sum.unit == dose.day.absolute->unit;
  if (by_absolute) {
    against(dose.day.absolute, absolute);
  } else {
    against(dose.day.relative, relative);
  }
}

// "1 tablett i 7 dagar, därefter 2 tabletter": an order of one step gives one of them for both.
void CompareSteps(const TextReading& text, const DoseContext& context, InstructionDose& dose) {
  if (text.clauses.size() < 2 || !dose.day.absolute) return;
  for (const TextClause& clause : text.clauses) {
    const auto day = DayOf(clause, context, dose, false);
    if (day && day->unit == dose.day.absolute->unit &&
        Contradicts(*dose.day.absolute, *day, dose.as_needed)) {
      return Disagree(dose, day, "the text says that the dose changes");
    }
  }
}

// "4 tabletter som engångsdos" and nothing that goes on.
bool SaysOnce(const TextReading& text) {
  if (text.unclear || text.steps || text.clauses.size() != 1) return false;
  const TextClause& clause = text.clauses.front();
  return clause.single && clause.low && !clause.often_low && clause.moments == 0 &&
         clause.week_days == 0;
}

// A Dosage whose structure gives an amount: does the text say another?
void Compare(const TextReading& text, std::string_view words, const DoseContext& context,
             bool alone, InstructionDose& dose) {
  if (SaysDoNotTake(words) || SaysStopped(words) || text.ended ||
      (text.stopped && !text.HasAmount())) {
    return Disagree(dose, std::nullopt, "the text says not to take it");
  }
  if (text.refers_elsewhere && SaysNothing(text) &&
      PlainText(words).find("enl") != std::string::npos) {
    return Disagree(dose, std::nullopt, "the text says that the dose stands somewhere else");
  }
  if (SaysOnce(text) && IsGivenDaily(dose)) {
    return Disagree(dose, std::nullopt, "the text says once, the structure every day");
  }
  if (text.titration && text.HasAmount() && alone) {
    return Disagree(dose, std::nullopt, "the text says that the dose changes");
  }
  if (!text.unclear && !text.steps) CompareAmounts(text, context, dose);
  if (text.only_most) {
    if (const auto most = LowerMost(text, context, dose))
      Disagree(dose, most, "the text allows less in a day than the structure");
  }
  if (!text.unclear && text.steps && alone) CompareSteps(text, context, dose);
  if (dose.conflict) return;
  if (SaysWeekly(words) && !text.cycle && IsGivenDaily(dose)) {
    Disagree(dose, std::nullopt, "the text says by the week, the structure every day");
  } else if (text.unclear && SaysAsNeeded(words) && !dose.as_needed) {
    Disagree(dose, std::nullopt, "the text says as needed, the structure does not");
  }
}

// Words beside the dose: an additional instruction, or the name of a timing. They rarely tell a
// dose, so that only what they say in full, or without doubt, counts.
void CompareAside(std::string_view words, const DoseContext& context, InstructionDose& dose) {
  if (words.empty() || dose.conflict) return;
  if (SaysDoNotTake(words) || SaysStopped(words)) {
    return Disagree(dose, std::nullopt, "an additional instruction says not to take it");
  }
  const TextReading text = ReadDosageText(words);
  const bool known = !text.unclear && !text.unknown_words && !text.cycle;
  if (text.stopped && known && text.clauses.empty()) {
    return Disagree(dose, std::nullopt, "an additional instruction says not to take it");
  }
  if (!dose.as_needed && SaysAsNeeded(words)) {
    return Disagree(dose, std::nullopt, "as needed beside the dose, the structure is not");
  }
  if (SaysWeekly(words) && !text.cycle && IsGivenDaily(dose)) {
    return Disagree(dose, std::nullopt, "by the week beside the dose, the structure every day");
  }
  const TextClause one = text.clauses.size() == 1 ? text.clauses.front() : TextClause{};
  // "Tas varannan dag"; "dagligen" and "på morgonen" say little beside "2 gånger".
  const bool told =
      known && one.often_low && *one.often_low != 1 && (one.moments == 0 || *one.often_low < 1);
  const bool in_full = text.HasAmount() && (IsTimed(text) || known);
  if ((in_full || told || one.week_days > 0) && !text.unclear && !text.steps && !text.as_needed)
    CompareAmounts(text, context, dose);
}

// The words of a CodeableConcept: its text, then its displays.
void CompareConcept(const Json* concept_json, const DoseContext& context, InstructionDose& dose) {
  if (concept_json == nullptr) return;
  CompareAside(fhir::FindText(*concept_json, "text"), context, dose);
  for (const Json& coding : fhir::FindArray(*concept_json, "coding")) {
    CompareAside(fhir::FindText(coding, "display"), context, dose);
  }
}

}  // namespace

void ApplyTexts(const Json& dosage, const DoseContext& context, bool alone, InstructionDose& dose) {
  const std::array<std::string_view, 2> texts{fhir::FindText(dosage, "text"),
                                              fhir::FindText(dosage, "patientInstruction")};
  const bool structured = dose.ok();
  const bool no_structure = dose.reason_code == "no-dose" || dose.reason_code == "no-frequency";
  for (const std::string_view words : texts) {
    if (words.empty()) continue;
    const TextReading text = ReadDosageText(words);
    if (text.cycle) {
      dose.cycle = true;
      if (!dose.cycle_days) dose.cycle_days = text.cycle_days;
    }
    if (structured && !dose.conflict) {
      Compare(text, words, context, alone, dose);
    } else if (no_structure && !dose.as_needed) {
      ReadAlone(text, context, dose);
      // The first text with an amount is the prescriber's.
      if (dose.text_only) break;
    }
  }
  if (structured) {
    for (const Json& more : fhir::FindArray(dosage, "additionalInstruction")) {
      CompareConcept(&more, context, dose);
    }
    const Json* timing = fhir::Find(dosage, "timing");
    if (timing != nullptr) CompareConcept(fhir::Find(*timing, "code"), context, dose);
  }
  const bool treated =
      dose.timing.bound_days || dose.text_only || fhir::Find(dosage, "doseAndRate") != nullptr;
  if (dose.cycle && treated && dose.meaning == DoseMeaning::kEveryDay)
    dose.meaning = DoseMeaning::kTreatmentDay;
}

}  // namespace genflik::mapping
