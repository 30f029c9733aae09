#include "services/app/commands/knowledge_effects.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "fhir/definitions.h"
#include "rules/knowledge_loader.h"
#include "services/mapping/genomics.h"
#include "tests/support/places.h"

namespace genflik::app {
namespace {

namespace fs = std::filesystem;
using fhir::Json;

std::shared_ptr<const rules::KnowledgeBase> Load(const fs::path& folder) {
  std::vector<rules::KnowledgeProblem> problems;
  auto knowledge = rules::LoadKnowledge(folder, problems);
  for (const auto& problem : problems) {
    if (!problem.warning) ADD_FAILURE() << problem.file << problem.pointer << problem.reason;
  }
  return knowledge;
}

// The knowledge of the repository in which CYP2C19*2 has lost its meaning.
fs::path ChangedKnowledge() {
  const fs::path folder =
      fs::temp_directory_path() / ("genflik-effects-" + std::to_string(getpid()));
  fs::remove_all(folder);
  fs::copy(tests::SourceDir() + "/rules/knowledge", folder, fs::copy_options::recursive);
  std::ifstream in(folder / "genes/CYP2C19.json");
  Json gene = Json::parse(in);
  for (Json& allele : gene["alleles"]) {
    if (allele["name"] == "*2") allele["function"] = "Normal function";
  }
  std::ofstream(folder / "genes/CYP2C19.json") << gene.dump();
  return folder;
}

Json Order(const std::string& id, const std::string& atc) {
  return {{"resourceType", "MedicationRequest"},
          {"id", id},
          {"status", "active"},
          {"intent", "order"},
          {"subject", {{"reference", "Patient/p1"}}},
          {"medicationCodeableConcept",
           {{"coding", {{{"system", "http://www.whocc.no/atc"}, {"code", atc}}}}}}};
}

TEST(KnowledgeEffects, NamesTheResultsAndAlertsThatAChangeTouches) {
  fhir::IssueLog log;
  const std::shared_ptr<const fhir::Definitions> definitions =
      fhir::LoadDefinitions(tests::SourceDir() + "/fhir/definitions", log);
  const auto store = store::OpenStore(
      ":memory:", {.definitions = definitions,
                   .project = [](const Json& r) { return mapping::ReadGeneResults(r); }});
  rules::GeneResult result;
  result.gene = "CYP2C19";
  result.diplotypes = {"*2/*2"};
  Json observation = mapping::RenderObservation(result, {.subject = "Patient/p1"});
  observation["id"] = "o1";
  observation["status"] = "final";
  store->Write([&](store::Writer& writer) {
    writer.Put({{"resourceType", "Patient"}, {"id", "p1"}});
    writer.Put({{"resourceType", "Patient"}, {"id", "p2"}});
    writer.Put(observation);
    writer.Put(Order("clopidogrel", "B01AC04"));
    writer.Put(Order("paracetamol", "N02BE01"));
  });
  const auto before = Load(tests::SourceDir() + "/rules/knowledge");
  const fs::path folder = ChangedKnowledge();
  const auto after = Load(folder);
  std::ostringstream out;
  const EffectCounts counts = CompareStored(*store, *before, *after, core::Instant(), {}, out);
  EXPECT_EQ(counts.patients, 2);
  EXPECT_EQ(counts.changed_results, 1) << out.str();
  EXPECT_EQ(counts.changed_alerts, 1) << out.str();
  EXPECT_NE(out.str().find("~ Patient/p1 CYP2C19: interpreted: *2/*2 Poor Metabolizer -> "
                           "interpreted: *2/*2 Normal Metabolizer\n"),
            std::string::npos)
      << out.str();
  EXPECT_NE(out.str().find("- Patient/p1 MedicationRequest/clopidogrel: high: Klopidogrel"),
            std::string::npos)
      << out.str();
  std::ostringstream same;
  EXPECT_EQ(CompareStored(*store, *before, *before, core::Instant(), {}, same).changed_alerts, 0);
  EXPECT_EQ(same.str(), "");
  fs::remove_all(folder);
}

}  // namespace
}  // namespace genflik::app
