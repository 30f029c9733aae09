#include "services/tab/drug_headline.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "services/alerts/advice_text.h"

namespace genflik::tab {
namespace {

using rules::Action;
using rules::ActionKind;
using rules::LocalText;

LocalText WordsOf(ActionKind kind) {
  switch (kind) {
    case ActionKind::kNoChange:
      return {.en = "No change because of the genes", .sv = "Ingen ändring på grund av generna"};
    case ActionKind::kAvoid:
      return {.en = "Avoid", .sv = "Undvik"};
    case ActionKind::kAlternative:
      return {.en = "Choose another drug", .sv = "Välj ett annat läkemedel"};
    case ActionKind::kReduceDose:
      return {.en = "Lower the dose", .sv = "Sänk dosen"};
    case ActionKind::kMaxDose:
      return {.en = "Do not exceed the maximum dose", .sv = "Överskrid inte maxdosen"};
    case ActionKind::kIncreaseDose:
      return {.en = "Raise the dose", .sv = "Höj dosen"};
    case ActionKind::kAdjustDose:
      return {.en = "Adjust the dose", .sv = "Anpassa dosen"};
    case ActionKind::kSlowTitration:
      return {.en = "Raise the dose more slowly", .sv = "Trappa upp långsammare"};
    case ActionKind::kMonitor:
      return {.en = "Follow effect and side effects", .sv = "Följ effekt och biverkningar"};
    case ActionKind::kTestFirst:
      return {.en = "Test before the start", .sv = "Testa före start"};
    case ActionKind::kCalculate:
      return {.en = "Calculate the dose from the genes", .sv = "Beräkna dosen utifrån generna"};
    case ActionKind::kNoRecommendation:
      return {.en = "No recommendation", .sv = "Ingen rekommendation"};
  }
  return {};
}

LocalText Joined(const LocalText& a, std::string_view en, std::string_view sv) {
  return {.en = a.en + std::string(en), .sv = a.sv + std::string(sv)};
}

/// At most three decimals, no trailing zeros; a decimal comma in Swedish.
LocalText NumberText(double number) {
  std::string text = std::to_string(std::round(number * 1000) / 1000);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  LocalText both{.en = text, .sv = text};
  std::replace(both.sv.begin(), both.sv.end(), '.', ',');
  return both;
}

LocalText PercentText(const Action& action) {
  const auto percent = [](double factor) { return NumberText(factor * 100); };
  if (action.factor) {
    const LocalText one = percent(*action.factor);
    return {.en = one.en + "%", .sv = one.sv + " %"};
  }
  const LocalText low = percent(action.factor_range->first);
  const LocalText high = percent(action.factor_range->second);
  return {.en = low.en + "–" + high.en + "%", .sv = low.sv + "–" + high.sv + " %"};
}

LocalText PerText(std::string_view per) {
  if (per == "d") return {.en = " per day", .sv = " per dygn"};
  if (per == "dose") return {.en = " per dose", .sv = " per dos"};
  if (per == "m2.d") return {.en = " per m² and day", .sv = " per m² och dygn"};
  if (per == "wk") return {.en = " per week", .sv = " per vecka"};
  return {.en = " per " + std::string(per), .sv = " per " + std::string(per)};
}

LocalText LimitText(const rules::DoseLimit& limit) {
  LocalText amount = NumberText(limit.high);
  if (limit.low < limit.high) {
    const LocalText low = NumberText(limit.low);
    amount = {.en = low.en + "–" + amount.en, .sv = low.sv + "–" + amount.sv};
  }
  const LocalText per = PerText(limit.per);
  return {.en = "At most " + amount.en + ' ' + limit.unit + per.en,
          .sv = "Högst " + amount.sv + ' ' + limit.unit + per.sv};
}

/// "prasugrel or ticagrelor".
LocalText Alternatives(const rules::KnowledgeBase& knowledge, const Action& action) {
  LocalText list;
  for (size_t i = 0; i < action.alternatives.size(); ++i) {
    const LocalText name{
        .en = alerts::DrugName(knowledge, action.alternatives[i], alerts::Language::kEnglish),
        .sv = alerts::DrugName(knowledge, action.alternatives[i], alerts::Language::kSwedish)};
    if (i > 0) {
      const bool last = i + 1 == action.alternatives.size();
      list = Joined(list, last ? " or " : ", ", last ? " eller " : ", ");
    }
    list = Joined(list, name.en, name.sv);
  }
  return list;
}

LocalText StatusWords(rules::InterpretationStatus status) {
  switch (status) {
    case rules::InterpretationStatus::kNotTested:
      return {.en = "not tested", .sv = "inte testat"};
    case rules::InterpretationStatus::kNoCall:
      return {.en = "tested without answer", .sv = "testat utan svar"};
    case rules::InterpretationStatus::kConflict:
      return {.en = "results disagree", .sv = "svaren motsäger varandra"};
    case rules::InterpretationStatus::kAmbiguous:
      return {.en = "several readings possible", .sv = "flera tolkningar möjliga"};
    case rules::InterpretationStatus::kNotInterpretable:
    case rules::InterpretationStatus::kInterpreted:
      break;
  }
  return {.en = "cannot be interpreted", .sv = "går inte att tolka"};
}

/// A changed dose with its number, where the guideline gives one.
LocalText DoseText(const Action& action) {
  const bool changes =
      action.kind == ActionKind::kReduceDose || action.kind == ActionKind::kIncreaseDose;
  if (changes && (action.factor || action.factor_range)) {
    const LocalText percent = PercentText(action);
    const LocalText words = WordsOf(action.kind);
    LocalText text{.en = words.en + " to " + percent.en, .sv = words.sv + " till " + percent.sv};
    if (!action.days) return text;
    const std::string days = ", " + std::to_string(action.days->most);
    return Joined(text, days + " days a week", days + " dagar i veckan");
  }
  return WordsOf(action.kind);
}

}  // namespace

LocalText HeadlineOf(const rules::KnowledgeBase& knowledge, const Action& action) {
  LocalText headline = action.kind == ActionKind::kMaxDose && action.max_dose
                           ? LimitText(*action.max_dose)
                           : DoseText(action);
  if (!action.only_if.empty())
    headline = Joined(headline, ' ' + action.only_if.en, ' ' + action.only_if.sv);
  if (!action.alternatives.empty()) {
    const LocalText others = Alternatives(knowledge, action);
    headline = Joined(headline, "; consider " + others.en, "; överväg " + others.sv);
  }
  return headline;
}

LocalText HeadlineOf(const std::vector<rules::UnknownGene>& unknown) {
  LocalText headline{.en = "Not known", .sv = "Okänt"};
  for (size_t i = 0; i < unknown.size(); ++i) {
    const LocalText words = StatusWords(unknown[i].status);
    const std::string start = (i == 0 ? ": " : ", ") + unknown[i].gene + ' ';
    headline = Joined(headline, start + words.en, start + words.sv);
  }
  return headline;
}

}  // namespace genflik::tab
