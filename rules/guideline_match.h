#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rules/effective_gene.h"

namespace genflik::rules {

/// One reading of a gene as a guideline's vocabulary has it.
struct GeneOption {
  /// Bits of the look-up values that the guideline knows, the most specific first.
  std::vector<size_t> bits = {};
  std::vector<std::string> values = {};
  GeneEvidence evidence = {};
};

struct GeneOptions {
  /// Never empty: a gene without a usable result has the one option "No Result".
  std::vector<GeneOption> options = {};
  bool usable = false;
  /// All values of an option hold at once (presence genes); else the first that matches counts.
  bool all_hold = false;
};

struct MatchedRule {
  const Rule* rule = nullptr;
  /// Which option of each gene led to it.
  std::vector<size_t> chosen = {};
};

[[nodiscard]] GeneOptions MakeOptions(const Gene* gene, const std::string& symbol,
                                      const EffectiveReadings& readings, const Guideline& guideline,
                                      size_t position);

/// Number of combinations of readings, bounded so that no input can make it large.
[[nodiscard]] size_t CountCombinations(const std::vector<GeneOptions>& options);

/// The rows whose key map is a subset of what is known, the most specific for each population that
/// the context does not exclude.
[[nodiscard]] std::vector<MatchedRule> MatchRules(const Guideline& guideline,
                                                  const std::vector<GeneOptions>& options,
                                                  const std::vector<size_t>& chosen,
                                                  const EvaluationContext& context);

/// Whether the guideline says explicitly that it has no advice for what is known.
[[nodiscard]] bool HasNoAdvice(const Guideline& guideline, const std::vector<GeneOptions>& options,
                               const std::vector<size_t>& chosen);

[[nodiscard]] std::vector<GeneEvidence> EvidenceOf(const std::vector<GeneOptions>& options,
                                                   const std::vector<size_t>& chosen);

}  // namespace genflik::rules
