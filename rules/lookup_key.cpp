#include <algorithm>
#include <optional>

#include "rules/phenotyper.h"

namespace genflik::rules {
namespace {

void Add(std::vector<std::string>& values, std::string value) {
  if (!value.empty() && std::ranges::find(values, value) == values.end()) {
    values.push_back(std::move(value));
  }
}

// The listed score that stands for one that guidelines do not list (a halved 0.75, a fifth copy):
// the nearest below within the same phenotype, else the lowest of the phenotype.
std::string ListedScore(const Gene& gene, const ActivityScore& score, std::string_view phenotype) {
  std::string lowest;
  std::string below;
  int lowest_value = 0;
  int below_value = -1;
  for (const std::string& text : gene.score_values) {
    const std::optional<ActivityScore> listed = ActivityScore::Parse(text);
    if (!listed || !listed->known() || gene.ScorePhenotype(*listed) != phenotype) continue;
    const int value = listed->thousandths();
    if (lowest.empty() || value < lowest_value) {
      lowest = text;
      lowest_value = value;
    }
    if (value <= score.thousandths() && value > below_value) {
      below = text;
      below_value = value;
    }
  }
  return below.empty() ? lowest : below;
}

void AddScore(const Gene& gene, const Interpretation& reading, std::vector<std::string>& values) {
  const ActivityScore& score = *reading.score;
  if (!score.known()) {
    Add(values, "n/a");
    return;
  }
  // A score that is only "at least" belongs to each phenotype from there on.
  if (gene.ScorePhenotype(score) == reading.phenotype) {
    Add(values, score.Text());
    if (!score.at_least()) {
      const std::string open = ActivityScore::AtLeast(score.thousandths()).Text();
      if (std::ranges::find(gene.score_values, open) != gene.score_values.end()) Add(values, open);
    }
  }
  const std::string& first = values.empty() ? reading.phenotype : values.back();
  if (std::ranges::find(gene.score_values, first) == gene.score_values.end()) {
    Add(values, ListedScore(gene, score, reading.phenotype));
  }
}

// The guideline's own keys for a score when the alleles' functions are not known: "1.0
// (Phenotyping)" and "1.0 (Intermediate Metabolizer)" both stand for 1.0.
void AddOwnKeys(const GuidelineLookup& lookup, const Interpretation& reading,
                std::vector<std::string>& values) {
  if (reading.functions.size() == 2) {
    const std::string& a = reading.functions[0];
    const std::string& b = reading.functions[1];
    for (const FunctionPair& pair : lookup.pairs) {
      if ((pair.a == a && pair.b == b) || (pair.a == b && pair.b == a)) Add(values, pair.result);
    }
    return;
  }
  if (!reading.score) return;
  const std::string prefix = reading.score->Text() + " (";
  for (const FunctionPair& pair : lookup.pairs) {
    if (pair.result.starts_with(prefix)) Add(values, pair.result);
  }
}

}  // namespace

std::vector<std::string> LookupValues(const Gene& gene, const Interpretation& reading,
                                      std::string_view source) {
  std::vector<std::string> values;
  if (gene.lookup == LookupKind::kStatus) return reading.statuses;
  if (!reading.diplotype.empty()) Add(values, reading.diplotype + " (diplotype)");
  const auto own = std::ranges::find(gene.guideline_lookups, source, &GuidelineLookup::source);
  if (own != gene.guideline_lookups.end()) AddOwnKeys(*own, reading, values);
  if (reading.score) AddScore(gene, reading, values);
  Add(values, reading.phenotype);
  if (own != gene.guideline_lookups.end()) {
    const auto same = own->equivalents.find(reading.phenotype);
    if (same != own->equivalents.end()) Add(values, same->second);
  }
  return values;
}

}  // namespace genflik::rules
