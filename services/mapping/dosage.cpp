#include "services/mapping/dosage.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/mapping/dosage_amount.h"
#include "services/mapping/dosage_signals.h"
#include "services/mapping/dosage_steps.h"

namespace genflik::mapping {
namespace {

using fhir::Json;

bool CodeIn(const Json* concept_json, const std::vector<std::string_view>& codes) {
  if (concept_json == nullptr) return false;
  for (const Json& coding : fhir::FindArray(*concept_json, "coding")) {
    if (std::find(codes.begin(), codes.end(), fhir::FindText(coding, "code")) != codes.end())
      return true;
  }
  return false;
}

bool RouteSays(const Json& dosage, const std::vector<std::string_view>& codes,
               const std::vector<std::string_view>& words) {
  const Json* route = fhir::Find(dosage, "route");
  if (route == nullptr) return false;
  if (CodeIn(route, codes)) return true;
  std::string text = PlainText(fhir::FindText(*route, "text")) + ' ';
  for (const Json& coding : fhir::FindArray(*route, "coding")) {
    text += PlainText(fhir::FindText(coding, "display")) + ' ';
  }
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return StartsAWord(text, word); });
}

bool IsLocalRoute(const Json& dosage) {
  return RouteSays(
      dosage, {"6064005", "54485002", "10547007", "46713006", "16857009", "448598008", "419464001"},
      {"topical", "kutan",        "cutaneous",    "ophthalmic",   "ög",   "otic",
       "öra",     "öron",         "auricular",    "nasal",        "näsa", "intranasal",
       "vaginal", "intravaginal", "konjunktival", "conjunctival", "eye",  "ear ",
       "nose",    "auge",         "øye",          "øje",          "øre",  "okul",
       "ocular",  "oftalm",       "aurikul"});
}

bool IsTransdermal(const Json& dosage) { return RouteSays(dosage, {"45890007"}, {"transderm"}); }

// Instructions that run at the same time, added up.
struct Together {
  std::vector<InstructionDose> parts = {};
  // How long they run, when their dates tell it.
  std::optional<double> days = {};
  bool dated = false;

  template <class Test>
  const InstructionDose* Which(Test test) const {
    const auto found = std::find_if(parts.begin(), parts.end(), test);
    return found == parts.end() ? nullptr : &*found;
  }
};

bool Add(std::optional<DoseAmount>& sum, const std::optional<DoseAmount>& more) {
  if (!more) return true;
  if (!sum) {
    sum = more;
    return true;
  }
  if (sum->unit != more->unit) return false;
  sum->low += more->low;
  sum->high += more->high;
  return true;
}

void AddNeeds(std::vector<std::string>& needs, const std::vector<std::string>& more) {
  for (const std::string& need : more) {
    if (std::find(needs.begin(), needs.end(), need) == needs.end()) needs.push_back(need);
  }
}

DailyDose Refused(DailyDose dose, std::string code, std::string reason) {
  dose.status = DoseStatus::kNotParsable;
  dose.per_day.reset();
  dose.reason_code = std::move(code);
  dose.reason = std::move(reason);
  return dose;
}

void SetPerDose(DailyDose& dose, const InstructionDose& part) {
  if (!part.resolved_dose) return;
  dose.per_dose =
      part.resolved_dose->absolute ? part.resolved_dose->absolute : part.resolved_dose->relative;
}

// A dose given once, or a most, stands behind one that is given every day.
int WeightOf(DoseMeaning meaning) {
  if (meaning == DoseMeaning::kMaximum) return 0;
  return meaning == DoseMeaning::kSingle || meaning == DoseMeaning::kSingleDay ? 1 : 2;
}

DoseMeaning MeaningOf(const Together& together) {
  DoseMeaning meaning = together.parts.front().meaning;
  for (const InstructionDose& part : together.parts) {
    if (part.meaning == DoseMeaning::kAverage || WeightOf(part.meaning) > WeightOf(meaning))
      meaning = part.meaning;
  }
  return meaning;
}

DailyDose TextOnly(const Together& together, DailyDose dose) {
  dose.status = DoseStatus::kTextOnly;
  dose.reason_code = "free-text";
  dose.reason = "only text; a person must read it";
  std::optional<DoseAmount> sum;
  bool all = true;
  for (const InstructionDose& part : together.parts) {
    all = all && part.day.absolute && Add(sum, part.day.absolute);
    AddNeeds(dose.needs, part.day.needs);
  }
  if (all) dose.if_read = sum;
  dose.meaning = MeaningOf(together);
  return dose;
}

