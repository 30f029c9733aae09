#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/rules/knowledge_fixture.h"
#include "tests/support/services_tests/rest_client.h"

// http://hl7.org/fhir/uv/genomics-reporting/STU3/operations.html

namespace genflik::rest {
namespace {

using testing::At;
using testing::BodyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::RestClient;

std::string Coded(const std::string& code, const std::string& value) {
  return R"({"code":{"coding":[{"system":"http://loinc.org","code":")" + code +
         R"("}]},"valueCodeableConcept":)" + value + "}";
}
std::string Gene(const std::string& id, const std::string& symbol) {
  return Coded("48018-6", R"({"coding":[{"system":"http://www.genenames.org","code":"HGNC:)" + id +
                              R"(","display":")" + symbol + R"("}]})");
}
std::string Observation(const std::string& id, const std::string& code, const std::string& more) {
  return R"({"resourceType":"Observation","id":")" + id +
         R"(","status":"final","subject":{"reference":"Patient/p"},"code":{"coding":[{"system":")" +
         (code[0] == 't' ? "http://hl7.org/fhir/uv/genomics-reporting/CodeSystem/tbd-codes-cs"
                         : "http://loinc.org") +
         R"(","code":")" + code + R"("}]})" + more + "}";
}
std::string Variant(const std::string& id, const std::string& value, const std::string& start,
                    const std::string& reference, const std::string& alternate,
                    const std::string& more = {}) {
  return Observation(
      id, "69548-6",
      R"(,"valueCodeableConcept":{"coding":[{"system":"http://loinc.org","code":")" + value +
          R"("}]},"component":[)" +
          Coded(
              "48013-7",
              R"({"coding":[{"system":"http://www.ncbi.nlm.nih.gov/refseq","code":"NC_000010.11"}]})") +
          "," +
          Coded("92822-6", R"({"coding":[{"system":"http://loinc.org","code":"LA30102-0"}]})") +
          R"(,{"code":{"coding":[{"system":"http://loinc.org","code":"81254-5"}]},"valueRange":{"low":{"value":)" +
          start +
          R"(}}},{"code":{"coding":[{"system":"http://loinc.org","code":"69547-8"}]},"valueString":")" +
          reference +
          R"("},{"code":{"coding":[{"system":"http://loinc.org","code":"69551-0"}]},"valueString":")" +
          alternate + "\"}" + more + "]");
}

