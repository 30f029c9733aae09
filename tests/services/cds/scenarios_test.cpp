#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "services/cds/decision.h"
#include "services/mapping/patient_events.h"
#include "tests/services/cds/cds_fixture.h"
#include "tests/support/places.h"

// Stories that a pharmacologist can read (tests/scenarios/README.md), told to the whole of the
// decision.

namespace genflik::cds {
namespace {

using fhir::Json;

// "citalopram, 40 mg 1 gånger dagligen sedan 2023-01-10"
struct Drug {
  std::string name = {};
  std::string dose = {};
  std::string since = {};
};

struct Story {
  std::string file = {};
  std::string name = {};
  std::vector<rules::GeneResult> results = {};
  std::vector<Drug> taken = {};
  /// Laboratory tests that are under way.
  std::vector<std::string> pending = {};
  std::string birth_date = {};
  /// Kilograms, as written.
  std::string weight = {};
  std::string reason = {};
  std::string route = {};
  /// Drugs and laboratory tests that are ordered in one call.
  std::vector<Drug> orders = {};
  std::vector<std::string> tests = {};
  /// "critical: words" or "inget kort".
  std::vector<std::string> then = {};
  /// Labels of what the cards offer, "(rekommenderas)" behind them; nothing where the story does
  /// not tell.
  std::optional<std::vector<std::string>> offers = {};
};

std::string After(const std::string& line, const std::string& start) {
  return line.substr(start.size());
}

Drug DrugOf(std::string text) {
  Drug drug;
  const std::string since = " sedan ";
  if (const size_t at = text.find(since); at != std::string::npos) {
    drug.since = text.substr(at + since.size());
    text.resize(at);
  }
  const size_t comma = text.find(", ");
  drug.name = text.substr(0, comma);
  if (comma != std::string::npos) drug.dose = text.substr(comma + 2);
  return drug;
}

// What a record makes of a transplantation.
rules::GeneResult TransplantOf(const std::string& code, const std::string& date) {
  const Json procedure = ParseText(
      R"({"resourceType":"Procedure","id":"tx","status":"completed","code":{"coding":[{"system":)"
      R"("http://snomed.info/sct","code":")" +
      code + R"("}]},"subject":{"reference":"Patient/p"},"performedDateTime":")" + date + R"("})");
  auto results = mapping::ReadForRecord(procedure);
  EXPECT_EQ(results.size(), 1U) << code;
  return results.empty() ? rules::GeneResult{} : results.front();
}

rules::GeneResult ResultOf(const std::string& text) {
  const size_t space = text.find(' ');
  rules::GeneResult result{.gene = text.substr(0, space)};
  std::string value = text.substr(space + 1);
  const std::string when = " den ";
  if (const size_t at = value.find(when); at != std::string::npos) {
    result.effective = value.substr(at + when.size());
    value.resize(at);
  }
  // "Reference/Reference sökt *2A, *13"
  const std::string sought = " sökt ";
  if (const size_t at = value.find(sought); at != std::string::npos) {
    result.coverage.known = true;
    std::istringstream names(value.substr(at + sought.size()));
    for (std::string name; std::getline(names >> std::ws, name, ',');)
      result.coverage.alleles.push_back(name);
    value.resize(at);
  }
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
      story.taken.push_back(DrugOf(After(line, "Givet läkemedlet ")));
    } else if (line.starts_with("Givet beställningen ")) {
      story.pending.push_back(After(line, "Givet beställningen "));
    } else if (line.starts_with("Givet vägen ")) {
      story.route = After(line, "Givet vägen ");
    } else if (line.starts_with("Givet stamcellstransplantation ")) {
      story.results.push_back(
          TransplantOf("58390007", After(line, "Givet stamcellstransplantation ")));
    } else if (line.starts_with("Givet levertransplantation ")) {
      story.results.push_back(TransplantOf("18027006", After(line, "Givet levertransplantation ")));
    } else if (line.starts_with("Givet födelsedatum ")) {
      story.birth_date = After(line, "Givet födelsedatum ");
    } else if (line.starts_with("Givet vikten ")) {
      story.weight = After(line, "Givet vikten ");
    } else if (line.starts_with("Givet orsaken ")) {
      story.reason = After(line, "Givet orsaken ");
    } else if (line.starts_with("När provet ")) {
      story.tests.push_back(After(line, "När provet "));
    } else if (line.starts_with("När ")) {
      story.orders.push_back(DrugOf(After(line, "När ")));
    } else if (line.starts_with("Och ")) {
      story.orders.push_back(DrugOf(After(line, "Och ")));
    } else if (line.starts_with("Så ")) {
      story.then.push_back(After(line, "Så "));
    } else if (line == "Utan förslag") {
      story.offers.emplace();
    } else if (line.starts_with("Med förslaget ")) {
      if (!story.offers) story.offers.emplace();
      story.offers->push_back(After(line, "Med förslaget "));
    } else {
      ADD_FAILURE() << file << ": " << line;
    }
  }
  return stories;
}

// "40 mg 2 gånger dagligen" or "40 mg 3 gånger i veckan" as a Dosage.
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
  if (text.ends_with("i veckan")) dosage[0]["timing"]["repeat"]["periodUnit"] = "wk";
  Json& quantity = dosage[0]["doseAndRate"][0]["doseQuantity"];
  quantity["value"] = fhir::Decimal(value);
  quantity["unit"] = unit;
  quantity["code"] = unit;
  return dosage;
}

