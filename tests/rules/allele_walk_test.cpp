#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "rules/activity_score.h"
#include "rules/phenotyper.h"
#include "tests/rules/knowledge_fixture.h"
#include "tests/rules/table.h"

// Every diplotype of every gene that has a published table, worked out here from the table of
// functions and the table of rules and apart from the program.

namespace genflik::rules {
namespace {

struct AlleleFact {
  std::string name = {};
  std::string function = {};
  std::string value = {};
};

struct RuleFacts {
  std::map<std::pair<std::string, std::string>, std::string> pairs = {};
  std::map<std::string, std::string> singles = {};
  /// Lowest, highest (none: no limit) and phenotype, in thousandths.
  struct Score {
    int low = 0;
    std::optional<int> high = {};
    std::string phenotype = {};
  };
  std::vector<Score> scores = {};
  std::string unknown_score = {};
};

int Thousandths(const std::string& text) { return static_cast<int>(std::stod(text) * 1000 + 0.5); }

std::map<std::string, RuleFacts> Rules() {
  std::map<std::string, RuleFacts> rules;
  for (const TableRow& row : ReadFacts("phenotype_rules.tsv")) {
    RuleFacts& gene = rules[row.at("gene")];
    if (row.at("kind") == "pair") {
      gene.pairs[std::minmax(row.at("a"), row.at("b"))] = row.at("phenotype");
    } else if (row.at("kind") == "single") {
      gene.singles[row.at("a")] = row.at("phenotype");
    } else if (row.at("a") == "n/a") {
      gene.unknown_score = row.at("phenotype");
    } else {
      RuleFacts::Score score{Thousandths(row.at("a")), {}, row.at("phenotype")};
      if (!row.at("b").empty()) score.high = Thousandths(row.at("b"));
      gene.scores.push_back(score);
    }
  }
  return rules;
}

std::map<std::string, std::vector<AlleleFact>> Alleles() {
  std::map<std::string, std::vector<AlleleFact>> alleles;
  for (const TableRow& row : ReadFacts("allele_functions.tsv")) {
    alleles[row.at("gene")].push_back({row.at("allele"), row.at("function"), row.at("value")});
  }
  return alleles;
}

struct Expected {
  std::string phenotype = {};
  std::string score = {};
};

std::optional<Expected> FromScores(const RuleFacts& rules, const AlleleFact& a,
                                   const AlleleFact& b) {
  if (a.value.empty() || b.value.empty()) return std::nullopt;
  if (a.value == "n/a" || b.value == "n/a") return Expected{rules.unknown_score, "n/a"};
  const std::string sign = "≥";
  const bool at_least = a.value.starts_with(sign) || b.value.starts_with(sign);
  const auto number = [&](const std::string& text) {
    return Thousandths(text.starts_with(sign) ? text.substr(sign.size()) : text);
  };
  const int sum = number(a.value) + number(b.value);
  for (const RuleFacts::Score& score : rules.scores) {
    if (sum < score.low || (score.high && sum > *score.high)) continue;
    const ActivityScore written =
        at_least ? ActivityScore::AtLeast(sum) : ActivityScore::Exact(sum);
    return Expected{score.phenotype, written.Text()};
  }
  return std::nullopt;
}

// When the published tables give a phenotype beside an allele of unknown function, it holds beside
// one without any, too.
std::optional<Expected> BesideNothing(const RuleFacts& rules, const std::string& function) {
  std::optional<std::string> always;
  bool varies = false;
  for (const auto& [pair, phenotype] : rules.pairs) {
    if (pair.first != function && pair.second != function) continue;
    varies = varies || (always && *always != phenotype);
    always = phenotype;
  }
  if (always && !varies) return Expected{*always, ""};
  for (const char* unknown : {"Unknown function", "Uncertain function"}) {
    const auto found = rules.pairs.find(std::minmax(function, std::string(unknown)));
    if (found != rules.pairs.end() && found->second != "Indeterminate") {
      return Expected{found->second, ""};
    }
  }
  return std::nullopt;
}

std::optional<Expected> ExpectedOf(const RuleFacts& rules, const AlleleFact& a,
                                   const AlleleFact& b) {
  if (!rules.scores.empty()) return FromScores(rules, a, b);
  if (a.function.empty() && b.function.empty()) return std::nullopt;
  if (a.function.empty() || b.function.empty()) {
    return BesideNothing(rules, a.function.empty() ? b.function : a.function);
  }
  const auto found = rules.pairs.find(std::minmax(a.function, b.function));
  if (found == rules.pairs.end()) return std::nullopt;
  return Expected{found->second, ""};
}

std::string Compare(const Gene& gene, const std::string& diplotype,
                    const std::optional<Expected>& expected) {
  const GeneInterpretation reading = InterpretDiplotype(gene, diplotype);
  const std::string where = gene.symbol + " " + diplotype + ": ";
  if (!expected) return reading.usable() ? where + "is read all the same" : "";
  if (reading.candidates.size() != 1) {
    return where + std::to_string(reading.candidates.size()) + " readings";
  }
  const Interpretation& one = reading.candidates[0];
  const std::string score = one.score ? one.score->Text() : "";
  if (one.phenotype == expected->phenotype && score == expected->score) return "";
  return where + one.phenotype + " " + score + ", expected " + expected->phenotype + " " +
         expected->score;
}

TEST(AlleleWalk, EveryDiplotypeOfEveryGeneHasThePublishedPhenotype) {
  const std::map<std::string, RuleFacts> rules = Rules();
  size_t walked = 0;
  size_t wrong = 0;
  std::string faults;
  const auto add = [&](const std::string& fault) {
    ++walked;
    if (!fault.empty() && ++wrong <= 20) faults += fault + "\n";
  };
  size_t genes = 0;
  for (const auto& [symbol, alleles] : Alleles()) {
    const Gene* gene = Knowledge().FindGene(symbol);
    ASSERT_NE(gene, nullptr) << symbol;
    ASSERT_TRUE(rules.contains(symbol)) << symbol;
    const RuleFacts& facts = rules.at(symbol);
    ++genes;
    for (size_t i = 0; i < alleles.size(); ++i) {
      const AlleleFact& a = alleles[i];
      if (!facts.singles.empty() && !a.function.empty()) {
        add(Compare(*gene, a.name, Expected{facts.singles.at(a.function), ""}));
      }
      if (facts.pairs.empty() && facts.scores.empty()) continue;
      for (size_t k = i; k < alleles.size(); ++k) {
        add(Compare(*gene, a.name + "/" + alleles[k].name, ExpectedOf(facts, a, alleles[k])));
      }
    }
  }
  EXPECT_EQ(wrong, 0U) << faults;
  EXPECT_EQ(genes, 19U);
  EXPECT_GT(walked, 110'000U);
}

}  // namespace
}  // namespace genflik::rules
