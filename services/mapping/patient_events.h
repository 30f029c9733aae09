#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/json.h"
#include "rules/gene_result.h"
#include "rules/text.h"

namespace genflik::mapping {

/// Something in a patient's life that changes what genetic results mean.
enum class EventKind {
  /// Allogeneic: blood carries the donor's genes from then on.
  kStemCellTransplant,
  /// The liver, where most drugs are metabolised, carries the donor's genes from then on.
  kLiverTransplant,
};
/// "stem-cell-transplant" or "liver-transplant".
std::string_view CodeOf(EventKind kind);

struct PatientEvent {
  EventKind kind = EventKind::kStemCellTransplant;
  /// FHIR dateTime; empty when not known.
  std::string date = {};
  std::string source = {};
};

/// Reads Procedures and Flags; others, and those not done or entered in error, give nothing.
[[nodiscard]] std::vector<PatientEvent> ReadEvents(const std::vector<fhir::Json>& resources);

/// What people should know about results while the event stands.
[[nodiscard]] rules::LocalText TextOf(EventKind kind);

/// What a resource tells a patient's record for the rules: its genetic results, or the
/// transplantation that it is (GeneResult::event).
[[nodiscard]] std::vector<rules::GeneResult> ReadForRecord(const fhir::Json& resource);

}  // namespace genflik::mapping
