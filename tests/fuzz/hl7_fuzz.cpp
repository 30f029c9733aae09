// Bytes as an HL7 v2 message: read into reports, or refused with a fault that names what is wrong.

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "services/lab/hl7_message.h"
#include "services/lab/hl7_oru_reader.h"
#include "services/lab/mllp.h"

namespace {

using namespace genflik;

void Read(std::string_view bytes) {
  std::vector<lab::Hl7Fault> faults;
  const auto message = lab::ReadHl7(bytes, "8859/1", faults);
  const lab::LabConfiguration plain;
  const auto today = std::chrono::year_month_day(std::chrono::year(2026) / 3 / 1);
  if (message) {
    lab::CheckHl7Header(*message, plain, faults);
    for (const lab::LabReport& report : lab::ReadOru(*message, plain, today, faults)) {
      // Text that is no UTF-8 could not be stored.
      for (const lab::LabResult& result : report.results) (void)fhir::PrintJson(result.observation);
      (void)fhir::PrintJson(report.report);
    }
  } else if (faults.empty()) {
    std::abort();
  }
  for (const lab::Hl7Fault& fault : faults) {
    if (fault.text.empty()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Read(bytes);
  for (const auto& message : lab::SplitMessages(bytes)) Read(message);
  lab::MllpFramer framer(4096);
  for (const auto& message : framer.Feed(bytes)) {
    if (message.size() > 4096) std::abort();
  }
  return 0;
}
