#include "services/cds/blocked_results.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "services/cds/card.h"
#include "services/security/access.h"

namespace genflik::cds {
namespace {

using alerts::Say;
using rules::AlertLevel;

// Order, advice and how loud; what the words say would be content.
using Point = std::tuple<std::string, std::string, std::string>;

std::set<Point> PointsOf(const Decision& decision) {
  std::set<Point> points;
  for (const Said& said : decision.said) {
    if (!said.indicator.empty()) points.emplace(said.order, said.advice, said.indicator);
  }
  return points;
}

AlertLevel LevelOf(const std::string& indicator) {
  if (indicator == "critical") return AlertLevel::kCritical;
  return indicator == "warning" ? AlertLevel::kWarning : AlertLevel::kInfo;
}

// The orders of which the two decisions say different things, and the loudest of it. What only
// disappears with the blocked results (a test that is asked for) is told as information.
std::map<std::string, AlertLevel> Differences(const std::set<Point>& seen,
                                              const std::set<Point>& opened) {
  std::map<std::string, AlertLevel> orders;
  for (const Point& point : opened) {
    if (seen.contains(point)) continue;
    AlertLevel& level = orders.try_emplace(std::get<0>(point), AlertLevel::kInfo).first->second;
    level = std::max(level, LevelOf(std::get<2>(point)));
  }
  for (const Point& point : seen) {
    if (!opened.contains(point)) orders.try_emplace(std::get<0>(point), AlertLevel::kInfo);
  }
  return orders;
}

Card BlockedCard(const std::string& order, AlertLevel level, alerts::Language language) {
  Card card;
  card.subject = order + "|blocked";
  card.level = level;
  card.topic = "blocked";
  card.break_the_glass = true;
  card.summary = order.empty()
                     ? Say(language, "Det finns spärrade genetiska resultat",
                           "There are blocked genetic results")
                     : Say(language, "Ett spärrat genetiskt resultat påverkar denna ordination",
                           "A blocked genetic result affects this order");
  card.detail = Say(
      language,
      "Patienten har spärrat uppgifter hos en annan vårdgivare eller vårdenhet, så innehållet "
      "visas inte här. Fråga patienten om spärren kan hävas. I en nödsituation kan du öppna den "
      "i genfliken; orsaken du anger skrivs i loggen, som patienten kan läsa.",
      "The patient has blocked data of another care provider or unit, so the content is not "
      "shown here. Ask the patient whether the block can be lifted. In an emergency you can "
      "open it in the gene tab; the reason you give is written to the log, which the patient "
      "can read.");
  return card;
}

void Add(const CardFrame& frame, bool shadow, Card card, const std::string& order,
         Decision& decision) {
  Said said{.card = CardId(frame, card.subject),
            .status = shadow ? "shadow" : "shown",
            .order = order,
            .advice = "blocked",
            .summary = card.summary};
  const bool loud = card.level > AlertLevel::kInfo;
  fhir::Json json = RenderCard(std::move(card), frame);
  said.indicator = fhir::FindText(json, "indicator");
  decision.said.push_back(std::move(said));
  if (shadow) return;
  decision.cards.insert(loud ? decision.cards.begin() : decision.cards.end(), std::move(json));
}

}  // namespace

void ReadOpened(const CdsContext& context, StoredFacts& facts) {
  if (facts.patient.empty() || !security::HasHidden(facts.patient)) return;
  const security::SeeingBlocked opened;
  facts.opened = context.store.Read(
      [&](const store::Reader& reader) { return reader.ResultsOf(facts.patient); });
}

void TellOfBlocked(const DecisionInput& input, Decision& decision) {
  if (!input.stored.opened) return;
  const CardFrame frame{input.knowledge, input.language, input.base, input.request.instance,
                        input.request.patient};
  StoredFacts all = input.stored;
  all.results = *input.stored.opened;
  if (input.request.orders.empty() && input.request.dispatched.empty()) {
    if (all.results != input.stored.results) {
      Add(frame, input.options.shadow, BlockedCard("", AlertLevel::kInfo, input.language), "",
          decision);
    }
    return;
  }
  const DecisionInput again{.request = input.request,
                            .stored = all,
                            .knowledge = input.knowledge,
                            .options = input.options,
                            .language = input.language,
                            .base = input.base,
                            .today = input.today};
  const auto differences = Differences(PointsOf(decision), PointsOf(Decide(again)));
  for (const auto& [order, level] : differences) {
    Add(frame, input.options.shadow, BlockedCard(order, level, input.language), order, decision);
  }
  // An order must not be marked as free of advice where the advice is what is blocked.
  if (!differences.empty()) decision.system_actions.clear();
}

}  // namespace genflik::cds
