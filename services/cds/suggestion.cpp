#include "services/cds/suggestion.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/json_object.h"
#include "fhir/systems.h"
#include "services/cds/dose_text.h"
#include "services/mapping/dosage_units.h"

namespace genflik::cds {
namespace {

using alerts::Language;
using alerts::Say;
using fhir::Json;

std::string Digits(double value) {
  const double rounded = std::round(value * 1e6) / 1e6;
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), rounded,
                                 std::chars_format::fixed);
  return {buffer.data(), end.ptr};
}

// One order on its way to another dose.
struct Scaling {
  const DoseChange& change;
  const Pieces& pieces;
  // An amount came out as one that cannot be given.
  bool failed = false;
};

Json* Member(Json& object, const char* name) {
  return object.is_object() && object.contains(name) ? &object[name] : nullptr;
}

std::optional<double> ValueOf(const Json* quantity) {
  const Json* value =
      quantity == nullptr || !quantity->is_object() ? nullptr : fhir::Find(*quantity, "value");
  return value == nullptr ? std::nullopt : fhir::NumberOf(*value);
}

void SetValue(Json& quantity, double before, double after, bool is_limit,
              std::vector<NumberChange>& changes) {
  std::string unit(fhir::FindText(quantity, "unit"));
  if (unit.empty()) unit = fhir::FindText(quantity, "code");
  changes.push_back({Digits(before), Digits(after), std::move(unit), is_limit});
  quantity["value"] = fhir::Decimal(changes.back().after);
}

bool ScaleQuantity(Json* quantity, Scaling& scaling, std::vector<NumberChange>& changes) {
  const auto number = ValueOf(quantity);
  if (!number) return false;
  const auto after = GivableAmount(*quantity, scaling.change, scaling.pieces);
  if (after) {
    SetValue(*quantity, *number, *after, false, changes);
  } else {
    scaling.failed = true;
  }
  return true;
}

bool ScaleRange(Json* range, Scaling& scaling, std::vector<NumberChange>& changes) {
  if (range == nullptr) return false;
  const bool low = ScaleQuantity(Member(*range, "low"), scaling, changes);
  return ScaleQuantity(Member(*range, "high"), scaling, changes) || low;
}

bool ScaleDose(Json& dosage, Scaling& scaling, std::vector<NumberChange>& changes) {
  bool scaled = false;
  Json* entries = Member(dosage, "doseAndRate");
  if (entries == nullptr || !entries->is_array()) return false;
  for (Json& entry : *entries) {
    const bool dose = ScaleQuantity(Member(entry, "doseQuantity"), scaling, changes) ||
                      ScaleRange(Member(entry, "doseRange"), scaling, changes);
    if (dose) {
      scaled = true;
      continue;
    }
    Json* ratio = Member(entry, "rateRatio");
    scaled = ScaleQuantity(Member(entry, "rateQuantity"), scaling, changes) ||
             ScaleRange(Member(entry, "rateRange"), scaling, changes) ||
             (ratio != nullptr && ScaleQuantity(Member(*ratio, "numerator"), scaling, changes)) ||
             scaled;
  }
  return scaled;
}

// A limit follows the dose as that was rounded: what was twice the dose stays twice the dose.
void ScaleLimit(Json* quantity, std::vector<NumberChange>& changes) {
  const auto number = ValueOf(quantity);
  if (!number || changes.empty()) return;
  const auto value = [](const std::string& digits) {
    double parsed = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), parsed);
    return parsed;
  };
  // The upper end of a range is the last; limits come behind the doses.
  const auto dose =
      std::find_if(changes.rbegin(), changes.rend(), [](const auto& one) { return !one.is_limit; });
  const double before = dose == changes.rend() ? 0 : value(dose->before);
  if (before <= 0) return;
  const double times = *number / before;
  double after = times * value(dose->after);
  if (std::abs(times - std::round(times)) > 1e-6) after = RoundDown(after);
  SetValue(*quantity, *number, after, true, changes);
}

