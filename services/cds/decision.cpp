#include "services/cds/decision.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/cds/card.h"
#include "services/cds/missing_data.h"
#include "services/cds/named_drug.h"
#include "services/cds/running_drugs.h"
#include "services/cds/specialty.h"
#include "services/cds/suggestion.h"
#include "services/cds/test_orders.h"
#include "services/cds/treatment.h"
#include "services/core/error.h"
#include "services/mapping/genomics_positions.h"

namespace genflik::cds {
namespace {

using alerts::Language;
using alerts::Say;
using fhir::Json;
using rules::AlertLevel;

constexpr std::string_view kJudgedExtension =
    "https://genflik.se/fhir/StructureDefinition/genetic-check";

bool NamesGenes(const rules::Drug& drug) {
  return std::any_of(drug.guidelines.begin(), drug.guidelines.end(),
                     [](const auto& guideline) { return !guideline.genes.empty(); });
}

class Decider {
 public:
  explicit Decider(const DecisionInput& input)
      : in_(input),
        frame_{input.knowledge, input.language, input.base, input.request.instance,
               input.request.patient},
        policy_(PolicyFor(input)) {
    IndexResources();
    ReadFacts();
  }

  Decision Run() {
    if (in_.request.hook == "patient-view" || in_.request.hook == "encounter-start") {
      AboutPatient();
    } else {
      for (const Json* order : in_.request.orders) AboutOrder(*order);
      for (const auto& reference : in_.request.dispatched) AboutDispatched(reference);
      SayWhatIsMissing();
    }
    Sort();
    return std::move(decision_);
  }

 private:
  // --- What is known -------------------------------------------------------------------------

  void IndexResources() {
    const auto add = [this](const Json& resource) {
      const std::string_view id = fhir::FindText(resource, "id");
      if (id.empty()) return;
      by_reference_.emplace(
          std::string(fhir::FindText(resource, "resourceType")) + '/' + std::string(id), &resource);
    };
    for (const Json* resource : in_.request.background) add(*resource);
    for (const Json* resource : in_.request.prefetched) add(*resource);
    for (const Json* resource : in_.request.orders) add(*resource);
  }

  mapping::ResourceLookup Lookup() const {
    return [this](std::string_view reference) -> const Json* {
      const auto at_url = in_.request.by_url.find(reference);
      if (at_url != in_.request.by_url.end()) return at_url->second;
      // An absolute reference ends like a relative one.
      const size_t id = reference.rfind('/');
      const size_t type =
          id == std::string_view::npos || id == 0 ? id : reference.rfind('/', id - 1);
      if (type != std::string_view::npos) reference = reference.substr(type + 1);
      const auto found = by_reference_.find(reference);
      return found == by_reference_.end() ? nullptr : found->second;
    };
  }

  void ReadFacts() {
    std::vector<rules::GeneResult> results = in_.stored.results;
    std::vector<const Json*> sizes;
    std::vector<const Json*> observations;
    sizes.reserve(in_.stored.sizes.size());
    for (const Json& size : in_.stored.sizes) sizes.push_back(&size);
    for (const Json* resource : in_.request.prefetched) {
      if (fhir::FindText(*resource, "resourceType") != "Observation") continue;
      sizes.push_back(resource);
      observations.push_back(resource);
    }
    const size_t stored = results.size();
    mapping::AddPatientResults(observations, in_.knowledge, results);
    prefetched_results_ = results.size() > stored;
    facts_.profile = rules::MakeProfile(in_.knowledge, results);
    facts_.size = mapping::ReadBodySize(sizes);
    facts_.context.weight_kg = facts_.size.weight_kg;
    std::string_view born = in_.stored.birth_date;
    if (in_.request.prefetched_patient != nullptr) {
      if (const auto told = fhir::FindText(*in_.request.prefetched_patient, "birthDate");
          !told.empty())
        born = told;
    }
    facts_.context.age_years = mapping::AgeInYears(born, in_.today);
    for (const Json& resource : in_.stored.medications) AddActive(resource);
    for (const Json* resource : in_.request.prefetched) AddActive(*resource);
    // A regimen in one call is judged as a whole.
    for (const Json* resource : in_.request.background) AddActive(*resource, true);
    for (const Json* resource : in_.request.orders) AddActive(*resource, true);
  }

