#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "rules/engine.h"
#include "rules/knowledge_totality.h"
#include "tests/rules/knowledge_fixture.h"

// What must hold of all knowledge, whatever the files say.

namespace genflik::rules {
namespace {

std::string Brief(const GeneInterpretation& reading) {
  std::string text(CodeOf(reading.status));
  for (const Interpretation& one : reading.candidates) {
    text += "; " + one.phenotype;
    if (one.score) text += " " + one.score->Text();
    for (const std::string& status : one.statuses) text += " " + status;
  }
  return text;
}

bool HasTwoCopies(const Gene& gene) { return gene.method != DerivationMethod::kMitochondrial; }

TEST(Properties, TheOrderOfAllelesDoesNotMatter) {
  size_t pairs = 0;
  for (const Gene& gene : Knowledge().genes()) {
    if (!HasTwoCopies(gene)) continue;
    // Every allele with every twelfth other keeps the walk short.
    for (size_t i = 0; i < gene.alleles.size(); ++i) {
      for (size_t k = i % 12; k < gene.alleles.size(); k += 12) {
        const std::string& a = gene.alleles[i].name;
        const std::string& b = gene.alleles[k].name;
        ++pairs;
        ASSERT_EQ(Brief(InterpretDiplotype(gene, a + "/" + b)),
                  Brief(InterpretDiplotype(gene, b + "/" + a)))
            << gene.symbol << " " << a << " " << b;
      }
    }
  }
  EXPECT_GT(pairs, 5000U);
}

// "Possible" and "Likely" phenotypes count as the phenotype itself.
std::ptrdiff_t RankOf(const Gene& gene, std::string_view phenotype) {
  for (const std::string_view word : {"Possible ", "Likely "}) {
    if (phenotype.starts_with(word)) phenotype.remove_prefix(word.size());
  }
  return std::ranges::find(gene.terms, phenotype, &PhenotypeTerm::code) - gene.terms.begin();
}

TEST(Properties, AWorseFunctionNeverGivesAMilderPhenotype) {
  const std::vector<std::string> worst_first = {"No function", "Decreased function",
                                                "Normal function", "Increased function"};
  size_t compared = 0;
  for (const Gene& gene : Knowledge().genes()) {
    for (const std::string& other : worst_first) {
      std::ptrdiff_t last = -1;
      std::string before;
      for (const std::string& function : worst_first) {
        const std::string_view phenotype = gene.PairResult(function, other);
        if (phenotype.empty() || phenotype == "Indeterminate") continue;
        const std::ptrdiff_t rank = RankOf(gene, phenotype);
        EXPECT_LE(last, rank) << gene.symbol << ": " << function << " with " << other << " is "
                              << phenotype << " after " << before;
        last = rank;
        before = phenotype;
        ++compared;
      }
    }
    std::ptrdiff_t last = -1;
    for (int score = 0; score <= 6000; score += 250) {
      const std::string_view phenotype = gene.ScorePhenotype(ActivityScore::Exact(score));
      if (phenotype.empty()) continue;
      const std::ptrdiff_t rank = RankOf(gene, phenotype);
      EXPECT_LE(last, rank) << gene.symbol << " " << score;
      last = rank;
      ++compared;
    }
  }
  EXPECT_GT(compared, 100U);
}

// A readable result of the gene that is not the ordinary one where there is another.
GeneResult AnyResult(const Gene& gene) {
  GeneResult result;
  result.gene = gene.symbol;
  if (gene.method == DerivationMethod::kAllelePresence && !gene.presence.empty()) {
    result.haplotypes = {gene.presence.front().first};
    return result;
  }
  const std::string& name = gene.alleles.size() > 3 ? gene.alleles[3].name : gene.wild_type;
  result.diplotypes = {HasTwoCopies(gene) ? gene.wild_type + "/" + name : name};
  return result;
}

std::vector<std::string> Said(const Evaluation& answer) {
  std::vector<std::string> said;
  for (const Recommendation& one : answer.recommendations) {
    said.push_back(one.id + (one.ambiguous ? " ambiguous" : "") +
                   (one.conflict ? " conflict" : ""));
    for (const GeneEvidence& gene : one.genes) said.push_back(gene.gene + gene.effective_phenotype);
  }
  for (const UnknownGene& one : answer.unknown) said.push_back("unknown " + one.gene);
  for (const SilentGuideline& one : answer.silent) said.push_back("silent " + one.source);
  for (const Pretest& one : answer.pretests) said.push_back("test " + one.gene + one.authority);
  return said;
}

TEST(Properties, AnUnrelatedGeneChangesNothing) {
  for (const Drug& drug : Knowledge().drugs()) {
    std::set<std::string> asked;
    for (const Guideline& guideline : drug.guidelines) {
      asked.insert(guideline.genes.begin(), guideline.genes.end());
    }
    for (const Pretest& pretest : drug.pretests) asked.insert(pretest.gene);
    std::vector<GeneResult> own;
    std::vector<GeneResult> all;
    for (const Gene& gene : Knowledge().genes()) {
      all.push_back(AnyResult(gene));
      if (asked.contains(gene.symbol)) own.push_back(AnyResult(gene));
    }
    const DrugQuery query{.codes = {}, .names = {drug.name}};
    EXPECT_EQ(Said(Evaluate(Knowledge(), MakeProfile(Knowledge(), own), query, {})),
              Said(Evaluate(Knowledge(), MakeProfile(Knowledge(), all), query, {})))
        << drug.name;
    // The shorter profile that orders are answered with is worth the same.
    EXPECT_EQ(Said(Evaluate(Knowledge(), MakeProfileFor(Knowledge(), all, query), query, {})),
              Said(Evaluate(Knowledge(), MakeProfile(Knowledge(), all), query, {})))
        << drug.name;
  }
}

size_t Characters(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

void ExpectText(const LocalText& text, const std::string& where) {
  constexpr size_t kMost = 240;
  for (const std::string* one : {&text.en, &text.sv}) {
    EXPECT_FALSE(one->empty()) << where;
    EXPECT_LE(Characters(*one), kMost) << where << ": " << *one;
  }
}

TEST(Properties, EveryRecommendationHasWordsInBothLanguagesAndACitation) {
  size_t rules = 0;
  for (const Drug& drug : Knowledge().drugs()) {
    EXPECT_FALSE(drug.names.en.empty() || drug.names.sv.empty()) << drug.name;
    // Two old drugs have no code for what is swallowed or injected.
    const bool uncoded = drug.name == "furazolidone" || drug.name == "toluidine blue";
    EXPECT_EQ(drug.atc.empty(), uncoded) << drug.name;
    for (const Guideline& guideline : drug.guidelines) {
      for (const Rule& rule : guideline.rules) {
        ++rules;
        ExpectText(rule.text, rule.id);
        // What happens in the body is left out where nothing does.
        if (!rule.implication.en.empty() || !rule.implication.sv.empty()) {
          ExpectText(rule.implication, rule.id + " implication");
        }
        const Citation& citation = guideline.citation;
        EXPECT_FALSE(citation.doi.empty() && citation.pmid.empty() && citation.url.empty())
            << rule.id;
        EXPECT_GE(guideline.year, 2000) << rule.id;
      }
    }
    for (const Pretest& pretest : drug.pretests) {
      ExpectText(pretest.text, drug.name + " pretest " + pretest.gene);
      EXPECT_FALSE(pretest.citation.doi.empty() && pretest.citation.pmid.empty() &&
                   pretest.citation.url.empty())
          << drug.name << " pretest " << pretest.gene;
    }
  }
  for (const Gene& gene : Knowledge().genes()) {
    for (const PhenotypeTerm& term : gene.terms) ExpectText(term.text, gene.symbol);
  }
  EXPECT_GT(rules, 1000U);
}

// Every phenotype that a gene can have is answered by every guideline that uses the gene, or the
// guideline says that it has no advice.
TEST(Properties, NothingIsLeftUnanswered) {
  for (const Unanswered& row : FindUnanswered(Knowledge())) {
    for (const std::string& key : row.keys) {
      ADD_FAILURE() << row.drug << " " << row.source << " " << row.population << ": " << key;
    }
  }
}

// A drug that an action names can be named to people in both languages and ordered by code.
TEST(Properties, EveryAlternativeIsKnown) {
  std::set<std::string> missing;
  const auto check = [&](const Action& action) {
    for (const std::string& name : action.alternatives) {
      const Drug* drug = Knowledge().FindDrug(name);
      if (drug == nullptr && Knowledge().FindAlternative(name) == nullptr) missing.insert(name);
    }
  };
  for (const Drug& drug : Knowledge().drugs()) {
    for (const Guideline& guideline : drug.guidelines) {
      for (const Rule& rule : guideline.rules) {
        check(rule.action);
        for (const Action& other : rule.action.or_else) check(other);
      }
    }
  }
  for (const std::string& name : missing) ADD_FAILURE() << name;
}

}  // namespace
}  // namespace genflik::rules
