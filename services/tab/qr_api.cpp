#include "services/tab/qr_api.h"

#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/core/error.h"
#include "services/lab/record.h"
#include "services/tab/compression.h"
#include "services/tab/patient_path.h"
#include "services/tab/wallet_card.h"

namespace genflik::tab {
namespace {

std::string LanguageOf(const http::Request& request) {
  const std::string lang = request.Query("lang").value_or("sv");
  if (lang != "sv" && lang != "en") {
    throw core::Error(core::ErrorCode::kMalformed, "lang is \"sv\" or \"en\"");
  }
  return lang;
}

}  // namespace

void AddCardRoutes(http::Router& router, store::Store& store,
                   std::function<std::shared_ptr<const rules::KnowledgeBase>()> knowledge,
                   const core::Clock& clock) {
  router.Add(
      "GET", "/record/{patient}/card.svg",
      [&store, knowledge = std::move(knowledge), &clock](const http::Request& request) {
        const std::string lang = LanguageOf(request);
        const core::Instant now = clock.Now();
        std::string id;
        const lab::RecordInput input = store.Read([&](const store::Reader& reader) {
          id = PatientIdOf(reader, request.Parameter("patient"), now);
          return lab::ReadRecordInput(reader, id);
        });
        const fhir::Json record = lab::BuildRecord(*knowledge(), input, now);
        // An id of a stored resource has no character that a query would take amiss
        // (http://hl7.org/fhir/R4/datatypes.html#id).
        const std::string link = request.base + "/tab/?patient=" + id;
        return Pack(request,
                    http::MakeResponse(200, RenderCard(record, lang, link), "image/svg+xml")
                        .Set("Content-Security-Policy", "default-src 'none'; sandbox"));
      },
      http::Protection::Record());
}

}  // namespace genflik::tab
