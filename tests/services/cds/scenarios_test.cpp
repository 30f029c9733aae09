#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "services/cds/decision.h"
#include "tests/services/cds/cds_fixture.h"
#include "tests/support/places.h"

// Stories that a pharmacologist can read (tests/scenarios/README.md), told to the whole of the
// decision.

namespace genflik::cds {
namespace {

using fhir::Json;

struct Story {
  std::string file = {};
  std::string name = {};
  std::vector<rules::GeneResult> results = {};
  std::vector<std::string> taken = {};
  std::string birth_date = {};
  std::string reason = {};
  std::string drug = {};
  std::string dose = {};
  /// "critical: words" or "inget kort".
  std::vector<std::string> then = {};
};

std::string After(const std::string& line, const std::string& start) {
  return line.substr(start.size());
}

rules::GeneResult ResultOf(const std::string& text) {
  const size_t space = text.find(' ');
  rules::GeneResult result{.gene = text.substr(0, space)};
  const std::string value = text.substr(space + 1);
  result.reported_text = value;
  if (value == "inget svar") {
    result.status = rules::CallStatus::kNoCall;
  } else if (value.starts_with("positiv ")) {
    result.haplotypes = {value.substr(8)};
  } else if (value.starts_with("negativ ")) {
    result.absent = {value.substr(8)};
  } else {
    result.diplotypes = {value};
  }
  return result;
}

std::vector<Story> ReadStories(const std::filesystem::path& file) {
  std::vector<Story> stories;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    if (line.starts_with("Berättelse: ")) {
      stories.push_back({.file = file.filename(), .name = After(line, "Berättelse: ")});
      continue;
    }
    if (stories.empty()) continue;
    Story& story = stories.back();
    if (line.starts_with("Givet svaret ")) {
      story.results.push_back(ResultOf(After(line, "Givet svaret ")));
    } else if (line.starts_with("Givet läkemedlet ")) {
      story.taken.push_back(After(line, "Givet läkemedlet "));
    } else if (line.starts_with("Givet födelsedatum ")) {
      story.birth_date = After(line, "Givet födelsedatum ");
    } else if (line.starts_with("Givet orsaken ")) {
      story.reason = After(line, "Givet orsaken ");
    } else if (line.starts_with("När ")) {
      const std::string order = After(line, "När ");
      const size_t comma = order.find(", ");
      story.drug = order.substr(0, comma);
      if (comma != std::string::npos) story.dose = order.substr(comma + 2);
    } else if (line.starts_with("Så ")) {
      story.then.push_back(After(line, "Så "));
    } else {
      ADD_FAILURE() << file << ": " << line;
    }
  }
  return stories;
}

// "40 mg 2 gånger dagligen" as a Dosage.
Json DosageOf(const std::string& text) {
  std::istringstream in(text);
  std::string value;
  std::string unit;
  std::string times;
  in >> value >> unit >> times;
  Json dosage = ParseText(
      R"([{"timing":{"repeat":{"period":1,"periodUnit":"d"}},"doseAndRate":[{"doseQuantity":{"system":"http://unitsofmeasure.org"}}]}])");
  dosage[0]["text"] = text;
  dosage[0]["timing"]["repeat"]["frequency"] = std::stoi(times);
  Json& quantity = dosage[0]["doseAndRate"][0]["doseQuantity"];
  quantity["value"] = fhir::Decimal(value);
  quantity["unit"] = unit;
  quantity["code"] = unit;
  return dosage;
}

Json RequestOf(const Story& story) {
  Json request = ParseText(
      R"({"hook":"order-sign","hookInstance":"0b8f2c1e-6a0b-4a7e-9b36-2f6f1f2c9a01","context":{"userId":"Practitioner/a","patientId":"p",)"
      R"("draftOrders":{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"MedicationRequest","id":"rx","status":"draft",)"
      R"("intent":"order","subject":{"reference":"Patient/p"}}}]}}})");
  Json& order = request["context"]["draftOrders"]["entry"][0]["resource"];
  order["medicationCodeableConcept"]["text"] = story.drug;
  if (!story.dose.empty()) order["dosageInstruction"] = DosageOf(story.dose);
  if (!story.reason.empty()) order["reasonCode"] = Json::array({Json{{"text", story.reason}}});
  return request;
}

std::vector<std::string> Tell(const Story& story) {
  const Json body = RequestOf(story);
  fhir::IssueLog log;
  const auto request = ReadHookRequest(body, *FindService("genflik-order-sign"), log);
  EXPECT_TRUE(request) << story.name;
  StoredFacts facts{.patient = "p", .birth_date = story.birth_date, .results = story.results};
  for (const auto& drug : story.taken) {
    Json taken{{"resourceType", "MedicationStatement"}, {"status", "active"}};
    taken["medicationCodeableConcept"]["text"] = drug;
    facts.medications.push_back(taken);
  }
  const CdsOptions options;
  const Decision decision = Decide({.request = *request,
                                    .stored = facts,
                                    .knowledge = *RepositoryKnowledge(),
                                    .options = options,
                                    .base = "https://genflik.example.org",
                                    .today = "2026-03-02"});
  std::vector<std::string> told;
  for (const Json& card : decision.cards) {
    told.push_back(std::string(fhir::FindText(card, "indicator")) + ": " +
                   std::string(fhir::FindText(card, "summary")));
  }
  if (told.empty()) told.emplace_back("inget kort");
  return told;
}

TEST(Scenarios, EndAsTheStoriesTell) {
  size_t count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(tests::SourceDir() + "/tests/scenarios")) {
    if (entry.path().extension() != ".story") continue;
    for (const Story& story : ReadStories(entry.path())) {
      ++count;
      const auto told = Tell(story);
      if (std::getenv("GENFLIK_TELL_STORIES") != nullptr) {
        for (const auto& line : told) std::cout << "TOLD\t" << story.name << '\t' << line << '\n';
        continue;
      }
      EXPECT_EQ(told, story.then) << story.file << ": " << story.name;
    }
  }
  EXPECT_GE(count, 80U);
}

}  // namespace
}  // namespace genflik::cds
