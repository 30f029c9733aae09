#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "services/alerts/advice_text.h"
#include "tests/rules/knowledge_fixture.h"

// The one line of a card is short enough for every row of the knowledge, and says what it is about.

namespace genflik::alerts {
namespace {

using rules::Knowledge;

std::string Lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

// What the row was looked up by: of each gene the first value of its first case that a patient has.
std::vector<rules::GeneEvidence> EvidenceFor(const rules::Guideline& guideline,
                                             const rules::Rule& rule) {
  std::vector<rules::GeneEvidence> genes;
  const rules::Rule::Case& one = rule.when.front();
  for (size_t i = 0; i < guideline.genes.size(); ++i) {
    rules::GeneEvidence gene;
    gene.gene = guideline.genes[i];
    gene.lookup_value = "No Result";
    const rules::Gene& known = *Knowledge().FindGene(gene.gene);
    for (const auto& [value, bit] : guideline.vocabulary[i]) {
      if (!one.named[i] || !one.values[i].test(bit) || value == "No Result") continue;
      gene.lookup_value = value;
      const auto score = rules::ActivityScore::Parse(value);
      gene.phenotype = score && !known.scores.empty() ? std::string(known.ScorePhenotype(*score))
                                                      : value.substr(0, value.find(" (diplotype)"));
      gene.effective_phenotype = gene.phenotype;
      break;
    }
    genes.push_back(std::move(gene));
  }
  return genes;
}

TEST(Summary, IsShortAndNamesDrugAndGeneForEveryRow) {
  size_t rows = 0;
  for (const rules::Drug& drug : Knowledge().drugs()) {
    for (const rules::Guideline& guideline : drug.guidelines) {
      for (const rules::Rule& rule : guideline.rules) {
        Advice advice;
        advice.drug = drug.name;
        advice.level = rule.alert;
        advice.lead = rules::Recommendation{.id = rule.id,
                                            .source = guideline.source,
                                            .drug = drug.name,
                                            .genes = EvidenceFor(guideline, rule),
                                            .action = rule.action,
                                            .alert = rule.alert,
                                            .text = rule.text};
        for (const Language language : {Language::kSwedish, Language::kEnglish}) {
          const std::string text = Summary(advice, Knowledge(), language);
          ++rows;
          EXPECT_LT(CountCharacters(text), 140U) << rule.id << ": " << text;
          EXPECT_NE(Lower(text).find(Lower(DrugName(Knowledge(), drug.name, language))),
                    std::string::npos)
              << rule.id << ": " << text;
          for (const rules::GeneEvidence& gene : advice.lead->genes) {
            if (gene.lookup_value == "No Result") continue;
            EXPECT_NE(text.find(gene.gene), std::string::npos) << rule.id << ": " << text;
          }
        }
      }
    }
  }
  EXPECT_GT(rows, 2000U);
}

}  // namespace
}  // namespace genflik::alerts
