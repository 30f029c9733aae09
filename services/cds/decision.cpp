#include "services/cds/decision.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/datatypes.h"
#include "services/alerts/running_drugs.h"
#include "services/cds/call_facts.h"
#include "services/cds/card.h"
#include "services/cds/missing_data.h"
#include "services/cds/named_drug.h"
#include "services/cds/older_order.h"
#include "services/cds/order_gain.h"
#include "services/cds/specialty.h"
#include "services/cds/suggestion.h"
#include "services/cds/test_orders.h"
#include "services/cds/treatment.h"
#include "services/core/error.h"

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

// Genetic results say nothing about a device or a diet.
bool MayBeOrder(std::string_view reference) {
  const auto parts = fhir::SplitReference(reference);
  return !parts || parts->type == "MedicationRequest" || parts->type == "ServiceRequest";
}

class Decider {
 public:
  explicit Decider(const DecisionInput& input)
      : in_(input),
        frame_{input.knowledge, input.language, input.base, input.request.instance,
               input.request.patient},
        policy_(PolicyFor(input)),
        known_(input),
        facts_(known_.patient()) {}

  Decision Run() {
    if (in_.request.hook == "patient-view" || in_.request.hook == "encounter-start") {
      AboutPatient();
    } else {
      for (const Json* order : in_.request.orders) AboutOrder(*order);
      const std::set<std::string> once(in_.request.dispatched.begin(),
                                       in_.request.dispatched.end());
      for (const auto& reference : once) AboutDispatched(reference);
      AboutRunning();
      for (const Judged& one : judged_orders_) MarkJudged(one);
      SayWhatIsMissing();
    }
    Sort();
    return std::move(decision_);
  }

 private:
  // An order that was looked at. `whole`: nothing was missing.
  struct Judged {
    const Json* order = nullptr;
    std::string reference;
    bool whole = false;
  };

  // --- What is missing -----------------------------------------------------------------------

  // What an order lacks is said on its cards or, where it has none, on one of its own.
  void Owe(const std::vector<std::string>& missing) {
    for (const auto& line : missing) {
      if (std::ranges::find(owed_, line) == owed_.end()) owed_.push_back(line);
    }
  }

