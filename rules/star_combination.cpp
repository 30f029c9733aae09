#include <algorithm>
#include <set>
#include <utility>

#include "rules/star_strands.h"

// Combinations: several named alleles on one strand, and named alleles with variants that belong to
// none ("partial"). Looked for only when no pair of named alleles explains the data.

namespace genflik::rules {

namespace {

/// More phase groups than this are not written out (2^11 arrangements).
constexpr size_t kMaxGroups = 12;
constexpr size_t kMaxNames = 64;
/// A strand with more overlapping alleles than this takes to try is not named at all.
constexpr size_t kMaxSteps = 5000;

/// Finds the ways to name one strand.
class StrandComposer {
 public:
  StrandComposer(const Strands& strands, const std::vector<BaseLabel>& labels,
                 const ComposeOptions& options)
      : strands_(strands), gene_(*strands.gene), labels_(labels), options_(options) {}

  std::vector<StrandName> Run() {
    for (size_t p = 0; p < labels_.size(); ++p) {
      if (strands_.present[p] != 0 && (MaskOf(labels_[p]) & gene_.default_masks[p]) == 0) {
        variants_.push_back(p);
      }
    }
    FindAlleles();
    if (!names_.empty()) return names_;
    if (parts_.empty()) {
      if (options_.partial) OffReference();
      return names_;
    }
    Compose(variants_, {}, 0);
    if (steps_ > kMaxSteps) names_.clear();
    return names_;
  }

 private:
  struct Part {
    const NamedAllele* allele = nullptr;
    /// The strand's variants that the allele names, sorted.
    std::vector<size_t> covers = {};
    int score = 0;
  };

  /// Exact matches go to `names_`; alleles that the strand holds to `parts_`.
  void FindAlleles() {
    for (size_t i = 0; i < gene_.alleles.size(); ++i) {
      const NamedAllele& allele = gene_.alleles[i];
      if (i < options_.skip_alleles.size() && options_.skip_alleles[i] != 0) continue;
      Part part{&allele, {}, 0};
      size_t usable = 0;
      if (!Holds(allele, part, usable) || usable == 0) continue;
      if (part.covers.size() == variants_.size()) {
        names_.push_back({{allele.Reported()}, part.score});
      } else if (!allele.reference && !allele.complete && !part.covers.empty()) {
        parts_.push_back(std::move(part));
      }
    }
  }

  bool Holds(const NamedAllele& allele, Part& part, size_t& usable) const {
    for (const DefinedBase& base : allele.bases) {
      if (strands_.present[base.position] == 0) continue;
      const AlleleMask bit = MaskOf(labels_[base.position]);
      if ((bit & base.mask) == 0) return false;
      ++usable;
      const bool several = (base.mask & (base.mask - 1)) != 0;
      if (!several || labels_[base.position] > 0) ++part.score;
      if ((bit & gene_.default_masks[base.position]) == 0) part.covers.push_back(base.position);
    }
    return true;
  }

  /// Takes the largest alleles that fit in what is left, one after the other.
  void Compose(const std::vector<size_t>& left, std::vector<std::string> names, int score) {
    if (names_.size() >= kMaxNames || ++steps_ > kMaxSteps) return;
    std::vector<const Part*> fitting;
    for (const Part& part : parts_) {
      if (std::includes(left.begin(), left.end(), part.covers.begin(), part.covers.end())) {
        fitting.push_back(&part);
      }
    }
    if (fitting.empty()) {
      Finish(left, std::move(names), score);
      return;
    }
    for (const Part* part : Choices(fitting)) {
      std::vector<size_t> rest;
      std::set_difference(left.begin(), left.end(), part->covers.begin(), part->covers.end(),
                          std::back_inserter(rest));
      std::vector<std::string> more = names;
      more.push_back(part->allele->Reported());
      Compose(rest, std::move(more), score + part->score);
    }
  }

  /// The largest alleles to go on with. One that shares no variant with another is taken alone: in
  /// which order such ones are taken makes no difference, and trying all orders would take forever.
  static std::vector<const Part*> Choices(const std::vector<const Part*>& fitting) {
    std::vector<const Part*> largest;
    for (const Part* part : fitting) {
      if (!IsInside(*part, fitting)) largest.push_back(part);
    }
    for (const Part* part : largest) {
      const bool alone = std::none_of(largest.begin(), largest.end(), [part](const Part* other) {
        return other != part && Share(*part, *other);
      });
      if (alone) return {part};
    }
    return largest;
  }

