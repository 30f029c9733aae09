#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "services/lab/lab_configuration.h"
#include "services/lab/lab_report.h"

// Panel tables and exports of old results: TSV, CSV or semicolon-separated text with a heading.

namespace genflik::lab {

/// One row that cannot be used, or not as it stands.
struct RowProblem {
  /// Line of the file, the heading being 1.
  size_t line = 0;
  std::string column = {};
  std::string text = {};
  /// The row as it came.
  std::string original = {};
};

/// A row as a report, with its line.
struct TableRow {
  size_t line = 0;
  LabReport report = {};
  /// The row as it came.
  std::string original = {};
};

struct Table {
  /// The first line: with it a row can be read again by itself.
  std::string heading = {};
  std::vector<TableRow> rows = {};
  std::vector<RowProblem> problems = {};
  /// Data rows in the file, used or not.
  size_t count = 0;
};

/// The fields of one line; quotes keep separators, a doubled quote stands for one.
[[nodiscard]] std::vector<std::string> SplitRow(std::string_view line, char separator);

/// Reads a table by the columns of the configuration; without any, by the usual names of columns in
/// Swedish and English ("personnummer", "gen", "genotyp", "date", …). Each row becomes one report
/// of one patient; a row whose patient or genotype cannot be read is a problem and gives none.
/// Throws Error(kInvalid) when the heading does not say where patient and result are.
[[nodiscard]] Table ReadTable(std::string_view bytes, const LabConfiguration& lab,
                              std::chrono::year_month_day today);

}  // namespace genflik::lab
