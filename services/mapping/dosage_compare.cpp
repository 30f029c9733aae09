#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/mapping/dosage_amount.h"
#include "services/mapping/dosage_text.h"

// What the texts of a Dosage add to its structure, and where the two disagree.

namespace genflik::mapping {
namespace {

using fhir::Json;

constexpr double kTolerance = 0.005;

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
  const bool released = strength && strength->per_unit.kind == UnitKind::kTime;
  if (raw.unit.kind == UnitKind::kPiece && (released || IsPatch(context.product))) {
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

// A day's amount of one clause, or nothing when the clause does not tell it.
std::optional<DoseAmount> DayOf(const TextClause& clause, const DoseContext& context,
                                const InstructionDose& dose, bool relative) {
  const auto amount = AmountOf(clause, context, dose);
  if (!amount) return std::nullopt;
  const auto& one = relative ? amount->relative : amount->absolute;
  if (!one) return std::nullopt;
  auto often = HowOften(clause);
  if (!often && dose.timing.told && clause.low) often = Often{dose.timing.low, dose.timing.high};
  if (often && IsWornPatch(clause, context)) often = Often{1, 1};
  const auto most = relative ? std::nullopt : MostOf(clause, context, *one);
  if (!often && !(clause.as_needed && most)) return std::nullopt;
  DoseAmount day{0, most.value_or(0), one->unit};
  if (often) {
    day.low = one->low * often->low;
    day.high = one->high * often->high;
    if (most) day.high = std::min(day.high, *most);
  }
  if (clause.as_needed) day.low = 0;
  return day;
}

// A day's amount of the whole text.
std::optional<DoseAmount> DayOf(const TextReading& text, const DoseContext& context,
                                const InstructionDose& dose, bool relative) {
  if (text.clauses.empty()) return std::nullopt;
  DoseAmount sum;
  for (const TextClause& clause : text.clauses) {
    if (text.clauses.size() > 1 && (!clause.low || !(HowOften(clause) || clause.max)))
      return std::nullopt;
    const auto day = DayOf(clause, context, dose, relative);
    if (!day || (!sum.unit.empty() && sum.unit != day->unit)) return std::nullopt;
    sum.low += day->low;
    sum.high += day->high;
    sum.unit = day->unit;
  }
  return sum;
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
  if (text.refers_elsewhere) {
    NoAmount(dose, "refers-elsewhere", "the dose stands somewhere else");
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

// A Dosage whose structure gives no amount: what its text would give.
void ReadAlone(const TextReading& text, const DoseContext& context, InstructionDose& dose) {
  const bool amount = text.HasAmount();
  if (text.titration && amount)
    return NoAmount(dose, "unbounded-titration", "the dose changes at times not told");
  if (!amount && !text.unclear && RefusedWithoutAmount(text, dose)) return;
  if (LacksFrequency(text, dose)) return NoAmount(dose, "no-frequency", "how often is not said");
  const bool read = !text.unclear && !text.steps && !text.refers_elsewhere && !text.stopped &&
                    !text.unknown_words;
  const auto day = read ? DayOf(text, context, dose, false) : std::nullopt;
  dose.text_only = true;
  dose.reason_code = "free-text";
  dose.reason = "only text; a person must read it";
  dose.day = {};
  dose.day.absolute = day;
  if (day) dose.meaning = MeaningOf(text);
  if (day || !read) return;
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

bool SaysDoNotTake(std::string_view text) {
  const std::string plain = PlainText(text);
  static constexpr std::array<std::string_view, 7> kNever{
      "ta inte", "ta ej", "tas inte", "tas ej", "do not take", "ska inte tas", "skall ej tas"};
  return plain.size() < 24 &&
         std::any_of(kNever.begin(), kNever.end(),
                     [&](std::string_view never) { return plain.starts_with(never); });
}

// A Dosage whose structure gives an amount: does the text say another?
void Compare(const TextReading& text, std::string_view words, const DoseContext& context,
             bool alone, InstructionDose& dose) {
  if (SaysDoNotTake(words) || (text.stopped && !text.HasAmount())) {
    return Disagree(dose, std::nullopt, "the text says not to take it");
  }
  if (text.refers_elsewhere && SaysNothing(text) &&
      PlainText(words).find("enl") != std::string::npos) {
    return Disagree(dose, std::nullopt, "the text says that the dose stands somewhere else");
  }
  if (text.titration && text.HasAmount() && alone) {
    return Disagree(dose, std::nullopt, "the text says that the dose changes");
  }
  if (text.unclear || text.steps) return;
  const auto absolute = DayOf(text, context, dose, false);
  const auto relative = DayOf(text, context, dose, true);
  if (text.as_needed && !dose.as_needed) {
    return Disagree(dose, absolute, "the text says as needed, the structure does not");
  }
  if (SaysNothing(text)) return;
  if (absolute && dose.day.absolute && absolute->unit == dose.day.absolute->unit) {
    if (Contradicts(*dose.day.absolute, *absolute, dose.as_needed)) {
      Disagree(dose, absolute, "text and structure give different amounts");
    }
  } else if (relative && dose.day.relative && relative->unit == dose.day.relative->unit &&
             Contradicts(*dose.day.relative, *relative, dose.as_needed)) {
    Disagree(dose, relative, "text and structure give different amounts");
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
  for (const Json& more : fhir::FindArray(dosage, "additionalInstruction")) {
    if (structured && !dose.conflict && SaysDoNotTake(fhir::FindText(more, "text")))
      Disagree(dose, std::nullopt, "an additional instruction says not to take it");
  }
  const bool treated =
      dose.timing.bound_days || dose.text_only || fhir::Find(dosage, "doseAndRate") != nullptr;
  if (dose.cycle && treated && dose.meaning == DoseMeaning::kEveryDay)
    dose.meaning = DoseMeaning::kTreatmentDay;
}

}  // namespace genflik::mapping
