#include "services/lab/vcf_intake.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "fhir/definitions.h"
#include "fhir/validator.h"
#include "rules/knowledge_loader.h"
#include "rules/phenotyper.h"
#include "services/core/error.h"
#include "services/mapping/genomics.h"
#include "tests/support/places.h"
#include "tests/support/services_tests/temporary_directory.h"
#include "tests/support/services_tests/vcf_test_support.h"

namespace genflik::lab {
namespace {

using fhir::Json;
using ::testing::ElementsAre;
using testing::Header;
using testing::OwnIndex;
using testing::Record;
using testing::ReferenceRecords;

const std::filesystem::path& KnowledgeFolder() {
  static const std::filesystem::path folder =
      std::filesystem::path(tests::SourceDir()) / "rules/knowledge";
  return folder;
}

std::shared_ptr<const rules::KnowledgeBase> Knowledge() {
  static const auto knowledge = [] {
    std::vector<rules::KnowledgeProblem> problems;
    return rules::LoadKnowledge(KnowledgeFolder(), problems);
  }();
  return knowledge;
}

std::shared_ptr<const fhir::Definitions> Definitions() {
  static const auto definitions = [] {
    fhir::IssueLog problems;
    return fhir::LoadDefinitions(tests::SourceDir() + "/fhir/definitions", problems);
  }();
  return definitions;
}

std::string FileText(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string Vcf(const std::string& name) {
  return FileText(std::filesystem::path(tests::TestData()) / "vcf" / name);
}

/// A person with these records in a gene and reference elsewhere in it.
std::string Person(const std::string& gene, const std::vector<std::string>& records) {
  std::string text = Header();
  for (const std::string& record : ReferenceRecords(*OwnIndex().definitions().Find(gene))) {
    const std::string place = record.substr(0, record.find('\t', record.find('\t') + 1) + 1);
    const bool replaced = std::any_of(records.begin(), records.end(), [&](const auto& other) {
      return Record(other).starts_with(place);
    });
    if (!replaced) text += record;
  }
  for (const std::string& record : records) text += Record(record);
  return text;
}

class VcfIntakeTest : public ::testing::Test {
 protected:
  VcfIntakeTest() {
    store::StoreOptions options;
    options.definitions = Definitions();
    options.project = [](const Json& resource) { return mapping::ReadGeneResults(resource); };
    store_ = store::OpenStore(":memory:", options);
    store_->Write([](store::Writer& writer) {
      for (const char* id : {"p1", "p2"}) {
        (void)writer.Put({{"resourceType", "Patient"}, {"id", id}});
      }
    });
    Use(KnowledgeFolder() / "definitions");
  }

  void Use(const std::filesystem::path& definitions) {
    intake_ = std::make_unique<VcfIntake>(
        VcfIntake::Needs{.store = *store_,
                         .knowledge = [] { return Knowledge(); },
                         .clock = clock_,
                         .ids = ids_,
                         .definitions = std::make_shared<CallDefinitions>(definitions)});
  }

  static VcfOrder Stored(const std::string& patient) {
    VcfOrder order;
    order.subject = "Patient/" + patient;
    order.store = true;
    return order;
  }

  std::vector<rules::GeneResult> Results(const std::string& patient) {
    return store_->Read([&](const store::Reader& reader) { return reader.ResultsOf(patient); });
  }

  /// What is in force of one gene.
  rules::GeneResult Result(const std::string& patient, const std::string& gene) {
    rules::GeneResult found;
    size_t count = 0;
    for (const auto& result : Results(patient)) {
      if (result.gene != gene || result.record_status == rules::RecordStatus::kEnteredInError) {
        continue;
      }
      found = result;
      ++count;
    }
    EXPECT_EQ(count, 1U) << gene;
    return found;
  }

  size_t CountStored(const std::string& type) {
    return store_->Read([&](const store::Reader& reader) {
      return reader.History({.type = type, .count = 1}).total;
    });
  }

  std::unique_ptr<store::Store> store_;
  core::SystemClock clock_;
  core::SequenceIds ids_;
  std::unique_ptr<VcfIntake> intake_;
};

std::vector<Json> ResourcesOf(const Json& bundle, const std::string& code) {
  std::vector<Json> found;
  for (const Json& entry : bundle.at("entry")) {
    const Json& resource = entry.at("resource");
    if (resource.at("code").at("coding").at(0).at("code") == code) found.push_back(resource);
  }
  return found;
}

TEST_F(VcfIntakeTest, EveryResourceIsValidByItsProfile) {
  size_t files = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(std::filesystem::path(tests::TestData()) / "vcf")) {
    if (file.path().extension() != ".vcf" || file.path().stem() == "two_samples") continue;
    SCOPED_TRACE(file.path().filename().string());
    VcfOrder order;
    order.subject = "Patient/p1";
    order.implications = ImplicationChoice::kAll;
    order.settings.options.all = true;
    order.settings.options.on_request = true;
    order.laboratory = "Lab";
    order.effective = "2026-03-01";
    const Json bundle = intake_->Call(FileText(file.path()), order);
    fhir::IssueLog log;
    fhir::ValidateResource(*Definitions(), bundle, log);
    for (const Json& entry : bundle.at("entry")) {
      const Json& resource = entry.at("resource");
      fhir::ValidateResource(*Definitions(), resource, log);
      EXPECT_EQ(resource.at("subject").at("reference"), "Patient/p1");
    }
    for (const auto& issue : log.issues()) ADD_FAILURE() << issue.path << ": " << issue.text;
    ++files;
  }
  EXPECT_GE(files, 10U);
}

TEST_F(VcfIntakeTest, GivesTherapeuticImplicationsOfTheGenotype) {
  VcfOrder order;
  const Json bundle =
      intake_->Call(Person("CYP2C19", {"chr10 94775367 A G GT 1/1", "chr10 94781859 G A GT 1/1",
                                       "chr10 94842866 A G GT 1/1"}),
                    order);
  ASSERT_EQ(ResourcesOf(bundle, "84413-4").size(), 1U);
  EXPECT_EQ(ResourcesOf(bundle, "84413-4")[0].at("valueCodeableConcept").at("text"),
            "CYP2C19 *2/*2");
  std::string genotype;
  for (const Json& entry : bundle.at("entry")) {
    if (entry.at("resource") == ResourcesOf(bundle, "84413-4")[0]) genotype = entry.at("fullUrl");
  }
  size_t clopidogrel = 0;
  for (const Json& implication : ResourcesOf(bundle, "therapeutic-implication")) {
    EXPECT_FALSE(implication.contains("valueCodeableConcept"));
    EXPECT_EQ(implication.at("derivedFrom").at(0).at("reference"), genotype);
    const std::string text = implication.dump();
    EXPECT_NE(text.find("LA9657-3"), std::string::npos);
    if (text.find("\"B01AC04\"") != std::string::npos) ++clopidogrel;
  }
  // CPIC (two indications at least) and DPWG both advise poor metabolisers against clopidogrel.
  EXPECT_GE(clopidogrel, 3U);
  order.implications = ImplicationChoice::kNone;
  EXPECT_TRUE(
      ResourcesOf(intake_->Call(Vcf("cyp2c19_s2_s17.vcf"), order), "therapeutic-implication")
          .empty());
}

TEST_F(VcfIntakeTest, StoresWhatWasCalled) {
  (void)intake_->Call(Vcf("cyp2c19_s2_s17.vcf"), Stored("p1"));
  const auto result = Result("p1", "CYP2C19");
  EXPECT_THAT(result.diplotypes, ElementsAre("*2/*17"));
  EXPECT_TRUE(result.coverage.known);
  EXPECT_TRUE(Results("p2").empty());
  (void)intake_->Call(Vcf("dpyd_hapb3_unphased.vcf"), Stored("p2"));
  EXPECT_THAT(Result("p2", "DPYD").haplotypes,
              ElementsAre("c.1129-5923C>G, c.1236G>A (HapB3)", "c.2846A>T"));
}

TEST_F(VcfIntakeTest, TheSameFileTwiceIsOneReport) {
  (void)intake_->Call(Vcf("cyp2c19_s2_s17.vcf"), Stored("p1"));
  const size_t before = CountStored("Observation");
  (void)intake_->Call(Vcf("cyp2c19_s2_s17.vcf"), Stored("p1"));
  EXPECT_EQ(CountStored("Observation"), before);
  EXPECT_EQ(CountStored("DiagnosticReport"), 1U);
}

TEST_F(VcfIntakeTest, ALaterReportOfTheSameNumberReplacesTheEarlier) {
  VcfOrder order = Stored("p1");
  order.number = "R7";
  (void)intake_->Call(Vcf("cyp2c19_s2_s17.vcf"), order);
  (void)intake_->Call(Person("CYP2C19", {}), order);
  EXPECT_EQ(Result("p1", "CYP2C19").diplotypes.size(), 1U);
  // The variants of the first are withdrawn, not left standing.
  store_->Read([](const store::Reader& reader) {
    for (const auto& stored : reader.FindMatching("Observation", "code=http://loinc.org|69548-6")) {
      EXPECT_EQ(stored.Body().at("status"), "entered-in-error");
    }
  });
}

TEST_F(VcfIntakeTest, StoresNothingOfAFileThatIsWrong) {
  const auto refused = [this](const std::string& bytes, const VcfOrder& order) {
    try {
      (void)intake_->Call(bytes, order);
    } catch (const core::Error& error) {
      return error.code();
    }
    ADD_FAILURE() << "was not refused";
    return core::ErrorCode::kInternal;
  };
  const std::string good = Vcf("cyp2c19_s2_s17.vcf");
  EXPECT_EQ(refused(good + "chr10\t94781859\t.\tG", Stored("p1")), core::ErrorCode::kMalformed);
  EXPECT_EQ(refused(Vcf("broken/grch37.vcf"), Stored("p1")), core::ErrorCode::kUnsupported);
  EXPECT_EQ(refused(Vcf("broken/contradiction.vcf"), Stored("p1")), core::ErrorCode::kInvalid);
  EXPECT_EQ(refused(Vcf("two_samples.vcf"), Stored("p1")), core::ErrorCode::kInvalid);
  EXPECT_EQ(refused(good, Stored("nobody")), core::ErrorCode::kNotFound);
  VcfOrder nobody;
  nobody.store = true;
  EXPECT_EQ(refused(good, nobody), core::ErrorCode::kInvalid);
  VcfOrder gene = Stored("p1");
  gene.settings.genes = {"CYP9Z9"};
  EXPECT_EQ(refused(good, gene), core::ErrorCode::kInvalid);
  EXPECT_TRUE(Results("p1").empty());
  EXPECT_EQ(CountStored("Observation") + CountStored("DiagnosticReport"), 0U);
}

TEST_F(VcfIntakeTest, CallingAgainChangesNothingWhenDefinitionsAreTheSame) {
  (void)intake_->Call(Vcf("cyp2c19_s2_s17.vcf"), Stored("p1"));
  VcfOrder male = Stored("p2");
  male.settings.options.sex = rules::Sex::kMale;
  male.settings.outside = ReadOutsideCalls("CYP2D6\t*1/*4\n", "outside");
  (void)intake_->Call(Vcf("g6pd_male.vcf"), male);
  const auto recalled = intake_->RecallAll(true);
  ASSERT_EQ(recalled.size(), 2U);
  for (const Recalled& report : recalled) EXPECT_TRUE(report.changes.empty()) << report.report;
  EXPECT_EQ(CountStored("DiagnosticReport"), 2U);
  EXPECT_THAT(Result("p2", "CYP2D6").diplotypes, ElementsAre("*1/*4"));
}

TEST_F(VcfIntakeTest, CallsAgainFromWhatWasKeptWhenDefinitionsChange) {
  (void)intake_->Call(Vcf("cyp2c19_s2_s17.vcf"), Stored("p1"));
  // Definitions in which *17 has another name.
  const genflik::testing::TemporaryDirectory folder;
  for (const auto& file : std::filesystem::directory_iterator(KnowledgeFolder() / "definitions")) {
    std::string text = FileText(file.path());
    if (file.path().filename() == "CYP2C19.json") {
      const std::string name = "\"*17\"";
      ASSERT_NE(text.find(name), std::string::npos);
      for (size_t at = 0; (at = text.find(name)) != std::string::npos;) {
        text.replace(at, name.size(), "\"*99\"");
      }
    }
    std::ofstream(folder.path() / file.path().filename(), std::ios::binary) << text;
  }
  Use(folder.path());
  const auto shown = intake_->RecallAll(false);
  ASSERT_EQ(shown.size(), 1U);
  ASSERT_EQ(shown[0].changes.size(), 1U);
  EXPECT_EQ(shown[0].patient, "p1");
  EXPECT_EQ(shown[0].changes[0].from, "*2/*17");
  EXPECT_EQ(shown[0].changes[0].to, "*2/*99");
  EXPECT_THAT(Result("p1", "CYP2C19").diplotypes, ElementsAre("*2/*17"));

  (void)intake_->RecallAll(true);
  const auto amended = Result("p1", "CYP2C19");
  EXPECT_THAT(amended.diplotypes, ElementsAre("*2/*99"));
  EXPECT_EQ(amended.record_status, rules::RecordStatus::kAmended);
  // The version before stays readable.
  store_->Read([&](const store::Reader& reader) {
    const std::string id = amended.source.substr(amended.source.find('/') + 1);
    const auto first = reader.FindVersion("Observation", id, 1);
    ASSERT_TRUE(first.has_value());
    EXPECT_NE(first->text.find("*2/*17"), std::string::npos);
  });
  for (const Recalled& report : intake_->RecallAll(true)) EXPECT_TRUE(report.changes.empty());
}

/// Every named allele, written as an Observation and read again, means the same.
TEST(CallObservations, KeepEveryNamedAllele) {
  size_t alleles = 0;
  for (const auto& gene : OwnIndex().definitions().genes()) {
    const rules::Gene* meaning = Knowledge()->FindGene(gene.gene);
    ASSERT_NE(meaning, nullptr) << gene.gene;
    const std::string reference = gene.Reference().Reported();
    for (const auto& allele : gene.alleles) {
      rules::GeneResult result;
      result.gene = gene.gene;
      const bool one = gene.copies == rules::GeneCopies::kOne;
      result.diplotypes = {one ? allele.Reported() : reference + "/" + allele.Reported()};
      const auto read = mapping::ReadGeneResults(mapping::RenderObservation(result, {}));
      ASSERT_EQ(read.size(), 1U) << gene.gene << " " << result.diplotypes[0];
      EXPECT_EQ(rules::Interpret(*meaning, read[0]).candidates,
                rules::Interpret(*meaning, result).candidates)
          << gene.gene << " " << result.diplotypes[0];
      ++alleles;
    }
  }
  EXPECT_GT(alleles, 700U);
}

TEST(CallObservations, KeepListsStrandsAndAlternatives) {
  const std::string hap = "c.1129-5923C>G, c.1236G>A (HapB3)";
  rules::GeneResult list;
  list.gene = "DPYD";
  list.haplotypes = {hap, "c.2846A>T", "c.2846A>T"};
  auto read = mapping::ReadGeneResults(mapping::RenderObservation(list, {}));
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(read[0].haplotypes, list.haplotypes);
  rules::GeneResult ways;
  ways.gene = "DPYD";
  ways.status = rules::CallStatus::kAmbiguous;
  ways.diplotypes = {"Reference/[c.61C>T + " + hap + " + c.1627A>G (*5)]",
                     "c.1627A>G (*5)/[c.61C>T + " + hap + "]"};
  read = mapping::ReadGeneResults(mapping::RenderObservation(ways, {}));
  ASSERT_EQ(read.size(), 1U);
  const auto* gene = Knowledge()->FindGene("DPYD");
  EXPECT_EQ(rules::Interpret(*gene, read[0]).candidates, rules::Interpret(*gene, ways).candidates);
  EXPECT_EQ(rules::Interpret(*gene, ways).candidates.size(), 2U);
}

}  // namespace
}  // namespace genflik::lab
