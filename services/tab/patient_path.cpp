#include "services/tab/patient_path.h"

#include <chrono>

#include "services/core/error.h"
#include "services/lab/patients.h"

namespace genflik::tab {

std::string PatientIdOf(const store::Reader& reader, std::string_view segment, core::Instant now) {
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

}  // namespace genflik::tab