  void AddActive(const Json& resource, bool in_call = false) {
    if (!mapping::IsDrugResource(resource) || !mapping::IsInForce(resource)) return;
    auto order = mapping::ReadDrugOrder(resource, Lookup());
    const bool draft = fhir::FindText(resource, "status") == "draft";
    // A code of a system that nobody knows, without words, may be an inhibitor's.
    if (!draft && (order.drug_unknown || (order.query.codes.empty() && order.query.names.empty())))
      ++unread_drugs_;
    // What is only being ordered was not taken before.
    if (draft) order.since.clear();
    alerts::AddActive(in_.knowledge, std::move(order), facts_, in_call ? &resource : nullptr);
  }

  bool DrugsListed() const {
    return in_.request.medications != Supply::kAbsent && unread_drugs_ == 0;
  }

  bool ResultsKnown() const {
    if (!in_.stored.patient.empty() || prefetched_results_) return true;
    return in_.request.genotypes == Supply::kComplete || in_.request.genotypes == Supply::kPaged;
  }

  std::vector<std::string> MissingOfResults() const {
    return MissingResults(in_.request, in_.stored.patient, in_.language);
  }
  // `drugs_matter`: what the patient takes can change what is said.
  std::vector<std::string> Missing(bool drugs_matter) const {
    auto missing = MissingOfResults();
    // A client without prefetch leaves the list of drugs to Genflik.
    const Json* prefetch = fhir::Find(*in_.request.body, "prefetch");
    const bool left = prefetch == nullptr || prefetch->is_null();
    const DrugsAtHand drugs{
        .stored = !in_.stored.patient.empty() && (in_.stored.keeps_drugs || left),
        .unread = unread_drugs_,
        .matter = drugs_matter};
    for (auto& line : MissingDrugs(in_.request, drugs, in_.language))
      missing.push_back(std::move(line));
    return missing;
  }

  // No card would read as "looked and found nothing".
  void SayWhatIsMissing() {
    const auto missing = Missing(drugs_mattered_);
    const bool spoke = std::any_of(decision_.said.begin(), decision_.said.end(),
                                   [](const Said& said) { return !said.indicator.empty(); });
    if (!judged_ || missing.empty() || spoke) return;
    Card card = IncompleteCard(missing, in_.language);
    Said said{.advice = "not-checked"};
    Show(std::move(card), std::move(said));
  }

  [[noreturn]] void RefuseWithoutResults() const {
    const bool failed = in_.request.genotypes == Supply::kFailed;
    throw core::Error(
        core::ErrorCode::kPreconditionFailed,
        std::vector<fhir::Issue>{{fhir::Severity::kError, fhir::IssueType::kProcessing,
                                  failed ? "genetic results are needed for this order, but the "
                                           "record system's could not be read and "
                                           "the patient is not known here"
                                         : "genetic results are needed for this order: the patient "
                                           "is not known here, prefetch "
                                           "has no 'genotypes', and they could not be fetched",
                                  "prefetch.genotypes"}});
  }

  std::vector<std::string> Remarks() const {
    std::vector<std::string> remarks;
    if (in_.stored.patient.empty() && in_.request.prefetched_patient != nullptr) {
      remarks.emplace_back(Say(in_.language,
                               "Patienten är inte känd i Genflik: inga permanenta resultat finns "
                               "här. Rådet bygger på det "
                               "journalsystemet skickade.",
                               "The patient is not known to Genflik: there are no permanent "
                               "results here. The advice rests "
                               "on what the record system sent."));
    }
    for (auto& line : Missing(drugs_matter_)) remarks.push_back(std::move(line));
    return remarks;
  }

  // --- Orders --------------------------------------------------------------------------------

  void AboutOrder(const Json& order) {
    // An order of unknown status may well be given.
    if (!mapping::IsInForce(order) && fhir::FindText(order, "status") != "unknown") return;
    if (fhir::FindText(order, "resourceType") == "ServiceRequest") {
      AboutTest(order);
      return;
    }
    const mapping::DrugOrder read = mapping::ReadDrugOrder(order, Lookup());
    const Json* referred = fhir::Find(order, "medicationReference");
    if (read.drug_unknown || NamesNoDrug(order, read)) {
      // While it is being chosen a drug may be missing; what is signed, or refers to a drug that we
      // cannot see, was not checked.
      if (referred != nullptr || in_.request.hook == "order-sign")
        NotChecked(read.reference, referred == nullptr
                                       ? std::string()
                                       : std::string(fhir::FindText(*referred, "reference")));
      return;
    }
    AboutRunning(read);
    const auto matches = in_.knowledge.Match(read.query);
    if (matches.empty()) {
      NoteUnmapped(order, read);
      return;
    }
    const bool systemic = std::any_of(matches.begin(), matches.end(), [&](const auto& one) {
      return !one.not_systemic &&
             (ResultsKnown() ||
              mapping::ReadOrderDose(order, read, *one.drug, facts_.size).systemic);
    });
    if (systemic && !ResultsKnown()) RefuseWithoutResults();
    judged_ = judged_ || systemic;
    drugs_matter_ = systemic && !DrugsListed() &&
                    std::any_of(matches.begin(), matches.end(), [&](const auto& one) {
                      return DependsOnOtherDrugs(in_.knowledge, *one.drug);
                    });
    drugs_mattered_ = drugs_mattered_ || drugs_matter_;
    const auto checked = alerts::CheckOrder(in_.knowledge, order, read, facts_, policy_, in_.today);
    for (const alerts::Advice& advice : checked.advice) Say1(advice, checked, order);
    MarkJudged(order, read.reference, !systemic || Missing(drugs_matter_).empty());
  }

