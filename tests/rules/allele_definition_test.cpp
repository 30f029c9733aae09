#include <filesystem>
#include <fstream>
#include <map>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "rules/definition_loader.h"
#include "tests/support/places.h"

namespace genflik::rules {
namespace {

using nlohmann::json;

const std::filesystem::path kKnowledge =
    std::filesystem::path(tests::SourceDir()) / "rules/knowledge";

json ReadJson(const std::filesystem::path& path) {
  std::ifstream in(path);
  return json::parse(in);
}

TEST(AlleleDefinitions, ObeyTheirSchema) {
  const json document = ReadJson(kKnowledge / "schema/definition.schema.json");
  valijson::Schema schema;
  valijson::SchemaParser parser;
  parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(document), schema);
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kKnowledge / "definitions")) {
    const json definition = ReadJson(entry.path());
    valijson::Validator validator;
    valijson::ValidationResults results;
    EXPECT_TRUE(
        validator.validate(schema, valijson::adapters::NlohmannJsonAdapter(definition), &results))
        << entry.path() << ": " << (results.numErrors() > 0 ? results.begin()->description : "");
    EXPECT_EQ(entry.path().stem().string(), definition.at("gene").get<std::string>());
    ++files;
  }
  EXPECT_EQ(files, 23U);
}

/// Where the known bases of two positions overlap they must be the same; that checks the repeats
/// that other spellings of an indel are recognised by.
TEST(AlleleDefinitions, AgreeOnTheReferenceWherePositionsOverlap) {
  std::vector<DefinitionProblem> problems;
  const auto definitions = LoadDefinitions(kKnowledge / "definitions", problems);
  ASSERT_TRUE(problems.empty()) << problems.front().file << problems.front().pointer << ": "
                                << problems.front().reason;
  size_t overlaps = 0;
  for (const auto& gene : definitions->genes()) {
    std::map<int64_t, char> known;
    for (const auto& position : gene.positions) {
      for (size_t i = 0; i < position.Known().size(); ++i) {
        const auto [entry, fresh] =
            known.emplace(position.position + static_cast<int64_t>(i), position.Known()[i]);
        EXPECT_EQ(entry->second, position.Known()[i]) << gene.gene << " " << entry->first;
        overlaps += fresh ? 0 : 1;
      }
    }
  }
  EXPECT_GT(overlaps, 10U);
}

/// What everyone knows, as a check on the whole table: positions and bases of well-known variants
/// (PharmVar and CPIC).
TEST(AlleleDefinitions, HoldWellKnownVariants) {
  std::vector<DefinitionProblem> problems;
  const auto definitions = LoadDefinitions(kKnowledge / "definitions", problems);
  ASSERT_NE(definitions, nullptr);
  struct Known {
    const char* gene;
    const char* allele;
    const char* rsid;
    int64_t position;
    const char* ref;
    const char* alt;
  };
  const Known known[] = {{"CYP2C19", "*2", "rs4244285", 94781859, "G", "A"},
                         {"CYP2C19", "*17", "rs12248560", 94761900, "C", "T"},
                         {"CYP2C9", "*3", "rs1057910", 94981296, "A", "C"},
                         {"DPYD", "c.1905+1G>A (*2A)", "rs3918290", 97450058, "C", "T"},
                         {"DPYD", "c.2846A>T", "rs67376798", 97082391, "T", "A"},
                         {"TPMT", "*3A", "rs1142345", 18130687, "T", "C"},
                         {"NUDT15", "*3", "rs116855232", 48045719, "C", "T"},
                         {"SLCO1B1", "*5", "rs4149056", 21178615, "T", "C"},
                         {"CYP3A5", "*3", "rs776746", 99672916, "T", "C"},
                         {"VKORC1", "rs9923231 variant (T)", "rs9923231", 31096368, "C", "T"},
                         {"ABCG2", "rs2231142 variant (T)", "rs2231142", 88131171, "G", "T"}};
  for (const Known& entry : known) {
    const GeneDefinition* gene = definitions->Find(entry.gene);
    ASSERT_NE(gene, nullptr) << entry.gene;
    const auto position = gene->FindPosition(entry.position);
    ASSERT_TRUE(position) << entry.rsid;
    const DefinedPosition& defined = gene->positions[*position];
    EXPECT_EQ(defined.rsid, entry.rsid);
    EXPECT_EQ(defined.ref, entry.ref);
    const auto allele = gene->FindAllele(entry.allele);
    ASSERT_TRUE(allele) << entry.allele;
    bool named = false;
    for (const auto& base : gene->alleles[*allele].bases) {
      if (base.position != *position) continue;
      for (size_t i = 0; i < defined.alts.size(); ++i) {
        named = named || (defined.alts[i] == entry.alt && ((base.mask >> (i + 1)) & 1U) != 0);
      }
    }
    EXPECT_TRUE(named) << entry.gene << " " << entry.allele << " " << entry.rsid;
  }
}

