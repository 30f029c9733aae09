#include "services/tab/record_api.h"

#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/lab/record.h"
#include "services/security/access.h"
#include "services/tab/compression.h"
#include "services/tab/patient_path.h"
#include "services/tab/reading_log.h"

namespace genflik::tab {

void AddRecordRoutes(http::Router& router, store::Store& store,
                     std::function<std::shared_ptr<const rules::KnowledgeBase>()> knowledge,
                     const core::Clock& clock) {
  const http::Handler answer = [&store, knowledge = std::move(knowledge),
                                &clock](const http::Request& request) {
    const core::Instant now = clock.Now();
    std::string id;
    const lab::RecordInput input = store.Read([&](const store::Reader& reader) {
      id = PatientIdOf(reader, request.Parameter("patient"), now);
      return lab::ReadRecordInput(reader, id);
    });
    fhir::Json record = lab::BuildRecord(*knowledge(), input, now);
    if (security::HasHidden(id)) {
      // That there is more, not what.
      record["blocked"] = true;
    } else {
      // Genflik keeps for itself what it has shown; who looks needs no right to write.
      const security::ActingAs itself(security::OwnWork());
      NoteReadings(store, record, id);
    }
    return Pack(request, http::MakeResponse(200, fhir::PrintJson(record), "application/json"));
  };
  router.Add("GET", "/record/{patient}", answer, http::Protection::Record());
  // The system of an identifier is a URI, whose slashes are decoded by the time the path is
  // matched.
  router.Add("GET", "/record/{patient...}", answer, http::Protection::Record());
}

}  // namespace genflik::tab
