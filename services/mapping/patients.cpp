#include "services/mapping/patients.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/identifiers.h"
#include "fhir/personnummer.h"
#include "fhir/systems.h"

namespace genflik::mapping {
namespace {

namespace systems = fhir::systems;
using fhir::IssueType;

std::string Trimmed(std::string_view text) {
  const auto is_space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return std::string(text);
}

std::optional<PatientIdentifier> ReadSwedishNumber(std::string_view value,
                                                   std::chrono::year_month_day today,
                                                   fhir::IssueLog& log) {
  const auto number = fhir::ReadPersonnummer(value, std::chrono::sys_days(today));
  if (!number) {
    log.Warn(IssueType::kValue,
             "no personnummer or samordningsnummer: the date or the check digit is wrong; not used "
             "to find the patient");
    return std::nullopt;
  }
  // The day of birth tells the kind; senders mix up the two systems.
  return PatientIdentifier{
      .system = std::string(number->kind == fhir::PersonnummerKind::kPersonnummer
                                ? systems::kPersonnummer
                                : systems::kSamordningsnummer),
      .value = number->digits};
}

}  // namespace

std::optional<PatientIdentifier> NormaliseIdentifier(std::string_view system,
                                                     std::string_view value,
                                                     std::chrono::year_month_day today,
                                                     fhir::IssueLog& log) {
  const std::string trimmed = Trimmed(value);
  const std::string canonical = fhir::NormaliseSystem(system);
  if (trimmed.empty() || canonical.empty()) return std::nullopt;
  if (canonical == systems::kPersonnummer || canonical == systems::kSamordningsnummer) {
    return ReadSwedishNumber(trimmed, today, log);
  }
  std::string kept = trimmed;
  if (canonical == systems::kNationelltReservnummer) {
    // The hyphen is optional in the register's own form.
    kept.erase(std::remove(kept.begin(), kept.end(), '-'), kept.end());
    std::transform(kept.begin(), kept.end(), kept.begin(), [](char c) {
      return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    });
  }
  return PatientIdentifier{.system = canonical, .value = std::move(kept)};
}

std::vector<PatientIdentifier> IdentifiersOf(const fhir::Json& patient,
                                             std::chrono::year_month_day today,
                                             fhir::IssueLog& log) {
  std::vector<PatientIdentifier> identifiers;
  fhir::IssueLog::Scope scope(log, "Patient.identifier");
  const fhir::Json& list = fhir::FindArray(patient, "identifier");
  for (size_t i = 0; i < list.size(); ++i) {
    fhir::IssueLog::Scope item(log, i);
    auto identifier = NormaliseIdentifier(fhir::FindText(list[i], "system"),
                                          fhir::FindText(list[i], "value"), today, log);
    if (identifier &&
        std::find(identifiers.begin(), identifiers.end(), *identifier) == identifiers.end()) {
      identifiers.push_back(std::move(*identifier));
    }
  }
  return identifiers;
}

}  // namespace genflik::mapping
