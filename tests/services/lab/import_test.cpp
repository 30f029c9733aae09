#include "services/lab/import.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "fhir/definitions.h"
#include "services/mapping/genomics.h"
#include "tests/support/places.h"

namespace genflik::lab {
namespace {

constexpr std::chrono::year_month_day kToday{std::chrono::year(2026), std::chrono::month(3),
                                             std::chrono::day(1)};

class Import : public testing::Test {
 protected:
  Import() { Open(); }

  void Open() {
    static const auto definitions = [] {
      fhir::IssueLog problems;
      return fhir::LoadDefinitions(tests::SourceDir() + "/fhir/definitions", problems);
    }();
    store::StoreOptions options;
    options.definitions = definitions;
    options.project = [](const fhir::Json& resource) { return mapping::ReadGeneResults(resource); };
    store_ = store::OpenStore(":memory:", options);
  }

  static LabConfiguration Lab() {
    LabConfiguration lab;
    lab.name = "old";
    lab.laboratory = "Old laboratory";
    lab.patient_system = "urn:oid:2.999.7";
    return lab;
  }

  ImportReport Run(const std::string& text, bool dry_run = false) {
    const LabConfiguration lab = Lab();
    ImportOptions options;
    options.dry_run = dry_run;
    options.batch = 50;
    options.name = ImportIdentity(text, lab.name);
    return ImportTable(*store_, ReadTable(text, lab, kToday), options, clock_,
                       [this](size_t done, size_t) { done_ = done; });
  }

  size_t Stored() {
    return store_->Read([](const store::Reader& reader) {
      return reader.FindMatching("Observation", "_id:missing=false").size();
    });
  }

