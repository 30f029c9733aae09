#pragma once

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "tests/support/places.h"

// Tables of facts in tests/data/rules: tab-separated, a header row, lines of remarks with "#".

namespace genflik::rules {

using TableRow = std::map<std::string, std::string>;

inline std::vector<std::string> SplitText(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else if (c != '\r') {
      parts.back() += c;
    }
  }
  return parts;
}

/// The rows by column name; "-" means nothing and is read as empty.
inline std::vector<TableRow> ReadFacts(const std::string& name) {
  std::ifstream stream(tests::TestData() + "/rules/" + name);
  std::vector<TableRow> rows;
  std::vector<std::string> header;
  std::string line;
  while (std::getline(stream, line)) {
    if (line.empty() || line.front() == '#') continue;
    const std::vector<std::string> fields = SplitText(line, '\t');
    if (header.empty()) {
      header = fields;
      continue;
    }
    TableRow row;
    for (size_t i = 0; i < header.size() && i < fields.size(); ++i) {
      row[header[i]] = fields[i] == "-" ? "" : fields[i];
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace genflik::rules
