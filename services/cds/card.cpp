#include "services/cds/card.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/json_object.h"
#include "services/alerts/plain_words.h"
#include "services/alerts/text_form.h"
#include "services/cds/dose_suggestion.h"
#include "services/cds/suggestion.h"

namespace genflik::cds {
namespace {

using alerts::Advice;
using alerts::AdviceKind;
using alerts::Language;
using alerts::Say;
using fhir::Json;
using rules::ActionKind;
using rules::AlertLevel;

constexpr std::string_view kTopicSystem = "https://genflik.se/fhir/CodeSystem/card-topic";
constexpr std::string_view kReasonSystem = "https://genflik.se/fhir/CodeSystem/override-reason";

struct Coded {
  std::string_view code;
  std::string_view swedish;
  std::string_view english;
};

constexpr std::array kTopics{
    Coded{"dosing", "Dosering efter genotyp", "Dosing by genotype"},
    Coded{"test-first", "Test före start", "Test before the start"},
    Coded{"duplicate-test", "Genotypning finns redan", "Genotyping exists already"},
    Coded{"record", "Permanenta genetiska resultat", "Permanent genetic results"},
    Coded{"blocked", "Spärrade uppgifter", "Blocked data"},
    Coded{"not-checked", "Inte kontrollerat", "Not checked"}};

constexpr std::array kReasons{
    Coded{"monitoring-planned", "Tät uppföljning är planerad", "Close monitoring is planned"},
    Coded{"tolerated-before", "Patienten har tålt läkemedlet tidigare",
          "The patient has tolerated the drug before"},
    Coded{"dose-adjusted", "Dosen är redan anpassad", "The dose is adjusted already"},
    Coded{"no-alternative", "Inget lämpligt alternativ finns", "There is no suitable alternative"},
    Coded{"benefit-outweighs", "Nyttan överväger risken", "The benefit outweighs the risk"},
    Coded{"result-doubted", "Genotypsvaret ifrågasätts", "The genotype result is doubted"},
    Coded{"patient-declined", "Patienten avböjer ändringen", "The patient declines the change"}};

Json RenderCoded(std::string_view system, const Coded& coded, Language language) {
  return Json{{"code", coded.code},
              {"system", system},
              {"display", Say(language, coded.swedish, coded.english)}};
}

constexpr std::array kTestReasons{
    Coded{"test-ordered", "Provet är redan taget eller beställt",
          "The test is taken or ordered already"},
    Coded{"tested-elsewhere", "Svar finns på annat håll", "A result exists elsewhere"},
    Coded{"cannot-wait", "Behandlingen kan inte vänta på svaret",
          "The treatment cannot wait for the result"},
    Coded{"tolerated-before", "Patienten har tålt läkemedlet tidigare",
          "The patient has tolerated the drug before"},
    Coded{"benefit-outweighs", "Nyttan överväger risken", "The benefit outweighs the risk"},
    Coded{"test-declined", "Patienten avböjer provtagning", "The patient declines the test"}};

constexpr std::array kDuplicateReasons{
    Coded{"covers-more", "Den nya analysen täcker mer", "The new analysis covers more"},
    Coded{"result-doubted", "Genotypsvaret ifrågasätts", "The genotype result is doubted"},
    Coded{"new-sample", "Nytt prov behövs, till exempel efter transplantation",
          "A new sample is needed, for example after a transplantation"},
    Coded{"required-elsewhere", "Krävs för en studie eller av annan vårdgivare",
          "Required by a study or another care provider"}};

template <size_t N>
Json RenderReasons(const std::array<Coded, N>& coded, Language language) {
  Json reasons = Json::array();
  for (const Coded& reason : coded) reasons.push_back(RenderCoded(kReasonSystem, reason, language));
  return reasons;
}

// What somebody may answer to one sort of card. The same in every card of a language.
const Json& OverrideReasons(std::string_view topic, Language language) {
  static constexpr std::array kLanguages{Language::kSwedish, Language::kEnglish};
  const auto in_both = [](const auto& coded) {
    return std::array{RenderReasons(coded, kLanguages[0]), RenderReasons(coded, kLanguages[1])};
  };
  static const auto dosing = in_both(kReasons);
  static const auto test = in_both(kTestReasons);
  static const auto duplicate = in_both(kDuplicateReasons);
  const size_t which = language == Language::kSwedish ? 0 : 1;
  if (topic == "test-first") return test.at(which);
  return topic == "duplicate-test" ? duplicate.at(which) : dosing.at(which);
}

std::string_view IndicatorOf(AlertLevel level) {
  if (level == AlertLevel::kCritical) return "critical";
  return level == AlertLevel::kWarning ? "warning" : "info";
}

std::string_view SourceUrl(std::string_view source) {
  if (source == "CPIC") return "https://cpicpgx.org";
  if (source == "DPWG") return "https://www.knmp.nl";
  return "https://genflik.se";
}

std::string CitationUrl(const rules::Citation& citation) {
  if (!citation.doi.empty()) return "https://doi.org/" + citation.doi;
  if (citation.url.starts_with("https://") || citation.url.starts_with("http://"))
    return citation.url;
  if (!citation.pmid.empty()) return "https://pubmed.ncbi.nlm.nih.gov/" + citation.pmid + "/";
  return {};
}

Json RenderLinks(const Card& card, const CardFrame& frame) {
  Json links = Json::array();
  if (!card.guideline_url.empty()) {
    links.push_back(
        Json{{"label", card.guideline_label}, {"url", card.guideline_url}, {"type", "absolute"}});
  }
  // Which gene and drug: the patient comes with the launch, not with the link.
  Json context = Json::object();
  if (!card.gene.empty()) context["gene"] = card.gene;
  if (!card.drug.empty()) context["drug"] = card.drug;
  if (card.break_the_glass) context["breakTheGlass"] = true;
  Json smart = fhir::ObjectFor(4);
  smart["label"] = card.break_the_glass
                       ? Say(frame.language, "Öppna spärren i genfliken (nödöppning)",
                             "Open the block in the gene tab (break the glass)")
                       : Say(frame.language, "Öppna genfliken", "Open the gene tab");
  smart["url"] = frame.base + "/tab/launch.html";
  smart["type"] = "smart";
  if (!context.empty()) smart["appContext"] = fhir::PrintJson(context);
  links.push_back(std::move(smart));
  return links;
}

// What the guideline allows when the drug is given all the same.
void SuggestOrElse(const Advice& advice, const alerts::CheckedOrder& checked, const Json& order,
                   const alerts::PatientFacts& facts, const CardFrame& frame, Card& card) {
  const auto dose = checked.doses.find(advice.drug);
  const bool over = advice.second.verdict == alerts::DoseVerdict::kOver;
  if ((advice.lead->action.or_else.empty() && !over) || dose == checked.doses.end()) return;
  Advice second = advice;
  if (!advice.lead->action.or_else.empty())
    second.lead->action = advice.lead->action.or_else.front();
  // The limit may be another guideline's.
  second.dose = over ? advice.second
                     : alerts::CompareDose(second.lead->action, advice.lead->id,
                                           advice.lead->standard_dose, dose->second);
  const size_t before = card.suggestions.size();
  SuggestDose(second, checked, order, facts, frame, card);
  // Only the first choice is recommended.
  if (card.suggestions.size() > before) card.suggestions.back().erase("isRecommended");
}

void SuggestOthers(const Advice& advice, const alerts::CheckedOrder& checked, const Json& order,
                   const alerts::PatientFacts& facts, const CardFrame& frame, Card& card) {
  const ActionKind kind = advice.lead->action.kind;
  if (kind != ActionKind::kAvoid && kind != ActionKind::kAlternative) return;
  if (checked.order.reference.empty()) return;
  const std::string drug = alerts::DrugName(frame.knowledge, advice.drug, frame.language);
  const std::string remove =
      std::string(Say(frame.language, "Ta bort ordinationen av ", "Remove the order of ")) + drug;
  const rules::Action& action = advice.lead->action;
  // What decides between them, or whether the advice is for this patient, is not in the record.
  bool first = !action.no_first_choice && action.only_if.en.empty() && !advice.dose_is_low;
  for (const std::string& other : SafeAlternatives(advice, facts, frame)) {
    const std::string name = alerts::DrugName(frame.knowledge, other, frame.language);
    std::vector<Json> actions{DeleteAction(checked.order.reference, remove),
                              CreateDrugAction(frame, order, other)};
    card.suggestions.push_back(
        MakeSuggestion(frame, card.subject + "|alternative|" + other,
                       std::string(Say(frame.language, "Byt till ", "Change to ")) + name,
                       std::move(actions), first));
    first = false;
  }
  std::vector<Json> actions{DeleteAction(checked.order.reference, remove)};
  card.suggestions.push_back(
      MakeSuggestion(frame, card.subject + "|remove", remove, std::move(actions), first));
}

void AddTestFirst(const Advice& advice, const Json& order, const CardFrame& frame, Card& card) {
  const std::string& gene = advice.pretest->gene;
  card.topic = "test-first";
  card.source_label = "Genflik – " + advice.pretest->authority;
  card.source_url = SourceUrl("");
  card.guideline_url = CitationUrl(advice.pretest->citation);
  card.guideline_label = advice.pretest->authority;
  const rules::Pretest& test = *advice.pretest;
  if (test.refused || test.enzyme || !test.only_if.en.empty()) return;
  std::vector<Json> actions{CreateTestAction(frame, order, gene)};
  card.suggestions.push_back(
      MakeSuggestion(frame, card.subject + "|test",
                     std::string(Say(frame.language, "Beställ ", "Order ")) + gene +
                         std::string(Say(frame.language, "-genotypning", " genotyping")),
                     std::move(actions), true));
}

// In the order's words, else as the knowledge has the drug.
std::string NameOf(const mapping::DrugOrder& order, const CardFrame& frame) {
  if (!order.name.empty()) return order.name;
  const auto converters = frame.knowledge.Phenoconverters(order.query);
  if (!converters.empty())
    return alerts::DrugName(frame.knowledge, converters.front()->drug, frame.language);
  return order.reference;
}

}  // namespace

void AboutRunningDrug(const std::vector<mapping::DrugOrder>& because, const std::string& drug,
                      const CardFrame& frame, Card& card) {
  std::string causes;
  std::string orders;
  std::vector<Json> actions;
  bool all = true;
  for (const mapping::DrugOrder& order : because) {
    const std::string name = NameOf(order, frame);
    causes += (causes.empty() ? "" : ", ") + alerts::EscapeMarkdown(name);
    orders += (orders.empty() ? "" : ", ") + name;
    all = all && !order.reference.empty();
    actions.push_back(DeleteAction(
        order.reference,
        std::string(Say(frame.language, "Ta bort ordinationen av ", "Remove the order of ")) +
            name));
  }
  card.subject += "|running";
  card.detail =
      std::string(Say(frame.language, "**Gäller pågående ", "**About the running ")) +
      alerts::DrugName(frame.knowledge, drug, frame.language) +
      std::string(Say(frame.language, ":** det ändras av ", ":** it is changed by ")) +
      std::string(because.size() == 1
                      ? Say(frame.language, "den nya ordinationen (", "the new order (")
                      : Say(frame.language, "de nya ordinationerna (", "the new orders (")) +
      causes + ").\n\n" + card.detail;
  card.suggestions.clear();
  if (!all) return;
  const std::string label =
      std::string(
          because.size() == 1
              ? Say(frame.language, "Ta bort ordinationen av ", "Remove the order of ")
              : Say(frame.language, "Ta bort ordinationerna av ", "Remove the orders of ")) +
      orders;
  card.suggestions.push_back(
      MakeSuggestion(frame, card.subject + "|remove", label, std::move(actions), false));
}

std::string CardId(const CardFrame& frame, std::string_view subject) {
  std::array<std::uint64_t, 2> hashes{0xcbf29ce484222325ULL, 0x9ae16a3b2f90404fULL};
  const std::string all = frame.instance + '|' + std::string(subject);
  for (const char c : all) {
    for (auto& hash : hashes) {
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
      hash ^= hash >> 29U;
    }
  }
  // Version 8 of RFC 9562: made by a rule of our own.
  std::array<char, 37> text{};
  (void)std::snprintf(text.data(), text.size(), "%08x-%04x-8%03x-%04x-%012llx",
                      static_cast<unsigned>(hashes[0] >> 32U),
                      static_cast<unsigned>((hashes[0] >> 16U) & 0xffffU),
                      static_cast<unsigned>(hashes[0] & 0xfffU),
                      static_cast<unsigned>(((hashes[1] >> 48U) & 0x3fffU) | 0x8000U),
                      static_cast<unsigned long long>(hashes[1] & 0xffffffffffffULL));
  return text.data();
}

Json RenderCard(Card card, const CardFrame& frame) {
  Json json = fhir::ObjectFor(10);
  json["uuid"] = CardId(frame, card.subject);
  json["summary"] = alerts::Shorten(card.summary, 139);
  if (!card.detail.empty()) json["detail"] = std::move(card.detail);
  json["indicator"] = IndicatorOf(card.level);
  Json source = fhir::ObjectFor(3);
  source["label"] = card.source_label.empty() ? "Genflik" : card.source_label;
  source["url"] = card.source_url.empty() ? std::string(SourceUrl("")) : card.source_url;
  const auto* topic = std::find_if(kTopics.begin(), kTopics.end(),
                                   [&](const Coded& one) { return one.code == card.topic; });
  if (topic != kTopics.end()) source["topic"] = RenderCoded(kTopicSystem, *topic, frame.language);
  json["source"] = std::move(source);
  if (!card.suggestions.empty()) {
    Json::array_t suggestions(std::make_move_iterator(card.suggestions.begin()),
                              std::make_move_iterator(card.suggestions.end()));
    json["suggestions"] = std::move(suggestions);
    json["selectionBehavior"] = "at-most-one";
  }
  if (card.override_reasons) json["overrideReasons"] = OverrideReasons(card.topic, frame.language);
  // Last: the answer adds a link to the text.
  json["links"] = RenderLinks(card, frame);
  return json;
}

std::vector<std::string> SafeAlternatives(const Advice& advice, const alerts::PatientFacts& facts,
                                          const CardFrame& frame) {
  constexpr size_t kMost = 3;
  std::vector<std::string> safe;
  for (const std::string& name : advice.lead->action.alternatives) {
    const rules::Drug* drug = frame.knowledge.FindDrug(name);
    if (safe.size() == kMost) break;
    // No file: no genetic rule speaks against it.
    if (drug == nullptr) {
      safe.push_back(name);
      continue;
    }
    rules::DrugQuery query;
    query.names.push_back(drug->name);
    const auto evaluation = rules::Evaluate(frame.knowledge, facts.profile, query, facts.context);
    const bool alarming =
        std::any_of(evaluation.recommendations.begin(), evaluation.recommendations.end(),
                    [](const auto& row) { return row.alert >= AlertLevel::kWarning; });
    if (!alarming) safe.push_back(name);
  }
  return safe;
}

Card AdviceCard(const Advice& advice, const alerts::CheckedOrder& checked, const Json& order,
                const alerts::PatientFacts& facts, const std::vector<std::string>& remarks,
                const CardFrame& frame) {
  Card card;
  card.subject = checked.order.reference + '|' + advice.Key();
  card.level = advice.level;
  card.summary = alerts::Summary(advice, frame.knowledge, frame.language);
  card.detail = alerts::Detail(advice, frame.knowledge, alerts::EvidenceOf(advice, facts.profile),
                               remarks, frame.language);
  card.topic = "dosing";
  card.override_reasons = true;
  card.drug = advice.drug;
  const auto genes = alerts::GenesOf(advice);
  if (!genes.empty()) card.gene = genes.front();
  if (advice.kind == AdviceKind::kTestFirst) {
    AddTestFirst(advice, order, frame, card);
    return card;
  }
  if (!advice.lead) {
    card.topic = "not-checked";
    return card;
  }
  const rules::Recommendation& row = *advice.lead;
  const std::string year = row.year > 0 ? ' ' + std::to_string(row.year) : "";
  card.source_label = "Genflik – " + row.source + year;
  card.source_url = SourceUrl(row.source);
  card.guideline_url = CitationUrl(row.citation);
  card.guideline_label =
      row.source + std::string(Say(frame.language, "-riktlinje", " guideline")) + year;
  if (!advice.dose_is_low) SuggestDose(advice, checked, order, facts, frame, card);
  SuggestOthers(advice, checked, order, facts, frame, card);
  if (!advice.dose_is_low) SuggestOrElse(advice, checked, order, facts, frame, card);
  return card;
}

}  // namespace genflik::cds