class Genomics : public ::testing::Test {
 protected:
  void SetUp() override {
    Put("Patient/p", R"({"resourceType":"Patient","id":"p"})");
    Put("Patient/q", R"({"resourceType":"Patient","id":"q"})");
    Put("Specimen/s", R"({"resourceType":"Specimen","id":"s","identifier":[{"value":"S1"}]})");
    Put("Observation/g19",
        Observation("g19", "84413-4",
                    R"(,"effectiveDateTime":"2024-05-01","specimen":{"reference":"Specimen/s"},
          "valueCodeableConcept":{"coding":[{"system":"urn:test","code":"A1"}],
            "text":"CYP2C19 *2/*17"},"component":[)" +
                        Gene("2621", "CYP2C19") + "]"));
    Put("Observation/g6", Observation("g6", "84413-4",
                                      R"(,"effectiveDateTime":"2020-01-01",
          "valueCodeableConcept":{"text":"CYP2D6 *10/*41"},"component":[)" +
                                          Gene("2625", "CYP2D6") + "]"));
    Put("Observation/wrong",
        Observation("wrong", "84413-4",
                    R"(,"valueCodeableConcept":{"text":"CYP2C19 *1/*1"},"component":[)" +
                        Gene("2621", "CYP2C19") + "]")
            .replace(std::string(R"({"resourceType":"Observation","id":"wrong","status":")").size(),
                     5, "entered-in-error"));
    // rs4244285 of CYP2C19*2 (GRCh38 10:94781859 G>A), one that is not there, and an unchanged one.
    Put("Observation/v", Variant("v", "LA9633-4", "94781859", "G", "A",
                                 "," + Coded("48002-0", R"({"coding":[{"code":"LA6683-2"}]})")));
    Put("Observation/absent", Variant("absent", "LA9634-2", "94781860", "G", "A"));
    Put("Observation/same", Variant("same", "LA9633-4", "94781861", "C", "C"));
    Put("Observation/tx",
        Observation("tx", "therapeutic-implication",
                    R"(,"derivedFrom":[{"reference":"Observation/g19"}],"component":[)" +
                        Coded("51963-7", R"({"coding":[{"system":"urn:rx","code":"32968",
                "display":"clopidogrel"}]})") +
                        "]"));
    Put("DiagnosticReport/r", R"({"resourceType":"DiagnosticReport","id":"r","status":"final",
      "identifier":[{"system":"urn:lab","value":"T-1"}],"effectiveDateTime":"2024-05-02",
      "code":{"coding":[{"system":"http://loinc.org","code":"51969-4"}]},
      "subject":{"reference":"Patient/p"},"result":[{"reference":"Observation/g19"}]})");
  }
  void Put(const std::string& url, const std::string& body) {
    const auto put = client_.Send("PUT", url, body);
    ASSERT_EQ(put.status, 201) << put.body;
  }
  fhir::Json Ask(const std::string& url) {
    const auto answer = client_.Call("GET", url);
    EXPECT_EQ(answer.status, 200) << url << answer.body;
    return BodyOf(answer);
  }
  // The parts of the first parameter as "name=value", resources by their id.
  std::vector<std::string> Parts(const std::string& url) {
    const fhir::Json answer = Ask(url);
    if (!answer.contains("parameter")) return {};
    return Texts(answer.at("parameter").at(0).at("part"));
  }
  static std::vector<std::string> Texts(const fhir::Json& parts) {
    std::vector<std::string> texts;
    for (const auto& part : parts) {
      std::string text = At(part, "/name") + "=";
      for (const char* value : {"/valueString", "/valueBoolean", "/valueDateTime", "/resource/id",
                                "/valueQuantity/value"}) {
        text += At(part, value);
      }
      texts.push_back(text);
    }
    return texts;
  }
  RestClient client_;
};

TEST_F(Genomics, FindHaplotypesOfAGene) {
  for (const char* gene : {"CYP2C19", "cyp2c19", "HGNC:2621", "http://www.genenames.org|HGNC:2621",
                           "http://www.genenames.org/geneId|HGNC:2621"}) {
    EXPECT_THAT(Parts("$find-subject-haplotypes?subject=p&genes=" + std::string(gene)),
                ElementsAre("geneItem=" + std::string(gene), "genotype=g19"));
  }
  // A gene without result is answered, and with nothing.
  const fhir::Json two =
      Ask("$find-subject-haplotypes?subject=Patient/p&genes=HGNC:2625,HGNC:1234");
  EXPECT_THAT(Texts(two.at("parameter").at(0).at("part")),
              ElementsAre("geneItem=HGNC:2625", "genotype=g6"));
  EXPECT_THAT(Texts(two.at("parameter").at(1).at("part")), ElementsAre("geneItem=HGNC:1234"));
}

TEST_F(Genomics, FilterByTestTimeAndSpecimen) {
  const std::string url = "$find-subject-haplotypes?subject=p&genes=CYP2C19";
  const auto found = ElementsAre("geneItem=CYP2C19", "genotype=g19");
  const auto none = ElementsAre("geneItem=CYP2C19");
  EXPECT_THAT(Parts(url + "&testIdentifiers=T-1"), found);
  EXPECT_THAT(Parts(url + "&testIdentifiers=urn:lab|T-1"), found);
  EXPECT_THAT(Parts(url + "&testIdentifiers=T-2"), none);
  EXPECT_THAT(Parts(url + "&testDateRange=ge2024-01-01&testDateRange=le2024-12-31"), found);
  EXPECT_THAT(Parts(url + "&testDateRange=ge2025"), none);
  EXPECT_THAT(Parts(url + "&specimenIdentifiers=S1"), found);
  EXPECT_THAT(Parts(url + "&specimenIdentifiers=S2"), none);
  EXPECT_THAT(Parts(url + "&genomicSourceClass=germline"), found);
  EXPECT_THAT(Parts(url + "&genomicSourceClass=somatic"), none);
}

TEST_F(Genomics, FindSpecificHaplotypes) {
  const auto presence = [this](const std::string& haplotype) {
    const fhir::Json answer =
        Ask("$find-subject-specific-haplotypes?subject=p&haplotypes=" + haplotype);
    return At(answer, "/parameter/0/part/1/valueBoolean");
  };
  for (const char* there : {"CYP2C19%20*2/*17", "CYP2C19%20*17/*2", "CYP2C19_*2/*17", "CYP2C19*17",
                            "urn:test|A1", "CYP2D6%20*10", "cyp2d6*41"}) {
    EXPECT_EQ(presence(there), "true") << there;
  }
  // *1 is part of the name of *17 and *10 and is in neither genotype.
  for (const char* absent : {"CYP2C19%20*1", "CYP2D6%20*1", "CYP2D6%20*4", "CYP2C19%20*1/*1",
                             "urn:test|a1", "urn:other|A1"}) {
    EXPECT_EQ(presence(absent), "false") << absent;
  }
  EXPECT_THAT(Parts("$find-subject-specific-haplotypes?subject=p&haplotypes=CYP2C19*2"),
              ElementsAre("haplotypeItem=CYP2C19*2", "presence=true", "genotype=g19"));
  // That nobody looked is said.
  const auto untested = Ask("$find-subject-specific-haplotypes?subject=p&haplotypes=TPMT%20*3A");
  EXPECT_THAT(At(untested, "/parameter/0/part/1/extension/0/url"), HasSubstr("not-tested"));
  const auto tested = Ask("$find-subject-specific-haplotypes?subject=p&haplotypes=CYP2D6%20*4");
  EXPECT_EQ(At(tested, "/parameter/0/part/1/extension"), "");
}

TEST_F(Genomics, FindVariantsInARange) {
  // One-based 94781859 is 94781858 to 94781859 when counted from zero.
  const std::string there =
      "$find-subject-variants?subject=p&ranges=NC_000010.11:94781858-94781862";
  EXPECT_THAT(Parts(there),
              ElementsAre("rangeItem=NC_000010.11:94781858-94781862", "presence=true"));
  EXPECT_THAT(
      Parts(there + "&includeVariants=true"),
      ElementsAre("rangeItem=NC_000010.11:94781858-94781862", "presence=true", "variant=v"));
  // Absent and unchanged positions are no variants.
  EXPECT_THAT(Parts("$find-subject-variants?subject=p&ranges=NC_000010.11:94781859-94781862"),
              ElementsAre("rangeItem=NC_000010.11:94781859-94781862", "presence=false"));
  // Coordinates are not converted, and no answer pretends that they were.
  EXPECT_EQ(client_.Call("GET", "$find-subject-variants?subject=p&ranges=NC_000010.10:1-9").status,
            422);
  EXPECT_THAT(Parts("$find-subject-specific-variants?subject=p&variants="
                    "NC_000010.11:94781858:G:A"),
              ElementsAre("variantItem=NC_000010.11:94781858:G:A", "presence=true", "variant=v"));
}

TEST_F(Genomics, FindImplicationsWithWhatTheyComeFrom) {
  const auto names = [this](const std::string& more) {
    const fhir::Json answer = Ask("$find-subject-tx-implications?subject=p" + more);
    return answer.contains("parameter") ? Texts(answer.at("parameter"))
                                        : std::vector<std::string>();
  };
  const auto found = ElementsAre("implication=tx", "genotype=g19");
  EXPECT_THAT(names("&treatments=clopidogrel"), found);
  EXPECT_THAT(names("&treatments=urn:rx|32968"), found);
  EXPECT_THAT(names("&haplotypes=CYP2C19%20*2"), found);
  EXPECT_THAT(names("&haplotypes=CYP2D6%20*10"), IsEmpty());
  EXPECT_THAT(names("&treatments=codeine"), IsEmpty());
  EXPECT_THAT(names(""), IsEmpty());
}

TEST_F(Genomics, TellOfTheStudies) {
  const auto parts = Parts("$find-study-metadata?subject=p");
  EXPECT_THAT(parts, ElementsAre("testId=T-1", "testDate=2024-05-02", "specimenId=Specimen/s"));
  EXPECT_THAT(Parts("$find-study-metadata?subject=p&testIdentifiers=no"), IsEmpty());
}

TEST_F(Genomics, CountInThePopulation) {
  EXPECT_THAT(
      Parts("$find-population-specific-haplotypes?haplotypes=CYP2C19*2"
            "&includePatientList=true"),
      ElementsAre("haplotypeItem=CYP2C19*2", "numerator=1", "denominator=2", "subject=Patient/p"));
  EXPECT_THAT(Parts("$find-population-specific-haplotypes?haplotypes=CYP2C19*1"),
              ElementsAre("haplotypeItem=CYP2C19*1", "numerator=0", "denominator=2"));
  EXPECT_THAT(Parts("$find-population-specific-variants?variants=NC_000010.11:94781858:G:A"),
              ElementsAre("variantItem=NC_000010.11:94781858:G:A", "numerator=1", "denominator=2"));
  EXPECT_THAT(Parts("$find-population-tx-implications?treatments=clopidogrel&haplotypes=CYP2C19*2"),
              ElementsAre("numerator=1", "denominator=2"));
  EXPECT_THAT(Parts("$find-population-tx-implications?treatments=codeine"),
              ElementsAre("numerator=0", "denominator=2"));
}

TEST_F(Genomics, AreRefusedWhenNotUnderstood) {
  for (const char* url : {"$find-subject-haplotypes?subject=p", "$find-subject-haplotypes?genes=X",
                          "$find-subject-haplotypes?subject=p&genes=X&colour=red",
                          "$find-subject-haplotypes?subject=p&genes=X&testDateRange=soon",
                          "$find-subject-haplotypes?subject=p&genes=X&genomicSourceClass=both",
                          "$find-subject-variants?subject=p&ranges=chr10:1-2-3",
                          "$find-subject-variants?subject=p&ranges=NC_000010.11:9-3"}) {
    EXPECT_EQ(client_.Call("GET", url).status, 400) << url;
  }
  EXPECT_EQ(client_.Call("GET", "$find-subject-haplotypes?subject=none&genes=X").status, 404);
}

TEST_F(Genomics, TakeAParametersBody) {
  const auto answer = client_.Send("POST", "$find-subject-haplotypes",
                                   R"({"resourceType":"Parameters","parameter":[
      {"name":"subject","valueString":"Patient/p"},{"name":"genes","valueString":"CYP2C19"},
      {"name":"testDateRange","valuePeriod":{"start":"2024-01-01","end":"2024-12-31"}}]})");
  EXPECT_THAT(Texts(BodyOf(answer).at("parameter").at(0).at("part")),
              ElementsAre("geneItem=CYP2C19", "genotype=g19"));
  EXPECT_EQ(
      client_.Send("POST", "$find-subject-haplotypes", R"({"resourceType":"Patient"})").status,
      400);
}

// By the rules as they are now, for what the laboratory left without a word.
TEST(GenomicsWithKnowledge, ComputesImplicationsFromTheRecord) {
  RestClient client([](RestContext& context) { context.knowledge = rules::SharedKnowledge; });
  const auto put = [&client](const std::string& url, const std::string& body) {
    ASSERT_EQ(client.Send("PUT", url, body).status, 201) << url;
  };
  put("Patient/p", R"({"resourceType":"Patient","id":"p"})");
  put("Observation/g19", Observation("g19", "84413-4",
                                     R"(,"effectiveDateTime":"2024-05-01",
          "valueCodeableConcept":{"text":"CYP2C19 *2/*2"},"component":[)" +
                                         Gene("2621", "CYP2C19") + "]"));
  put("Observation/g6", Observation("g6", "84413-4",
                                    R"(,"effectiveDateTime":"2020-01-01",
          "valueCodeableConcept":{"text":"CYP2D6 *4/*4"},"component":[)" +
                                        Gene("2625", "CYP2D6") + "]"));
  const auto ask = [&client](const std::string& more) {
    const auto answer = client.Call("GET", "$find-subject-tx-implications?subject=p" + more);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return BodyOf(answer);
  };
  const auto clopidogrel = ask("&treatments=clopidogrel");
  EXPECT_EQ(At(clopidogrel, "/parameter/0/name"), "implication");
  const std::string resource = "/parameter/0/resource";
  EXPECT_EQ(At(clopidogrel, resource + "/derivedFrom/0/reference"), "Observation/g19");
  EXPECT_EQ(At(clopidogrel, resource + "/derivedFrom/1"), "");
  EXPECT_EQ(At(clopidogrel, resource + "/subject/reference"), "Patient/p");
  EXPECT_THAT(At(clopidogrel, resource + "/method/text"), HasSubstr("Genflik, knowledge 2"));
  // CPIC 2022 for clopidogrel: a poor metabolizer gets another drug.
  EXPECT_THAT(fhir::PrintJson(clopidogrel), HasSubstr("CYP2C19 Poor Metabolizer"));
  EXPECT_EQ(At(clopidogrel.at("parameter").back(), "/resource/id"), "g19");
  // By ATC, by the genotype, and by both; a drug of another gene is not derived from this one.
  EXPECT_TRUE(ask("&treatments=http://www.whocc.no/atc|B01AC04").contains("parameter"));
  EXPECT_THAT(fhir::PrintJson(ask("&haplotypes=CYP2D6*4")), HasSubstr("codeine"));
  EXPECT_THAT(fhir::PrintJson(ask("&haplotypes=CYP2D6*4&treatments=clopidogrel")),
              ::testing::Not(HasSubstr("implication")));
  // A test left out by its date is no ground for an implication.
  EXPECT_FALSE(ask("&treatments=codeine&testDateRange=ge2023").contains("parameter"));
  EXPECT_TRUE(ask("&treatments=codeine&testDateRange=lt2023").contains("parameter"));
}

}  // namespace
}  // namespace genflik::rest