DailyDose Conflicting(const Together& together, const InstructionDose& part, DailyDose dose) {
  dose.status = DoseStatus::kConflict;
  dose.structured = part.structured;
  dose.other = part.other;
  dose.reason_code = "conflict";
  dose.reason = part.reason.empty() ? "two parts of the order give different amounts" : part.reason;
  for (const InstructionDose& other : together.parts) {
    if (&other == &part) continue;
    if (dose.structured) Add(dose.structured, other.day.absolute);
    if (dose.other) Add(dose.other, other.day.absolute);
  }
  return dose;
}

void SumIngredients(const Together& together, DailyDose& dose) {
  for (const InstructionDose& part : together.parts) {
    for (const IngredientDose& one : part.ingredients) {
      const auto same =
          std::find_if(dose.ingredients.begin(), dose.ingredients.end(),
                       [&](const IngredientDose& had) { return had.substance == one.substance; });
      if (same == dose.ingredients.end()) {
        dose.ingredients.push_back(one);
      } else {
        same->per_day.low += one.per_day.low;
        same->per_day.high += one.per_day.high;
      }
    }
  }
}

// A number of mg or IU beyond these comes of a slip or of an overflow, never of a prescription.
constexpr double kLeastAmount = 1e-12;
constexpr double kMostAmount = 1e15;

bool IsSound(const DoseAmount& amount) {
  const auto sound = [](double value) {
    return value == 0 || (value >= kLeastAmount && value <= kMostAmount);
  };
  return sound(amount.low) && sound(amount.high) && amount.low <= amount.high;
}

bool IsSound(const std::optional<DoseAmount>& amount) { return !amount || IsSound(*amount); }

// True when no amount of the answer overflowed and no range stands on its head.
bool IsSound(const DailyDose& dose) {
  return IsSound(dose.per_day) && IsSound(dose.per_dose) && IsSound(dose.relative) &&
         IsSound(dose.if_read) && IsSound(dose.structured) && IsSound(dose.other) &&
         (!dose.cycle_days || std::isfinite(*dose.cycle_days)) &&
         std::all_of(dose.ingredients.begin(), dose.ingredients.end(),
                     [](const IngredientDose& one) { return IsSound(one.per_day); }) &&
         std::all_of(dose.phases.begin(), dose.phases.end(), [](const DosePhase& phase) {
           return IsSound(phase.per_day) && (!phase.days || *phase.days <= kMostAmount);
         });
}

// The answer, or a refusal that holds no number at all when one of its numbers cannot be.
DailyDose Checked(DailyDose dose) {
  if (IsSound(dose)) return dose;
  DailyDose refused;
  refused.systemic = dose.systemic;
  return Refused(std::move(refused), "invalid", "an amount that no dose can have");
}

// One text for the whole order, written into each or one of its instructions: what it says
// against them all together.
bool TellsTheSum(const Together& together) {
  std::optional<DoseAmount> sum;
  for (const InstructionDose& part : together.parts) {
    if (!part.day.absolute || !Add(sum, part.day.absolute)) return false;
  }
  const auto alike = [](double a, double b) { return std::abs(a - b) <= 0.005 * std::max(a, b); };
  return together.parts.size() > 1 && sum &&
         std::all_of(together.parts.begin(), together.parts.end(), [&](const auto& part) {
           return !part.conflict ||
                  (part.by_amount && part.other && part.other->unit == sum->unit &&
                   alike(part.other->low, sum->low) && alike(part.other->high, sum->high));
         });
}

