#include "services/tab/reading_log.h"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace genflik::tab {
namespace {

using fhir::Json;

Json Gene(const std::string& diplotype, const std::string& phenotype, const std::string& score,
          const std::string& status = "interpreted") {
  return {{"gene", "CYP2D6"},
          {"status", status},
          {"interpretations",
           {{{"diplotype", diplotype}, {"phenotype", phenotype}, {"activityScore", score}}}}};
}

store::Record Shown(const Json& gene, const std::string& knowledge, const std::string& when) {
  return ReadingRecord({{"generated", when}, {"knowledge", knowledge}, {"genes", {gene}}}, "anna");
}

// CPIC's consensus of 2019 lowered the activity of *10 from 0.5 to 0.25, by which *10/*10 went from
// normal to intermediate (doi:10.1111/cts.12692).
const Json kThen = Gene("*10/*10", "Normal Metabolizer", "1.0");
const Json kNow = Gene("*10/*10", "Intermediate Metabolizer", "0.5");

TEST(ReadingLog, TellsWhenNewerKnowledgeReadsAGeneOtherwise) {
  EXPECT_EQ(ReadingChanges({Shown(kThen, "2018.1", "2018-03-01T12:00:00.000Z"),
                            Shown(kNow, "2026.11.1", "2026-03-01T12:00:00.000Z")}),
            (std::vector<ReadingChange>{{.gene = "CYP2D6",
                                         .diplotype = "*10/*10",
                                         .date = "2026-03-01T12:00:00.000Z",
                                         .before = "Normal Metabolizer (1.0)",
                                         .after = "Intermediate Metabolizer (0.5)",
                                         .knowledge_before = "2018.1",
                                         .knowledge_after = "2026.11.1"}}));
}

TEST(ReadingLog, LeavesChangesOfTheGenotypeToTheResults) {
  const Json other = Gene("*1/*10", "Intermediate Metabolizer", "1.25");
  EXPECT_TRUE(ReadingChanges({Shown(kThen, "1", "2018"), Shown(other, "2", "2026")}).empty());
}

TEST(ReadingLog, NotesAReadingOnce) {
  EXPECT_TRUE(SaysMore(Shown(kThen, "1", "2018"), Shown(kNow, "2", "2026")));
  EXPECT_FALSE(SaysMore(Shown(kThen, "1", "2018"), Shown(kThen, "2", "2026")));
}

TEST(ReadingLog, LeavesOutWhatHasNoSingleReading) {
  const Json conflict = Gene("*10/*10", "Poor Metabolizer", "0.0", "conflict");
  EXPECT_TRUE(ReadingChanges({Shown(kThen, "1", "2018"), Shown(conflict, "2", "2026")}).empty());
  EXPECT_FALSE(SaysMore(Shown(kThen, "1", "2018"), Shown(conflict, "2", "2026")));
}

}  // namespace
}  // namespace genflik::tab
