#include "rules/result_history.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "rules/coverage_gap.h"
#include "rules/phenotyper.h"
#include "rules/transplant.h"

namespace genflik::rules {
namespace {

bool IsPiece(const GeneResult& result) {
  return result.diplotypes.empty() && (!result.haplotypes.empty() || !result.absent.empty()) &&
         result.status == CallStatus::kCalled;
}

bool IsPhenotypeOnly(const GeneResult& result) {
  return result.diplotypes.empty() && result.haplotypes.empty() && result.absent.empty();
}

bool SameReport(const GeneResult& a, const GeneResult& b) {
  return a.effective == b.effective && a.laboratory == b.laboratory &&
         a.record_status == b.record_status;
}

void AddMissing(std::vector<std::string>& to, const std::vector<std::string>& from) {
  for (const std::string& text : from) {
    if (std::ranges::find(to, text) == to.end()) to.push_back(text);
  }
}

/// Two that say the same have looked for what either looked for; one that does not tell may have
/// looked for anything.
void JoinCoverage(const Coverage& repeat, Coverage& coverage) {
  if (!repeat.known || !coverage.known) return;
  AddMissing(coverage.alleles, repeat.alleles);
  AddMissing(coverage.positions, repeat.positions);
  coverage.copy_number = coverage.copy_number || repeat.copy_number;
}

/// The text of the diplotype that a result stands for; empty when it stands for none or several.
std::string CanonicalDiplotype(const Gene* gene, const GeneResult& result) {
  if (gene != nullptr) {
    const GeneInterpretation reading = Interpret(*gene, result);
    if (reading.candidates.size() == 1) return reading.candidates[0].diplotype;
    if (!reading.candidates.empty()) return "";
  }
  return result.diplotypes.size() == 1 ? result.diplotypes[0] : "";
}

/// Everything that a result says, for telling whether two say the same.
std::vector<std::string> Meaning(const Gene* gene, const GeneResult& result) {
  std::vector<std::string> meaning;
  if (gene != nullptr) {
    for (const Interpretation& reading : Interpret(*gene, result).candidates) {
      std::string text = reading.diplotype;
      if (text.empty()) text = reading.phenotype;
      for (const std::string& status : reading.statuses) text.append(" ").append(status);
      meaning.push_back(std::move(text));
    }
  }
  if (meaning.empty()) {
    meaning = result.diplotypes;
    AddMissing(meaning, result.haplotypes);
    for (const std::string& allele : result.absent) meaning.push_back("no " + allele);
  }
  std::ranges::sort(meaning);
  return meaning;
}

std::vector<std::string> AllelesOf(std::string_view diplotype) {
  std::vector<std::string> alleles;
  size_t start = 0;
  while (start <= diplotype.size()) {
    const size_t end = std::min(diplotype.find('/', start), diplotype.size());
    alleles.emplace_back(diplotype.substr(start, end - start));
    start = end + 1;
  }
  return alleles;
}

/// The name without its number of copies.
std::string WithoutCopies(const std::string& allele) {
  const size_t copies = allele.rfind('x');
  const bool counted = copies != std::string::npos && copies + 1 < allele.size() &&
                       allele.find('>') == std::string::npos && allele.front() == '*';
  return counted ? allele.substr(0, copies) : allele;
}

bool LooksFor(const Gene& gene, const Coverage& coverage, const std::string& allele) {
  const Allele* wanted = gene.FindAllele(allele);
  return std::ranges::any_of(coverage.alleles, [&](const std::string& name) {
    return name == allele || (wanted != nullptr && gene.FindAllele(name) == wanted);
  });
}

/// What the method behind `narrow` would have reported for the alleles of `diplotype`.
std::vector<std::string> SeenBy(const Gene& gene, const Coverage& narrow,
                                std::string_view diplotype) {
  std::vector<std::string> seen;
  for (const std::string& allele : AllelesOf(diplotype)) {
    std::string base = WithoutCopies(allele);
    const std::string copies = narrow.copy_number ? allele.substr(base.size()) : "";
    if (!LooksFor(gene, narrow, base)) base = gene.wild_type;
    seen.push_back(base.append(copies));
  }
  std::ranges::sort(seen);
  return seen;
}

/// True when `narrow` looked for less than what `wide` found and saw of it what it could.
bool AgreesAsFarAsItLooked(const Gene* gene, const GeneResult& narrow, const GeneResult& wide) {
  if (gene == nullptr || !narrow.coverage.known || narrow.coverage.alleles.empty()) return false;
  const std::string wide_text = CanonicalDiplotype(gene, wide);
  std::vector<std::string> narrow_alleles = AllelesOf(CanonicalDiplotype(gene, narrow));
  if (wide_text.empty() || narrow_alleles.front().empty()) return false;
  std::ranges::sort(narrow_alleles);
  return SeenBy(*gene, narrow.coverage, wide_text) == narrow_alleles;
}

/// True when all that a method should look for was looked for, and not found, variant by variant.
bool CoversRequiredVariants(const Gene& gene, const std::vector<std::string>& absent) {
  if (!gene.look_for) return false;
  GeneResult told{.gene = gene.symbol};
  told.coverage = {.known = true, .alleles = absent};
  const auto missing = NotLookedFor(gene, {told});
  return missing && missing->empty();
}

/// Judges the results of one gene.
class GeneJudge {
 public:
  GeneJudge(const Gene* gene, std::vector<GeneResult> results) : gene_(gene) {
    std::ranges::stable_sort(results, [](const GeneResult& a, const GeneResult& b) {
      return a.effective != b.effective ? a.effective > b.effective : a.received > b.received;
    });
    for (GeneResult& result : results) history_.results.push_back({std::move(result), {}, ""});
    judged_.assign(history_.results.size(), false);
  }