Json OrderOf(const Drug& drug, const char* type, const std::string& id) {
  Json order{{"resourceType", type}, {"id", id}, {"intent", "order"}};
  order["status"] = "draft";
  order["subject"] = Json{{"reference", "Patient/p"}};
  order["medicationCodeableConcept"] = Json{{"text", drug.name}};
  if (!drug.dose.empty()) order["dosageInstruction"] = DosageOf(drug.dose);
  return order;
}

Json TestOf(const std::string& name, const std::string& id) {
  Json order{{"resourceType", "ServiceRequest"}, {"id", id}, {"intent", "order"}};
  order["status"] = "draft";
  order["subject"] = Json{{"reference", "Patient/p"}};
  order["code"] = Json{{"text", name}};
  return order;
}

Json RequestOf(const Story& story) {
  Json request = ParseText(
      R"({"hook":"order-sign","hookInstance":"0b8f2c1e-6a0b-4a7e-9b36-2f6f1f2c9a01","context":{"userId":"Practitioner/a",)"
      R"("patientId":"p","draftOrders":{"resourceType":"Bundle","entry":[]}}})");
  Json& entries = request["context"]["draftOrders"]["entry"];
  const auto add = [&entries](Json order) {
    Json entry = Json::object();
    entry["resource"] = std::move(order);
    entries.push_back(std::move(entry));
  };
  for (const Drug& drug : story.orders) {
    Json order = OrderOf(drug, "MedicationRequest", "rx" + std::to_string(entries.size()));
    if (!story.reason.empty()) order["reasonCode"] = Json::array({Json{{"text", story.reason}}});
    if (!story.route.empty()) order["dosageInstruction"][0]["route"] = Json{{"text", story.route}};
    add(std::move(order));
  }
  for (const auto& test : story.tests) add(TestOf(test, "sr" + std::to_string(entries.size())));
  return request;
}

// What the patient takes, as the record has it.
StoredFacts FactsOf(const Story& story) {
  StoredFacts facts{.patient = "p", .birth_date = story.birth_date, .results = story.results};
  if (!story.weight.empty()) {
    facts.sizes.push_back(Json::parse(
        R"({"resourceType":"Observation","status":"final","effectiveDateTime":"2026-03-01",
            "code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},
            "valueQuantity":{"system":"http://unitsofmeasure.org","code":"kg","value":)" +
        story.weight.substr(0, story.weight.find(' ')) + "}}"));
  }
  for (const Drug& drug : story.taken) {
    const std::string id = "had" + std::to_string(facts.medications.size());
    Json taken =
        OrderOf(drug, drug.since.empty() ? "MedicationStatement" : "MedicationRequest", id);
    taken["status"] = "active";
    if (!drug.since.empty()) taken["authoredOn"] = drug.since;
    facts.medications.push_back(std::move(taken));
  }
  for (const auto& test : story.pending) {
    Json order = TestOf(test, "way" + std::to_string(facts.tests.size()));
    order["status"] = "active";
    facts.tests.push_back(std::move(order));
  }
  return facts;
}

struct Told {
  std::vector<std::string> cards = {};
  std::vector<std::string> offers = {};
};

Told Tell(const Story& story) {
  const Json body = RequestOf(story);
  fhir::IssueLog log;
  const auto request = ReadHookRequest(body, *FindService("genflik-order-sign"), log);
  EXPECT_TRUE(request) << story.name;
  const StoredFacts facts = FactsOf(story);
  const CdsOptions options;
  const Decision decision = Decide({.request = *request,
                                    .stored = facts,
                                    .knowledge = *RepositoryKnowledge(),
                                    .options = options,
                                    .base = "https://genflik.example.org",
                                    .today = "2026-03-02"});
  Told told;
  for (const Json& card : decision.cards) {
    told.cards.push_back(std::string(fhir::FindText(card, "indicator")) + ": " +
                         std::string(fhir::FindText(card, "summary")));
    for (const Json& offer : fhir::FindArray(card, "suggestions"))
      told.offers.push_back(std::string(fhir::FindText(offer, "label")) +
                            (offer.contains("isRecommended") ? " (rekommenderas)" : ""));
  }
  if (told.cards.empty()) told.cards.emplace_back("inget kort");
  return told;
}

TEST(Scenarios, EndAsTheStoriesTell) {
  size_t count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(tests::SourceDir() + "/tests/scenarios")) {
    if (entry.path().extension() != ".story") continue;
    for (const Story& story : ReadStories(entry.path())) {
      ++count;
      const Told told = Tell(story);
      if (std::getenv("GENFLIK_TELL_STORIES") != nullptr) {
        for (const auto& line : told.cards)
          std::cout << "TOLD\t" << story.name << '\t' << line << '\n';
        continue;
      }
      EXPECT_EQ(told.cards, story.then) << story.file << ": " << story.name;
      if (story.offers) {
        EXPECT_EQ(told.offers, *story.offers) << story.file << ": " << story.name;
      }
    }
  }
  EXPECT_GE(count, 80U);
}

}  // namespace
}  // namespace genflik::cds
