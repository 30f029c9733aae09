#include "services/lab/table_reader.h"

#include <gtest/gtest.h>

#include "fhir/definitions.h"
#include "services/core/error.h"
#include "services/lab/import.h"
#include "services/lab/unmapped_queue.h"
#include "services/mapping/genomics.h"
#include "tests/support/places.h"

namespace genflik::lab {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::year;

constexpr std::chrono::year_month_day kToday{year(2026), month(3), day(1)};

std::string Summary(const Table& table) {
  std::string text;
  for (const TableRow& row : table.rows) {
    text += std::to_string(row.line) + ":";
    for (const LabResult& result : row.report.results) {
      for (const auto& gene : mapping::ReadGeneResults(result.observation)) {
        text += " " + gene.gene;
        for (const std::string& diplotype : gene.diplotypes) text += " " + diplotype;
        for (const std::string& haplotype : gene.haplotypes) text += " +" + haplotype;
        if (gene.status == rules::CallStatus::kNoCall) text += " no-call";
        if (gene.reported_phenotype) text += " (" + *gene.reported_phenotype + ")";
      }
    }
    text += "; ";
  }
  for (const RowProblem& problem : table.problems) {
    text += "!" + std::to_string(problem.line) + " " + problem.column + "; ";
  }
  return text;
}

TEST(SplitRow, KeepsQuotedSeparators) {
  EXPECT_EQ(SplitRow("a,\"b,\"\"c\",d", ','), (std::vector<std::string>{"a", "b,\"c", "d"}));
  EXPECT_EQ(SplitRow("", ';').size(), 1U);
}

TEST(ReadTable, ReadsTheFormsThatOldExportsHold) {
  EXPECT_EQ(Summary(ReadTable("personnummer;gen;resultat;datum\r\n"
                              "19500907-2553;CYP2D6;*4/*4 (PM);2014-05-06\r\n"
                              "195009072553;;2D6: homozygot *4;20150101\r\n"
                              "196101182803;DPYD;c.1905+1G>A heterozygot;2016\r\n"
                              "196101182803;CYP2C19;poor metabolizer;2016-02\r\n"
                              "196101182803;TPMT;ej bedömbar;\r\n",
                              {}, kToday)),
            "2: CYP2D6 *4/*4 (Poor Metabolizer); 3: CYP2D6 *4/*4; 4: DPYD +c.1905+1G>A; "
            "5: CYP2C19 (Poor Metabolizer); 6: TPMT no-call; ");
}

TEST(ReadTable, NamesRowsThatCannotBeUsed) {
  EXPECT_EQ(Summary(ReadTable("pnr\tgen\tgenotyp\n"
                              "195009072554\tCYP2D6\t*1/*4\n"
                              "195009072553\tCYP2D6\tse bilaga\n"
                              "195009072553\tCYP2D6\tCYP2C19 *1/*2\n"
                              "195009072553\t\t*1/*4\n"
                              "195009072553\tCYP2D6\n"
                              "195009072553\tCYP2D6\t\n",
                              {}, kToday)),
            "!2 patient; !3 genotype; !4 genotype; !5 gene; !6 ; !7 genotype; ");
}

TEST(ReadTable, UsesTheLaboratorysColumnsAndCoverage) {
  std::vector<std::string> problems;
  const auto lab = ReadLabConfiguration("x",
                                        R"({"laboratory": "Lab", "patientSystem": "urn:oid:2.999.1",
          "columns": {"ID": "patient", "D6": "genotype:CYP2D6", "C19": "genotype:CYP2C19"},
          "coverage": {"CYP2D6": {"alleles": ["*4"], "copyNumber": true}}})",
                                        problems);
  ASSERT_TRUE(lab) << problems[0];
  const Table table = ReadTable("ID,D6,C19\n77,*1/*4,*1/*17\n", *lab, kToday);
  EXPECT_EQ(Summary(table), "2: CYP2D6 *1/*4 CYP2C19 *1/*17; ");
  EXPECT_EQ(table.rows[0].report.patient.identifiers[0].system, "urn:oid:2.999.1");
}

