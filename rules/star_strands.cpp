#include "rules/star_strands.h"

#include <algorithm>
#include <unordered_set>

namespace genflik::rules {

std::vector<BaseLabel> Strands::Strand(int copy, uint64_t flipped) const {
  std::vector<BaseLabel> strand(labels.size(), kReferenceBase);
  for (size_t i = 0; i < labels.size(); ++i) strand[i] = labels[i][0];
  for (size_t i = 0; i < hets.size(); ++i) {
    const bool turned = ((flipped >> group[i]) & 1U) != 0;
    strand[hets[i]] = labels[hets[i]][static_cast<size_t>(copy) ^ (turned ? 1U : 0U)];
  }
  return strand;
}

std::string StrandName::Text() const {
  if (parts.size() == 1) return parts.front();
  std::string text = "[";
  for (const std::string& part : parts) text += (text.size() > 1 ? " + " : "") + part;
  return text + "]";
}

bool StrandNameLess(const StrandName& a, const StrandName& b) {
  if (a.parts.size() != b.parts.size()) return a.parts.size() < b.parts.size();
  for (size_t i = 0; i < a.parts.size(); ++i) {
    if (a.parts[i] != b.parts[i]) return NameLess(a.parts[i], b.parts[i]);
  }
  return false;
}

CalledDiplotype Join(const std::vector<StrandName>& strands) {
  std::vector<StrandName> sorted = strands;
  std::stable_sort(sorted.begin(), sorted.end(), StrandNameLess);
  CalledDiplotype diplotype;
  for (const StrandName& strand : sorted) {
    diplotype.haplotypes.push_back(strand.Text());
    diplotype.text += (diplotype.text.empty() ? "" : "/") + diplotype.haplotypes.back();
    diplotype.score += strand.score;
  }
  return diplotype;
}

void SortDiplotypes(std::vector<CalledDiplotype>& diplotypes) {
  std::stable_sort(diplotypes.begin(), diplotypes.end(),
                   [](const CalledDiplotype& a, const CalledDiplotype& b) {
                     if (a.score != b.score) return a.score > b.score;
                     return NameLess(a.text, b.text);
                   });
  std::unordered_set<std::string> seen;
  const auto repeated = [&](const CalledDiplotype& diplotype) {
    return !seen.insert(diplotype.text).second;
  };
  diplotypes.erase(std::remove_if(diplotypes.begin(), diplotypes.end(), repeated),
                   diplotypes.end());
}

AlleleMask MaskOf(BaseLabel label) {
  return label < 0 || label >= kFirstOtherBase ? 0 : AlleleMask{1} << label;
}

}  // namespace genflik::rules
