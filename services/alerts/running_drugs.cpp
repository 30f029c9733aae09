#include "services/alerts/running_drugs.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

namespace genflik::alerts {
namespace {

using fhir::Json;

class Comparer {
 public:
  explicit Comparer(const RunningInput& input) : in_(input), before_(input.facts) {
    for (const Json* order : in_.orders) {
      const DrugReading& read = in_.readings.Of(*order);
      if (!read.order.reference.empty()) references_.insert(read.order.reference);
      for (const auto& match : read.matches) ordered_.insert(match.drug);
      if (!read.converters.empty()) inhibitors_.push_back(&read);
    }
    std::erase_if(before_.active, [this](const ActiveDrug& active) {
      return std::ranges::find(in_.orders, active.drafted) != in_.orders.end() ||
             references_.contains(active.order.reference);
    });
  }

  RunningFindings Run() {
    if (inhibitors_.empty()) return {};
    for (const Json* resource : in_.taken) Add(*resource);
    return std::move(findings_);
  }

 private:
  void Add(const Json& resource) {
    if (!mapping::IsDrugResource(resource) || !mapping::IsInForce(resource)) return;
    const auto& [order, matches, converters] = in_.readings.Of(resource);
    if (order.drug_unknown || references_.contains(order.reference)) return;
    if (matches.empty() || std::ranges::any_of(matches, [this](const auto& one) {
          return ordered_.contains(one.drug);
        }))
      return;
    // A list may name the same product in the same dose many times; a cream is not the tablet.
    std::string same;
    for (const char* name : {"medicationCodeableConcept", "medicationReference", "contained",
                             "dosageInstruction", "dosage"}) {
      if (const Json* member = fhir::Find(resource, name)) same += fhir::PrintJson(*member);
      same += '|';
    }
    if (seen_.contains(same)) return;
    if (seen_.size() == kMostRunningDrugs) {
      findings_.cut = true;
      return;
    }
    seen_.insert(std::move(same));
    Compare(resource, order);
  }

  void Compare(const Json& resource, const mapping::DrugOrder& order) {
    const auto now = Check(resource, order, in_.facts);
    const auto then = Check(resource, order, before_);
    for (const Advice& advice : now.advice) {
      if (advice.level < rules::AlertLevel::kWarning || advice.kind == AdviceKind::kTestFirst)
        continue;
      const auto was = std::ranges::find(then.advice, advice.drug, &Advice::drug);
      if (was != then.advice.end() && was->level >= advice.level) continue;
      findings_.advice.push_back({&resource, now, advice, CausesOf(advice)});
    }
  }

  CheckedOrder Check(const Json& resource, const mapping::DrugOrder& order,
                     const PatientFacts& facts) const {
    return CheckOrder(in_.knowledge, resource, order, facts, in_.policy, in_.today);
  }

  // Those that the changed phenotype names; where a limit was changed instead, those that are named
  // beside the result.
  std::vector<mapping::DrugOrder> CausesOf(const Advice& advice) const {
    std::set<std::string> changing;
    if (advice.lead) {
      for (const auto& gene : advice.lead->genes)
        changing.insert(gene.caused_by.begin(), gene.caused_by.end());
    }
    std::set<std::string> named;
    for (const auto& note : advice.notes) named.insert(note.drug);
    for (const auto* names : {&changing, &named}) {
      auto causes = OrdersOf(*names);
      if (!causes.empty()) return causes;
    }
    std::vector<mapping::DrugOrder> all;
    for (const DrugReading* inhibitor : inhibitors_) all.push_back(inhibitor->order);
    return all;
  }

  std::vector<mapping::DrugOrder> OrdersOf(const std::set<std::string>& names) const {
    std::vector<mapping::DrugOrder> orders;
    for (const DrugReading* inhibitor : inhibitors_) {
      const bool one = std::ranges::any_of(
          inhibitor->converters, [&](const auto* rule) { return names.contains(rule->drug); });
      if (one) orders.push_back(inhibitor->order);
    }
    return orders;
  }

  const RunningInput& in_;
  PatientFacts before_;
  std::set<std::string> references_;
  std::set<const rules::Drug*> ordered_;
  std::vector<const DrugReading*> inhibitors_;
  std::set<std::string> seen_;
  RunningFindings findings_;
};

}  // namespace

RunningFindings FindLouder(const RunningInput& input) { return Comparer(input).Run(); }

}  // namespace genflik::alerts