DailyDose Combine(const Together& together, bool systemic) {
  DailyDose dose;
  dose.systemic = systemic;
  if (together.parts.size() == 1) SetPerDose(dose, together.parts.front());
  if (const auto* bad =
          together.Which([](const auto& part) { return !part.ok() && !part.text_only; })) {
    return Refused(std::move(dose), bad->reason_code, bad->reason);
  }
  if (together.Which([](const auto& part) { return part.text_only; }) != nullptr)
    return TextOnly(together, dose);
  const auto* part = together.Which([](const auto& one) { return one.conflict; });
  if (part != nullptr && !TellsTheSum(together)) {
    return Conflicting(together, *part, std::move(dose));
  }
  bool same_unit = true;
  bool same_relative = true;
  for (const InstructionDose& one : together.parts) {
    AddNeeds(dose.needs, one.day.needs);
    same_unit = Add(dose.per_day, one.day.absolute) && same_unit;
    same_relative = Add(dose.relative, one.day.relative) && same_relative;
    if (one.cycle_days) dose.cycle_days = one.cycle_days;
  }
  if (!same_relative) dose.relative.reset();
  dose.meaning = MeaningOf(together);
  if (!dose.needs.empty()) {
    dose.status = DoseStatus::kNeeds;
    dose.per_day.reset();
    dose.reason_code = "needs";
    dose.reason = "the amount needs what is not known";
    return dose;
  }
  if (!same_unit || !dose.per_day) {
    return Refused(std::move(dose), "unit-mismatch", "the parts of the order have different units");
  }
  SumIngredients(together, dose);
  dose.status = dose.per_day->IsRange() || dose.meaning == DoseMeaning::kMaximum
                    ? DoseStatus::kRange
                    : DoseStatus::kValue;
  return dose;
}

std::optional<double> SharedBound(const Together& together) {
  if (together.dated) return together.days;
  std::optional<double> days;
  for (const InstructionDose& part : together.parts) {
    if (part.timing.bound_days) days = std::max(days.value_or(0), *part.timing.bound_days);
  }
  return days;
}

DailyDose InPhases(const std::vector<Together>& steps, bool systemic) {
  DailyDose all;
  all.systemic = systemic;
  all.status = DoseStatus::kPhases;
  for (const Together& step : steps) {
    DailyDose dose = Combine(step, systemic);
    if (dose.status == DoseStatus::kNeeds) {
      AddNeeds(all.needs, dose.needs);
      if (!all.relative) all.relative = dose.relative;
      continue;
    }
    // One step that cannot be read leaves the whole unread, and its own number is not the order's.
    if (!dose.per_day) {
      dose.if_read.reset();
      return dose;
    }
    if (!all.per_day || dose.per_day->high > all.per_day->high) all.per_day = dose.per_day;
    all.phases.push_back({*dose.per_day, SharedBound(step)});
  }
  if (!all.needs.empty()) {
    all.status = DoseStatus::kNeeds;
    all.per_day.reset();
    all.phases.clear();
    all.reason_code = "needs";
    all.reason = "the amount needs what is not known";
  }
  return all;
}

bool IsGivenOnce(const InstructionDose& part) {
  return part.meaning == DoseMeaning::kSingle || part.meaning == DoseMeaning::kSingleDay;
}

// True when one dose of it is less than one of the other: an extra dose, and no loading dose.
bool IsSmaller(const InstructionDose& part, const InstructionDose& other) {
  if (!part.resolved_dose || !other.resolved_dose) return false;
  const auto less = [](const std::optional<DoseAmount>& one, const std::optional<DoseAmount>& two) {
    return one && two && one->unit == two->unit && one->high < two->high;
  };
  return less(part.resolved_dose->absolute, other.resolved_dose->absolute) ||
         less(part.resolved_dose->relative, other.resolved_dose->relative);
}

// A loading dose that neither number nor date puts before the doses that go on is a step before
// them all the same, and no part of every day's amount.
void SetLoadingFirst(std::vector<Together>& steps, Together step) {
  auto& parts = step.parts;
  const auto rest = std::stable_partition(parts.begin(), parts.end(),
                                          [](const auto& part) { return IsGivenOnce(part); });
  const bool extra = std::any_of(parts.begin(), rest, [&](const auto& part) {
    return std::any_of(rest, parts.end(),
                       [&](const auto& other) { return IsSmaller(part, other); });
  });
  if (!step.dated && !extra && rest != parts.begin() && rest != parts.end()) {
    steps.push_back(
        {.parts = {std::make_move_iterator(parts.begin()), std::make_move_iterator(rest)}});
    parts.erase(parts.begin(), rest);
  }
  steps.push_back(std::move(step));
}

// True when a dose given once stands beside others, so that a text may tell of them all.
bool HasSingle(const DoseStep& step) {
  return step.items.size() > 1 &&
         std::any_of(step.items.begin(), step.items.end(), [](const Json* item) {
           return ReadTiming(fhir::Find(*item, "timing")).single;
         });
}

