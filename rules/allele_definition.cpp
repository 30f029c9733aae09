#include "rules/allele_definition.h"

#include <algorithm>
#include <cctype>

namespace genflik::rules {

namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// The digits that start at `at`, without leading zeros.
std::string_view NumberAt(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && IsDigit(text[end])) ++end;
  while (at + 1 < end && text[at] == '0') ++at;
  return text.substr(at, end - at);
}

}  // namespace

bool NameLess(std::string_view a, std::string_view b) {
  size_t i = 0;
  size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (IsDigit(a[i]) && IsDigit(b[j])) {
      const std::string_view left = NumberAt(a, i);
      const std::string_view right = NumberAt(b, j);
      if (left.size() != right.size()) return left.size() < right.size();
      if (left != right) return left < right;
      while (i < a.size() && IsDigit(a[i])) ++i;
      while (j < b.size() && IsDigit(b[j])) ++j;
      continue;
    }
    if (a[i] != b[j]) return a[i] < b[j];
    ++i;
    ++j;
  }
  return a.size() - i < b.size() - j;
}

bool DefinedPosition::HasIndel() const {
  return std::any_of(alts.begin(), alts.end(),
                     [this](const std::string& alt) { return alt.size() != ref.size(); });
}

std::optional<size_t> GeneDefinition::FindPosition(int64_t position) const {
  const auto found = std::lower_bound(
      positions.begin(), positions.end(), position,
      [](const DefinedPosition& defined, int64_t value) { return defined.position < value; });
  if (found == positions.end() || found->position != position) return std::nullopt;
  return static_cast<size_t>(found - positions.begin());
}

std::optional<size_t> GeneDefinition::FindPosition(std::string_view rsid) const {
  for (size_t i = 0; i < positions.size(); ++i) {
    if (!rsid.empty() && positions[i].rsid == rsid) return i;
  }
  return std::nullopt;
}

std::optional<size_t> GeneDefinition::FindAllele(std::string_view name) const {
  for (size_t i = 0; i < alleles.size(); ++i) {
    if (alleles[i].name == name) return i;
  }
  return std::nullopt;
}

std::string GeneDefinition::LabelOf(size_t position) const {
  const DefinedPosition& defined = positions[position];
  if (!defined.rsid.empty()) return defined.rsid;
  return chromosome + ":" + std::to_string(defined.position);
}

std::string GeneDefinition::VariantName(size_t position, std::string_view bases) const {
  const DefinedPosition& defined = positions[position];
  if (bases.empty()) return "g." + std::to_string(defined.position) + "?";
  for (size_t i = 0; i < defined.alt_names.size(); ++i) {
    if (defined.alts[i] == bases) return defined.alt_names[i];
  }
  return "g." + std::to_string(defined.position) + defined.ref + ">" + std::string(bases);
}

}  // namespace genflik::rules
