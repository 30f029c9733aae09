#include "services/mapping/genomics.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace genflik::mapping {
namespace {

using fhir::Json;
using rules::CallStatus;
using rules::GeneResult;
using rules::RecordStatus;

Json Coded(std::string_view system, std::string_view code, std::string_view display = "") {
  Json coding = {{"system", std::string(system)}, {"code", std::string(code)}};
  if (!display.empty()) coding["display"] = std::string(display);
  return {{"coding", Json::array({coding})}};
}

Json Loinc(std::string_view code) { return Coded("http://loinc.org", code); }

Json GeneComponent(const Json& value) {
  return {{"code", Loinc("48018-6")}, {"valueCodeableConcept", value}};
}

Json Genotype(const Json& gene, const Json& value) {
  return {{"resourceType", "Observation"},
          {"id", "g1"},
          {"status", "final"},
          {"code", Loinc("84413-4")},
          {"subject", {{"reference", "Patient/p"}}},
          {"effectiveDateTime", "2025-02-28"},
          {"performer", Json::array({{{"display", "Klinisk genetik"}}})},
          {"valueCodeableConcept", value},
          {"component", Json::array({GeneComponent(gene)})}};
}

Json Cyp2c19() { return Coded("http://www.genenames.org", "HGNC:2621", "CYP2C19"); }

struct Read {
  std::vector<GeneResult> results;
  fhir::IssueLog log;
};

Read ReadAll(const Json& resource) {
  Read read;
  read.results = ReadGeneResults(resource, read.log);
  return read;
}

TEST(ReadGeneResults, ReadsGenotypeWithItsCircumstances) {
  const auto read = ReadAll(Genotype(Cyp2c19(), {{"text", "CYP2C19 *1/*2"}}));
  ASSERT_EQ(read.results.size(), 1U);
  const GeneResult& result = read.results[0];
  EXPECT_EQ(result.gene, "CYP2C19");
  EXPECT_EQ(result.diplotypes, std::vector<std::string>{"*1/*2"});
  EXPECT_EQ(result.reported_text, "CYP2C19 *1/*2");
  EXPECT_EQ(result.effective, "2025-02-28");
  EXPECT_EQ(result.laboratory, "Klinisk genetik");
  EXPECT_EQ(result.source, "Observation/g1");
  EXPECT_EQ(result.record_status, RecordStatus::kFinal);
  EXPECT_TRUE(read.log.issues().empty());
}

TEST(ReadGeneResults, ReadsTheGeneInEveryWayItIsWritten) {
  const Json genes[] = {
      Coded("http://www.genenames.org/geneId", "2621", "CYP2C19"),
      Coded("http://www.genenames.org", "HGNC:2621"),
      Coded("http://www.ncbi.nlm.nih.gov/gene", "1557"),
      Coded("https://www.ncbi.nlm.nih.gov/gene", "1557", "CYP2C19"),
      Coded("http://www.genenames.org", "CYP2C19"),
      Json{{"text", "CYP2C19"}},
  };
  for (const Json& gene : genes) {
    const auto read = ReadAll(Genotype(gene, {{"text", "*2/*2"}}));
    ASSERT_EQ(read.results.size(), 1U) << gene;
    EXPECT_EQ(read.results[0].gene, "CYP2C19") << gene;
  }
}

TEST(ReadGeneResults, PrefersDisplayWhereTheCodeIsOfAnotherTerminology) {
  const auto read = ReadAll(
      Genotype(Cyp2c19(), Coded("http://www.ncbi.nlm.nih.gov/clinvar", "638797", "CYP2C19*2/*2")));
  ASSERT_EQ(read.results.size(), 1U);
  EXPECT_EQ(read.results[0].diplotypes, std::vector<std::string>{"*2/*2"});
}

TEST(ReadGeneResults, RefusesAGeneThatTheValueContradicts) {
  const Json vkorc1 = Coded("http://www.genenames.org", "HGNC:23663", "VKORC1");
  for (const std::string_view value : {"CYP2C9 *2/*5", "CYP2C9*2*5"}) {
    const auto read =
        ReadAll(Genotype(vkorc1, Coded("http://www.pharmvar.org", value, "CYP2C9 *2/*5")));
    EXPECT_TRUE(read.results.empty());
    ASSERT_EQ(read.log.issues().size(), 1U);
    EXPECT_EQ(read.log.issues()[0].type, fhir::IssueType::kBusinessRule);
  }
}

TEST(ReadGeneResults, RefusesAGeneNumberThatContradictsItsSymbol) {
  const auto read = ReadAll(
      Genotype(Coded("http://www.genenames.org", "HGNC:2625", "CYP2C19"), {{"text", "*1/*2"}}));
  EXPECT_TRUE(read.results.empty());
  EXPECT_EQ(read.log.issues().size(), 1U);
}

TEST(ReadGeneResults, KeepsAnUnreadableGenotypeInTheLaboratorysWords) {
  const auto read = ReadAll(Genotype(Cyp2c19(), {{"text", "see attached report"}}));
  ASSERT_EQ(read.results.size(), 1U);
  EXPECT_EQ(read.results[0].diplotypes, std::vector<std::string>{"see attached report"});
  EXPECT_EQ(read.log.issues().size(), 1U);
}

TEST(ReadGeneResults, KeepsUnknownGenes) {
  const auto read = ReadAll(
      Genotype(Coded("http://www.genenames.org", "HGNC:9999999", "NEWGENE1"), {{"text", "*1/*9"}}));
  ASSERT_EQ(read.results.size(), 1U);
  EXPECT_EQ(read.results[0].gene, "NEWGENE1");
}

TEST(ReadGeneResults, TellsStatusesApart) {
  const std::pair<std::string_view, RecordStatus> statuses[] = {
      {"preliminary", RecordStatus::kPreliminary},
      {"amended", RecordStatus::kAmended},
      {"corrected", RecordStatus::kCorrected},
      {"entered-in-error", RecordStatus::kEnteredInError},
  };
  for (const auto& [code, status] : statuses) {
    Json observation = Genotype(Cyp2c19(), {{"text", "*1/*2"}});
    observation["status"] = std::string(code);
    const auto read = ReadAll(observation);
    ASSERT_EQ(read.results.size(), 1U);
    EXPECT_EQ(read.results[0].record_status, status);
  }
  Json cancelled = Genotype(Cyp2c19(), {{"text", "*1/*2"}});
  cancelled["status"] = "cancelled";
  EXPECT_TRUE(ReadAll(cancelled).results.empty());
}

TEST(ReadGeneResults, ReadsAMissingValueAsNoCall) {
  Json observation = Genotype(Cyp2c19(), {{"text", "x"}});
  observation.erase("valueCodeableConcept");
  observation["dataAbsentReason"] = {{"text", "insufficient DNA"}};
  const auto read = ReadAll(observation);
  ASSERT_EQ(read.results.size(), 1U);
  EXPECT_EQ(read.results[0].status, CallStatus::kNoCall);
  EXPECT_TRUE(read.results[0].diplotypes.empty());
}

TEST(ReadGeneResults, ReadsPhenotypesByAnswerCodeAndByCode) {
  Json observation = {{"resourceType", "Observation"},
                      {"id", "p1"},
                      {"status", "final"},
                      {"code", Loinc("79719-1")},
                      {"valueCodeableConcept", Loinc("LA10317-8")}};
  auto read = ReadAll(observation);
  ASSERT_EQ(read.results.size(), 1U);
  EXPECT_EQ(read.results[0].gene, "DPYD");
  EXPECT_EQ(read.results[0].reported_phenotype, "Intermediate Metabolizer");
  EXPECT_TRUE(read.results[0].diplotypes.empty());

  observation["code"] = Loinc("53040-2");
  observation["component"] = Json::array({GeneComponent(Cyp2c19())});
  observation.erase("valueCodeableConcept");
  observation["valueString"] = "poor metaboliser";
  read = ReadAll(observation);
  ASSERT_EQ(read.results.size(), 1U);
  EXPECT_EQ(read.results[0].reported_phenotype, "Poor Metabolizer");
}

TEST(ReadGeneResults, LeavesImplicationsOfOtherResultsAlone) {
  const Json observation = {
      {"resourceType", "Observation"},
      {"id", "i1"},
      {"status", "final"},
      {"code", Loinc("53040-2")},
      {"derivedFrom", Json::array({{{"reference", "Observation/g1"}}})},
      {"valueCodeableConcept", Loinc("LA25390-8")},
  };
  const auto read = ReadAll(observation);
  EXPECT_TRUE(read.results.empty());
  EXPECT_TRUE(read.log.issues().empty());
}

TEST(ReadGeneResults, ReadsGenesInComponentsOfOneObservation) {
  const Json genotype = {{"code", Loinc("84413-4")}, {"valueString", "*1/*2"}};
  const Json phenotype = {{"code", Loinc("53040-2")}, {"valueCodeableConcept", Loinc("LA10317-8")}};
  const Json other = {{"code", Loinc("84413-4")}, {"valueString", "*4/*4"}};
  const Json cyp2d6 = Coded("http://www.genenames.org", "HGNC:2625", "CYP2D6");
  const Json observation = {{"resourceType", "Observation"},
                            {"id", "c1"},
                            {"status", "final"},
                            {"code", Loinc("81247-9")},
                            {"component", Json::array({GeneComponent(Cyp2c19()), genotype,
                                                       phenotype, GeneComponent(cyp2d6), other})}};
  const auto read = ReadAll(observation);
  ASSERT_EQ(read.results.size(), 2U);
  EXPECT_EQ(read.results[0].gene, "CYP2C19");
  EXPECT_EQ(read.results[0].reported_phenotype, "Intermediate Metabolizer");
  EXPECT_EQ(read.results[1].gene, "CYP2D6");
  EXPECT_EQ(read.results[1].diplotypes, std::vector<std::string>{"*4/*4"});
}

TEST(ReadGeneResults, ReadsObservationsContainedInAReport) {
  Json contained = Genotype(Cyp2c19(), {{"text", "*1/*17"}});
  const Json report = {
      {"resourceType", "DiagnosticReport"}, {"id", "r1"}, {"contained", Json::array({contained})}};
  const auto read = ReadAll(report);
  ASSERT_EQ(read.results.size(), 1U);
  EXPECT_EQ(read.results[0].source, "DiagnosticReport/r1#g1");
}

TEST(ReadGeneResults, ReadsALocalCodeOnlyWhenTheTextIsUnmistakable) {
  Json observation = {{"resourceType", "Observation"},
                      {"id", "l1"},
                      {"status", "final"},
                      {"code", {{"text", "CYP2D6 genotyp"}}},
                      {"valueString", "*4/*4"}};
  auto read = ReadAll(observation);
  ASSERT_EQ(read.results.size(), 1U);
  EXPECT_EQ(read.results[0].gene, "CYP2D6");
  observation["code"]["text"] = "Hemoglobin";
  EXPECT_TRUE(ReadAll(observation).results.empty());
  observation["valueString"] = "CYP2D6 *4/*4";
  EXPECT_EQ(ReadAll(observation).results.size(), 1U);
  observation["valueString"] = "Poor metabolizer";
  EXPECT_TRUE(ReadAll(observation).results.empty());
}

Json Variant(std::string_view presence, std::string_view zygosity, std::string_view hgvs) {
  Json components =
      Json::array({GeneComponent(Coded("http://www.genenames.org", "HGNC:3012", "DPYD")),
                   {{"code", Loinc("48004-6")},
                    {"valueCodeableConcept", Coded("http://varnomen.hgvs.org", hgvs)}}});
  if (!zygosity.empty()) {
    components.push_back({{"code", Loinc("53034-5")}, {"valueCodeableConcept", Loinc(zygosity)}});
  }
  return {{"resourceType", "Observation"},
          {"id", "v1"},
          {"status", "final"},
          {"code", Loinc("69548-6")},
          {"valueCodeableConcept", Loinc(presence)},
          {"component", std::move(components)}};
}

TEST(ReadGeneResults, ReadsVariantsOfGenesWhoseAllelesAreVariants) {
  auto read = ReadAll(Variant("LA9633-4", "LA6706-1", "NM_000110.4:c.1905+1G>A"));
  ASSERT_EQ(read.results.size(), 1U);
  EXPECT_EQ(read.results[0].haplotypes, std::vector<std::string>{"c.1905+1G>A"});
  read = ReadAll(Variant("LA9633-4", "LA6705-3", "NM_000110.4:c.1905+1G>A"));
  EXPECT_EQ(read.results[0].haplotypes.size(), 2U);
  read = ReadAll(Variant("LA9634-2", "", "NM_000110.4:c.1679T>G"));
  EXPECT_TRUE(read.results[0].haplotypes.empty());
  EXPECT_EQ(read.results[0].absent, std::vector<std::string>{"c.1679T>G"});
  EXPECT_TRUE(read.results[0].coverage.known);
  read = ReadAll(Variant("LA18198-4", "", "NM_000110.4:c.1679T>G"));
  EXPECT_EQ(read.results[0].status, CallStatus::kNoCall);
}

TEST(ReadGeneResults, ReadsPresenceUnderANameLikeLoincs) {
  const Json names[] = {
      Json{{"text", "HLA-B*58:01 [Presence]"}},
      Coded("urn:oid:1.2.3.4", "HLAB5801", "HLA-B*58:01 [Presence]"),
      Coded("http://loinc.org", "99999-0",
            "HLA-B*58:01 [Presence] in Blood or Tissue by Molecular genetics method"),
      Coded("http://loinc.org", "99999-0", "HLA-B*58:01:PrThr:Pt:Bld/Tiss:Ord:Molgen"),
      Json{{"text", "HLA-B*58:01 Ql"}},
      Json{{"text", "HLA-B*58:01 allel"}},
      Json{{"text", "HLA-B*58:01"}},
  };
  Json observation = Genotype({}, {});
  observation.erase("component");
  for (const Json& name : names) {
    observation["code"] = name;
    observation["valueCodeableConcept"] = Coded("http://loinc.org", "LA6576-8", "Positive");
    auto read = ReadAll(observation);
    ASSERT_EQ(read.results.size(), 1U) << name;
    EXPECT_EQ(read.results[0].gene, "HLA-B") << name;
    EXPECT_EQ(read.results[0].haplotypes, std::vector<std::string>{"*58:01"}) << name;
    observation["valueCodeableConcept"] = Loinc("LA6577-6");
    read = ReadAll(observation);
    ASSERT_EQ(read.results.size(), 1U) << name;
    EXPECT_EQ(read.results[0].absent, std::vector<std::string>{"*58:01"}) << name;
    EXPECT_TRUE(read.results[0].coverage.known);
  }
}

TEST(ReadGeneResults, KeepsAnHlaAnswerUnderANameThatSaysMore) {
  Json observation = Genotype({}, {});
  observation.erase("component");
  observation["code"] = Json{{"text", "HLA-B*58:01 stamcellsgivare"}};
  observation["valueCodeableConcept"] = Loinc("LA6577-6");
  const auto read = ReadAll(observation);
  ASSERT_EQ(read.results.size(), 1U);
  EXPECT_TRUE(read.results[0].absent.empty());
  EXPECT_TRUE(read.results[0].haplotypes.empty());
  EXPECT_EQ(read.results[0].diplotypes.size(), 1U);
}

TEST(ReadGeneResults, ReadsPresenceOfAnHlaAllele) {
  Json observation = {{"resourceType", "Observation"},
                      {"id", "h1"},
                      {"status", "final"},
                      {"code", Loinc("50956-2")},
                      {"valueCodeableConcept", Loinc("LA6576-8")}};
  auto read = ReadAll(observation);
  ASSERT_EQ(read.results.size(), 1U);
  EXPECT_EQ(read.results[0].gene, "HLA-B");
  EXPECT_EQ(read.results[0].haplotypes, std::vector<std::string>{"*57:01"});
  observation["valueCodeableConcept"] = {{"text", "Negativ"}};
  read = ReadAll(observation);
  EXPECT_EQ(read.results[0].absent, std::vector<std::string>{"*57:01"});
}

TEST(RenderObservation, ReadsBackAsTheSameResult) {
  GeneResult genotype{.gene = "CYP2D6", .diplotypes = {"*1x2/*2"}};
  genotype.reported_text = "CYP2D6 *1x2/*2";
  genotype.coverage = {.known = true, .alleles = {"*3", "*4"}, .copy_number = true};
  genotype.laboratory = "Lab";
  genotype.method = "PCR";
  genotype.effective = "2025-01";
  GeneResult ambiguous{
      .gene = "TPMT", .status = CallStatus::kAmbiguous, .diplotypes = {"*1/*3A", "*3B/*3C"}};
  ambiguous.reported_text = "TPMT *1/*3A or *3B/*3C";
  GeneResult phenotype{.gene = "DPYD", .reported_phenotype = "Poor Metabolizer"};
  phenotype.reported_text = "Poor Metabolizer";
  GeneResult no_call{.gene = "CYP2C19", .status = CallStatus::kNoCall};
  GeneResult variant{.gene = "VKORC1", .diplotypes = {"rs9923231 C/T"}};
  variant.reported_text = "VKORC1 rs9923231 C/T";
  for (GeneResult result : {genotype, ambiguous, phenotype, no_call, variant}) {
    Json observation = RenderObservation(result, {.subject = "Patient/p"});
    observation["id"] = "x";
    result.source = "Observation/x";
    EXPECT_EQ(ReadGeneResults(observation), std::vector<GeneResult>{result}) << observation;
  }
}

}  // namespace
}  // namespace genflik::mapping
