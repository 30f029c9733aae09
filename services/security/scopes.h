#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// SMART App Launch 2.0, "Scopes for requesting FHIR resources":
// https://hl7.org/fhir/smart-app-launch/STU2/scopes-and-launch-context.html

namespace genflik::security {

/// One right to use resources.
struct Scope {
  enum class Level { kPatient, kUser, kSystem };
  Level level = Level::kPatient;
  /// A resource type, or "*" for all.
  std::string type = {};
  /// Some of "cruds": create, read, update, delete, search.
  std::string permissions = {};
  /// Search parameters that a resource must match, percent-decoded ("category", "laboratory").
  std::vector<std::pair<std::string, std::string>> filter = {};

  /// True when it speaks of this type and interaction ('c', 'r', 'u', 'd' or 's').
  [[nodiscard]] bool Covers(std::string_view wanted_type, char interaction) const;
  bool operator==(const Scope&) const = default;
};

/// Reads one scope of version 2 ("patient/Observation.rs?category=laboratory") or 1
/// ("user/Observation.read"). Nothing for all else, a scope that is wrong in any part included:
/// what is not understood grants nothing.
[[nodiscard]] std::optional<Scope> ReadScope(std::string_view text);
/// The resource scopes of a space-separated list.
[[nodiscard]] std::vector<Scope> ReadScopes(std::string_view list);
/// The scope as version 2 writes it; ReadScope gives the same again.
[[nodiscard]] std::string PrintScope(const Scope& scope);
/// True when everything that `wanted` grants is granted by `held` too.
[[nodiscard]] bool Includes(const Scope& held, const Scope& wanted);

}  // namespace genflik::security
