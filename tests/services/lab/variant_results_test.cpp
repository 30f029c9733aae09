#include "services/lab/variant_results.h"

#include <algorithm>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "fhir/definitions.h"
#include "rules/knowledge_loader.h"
#include "services/lab/import.h"
#include "services/lab/intake.h"
#include "services/lab/patients.h"
#include "services/lab/result_check.h"
#include "services/lab/table_reader.h"
#include "services/lab/unmapped_queue.h"
#include "services/mapping/genomics.h"
#include "tests/support/places.h"

// A variant that a laboratory reports by any door becomes a result or an entry of the queue. The
// alleles expected here are those of PharmVar: CYP2C19*2 rs4244285 G>A, *3 rs4986893 G>A, *17
// rs12248560 C>T; NUDT15*3 rs116855232 C>T; CYP2D6*4 rs3892097 C>T (plus strand).

namespace genflik::lab {
namespace {

using fhir::Json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

std::shared_ptr<const rules::AlleleDefinitions> Definitions() {
  static const auto definitions = [] {
    std::vector<rules::DefinitionProblem> problems;
    return rules::LoadDefinitions(tests::SourceDir() + "/rules/knowledge/definitions", problems);
  }();
  return definitions;
}

std::shared_ptr<const rules::KnowledgeBase> Knowledge() {
  static const auto knowledge = [] {
    std::vector<rules::KnowledgeProblem> problems;
    return rules::LoadKnowledge(tests::SourceDir() + "/rules/knowledge", problems);
  }();
  return knowledge;
}

class VariantDoors : public testing::Test {
 protected:
  VariantDoors() {
    static const auto searchable = [] {
      fhir::IssueLog problems;
      return fhir::LoadDefinitions(tests::SourceDir() + "/fhir/definitions", problems);
    }();
    store::StoreOptions options;
    options.definitions = searchable;
    options.project = [](const Json& resource) { return mapping::ReadGeneResults(resource); };
    store_ = store::OpenStore(":memory:", options);
    const auto variants = std::make_shared<const VariantResults>(Definitions, Knowledge);
    store_->AddWriteObserver(WithVariantResults(
        variants,
        {ObserveResults, [this](store::Writer&, const std::vector<store::StoredResource>& seen) {
           for (const auto& one : seen) shown_.push_back(one.Reference());
         }}));
  }

  static Json Variant(const std::string& id, const std::string& rs, const Json& value,
                      const std::string& gene = "") {
    Json observation = {{"resourceType", "Observation"},
                        {"id", id},
                        {"status", "final"},
                        {"subject", {{"reference", "Patient/p"}}},
                        {"effectiveDateTime", "2025-02-26"},
                        {"performer", {{{"display", "Lab A"}}}},
                        {"code", Coded("69548-6")}};
    observation.update(value);
    observation["component"].push_back(
        {{"code", Coded("81255-2")}, {"valueCodeableConcept", {{"text", rs}}}});
    if (!gene.empty()) {
      observation["component"].push_back(
          {{"code", Coded("48018-6")}, {"valueCodeableConcept", {{"text", gene}}}});
    }
    return observation;
  }
  static Json Coded(const std::string& code) {
    return {{"coding", {{{"system", "http://loinc.org"}, {"code", code}}}}};
  }
  static Json Bases(const std::string& bases) { return {{"valueString", bases}}; }
  static Json Present(const char* state) {
    return {{"valueCodeableConcept", Coded("LA9633-4")},
            {"component", {{{"code", Coded("53034-5")}, {"valueCodeableConcept", Coded(state)}}}}};
  }

  void Put(const std::vector<Json>& resources) {
    store_->Write([&](store::Writer& writer) {
      if (!writer.Find("Patient", "p")) {
        writer.Put({{"resourceType", "Patient"}, {"id", "p"}, {"gender", "female"}});
      }
      for (const Json& resource : resources) writer.Put(resource);
    });
  }

