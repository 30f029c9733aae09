#include "services/alerts/made_together.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/datatypes.h"

namespace genflik::alerts {
namespace {

using fhir::Json;

std::string GroupOf(const Json& order) {
  const Json* group = fhir::Find(order, "groupIdentifier");
  if (group == nullptr || fhir::FindText(*group, "value").empty()) return {};
  return std::string(fhir::FindText(*group, "system")) + '|' +
         std::string(fhir::FindText(*group, "value"));
}

// The day on which an order was written, empty where that is not told.
std::string_view DayOf(const Json& order) {
  const std::string_view authored = fhir::FindText(order, "authoredOn");
  return authored.size() < 10 ? std::string_view() : authored.substr(0, 10);
}

bool IsSameNumber(const Json& one, const Json& other) {
  const std::string_view value = fhir::FindText(one, "value");
  return !value.empty() && value == fhir::FindText(other, "value") &&
         fhir::FindText(one, "system") == fhir::FindText(other, "system");
}

bool HasNumber(const Json& order, const Json& number) {
  return std::ranges::any_of(fhir::FindArray(order, "identifier"),
                             [&](const Json& one) { return IsSameNumber(one, number); });
}

// By its address, or by a number that it bears.
bool Names(const Json& reference, const Json& order) {
  const Json* number = fhir::Find(reference, "identifier");
  if (number != nullptr && HasNumber(order, *number)) return true;
  const auto parts = fhir::SplitReference(fhir::FindText(reference, "reference"));
  return parts && !parts->id.empty() && parts->type == fhir::FindText(order, "resourceType") &&
         parts->id == fhir::FindText(order, "id");
}

bool Replaces(const Json& later, const Json& earlier) {
  const Json* prior = fhir::Find(later, "priorPrescription");
  return prior != nullptr && Names(*prior, earlier);
}

bool ComesFrom(const Json& later, const Json& earlier) {
  return Replaces(later, earlier) ||
         std::ranges::any_of(fhir::FindArray(later, "basedOn"),
                             [&](const Json& one) { return Names(one, earlier); });
}

bool HaveSame(const StoredOrder& one, const StoredOrder& other, std::string_view name) {
  return fhir::FindText(one.body, name) == fhir::FindText(other.body, name);
}

bool HaveSameDosage(const StoredOrder& one, const StoredOrder& other) {
  const Json* own = fhir::Find(one.body, "dosageInstruction");
  const Json* its = fhir::Find(other.body, "dosageInstruction");
  return own == nullptr || its == nullptr ? own == its : *own == *its;
}

}  // namespace

bool AreOnePrescription(const Json& one, const Json& other) {
  return ComesFrom(one, other) || ComesFrom(other, one) ||
         std::ranges::any_of(fhir::FindArray(one, "identifier"),
                             [&](const Json& number) { return HasNumber(other, number); });
}

bool AreMadeTogether(const StoredOrder& one, const StoredOrder& other) {
  for (const std::string_view name : {"resourceType", "status", "intent"}) {
    if (!HaveSame(one, other, name)) return false;
  }
  if (fhir::FindText(one.body, "resourceType") != "MedicationRequest" ||
      one.order.subject != other.order.subject)
    return false;
  // What is replaced, or planned before it is ordered, is not taken beside it.
  if (AreOnePrescription(one.body, other.body)) return false;
  if (const std::string group = GroupOf(one.body); !group.empty() && group == GroupOf(other.body))
    return true;
  const std::string_view day = DayOf(one.body);
  if (day.empty() || day != DayOf(other.body)) return false;
  if (!one.first_stored.empty() && one.first_stored == other.first_stored) return true;
  // The same draft twice may be one that was sent twice.
  return fhir::FindText(one.body, "status") == "draft" && !HaveSameDosage(one, other);
}

void AddMadeTogether(const rules::KnowledgeBase& knowledge, const StoredOrder& order,
                     const std::vector<StoredOrder>& all, PatientFacts& facts) {
  // What a third order has replaced is no part of a sum, whatever it would be beside.
  const auto replaced = [&](const StoredOrder& old) {
    return std::ranges::any_of(
        all, [&](const StoredOrder& later) { return Replaces(later.body, old.body); });
  };
  if (replaced(order)) return;
  for (const StoredOrder& other : all) {
    if (&other == &order || other.order.reference == order.order.reference ||
        !AreMadeTogether(order, other) || replaced(other))
      continue;
    // Only its dose counts: what it does to genes is known of what is taken, and it is no earlier
    // treatment.
    ActiveDrug part{.order = other.order, .drafted = &other.body};
    part.order.since.clear();
    for (const auto& match : knowledge.Match(other.order.query)) part.drugs.push_back(match.drug);
    facts.active.push_back(std::move(part));
  }
}

}  // namespace genflik::alerts