  static bool Share(const Part& a, const Part& b) {
    return std::any_of(a.covers.begin(), a.covers.end(), [&b](size_t position) {
      return std::binary_search(b.covers.begin(), b.covers.end(), position);
    });
  }

  static bool IsInside(const Part& part, const std::vector<const Part*>& others) {
    return std::any_of(others.begin(), others.end(), [&part](const Part* other) {
      return other->covers.size() > part.covers.size() &&
             std::includes(other->covers.begin(), other->covers.end(), part.covers.begin(),
                           part.covers.end());
    });
  }

  void Finish(const std::vector<size_t>& left, std::vector<std::string> names, int score) {
    if (!left.empty() && !options_.partial) return;
    std::sort(names.begin(), names.end(), NameLess);
    for (const size_t position : left) names.push_back(VariantName(position));
    Add({std::move(names), score - static_cast<int>(left.size())});
  }

  void Add(StrandName name) {
    if (!seen_.insert(name.Text()).second) return;
    names_.push_back(std::move(name));
  }

  std::string VariantName(size_t position) const {
    const BaseLabel label = labels_[position];
    if (label == kMissingBase) return gene_.VariantName(position, "");
    return gene_.VariantName(position, BasesOf(gene_, *strands_.evidence, position, label));
  }

  /// No named allele is there: the variants alone, against the complete allele nearest to them.
  void OffReference() {
    std::vector<size_t> best;
    int score = 0;
    bool first = true;
    for (const NamedAllele& allele : gene_.alleles) {
      if (!allele.reference && !allele.complete) continue;
      std::vector<size_t> differing;
      int points = 0;
      for (const DefinedBase& base : allele.bases) {
        if (strands_.present[base.position] == 0) continue;
        ++points;
        if ((MaskOf(labels_[base.position]) & base.mask) == 0) differing.push_back(base.position);
      }
      if (!first && differing.size() >= best.size()) continue;
      first = false;
      score = points - static_cast<int>(differing.size());
      best = std::move(differing);
    }
    std::vector<std::string> names;
    for (const size_t position : best) names.push_back(VariantName(position));
    if (!names.empty()) Add({std::move(names), score});
  }

  const Strands& strands_;
  const GeneDefinition& gene_;
  const std::vector<BaseLabel>& labels_;
  const ComposeOptions& options_;
  std::vector<size_t> variants_;
  std::vector<Part> parts_;
  std::vector<StrandName> names_;
  std::set<std::string> seen_;
  size_t steps_ = 0;
};

}  // namespace

std::vector<StrandName> ComposeStrand(const Strands& strands, const std::vector<BaseLabel>& labels,
                                      const ComposeOptions& options) {
  return StrandComposer(strands, labels, options).Run();
}

std::vector<CalledDiplotype> MatchCombinations(const Strands& strands,
                                               std::vector<std::string>& notes) {
  if (strands.groups > kMaxGroups) {
    notes.emplace_back("too many heterozygous positions without phase to look for combinations");
    return {};
  }
  const ComposeOptions options;
  std::vector<CalledDiplotype> diplotypes;
  // The first group stays as it is: turning all groups only swaps the strands.
  const uint64_t arrangements = strands.groups < 2 ? 1 : uint64_t{1} << (strands.groups - 1);
  for (uint64_t arrangement = 0; arrangement < arrangements; ++arrangement) {
    const uint64_t flipped = arrangement << 1;
    const auto first = ComposeStrand(strands, strands.Strand(0, flipped), options);
    if (strands.copies == 1) {
      for (const StrandName& name : first) diplotypes.push_back(Join({name}));
      continue;
    }
    const auto second = ComposeStrand(strands, strands.Strand(1, flipped), options);
    for (const StrandName& a : first) {
      for (const StrandName& b : second) diplotypes.push_back(Join({a, b}));
    }
  }
  SortDiplotypes(diplotypes);
  return diplotypes;
}

}  // namespace genflik::rules