  /// "GENE diplotypes haplotypes -absent status", without withdrawn ones.
  std::vector<std::string> Results(const std::string& patient = "p") {
    std::vector<std::string> texts;
    for (const auto& result : Raw(patient)) {
      if (result.record_status == rules::RecordStatus::kEnteredInError) continue;
      std::string text = result.gene;
      for (const auto& one : result.diplotypes) text += " " + one;
      for (const auto& one : result.haplotypes) text += " " + one;
      for (const auto& one : result.absent) text += " -" + one;
      if (result.status == rules::CallStatus::kNoCall) text += " no call";
      texts.push_back(text);
    }
    return texts;
  }
  std::vector<rules::GeneResult> Raw(const std::string& patient = "p") {
    return store_->Read([&](const store::Reader& reader) { return reader.ResultsOf(patient); });
  }

  std::vector<std::string> Queue() {
    std::vector<std::string> reasons;
    for (const auto& record : store_->Read([](const store::Reader& reader) {
           return reader.FindRecords({.kind = "unmapped", .status = "open"});
         })) {
      for (const auto& reason : FromRecord(record).reasons) reasons.push_back(reason);
    }
    return reasons;
  }

  std::string Acknowledge(const std::string& obx, const LabConfigurations& labs = {}) {
    const std::string message =
        "MSH|^~\\&|GENLAB|KLIN|PGX|REG|20250301||ORU^R01^ORU_R01|M" + std::to_string(++messages_) +
        "|P|2.5.1\rPID|1||195009072553^^^SKV&1.2.752.129.2.1.3.1&ISO^NNSWE||Test^Tore||19500907|M\r"
        "OBR|1|P1|F1|PGX^Panel^L|||20250226|||||||||||||||20250301||GE|F\r" +
        obx;
    const std::string ack = Hl7Intake(*store_, labs, clock_, ids_).Handle(message);
    return ack.substr(ack.find("\rMSA|") + 5, 2);
  }

  std::string PatientOf(const std::string& personnummer) {
    return store_->Read([&](const store::Reader& reader) {
      return FindPatient(reader,
                         {{"http://electronichealth.se/identifier/personnummer", personnummer}});
    });
  }

  void Import(const std::string& table, const LabConfiguration& lab) {
    using std::chrono::year_month_day;
    auto rows = ReadTable(table, lab, year_month_day(std::chrono::year(2026) / 3 / 1));
    ImportOptions options;
    options.name = ImportIdentity(table, lab.name);
    static_cast<void>(
        ImportTable(*store_, std::move(rows), options, clock_, [](size_t, size_t) {}));
  }

