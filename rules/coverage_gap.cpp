#include "rules/coverage_gap.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace genflik::rules {
namespace {

// The alleles with altered function that every test of CYP2D6 should find, with the number of
// copies (AMP tier 1: Pratt et al. 2021, doi:10.1016/j.jmoldx.2021.05.013).
constexpr std::array<std::string_view, 9> kCyp2d6 = {"*3",  "*4",  "*5",  "*6", "*9",
                                                     "*10", "*17", "*29", "*41"};

// "*4.001" is found by a test for *4, and the other way.
std::string_view CoreName(std::string_view name) {
  const size_t dot = name.find('.');
  const bool core = name.starts_with('*') && dot != std::string_view::npos;
  return core ? name.substr(0, dot) : name;
}

class Coverages {
 public:
  Coverages(const Gene& gene, const std::vector<GeneResult>& results) : gene_(gene) {
    for (const GeneResult& result : results) {
      const Coverage& one = result.coverage;
      const bool told = one.known && (!one.alleles.empty() || !one.positions.empty());
      all_told_ = all_told_ && told;
      names_.insert(names_.end(), one.alleles.begin(), one.alleles.end());
      names_.insert(names_.end(), one.positions.begin(), one.positions.end());
      copy_number_ = copy_number_ || one.copy_number;
    }
    all_told_ = all_told_ && !results.empty();
  }

  bool all_told() const { return all_told_; }
  bool copy_number() const { return copy_number_; }

  bool Has(std::string_view allele) const {
    const Allele* wanted = gene_.FindAllele(allele);
    return std::ranges::any_of(names_, [&](const std::string& name) {
      return name == allele || (wanted != nullptr && gene_.FindAllele(CoreName(name)) == wanted);
    });
  }

  bool Has(const TestedVariant& variant) const {
    const auto named = [&](const std::string& name) {
      return name == variant.rsid || std::ranges::find(variant.names, name) != variant.names.end();
    };
    return std::ranges::any_of(names_, named) ||
           std::ranges::any_of(variant.alternatives,
                               [&](const auto& base) { return Has(base.second); });
  }

 private:
  const Gene& gene_;
  std::vector<std::string> names_;
  bool all_told_ = true;
  bool copy_number_ = false;
};

const TestedVariant* VariantOf(const Gene& gene, const std::string& rsid) {
  const auto found = std::ranges::find(gene.variants, rsid, &TestedVariant::rsid);
  return found == gene.variants.end() ? nullptr : &*found;
}

std::vector<std::string> MissingOfPanel(const Gene& gene, const Coverages& looked_for) {
  std::vector<std::string> missing;
  for (const std::vector<std::string>& one_of : gene.panel) {
    const bool any = std::ranges::any_of(one_of, [&](const std::string& rsid) {
      const TestedVariant* variant = VariantOf(gene, rsid);
      return variant != nullptr && looked_for.Has(*variant);
    });
    if (any || one_of.empty()) continue;
    const TestedVariant* variant = VariantOf(gene, one_of.back());
    const bool named = variant != nullptr && !variant->alternatives.empty();
    missing.push_back(named ? variant->alternatives.front().second : one_of.back());
  }
  return missing;
}

}  // namespace

std::optional<std::vector<std::string>> NotLookedFor(const Gene& gene,
                                                     const std::vector<GeneResult>& results) {
  const Coverages looked_for(gene, results);
  if (!looked_for.all_told()) return std::nullopt;
  if (!gene.panel.empty()) return MissingOfPanel(gene, looked_for);
  if (gene.symbol != "CYP2D6") return std::nullopt;
  std::vector<std::string> missing;
  for (const std::string_view allele : kCyp2d6) {
    if (!looked_for.Has(allele)) missing.emplace_back(allele);
  }
  if (!looked_for.copy_number()) missing.emplace_back(kCopyNumber);
  return missing;
}

}  // namespace genflik::rules
