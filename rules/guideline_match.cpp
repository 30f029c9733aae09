#include "rules/guideline_match.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "rules/populations.h"

namespace genflik::rules {
namespace {

constexpr std::string_view kNoResult = "No Result";
constexpr size_t kMaxCombinations = 4096;

void AddValue(const std::unordered_map<std::string, size_t>& vocabulary, const std::string& value,
              GeneOption& option) {
  const auto known = vocabulary.find(value);
  if (known == vocabulary.end()) return;
  option.bits.push_back(known->second);
  option.values.push_back(value);
}

// How specific the match is; lower is better, nothing when the case does not apply.
std::optional<size_t> RankOf(const Rule::Case& one, const std::vector<GeneOptions>& options,
                             const std::vector<size_t>& chosen) {
  size_t rank = 0;
  for (size_t i = 0; i < one.values.size(); ++i) {
    if (!one.named[i]) continue;
    const std::vector<size_t>& bits = options[i].options[chosen[i]].bits;
    size_t place = 0;
    while (place < bits.size() && !one.values[i].test(bits[place])) ++place;
    if (place == bits.size()) return std::nullopt;
    if (!options[i].all_hold) rank += place;
  }
  return rank;
}

// The context says that the row holds for others only.
bool IsForOthers(const Rule& rule, const EvaluationContext& context) {
  return Membership(rule.population, context) == PopulationMembership::kExcluded ||
         std::ranges::any_of(rule.except_for, [&](const std::string& population) {
           return Membership(population, context) == PopulationMembership::kMember;
         });
}

struct Candidate {
  const Rule* rule = nullptr;
  const Rule::Case* matched = nullptr;
  size_t rank = 0;
};

std::optional<Candidate> BestCase(const Rule& rule, const std::vector<GeneOptions>& options,
                                  const std::vector<size_t>& chosen) {
  std::optional<Candidate> best;
  for (const Rule::Case& one : rule.when) {
    const std::optional<size_t> rank = RankOf(one, options, chosen);
    if (rank && (!best || *rank < best->rank)) best = Candidate{&rule, &one, *rank};
  }
  return best;
}

// Rows compete when they speak of the same genes for the same population; a row about another gene
// of the guideline stands beside them.
bool Compete(const Candidate& a, const Candidate& b) {
  return a.rule->population == b.rule->population && a.matched->named == b.matched->named;
}

// The value by which the chosen reading was looked up, for the record.
std::string UsedValue(const GeneOptions& options, const GeneOption& option) {
  if (option.values.empty()) return {};
  if (!options.all_hold) return option.values.front();
  std::string text;
  for (const std::string& value : option.values) text += (text.empty() ? "" : ", ") + value;
  return text;
}

}  // namespace

GeneOptions MakeOptions(const Gene* gene, const std::string& symbol,
                        const EffectiveReadings& readings, const Guideline& guideline,
                        size_t position) {
  GeneOptions options;
  const auto& vocabulary = guideline.vocabulary[position];
  options.all_hold = gene != nullptr && gene->lookup == LookupKind::kStatus;
  for (const EffectiveReading& reading : readings.readings) {
    GeneOption option;
    option.evidence = reading.evidence;
    for (const std::string& value : LookupValues(*gene, reading.effective, guideline.source)) {
      AddValue(vocabulary, value, option);
    }
    // Typed for other alleles than those that the guideline asks about.
    if (options.all_hold && option.bits.empty()) continue;
    option.evidence.lookup_value = UsedValue(options, option);
    options.options.push_back(std::move(option));
  }
  options.usable = !options.options.empty();
  if (!options.usable) {
    GeneOption none;
    none.evidence.gene = symbol;
    none.evidence.lookup_value = kNoResult;
    AddValue(vocabulary, std::string(kNoResult), none);
    options.options.push_back(std::move(none));
  }
  return options;
}

size_t CountCombinations(const std::vector<GeneOptions>& options) {
  size_t count = 1;
  for (const GeneOptions& gene : options) {
    count = std::min(count * gene.options.size(), kMaxCombinations);
  }
  return count;
}

std::vector<MatchedRule> MatchRules(const Guideline& guideline,
                                    const std::vector<GeneOptions>& options,
                                    const std::vector<size_t>& chosen,
                                    const EvaluationContext& context) {
  std::vector<Candidate> candidates;
  for (const Rule& rule : guideline.rules) {
    if (rule.retired) continue;
    const std::optional<Candidate> found = BestCase(rule, options, chosen);
    if (!found || IsForOthers(rule, context)) continue;
    const auto rival = std::ranges::find_if(candidates, [&](const Candidate& other) {
      return Compete(other, *found) && other.rank != found->rank;
    });
    if (rival != candidates.end()) {
      if (rival->rank < found->rank) continue;
      std::erase_if(candidates, [&](const Candidate& other) { return Compete(other, *found); });
    }
    candidates.push_back(*found);
  }
  std::vector<MatchedRule> matched;
  matched.reserve(candidates.size());
  for (const Candidate& candidate : candidates) matched.push_back({candidate.rule, chosen});
  return matched;
}

bool HasNoAdvice(const Guideline& guideline, const std::vector<GeneOptions>& options,
                 const std::vector<size_t>& chosen) {
  return std::ranges::any_of(guideline.no_advice, [&](const Rule::Case& one) {
    return RankOf(one, options, chosen).has_value();
  });
}

std::vector<GeneEvidence> EvidenceOf(const std::vector<GeneOptions>& options,
                                     const std::vector<size_t>& chosen) {
  std::vector<GeneEvidence> evidence;
  evidence.reserve(options.size());
  for (size_t i = 0; i < options.size(); ++i) {
    evidence.push_back(options[i].options[chosen[i]].evidence);
  }
  return evidence;
}

}  // namespace genflik::rules
