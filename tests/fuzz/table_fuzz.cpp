// Bytes as a table of results: every row is read or named as a problem.

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <nlohmann/json.hpp>

#include "services/core/error.h"
#include "services/lab/table_reader.h"

using namespace genflik;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    const auto today = std::chrono::year_month_day(std::chrono::year(2026) / 3 / 1);
    const lab::Table table = lab::ReadTable(bytes, {}, today);
    if (table.rows.size() + table.problems.size() < table.count) std::abort();
    for (const lab::TableRow& row : table.rows) {
      if (row.report.results.empty()) std::abort();
      for (const auto& result : row.report.results) (void)fhir::PrintJson(result.observation);
    }
  } catch (const core::Error& error) {
    if (std::string_view(error.what()).empty()) std::abort();
  }
  return 0;
}