  // What an ordered inhibitor does to drugs that are taken already.
  void AboutRunning(const mapping::DrugOrder& inhibitor) {
    const auto converters = in_.knowledge.Phenoconverters(inhibitor.query);
    if (!ResultsKnown() || converters.empty()) return;
    // Without the list of drugs nobody knows what it spoils.
    const bool matters = std::ranges::any_of(converters, [this](const auto* rule) {
      return facts_.profile.Find(rule->gene) != nullptr;
    });
    judged_ = judged_ || matters;
    drugs_mattered_ = drugs_mattered_ || (matters && !DrugsListed());
    RunningInput input{.knowledge = in_.knowledge,
                       .policy = policy_,
                       .today = in_.today,
                       .facts = facts_,
                       .lookup = Lookup(),
                       .orders = in_.request.orders};
    for (const Json& resource : in_.stored.medications) input.taken.push_back(&resource);
    for (const Json* resource : in_.request.prefetched) input.taken.push_back(resource);
    for (const Json* resource : in_.request.background) input.taken.push_back(resource);
    for (const RunningAdvice& found : FindLouder(input)) {
      const alerts::Advice& advice = found.advice;
      if (!running_told_.insert(advice.drug).second) continue;
      Card card = AdviceCard(advice, found.checked, *found.resource, facts_, Remarks(), frame_);
      AboutRunningDrug(inhibitor, advice.drug, frame_, card);
      Said said{.order = inhibitor.reference, .drug = advice.drug, .advice = advice.Key()};
      const auto genes = alerts::GenesOf(advice);
      if (!genes.empty()) said.gene = genes.front();
      said.quiet_key = QuietKey("running:" + advice.Key(), advice.drug, inhibitor.name);
      Show(std::move(card), std::move(said));
    }
  }

  // What was found about the order, written on it by the EHR without a click; never a dose.
  // `whole`: nothing was missing.
  void MarkJudged(const Json& order, const std::string& reference, bool whole) {
    if (!in_.options.system_actions || in_.options.shadow || reference.empty()) return;
    const std::string nothing = whole ? "no-advice" : "incomplete";
    std::string found = nothing;
    for (const Said& said : decision_.said) {
      if (said.order != reference || said.indicator.empty()) continue;
      if (found == nothing || said.indicator == "critical" || found == "info")
        found = said.indicator;
    }
    Json marked = order;
    MarkOrder(marked, kJudgedExtension, found + "; Genflik " + in_.knowledge.version());
    decision_.system_actions.push_back(
        UpdateAction(frame_, std::move(marked),
                     std::string(Say(in_.language, "Märk ordinationen som kontrollerad mot gener",
                                     "Mark the order as checked against genes"))));
  }

  Treatment TreatmentBefore(const std::string& drug, const alerts::CheckedOrder& checked) const {
    TreatmentSources sources{.lookup = Lookup(), .size = facts_.size, .today = in_.today};
    for (const Json& resource : in_.stored.medications) sources.had.push_back(&resource);
    for (const Json* resource : in_.request.prefetched) sources.had.push_back(resource);
    return FindTreatment(in_.knowledge, drug, checked, sources);
  }

  void SpeakOfTreatment(const Treatment& treatment, const alerts::Advice& advice,
                        Card& card) const {
    if (treatment.since.empty()) return;
    card.detail = TreatmentText(treatment, advice, in_.language) + "\n\n" + card.detail;
    if (!IsEased(treatment, advice)) return;
    card.level = AlertLevel::kInfo;
    card.summary = EasedSummary(card.summary, treatment, in_.language);
  }