  core::FixedClock clock_{core::Instant{std::chrono::seconds(1772366400)}};
  std::unique_ptr<store::Store> store_;
  size_t done_ = 0;
};

const std::string kHeading = "patient_id\tgen\tgenotyp\tdatum\n";

/// A cohort in which every tenth genotyping of each gene is a repeat, as in Uppsala 2025: synthetic
/// patients, genes and genotypes.
struct Cohort {
  std::string text = kHeading;
  std::map<std::string, size_t> tests = {};
  std::map<std::string, size_t> repeats = {};
  /// Lines of the file, the heading being 1.
  std::set<std::pair<size_t, std::string>> lines = {};
};

Cohort MakeCohort() {
  constexpr std::array<std::pair<const char*, std::array<const char*, 3>>, 4> kGenes = {
      {{"CYP2D6", {"CYP2D6 *1/*4", "*4/*4 (PM)", "2D6: homozygot *4"}},
       {"CYP2C19", {"*1/*2", "CYP2C19 *1/*17", "*2/*2"}},
       {"CYP2C9", {"*1/*1", "*1/*3", "CYP2C9 *2/*3"}},
       {"CYP3A5", {"*3/*3", "*1/*3", "CYP3A5 *1/*1"}}}};
  constexpr size_t kTestsAGene = 250;
  Cohort cohort;
  size_t line = 1;
  for (size_t gene = 0; gene < kGenes.size(); ++gene) {
    const auto& [symbol, genotypes] = kGenes.at(gene);
    std::vector<size_t> tested;
    for (size_t number = 0; number < kTestsAGene; ++number) {
      const bool repeat = number % 10 == 9;
      // A repeat is of somebody tested before; the others are new to the gene, though not to the
      // register: the same people are tested for other genes.
      const size_t person = repeat ? tested[(number * 7) % tested.size()] : 1000 + number;
      if (repeat) {
        std::erase(tested, person);
      } else {
        tested.push_back(person);
      }
      const size_t year = 2012 + number / 25;
      const size_t month = 1 + (number % 25) / 3;
      const size_t day = 1 + gene;
      const auto two = [](size_t value) { return (value < 10 ? "0" : "") + std::to_string(value); };
      cohort.text += std::to_string(person) + "\t" + symbol + "\t" +
                     genotypes.at(person % genotypes.size()) + "\t" + std::to_string(year) + "-" +
                     two(month) + "-" + two(day) + "\n";
      ++line;
      ++cohort.tests[symbol];
      if (repeat) {
        ++cohort.repeats[symbol];
        cohort.lines.insert({line, symbol});
      }
    }
  }
  return cohort;
}

TEST_F(Import, FindsExactlyTheRepeatsOfACohortInWhichEveryTenthTestIsOne) {
  const Cohort cohort = MakeCohort();
  const ImportReport report = Run(cohort.text);
  EXPECT_EQ(report.rows, 1000U);
  EXPECT_EQ(report.problems, 0U);
  EXPECT_EQ(report.stored, 1000U);
  EXPECT_EQ(report.Tests(), 1000U);
  EXPECT_EQ(report.Repeats(), 100U);
  ASSERT_EQ(report.genes.size(), cohort.tests.size());
  for (const auto& [gene, count] : report.genes) {
    EXPECT_EQ(count.tests, cohort.tests.at(gene)) << gene;
    EXPECT_EQ(count.repeats, cohort.repeats.at(gene)) << gene;
    EXPECT_EQ(count.differing, 0U) << gene;
  }
  std::set<std::pair<size_t, std::string>> lines;
  for (const auto& repeat : report.repeats) lines.insert({repeat.line, repeat.gene});
  EXPECT_EQ(lines, cohort.lines);
  EXPECT_EQ(done_, 1000U);
  EXPECT_EQ(Stored(), 1000U);
}

TEST_F(Import, CountsTheSameWhenItIsRunAgainAndStoresNothingTwice) {
  const Cohort cohort = MakeCohort();
  static_cast<void>(Run(cohort.text));
  const ImportReport again = Run(cohort.text);
  EXPECT_EQ(again.stored, 0U);
  EXPECT_EQ(again.done_before, 1000U);
  EXPECT_EQ(again.Repeats(), 100U);
  EXPECT_EQ(Stored(), 1000U);
}

TEST_F(Import, StoresNothingInADryRunAndCountsTheSame) {
  const ImportReport report = Run(MakeCohort().text, true);
  EXPECT_EQ(report.Repeats(), 100U);
  EXPECT_EQ(report.stored, 0U);
  EXPECT_EQ(Stored(), 0U);
}

TEST_F(Import, FindsRepeatsOfWhatAnotherFileBrought) {
  static_cast<void>(Run(kHeading + "1\tCYP2D6\t*1/*4\t2014-01-01\n2\tCYP2D6\t*1/*1\t2014-01-01\n"));
  const ImportReport report =
      Run(kHeading + "1\tCYP2D6\t*4/*1\t2019-05-01\n2\tCYP2D6\t*1/*4\t2019-05-01\n" +
          "1\tCYP2C19\t*1/*2\t2019-05-01\n");
  EXPECT_EQ(report.genes.at("CYP2D6").tests, 2U);
  EXPECT_EQ(report.genes.at("CYP2D6").repeats, 2U);
  EXPECT_EQ(report.genes.at("CYP2D6").differing, 1U) << "the order of alleles is no difference";
  EXPECT_EQ(report.genes.at("CYP2C19").repeats, 0U);
}

TEST_F(Import, TakesNeitherTheSameRowNorAFailedTestForARepeat) {
  const ImportReport report =
      Run(kHeading + "1\tCYP2D6\t*1/*4\t2014-01-01\n1\tCYP2D6\t*1/*4\t2014-01-01\n" +
          "2\tCYP2D6\tej bedömbar\t2014-01-01\n2\tCYP2D6\t*1/*1\t2014-02-01\n" +
          "3\tCYP2D6\t*1/*1\t2014-01-01\n3\tCYP2D6\tej bedömbar\t2014-02-01\n");
  EXPECT_EQ(report.genes.at("CYP2D6").tests, 5U);
  EXPECT_EQ(report.genes.at("CYP2D6").repeats, 1U) << "that of patient 3, in vain";
}

TEST_F(Import, CountsTheVariantsOfOneDayAsOneTest) {
  const std::string heading = "patient_id\tgen\trs\tresultat\tdatum\n";
  const ImportReport report =
      Run(heading + "1\tCYP2C19\trs4244285\tG/A\t2014-01-01\n" +
          "1\tCYP2C19\trs4986893\tG/G\t2014-01-01\n1\tCYP2C19\trs12248560\tC/C\t2014-01-01\n" +
          "1\tCYP2C19\trs4244285\tG/A\t2018-01-01\n1\tCYP2C19\trs4986893\tG/A\t2018-01-01\n");
  EXPECT_EQ(report.genes.at("CYP2C19").tests, 2U);
  EXPECT_EQ(report.genes.at("CYP2C19").repeats, 1U);
  EXPECT_EQ(report.genes.at("CYP2C19").differing, 1U);
}

TEST_F(Import, QueuesARowWhosePatientCannotBeTold) {
  const auto patient = [](const char* id) -> fhir::Json {
    return {{"resourceType", "Patient"},
            {"id", id},
            {"identifier", {{{"system", "urn:oid:2.999.7"}, {"value", "5"}}}}};
  };
  store_->Write([&](store::Writer& writer) {
    writer.Put(patient("a"));
    writer.Put(patient("b"));
  });
  const ImportReport report =
      Run(kHeading + "5\tCYP2D6\t*1/*4\t2014-01-01\n6\tCYP2D6\t*1/*4\t2014-01-01\n");
  EXPECT_EQ(report.problems, 1U);
  EXPECT_EQ(report.stored, 1U);
  EXPECT_EQ(store_
                ->Read([](const store::Reader& reader) {
                  return reader.FindRecords({.kind = "unmapped", .status = "open"});
                })
                .size(),
            1U);
}

}  // namespace
}  // namespace genflik::lab