  GeneHistory Judge() {
    SetAside();
    JoinPieces();
    RankCandidates();
    return std::move(history_);
  }

 private:
  void Mark(size_t index, ResultRole role, std::string relates_to = {}) {
    history_.results[index].role = role;
    history_.results[index].relates_to = std::move(relates_to);
    judged_[index] = true;
  }

  bool HasFinal() const {
    return std::ranges::any_of(history_.results, [](const JudgedResult& judged) {
      return judged.result.record_status != RecordStatus::kEnteredInError &&
             judged.result.set_aside.empty() &&
             judged.result.record_status != RecordStatus::kPreliminary &&
             judged.result.status != CallStatus::kNoCall &&
             judged.result.status != CallStatus::kNotTested;
    });
  }

  void SetAside() {
    const bool has_final = HasFinal();
    for (size_t i = 0; i < history_.results.size(); ++i) {
      const GeneResult& result = history_.results[i].result;
      if (result.record_status == RecordStatus::kEnteredInError) {
        Mark(i, ResultRole::kWithdrawn);
      } else if (!result.set_aside.empty()) {
        Mark(i, ResultRole::kSetAside);
      } else if (result.status == CallStatus::kNoCall || result.status == CallStatus::kNotTested) {
        Mark(i, ResultRole::kNoCall);
      } else if (result.record_status == RecordStatus::kPreliminary && has_final) {
        Mark(i, ResultRole::kPreliminary);
      }
    }
  }

  /// A haplotype that a genotype of the same report names is evidence for it.
  bool SupportsGenotype(size_t index) {
    const GeneResult& piece = history_.results[index].result;
    for (const JudgedResult& other : history_.results) {
      if (!SameReport(other.result, piece) || other.result.diplotypes.size() != 1) continue;
      const auto alleles = AllelesOf(other.result.diplotypes[0]);
      const bool named = std::ranges::all_of(piece.haplotypes, [&](const std::string& name) {
        return std::ranges::find(alleles, name) != alleles.end();
      });
      const bool absent = std::ranges::none_of(piece.absent, [&](const std::string& name) {
        return std::ranges::find(alleles, name) != alleles.end();
      });
      if (!named || !absent) continue;
      Mark(index, ResultRole::kEvidence, other.result.source);
      return true;
    }
    return false;
  }

  void JoinPieces() {
    for (size_t i = 0; i < history_.results.size(); ++i) {
      if (judged_[i] || !IsPiece(history_.results[i].result) || SupportsGenotype(i)) continue;
      GeneResult joined = history_.results[i].result;
      for (size_t j = i + 1; j < history_.results.size(); ++j) {
        const GeneResult& other = history_.results[j].result;
        if (judged_[j] || !IsPiece(other) || !SameReport(joined, other)) continue;
        joined.haplotypes.insert(joined.haplotypes.end(), other.haplotypes.begin(),
                                 other.haplotypes.end());
        AddMissing(joined.absent, other.absent);
        AddMissing(joined.coverage.alleles, other.coverage.alleles);
        joined.coverage.known = joined.coverage.known || other.coverage.known;
        joined.reported_text += "; " + other.reported_text;
        Mark(j, ResultRole::kEvidence, joined.source);
      }
      if (gene_ != nullptr && joined.haplotypes.empty() &&
          CoversRequiredVariants(*gene_, joined.absent)) {
        joined.diplotypes = {gene_->wild_type + "/" + gene_->wild_type};
      }
      candidates_.push_back({i, std::move(joined)});
      judged_[i] = true;
    }
    for (size_t i = 0; i < history_.results.size(); ++i) {
      if (!judged_[i]) candidates_.push_back({i, history_.results[i].result});
    }
    std::ranges::sort(candidates_, {}, &Candidate::index);
  }

  bool HasGenotype() const {
    return std::ranges::any_of(candidates_, [&](const Candidate& candidate) {
      if (IsPhenotypeOnly(candidate.result)) return false;
      return gene_ == nullptr || Interpret(*gene_, candidate.result).usable();
    });
  }