  void Say1(const alerts::Advice& advice, const alerts::CheckedOrder& checked, const Json& order) {
    Said said{.order = checked.order.reference, .drug = advice.drug, .advice = advice.Key()};
    const auto genes = alerts::GenesOf(advice);
    if (!genes.empty()) said.gene = genes.front();
    if (advice.level == AlertLevel::kNone) {
      said.status = "silent";
      decision_.said.push_back(std::move(said));
      return;
    }
    const bool unsearched = advice.kind == alerts::AdviceKind::kTestFirst &&
                            facts_.profile.Find(advice.pretest->gene) == nullptr &&
                            !MissingOfResults().empty();
    Card card = AdviceCard(unsearched ? WithoutClaim(advice) : advice, checked, order, facts_,
                           Remarks(), frame_);
    if (unsearched) SayNotSearched(advice, frame_, card);
    SpeakOfTreatment(TreatmentBefore(advice.drug, checked), advice, card);
    if (advice.kind == alerts::AdviceKind::kTestFirst) AddPendingNote(advice.pretest->gene, card);
    const auto dose = checked.doses.find(advice.drug);
    said.quiet_key = QuietKey(
        advice.Key(), advice.drug,
        dose == checked.doses.end() ? "" : alerts::FollowedNote("", dose->second.Compared()));
    Show(std::move(card), std::move(said));
  }

  std::string QuietKey(const std::string& advice, const std::string& drug,
                       const std::string& dose) const {
    if (in_.request.user.empty()) return {};
    const std::string patient =
        in_.stored.patient.empty() ? "ehr:" + in_.request.patient : in_.stored.patient;
    return patient + '|' + in_.request.user + '|' + in_.request.hook + '|' + drug + '|' + advice +
           '|' + dose + '|' + std::string(Say(in_.language, "sv", "en"));
  }

  void Show(Card card, Said said) {
    const AlertLevel level = card.level;
    said.card = CardId(frame_, card.subject);
    Json json = RenderCard(std::move(card), frame_);
    said.indicator = fhir::FindText(json, "indicator");
    said.summary = fhir::FindText(json, "summary");
    const bool quiet = level != AlertLevel::kCritical && !said.quiet_key.empty() &&
                       in_.said_lately && in_.said_lately(said.quiet_key);
    said.status = in_.options.shadow ? "shadow" : quiet ? "quiet" : "shown";
    if (said.status == "shown") levels_.emplace_back(level, decision_.cards.size());
    if (said.status == "shown") decision_.cards.push_back(std::move(json));
    decision_.said.push_back(std::move(said));
  }

  void NoteUnmapped(const Json& order, const mapping::DrugOrder& read) {
    std::string text = DrugAsWritten(order, read);
    if (!text.empty()) decision_.unmapped.push_back(std::move(text));
  }

  // `missing` is what could not be read: the order itself, or the drug that it refers to.
  void NotChecked(const std::string& reference, const std::string& missing) {
    Card card = NotCheckedCard(reference, missing, in_.language);
    Said said{.order = reference, .advice = "not-checked"};
    Show(std::move(card), std::move(said));
  }

  void AboutDispatched(const std::string& reference) {
    const Json* order = Lookup()(reference);
    if (order != nullptr) {
      AboutOrder(*order);
    } else {
      NotChecked(reference, reference);
    }
  }

  // --- Laboratory orders ---------------------------------------------------------------------

  void AboutTest(const Json& order) {
    const mapping::TestOrder test = mapping::ReadTestOrder(order);
    if (!test.IsRelevant()) return;
    // Silence would say that the genotype is not known yet.
    const rules::Drug* measured = in_.knowledge.FindDrug(test.concentration_of);
    const bool of_genes = !test.genes.empty() || (measured != nullptr && NamesGenes(*measured));
    if (of_genes && !ResultsKnown()) RefuseWithoutResults();
    judged_ = true;
    auto card = TestOrderCard(test, facts_.profile, PendingTests(test.reference, &order), frame_);
    if (!card) return;
    Said said{.order = test.reference,
              .gene = test.genes.empty() ? "" : test.genes.front(),
              .advice = test.genes.empty() ? "concentration" : "duplicate:" + test.genes.front()};
    std::string what = test.concentration_of;
    for (const auto& gene : test.genes) what += ' ' + gene;
    said.quiet_key = QuietKey(said.advice, what, "");
    Show(std::move(*card), std::move(said));
  }

