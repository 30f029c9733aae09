#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "services/mapping/genomics_alleles.h"
#include "services/mapping/genomics_words.h"

// Genotypes of genes that are reported by one variant.

namespace genflik::mapping {
namespace {

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }

/// What variants of single-variant genes are called.
constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kVariantNames = {{
    {"VKORC1", "c.-1639g>a"},
    {"VKORC1", "-1639g>a"},
    {"VKORC1", "-1639 g>a"},
    {"VKORC1", "1639g>a"},
    {"VKORC1", "-1639"},
    {"F5", "leiden"},
    {"F5", "c.1601g>a"},
    {"F5", "1691g>a"},
    {"F5", "g1691a"},
    {"F2", "c.*97g>a"},
    {"F2", "20210g>a"},
    {"F2", "g20210a"},
    {"ABCG2", "c.421c>a"},
    {"ABCG2", "421c>a"},
    {"ABCG2", "q141k"},
    {"F5", "r506q"},
}};
char Complement(char base) {
  switch (base) {
    case 'A':
      return 'T';
    case 'C':
      return 'G';
    case 'G':
      return 'C';
    case 'T':
      return 'A';
    default:
      return base;
  }
}

/// Two bases out of "C/T", "CT", "C|T", "rs… reference (C)/rs… variant (T)".
std::string BasesOf(std::string_view text) {
  std::string bases;
  if (text.find('(') != std::string_view::npos) {
    for (size_t i = 0; i + 2 < text.size(); ++i) {
      if (text[i] == '(' && text[i + 2] == ')') bases += text[i + 1];
    }
    return bases;
  }
  for (const char c : text) {
    if (IsUpper(c)) {
      bases += c;
    } else if (std::string_view("/| ;").find(c) == std::string_view::npos) {
      return "";
    }
  }
  return bases;
}

/// Takes off the name of the variant: rs number, or what it is called otherwise.
bool TakeVariantName(std::string& text, const SingleVariant& single) {
  const std::string lower = LowerCase(text);
  std::string_view name;
  if (lower.starts_with(single.rs)) name = single.rs;
  for (const auto& [gene, known] : kVariantNames) {
    if (name.empty() && gene == single.gene && lower.starts_with(known)) name = known;
  }
  if (name.empty()) return false;
  text.erase(0, name.size());
  while (!text.empty() && (text.front() == ' ' || text.front() == ':')) text.erase(text.begin());
  return true;
}

}  // namespace

std::optional<std::string> ReadSingleVariant(std::string_view text, const SingleVariant& single,
                                             std::string_view zygosity) {
  std::string rest(text);
  const bool knowledge_form =
      rest.find(" (") != std::string::npos || rest.find(" reference") != std::string::npos;
  const bool named = TakeVariantName(rest, single);
  if (!named && !rest.empty() && !IsUpper(rest.front())) return std::nullopt;
  std::string bases = BasesOf(rest);
  if (named && (zygosity == "absent" || (zygosity.empty() && IsReferenceWord(rest)))) {
    if (!rest.empty() && !IsReferenceWord(rest)) return std::nullopt;
    return std::string(single.rs) + " " + single.reference + "/" + single.reference;
  }
  if (bases.empty() && named && rest.empty() && !zygosity.empty()) {
    bases = zygosity == "homozygous" ? std::string(2, single.variant)
                                     : std::string{single.reference, single.variant};
  }
  if (bases.size() != 2 || (knowledge_form && !named)) return std::nullopt;
  const auto on_strand = [&] {
    return std::all_of(bases.begin(), bases.end(),
                       [&](char c) { return c == single.reference || c == single.variant; });
  };
  if (!on_strand()) {
    std::transform(bases.begin(), bases.end(), bases.begin(), Complement);
    if (!on_strand()) return std::nullopt;
  }
  if (bases[0] == single.variant) std::swap(bases[0], bases[1]);
  if ((zygosity == "homozygous") != (bases[0] == bases[1]) && !zygosity.empty()) {
    return std::nullopt;
  }
  return std::string(single.rs) + " " + bases[0] + "/" + bases[1];
}

}  // namespace genflik::mapping
