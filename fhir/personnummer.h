#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

// Swedish personal identity numbers: Folkbokföringslagen (1991:481), section 18; Skatteverket,
// SKV 704 (personnummer) and SKV 707 (samordningsnummer).

namespace genflik::fhir {

enum class PersonnummerKind { kPersonnummer, kSamordningsnummer };

/// A number in its normal form.
struct Personnummer {
  /// Twelve digits, century first, no separator.
  std::string digits = {};
  PersonnummerKind kind = PersonnummerKind::kPersonnummer;

  bool operator==(const Personnummer&) const = default;
};

/// Reads the forms in use: 12 digits with or without "-" before the last four, and 10 digits with
/// "-" (the latest century that puts the birth before `today`), with "+" (100 years of age or more
/// in the year of `today`), or with neither (as "-"). Blanks around are ignored. Nothing for a date
/// that does not exist or lies ahead, and for a wrong check digit.
[[nodiscard]] std::optional<Personnummer> ReadPersonnummer(std::string_view text,
                                                           std::chrono::sys_days today);
/// The same with the system's date.
[[nodiscard]] std::optional<Personnummer> ReadPersonnummer(std::string_view text);

}  // namespace genflik::fhir