  // `before`: of the orders of this call those that come before it, so that of two that are alike
  // one is left.
  std::vector<mapping::TestOrder> PendingTests(const std::string& except,
                                               const Json* before) const {
    std::vector<mapping::TestOrder> pending;
    const auto add = [&](const Json& resource) {
      if (fhir::FindText(resource, "resourceType") != "ServiceRequest" ||
          !mapping::IsInForce(resource))
        return;
      auto test = mapping::ReadTestOrder(resource);
      if (!test.genes.empty() && test.reference != except) pending.push_back(std::move(test));
    };
    for (const Json& resource : in_.stored.tests) add(resource);
    for (const Json* resource : in_.request.prefetched) add(*resource);
    for (const Json* resource : in_.request.background) add(*resource);
    for (const Json* resource : in_.request.orders) {
      if (resource == before) break;
      add(*resource);
    }
    return pending;
  }

  void AddPendingNote(const std::string& gene, Card& card) const {
    for (const auto& test : PendingTests({}, nullptr)) {
      if (std::find(test.genes.begin(), test.genes.end(), gene) == test.genes.end()) continue;
      card.detail =
          std::string(Say(in_.language,
                          "**En beställning av provet är redan på väg.** Vänta på svaret.\n\n",
                          "**The test is on order already.** Wait for the result.\n\n")) +
          card.detail;
      card.suggestions.clear();
      return;
    }
  }

  // --- The patient as a whole ----------------------------------------------------------------

  void AboutPatient() {
    if (facts_.profile.genes.empty()) {
      const auto missing = MissingOfResults();
      if (missing.empty() && !in_.stored.patient.empty()) return;
      Card card = NoResultsCard(in_.request, missing, in_.language);
      Said said{.advice = missing.empty() ? "unknown-patient" : "not-checked"};
      // What was not checked is not known the second time either.
      if (missing.empty()) said.quiet_key = QuietKey(said.advice, "", "");
      Show(std::move(card), std::move(said));
      return;
    }
    Card card = RecordCard(facts_, ActiveAdvice(), Missing(true), frame_);
    Said said{.advice = "record"};
    Show(std::move(card), std::move(said));
  }

  // Summaries of what the guidelines say about drugs that are taken now.
  std::vector<std::pair<AlertLevel, std::string>> ActiveAdvice() {
    std::vector<std::pair<AlertLevel, std::string>> lines;
    const auto judge = [&](const Json& resource) {
      if (!mapping::IsDrugResource(resource) || !mapping::IsInForce(resource)) return;
      const auto read = mapping::ReadDrugOrder(resource, Lookup());
      const auto checked =
          alerts::CheckOrder(in_.knowledge, resource, read, facts_, policy_, in_.today);
      for (const auto& advice : checked.advice) {
        if (advice.level == AlertLevel::kNone || advice.kind == alerts::AdviceKind::kTestFirst)
          continue;
        lines.emplace_back(advice.level, alerts::Summary(advice, in_.knowledge, in_.language));
      }
    };
    for (const Json& resource : in_.stored.medications) judge(resource);
    for (const Json* resource : in_.request.prefetched) judge(*resource);
    std::sort(lines.begin(), lines.end(),
              [](const auto& a, const auto& b) { return a.first > b.first; });
    lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
    return lines;
  }

  // The gravest first; otherwise as the orders came.
  void Sort() {
    std::stable_sort(levels_.begin(), levels_.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<Json> sorted;
    sorted.reserve(levels_.size());
    for (const auto& [level, index] : levels_) sorted.push_back(std::move(decision_.cards[index]));
    decision_.cards = std::move(sorted);
  }

  const DecisionInput& in_;
  CardFrame frame_;
  alerts::PolicyOptions policy_;
  alerts::PatientFacts facts_;
  bool prefetched_results_ = false;
  // Running drugs that were told of already.
  std::set<std::string> running_told_;
  // A drug or a genotyping was looked at.
  bool judged_ = false;
  // Of the order in hand, and of any that was looked at: other drugs can change what is said.
  bool drugs_matter_ = false;
  bool drugs_mattered_ = false;
  // Drugs in force that nobody can name.
  size_t unread_drugs_ = 0;
  std::map<std::string, const Json*, std::less<>> by_reference_;
  std::vector<std::pair<AlertLevel, size_t>> levels_;
  Decision decision_;
};

}  // namespace

Decision Decide(const DecisionInput& input) { return Decider(input).Run(); }

}  // namespace genflik::cds