  /// A phenotype that a genotype explains: it is one of the genotype's, or the laboratory's own
  /// words for it in the same report, which may be those of older definitions.
  bool IsExplained(const GeneResult& phenotype) const {
    const auto readings = [&](const GeneResult& result) {
      return gene_ == nullptr ? std::vector<Interpretation>{}
                              : Interpret(*gene_, result).candidates;
    };
    const auto told = readings(phenotype);
    return told.empty() || std::ranges::any_of(candidates_, [&](const Candidate& other) {
             if (IsPhenotypeOnly(other.result)) return false;
             if (SameReport(phenotype, other.result)) return true;
             const auto known = readings(other.result);
             return std::ranges::any_of(known, [&](const Interpretation& one) {
               return std::ranges::find(told, one.phenotype, &Interpretation::phenotype) !=
                      told.end();
             });
           });
  }

  void RankPhenotypes() {
    std::vector<Candidate> kept;
    for (const Candidate& candidate : candidates_) {
      if (IsPhenotypeOnly(candidate.result) && IsExplained(candidate.result)) {
        Mark(candidate.index, ResultRole::kPhenotypeOnly);
      } else {
        kept.push_back(candidate);
      }
    }
    // A genotype leads, whatever contradicts it.
    std::stable_partition(kept.begin(), kept.end(),
                          [](const Candidate& one) { return !IsPhenotypeOnly(one.result); });
    candidates_ = std::move(kept);
  }

  void RankCandidates() {
    if (HasGenotype()) RankPhenotypes();
    if (candidates_.empty()) {
      KeepNoCalls();
      return;
    }
    size_t current = 0;
    for (size_t i = 1; i < candidates_.size(); ++i) {
      // A wider method outranks a newer one that agrees as far as it looked.
      const GeneResult& other = candidates_[i].result;
      if (Meaning(gene_, other) != Meaning(gene_, candidates_[current].result) &&
          AgreesAsFarAsItLooked(gene_, candidates_[current].result, other)) {
        current = i;
      }
    }
    const GeneResult chosen = candidates_[current].result;
    Mark(candidates_[current].index, ResultRole::kCurrent);
    history_.in_force.push_back(chosen);
    for (size_t i = 0; i < candidates_.size(); ++i) {
      if (i != current) Compare(candidates_[i], chosen);
    }
  }

  /// Without any answer, what could give none is all there is.
  void KeepNoCalls() {
    for (const JudgedResult& judged : history_.results) {
      if (judged.role == ResultRole::kNoCall) history_.in_force.push_back(judged.result);
    }
  }

  struct Candidate {
    size_t index = 0;
    GeneResult result = {};
  };

  void Compare(const Candidate& other, const GeneResult& chosen) {
    if (Meaning(gene_, other.result) == Meaning(gene_, chosen)) {
      Mark(other.index, ResultRole::kRepeat, chosen.source);
      JoinCoverage(other.result.coverage, history_.in_force.front().coverage);
    } else if (AgreesAsFarAsItLooked(gene_, other.result, chosen)) {
      Mark(other.index, ResultRole::kLessDetailed, chosen.source);
    } else if (gene_ != nullptr && gene_->lookup == LookupKind::kStatus) {
      // Tests for different risk alleles add to each other; the profile sees contradictions.
      Mark(other.index, ResultRole::kEvidence, chosen.source);
      history_.in_force.push_back(other.result);
    } else {
      Mark(other.index, ResultRole::kConflicting, chosen.source);
      history_.in_force.push_back(other.result);
    }
  }

  const Gene* gene_;
  GeneHistory history_;
  std::vector<bool> judged_;
  std::vector<Candidate> candidates_;
};

}  // namespace

std::string_view CodeOf(ResultRole role) {
  constexpr std::array<std::string_view, 11> kCodes = {
      "current",     "repeat",  "less-detailed", "conflicting", "evidence", "phenotype-only",
      "preliminary", "no-call", "withdrawn",     "set-aside",   "donor"};
  return kCodes.at(static_cast<size_t>(role));
}

std::vector<GeneResult> ResultsInForce(const Gene* gene, std::vector<GeneResult> results) {
  return GeneJudge(gene, std::move(results)).Judge().in_force;
}

std::vector<GeneHistory> JudgeResults(const KnowledgeBase& knowledge,
                                      const std::vector<GeneResult>& results) {
  std::map<std::string, std::vector<GeneResult>> by_gene;
  for (const GeneResult& result : WeighTransplants(results)) {
    const Gene* gene = knowledge.FindGene(result.gene);
    by_gene[gene == nullptr ? result.gene : gene->symbol].push_back(result);
  }
  std::vector<GeneHistory> histories;
  for (auto& [symbol, of_gene] : by_gene) {
    const auto own_end = std::stable_partition(of_gene.begin(), of_gene.end(), [](const auto& one) {
      return one.transplant != TransplantDoubt::kDonor;
    });
    std::vector<GeneResult> donor;
    if (own_end != of_gene.begin()) {
      donor.assign(own_end, of_gene.end());
      of_gene.erase(own_end, of_gene.end());
    }
    histories.push_back(GeneJudge(knowledge.FindGene(symbol), std::move(of_gene)).Judge());
    histories.back().gene = symbol;
    for (GeneResult& result : donor)
      histories.back().results.push_back({std::move(result), ResultRole::kDonor, ""});
  }
  return histories;
}

}  // namespace genflik::rules
