#include "services/cds/evaluation_record.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace genflik::cds {
namespace {

TEST(EvaluationRecord, KeepsEveryPartOfAResult) {
  rules::GeneResult result;
  result.gene = "CYP2C19";
  result.status = rules::CallStatus::kAmbiguous;
  result.diplotypes = {"*1/*2", "*2/*17"};
  result.haplotypes = {"*2"};
  result.absent = {"*3"};
  result.reported_phenotype = "Intermediate Metabolizer";
  result.reported_activity_score = 1.25;
  result.reported_text = "*1/*2 eller *2/*17";
  result.coverage = {
      .known = true, .alleles = {"*2"}, .positions = {"rs4244285"}, .copy_number = true};
  result.record_status = rules::RecordStatus::kCorrected;
  result.laboratory = "Klinisk genetik";
  result.method = "PCR";
  result.effective = "2025-02-28";
  result.received = "2025-03-01T10:00:00Z";
  result.source = "Observation/1";
  result.set_aside = "fel patient, dr Ek, 2025-03-02";
  result.event = "stem-cells";
  const StoredFacts facts{.patient = "p", .results = {result}, .opened = std::vector{result}};
  const StoredFacts again = ReadFacts(RenderFacts(facts));
  ASSERT_EQ(again.results.size(), 1U);
  EXPECT_EQ(again.results[0], result);
  ASSERT_TRUE(again.opened);
  EXPECT_EQ(again.opened->at(0), result);
}

}  // namespace
}  // namespace genflik::cds
