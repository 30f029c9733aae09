#include "services/lab/hl7_values.h"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/systems.h"

namespace genflik::lab {
namespace {

using fhir::Json;
namespace systems = fhir::systems;

constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kCodeSystems = {{
    {"LN", systems::kLoinc},
    {"SCT", systems::kSnomed},
    {"SNM", systems::kSnomed},
    {"SNOMED", systems::kSnomed},
    {"HGNC", systems::kHgnc},
    {"HGNC-Symb", systems::kHgnc},
    {"dbSNP", systems::kDbSnp},
    {"CLINVAR-V", systems::kClinVar},
    {"RxNorm", systems::kRxNorm},
    {"NPU", systems::kNpuSwedish},
    {"IUPAC", systems::kNpuSwedish},
    {"1.2.752.108.1", systems::kNpuSwedish},
    {"HGVS.c", systems::kHgvs},
    {"ATC", systems::kAtc},
}};

Json CodingOf(const std::string& code, const std::string& display, const std::string& system) {
  Json coding = Json::object();
  const auto known = std::find_if(kCodeSystems.begin(), kCodeSystems.end(),
                                  [&](const auto& pair) { return pair.first == system; });
  if (known != kCodeSystems.end()) {
    coding["system"] = std::string(known->second);
  } else if (!system.empty()) {
    coding["system"] = std::string(systems::kGenflik) + "/lab-code-system/" + system;
  }
  if (!code.empty()) coding["code"] = code;
  if (!display.empty()) coding["display"] = display;
  return coding;
}

/// Types of table 0125 whose value is kept as it is written.
bool IsTextType(std::string_view type) {
  constexpr std::array<std::string_view, 32> kTypes = {
      "ST", "TX", "FT", "SN", "NR", "TN",  "XPN", "XCN", "CX",  "AD", "CK",
      "CN", "CP", "DR", "EI", "HD", "ID",  "IS",  "MA",  "MO",  "NA", "PN",
      "PL", "SI", "TM", "TQ", "VR", "XAD", "XON", "XTN", "PPN", "SCV"};
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

bool IsCodedType(std::string_view type) {
  return type == "CWE" || type == "CE" || type == "CNE" || type == "CF";
}

bool IsJsonNumber(const std::string& text) {
  fhir::IssueLog log;
  const auto parsed = fhir::ParseJson(text, log);
  return parsed && fhir::IsNumber(*parsed);
}

Hl7Fault PidFault(size_t sequence, size_t field, int code, std::string text) {
  return {.code = code,
          .segment = "PID",
          .sequence = sequence,
          .field = field,
          .text = std::move(text)};
}

/// A number that nothing is said of is a personnummer when it can be one and PID-7 says its date.
bool LooksLikePersonnummer(const Hl7Segment& pid, size_t repetition) {
  std::string digits;
  for (const char c : pid.Text(3, 1, repetition)) {
    if (c >= '0' && c <= '9') digits += c;
    if ((c < '0' || c > '9') && c != '-') return false;
  }
  const std::string born = ReadHl7Time(pid.Text(7)).substr(0, 10);
  return digits.size() == 12 && born.size() == 10 &&
         digits.substr(0, 8) == born.substr(0, 4) + born.substr(5, 2) + born.substr(8, 2);
}

/// The system of one repetition of PID-3; the surest sign first.
std::string SystemOf(const Hl7Segment& pid, size_t repetition, const LabConfiguration& lab) {
  const std::string space = pid.Text(3, 4, repetition, 1);
  const std::string oid = pid.Text(3, 4, repetition, 2);
  const std::string type = pid.Text(3, 5, repetition);
  for (const std::string& name : {oid, space, type}) {
    const auto mapped = lab.identifier_systems.find(name);
    if (!name.empty() && mapped != lab.identifier_systems.end()) return mapped->second;
  }
  if (!oid.empty()) return "urn:oid:" + oid;
  constexpr std::array<std::string_view, 3> kNational = {"NNSWE", "PN", "NN"};
  if (space.empty() && std::find(kNational.begin(), kNational.end(), type) != kNational.end()) {
    return std::string(systems::kPersonnummer);
  }
  if (space == "SKV") return std::string(systems::kPersonnummer);
  if (space.empty() && type.empty() && LooksLikePersonnummer(pid, repetition)) {
    return std::string(systems::kPersonnummer);
  }
  // A local number belongs to the authority that gave it.
  return space.empty() ? "" : std::string(systems::kGenflik) + "/authority/" + space;
}

std::string GenderOf(std::string_view code) {
  if (code == "F") return "female";
  if (code == "M") return "male";
  if (code == "O" || code == "A") return "other";
  return code == "U" || code == "N" ? "unknown" : "";
}

/// True when the date, as far as it is known, is not that of the number.
bool Contradicts(const std::string& birth_date, const mapping::PatientIdentifier& identifier) {
  const bool swedish = identifier.system == systems::kPersonnummer ||
                       identifier.system == systems::kSamordningsnummer;
  if (!swedish || identifier.value.size() != 12 || birth_date.size() < 4) return false;
  std::string of_number = identifier.value.substr(0, 8);
  // The day of a samordningsnummer has 60 added.
  if (of_number[6] >= '6') of_number[6] = static_cast<char>(of_number[6] - 6);
  std::string digits;
  std::copy_if(birth_date.begin(), birth_date.end(), std::back_inserter(digits),
               [](char c) { return c != '-'; });
  return of_number.compare(0, digits.size(), digits) != 0;
}

}  // namespace

Json ReadCoded(const Hl7Segment& segment, size_t field, size_t repetition) {
  Json codings = Json::array();
  for (const size_t first : {1U, 4U}) {
    const std::string code = segment.Text(field, first, repetition);
    const std::string display = segment.Text(field, first + 1, repetition);
    const std::string system = segment.Text(field, first + 2, repetition);
    if (!code.empty() || !display.empty()) codings.push_back(CodingOf(code, display, system));
  }
  Json concept_value = Json::object();
  if (!codings.empty()) concept_value["coding"] = std::move(codings);
  const std::string text = segment.Text(field, 9, repetition);
  if (!text.empty()) concept_value["text"] = text;
  return concept_value;
}

bool SetHl7Value(const Hl7Segment& obx, size_t repetition, Json& element) {
  const std::string type = obx.Text(2);
  if (obx.IsEmpty(5)) return type.empty() || IsTextType(type) || IsCodedType(type) || type == "NM";
  if (IsTextType(type)) {
    element["valueString"] = obx.Whole(5, repetition);
  } else if (IsCodedType(type)) {
    element["valueCodeableConcept"] = ReadCoded(obx, 5, repetition);
  } else if (type == "NM") {
    const std::string number = obx.Text(5, 1, repetition);
    if (!IsJsonNumber(number)) {
      element["valueString"] = number;
    } else {
      element["valueQuantity"] = {{"value", fhir::Decimal(number)}};
      if (!obx.IsEmpty(6)) element["valueQuantity"]["unit"] = obx.Text(6);
    }
  } else if (type == "DT" || type == "TS" || type == "DTM") {
    const std::string time = ReadHl7Time(obx.Text(5, 1, repetition));
    element[time.empty() ? "valueString" : "valueDateTime"] =
        time.empty() ? obx.Whole(5, repetition) : time;
  } else {
    // ED and RP are attachments of the report.
    return type == "ED" || type == "RP";
  }
  return true;
}

std::string ObservationStatus(std::string_view code) {
  if (code == "F" || code == "U") return "final";
  if (code == "P" || code == "R" || code == "S") return "preliminary";
  if (code == "C") return "corrected";
  if (code == "X") return "cancelled";
  if (code == "W" || code == "D") return "entered-in-error";
  return code == "I" || code == "O" || code == "N" ? "registered" : "";
}

std::string ReportStatus(std::string_view code) {
  if (code == "F") return "final";
  if (code == "C") return "corrected";
  if (code == "X") return "cancelled";
  if (code == "P") return "preliminary";
  if (code == "A" || code == "R") return "partial";
  return code == "O" || code == "I" || code == "S" ? "registered" : "unknown";
}

std::optional<LabPatient> ReadPid(const Hl7Segment& pid, size_t sequence,
                                  const LabConfiguration& lab, std::chrono::year_month_day today,
                                  std::vector<Hl7Fault>& faults) {
  LabPatient patient;
  patient.birth_date = ReadHl7Time(pid.Text(7)).substr(0, 10);
  bool wrong = false;
  if (patient.birth_date.empty() && !pid.IsEmpty(7)) {
    faults.push_back(PidFault(sequence, 7, 102, "the birth date is none"));
    wrong = true;
  }
  for (size_t i = 0; i < pid.Repetitions(3); ++i) {
    fhir::IssueLog log;
    auto identifier =
        mapping::NormaliseIdentifier(SystemOf(pid, i, lab), pid.Text(3, 1, i), today, log);
    if (!log.issues().empty()) {
      faults.push_back(PidFault(sequence, 3, 204, log.issues().front().text));
      wrong = true;
    }
    if (!identifier) continue;
    if (Contradicts(patient.birth_date, *identifier)) {
      faults.push_back(
          PidFault(sequence, 7, 204, "the birth date contradicts the personnummer in PID-3"));
      wrong = true;
    }
    patient.identifiers.push_back(std::move(*identifier));
  }
  if (wrong) return std::nullopt;
  if (patient.identifiers.empty()) {
    faults.push_back(PidFault(sequence, 3, 101,
                              "no identifier whose authority is known; a patient is never found by "
                              "name"));
    return std::nullopt;
  }
  patient.family = pid.Text(5, 1);
  for (const size_t component : {2U, 3U}) {
    const std::string given = pid.Text(5, component);
    if (!given.empty()) patient.given.push_back(given);
  }
  patient.gender = GenderOf(pid.Text(8));
  return patient;
}

}  // namespace genflik::lab