  core::FixedClock clock_{core::Instant{std::chrono::seconds(1772366400)}};
  core::SequenceIds ids_;
  int messages_ = 0;
  std::vector<std::string> shown_;
  std::unique_ptr<store::Store> store_;
};

TEST_F(VariantDoors, CallsFhirGenotypesInBasesTogether) {
  Put({Variant("a", "rs4244285", Bases("G/A")), Variant("b", "rs4986893", Bases("G/G")),
       Variant("c", "rs12248560", Bases("C/C"))});
  EXPECT_THAT(Results(), ElementsAre("CYP2C19 *1/*2"));
  EXPECT_THAT(Queue(), ElementsAre());
  const auto result = Raw().at(0);
  EXPECT_THAT(result.coverage.positions,
              UnorderedElementsAre("rs4244285", "rs4986893", "rs12248560"));
  EXPECT_EQ(result.effective, "2025-02-26");
  EXPECT_EQ(result.laboratory, "Lab A");
  EXPECT_TRUE(std::ranges::any_of(shown_, [](const std::string& reference) {
    return reference.starts_with("Observation/call-");
  })) << "orders that run are checked against the derived result";
}

TEST_F(VariantDoors, CallsFhirPresenceWithAllelicState) {
  Put({Variant("a", "rs4244285", Present("LA6705-3"), "CYP2C19"),
       Variant("b", "rs12248560", {{"valueCodeableConcept", Coded("LA9634-2")}}, "CYP2C19")});
  EXPECT_THAT(Results(), ElementsAre("CYP2C19 *2/*2"));
}

TEST_F(VariantDoors, CallsVariantsThatArriveOneByOne) {
  Put({Variant("a", "rs4244285", Bases("G/A"))});
  EXPECT_THAT(Results(), ElementsAre("CYP2C19 *1/*2"));
  Put({Variant("b", "rs4986893", Bases("G/A"))});
  EXPECT_THAT(Results(), ElementsAre("CYP2C19 *2/*3"));
}

TEST_F(VariantDoors, FollowsACorrectionAndAWithdrawal) {
  Json variant = Variant("a", "rs4244285", Bases("G/A"));
  Put({variant});
  variant["valueString"] = "A/A";
  variant["status"] = "corrected";
  Put({variant});
  EXPECT_THAT(Results(), ElementsAre("CYP2C19 *2/*2"));
  EXPECT_EQ(Raw().at(0).record_status, rules::RecordStatus::kCorrected);
  variant["status"] = "entered-in-error";
  Put({variant});
  EXPECT_THAT(Results(), ElementsAre());
  EXPECT_THAT(Raw(), testing::SizeIs(1)) << "the call stays in the history";
}

TEST_F(VariantDoors, ReadsBasesOfTheOtherStrand) {
  // VKORC1 lies on the minus strand: many laboratories write rs9923231 as G/A.
  Put({Variant("a", "rs4244285", Bases("C/T")), Variant("v", "rs9923231", Bases("G/A"), "VKORC1")});
  EXPECT_THAT(Results(), UnorderedElementsAre("CYP2C19 *1/*2", "VKORC1 rs9923231 C/T"));
}

TEST_F(VariantDoors, RefusesBasesWhoseStrandDecidesTheirMeaning) {
  // DPYD c.2846A>T is T>A on the plus strand: A/A is the reference on one strand and the variant on
  // both copies on the other. A/T is the same on both.
  Put({Variant("a", "rs67376798", Bases("A/A"), "DPYD")});
  EXPECT_THAT(Results(), ElementsAre());
  EXPECT_THAT(Queue(), ElementsAre(HasSubstr("strand")));
  Put({Variant("a", "rs67376798", Bases("A/T"), "DPYD")});
  EXPECT_THAT(Results(), ElementsAre("DPYD c.2846A>T"));
}

TEST_F(VariantDoors, QueuesWhatItCannotCallWithTheReason) {
  Put({Variant("a", "rs4244285", Bases("G/T")), Variant("b", "rs12248560", Bases("C/C"))});
  EXPECT_THAT(Results(), ElementsAre());
  EXPECT_THAT(Queue(), ElementsAre(HasSubstr("CYP2C19 rs4244285 G/T: the bases are not those")));
  Put({Variant("a", "rs4244285", Bases("G/A"))});
  EXPECT_THAT(Results(), ElementsAre("CYP2C19 *1/*2"));
  EXPECT_THAT(Queue(), ElementsAre()) << "a later version that can be used closes the entry";
}

TEST_F(VariantDoors, QueuesPresenceOnAnUnknownNumberOfCopies) {
  Put({Variant("a", "rs4244285", {{"valueCodeableConcept", Coded("LA9633-4")}}, "CYP2C19")});
  EXPECT_THAT(Queue(), ElementsAre(HasSubstr("unknown number of copies")));
}

TEST_F(VariantDoors, QueuesVariantsThatNoDefinitionKnows) {
  Put({Variant("a", "rs4680", Bases("A/G"), "COMT"), Variant("b", "rs999999999", Bases("A/G"))});
  EXPECT_THAT(Results(), ElementsAre());
  EXPECT_THAT(Queue(), UnorderedElementsAre(HasSubstr("COMT rs4680 A/G: the variant is in no"),
                                            HasSubstr("rs999999999 A/G: the variant is in no")));
}

TEST_F(VariantDoors, CallsCyp2d6OnlyWithAStatedCoverage) {
  Put({Variant("a", "rs3892097", Bases("C/T"), "CYP2D6")});
  EXPECT_THAT(Results(), ElementsAre());
  EXPECT_THAT(Queue(), ElementsAre(HasSubstr("copy number and hybrids")));
}

TEST_F(VariantDoors, QueuesContradictionsWithinOneAnalysis) {
  Put({Variant("a", "rs4244285", Bases("G/A")), Variant("b", "rs4244285", Bases("A/A"))});
  EXPECT_THAT(Results(), ElementsAre());
  EXPECT_THAT(Queue(), ElementsAre(HasSubstr("contradict")));
}

TEST_F(VariantDoors, TakesTheLaboratorysOwnAllelesBeforeItsVariants) {
  Json genotype = {{"resourceType", "Observation"},
                   {"id", "g"},
                   {"status", "final"},
                   {"subject", {{"reference", "Patient/p"}}},
                   {"code", Coded("84413-4")},
                   {"valueString", "CYP2C19 *1/*17"},
                   {"derivedFrom", {{{"reference", "Observation/a"}}}}};
  Put({Variant("a", "rs4244285", Bases("G/A"))});
  EXPECT_THAT(Results(), ElementsAre("CYP2C19 *1/*2"));
  Put({genotype});
  EXPECT_THAT(Results(), ElementsAre("CYP2C19 *1/*17"));
}

TEST_F(VariantDoors, ReadsPanelsWhoseComponentsAreCodedByRsNumber) {
  Json panel = {{"resourceType", "Observation"},
                {"id", "panel"},
                {"status", "final"},
                {"subject", {{"reference", "Patient/p"}}},
                {"code", {{"text", "Panel"}}},
                {"component",
                 {{{"code", {{"text", "rs4244285"}}}, {"valueString", "G/A"}},
                  {{"code", {{"text", "rs116855232"}}}, {"valueString", "C/T"}}}}};
  Put({panel});
  EXPECT_THAT(Results(), UnorderedElementsAre("CYP2C19 *1/*2", "NUDT15 *1/*3"));
}

TEST_F(VariantDoors, ReadsVariantsContainedInAReport) {
  Json variant = Variant("v1", "rs4244285", Bases("A/A"));
  Put({{{"resourceType", "DiagnosticReport"},
        {"id", "r"},
        {"status", "final"},
        {"code", Coded("51969-4")},
        {"subject", {{"reference", "Patient/p"}}},
        {"contained", {variant}},
        {"result", {{{"reference", "#v1"}}}}}});
  EXPECT_THAT(Results(), ElementsAre("CYP2C19 *2/*2"));
}

TEST_F(VariantDoors, ReadsAGenotypeObservationThatHoldsOneVariantsBases) {
  Json observation = Variant("a", "rs4244285", Bases("G/A"), "CYP2C19");
  observation["code"] = Coded("84413-4");
  Put({observation});
  EXPECT_THAT(Results(), ElementsAre("CYP2C19 *1/*2"));
  EXPECT_THAT(Queue(), ElementsAre());
}

TEST_F(VariantDoors, ReadsBasesOfVariantsThatAreAllelesByThemselves) {
  // DPYD c.1905+1G>A is rs3918290, C>T on the plus strand; c.1679T>G is rs55886062, A>C.
  Put({Variant("a", "rs3918290", Bases("C/T"), "DPYD"),
       Variant("b", "rs55886062", Bases("A/A"), "DPYD")});
  EXPECT_THAT(Results(), UnorderedElementsAre("DPYD c.1905+1G>A", "DPYD -c.1679T>G"));
  EXPECT_THAT(Queue(), ElementsAre());
}

TEST_F(VariantDoors, KeepsSomaticFindingsOutOfTheRecord) {
  Json variant = Variant("a", "rs4244285", Bases("A/A"), "CYP2C19");
  variant["component"].push_back(
      {{"code", Coded("48002-0")}, {"valueCodeableConcept", Coded("LA6684-0")}});
  Put({variant});
  EXPECT_THAT(Results(), ElementsAre());
  EXPECT_THAT(Queue(), ElementsAre(HasSubstr("somatic")));
}

TEST_F(VariantDoors, QueuesAVariantThatNamesNoPatientOfTheRecord) {
  Json variant = Variant("a", "rs4244285", Bases("G/A"));
  variant["subject"] = {{"display", "somebody"}};
  Put({variant});
  EXPECT_THAT(Queue(), ElementsAre(HasSubstr("names no patient")));
  variant.erase("subject");
  fhir::IssueLog log;
  CheckSubject(variant, log);
  EXPECT_TRUE(log.HasErrors()) << "and one without a subject is refused at the door";
}

TEST_F(VariantDoors, CallsLocalRsTestsOfHl7Messages) {
  EXPECT_EQ(Acknowledge("OBX|1|ST|RS4244285^CYP2C19 c.681G>A (rs4244285)^99L||G/A||||||F\r"
                        "OBX|2|ST|RS4986893^CYP2C19 c.636G>A (rs4986893)^99L||G/G||||||F\r"
                        "OBX|3|ST|RS12248560^CYP2C19 c.-806C>T (rs12248560)^99L||C/C||||||F\r"),
            "AA");
  EXPECT_THAT(Results(PatientOf("195009072553")), ElementsAre("CYP2C19 *1/*2"));
  EXPECT_THAT(Queue(), ElementsAre());
}

TEST_F(VariantDoors, CallsGroupedRsResultsOfHl7Messages) {
  EXPECT_EQ(Acknowledge("OBX|1|CWE|48018-6^Gene^LN|2a|HGNC:2621^CYP2C19^HGNC||||||F\r"
                        "OBX|2|CWE|81255-2^dbSNP^LN|2a|rs4244285^rs4244285^dbSNP||||||F\r"
                        "OBX|3|ST|84413-4^Genotype^LN|2a|A/A||||||F\r"),
            "AA");
  EXPECT_THAT(Results(PatientOf("195009072553")), ElementsAre("CYP2C19 *2/*2"));
}

TEST_F(VariantDoors, QueuesUnreadableRsResultsOfHl7Messages) {
  EXPECT_EQ(Acknowledge("OBX|1|ST|RS4244285^CYP2C19 (rs4244285)^99L||see note||||||F\r"), "AA");
  EXPECT_THAT(Results(PatientOf("195009072553")), ElementsAre());
  EXPECT_THAT(Queue(), ElementsAre(HasSubstr("the answer cannot be read")));
}

TEST_F(VariantDoors, UsesTheLaboratorysCoverageOfHl7Results) {
  LabConfiguration lab;
  lab.name = "genlab";
  lab.laboratory = "Genlab";
  lab.senders = {"GENLAB|*"};
  lab.coverage["CYP2D6"] = {.known = true, .alleles = {"*1", "*4"}, .copy_number = false};
  EXPECT_EQ(Acknowledge("OBX|1|ST|RS3892097^CYP2D6 rs3892097^99L||C/T||||||F\r",
                        LabConfigurations({lab})),
            "AA");
  const std::string patient = PatientOf("195009072553");
  EXPECT_THAT(Results(patient), ElementsAre("CYP2D6 *1/*4"));
  EXPECT_THAT(Raw(patient).at(0).coverage.positions, ElementsAre("rs3892097"));
}

TEST_F(VariantDoors, CallsPanelTablesWithARowForEachVariant) {
  Import(
      "personnummer\trsid\tgenotyp\tdatum\n"
      "19500907-2553\trs4244285\tG/A\t2014-05-06\n"
      "19500907-2553\trs4986893\tG/G\t2014-05-06\n"
      "19500907-2553\trs116855232\tnonsense\t2014-05-06\n",
      {});
  EXPECT_THAT(Results(PatientOf("195009072553")), ElementsAre("CYP2C19 *1/*2"));
  EXPECT_THAT(Queue(), ElementsAre(HasSubstr("NUDT15 rs116855232 nonsense")));
}

TEST_F(VariantDoors, CallsPanelTablesWithAColumnForEachVariant) {
  LabConfiguration lab;
  lab.name = "panel";
  lab.laboratory = "Panellab";
  lab.columns = {{"pnr", "patient"}, {"dat", "date"}, {"T1", "variant:CYP2C19 rs4244285"}};
  const std::string table =
      "pnr;dat;T1;rs12248560\n"
      "19500907-2553;2014-05-06;AG;C/T\n";
  // *4 shares the variant of *17: without its own position only the laboratory can tell them apart.
  Import(table, lab);
  EXPECT_THAT(Results(PatientOf("195009072553")), ElementsAre("CYP2C19 *2/*4 *2/*17"));
  EXPECT_THAT(Queue(), ElementsAre());
  lab.name = "stated";
  lab.coverage["CYP2C19"] = {.known = true, .alleles = {"*2", "*17"}};
  lab.laboratory = "Stated";
  Import(table, lab);
  EXPECT_THAT(Results(PatientOf("195009072553")),
              ElementsAre("CYP2C19 *2/*4 *2/*17", "CYP2C19 *2/*17"));
}

TEST_F(VariantDoors, TakesATableAgainByItsContent) {
  EXPECT_EQ(ImportIdentity("abc", "x"), ImportIdentity("abc", "x"));
  EXPECT_NE(ImportIdentity("abc", "x"), ImportIdentity("abd", "x"));
  EXPECT_NE(ImportIdentity("abc", "x"), ImportIdentity("abc", "y"));
}

}  // namespace
}  // namespace genflik::lab