TEST(ReadTable, RefusesAHeadingWithoutPatientOrResult) {
  EXPECT_THROW((void)ReadTable("a;b\n1;2\n", {}, kToday), core::Error);
  EXPECT_THROW((void)ReadTable("", {}, kToday), core::Error);
}

TEST(ReadLabConfiguration, NamesWhatIsWrong) {
  std::vector<std::string> problems;
  EXPECT_FALSE(ReadLabConfiguration(
      "x", R"({"laboratory": "L", "colour": 1, "codes": {"A": {"test": "guess"}}})", problems));
  ASSERT_EQ(problems.size(), 2U);
  const std::string all = problems[0] + "\n" + problems[1];
  EXPECT_NE(all.find("x.json: /codes/A/test: "), std::string::npos) << all;
  EXPECT_NE(all.find("colour"), std::string::npos) << all;
}

TEST(LabConfigurations, FindsALaboratoryByItsSender) {
  const auto labs = LabConfigurations::Load(tests::SourceDir() + "/services/lab/configurations");
  EXPECT_EQ(labs.ForSender("EXEMPELLAB", "KLIN").laboratory, "Exempellaboratoriet");
  EXPECT_EQ(labs.ForSender("OTHER", "KLIN").name, "");
  EXPECT_NE(labs.FindByName("exempellab"), nullptr);
}

/// A personnummer-like local number for a synthetic cohort.
std::string Number(int i) { return std::to_string(100000 + i); }

class ImportTest : public testing::Test {
 protected:
  ImportTest() {
    fhir::IssueLog problems;
    store::StoreOptions options;
    options.definitions = fhir::LoadDefinitions(tests::SourceDir() + "/fhir/definitions", problems);
    options.project = [](const fhir::Json& resource) { return mapping::ReadGeneResults(resource); };
    store_ = store::OpenStore(":memory:", options);
  }

  ImportReport Import(const std::string& text, bool dry_run = false) {
    ImportOptions options;
    options.dry_run = dry_run;
    options.name = "cohort";
    LabConfiguration lab;
    lab.patient_system = "urn:oid:2.999.1";
    return ImportTable(*store_, ReadTable(text, lab, kToday), options, clock_,
                       [](size_t, size_t) {});
  }

  core::FixedClock clock_{core::Instant{std::chrono::seconds(1772366400)}};
  std::unique_ptr<store::Store> store_;
};

TEST_F(ImportTest, FindsThatEveryTenthGenotypingIsARepeat) {
  std::string text = "patient\tgen\tgenotyp\tdatum\n";
  for (int i = 0; i < 450; ++i) text += Number(i) + "\tCYP2D6\t*1/*4\t2015-01-01\n";
  for (int i = 0; i < 50; ++i) text += Number(i) + "\tCYP2D6\t*4/*1\t2020-01-01\n";
  const ImportReport dry = Import(text, true);
  EXPECT_EQ(dry.Tests(), 500U);
  EXPECT_EQ(dry.Repeats(), 50U);
  EXPECT_EQ(dry.stored, 0U);
  const ImportReport report = Import(text);
  EXPECT_EQ(report.stored, 500U);
  EXPECT_EQ(report.Repeats(), 50U);
  EXPECT_EQ(report.genes.at("CYP2D6").differing, 0U);
  const ImportReport again = Import(text);
  EXPECT_EQ(again.stored, 0U);
  EXPECT_EQ(again.done_before, 500U);
}

TEST_F(ImportTest, QueuesRowsThatCannotBeUsedOnce) {
  const std::string text = "patient\tgen\tgenotyp\n1\tCYP2D6\tse bilaga\n2\tCYP2D6\t*1/*4\n";
  EXPECT_EQ(Import(text).problems, 1U);
  EXPECT_EQ(Import(text).problems, 1U);
  const auto queued = store_->Read([](const store::Reader& reader) {
    return reader.FindRecords({.kind = "unmapped", .status = "open"});
  });
  ASSERT_EQ(queued.size(), 1U);
  EXPECT_EQ(FromRecord(queued[0]).original, "patient\tgen\tgenotyp\n1\tCYP2D6\tse bilaga")
      << "with its heading, so that it can be taken again";
}

}  // namespace
}  // namespace genflik::lab
