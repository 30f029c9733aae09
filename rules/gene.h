#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rules/activity_score.h"
#include "rules/citation.h"
#include "rules/text.h"

// A gene as its knowledge file describes it (docs/knowledge-format.md). Immutable once loaded.

namespace genflik::rules {

/// How a phenotype follows from the alleles; named in the gene's file.
enum class DerivationMethod {
  /// Sum of two activity values, copy numbers counted (CYP2D6, CYP2C9).
  kActivityScore,
  /// The pair of functions decides (CYP2C19, TPMT, …).
  kFunctionPair,
  /// The lowest value on each strand, or the two lowest found when unphased (DPYD).
  kLowestFunction,
  /// Presence of a risk allele, one copy is enough (HLA-A, HLA-B, CYP4F2).
  kAllelePresence,
  /// One allele in XY, a pair in XX (G6PD).
  kXLinked,
  /// One haplotype, maternally inherited (MT-RNR1).
  kMitochondrial,
  /// The two bases at one position (VKORC1, ABCG2, IFNL3, F2, F5).
  kSingleVariant,
  /// Any variant of a kind decides (RYR1, CACNA1S, CFTR).
  kAnyVariant,
};
std::string_view CodeOf(DerivationMethod method);

/// By what a guideline looks the gene up.
enum class LookupKind { kScore, kPhenotype, kGenotype, kStatus };

struct Allele {
  std::string name = {};
  /// Clinical function in the source's terms; empty when none was assigned. An allele without a
  /// function is never read as normal.
  std::string function = {};
  /// Activity value, for genes that are scored.
  std::optional<ActivityScore> value = {};
  /// Old or other names, such as "*2A" for "c.1905+1G>A (*2A)".
  std::vector<std::string> aliases = {};
};

/// A phenotype's name: the code is CPIC's term and never translated.
struct PhenotypeTerm {
  std::string code = {};
  LocalText text = {};
};

/// Scores from `min` to `max`, both included; no `max` means no upper limit. Thousandths.
struct ScoreRange {
  int min = 0;
  std::optional<int> max = {};
  std::string phenotype = {};
};

/// A position that laboratories report by its bases instead of by an allele ("rs4149056 T/C").
struct TestedVariant {
  std::string rsid = {};
  /// Other names of the position, such as "c.521T>C" and "-806C>T".
  std::vector<std::string> names = {};
  /// The base on the plus strand that means nothing was found.
  char reference = 'N';
  /// Base on the plus strand -> the allele that it makes.
  std::vector<std::pair<char, std::string>> alternatives = {};
};

/// An unordered pair of functions and what it means.
struct FunctionPair {
  std::string a = {};
  std::string b = {};
  std::string result = {};
};

/// Another way in which one guideline names the look-up value (DPWG's "1.0 (Phenotyping)").
struct GuidelineLookup {
  std::string source = {};
  std::vector<FunctionPair> pairs = {};
  /// Phenotypes that the guideline treats as another: "Likely Poor Metabolizer" as "Poor
  /// Metabolizer".
  std::map<std::string, std::string> equivalents = {};
};

/// What a method should have looked for before its normal answer is relied on, and who says so.
struct LookFor {
  /// Alleles, or positions by the rs number of a TestedVariant; of each entry one is enough.
  std::vector<std::vector<std::string>> one_of = {};
  bool copy_number = false;
  /// Who orders a drug of the gene is told when a normal answer left some of it out.
  bool told_at_order = false;
  Citation citation = {};
  std::string needs_review = {};
};

struct Gene {
  std::string symbol = {};
  std::string hgnc = {};
  std::string ncbi = {};
  std::string chromosome = {};
  /// The allele that "wild type" and "normal" mean, such as "*1" or "Reference"; empty for HLA.
  std::string wild_type = {};
  /// The phenotype of two such alleles; KnowledgeBase works it out. Nothing where there is no one.
  std::optional<std::string> usual_phenotype = {};
  std::string reference_allele = {};
  /// rs number of the position, for single-variant genes.
  std::string rsid = {};
  DerivationMethod method = DerivationMethod::kFunctionPair;
  LookupKind lookup = LookupKind::kPhenotype;
  std::vector<Allele> alleles = {};
  std::vector<ScoreRange> scores = {};
  std::vector<FunctionPair> pairs = {};
  /// One allele alone (X-linked in XY, mitochondrial): function -> phenotype, worst first.
  std::vector<std::pair<std::string, std::string>> singles = {};
  std::vector<GuidelineLookup> guideline_lookups = {};
  /// Worst first where one can say so.
  std::vector<PhenotypeTerm> terms = {};
  /// Scores that recommendations are looked up by, "n/a" included.
  std::vector<std::string> score_values = {};
  /// Names for the same variant seen by different markers: together they count once when unphased
  /// (DPYD HapB3).
  std::vector<std::vector<std::string>> linked = {};
  /// For presence genes: the risk allele and the alleles that count as it.
  std::vector<std::pair<std::string, std::vector<std::string>>> presence = {};
  std::vector<TestedVariant> variants = {};
  /// Which positions must all show the reference before "nothing found" means the wild type; each
  /// entry lists positions of which one is enough. Empty when positions can never say so.
  std::vector<std::vector<std::string>> panel = {};
  /// Nothing where the panel is all that should be looked for.
  std::optional<LookFor> look_for = {};
  /// What is done where the genotype does not settle the matter ("measure the enzyme activity");
  /// empty where nothing in particular is.
  LocalText clarified_by = {};
  std::string function_date = {};

  /// The allele with this name or alias, however it is spelled; nothing when unknown.
  const Allele* FindAllele(std::string_view name) const;
  /// The position with this rs number among `variants`; nothing when there is none.
  const TestedVariant* FindVariant(std::string_view wanted) const;
  /// The words for a phenotype; the code itself in both languages when it has none.
  LocalText TextOf(std::string_view phenotype) const;
  /// The phenotype of an unordered pair of functions; empty when the file has no such pair.
  std::string_view PairResult(std::string_view a, std::string_view b) const;
  /// The phenotype of a score; "Indeterminate" for "n/a", empty when no range holds it.
  std::string_view ScorePhenotype(const ActivityScore& score) const;
  /// Whether a guideline may use this look-up value for the gene.
  bool CanHave(std::string_view lookup_value) const;

  /// Folded name or alias -> index in `alleles`; made by BuildIndex.
  std::unordered_map<std::string, size_t> index = {};
  /// Folded pair "a|b" -> index in `pairs`; made by BuildIndex.
  std::unordered_map<std::string, size_t> pair_index = {};
  /// Makes the indexes; the loader calls it once. Returns names that stand for two alleles.
  std::vector<std::string> BuildIndex();
};

}  // namespace genflik::rules
