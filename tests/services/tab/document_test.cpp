#include "services/tab/document.h"

#include <optional>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "fhir/definitions.h"
#include "fhir/validator.h"
#include "tests/support/places.h"

namespace genflik::tab {
namespace {

using fhir::Json;

Json Gene() {
  return {{"gene", "TPMT<b>"},
          {"status", "interpreted"},
          {"interpretations",
           {{{"diplotype", "*1/*3A"},
             {"phenotype", "Intermediate Metabolizer"},
             {"phenotypeText",
              {{"en", "Intermediate metabolizer"}, {"sv", "Intermediär metaboliserare"}}}}}},
          {"results",
           {{{"source", "Observation/2#1"}, {"role", "current"}},
            {{"source", "Observation/2#2"}, {"role", "repeat"}},
            {{"source", "Observation/1"}, {"role", "withdrawn"}},
            {{"source", "Observation/2/_history/1"}, {"role", "superseded"}},
            {{"source", "Observation/gone"}, {"role", "repeat"}}}}};
}

Json Build(Json genes, const std::string& lang = "sv") {
  const Json record = {{"patient", {{"reference", "Patient/anna"}}},
                       {"generated", "2026-03-01T12:00:00.000Z"},
                       {"knowledge", "2026.11.1"},
                       {"notice", {{"en", "Prototype."}, {"sv", "Prototyp."}}},
                       {"genes", std::move(genes)}};
  const auto find = [](std::string_view reference) -> std::optional<Json> {
    if (reference == "Patient/anna") return Json{{"resourceType", "Patient"}, {"id", "anna"}};
    if (reference != "Observation/1" && reference != "Observation/2") return std::nullopt;
    return Json{{"resourceType", "Observation"},
                {"id", std::string(reference.substr(12))},
                {"status", "final"},
                {"code", {{"text", "TPMT"}}}};
  };
  return BuildDocument(record, find,
                       {.lang = lang,
                        .base = "https://genflik.example/fhir",
                        .document_id = "00000000-0000-4000-8000-000000000001",
                        .composition_id = "00000000-0000-4000-8000-000000000002",
                        .author_id = "00000000-0000-4000-8000-000000000003"});
}

TEST(Document, BeginsWithACompositionAndHoldsEverythingItNames) {
  const Json document = Build({Gene()});
  EXPECT_EQ(document["type"], "document");
  EXPECT_EQ(document["entry"][0]["resource"]["resourceType"], "Composition");
  std::set<std::string> held;
  for (const Json& entry : document["entry"]) {
    EXPECT_TRUE(held.insert(entry["fullUrl"]).second) << entry["fullUrl"];
  }
  const Json& composition = document["entry"][0]["resource"];
  EXPECT_TRUE(held.contains(composition["subject"]["reference"]));
  EXPECT_TRUE(held.contains(composition["author"][0]["reference"]));
  size_t named = 0;
  for (const Json& section : composition["section"]) {
    for (const Json& entry : section["entry"]) {
      ++named;
      EXPECT_TRUE(held.contains(entry["reference"])) << entry["reference"];
    }
  }
  EXPECT_EQ(named, 2U);
}

TEST(Document, KeepsWhatIsInForceApartFromWhatIsHistory) {
  const Json sections = Build({Gene()})["entry"][0]["resource"]["section"];
  ASSERT_EQ(sections.size(), 2U);
  EXPECT_EQ(sections[0]["entry"][0]["reference"], "https://genflik.example/fhir/Observation/2");
  EXPECT_EQ(sections[1]["entry"][0]["reference"], "https://genflik.example/fhir/Observation/1");
  const std::string text = sections[0]["text"]["div"];
  EXPECT_NE(text.find("TPMT&lt;b&gt; *1/*3A: Intermediär metaboliserare"), std::string::npos);
}

TEST(Document, SaysThatNothingWasTestedRatherThanNothingFound) {
  const Json sections = Build(Json::array(), "en")["entry"][0]["resource"]["section"];
  const std::string text = sections[0]["text"]["div"];
  EXPECT_NE(text.find("not tested is not normal"), std::string::npos);
  EXPECT_TRUE(sections[0].contains("emptyReason"));
}

TEST(Document, IsValidFhir) {
  fhir::IssueLog problems;
  const auto definitions =
      fhir::LoadDefinitions(tests::SourceDir() + "/fhir/definitions", problems);
  ASSERT_NE(definitions, nullptr);
  for (const Json& document : {Build({Gene()}), Build(Json::array(), "en")}) {
    fhir::IssueLog log;
    fhir::ValidateResource(*definitions, document, log);
    for (const auto& issue : log.issues()) ADD_FAILURE() << issue.path << ": " << issue.text;
  }
}

}  // namespace
}  // namespace genflik::tab
