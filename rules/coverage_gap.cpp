#include "rules/coverage_gap.h"

#include <algorithm>
#include <string_view>

namespace genflik::rules {
namespace {

// "*4.001" is found by a test for *4, and the other way.
std::string_view CoreName(std::string_view name) {
  const size_t dot = name.find('.');
  const bool core = name.starts_with('*') && dot != std::string_view::npos;
  return core ? name.substr(0, dot) : name;
}

bool IsNamed(const TestedVariant& variant, std::string_view name) {
  return name == variant.rsid || std::ranges::find(variant.names, name) != variant.names.end();
}

const TestedVariant* VariantOf(const Gene& gene, std::string_view name) {
  const auto found = std::ranges::find_if(
      gene.variants, [&](const TestedVariant& variant) { return IsNamed(variant, name); });
  return found == gene.variants.end() ? nullptr : &*found;
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

  bool Has(std::string_view entry) const {
    const TestedVariant* variant = VariantOf(gene_, entry);
    return variant != nullptr ? HasVariant(*variant) : HasAllele(entry);
  }

 private:
  bool HasAllele(std::string_view allele) const {
    const Allele* wanted = gene_.FindAllele(CoreName(allele));
    const auto makes = [&](const auto& base) {
      return base.second == allele ||
             (wanted != nullptr && gene_.FindAllele(base.second) == wanted);
    };
    return NamesAllele(allele) ||
           std::ranges::any_of(gene_.variants, [&](const TestedVariant& variant) {
             return NamesPosition(variant) && std::ranges::any_of(variant.alternatives, makes);
           });
  }

  bool HasVariant(const TestedVariant& variant) const {
    return NamesPosition(variant) ||
           std::ranges::any_of(variant.alternatives,
                               [&](const auto& base) { return NamesAllele(base.second); });
  }

  bool NamesAllele(std::string_view allele) const {
    const Allele* wanted = gene_.FindAllele(CoreName(allele));
    return std::ranges::any_of(names_, [&](const std::string& name) {
      return name == allele || (wanted != nullptr && gene_.FindAllele(CoreName(name)) == wanted);
    });
  }

  bool NamesPosition(const TestedVariant& variant) const {
    return std::ranges::any_of(names_,
                               [&](const std::string& name) { return IsNamed(variant, name); });
  }

  const Gene& gene_;
  std::vector<std::string> names_;
  bool all_told_ = true;
  bool copy_number_ = false;
};

// What people call the allele that an entry is about.
std::string NameOf(const Gene& gene, const std::string& entry) {
  const TestedVariant* variant = VariantOf(gene, entry);
  if (variant != nullptr && !variant->alternatives.empty())
    return variant->alternatives.front().second;
  const Allele* allele = variant == nullptr ? gene.FindAllele(entry) : nullptr;
  return allele == nullptr ? entry : allele->name;
}

}  // namespace

std::optional<std::vector<std::string>> NotLookedFor(const Gene& gene,
                                                     const std::vector<GeneResult>& results) {
  const Coverages looked_for(gene, results);
  const auto& wanted = gene.look_for ? gene.look_for->one_of : gene.panel;
  if (wanted.empty() || !looked_for.all_told()) return std::nullopt;
  std::vector<std::string> missing;
  for (const std::vector<std::string>& one_of : wanted) {
    const bool any = std::ranges::any_of(
        one_of, [&](const std::string& entry) { return looked_for.Has(entry); });
    if (!any) missing.push_back(NameOf(gene, one_of.back()));
  }
  if (gene.look_for && gene.look_for->copy_number && !looked_for.copy_number())
    missing.emplace_back(kCopyNumber);
  return missing;
}

std::optional<std::vector<std::string>> NotLookedFor(const Gene& gene,
                                                     const std::vector<GeneResult>& results,
                                                     const std::vector<std::string>& names) {
  const Coverages looked_for(gene, results);
  if (!looked_for.all_told()) return std::nullopt;
  std::vector<std::string> missing;
  for (const std::string& name : names) {
    if (!looked_for.Has(name)) missing.push_back(NameOf(gene, name));
  }
  return missing;
}

}  // namespace genflik::rules
