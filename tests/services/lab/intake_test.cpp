#include "services/lab/intake.h"

#include <gtest/gtest.h>

#include "fhir/definitions.h"
#include "services/lab/unmapped_queue.h"
#include "services/mapping/genomics.h"
#include "tests/support/places.h"

namespace genflik::lab {
namespace {

class Hl7IntakeTest : public testing::Test {
 protected:
  Hl7IntakeTest() {
    fhir::IssueLog problems;
    store::StoreOptions options;
    options.definitions = fhir::LoadDefinitions(tests::SourceDir() + "/fhir/definitions", problems);
    options.project = [](const fhir::Json& resource) { return mapping::ReadGeneResults(resource); };
    store_ = store::OpenStore(":memory:", options);
    store_->AddWriteObserver(ObserveResults);
    intake_.emplace(*store_, configurations_, clock_, ids_);
  }

  static std::string Message(const std::string& id, const std::string& issued,
                             const std::string& genotype, const std::string& status,
                             const std::string& number = "F1") {
    return "MSH|^~\\&|GENLAB|KLIN|PGX|REG|" + issued + "||ORU^R01^ORU_R01|" + id +
           "|P|2.5.1\rPID|1||195009072553^^^SKV&1.2.752.129.2.1.3.1&ISO^NNSWE||Test^Tore||19500907|"
           "M\rOBR|1|P1|" +
           number + "|CYP2D6^CYP2D6 genotyp^L|||20250226|||||||||||||||" + issued +
           "||GE|F\rOBX|1|ST|84413-4^Genotype^LN|1|" + genotype + "||||||" + status + "\r";
  }

  std::vector<rules::GeneResult> Results() {
    return store_->Read([&](const store::Reader& reader) {
      const auto patients = FindPatients(reader);
      return patients.size() == 1 ? reader.ResultsOf(patients[0])
                                  : std::vector<rules::GeneResult>();
    });
  }

  static std::vector<std::string> FindPatients(const store::Reader& reader) {
    std::vector<std::string> ids;
    for (const auto& patient : reader.FindMatching(
             "Patient",
             "identifier=http://electronichealth.se/identifier/personnummer|195009072553")) {
      ids.push_back(patient.id);
    }
    return ids;
  }

  size_t Queued() {
    return store_->Read([](const store::Reader& reader) {
      return reader.FindRecords({.kind = "unmapped", .status = "open"}).size();
    });
  }

  static std::string CodeOf(const std::string& ack) {
    return ack.substr(ack.find("\rMSA|") + 5, 2);
  }

  core::FixedClock clock_{core::Instant{std::chrono::seconds(1772366400)}};
  core::SequenceIds ids_;
  LabConfigurations configurations_;
  std::unique_ptr<store::Store> store_;
  std::optional<Hl7Intake> intake_;
};

TEST_F(Hl7IntakeTest, StoresAMessageBeforeItIsAcknowledged) {
  EXPECT_EQ(CodeOf(intake_->Handle(Message("M1", "20250301", "*1/*4", "F"))), "AA");
  const auto results = Results();
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].gene, "CYP2D6");
  EXPECT_EQ(results[0].diplotypes, std::vector<std::string>{"*1/*4"});
  EXPECT_EQ(Queued(), 0U);
}

TEST_F(Hl7IntakeTest, AnswersARepeatedMessageAgainAndStoresItOnce) {
  const std::string message = Message("M1", "20250301", "*1/*4", "F");
  EXPECT_EQ(CodeOf(intake_->Handle(message)), "AA");
  EXPECT_EQ(CodeOf(intake_->Handle(message)), "AA");
  EXPECT_EQ(Results().size(), 1U);
  EXPECT_EQ(CodeOf(intake_->Handle(Message("M1", "20250301", "*4/*4", "F", "F2"))), "AE");
  EXPECT_EQ(Results().size(), 1U);
  EXPECT_EQ(Queued(), 1U);
}

TEST_F(Hl7IntakeTest, ReplacesAResultByItsCorrection) {
  EXPECT_EQ(CodeOf(intake_->Handle(Message("M1", "20250301", "*1/*4", "F"))), "AA");
  EXPECT_EQ(CodeOf(intake_->Handle(Message("M2", "20250302", "*4/*4", "C"))), "AA");
  const auto results = Results();
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].diplotypes, std::vector<std::string>{"*4/*4"});
  EXPECT_EQ(results[0].record_status, rules::RecordStatus::kCorrected);
}

TEST_F(Hl7IntakeTest, LetsAnOlderVersionNotWinThatArrivesLate) {
  EXPECT_EQ(CodeOf(intake_->Handle(Message("M2", "20250302", "*4/*4", "C"))), "AA");
  EXPECT_EQ(CodeOf(intake_->Handle(Message("M1", "20250301", "*1/*4", "F"))), "AA");
  const auto results = Results();
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].diplotypes, std::vector<std::string>{"*4/*4"});
}

TEST_F(Hl7IntakeTest, QueuesWhatItRefusesWithTheOriginal) {
  const std::string message = Message("M1", "20250301", "CYP2C19 *1/*2", "F");
  EXPECT_EQ(CodeOf(intake_->Handle(message)), "AE");
  EXPECT_EQ(CodeOf(intake_->Handle(message)), "AE");
  EXPECT_TRUE(Results().empty());
  const auto records = store_->Read([](const store::Reader& reader) {
    return reader.FindRecords({.kind = "unmapped", .status = "open"});
  });
  ASSERT_EQ(records.size(), 1U);
  const Unmapped entry = FromRecord(records[0]);
  EXPECT_EQ(entry.original, message);
  EXPECT_EQ(entry.form, "hl7v2");
  EXPECT_FALSE(entry.reasons.empty());
}

TEST_F(Hl7IntakeTest, KeepsAnUnreadableGenotypeAndQueuesIt) {
  EXPECT_EQ(CodeOf(intake_->Handle(Message("M1", "20250301", "see report", "F"))), "AA");
  EXPECT_EQ(Results().size(), 1U);
  EXPECT_EQ(Queued(), 1U);
  EXPECT_EQ(CodeOf(intake_->Handle(Message("M2", "20250302", "*1/*4", "C"))), "AA");
  EXPECT_EQ(Queued(), 0U);
}

TEST_F(Hl7IntakeTest, RefusesWhatIsNoMessage) {
  EXPECT_EQ(CodeOf(intake_->Handle("nonsense")), "AR");
  EXPECT_EQ(CodeOf(intake_->Handle("")), "AR");
}

TEST_F(Hl7IntakeTest, AnswersEachMessageOfABatch) {
  const std::string acks =
      intake_->Handle("FHS|^~\\&\r" + Message("A", "20250301", "*1/*4", "F") +
                      Message("B", "20250301", "*1/*4", "F", "F2") + "FTS|1\r");
  EXPECT_EQ(acks.find("MSA|AA|A"), acks.find("MSA|AA|"));
  EXPECT_NE(acks.find("MSA|AA|B"), std::string::npos);
}

}  // namespace
}  // namespace genflik::lab
