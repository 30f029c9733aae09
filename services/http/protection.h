#pragma once

#include <string>
#include <utility>
#include <vector>

namespace genflik::http {

/// What a caller must hold to use a route; security/gate decides by it, and a test walks the table.
/// The data behind a route are judged once more, one by one, by security/guarded_store.
struct Protection {
  enum class Kind {
    /// Everybody: liveness, discovery, conformance and the tab's static files.
    kPublic,
    /// A scope for `interaction` with the type `types[0]`.
    kData,
    /// Any caller that is known: each entry of the body is judged by itself.
    kEach,
    /// A view made of many resources of one patient: scopes to read and search all of `types`
    /// without restriction, or one of `roles`.
    kView,
    /// One of `roles`.
    kRole,
    /// Scopes to read and search everything of everybody: exports and questions about a population.
    kAll,
  };
  Kind kind = Kind::kRole;
  /// "{type}" stands for that parameter of the path, "*" for all types.
  std::vector<std::string> types = {};
  /// As SMART writes them: 'c' create, 'r' read, 'u' update, 'd' delete, 's' search.
  char interaction = 'r';
  std::vector<std::string> roles = {};

  static Protection Public() { return {.kind = Kind::kPublic}; }
  static Protection Data(std::string type, char interaction) {
    return {.kind = Kind::kData, .types = {std::move(type)}, .interaction = interaction};
  }
  static Protection Each() { return {.kind = Kind::kEach}; }
  static Protection View(std::vector<std::string> types, std::vector<std::string> roles) {
    return {.kind = Kind::kView, .types = std::move(types), .roles = std::move(roles)};
  }
  static Protection Role(std::vector<std::string> roles) { return {.roles = std::move(roles)}; }
  static Protection All() { return {.kind = Kind::kAll, .types = {"*"}}; }
  /// The tab's views and the printed card.
  static Protection Record() {
    return View({"Patient", "Observation", "MedicationRequest"}, {"prescriber", "pharmacologist"});
  }
  /// Decision support: a record system asks for its prescribers.
  static Protection Decision() {
    return View({"Patient", "Observation", "MedicationRequest"}, {"prescriber", "cds-client"});
  }
};

}  // namespace genflik::http
