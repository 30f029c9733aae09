#include "services/cds/running_drugs.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

namespace genflik::cds {
namespace {

using fhir::Json;

class Judge {
 public:
  explicit Judge(const RunningInput& input) : in_(input), before_(input.facts) {
    for (const Json* order : in_.orders) {
      const auto read = mapping::ReadDrugOrder(*order, in_.lookup);
      if (!read.reference.empty()) references_.insert(read.reference);
      for (const auto& match : in_.knowledge.Match(read.query)) ordered_.insert(match.drug);
    }
    std::erase_if(before_.active, [this](const alerts::ActiveDrug& active) {
      return active.order.reference.empty() ? active.order.status == "draft"
                                            : references_.contains(active.order.reference);
    });
  }

  void Add(const Json& resource, std::vector<RunningAdvice>& found) const {
    if (!mapping::IsDrugResource(resource) || !mapping::IsInForce(resource)) return;
    const auto order = mapping::ReadDrugOrder(resource, in_.lookup);
    if (order.drug_unknown || IsOrderedAnew(order)) return;
    auto now = Check(resource, order, in_.facts);
    const auto then = Check(resource, order, before_);
    for (const alerts::Advice& advice : now.advice) {
      if (advice.level < rules::AlertLevel::kWarning ||
          advice.kind == alerts::AdviceKind::kTestFirst)
        continue;
      const auto was = std::ranges::find(then.advice, advice.drug, &alerts::Advice::drug);
      if (was != then.advice.end() && was->level >= advice.level) continue;
      found.push_back({.resource = &resource, .checked = now, .advice = advice});
    }
  }

 private:
  alerts::CheckedOrder Check(const Json& resource, const mapping::DrugOrder& order,
                             const alerts::PatientFacts& facts) const {
    return alerts::CheckOrder(in_.knowledge, resource, order, facts, in_.policy, in_.today);
  }

  bool IsOrderedAnew(const mapping::DrugOrder& order) const {
    if (references_.contains(order.reference)) return true;
    const auto matches = in_.knowledge.Match(order.query);
    return std::ranges::any_of(matches,
                               [this](const auto& one) { return ordered_.contains(one.drug); });
  }

  const RunningInput& in_;
  alerts::PatientFacts before_;
  std::set<std::string> references_;
  std::set<const rules::Drug*> ordered_;
};

}  // namespace

std::vector<RunningAdvice> FindLouder(const RunningInput& input) {
  std::vector<RunningAdvice> found;
  const Judge judge(input);
  for (const Json* resource : input.taken) judge.Add(*resource, found);
  return found;
}

}  // namespace genflik::cds
