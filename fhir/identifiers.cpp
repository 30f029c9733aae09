#include "fhir/identifiers.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "fhir/personnummer.h"
#include "fhir/systems.h"

namespace genflik::fhir {
namespace {

using Alias = std::pair<std::string_view, std::string_view>;

// Other spellings in use and the one that Genflik keeps.
constexpr std::array<Alias, 22> kAliases = {{
    {systems::kPersonnummerOid, systems::kPersonnummer},
    {"http://electronichealth.se/identifier/personnummer/", systems::kPersonnummer},
    {"https://electronichealth.se/identifier/personnummer", systems::kPersonnummer},
    {systems::kSamordningsnummerOid, systems::kSamordningsnummer},
    {"https://electronichealth.se/identifier/samordningsnummer", systems::kSamordningsnummer},
    {systems::kNationelltReservnummerOid, systems::kNationelltReservnummer},
    {systems::kHsaIdServiceContracts, systems::kHsaId},
    {systems::kNplIdOid, systems::kNplId},
    {systems::kNplPackIdOid, systems::kNplPackId},
    {systems::kAtcSwedishOid, systems::kAtc},
    {systems::kAtcWhoOid, systems::kAtc},
    {"https://www.whocc.no/atc", systems::kAtc},
    {"http://www.whocc.no/atc/", systems::kAtc},
    {systems::kHgncGeneId, systems::kHgnc},
    {"https://www.genenames.org", systems::kHgnc},
    {"urn:oid:2.16.840.1.113883.6.1", systems::kLoinc},
    {"urn:oid:2.16.840.1.113883.6.96", systems::kSnomed},
    {"urn:oid:1.2.752.116.2.1.1", systems::kSnomed},
    {"urn:oid:2.16.840.1.113883.6.88", systems::kRxNorm},
    {"urn:oid:2.16.840.1.113883.6.8", systems::kUcum},
    {"urn:oid:2.16.840.1.113883.6.281", systems::kHgnc},
    {"https://www.pharmvar.org", systems::kPharmVar},
}};

bool IsOid(std::string_view text) {
  return text.size() > 3 && text[0] >= '0' && text[0] <= '2' && text[1] == '.' &&
         std::ranges::all_of(text, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

std::string Trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return std::string(text);
}

std::string_view SystemOf(PersonnummerKind kind) {
  return kind == PersonnummerKind::kPersonnummer ? systems::kPersonnummer
                                                 : systems::kSamordningsnummer;
}

// Reserve numbers hold letters; a hyphen before the last four is optional.
std::string Reservnummer(std::string value) {
  std::erase(value, '-');
  std::ranges::transform(value, value.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return value;
}

}  // namespace

std::string NormaliseSystem(std::string_view system) {
  std::string name = Trimmed(system);
  if (IsOid(name)) name.insert(0, "urn:oid:");
  for (const auto& [alias, canonical] : kAliases) {
    if (alias == name) return std::string(canonical);
  }
  return name;
}

IdentifierKey NormaliseIdentifier(std::string_view system, std::string_view value) {
  IdentifierKey key{NormaliseSystem(system), Trimmed(value)};
  if (key.system == systems::kPersonnummer || key.system == systems::kSamordningsnummer) {
    // A samordningsnummer is often sent under the personnummer's system; the number tells.
    if (auto number = ReadPersonnummer(key.value)) {
      return {std::string(SystemOf(number->kind)), std::move(number->digits)};
    }
  } else if (key.system == systems::kNationelltReservnummer) {
    key.value = Reservnummer(std::move(key.value));
  }
  return key;
}

}  // namespace genflik::fhir
