#include "services/mapping/patient_events.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/systems.h"
#include "rules/transplant.h"
#include "services/mapping/genomics.h"

namespace genflik::mapping {
namespace {

using fhir::FindText;
using fhir::Json;

struct EventCode {
  std::string_view snomed;
  EventKind kind;
};
constexpr std::array kCodes = {
    EventCode{"23719005", EventKind::kStemCellTransplant},   // bone marrow
    EventCode{"58390007", EventKind::kStemCellTransplant},   // allogeneic bone marrow
    EventCode{"234336002", EventKind::kStemCellTransplant},  // haemopoietic stem cells
    EventCode{"18027006", EventKind::kLiverTransplant},
};
// Flags are often words only; these are unmistakable.
constexpr std::array<std::pair<std::string_view, EventKind>, 6> kWords = {{
    {"stem cell transplant", EventKind::kStemCellTransplant},
    {"stamcellstransplant", EventKind::kStemCellTransplant},
    {"bone marrow transplant", EventKind::kStemCellTransplant},
    {"benmärgstransplant", EventKind::kStemCellTransplant},
    {"liver transplant", EventKind::kLiverTransplant},
    {"levertransplant", EventKind::kLiverTransplant},
}};

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

std::optional<EventKind> KindOfWords(std::string_view words) {
  const std::string lower = Lower(words);
  // An autologous transplantation gives back the patient's own cells.
  if (lower.find("autolog") != std::string::npos) return std::nullopt;
  for (const auto& [word, kind] : kWords) {
    if (lower.find(word) != std::string::npos) return kind;
  }
  return std::nullopt;
}

std::optional<EventKind> KindOf(const Json& concept_value) {
  for (const Json& coding : fhir::FindArray(concept_value, "coding")) {
    if (FindText(coding, "system") == fhir::systems::kSnomed) {
      for (const EventCode& known : kCodes) {
        if (FindText(coding, "code") == known.snomed) return known.kind;
      }
    }
    if (const auto kind = KindOfWords(FindText(coding, "display"))) return kind;
  }
  return KindOfWords(FindText(concept_value, "text"));
}

bool Happened(std::string_view status) {
  return status != "entered-in-error" && status != "not-done" && status != "preparation";
}

std::string DateOf(const Json& resource) {
  const std::string_view performed = FindText(resource, "performedDateTime");
  if (!performed.empty()) return std::string(performed);
  for (const std::string_view name : {"performedPeriod", "period"}) {
    if (const Json* period = fhir::Find(resource, name)) {
      return std::string(FindText(*period, "start"));
    }
  }
  return "";
}

}  // namespace

std::string_view CodeOf(EventKind kind) {
  return kind == EventKind::kStemCellTransplant ? rules::kStemCellTransplant
                                                : rules::kLiverTransplant;
}

std::vector<rules::GeneResult> ReadForRecord(const Json& resource) {
  const std::string_view type = FindText(resource, "resourceType");
  if (type != "Procedure" && type != "Flag") return ReadGeneResults(resource);
  std::vector<rules::GeneResult> results;
  for (PatientEvent& event : ReadEvents({resource})) {
    results.push_back({.effective = std::move(event.date),
                       .source = std::move(event.source),
                       .event = std::string(CodeOf(event.kind))});
  }
  return results;
}

std::vector<PatientEvent> ReadEvents(const std::vector<Json>& resources) {
  std::vector<PatientEvent> events;
  for (const Json& resource : resources) {
    const Json* code = fhir::Find(resource, "code");
    if (code == nullptr || !Happened(FindText(resource, "status"))) continue;
    const auto kind = KindOf(*code);
    if (!kind) continue;
    events.push_back({.kind = *kind,
                      .date = DateOf(resource),
                      .source = std::string(FindText(resource, "resourceType")) + "/" +
                                std::string(FindText(resource, "id"))});
  }
  return events;
}

rules::LocalText TextOf(EventKind kind) {
  if (kind == EventKind::kStemCellTransplant) {
    return {.en = "Stem-cell transplantation: results from blood taken afterwards are the donor's.",
            .sv = "Stamcellstransplantation: svar på blod som tagits efteråt gäller givaren."};
  }
  return {.en = "Liver transplantation: the liver metabolises with the donor's genes.",
          .sv = "Levertransplantation: levern metaboliserar med givarens gener."};
}

}  // namespace genflik::mapping
