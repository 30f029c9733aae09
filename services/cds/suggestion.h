#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json.h"
#include "services/alerts/alert_policy.h"
#include "services/cds/card.h"
#include "services/cds/dose_step.h"

// Suggestions: https://cds-hooks.hl7.org/2.0/#suggestion. Each is one click for the prescriber.

namespace genflik::cds {

/// A suggestion of `actions` with an id of its own.
[[nodiscard]] fhir::Json MakeSuggestion(const CardFrame& frame, std::string_view subject,
                                        std::string label, std::vector<fhir::Json> actions,
                                        bool recommended);

/// True where an instruction is given once or calls itself a loading dose ("laddningsdos").
[[nodiscard]] bool HasLoadingDose(const fhir::Json& order);

/// The order with each dose as it is, once a day; its texts go. Nothing where it is not one dose
/// some times a day.
[[nodiscard]] std::optional<fhir::Json> OnceADay(const fhir::Json& order);

/// The order with every dose changed to an amount that can be given, and its limits with it; all
/// else stays as the EHR sent it. Texts that name the old dose are rewritten or left out. Nothing
/// when no dose can be changed.
[[nodiscard]] std::optional<fhir::Json> ScaleOrder(const fhir::Json& order,
                                                   const DoseChange& change, const Pieces& pieces);
/// Notes `text` on the order by an extension with this URL, in the place of an earlier note.
void MarkOrder(fhir::Json& order, std::string_view url, const std::string& text);

/// "update" of an order that was sent.
[[nodiscard]] fhir::Json UpdateAction(const CardFrame& frame, fhir::Json order,
                                      std::string description);
/// "delete" of an order that was sent.
[[nodiscard]] fhir::Json DeleteAction(const std::string& reference, std::string description);
/// "create" of a new order for another drug, without a dose: that is the prescriber's.
[[nodiscard]] fhir::Json CreateDrugAction(const CardFrame& frame, const fhir::Json& order,
                                          const std::string& drug);
/// "create" of an order for a genotyping.
[[nodiscard]] fhir::Json CreateTestAction(const CardFrame& frame, const fhir::Json& order,
                                          const std::string& gene);

}  // namespace genflik::cds
