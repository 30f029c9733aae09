#include "services/mapping/orders.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/systems.h"
#include "services/mapping/dosage_units.h"

namespace genflik::mapping {
namespace {

using fhir::Json;
namespace systems = fhir::systems;

std::optional<rules::DrugSystem> SystemOf(std::string_view system) {
  static constexpr std::array<std::string_view, 6> kAtcNames{systems::kAtc,
                                                             systems::kAtcSwedishOid,
                                                             systems::kAtcWhoOid,
                                                             "https://www.whocc.no/atc",
                                                             "http://www.whocc.no/atc_ddd_index",
                                                             "https://www.whocc.no/atc_ddd_index/"};
  if (std::find(kAtcNames.begin(), kAtcNames.end(), system) != kAtcNames.end())
    return rules::DrugSystem::kAtc;
  // "http://fhir.de/CodeSystem/bfarm/atc", "http://www.whocc.no/atc/"
  const std::string_view plain =
      system.ends_with('/') ? system.substr(0, system.size() - 1) : system;
  if (plain.find("://") != std::string_view::npos && plain.ends_with("/atc"))
    return rules::DrugSystem::kAtc;
  if (system == systems::kRxNorm || system == "urn:oid:2.16.840.1.113883.6.88")
    return rules::DrugSystem::kRxNorm;
  // An edition may stand behind: "http://snomed.info/sct/45991000052106".
  if (system == systems::kSnomed || system.starts_with(std::string(systems::kSnomed) + '/') ||
      system == "urn:oid:2.16.840.1.113883.6.96")
    return rules::DrugSystem::kSnomed;
  return std::nullopt;
}

void AddName(rules::DrugQuery& query, std::string_view name) {
  if (name.empty()) return;
  if (std::find(query.names.begin(), query.names.end(), name) == query.names.end())
    query.names.emplace_back(name);
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// "Tabl. Clopidogrel 75 mg" begins with the form; the name is behind it.
void AddNameBehindForm(rules::DrugQuery& query, std::string_view text) {
  static constexpr std::array<std::string_view, 16> kForms{
      "t",    "tab",  "tabl",   "tablett", "tablet", "tabletter", "depottabl", "depottablett",
      "kaps", "caps", "kapsel", "capsule", "inj",    "inf",       "mixt",      "lösning"};
  const size_t space = text.find(' ');
  if (space == std::string_view::npos) return;
  std::string form = PlainText(text.substr(0, space));
  while (!form.empty() && (form.back() == '.' || form.back() == ',')) form.pop_back();
  if (std::find(kForms.begin(), kForms.end(), form) != kForms.end())
    AddName(query, Trimmed(text.substr(space)));
}

void AddConcept(const Json& concept_json, DrugOrder& order) {
  for (const Json& coding : fhir::FindArray(concept_json, "coding")) {
    if (TellsAbsence(coding)) continue;
    const auto system = SystemOf(Trimmed(fhir::FindText(coding, "system")));
    const std::string_view code = Trimmed(fhir::FindText(coding, "code"));
    if (system && !code.empty()) order.query.codes.push_back({*system, std::string(code)});
    AddName(order.query, fhir::FindText(coding, "display"));
    if (order.name.empty()) order.name = fhir::FindText(coding, "display");
  }
  const std::string_view text = fhir::FindText(concept_json, "text");
  AddName(order.query, text);
  AddNameBehindForm(order.query, text);
  if (!text.empty()) order.name = text;
}

const Json* Contained(const Json& resource, std::string_view id) {
  for (const Json& one : fhir::FindArray(resource, "contained")) {
    if (fhir::FindText(one, "id") == id) return &one;
  }
  return nullptr;
}

// What a reference within `holder` means; null when it is not at hand.
const Json* Referred(const Json& holder, const Json& reference, const ResourceLookup& lookup) {
  const std::string_view target = fhir::FindText(reference, "reference");
  if (target.starts_with('#')) return Contained(holder, target.substr(1));
  return target.empty() || !lookup ? nullptr : lookup(target);
}

// A Substance or Medication of its own; its words where that is not at hand.
void AddIngredient(const Json& holder, const Json& reference, const ResourceLookup& lookup,
                   DrugOrder& order) {
  const Json* item = Referred(holder, reference, lookup);
  const Json* code = item == nullptr ? nullptr : fhir::Find(*item, "code");
  const std::string_view display = fhir::FindText(reference, "display");
  if (code != nullptr) AddConcept(*code, order);
  AddName(order.query, display);
  if (code != nullptr || !display.empty()) return;
  const std::string_view target = fhir::FindText(reference, "reference");
  order.unread_ingredient = target.empty() ? "Medication.ingredient" : target;
}

// `holder` is the resource that contains what the Medication refers to.
void AddMedication(const Json& medication, const Json& holder, const ResourceLookup& lookup,
                   DrugOrder& order) {
  order.medication = &medication;
  if (const Json* code = fhir::Find(medication, "code")) AddConcept(*code, order);
  for (const Json& ingredient : fhir::FindArray(medication, "ingredient")) {
    const Json* active = fhir::Find(ingredient, "isActive");
    if (active != nullptr && active->is_boolean() && !active->get<bool>()) continue;
    const std::string name = order.name;
    if (const Json* item = fhir::Find(ingredient, "itemCodeableConcept")) AddConcept(*item, order);
    if (const Json* item = fhir::Find(ingredient, "itemReference"))
      AddIngredient(holder, *item, lookup, order);
    if (!name.empty()) order.name = name;
  }
}

void ReadReference(const Json& resource, const Json& reference, const ResourceLookup& lookup,
                   DrugOrder& order) {
  const Json* medication = Referred(resource, reference, lookup);
  if (medication != nullptr) {
    const bool inside = fhir::FindText(reference, "reference").starts_with('#');
    AddMedication(*medication, inside ? resource : *medication, lookup, order);
  }
  const std::string_view display = fhir::FindText(reference, "display");
  if (!display.empty()) {
    AddName(order.query, display);
    if (order.name.empty()) order.name = display;
  }
}

std::string_view FirstText(const Json& resource, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (const auto text = fhir::FindText(resource, name); !text.empty()) return text;
  }
  return {};
}

// A word given with a space before it must begin one in the text: a "persistent" pain is no stent.
bool HasCodeOrWord(const Json& concept_json, std::initializer_list<std::string_view> code_starts,
                   std::initializer_list<std::string_view> words) {
  std::string text = ' ' + PlainText(fhir::FindText(concept_json, "text"));
  for (const Json& coding : fhir::FindArray(concept_json, "coding")) {
    const std::string_view system = fhir::FindText(coding, "system");
    const std::string_view code = fhir::FindText(coding, "code");
    const bool icd =
        system.find("icd") != std::string_view::npos || system == systems::kIcd10Swedish;
    for (const std::string_view start : code_starts) {
      if (icd && code.starts_with(start)) return true;
    }
    text += ' ' + PlainText(fhir::FindText(coding, "display"));
  }
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

// The guidelines' populations that a reason for the order speaks for.
void ReadReason(const Json& reason, std::vector<std::string>& indications) {
  if (HasCodeOrWord(reason, {"I20.0", "I200", "I21", "I22", "I24", "Z95.5", "Z955"},
                    {"hjärtinfarkt", "akut koron", "instabil angina", " pci", " stent",
                     "koronarstent", "acute coronary", "myocardial infarction", "stemi"})) {
    indications.emplace_back("CVI ACS PCI");
  } else if (HasCodeOrWord(
                 reason, {"I20", "I25", "I70", "I73"},
                 {"perifer artär", "perifer kärl", "perifer arter", "fönstertittar", "claudicatio",
                  "stabil angina", "peripheral arter", "peripheral vascular"})) {
    indications.emplace_back("CVI non-ACS non-PCI");
  }
  if (HasCodeOrWord(reason, {"I63", "I64", "I65", "I66", "I69", "G45", "Z86.73", "Z8673"},
                    {"stroke", " tia", "hjärninfarkt", "cerebral infarkt", "cerebral infarct",
                     "cerebral isch", "cerebral emboli", "cerebral trombos"})) {
    indications.emplace_back("NVI");
  }
}

// Null when there are none.
const Json* InstructionsOf(const Json& resource) {
  const Json* dosage = fhir::Find(resource, "dosageInstruction");
  return dosage == nullptr ? fhir::Find(resource, "dosage") : dosage;
}

std::string_view CodedSubject(const Json& resource) {
  const Json* subject = fhir::Find(resource, "subject");
  if (subject == nullptr) subject = fhir::Find(resource, "patient");
  return subject == nullptr ? std::string_view() : fhir::FindText(*subject, "reference");
}

std::string ReferenceOf(const Json& resource) {
  const std::string_view id = fhir::FindText(resource, "id");
  if (id.empty()) return {};
  return std::string(fhir::FindText(resource, "resourceType")) + '/' + std::string(id);
}

bool HasLoinc(const Json& observation, std::string_view code) {
  const Json* coded = fhir::Find(observation, "code");
  if (coded == nullptr) return false;
  for (const Json& coding : fhir::FindArray(*coded, "coding")) {
    if (fhir::FindText(coding, "code") == code) return true;
  }
  return false;
}

// A quantity in the unit that `centimetre` or the like is one of.
std::optional<double> Measured(const Json& observation, UnitKind kind) {
  const Json* quantity = fhir::Find(observation, "valueQuantity");
  if (quantity == nullptr) return std::nullopt;
  const ReadQuantity read = ReadDoseQuantity(*quantity);
  if (!read.ok() || read.unit.kind != kind || read.value <= 0) return std::nullopt;
  return read.value * read.unit.factor;
}

std::optional<double> Centimetres(const Json& observation) {
  const Json* quantity = fhir::Find(observation, "valueQuantity");
  const Json* value = quantity == nullptr ? nullptr : fhir::Find(*quantity, "value");
  if (value == nullptr) return std::nullopt;
  const auto number = fhir::NumberOf(*value);
  const std::string_view unit = FirstText(*quantity, {"code", "unit"});
  if (!number || *number <= 0) return std::nullopt;
  if (unit == "cm") return number;
  if (unit == "m") return *number * 100;
  return std::nullopt;
}

}  // namespace

bool TellsAbsence(const Json& coding) {
  const std::string_view system = fhir::FindText(coding, "system");
  return system == systems::kDataAbsentReason || system == systems::kV3NullFlavor;
}

bool IsDrugResource(const Json& resource) {
  const std::string_view type = fhir::FindText(resource, "resourceType");
  return type == "MedicationRequest" || type == "MedicationStatement" ||
         type == "MedicationDispense" || type == "MedicationAdministration";
}

bool IsInForce(const Json& resource) {
  const std::string_view status = fhir::FindText(resource, "status");
  for (const std::string_view over : {"cancelled", "entered-in-error", "stopped", "completed",
                                      "not-taken", "declined", "not-done", "revoked", "unknown"}) {
    if (status == over) return false;
  }
  const Json* forbids = fhir::Find(resource, "doNotPerform");
  return forbids == nullptr || !forbids->is_boolean() || !forbids->get<bool>();
}

bool IsOnlyProposed(const Json& resource) {
  const std::string_view intent = fhir::FindText(resource, "intent");
  return intent == "proposal" || intent == "plan" || intent == "option";
}

DrugOrder ReadDrugOrder(const Json& resource, const ResourceLookup& lookup) {
  DrugOrder order;
  order.reference = ReferenceOf(resource);
  order.status = fhir::FindText(resource, "status");
  order.subject = CodedSubject(resource);
  order.since =
      FirstText(resource, {"authoredOn", "effectiveDateTime", "dateAsserted", "whenHandedOver"});
  if (const Json* period = fhir::Find(resource, "effectivePeriod")) {
    if (const auto start = fhir::FindText(*period, "start"); !start.empty()) order.since = start;
  }
  const Json* coded = fhir::Find(resource, "medicationCodeableConcept");
  if (coded != nullptr) {
    AddConcept(*coded, order);
    // A strength may stand in a Medication of the order's own.
    for (const Json& one : fhir::FindArray(resource, "contained")) {
      if (fhir::FindText(one, "resourceType") == "Medication") order.medication = &one;
    }
  }
  if (const Json* reference = fhir::Find(resource, "medicationReference"))
    ReadReference(resource, *reference, lookup, order);
  order.drug_unknown = coded == nullptr && order.medication == nullptr && order.name.empty();
  for (const Json& reason : fhir::FindArray(resource, "reasonCode"))
    ReadReason(reason, order.indications);
  return order;
}

BodySize ReadBodySize(const std::vector<const Json*>& observations) {
  BodySize size;
  std::optional<double> height;
  std::optional<double> surface;
  for (const Json* one : observations) {
    const Json& observation = *one;
    if (fhir::FindText(observation, "status") == "entered-in-error") continue;
    if (HasLoinc(observation, "29463-7") || HasLoinc(observation, "3141-9")) {
      if (const auto mg = Measured(observation, UnitKind::kMass)) size.weight_kg = *mg / 1e6;
    } else if (HasLoinc(observation, "8302-2")) {
      if (const auto found = Centimetres(observation)) height = found;
    } else if (HasLoinc(observation, "3140-1") || HasLoinc(observation, "8277-6")) {
      if (const auto found = Measured(observation, UnitKind::kArea)) surface = found;
    }
  }
  if (surface) {
    size.surface_m2 = surface;
  } else if (size.weight_kg && height) {
    size.surface_m2 = std::sqrt(*height * *size.weight_kg / 3600);
  }
  return size;
}

const Json* ProductOf(const Json& resource, const DrugOrder& order, Json& named) {
  if (order.medication != nullptr) return order.medication;
  const Json* coded = fhir::Find(resource, "medicationCodeableConcept");
  if (coded == nullptr) return nullptr;
  named = Json{{"resourceType", "Medication"}, {"code", *coded}};
  return &named;
}

std::vector<std::string> SubstancesOf(const rules::Drug& drug) {
  std::vector<std::string> names{drug.names.sv, drug.name, drug.names.en};
  names.insert(names.end(), drug.synonyms.begin(), drug.synonyms.end());
  return names;
}

DailyDose ReadOrderDose(const Json& resource, const DrugOrder& order, const rules::Drug& drug,
                        const BodySize& size) {
  Json named;
  return ReadDose({.instructions = InstructionsOf(resource),
                   .medication = ProductOf(resource, order, named),
                   .substances = SubstancesOf(drug),
                   .weight_kg = size.weight_kg,
                   .surface_m2 = size.surface_m2});
}

bool ActsWhereItIsPut(const Json& resource, const DrugOrder& order) {
  Json named;
  return !ReadDose({.instructions = InstructionsOf(resource),
                    .medication = ProductOf(resource, order, named)})
              .systemic;
}

std::optional<double> AgeInYears(std::string_view birth_date, std::string_view today) {
  const auto part = [](std::string_view text, size_t at, size_t length) {
    int value = 0;
    if (text.size() < at + length) return 0;
    std::from_chars(text.data() + at, text.data() + at + length, value);
    return value;
  };
  if (birth_date.size() < 4 || today.size() < 10) return std::nullopt;
  // A date without month or day is taken in the middle.
  const int month = birth_date.size() >= 7 ? part(birth_date, 5, 2) : 7;
  const int day = birth_date.size() >= 10 ? part(birth_date, 8, 2) : 15;
  using std::chrono::year_month_day;
  const auto at = [](int y, int m, int d) {
    return year_month_day{std::chrono::year{y}, std::chrono::month{static_cast<unsigned>(m)},
                          std::chrono::day{static_cast<unsigned>(d)}};
  };
  const year_month_day born = at(part(birth_date, 0, 4), month, day);
  const year_month_day now = at(part(today, 0, 4), part(today, 5, 2), part(today, 8, 2));
  if (!born.ok() || !now.ok()) return std::nullopt;
  if (now < born) return std::nullopt;
  // By the calendar, so that a birthday is a whole number of years.
  const bool had_birthday =
      std::pair{now.month(), now.day()} >= std::pair{born.month(), born.day()};
  const int years =
      static_cast<int>(now.year()) - static_cast<int>(born.year()) - (had_birthday ? 0 : 1);
  auto last = year_month_day{born.year() + std::chrono::years{years}, born.month(), born.day()};
  // Born on 29 February.
  if (!last.ok()) last = last.year() / last.month() / std::chrono::last;
  const auto days = (std::chrono::sys_days{now} - std::chrono::sys_days{last}).count();
  return years + static_cast<double>(days) / 366;
}

}  // namespace genflik::mapping
