#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "rules/engine.h"
#include "tests/rules/knowledge_fixture.h"

// Patients made from the look-up values of a guideline's row.

namespace genflik::rules {

/// A reading that is looked up by exactly this value.
inline std::optional<Interpretation> ReadingFor(const Gene& gene, const std::string& value) {
  constexpr std::string_view kSuffix = " (diplotype)";
  if (value.ends_with(kSuffix)) {
    const auto reading = InterpretDiplotype(gene, value.substr(0, value.size() - kSuffix.size()));
    if (reading.candidates.size() != 1) return std::nullopt;
    return reading.candidates[0];
  }
  if (gene.lookup == LookupKind::kStatus) return Interpretation{.statuses = {value}};
  for (const GuidelineLookup& lookup : gene.guideline_lookups) {
    for (const FunctionPair& pair : lookup.pairs) {
      if (pair.result != value) continue;
      return Interpretation{.score = ActivityScore::Parse(value.substr(0, value.find(' '))),
                            .functions = {pair.a, pair.b}};
    }
  }
  if (const auto score = ActivityScore::Parse(value)) {
    return Interpretation{.phenotype = std::string(gene.ScorePhenotype(*score)), .score = score};
  }
  return Interpretation{.phenotype = value};
}

/// The profile of a patient who is looked up by these values; "No Result" is a gene without any.
inline std::optional<GeneProfile> ProfileFor(const std::map<std::string, std::string>& key) {
  GeneProfile profile;
  for (const auto& [symbol, value] : key) {
    if (value == "No Result") continue;
    const Gene* gene = Knowledge().FindGene(symbol);
    if (gene == nullptr) return std::nullopt;
    const auto reading = ReadingFor(*gene, value);
    if (!reading) return std::nullopt;
    ProfiledGene profiled;
    profiled.interpretation.gene = gene->symbol;
    profiled.interpretation.status = InterpretationStatus::kInterpreted;
    profiled.interpretation.candidates = {*reading};
    profile.genes.push_back(std::move(profiled));
  }
  return profile;
}

/// A context in which the patient belongs to the population.
inline EvaluationContext ContextFor(const std::string& population) {
  EvaluationContext context;
  if (population == "adults") {
    context.age_years = 40;
  } else if (population == "pediatrics") {
    context.age_years = 10;
  } else if (population == "child >40kg_adult") {
    context.age_years = 10;
    context.weight_kg = 45;
  } else if (population != "general") {
    context.indications = {population};
  }
  return context;
}

}  // namespace genflik::rules
