#include <algorithm>

#include "rules/star_strands.h"

// Genes in which every variant is an allele of its own (DPYD, RYR1). Where the phase is known, what
// lies on each strand is named together; where it is not, all alleles are listed and the reader of
// the list decides by the lowest function
// (CPIC guideline for fluoropyrimidines and DPYD, doi:10.1002/cpt.911).

namespace genflik::rules {

namespace {

constexpr size_t kMaxGroups = 12;

bool IsVariant(BaseLabel label) { return label > 0 && label < kFirstOtherBase; }

/// Options that leave the alleles of linked markers out; they are named apart.
ComposeOptions WithoutLinked(const GeneDefinition& gene) {
  ComposeOptions options;
  options.partial = false;
  if (gene.linked) {
    options.skip_alleles.assign(gene.alleles.size(), 0);
    options.skip_alleles[gene.linked->alone] = 1;
    options.skip_alleles[gene.linked->both] = 1;
  }
  return options;
}

/// The allele that the linked markers of one strand mean, and its points; nothing for none. Sets
/// both to the reference, so that nothing else is made of them.
std::optional<std::pair<std::string, int>> TakeLinked(const Strands& strands,
                                                      std::vector<BaseLabel>& strand) {
  const auto& linked = strands.gene->linked;
  if (!linked) return std::nullopt;
  const auto state = [&](size_t position) {
    const bool known = strands.present[position] != 0 && strand[position] != kMissingBase;
    const bool variant = known && IsVariant(strand[position]);
    strand[position] = kReferenceBase;
    return std::make_pair(known, variant);
  };
  const auto [marker_known, marker] = state(linked->marker);
  const auto [proxy_known, proxy] = state(linked->proxy);
  const auto& alleles = strands.gene->alleles;
  if (marker && proxy) return std::make_pair(alleles[linked->both].Reported(), 2);
  if (marker) return std::make_pair(alleles[linked->alone].Reported(), 1);
  // The proxy counts only where the deciding marker was not tested.
  if (proxy && !marker_known) {
    const int points = strands.present[linked->marker] != 0 ? 2 : 1;
    return std::make_pair(alleles[linked->both].Reported(), points);
  }
  return std::nullopt;
}

std::vector<StrandName> NameStrand(const Strands& strands, std::vector<BaseLabel> strand) {
  const auto linked = TakeLinked(strands, strand);
  std::vector<StrandName> names = ComposeStrand(strands, strand, WithoutLinked(*strands.gene));
  if (!linked) return names;
  const std::string& reference = strands.gene->Reference().Reported();
  for (StrandName& name : names) {
    if (name.parts.size() == 1 && name.parts.front() == reference) name = {};
    name.parts.push_back(linked->first);
    std::sort(name.parts.begin(), name.parts.end(), NameLess);
    name.score += linked->second;
  }
  return names;
}

}  // namespace

std::vector<CalledDiplotype> MatchVariantsByStrand(const Strands& strands,
                                                   std::vector<std::string>& notes) {
  if (strands.groups > kMaxGroups) {
    notes.emplace_back("too many phase sets to write out what lies together");
    return {};
  }
  std::vector<CalledDiplotype> diplotypes;
  const uint64_t arrangements = strands.groups < 2 ? 1 : uint64_t{1} << (strands.groups - 1);
  for (uint64_t arrangement = 0; arrangement < arrangements; ++arrangement) {
    const auto first = NameStrand(strands, strands.Strand(0, arrangement << 1));
    const auto second = NameStrand(strands, strands.Strand(1, arrangement << 1));
    for (const StrandName& a : first) {
      for (const StrandName& b : second) diplotypes.push_back(Join({a, b}));
    }
  }
  SortDiplotypes(diplotypes);
  return diplotypes;
}

std::vector<std::string> ListVariants(const Strands& strands) {
  const GeneDefinition& gene = *strands.gene;
  std::vector<std::string> found;
  const auto copies_of = [&](const NamedAllele& allele) {
    int copies = 2;
    bool usable = false;
    for (const DefinedBase& base : allele.bases) {
      if (strands.present[base.position] == 0) continue;
      usable = true;
      int here = 0;
      for (const BaseLabel label : strands.labels[base.position]) {
        if ((MaskOf(label) & base.mask) != 0) ++here;
      }
      copies = std::min(copies, here);
    }
    return usable ? copies : 0;
  };
  const auto add = [&](const NamedAllele& allele, int copies) {
    for (int i = 0; i < copies; ++i) found.push_back(allele.Reported());
  };
  for (size_t i = 0; i < gene.alleles.size(); ++i) {
    if (gene.alleles[i].reference) continue;
    if (gene.linked && (i == gene.linked->alone || i == gene.linked->both)) continue;
    add(gene.alleles[i], copies_of(gene.alleles[i]));
  }
  if (gene.linked) {
    const auto count = [&](size_t position) {
      const auto& labels = strands.labels[position];
      if (strands.present[position] == 0) return 0;
      return (IsVariant(labels[0]) ? 1 : 0) + (IsVariant(labels[1]) ? 1 : 0);
    };
    const int marker = count(gene.linked->marker);
    const int proxy = count(gene.linked->proxy);
    const bool marker_known = strands.present[gene.linked->marker] != 0;
    const int both = marker_known ? std::min(marker, proxy) : proxy;
    add(gene.alleles[gene.linked->both], both);
    add(gene.alleles[gene.linked->alone], marker - (marker_known ? both : 0));
  }
  if (found.size() < 2) found.push_back(gene.Reference().Reported());
  std::stable_sort(found.begin(), found.end(), NameLess);
  if (found.size() == 1) found.push_back(found.front());
  return found;
}

}  // namespace genflik::rules