  // No card would read as "looked and found nothing".
  void SayWhatIsMissing() {
    std::erase_if(owed_, [this](const std::string& line) { return told_.contains(line); });
    if (owed_.empty()) return;
    const bool spoke = std::any_of(decision_.said.begin(), decision_.said.end(),
                                   [](const Said& said) { return !said.indicator.empty(); });
    Show(IncompleteCard(owed_, spoke, in_.language), {.advice = "not-checked"});
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

  std::vector<std::string> Remarks(const std::vector<std::string>& missing) const {
    std::vector<std::string> remarks;
    if (in_.stored.patient.empty() && TellsWhoThePatientIs(in_.request)) {
      remarks.emplace_back(Say(in_.language,
                               "Patienten är inte känd i Genflik: inga permanenta resultat finns "
                               "här. Rådet bygger på det "
                               "journalsystemet skickade.",
                               "The patient is not known to Genflik: there are no permanent "
                               "results here. The advice rests "
                               "on what the record system sent."));
    }
    remarks.insert(remarks.end(), missing.begin(), missing.end());
    return remarks;
  }

  // --- Orders --------------------------------------------------------------------------------

  void AboutOrder(const Json& order) {
    if (!IsToBeFollowed(order)) return;
    looked_at_.push_back(&order);
    // Orders without an id have cards of their own each.
    frame_.instance = in_.request.instance;
    if (fhir::FindText(order, "id").empty())
      frame_.instance += '#' + std::to_string(looked_at_.size());
    if (fhir::FindText(order, "resourceType") == "ServiceRequest") {
      AboutTest(order);
    } else {
      AboutDrugOrder(order);
    }
    frame_.instance = in_.request.instance;
  }

  void AboutDrugOrder(const Json& order) {
    const alerts::DrugReading& reading = known_.readings().Of(order);
    const mapping::DrugOrder& read = reading.order;
    const std::vector<rules::DrugMatch>& matches = reading.matches;
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
    inhibits_ = inhibits_ || std::ranges::any_of(reading.converters, [this](const auto* rule) {
                  return facts_.profile.Find(rule->gene) != nullptr;
                });
    if (matches.empty()) {
      // An inhibitor without rules of its own is known: AboutRunning speaks of it.
      if (reading.converters.empty()) {
        NoteUnmapped(order, read);
        if (!read.unread_ingredient.empty()) NotChecked(read.reference, read.unread_ingredient);
      } else {
        judged_orders_.push_back({&order, read.reference, known_.Missing(true).empty()});
      }
      return;
    }
    const bool systemic = std::any_of(matches.begin(), matches.end(), [&](const auto& one) {
      return !one.not_systemic &&
             (known_.ResultsKnown() ||
              mapping::ReadOrderDose(order, read, *one.drug, facts_.size).systemic);
    });
    if (systemic && !known_.ResultsKnown()) RefuseWithoutResults();
    const bool drugs_matter = systemic && !known_.DrugsListed() &&
                              std::any_of(matches.begin(), matches.end(), [&](const auto& one) {
                                return DependsOnOtherDrugs(in_.knowledge, *one.drug);
                              });
    const auto missing = known_.Missing(drugs_matter);
    if (systemic) Owe(missing);
    const auto checked = alerts::CheckOrder(in_.knowledge, order, read, facts_, policy_, in_.today);
    for (const alerts::Advice& advice : checked.advice) Say1(advice, checked, order, missing);
    judged_orders_.push_back({&order, read.reference, !systemic || missing.empty()});
  }

  // What the ordered inhibitors do to drugs that are taken already.
  void AboutRunning() {
    if (!inhibits_ || !known_.ResultsKnown()) return;
    // Without the list of drugs nobody knows what they spoil.
    auto missing = known_.Missing(!known_.DrugsListed());
    const auto found = alerts::FindLouder({.knowledge = in_.knowledge,
                                           .policy = policy_,
                                           .today = in_.today,
                                           .facts = facts_,
                                           .readings = known_.readings(),
                                           .orders = looked_at_,
                                           .taken = known_.Taken()});
    if (found.cut) missing.push_back(TooManyDrugs(in_.language));
    Owe(missing);
    for (const alerts::RunningAdvice& one : found.advice) SayOfRunning(one, missing);
  }

  void SayOfRunning(const alerts::RunningAdvice& one, const std::vector<std::string>& missing) {
    const alerts::Advice& advice = one.advice;
    if (!running_told_.insert(advice.drug).second) return;
    Card card = AdviceCard(advice, one.checked, *one.resource, facts_, Remarks(missing), frame_);
    AboutRunningDrug(one.because, advice.drug, frame_, card);
    Said said{.order = one.because.front().reference, .drug = advice.drug, .advice = advice.Key()};
    const auto genes = alerts::GenesOf(advice);
    if (!genes.empty()) said.gene = genes.front();
    std::string inhibitors;
    for (const auto& order : one.because) inhibitors += order.name + '+';
    said.quiet_key = QuietKey("running:" + advice.Key() + Whole(missing), advice.drug, inhibitors);
    Show(std::move(card), std::move(said));
    told_.insert(missing.begin(), missing.end());
  }

  // What was found about the order, written on it by the EHR without a click; never a dose.
  void MarkJudged(const Judged& one) {
    if (!in_.options.system_actions || in_.options.shadow || one.reference.empty()) return;
    const std::string nothing = one.whole ? "no-advice" : "incomplete";
    std::string found = nothing;
    for (const Said& said : decision_.said) {
      if (said.order != one.reference || said.indicator.empty()) continue;
      if (found == nothing || said.indicator == "critical" || found == "info")
        found = said.indicator;
    }
    Json marked = *one.order;
    MarkOrder(marked, kJudgedExtension, found + "; Genflik " + in_.knowledge.version());
    decision_.system_actions.push_back(
        UpdateAction(frame_, std::move(marked),
                     std::string(Say(in_.language, "Märk ordinationen som kontrollerad mot gener",
                                     "Mark the order as checked against genes"))));
  }

  Treatment TreatmentBefore(const std::string& drug, const alerts::CheckedOrder& checked) const {
    const TreatmentSources sources{
        .had = HadBefore(), .readings = known_.readings(), .size = facts_.size, .today = in_.today};
    return FindTreatment(in_.knowledge, drug, checked, sources);
  }

  std::vector<const Json*> HadBefore() const {
    std::vector<const Json*> had;
    for (const Json& resource : in_.stored.medications) had.push_back(&resource);
    had.insert(had.end(), in_.request.prefetched.begin(), in_.request.prefetched.end());
    return had;
  }

  void SpeakOfTreatment(const Treatment& treatment, const alerts::Advice& advice,
                        Card& card) const {
    if (treatment.since.empty()) return;
    card.detail = TreatmentText(treatment, advice, in_.language) + "\n\n" + card.detail;
    if (!IsEased(treatment, advice)) return;
    card.level = AlertLevel::kInfo;
    card.summary = EasedSummary(card.summary, treatment, in_.language);
  }

  // Which of two orders is to hold nobody tells; what is renewed is in the place of the older.
  std::string AboutOlderOrders(const alerts::Advice& advice, const Json& order) const {
    const rules::Drug* drug = in_.knowledge.FindDrug(advice.drug);
    if (drug == nullptr || !LimitsDose(advice) || in_.request.hook == "medication-refill")
      return {};
    OlderOrders where{.readings = known_.readings(), .had = HadBefore(), .size = facts_.size};
    for (const auto* made : {&in_.request.orders, &in_.request.background}) {
      for (const Json* one : *made)
        where.in_call.push_back("MedicationRequest/" + std::string(fhir::FindText(*one, "id")));
    }
    return OlderOrdersText(where, *drug, order, in_.language);
  }

  void Say1(const alerts::Advice& advice, const alerts::CheckedOrder& checked, const Json& order,
            const std::vector<std::string>& missing) {
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
                            !known_.MissingResults().empty();
    const Treatment before = TreatmentBefore(advice.drug, checked);
    auto remarks = Remarks(missing);
    if (!before.same_dose) remarks.push_back(AboutOlderOrders(advice, order));
    Card card = AdviceCard(unsearched ? WithoutClaim(advice) : advice, checked, order, facts_,
                           remarks, frame_);
    if (unsearched) SayNotSearched(advice, frame_, card);
    SpeakOfTreatment(before, advice, card);
    if (advice.kind == alerts::AdviceKind::kTestFirst) AddPendingNote(*advice.pretest, card);
    const auto dose = checked.doses.find(advice.drug);
    said.quiet_key = QuietKey(
        advice.Key() + Whole(missing), advice.drug,
        dose == checked.doses.end() ? "" : alerts::FollowedNote("", dose->second.Compared()));
    Show(std::move(card), std::move(said));
    told_.insert(missing.begin(), missing.end());
  }

  // What was said when nothing was missing is said again when something is: with what is missing.
  static std::string Whole(const std::vector<std::string>& missing) {
    return missing.empty() ? "" : "|incomplete";
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
    if (!MayBeOrder(reference)) return;
    const Json* order = known_.Lookup()(reference);
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
    if (of_genes && !known_.ResultsKnown()) RefuseWithoutResults();
    Owe(known_.Missing(false));
    auto card = TestOrderCard(test, facts_.profile, PendingTests(test.reference, &order), frame_);
    if (!card) return;
    Said said{.order = test.reference,
              .gene = test.genes.empty() ? "" : test.genes.front(),
              .advice = test.genes.empty() ? "concentration" : "duplicate:" + test.genes.front()};
    std::string what = test.concentration_of;
    for (const auto& gene : test.genes) what += ' ' + gene;
    for (const auto& [gene, alleles] : test.alleles) {
      for (const auto& allele : alleles) what += ' ' + gene + allele;
    }
    for (const auto& [gene, variants] : test.variants) {
      for (const auto& variant : variants) what += ' ' + gene + variant;
    }
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
          !mapping::IsInForce(resource) || mapping::IsOnlyProposed(resource))
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

  void AddPendingNote(const rules::Pretest& pretest, Card& card) const {
    mapping::TestOrder wanted{.genes = {pretest.gene}};
    if (!pretest.allele.empty()) wanted.alleles[pretest.gene] = {pretest.allele};
    for (const auto& test : PendingTests({}, nullptr)) {
      // Where the knowledge does not tell which allele is asked about, that of the order is.
      if (pretest.allele.empty()) wanted.alleles = test.alleles;
      if (!AnswersOrder(test, wanted, pretest.gene, in_.knowledge.FindGene(pretest.gene))) continue;
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
      const auto missing = known_.MissingResults();
      if (missing.empty() && !in_.stored.patient.empty()) return;
      Card card = NoResultsCard(in_.request, missing, in_.language);
      Said said{.advice = missing.empty() ? "unknown-patient" : "not-checked"};
      // What was not checked is not known the second time either.
      if (missing.empty()) said.quiet_key = QuietKey(said.advice, "", "");
      Show(std::move(card), std::move(said));
      return;
    }
    Card card = RecordCard(facts_, ActiveAdvice(), known_.Missing(true), frame_);
    Said said{.advice = "record"};
    Show(std::move(card), std::move(said));
  }

  // Summaries of what the guidelines say about drugs that are taken now.
  std::vector<std::pair<AlertLevel, std::string>> ActiveAdvice() {
    std::vector<std::pair<AlertLevel, std::string>> lines;
    const auto judge = [&](const Json& resource) {
      if (!mapping::IsDrugResource(resource) || !mapping::IsInForce(resource)) return;
      const mapping::DrugOrder& read = known_.readings().Of(resource).order;
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
  CallFacts known_;
  const alerts::PatientFacts& facts_;
  // Orders in force, as they came.
  std::vector<const Json*> looked_at_;
  std::vector<Judged> judged_orders_;
  // One of them changes what a gene does whose result is known.
  bool inhibits_ = false;
  // Running drugs that were told of already.
  std::set<std::string> running_told_;
  // What was missing, and what of it stands on a card.
  std::vector<std::string> owed_;
  std::set<std::string> told_;
  std::vector<std::pair<AlertLevel, size_t>> levels_;
  Decision decision_;
};

}  // namespace

Decision Decide(const DecisionInput& input) { return Decider(input).Run(); }

}  // namespace genflik::cds
