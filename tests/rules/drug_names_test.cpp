#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/rules/knowledge_fixture.h"

// Every name and code by which a drug is ordered in Sweden reaches the drug.

namespace genflik::rules {
namespace {

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::string part;
  for (const char c : text + separator) {
    if (c != separator) {
      part += c;
    } else {
      parts.push_back(part);
      part.clear();
    }
  }
  return parts;
}

std::vector<std::string> Filled(const std::string& text) {
  std::vector<std::string> parts = Split(text, '|');
  std::erase_if(parts, [](const std::string& part) { return part.empty() || part == "-"; });
  return parts;
}

std::vector<std::vector<std::string>> Rows() {
  std::ifstream stream(tests::TestData() + "/rules/drug_names.tsv");
  std::vector<std::vector<std::string>> rows;
  std::string line;
  while (std::getline(stream, line)) {
    if (line.empty() || line.front() == '#') continue;
    rows.push_back(Split(line, '\t'));
  }
  if (!rows.empty()) rows.erase(rows.begin());
  return rows;
}

const DrugMatch* MatchOf(const std::vector<DrugMatch>& matches, const std::string& drug) {
  const auto found = std::ranges::find_if(
      matches, [&](const DrugMatch& match) { return match.drug->name == drug; });
  return found == matches.end() ? nullptr : &*found;
}

bool Converts(const DrugQuery& query, const std::string& drug) {
  return std::ranges::any_of(Knowledge().Phenoconverters(query),
                             [&](const PhenoconversionRule* one) { return one->drug == drug; });
}

// Empty when the text leads to the drug as it should.
std::string Fault(const std::string& drug, const std::string& text) {
  const DrugQuery query = ReadDrugQuery(text);
  if (Knowledge().FindDrug(drug) == nullptr) {
    return Converts(query, drug) ? "" : "changes no gene's effect";
  }
  const std::vector<DrugMatch> matches = Knowledge().Match(query);
  const DrugMatch* match = MatchOf(matches, drug);
  if (match == nullptr) return "is not found";
  return match->not_systemic ? "counts as not systemic" : "";
}

TEST(DrugNames, EveryNameAndCodeReachesItsDrug) {
  size_t asked = 0;
  for (const std::vector<std::string>& row : Rows()) {
    ASSERT_EQ(row.size(), 6U) << row[0];
    std::vector<std::string> texts = {row[0], row[1]};
    for (const size_t column : {2U, 3U, 4U}) {
      for (const std::string& text : Filled(row[column])) texts.push_back(text);
    }
    for (const std::string& text : texts) {
      ++asked;
      const std::string fault = Fault(row[0], text);
      EXPECT_TRUE(fault.empty()) << row[0] << " by \"" << text << "\" " << fault;
    }
    // As it stands in an order: in capitals and with strength and form.
    EXPECT_EQ(Fault(row[0], row[1] + " 20 mg tablett"), "") << row[1];
  }
  EXPECT_GT(asked, 900U);
}

// Marks, spaces and joints of typography say nothing about the drug.
TEST(DrugNames, AreReadWithTheirTypography) {
  for (const auto& [text, drug] : std::vector<std::pair<std::string, std::string>>{
           {"Plavix® 75 mg", "clopidogrel"},
           {"PLAVIX™", "clopidogrel"},
           {"Klopidogrel\u00a0KRKA 75\u202fmg", "clopidogrel"},
           {"\u2009Plavix\u3000", "clopidogrel"},
           {"Klopi\u00addogrel\u200b", "clopidogrel"},
           {"Clopidogrel-Teva 75 mg", "clopidogrel"},
           {"(clopidogrel)", "clopidogrel"},
           {"Trombostad (clopidogrel) tablett 75 mg", "clopidogrel"},
           {"HYDROcodone-acetaminophen (NORCO) 5-325 MG per tablet", "hydrocodone"},
           {"oxycodone-acetaminophen 5-325 mg", "oxycodone"},
           {"ezetimibe-simvastatin 10-20 MG", "simvastatin"},
           {"abacavir-lamiVUDine", "abacavir"},
           {"sulfamethoxazole-trimethoprim 800-160 mg", "sulfamethoxazole / trimethoprim"},
           {"co-trimoxazole 960 mg", "sulfamethoxazole / trimethoprim"}}) {
    EXPECT_EQ(Fault(drug, text), "") << text;
  }
  EXPECT_TRUE(Converts(ReadDrugQuery("Bupropion-Teva\u00a0150 mg"), "bupropion"));
  // A short syllable before the hyphen makes another substance.
  for (const char* text : {"des-codeine", "nor-tramadol", "5-codeine"})
    EXPECT_TRUE(Knowledge().Match(ReadDrugQuery(text)).empty()) << text;
}

TEST(DrugNames, ACreamIsNoSystemicDrug) {
  size_t asked = 0;
  for (const std::vector<std::string>& row : Rows()) {
    for (const std::string& code : Filled(row[5])) {
      ++asked;
      const DrugQuery query = ReadDrugQuery(code);
      const std::vector<DrugMatch> matches = Knowledge().Match(query);
      const DrugMatch* match = MatchOf(matches, row[0]);
      EXPECT_TRUE(match == nullptr || match->not_systemic) << row[0] << " " << code;
      EXPECT_FALSE(Converts(query, row[0])) << row[0] << " " << code;
    }
  }
  EXPECT_GT(asked, 40U);
}

}  // namespace
}  // namespace genflik::rules
