#include "services/lab/outside_calls.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <utility>

#include "rules/allele_definition.h"
#include "services/core/error.h"

namespace genflik::lab {

namespace {

std::string_view Trim(std::string_view text) {
  const char* blank = " \r\n";
  const size_t first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

bool SaysNoCall(std::string_view text) { return text == "." || text == "./." || text == ".|."; }

void AddOnce(std::vector<std::string>& list, std::string_view value) {
  if (value.empty() || std::find(list.begin(), list.end(), value) != list.end()) return;
  list.emplace_back(value);
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// "CYP2D6*1.001" as "*1", "HLA-A*31:01:02" and "A*31:01:02" as "*31:01"; anything else as it is.
std::string CanonicalAllele(std::string_view gene, std::string_view text) {
  text = Trim(text);
  if (text.starts_with(gene)) text = Trim(text.substr(gene.size()));
  const bool hla = gene.starts_with("HLA-");
  if (hla && text.starts_with(gene.substr(4))) text = Trim(text.substr(gene.size() - 4));
  std::string allele(text);
  if (!text.starts_with('*')) return allele;
  if (hla) {
    const size_t first = allele.find(':');
    const size_t second = first == std::string::npos ? first : allele.find(':', first + 1);
    if (second != std::string::npos) allele.erase(second);
    return allele;
  }
  // PharmVar numbers suballeles with three digits after a dot.
  for (size_t dot = allele.find('.'); dot != std::string::npos; dot = allele.find('.', dot + 1)) {
    size_t end = dot + 1;
    while (end < allele.size() && IsDigit(allele[end])) ++end;
    if (dot > 0 && IsDigit(allele[dot - 1]) && end - dot == 4) allele.erase(dot, 4);
  }
  return allele;
}

std::string CanonicalDiplotype(std::string_view gene, std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos || text.find('/', slash + 1) != std::string_view::npos) {
    return slash == std::string_view::npos ? CanonicalAllele(gene, text) : std::string(text);
  }
  std::string first = CanonicalAllele(gene, text.substr(0, slash));
  std::string second = CanonicalAllele(gene, text.substr(slash + 1));
  const bool stars = first.starts_with('*') && second.starts_with('*');
  if (stars && rules::NameLess(second, first)) std::swap(first, second);
  return first + "/" + second;
}

/// Several diplotypes stand in the order of their names, as the other program wrote them. What it
/// says of their meaning is in the order of the file, and then they are too.
void Order(OutsideCall& call, const std::vector<std::string>& written) {
  if (!call.phenotypes.empty() || !call.activity_scores.empty()) return;
  std::vector<size_t> order(call.diplotypes.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&written](size_t a, size_t b) {
    return rules::NameLess(written[a], written[b]);
  });
  std::vector<std::string> sorted;
  for (const size_t at : order) sorted.push_back(call.diplotypes[at]);
  call.diplotypes = std::move(sorted);
}

OutsideCall& Of(std::vector<OutsideCall>& calls, std::string_view gene) {
  for (OutsideCall& call : calls) {
    if (call.gene == gene) return call;
  }
  calls.push_back({.gene = std::string(gene)});
  return calls.back();
}

}  // namespace

std::vector<OutsideCall> ReadOutsideCalls(std::string_view text, const std::string& name) {
  std::vector<OutsideCall> calls;
  // By gene, the diplotypes as they stand in the file.
  std::map<std::string, std::vector<std::string>> written;
  size_t number = 0;
  const auto fail = [&](int column, const std::string& why) {
    throw core::Error(core::ErrorCode::kMalformed, name + ", line " + std::to_string(number) +
                                                       ", column " + std::to_string(column) + ": " +
                                                       why);
  };
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  while (!text.empty()) {
    ++number;
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (Trim(line).empty() || line.front() == '#') continue;
    // Columns after the fourth are the other program's own.
    std::array<std::string_view, 4> fields = {};
    for (auto& field : fields) {
      const size_t tab = line.find('\t');
      field = Trim(line.substr(0, tab));
      line = tab == std::string_view::npos ? std::string_view() : line.substr(tab + 1);
    }
    if (fields[0].empty()) fail(1, "no gene");
    if (fields[1].empty() && fields[2].empty() && fields[3].empty()) {
      fail(2, "neither diplotype, phenotype nor activity score for " + std::string(fields[0]));
    }
    OutsideCall& call = Of(calls, fields[0]);
    const size_t before = call.diplotypes.size();
    if (!SaysNoCall(fields[1]) && !fields[1].empty())
      AddOnce(call.diplotypes, CanonicalDiplotype(fields[0], fields[1]));
    if (call.diplotypes.size() > before) written[call.gene].emplace_back(fields[1]);
    AddOnce(call.phenotypes, fields[2]);
    AddOnce(call.activity_scores, fields[3]);
  }
  for (OutsideCall& call : calls) Order(call, written[call.gene]);
  return calls;
}

}  // namespace genflik::lab