Json Coding(std::string_view system, std::string_view code, std::string_view display) {
  Json coding{{"system", system}, {"code", code}};
  if (!display.empty()) coding["display"] = display;
  return coding;
}

// What a new order takes over from the one it replaces.
Json NewOrder(const CardFrame& frame, const Json& order, const char* type) {
  Json created = fhir::ObjectFor(8);
  created["resourceType"] = type;
  created["status"] = "draft";
  created["intent"] = "order";
  created["subject"] = Json{{"reference", "Patient/" + frame.patient}};
  for (const char* name : {"encounter", "requester"}) {
    if (const Json* member = fhir::Find(order, name)) created[name] = *member;
  }
  return created;
}

struct OrderCode {
  std::string_view gene;
  std::string_view system;
  std::string_view code;
};
// Codes of LOINC and NPU that the reader of orders takes for a genotyping of the gene.
constexpr std::array kOrderCodes{OrderCode{"TPMT", fhir::systems::kLoinc, "36922-3"},
                                 OrderCode{"HLA-B", fhir::systems::kLoinc, "57291-7"},
                                 OrderCode{"HLA-A", fhir::systems::kLoinc, "57290-9"},
                                 OrderCode{"G6PD", fhir::systems::kLoinc, "94231-8"},
                                 OrderCode{"DPYD", fhir::systems::kLoinc, "79719-1"},
                                 OrderCode{"CYP2D6", fhir::systems::kNpu, "NPU19308"},
                                 OrderCode{"CYP2C19", fhir::systems::kNpu, "NPU19309"},
                                 OrderCode{"CYP2C9", fhir::systems::kNpu, "NPU32095"}};

}  // namespace

Json MakeSuggestion(const CardFrame& frame, std::string_view subject, std::string label,
                    std::vector<Json> actions, bool recommended) {
  Json suggestion = fhir::ObjectFor(4);
  suggestion["label"] = std::move(label);
  suggestion["uuid"] = CardId(frame, "suggestion|" + std::string(subject));
  if (recommended) suggestion["isRecommended"] = true;
  suggestion["actions"] = Json::array_t(std::make_move_iterator(actions.begin()),
                                        std::make_move_iterator(actions.end()));
  return suggestion;
}

bool HasLoadingDose(const Json& order) {
  for (const Json& dosage : fhir::FindArray(order, "dosageInstruction")) {
    const std::string text = mapping::PlainText(fhir::FindText(dosage, "text"));
    for (const std::string_view word : {"laddning", "uppladdning", "bolus", "loading"}) {
      if (text.find(word) != std::string::npos) return true;
    }
    const Json* timing = fhir::Find(dosage, "timing");
    if (timing == nullptr) continue;
    if (!fhir::FindArray(*timing, "event").empty()) return true;
    const Json* repeat = fhir::Find(*timing, "repeat");
    const Json* count = repeat == nullptr ? nullptr : fhir::Find(*repeat, "count");
    if (count != nullptr && fhir::NumberOf(*count) == 1) return true;
  }
  return false;
}

std::optional<Json> OnceADay(const Json& order) {
  Json changed = order;
  Json* instructions = Member(changed, "dosageInstruction");
  if (instructions == nullptr || !instructions->is_array() || instructions->size() != 1) {
    return std::nullopt;
  }
  Json& dosage = instructions->front();
  Json* timing = Member(dosage, "timing");
  Json* repeat = timing == nullptr ? nullptr : Member(*timing, "repeat");
  if (repeat == nullptr || Member(*repeat, "frequency") == nullptr) return std::nullopt;
  for (const char* name : {"when", "timeOfDay", "frequencyMax", "periodMax", "dayOfWeek"}) {
    if (Member(*repeat, name) != nullptr) return std::nullopt;
  }
  const Json* period = fhir::Find(*repeat, "period");
  const bool daily = fhir::FindText(*repeat, "periodUnit") == "d" &&
                     (period == nullptr || fhir::NumberOf(*period) == 1);
  if (!daily) return std::nullopt;
  (*repeat)["frequency"] = 1;
  timing->erase("code");
  dosage.erase("text");
  dosage.erase("patientInstruction");
  return changed;
}