std::vector<DefinitionProblem> ProblemsOf(const json& definition) {
  std::vector<DefinitionProblem> problems;
  EXPECT_FALSE(ReadDefinition(definition.dump(), "X.json", problems));
  return problems;
}

json Small() {
  return json::parse(R"({"gene": "X", "build": "GRCh38", "chromosome": "chr1", "sequence": "",
    "positions": [{"position": 10, "rsid": "rs1", "ref": "A", "alts": ["G"]},
                  {"position": 20, "ref": "C", "alts": ["T"]}],
    "alleles": [{"name": "*1", "reference": true}, {"name": "*2", "bases": {"10": "G"}}]})");
}

TEST(DefinitionLoader, NamesThePlaceOfAFault) {
  json wrong = Small();
  wrong["alleles"][1]["bases"] = {{"11", "G"}};
  ASSERT_EQ(ProblemsOf(wrong).size(), 1U);
  EXPECT_EQ(ProblemsOf(wrong)[0].pointer, "/alleles/1/bases/11");
  wrong = Small();
  wrong["alleles"][1]["bases"] = {{"10", "T"}};
  EXPECT_EQ(ProblemsOf(wrong)[0].pointer, "/alleles/1/bases/10");
  wrong = Small();
  wrong["positions"][1]["position"] = 10;
  EXPECT_EQ(ProblemsOf(wrong)[0].pointer, "/positions/1/position");
  wrong = Small();
  wrong["alleles"][0].erase("reference");
  EXPECT_EQ(ProblemsOf(wrong)[0].pointer, "/alleles/0/reference");
  wrong = Small();
  wrong["build"] = "GRCh37";
  EXPECT_EQ(ProblemsOf(wrong)[0].pointer, "/build");
  wrong = Small();
  wrong["calling"] = {{"required", {"rs9"}}};
  EXPECT_EQ(ProblemsOf(wrong)[0].pointer, "/calling/required");
}

TEST(DefinitionLoader, RefusesWhatIsNoJson) {
  std::vector<DefinitionProblem> problems;
  EXPECT_FALSE(ReadDefinition("{", "X.json", problems));
  EXPECT_FALSE(ReadDefinition("[1]", "Y.json", problems));
  EXPECT_EQ(problems.front().file, "X.json");
  EXPECT_FALSE(LoadDefinitions("/nowhere", problems));
}

TEST(NameLess, OrdersNumbersByTheirValue) {
  EXPECT_TRUE(NameLess("*2", "*17"));
  EXPECT_TRUE(NameLess("c.85T>C (*9A)", "c.1129-5923C>G"));
  EXPECT_TRUE(NameLess("*80", "*80+*28"));
  EXPECT_TRUE(NameLess("Reference", "c.61C>T"));
  EXPECT_FALSE(NameLess("*2", "*2"));
}

}  // namespace
}  // namespace genflik::rules
