#include <algorithm>
#include <array>
#include <cstdint>

#include "rules/star_strands.h"

// Matching where each strand is one named allele. Pairs are checked directly instead of writing out
// every arrangement of the phase, so that the cost does not double with each heterozygous position.

namespace genflik::rules {

namespace {

/// An allele that fits at least one base at every position.
struct Candidate {
  const NamedAllele* allele = nullptr;
  /// By heterozygous position: bit 0 the first base fits, bit 1 the second.
  std::vector<uint8_t> fits = {};
  /// Score where it does not depend on the arrangement.
  int score = 0;
};

class NamedMatcher {
 public:
  explicit NamedMatcher(const Strands& strands) : strands_(strands), gene_(*strands.gene) {}

  std::vector<CalledDiplotype> Run() {
    FindCandidates();
    std::vector<CalledDiplotype> diplotypes;
    for (size_t a = 0; a < candidates_.size(); ++a) {
      if (strands_.copies == 1) {
        diplotypes.push_back(Join({NameOf(candidates_[a], candidates_[a].score)}));
        continue;
      }
      for (size_t b = a; b < candidates_.size(); ++b) {
        if (!Explains(candidates_[a], candidates_[b])) continue;
        const int wobble = WobbleScore(candidates_[a], candidates_[b]);
        diplotypes.push_back(Join({NameOf(candidates_[a], candidates_[a].score + wobble),
                                   NameOf(candidates_[b], candidates_[b].score)}));
      }
    }
    SortDiplotypes(diplotypes);
    return diplotypes;
  }

 private:
  static StrandName NameOf(const Candidate& candidate, int score) {
    return {{candidate.allele->Reported()}, score};
  }

  AlleleMask BothBases(size_t position) const {
    return MaskOf(strands_.labels[position][0]) | MaskOf(strands_.labels[position][1]);
  }

  void FindCandidates() {
    // Positions where nobody has the base that blanks mean: an allele must name them to fit.
    size_t must_name = 0;
    std::vector<char> needed(gene_.positions.size(), 0);
    for (size_t p = 0; p < gene_.positions.size(); ++p) {
      if (strands_.present[p] == 0 || (BothBases(p) & gene_.default_masks[p]) != 0) continue;
      needed[p] = 1;
      ++must_name;
    }
    het_index_.assign(gene_.positions.size(), -1);
    for (size_t i = 0; i < strands_.hets.size(); ++i) {
      het_index_[strands_.hets[i]] = static_cast<int>(i);
    }
    for (const NamedAllele& allele : gene_.alleles) AddCandidate(allele, needed, must_name);
  }

  void AddCandidate(const NamedAllele& allele, const std::vector<char>& needed, size_t must_name) {
    size_t named = 0;
    // Positions that tell it from the reference; one of which none was seen is no finding.
    size_t telling = 0;
    int score = 0;
    for (const DefinedBase& base : allele.bases) {
      if (strands_.present[base.position] == 0) continue;
      const AlleleMask found = BothBases(base.position) & base.mask;
      if (found == 0) return;
      const bool variant_seen = (found & ~MaskOf(kReferenceBase)) != 0;
      if (allele.reference || allele.complete || variant_seen) ++telling;
      named += needed[base.position] != 0 ? 1U : 0U;
      // Where several bases will do, the reference base proves nothing and earns no point.
      const bool one_base = (base.mask & (base.mask - 1)) == 0;
      const bool variant = het_index_[base.position] < 0 && strands_.labels[base.position][0] > 0;
      if (one_base || variant) ++score;
    }
    if (named != must_name || telling == 0) return;
    Candidate candidate{&allele, std::vector<uint8_t>(strands_.hets.size(), 0), score};
    for (size_t i = 0; i < strands_.hets.size(); ++i) {
      candidate.fits[i] = Fits(strands_.hets[i], gene_.default_masks[strands_.hets[i]]);
    }
    for (const DefinedBase& base : allele.bases) {
      const int het = het_index_[base.position];
      if (het >= 0) candidate.fits[static_cast<size_t>(het)] = Fits(base.position, base.mask);
    }
    candidates_.push_back(std::move(candidate));
  }

  uint8_t Fits(size_t position, AlleleMask mask) const {
    const auto& labels = strands_.labels[position];
    const unsigned first = (MaskOf(labels[0]) & mask) != 0 ? 1 : 0;
    const unsigned second = (MaskOf(labels[1]) & mask) != 0 ? 2 : 0;
    return static_cast<uint8_t>(first | second);
  }

  /// Whether some arrangement of the phase puts one allele on each strand. Fills `turned_`.
  bool Explains(const Candidate& a, const Candidate& b) {
    straight_.assign(strands_.groups, 1);
    turned_.assign(strands_.groups, 1);
    for (size_t i = 0; i < strands_.hets.size(); ++i) {
      const size_t group = strands_.group[i];
      if ((a.fits[i] & 1U) == 0 || (b.fits[i] & 2U) == 0) straight_[group] = 0;
      if ((a.fits[i] & 2U) == 0 || (b.fits[i] & 1U) == 0) turned_[group] = 0;
    }
    for (size_t group = 0; group < strands_.groups; ++group) {
      if (straight_[group] == 0 && turned_[group] == 0) return false;
    }
    return true;
  }

  /// Points for heterozygous positions where an allele takes several bases: one for each strand
  /// that carries something else than the reference there. Call after Explains.
  int WobbleScore(const Candidate& a, const Candidate& b) const {
    int score = 0;
    for (const size_t side : {size_t{0}, size_t{1}}) {
      const NamedAllele& allele = side == 0 ? *a.allele : *b.allele;
      for (const DefinedBase& base : allele.bases) {
        const int het = het_index_[base.position];
        if (het < 0 || (base.mask & (base.mask - 1)) == 0) continue;
        const bool turned = straight_[strands_.group[static_cast<size_t>(het)]] == 0;
        const BaseLabel label = strands_.labels[base.position][side ^ (turned ? 1U : 0U)];
        score += label > 0 ? 1 : 0;
      }
    }
    return score;
  }

  const Strands& strands_;
  const GeneDefinition& gene_;
  std::vector<int> het_index_;
  std::vector<Candidate> candidates_;
  std::vector<char> straight_;
  std::vector<char> turned_;
};

}  // namespace

std::vector<CalledDiplotype> MatchNamedAlleles(const Strands& strands) {
  return NamedMatcher(strands).Run();
}

}  // namespace genflik::rules
