#include "rules/knowledge_totality.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "rules/guideline_match.h"

namespace genflik::rules {
namespace {

constexpr const char* kNoResult = "No Result";

// Everything that a gene can be looked up by in a guideline.
std::vector<std::string> ValuesOf(const Gene& gene, const Guideline& guideline, size_t position) {
  if (gene.lookup == LookupKind::kScore) return gene.score_values;
  std::vector<std::string> values;
  for (const PhenotypeTerm& term : gene.terms) {
    // Of a gene with several risk alleles a guideline asks about some.
    const std::string allele = term.code.substr(0, term.code.find(' '));
    const auto& words = guideline.vocabulary[position];
    const bool asked = gene.lookup != LookupKind::kStatus || words.contains(allele + " positive") ||
                       words.contains(allele + " negative");
    if (asked) values.push_back(term.code);
  }
  return values;
}

GeneOptions OptionsFor(const Gene& gene, const std::string& value, const Guideline& guideline,
                       size_t position) {
  EffectiveReadings readings;
  if (value != kNoResult) {
    Interpretation reading;
    if (gene.lookup == LookupKind::kStatus) {
      reading.statuses = {value};
    } else if (gene.lookup == LookupKind::kScore) {
      reading.score = ActivityScore::Parse(value).value_or(ActivityScore());
      reading.phenotype = gene.ScorePhenotype(*reading.score);
    } else {
      reading.phenotype = value;
    }
    readings.readings.push_back({std::move(reading), {}});
  }
  return MakeOptions(&gene, gene.symbol, readings, guideline, position);
}

class Walker {
 public:
  Walker(const KnowledgeBase& knowledge, const Guideline& guideline)
      : knowledge_(knowledge), guideline_(guideline) {
    for (const Rule& rule : guideline.rules) {
      if (!rule.retired) populations_.insert(rule.population);
    }
  }

  std::map<std::string, std::vector<std::string>> Run() {
    Step(0, "");
    return std::move(missing_);
  }

 private:
  void Step(size_t position, const std::string& key) {
    if (position == guideline_.genes.size()) {
      if (tested_ > 0) CheckKey(key);
      return;
    }
    const Gene* gene = knowledge_.FindGene(guideline_.genes[position]);
    if (gene == nullptr) return;
    std::vector<std::string> values = ValuesOf(*gene, guideline_, position);
    if (guideline_.genes.size() > 1) values.emplace_back(kNoResult);
    for (const std::string& value : values) {
      options_.push_back(OptionsFor(*gene, value, guideline_, position));
      if (value != kNoResult) ++tested_;
      Step(position + 1, key + (key.empty() ? "" : " + ") + gene->symbol + " " + value);
      if (value != kNoResult) --tested_;
      options_.pop_back();
    }
  }

  void CheckKey(const std::string& key) {
    const std::vector<size_t> chosen(options_.size(), 0);
    std::set<std::string> answered;
    for (const MatchedRule& match : MatchRules(guideline_, options_, chosen, {})) {
      answered.insert(match.rule->population);
    }
    if (answered.empty() && HasNoAdvice(guideline_, options_, chosen)) return;
    for (const std::string& population : populations_) {
      if (!answered.contains(population)) missing_[population].push_back(key);
    }
  }

  const KnowledgeBase& knowledge_;
  const Guideline& guideline_;
  std::set<std::string> populations_;
  std::vector<GeneOptions> options_;
  size_t tested_ = 0;
  std::map<std::string, std::vector<std::string>> missing_;
};

}  // namespace

std::vector<Unanswered> FindUnanswered(const KnowledgeBase& knowledge) {
  std::vector<Unanswered> all;
  for (const Drug& drug : knowledge.drugs()) {
    for (const Guideline& guideline : drug.guidelines) {
      for (auto& [population, keys] : Walker(knowledge, guideline).Run()) {
        all.push_back({drug.name, guideline.source, population, std::move(keys)});
      }
    }
  }
  return all;
}

}  // namespace genflik::rules
