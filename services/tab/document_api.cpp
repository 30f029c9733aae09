#include "services/tab/document_api.h"

#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/datatypes.h"
#include "services/core/error.h"
#include "services/lab/record.h"
#include "services/tab/compression.h"
#include "services/tab/document.h"
#include "services/tab/patient_path.h"

namespace genflik::tab {

void AddDocumentRoutes(http::Router& router, store::Store& store,
                       std::function<std::shared_ptr<const rules::KnowledgeBase>()> knowledge,
                       const core::Clock& clock, core::Ids& ids) {
  router.Add(
      "GET", "/record/{patient}/fhir-document",
      [&store, knowledge = std::move(knowledge), &clock, &ids](const http::Request& request) {
        DocumentFrame frame{.lang = request.Query("lang").value_or("sv"),
                            .base = request.base + "/fhir",
                            .document_id = ids.New(),
                            .composition_id = ids.New(),
                            .author_id = ids.New()};
        if (frame.lang != "sv" && frame.lang != "en") {
          throw core::Error(core::ErrorCode::kMalformed, "lang is \"sv\" or \"en\"");
        }
        const core::Instant now = clock.Now();
        const auto in_use = knowledge();
        const fhir::Json document = store.Read([&](const store::Reader& reader) {
          const std::string id = PatientIdOf(reader, request.Parameter("patient"), now);
          const fhir::Json record =
              lab::BuildRecord(*in_use, lab::ReadRecordInput(reader, id), now);
          const auto find = [&](std::string_view reference) -> std::optional<fhir::Json> {
            const auto parts = fhir::SplitReference(reference);
            if (!parts) return std::nullopt;
            const auto stored = reader.Find(parts->type, parts->id);
            return stored ? std::optional(stored->Body()) : std::nullopt;
          };
          return BuildDocument(record, find, frame);
        });
        return Pack(request,
                    http::MakeResponse(200, fhir::PrintJson(document), "application/fhir+json"));
      },
      http::Protection::Record());
}

}  // namespace genflik::tab