std::optional<Json> ScaleOrder(const Json& order, const DoseChange& change, const Pieces& pieces) {
  // With room for the mark that follows.
  Json changed = fhir::ObjectFor(order.size() + 1);
  changed.update(order);
  Json* instructions = Member(changed, "dosageInstruction");
  if (instructions == nullptr || !instructions->is_array()) return std::nullopt;
  bool scaled = false;
  Scaling scaling{.change = change, .pieces = pieces};
  for (Json& dosage : *instructions) {
    std::vector<NumberChange> changes;
    if (!ScaleDose(dosage, scaling, changes)) continue;
    if (scaling.failed) return std::nullopt;
    scaled = true;
    if (Json* most = Member(dosage, "maxDosePerPeriod")) {
      ScaleLimit(Member(*most, "numerator"), changes);
    }
    ScaleLimit(Member(dosage, "maxDosePerAdministration"), changes);
    RewriteTexts(dosage, changes);
  }
  if (!scaled) return std::nullopt;
  // The narrative tells the old dose.
  changed.erase("text");
  return changed;
}

void MarkOrder(Json& order, std::string_view url, const std::string& text) {
  Json kept = Json::array();
  for (const Json& extension : fhir::FindArray(order, "extension")) {
    if (fhir::FindText(extension, "url") != url) kept.push_back(extension);
  }
  kept.push_back(Json{{"url", url}, {"valueString", text}});
  order["extension"] = std::move(kept);
}

Json UpdateAction(const CardFrame& /*frame*/, Json order, std::string description) {
  Json action = fhir::ObjectFor(3);
  action["type"] = "update";
  action["description"] = std::move(description);
  action["resource"] = std::move(order);
  return action;
}

Json DeleteAction(const std::string& reference, std::string description) {
  return Json{
      {"type", "delete"}, {"description", std::move(description)}, {"resourceId", reference}};
}

Json CreateDrugAction(const CardFrame& frame, const Json& order, const std::string& drug) {
  Json created = NewOrder(frame, order, "MedicationRequest");
  const std::string name = alerts::DrugName(frame.knowledge, drug, frame.language);
  Json medication{{"text", name}};
  const rules::Drug* known = frame.knowledge.FindDrug(drug);
  if (known != nullptr && !known->atc.empty()) {
    medication["coding"] = Json::array({Coding(fhir::systems::kAtc, known->atc.front(), name)});
  }
  const rules::AlternativeDrug* other =
      known == nullptr ? frame.knowledge.FindAlternative(drug) : nullptr;
  if (other != nullptr) {
    medication["coding"] = Json::array({Coding(fhir::systems::kAtc, other->atc, name)});
  }
  created["medicationCodeableConcept"] = std::move(medication);
  return Json{{"type", "create"},
              {"description", std::string(Say(frame.language, "Ordinera ", "Order ")) + name +
                                  std::string(Say(frame.language, " (dos att fylla i)",
                                                  " (dose to be filled in)"))},
              {"resource", std::move(created)}};
}

Json CreateTestAction(const CardFrame& frame, const Json& order, const std::string& gene) {
  Json created = NewOrder(frame, order, "ServiceRequest");
  const std::string name = gene + std::string(Say(frame.language, "-genotypning", " genotyping"));
  Json code{{"text", name}};
  for (const OrderCode& known : kOrderCodes) {
    if (known.gene == gene) code["coding"] = Json::array({Coding(known.system, known.code, "")});
  }
  created["code"] = std::move(code);
  created["category"] = Json::array(
      {Json{{"coding",
             Json::array({Coding(fhir::systems::kSnomed, "108252007", "Laboratory procedure")})}}});
  return Json{{"type", "create"},
              {"description", std::string(Say(frame.language, "Beställ ", "Order ")) + name},
              {"resource", std::move(created)}};
}

}  // namespace genflik::cds