std::vector<Together> ReadAll(const std::vector<DoseStep>& order, DoseContext& context) {
  std::vector<Together> steps;
  for (const DoseStep& one : order) {
    const bool alone = order.size() < 2 && !HasSingle(one);
    Together step{.parts = {}, .days = one.days, .dated = one.dated};
    for (const Json* item : one.items) {
      context.transdermal = IsTransdermal(*item);
      step.parts.push_back(ReadInstruction(*item, context, alone));
    }
    SetLoadingFirst(steps, std::move(step));
  }
  return steps;
}

// A weight or surface that nobody has is a slip of the pen (70000 kg) and no basis for a dose.
std::optional<double> Within(std::optional<double> measure, double least, double most) {
  return measure && *measure >= least && *measure <= most ? measure : std::nullopt;
}

constexpr double kLeastKilograms = 0.3;
constexpr double kMostKilograms = 350;
constexpr double kLeastSurface = 0.1;
constexpr double kMostSurface = 4;

std::optional<double> Measure(const Json* patient, std::string_view name, UnitKind kind) {
  const Json* quantity = patient == nullptr ? nullptr : fhir::Find(*patient, name);
  if (quantity == nullptr) return std::nullopt;
  const ReadQuantity read = ReadDoseQuantity(*quantity);
  if (!read.ok() || read.unit.kind != kind || read.value <= 0) return std::nullopt;
  return kind == UnitKind::kMass ? read.value * read.unit.factor / 1e6
                                 : read.value * read.unit.factor;
}

}  // namespace

std::string_view CodeOf(DoseStatus status) {
  static constexpr std::array<std::string_view, 7> kCodes{
      "value", "range", "phases", "needs", "text-only", "conflict", "not-parsable"};
  return kCodes.at(static_cast<size_t>(status));
}

std::string_view CodeOf(DoseMeaning meaning) {
  static constexpr std::array<std::string_view, 7> kCodes{
      "every-day", "average", "treatment-day", "maximum", "rate", "single", "single-day"};
  return kCodes.at(static_cast<size_t>(meaning));
}

DailyDose ReadDose(const DoseInput& input) {
  DoseContext context{.product = ReadProduct(input.medication, input.substances),
                      .weight_kg = Within(input.weight_kg, kLeastKilograms, kMostKilograms),
                      .surface_m2 = Within(input.surface_m2, kLeastSurface, kMostSurface)};
  // Where it acts is known also when the amount is not.
  DailyDose unread;
  unread.systemic = !IsLocalForm(context.product);
  if (input.instructions == nullptr || !input.instructions->is_array() ||
      input.instructions->empty()) {
    return Refused(std::move(unread), "no-dosage", "the order has no dosage instruction");
  }
  for (const Json& item : *input.instructions)
    unread.systemic = unread.systemic && !IsLocalRoute(item);
  for (const Json& item : *input.instructions) {
    const Json* sequence = fhir::Find(item, "sequence");
    if (sequence != nullptr && !fhir::NumberOf(*sequence)) {
      // Steps that follow each other would be added up.
      return Refused(std::move(unread), "invalid", "a sequence that is no number");
    }
  }
  const DoseSteps order = ReadSteps(*input.instructions);
  if (order.unclear) {
    return Refused(std::move(unread), "steps-unclear",
                   "which instructions run at the same time is not told");
  }
  const auto steps = ReadAll(order.steps, context);
  return Checked(steps.size() == 1 ? Combine(steps.front(), unread.systemic)
                                   : InPhases(steps, unread.systemic));
}

DailyDose ReadDoseLine(const Json& line) {
  DoseInput input;
  input.instructions = fhir::Find(line, "dosageInstruction");
  input.medication = fhir::Find(line, "medication");
  if (const auto named = fhir::FindText(line, "substance"); !named.empty())
    input.substances.emplace_back(named);
  if (const Json* drug = fhir::Find(line, "drug")) {
    const auto inn = drug->is_string() ? std::string_view(drug->get_ref<const std::string&>())
                                       : fhir::FindText(*drug, "inn");
    if (!inn.empty()) input.substances.emplace_back(inn);
  }
  const Json* patient = fhir::Find(line, "patient");
  input.weight_kg = Measure(patient, "weight", UnitKind::kMass);
  input.surface_m2 = Measure(patient, "bodySurfaceArea", UnitKind::kArea);
  return ReadDose(input);
}

}  // namespace genflik::mapping
