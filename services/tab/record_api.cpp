#include "services/tab/record_api.h"

#include <chrono>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/core/error.h"
#include "services/lab/patients.h"
#include "services/lab/record.h"

namespace genflik::tab {
namespace {

/// The logical id that a path segment means: itself, or the patient with identifier
/// "system|value".
std::string PatientId(const store::Reader& reader, std::string_view segment, core::Instant now) {
  const size_t bar = segment.find('|');
  if (bar == std::string_view::npos) return std::string(segment);
  fhir::IssueLog log;
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now));
  const auto identifier =
      mapping::NormaliseIdentifier(segment.substr(0, bar), segment.substr(bar + 1), today, log);
  if (!identifier) {
    throw core::Error(core::ErrorCode::kInvalid, "this cannot be a patient's identifier");
  }
  std::string id = lab::FindPatient(reader, {*identifier});
  if (id.empty()) throw core::Error(core::ErrorCode::kNotFound, "there is no such patient");
  return id;
}

}  // namespace

void AddRecordRoutes(http::Router& router, store::Store& store,
                     std::function<std::shared_ptr<const rules::KnowledgeBase>()> knowledge,
                     const core::Clock& clock) {
  router.Add("GET", "/record/{patient}",
             [&store, knowledge = std::move(knowledge), &clock](const http::Request& request) {
               const core::Instant now = clock.Now();
               const lab::RecordInput input = store.Read([&](const store::Reader& reader) {
                 const std::string id = PatientId(reader, request.Parameter("patient"), now);
                 return lab::ReadRecordInput(reader, id);
               });
               return http::MakeResponse(
                   200, fhir::PrintJson(lab::BuildRecord(*knowledge(), input, now)),
                   "application/json");
             });
}

}  // namespace genflik::tab
