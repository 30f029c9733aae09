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
            // Their findings are better known than their symbols.
            if (gene.gene == "F5" || gene.gene == "F2") {
              EXPECT_NE(Lower(text).find(gene.gene == "F5" ? "leiden" : "20210a"),
                        std::string::npos)
                  << rule.id << ": " << text;
              continue;
            }
            EXPECT_NE(text.find(gene.gene), std::string::npos) << rule.id << ": " << text;
          }
        }
      }
    }
  }
  EXPECT_GT(rows, 2000U);
}

rules::GeneEvidence Evidence(const std::string& gene, const std::string& phenotype) {
  return {.gene = gene,
          .phenotype = phenotype,
          .effective_phenotype = phenotype,
          .lookup_value = phenotype};
}

Advice About(const std::string& drug, const std::vector<rules::GeneEvidence>& genes,
             rules::Action action = {.kind = rules::ActionKind::kAvoid}) {
  Advice advice;
  advice.drug = drug;
  advice.level = rules::AlertLevel::kWarning;
  advice.lead = rules::Recommendation{.drug = drug, .genes = genes, .action = std::move(action)};
  return advice;
}

std::string Swedish(const Advice& advice) {
  return Summary(advice, Knowledge(), Language::kSwedish);
}

std::string English(const Advice& advice) {
  return Summary(advice, Knowledge(), Language::kEnglish);
}

TEST(Summary, SaysFindingsAsPeopleSayThem) {
  EXPECT_EQ(Swedish(About(
                "gentamicin",
                {Evidence("MT-RNR1", "increased risk of aminoglycoside-induced hearing loss")})),
            "Gentamicin: MT-RNR1: ökad risk för hörselskada av aminoglykosider – undvik");
  EXPECT_EQ(Swedish(About("warfarin", {Evidence("VKORC1", "-1639 AA")})),
            "Warfarin: VKORC1: hög känslighet för kumariner (-1639 AA) – undvik");
  EXPECT_EQ(English(About("warfarin", {Evidence("VKORC1", "-1639 AG")})),
            "Warfarin: VKORC1: raised coumarin sensitivity (-1639 AG) – avoid");
  const auto pill = "hormonal contraceptives for systemic use";
  EXPECT_EQ(Swedish(About(pill, {Evidence("F5", "Factor V Leiden heterozygous")})),
            "Kombinerat hormonellt preventivmedel: faktor V Leiden (heterozygot) – undvik");
  EXPECT_EQ(Swedish(About("rasburicase", {Evidence("G6PD", "Variable")},
                          {.kind = rules::ActionKind::kTestFirst})),
            "Rasburikas: varierande G6PD-aktivitet – mät enzymaktiviteten före start");
  EXPECT_EQ(Swedish(About("sevoflurane", {Evidence("RYR1", "Uncertain Susceptibility")})),
            "Sevofluran: RYR1 oviss känslighet för malign hypertermi – undvik");
}

TEST(Summary, NamesOnlyTheHlaAllelesThatWereFound) {
  auto hla = Evidence("HLA-B", "*15:02 negative, *15:11 negative, *57:01 positive");
  EXPECT_EQ(Swedish(About("abacavir", {hla})), "Abakavir: HLA-B*57:01 finns – undvik");
  EXPECT_EQ(English(About("abacavir", {hla})), "Abacavir: HLA-B*57:01 carried – avoid");
}

TEST(Summary, TellsDeviatingGenesFirst) {
  EXPECT_EQ(Swedish(About("amitriptyline", {Evidence("CYP2C19", "Normal Metabolizer"),
                                            Evidence("CYP2D6", "Poor Metabolizer")})),
            "Amitriptylin: CYP2D6 långsam metaboliserare, CYP2C19 normal metaboliserare – undvik");
}

TEST(Summary, KeepsThePhenotypeWhenItIsShortened) {
  rules::Action action{.kind = rules::ActionKind::kAlternative};
  Advice advice = About(
      "sertraline",
      {Evidence("CYP2B6", "Poor Metabolizer"), Evidence("CYP2C19", "Poor Metabolizer")}, action);
  advice.second = {
      .verdict = DoseVerdict::kOver, .limit = 75, .ordered = 200, .unit = "mg", .per = "d"};
  const std::string text = Swedish(advice);
  EXPECT_NE(text.find("CYP2B6 och CYP2C19 långsam"), std::string::npos) << text;
}

TEST(Summary, DrugsThatChangeAPhenotypeHaveSwedishNames) {
  auto gene = Evidence("CYP2D6", "Normal Metabolizer");
  gene.effective_phenotype = "Poor Metabolizer";
  gene.caused_by = {"terbinafine"};
  EXPECT_EQ(Swedish(About("codeine", {gene})),
            "Kodein: CYP2D6 långsam metaboliserare på grund av terbinafin – undvik");
}

TEST(Detail, SpeaksTheReadersLanguage) {
  auto scored = Evidence("CYP2D6", "Intermediate Metabolizer");
  scored.score = rules::ActivityScore::Parse("1.0");
  rules::GeneEvidence untested{.gene = "CYP2C19", .lookup_value = "No Result"};
  Advice advice = About("warfarin", {scored, untested});
  advice.unknown = {{.gene = "CYP2C19"}};
  advice.lead->needs_review = "Flow chart in own words from memory; check it.";
  const rules::Recommendation same{.source = "DPWG",
                                   .population = "general",
                                   .action = {.kind = rules::ActionKind::kNoChange},
                                   .text = {"No action needed.", "Ingen åtgärd behövs."}};
  advice.others = {same, same};
  const std::string swedish = Detail(advice, Knowledge(), {}, {}, Language::kSwedish);
  EXPECT_NE(swedish.find("aktivitetspoäng 1,0"), std::string::npos) << swedish;
  EXPECT_NE(swedish.find("CYP2C19: ej testad"), std::string::npos) << swedish;
  const std::string english = Detail(advice, Knowledge(), {}, {}, Language::kEnglish);
  EXPECT_NE(english.find("activity score 1.0"), std::string::npos) << english;
  EXPECT_EQ(english.find("memory"), std::string::npos) << english;
  EXPECT_EQ(english.find("No action needed."), english.rfind("No action needed.")) << english;
}

TEST(Detail, NamesWhoWantsLookedForWhatTheAnswerLeftOut) {
  const Advice advice{.kind = AdviceKind::kNarrow,
                      .drug = "capecitabine",
                      .narrow_gene = "DPYD",
                      .not_looked_for = {"c.2846A>T"}};
  EXPECT_NE(
      Detail(advice, Knowledge(), {}, {}, Language::kSwedish).find("**Källa:** EMA/229267/2020"),
      std::string::npos);
}

}  // namespace
}  // namespace genflik::alerts
