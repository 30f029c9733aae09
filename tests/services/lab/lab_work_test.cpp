#include <memory>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "fhir/definitions.h"
#include "fhir/provenance.h"
#include "rules/definition_loader.h"
#include "rules/knowledge_loader.h"
#include "rules/result_history.h"
#include "services/core/error.h"
#include "services/http/router.h"
#include "services/lab/conflicts.h"
#include "services/lab/open_conflicts.h"
#include "services/lab/patient_moves.h"
#include "services/lab/patients.h"
#include "services/lab/record.h"
#include "services/lab/unmapped_queue.h"
#include "services/lab/variant_results.h"
#include "services/mapping/genomics.h"
#include "services/tab/lab_api.h"
#include "tests/support/places.h"

// What people do with results: decide conflicts, work on the queue, merge patients, move results.

namespace genflik::lab {
namespace {

using fhir::Json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

std::shared_ptr<const rules::KnowledgeBase> Knowledge() {
  static const auto knowledge = [] {
    std::vector<rules::KnowledgeProblem> problems;
    return rules::LoadKnowledge(tests::SourceDir() + "/rules/knowledge", problems);
  }();
  return knowledge;
}

class LabWork : public testing::Test {
 protected:
  LabWork() {
    static const auto searchable = [] {
      fhir::IssueLog problems;
      return fhir::LoadDefinitions(tests::SourceDir() + "/fhir/definitions", problems);
    }();
    static const auto alleles = [] {
      std::vector<rules::DefinitionProblem> problems;
      return rules::LoadDefinitions(tests::SourceDir() + "/rules/knowledge/definitions", problems);
    }();
    store::StoreOptions options;
    options.definitions = searchable;
    options.project = [](const Json& resource) { return mapping::ReadGeneResults(resource); };
    store_ = store::OpenStore(":memory:", options);
    const auto variants = std::make_shared<const VariantResults>([] { return alleles; }, Knowledge);
    store_->AddWriteObserver(WithPatientMerges(
        WithVariantResults(variants, {ObserveResults, ObserveConflicts(Knowledge)})));
    intake_.emplace(*store_, labs_, clock_, ids_);
    tab::AddLabRoutes(
        router_, {.queue = {*store_, *intake_, labs_, clock_, WithVariantResults(variants, {})},
                  .knowledge = Knowledge});
  }

  static Json Patient(const std::string& id, const std::string& number) {
    return {{"resourceType", "Patient"},
            {"id", id},
            {"identifier", {{{"system", "urn:oid:2.999.1"}, {"value", number}}}}};
  }
  static Json Genotype(const std::string& id, const std::string& patient, const std::string& text,
                       const std::string& date) {
    return {{"resourceType", "Observation"},
            {"id", id},
            {"status", "final"},
            {"subject", {{"reference", "Patient/" + patient}}},
            {"effectiveDateTime", date},
            {"code", {{"coding", {{{"system", "http://loinc.org"}, {"code", "84413-4"}}}}}},
            {"valueString", text}};
  }
  void Put(const std::vector<Json>& resources) {
    store_->Write([&](store::Writer& writer) {
      for (const Json& resource : resources) writer.Put(resource);
    });
  }
  Json Record(const std::string& patient) {
    return BuildRecord(*Knowledge(), store_->Read([&](const store::Reader& reader) {
      return ReadRecordInput(reader, patient);
    }),
                       clock_.Now());
  }
  http::Response Send(const std::string& method, const std::string& path, const Json& body) {
    http::Request request{.method = method, .path = path, .body = body.dump()};
    const auto match = router_.Find(method, path);
    request.parameters = match.parameters;
    return match.route->handler(request);
  }
  /// "Observation/a current" of one gene.
  static std::vector<std::string> Roles(const Json& record, const std::string& gene) {
    std::vector<std::string> roles;
    for (const Json& one : record["genes"]) {
      if (one["gene"] != gene) continue;
      for (const Json& result : one["results"]) {
        roles.push_back(result["source"].get<std::string>() + " " +
                        result["role"].get<std::string>());
      }
    }
    return roles;
  }

  Json Conflicts() {
    fhir::IssueLog log;
    return fhir::ParseJson(Send("GET", "/conflicts", Json::object()).body, log)->at("entries");
  }

  core::FixedClock clock_{core::Instant{std::chrono::seconds(1772366400)}};
  core::SequenceIds ids_;
  LabConfigurations labs_;
  std::unique_ptr<store::Store> store_;
  std::optional<Hl7Intake> intake_;
  http::Router router_;
};

TEST_F(LabWork, ResolvesAConflictWithWhoAndWhyAndReopensIt) {
  Put({Patient("p", "1"), Genotype("a", "p", "CYP2C19 *1/*2", "2020-01-01"),
       Genotype("b", "p", "CYP2C19 *1/*1", "2021-01-01")});
  EXPECT_FALSE(Record("p")["genes"][0]["conflict"].is_null());
  const std::string path = "/record/p/conflicts/CYP2C19/resolve";
  EXPECT_THROW(Send("POST", path, {{"keep", "Observation/a"}, {"by", "Eva Ek"}}), core::Error);
  EXPECT_THROW(Send("POST", path, {{"keep", "Observation/x"}, {"by", "E"}, {"reason", "r"}}),
               core::Error);
  EXPECT_EQ(
      Send("POST", path, {{"keep", "Observation/a"}, {"by", "Eva Ek"}, {"reason", "sample mix-up"}})
          .status,
      200);
  Json record = Record("p");
  EXPECT_THAT(Roles(record, "CYP2C19"),
              testing::UnorderedElementsAre("Observation/a current", "Observation/b set-aside",
                                            "Observation/b/_history/1 superseded"));
  EXPECT_TRUE(record["genes"][0]["conflict"].is_null());
  EXPECT_THAT(record.dump(), HasSubstr("Set aside: sample mix-up (Eva Ek, 2026-03-01T12:00:00"));
  const auto results =
      store_->Read([](const store::Reader& reader) { return reader.ResultsOf("p"); });
  const auto profile = rules::JudgeResults(*Knowledge(), results);
  ASSERT_EQ(profile.at(0).in_force.size(), 1U) << "alerts see the one that counts";
  EXPECT_EQ(profile[0].in_force[0].source, "Observation/a");
  const auto provenance = store_->Read([](const store::Reader& reader) {
    return reader.FindMatching("Provenance", "target=Observation/b");
  });
  ASSERT_EQ(provenance.size(), 1U);
  EXPECT_THAT(provenance[0].text, HasSubstr("Eva Ek"));
  EXPECT_THROW(Send("POST", path, {{"keep", "Observation/a"}, {"by", "E"}, {"reason", "r"}}),
               core::Error)
      << "nothing disagrees any more";
  Send("POST", "/record/p/conflicts/CYP2C19/reopen", {{"by", "Eva Ek"}, {"reason", "new sample"}});
  EXPECT_FALSE(Record("p")["genes"][0]["conflict"].is_null());
}

TEST_F(LabWork, ListsTheConflictsOfAllPatientsWhileTheyWait) {
  Put({Patient("p", "1"), Patient("q", "2"), Genotype("a", "p", "CYP2C19 *1/*2", "2020-01-01"),
       Genotype("c", "q", "CYP2C19 *1/*2", "2020-01-01")});
  EXPECT_EQ(Conflicts(), Json::array());
  Put({Genotype("b", "p", "CYP2C19 *1/*1", "2021-01-01"),
       Genotype("d", "q", "CYP2C19 *1/*2", "2021-01-01")});
  const Json listed = Conflicts();
  ASSERT_EQ(listed.size(), 1U) << "the same answer twice is no conflict: " << listed.dump();
  EXPECT_EQ(listed[0]["patient"], "Patient/p");
  EXPECT_EQ(listed[0]["gene"], "CYP2C19");
  EXPECT_FALSE(listed[0]["since"].get<std::string>().empty());
  std::vector<std::string> sides;
  for (const Json& side : listed[0]["results"]) {
    sides.push_back(side["source"].get<std::string>() + " " + side["finding"].get<std::string>());
  }
  EXPECT_THAT(sides, testing::UnorderedElementsAre("Observation/a *1/*2", "Observation/b *1/*1"));
  Put({Genotype("b", "p", "CYP2C19 *1/*1", "2021-01-02")});
  EXPECT_EQ(Conflicts().size(), 1U) << "a new version that still disagrees is no second conflict";
  const std::string path = "/record/p/conflicts/CYP2C19/";
  Send("POST", path + "resolve", {{"keep", "Observation/a"}, {"by", "Eva Ek"}, {"reason", "r"}});
  EXPECT_EQ(Conflicts(), Json::array());
  Send("POST", path + "reopen", {{"by", "Eva Ek"}, {"reason", "new sample"}});
  EXPECT_EQ(Conflicts().size(), 1U);
}

TEST_F(LabWork, LetsANewVersionFromTheLaboratoryCountAgain) {
  Put({Patient("p", "1"), Genotype("a", "p", "CYP2C19 *1/*2", "2020-01-01"),
       Genotype("b", "p", "CYP2C19 *1/*1", "2021-01-01")});
  Send("POST", "/record/p/conflicts/CYP2C19/resolve",
       {{"keep", "Observation/a"}, {"by", "E"}, {"reason", "r"}});
  Json corrected = Genotype("b", "p", "CYP2C19 *2/*2", "2021-01-01");
  corrected["status"] = "corrected";
  Put({corrected});
  EXPECT_FALSE(Record("p")["genes"][0]["conflict"].is_null());
}

TEST_F(LabWork, ListsShowsResolvesAndReplaysTheQueue) {
  Put({Patient("p", "1"), Genotype("a", "p", "no gene here", "2020-01-01")});
  const std::string bad =
      "MSH|^~\\&|GENLAB|K|PGX|R|20250301||ORU^R01|M1|P|2.5.1\rPID|1||195009072554^^^SKV&"
      "1.2.752.129.2.1.3.1&ISO\rOBR|1|P1|F1|X\rOBX|1|ST|84413-4^G^LN|1|CYP2D6 *1/*4||||||F\r";
  static_cast<void>(intake_->Handle(bad));
  Json list = Json::parse(Send("GET", "/unmapped", Json::object()).body);
  ASSERT_EQ(list["entries"].size(), 2U);
  const std::string fhir_entry = list["entries"][0]["id"];
  const std::string message = list["entries"][1]["id"];
  const Json shown = Json::parse(Send("GET", "/unmapped/" + message, Json::object()).body);
  EXPECT_EQ(shown["original"], bad);
  EXPECT_EQ(shown["form"], "hl7v2");
  EXPECT_THROW(Send("POST", "/unmapped/" + message + "/replay", Json::object()), core::Error)
      << "the personnummer is as wrong as before";
  EXPECT_THROW(Send("POST", "/unmapped/" + message + "/resolve", {{"by", "E"}}), core::Error);
  Send("POST", "/unmapped/" + message + "/resolve", {{"by", "E"}, {"reason", "asked the lab"}});
  EXPECT_THROW(Send("POST", "/unmapped/" + message + "/resolve", {{"by", "E"}, {"reason", "r"}}),
               core::Error);
  EXPECT_THROW(Send("POST", "/unmapped/" + fhir_entry + "/replay", Json::object()), core::Error);
  EXPECT_THROW(Send("GET", "/unmapped/nothing", Json::object()), core::Error);
  list = Json::parse(Send("GET", "/unmapped", Json::object()).body);
  EXPECT_EQ(list["entries"].size(), 1U);
}

TEST_F(LabWork, MergesTwoRecordsOfOnePerson) {
  Put({Patient("old", "1"), Patient("new", "2"), Genotype("a", "old", "CYP2C19 *1/*2", "2020"),
       Genotype("b", "new", "CYP2D6 *4/*4", "2021")});
  Json merged = Patient("old", "1");
  merged["active"] = false;
  merged["link"] = {{{"other", {{"reference", "Patient/new"}}}, {"type", "replaced-by"}}};
  Put({merged});
  EXPECT_TRUE(store_->Read([](const store::Reader& r) { return r.ResultsOf("old"); }).empty());
  const Json record = Record("new");
  EXPECT_THAT(Roles(record, "CYP2C19"),
              ElementsAre("Observation/a current", "Observation/a/_history/1 superseded"));
  EXPECT_THAT(Roles(record, "CYP2D6"), ElementsAre("Observation/b current"));
  ASSERT_EQ(record["moves"].size(), 1U);
  EXPECT_EQ(record["moves"][0]["from"], "Patient/old");
  EXPECT_EQ(Record("old")["moves"].size(), 1U) << "the replaced record tells where they went";
  store_->Read([](const store::Reader& reader) {
    EXPECT_EQ(FindPatient(reader, {{"urn:oid:2.999.1", "1"}}), "new") << "new results follow";
    EXPECT_THAT(reader.Find("Patient", "new")->text, HasSubstr("\"replaces\""));
  });
}

// Whose Provenance it is, by the search that patients and $everything use.
std::vector<std::string> ProvenanceOf(store::Store& store, const std::string& patient) {
  return store.Read([&](const store::Reader& reader) {
    std::vector<std::string> ids;
    for (const auto& found : reader.FindMatching("Provenance", "patient=Patient/" + patient)) {
      if (found.id.starts_with("from-")) ids.push_back(found.id);
    }
    return ids;
  });
}

Json ProvenanceFor(const std::string& id, const std::string& patient,
                   const std::vector<std::string>& targets) {
  Json list = Json::array();
  for (const auto& target : targets) list.push_back({{"reference", target}});
  Json provenance = {{"resourceType", "Provenance"},
                     {"id", id},
                     {"target", std::move(list)},
                     {"recorded", "2020-01-01T00:00:00Z"},
                     {"agent", {{{"who", {{"display", "lab"}}}}}}};
  fhir::SetPatient(provenance, patient);
  return provenance;
}

TEST_F(LabWork, ProvenanceFollowsAMergeWithWhatFollowsIt) {
  Put({Patient("old", "1"),
       Patient("new", "2"),
       Genotype("a", "old", "CYP2C19 *1/*2", "2020"),
       ProvenanceFor("from-lab", "old", {"Observation/a/_history/1"}),
       {{"resourceType", "MedicationDispense"},
        {"id", "given"},
        {"status", "completed"},
        {"medicationCodeableConcept", {{"text", "klopidogrel"}}},
        {"subject", {{"reference", "Patient/old"}}}}});
  Json merged = Patient("old", "1");
  merged["link"] = {{{"other", {{"reference", "Patient/new"}}}, {"type", "replaced-by"}}};
  Put({merged});
  EXPECT_THAT(ProvenanceOf(*store_, "new"), ElementsAre("from-lab"));
  EXPECT_THAT(ProvenanceOf(*store_, "old"), ElementsAre());
  store_->Read([](const store::Reader& reader) {
    EXPECT_EQ(reader.FindMatching("MedicationDispense", "patient=Patient/new").size(), 1U);
  });
}

TEST_F(LabWork, ProvenanceFollowsAMovedResultAndStaysWhereItTellsOfMore) {
  Put({Patient("p", "1"), Patient("q", "2"), Genotype("a", "p", "CYP2D6 *4/*4", "2020-01-01"),
       Genotype("b", "p", "CYP2C19 *1/*2", "2020-01-01"),
       ProvenanceFor("from-one", "p", {"Observation/a/_history/1"}),
       ProvenanceFor("from-both", "p", {"Observation/a", "Observation/b"})});
  Send("POST", "/record/p/move",
       {{"result", "Observation/a"}, {"to", "Patient/q"}, {"by", "Eva Ek"}, {"reason", "swapped"}});
  EXPECT_THAT(ProvenanceOf(*store_, "p"), ElementsAre("from-both"));
  EXPECT_THAT(ProvenanceOf(*store_, "q"), UnorderedElementsAre("from-one", "from-both"));
  Send("POST", "/record/p/move",
       {{"result", "Observation/b"}, {"to", "Patient/q"}, {"by", "Eva Ek"}, {"reason", "swapped"}});
  EXPECT_THAT(ProvenanceOf(*store_, "p"), ElementsAre()) << "nothing it tells of is left here";
  EXPECT_THAT(ProvenanceOf(*store_, "q"), UnorderedElementsAre("from-one", "from-both"));
}

TEST_F(LabWork, RefusesMergesThatGoInACircle) {
  Put({Patient("a", "1"), Patient("b", "2")});
  Json first = Patient("a", "1");
  first["link"] = {{{"other", {{"reference", "Patient/b"}}}, {"type", "replaced-by"}}};
  Put({first});
  Json second = Patient("b", "2");
  second["link"] = {{{"other", {{"reference", "Patient/a"}}}, {"type", "replaced-by"}}};
  EXPECT_THROW(Put({second}), core::Error);
}

TEST_F(LabWork, MovesAReportThatWasStoredWithTheWrongPatient) {
  Json variant = Genotype("v", "p", "G/A", "2020-01-01");
  variant["code"] = {{"text", "rs4244285"}};
  Put({Patient("p", "1"),
       Patient("q", "2"),
       Genotype("a", "p", "CYP2D6 *4/*4", "2020-01-01"),
       variant,
       {{"resourceType", "DiagnosticReport"},
        {"id", "r"},
        {"status", "final"},
        {"subject", {{"reference", "Patient/p"}}},
        {"code", {{"text", "PGx"}}},
        {"result", {{{"reference", "Observation/a"}}, {{"reference", "Observation/v"}}}}}});
  EXPECT_THAT(Roles(Record("p"), "CYP2C19"), testing::SizeIs(1));
  const Json answer = Json::parse(Send("POST", "/record/p/move",
                                       {{"result", "DiagnosticReport/r"},
                                        {"to", "Patient/q"},
                                        {"by", "Eva Ek"},
                                        {"reason", "tubes were swapped"}})
                                      .body);
  EXPECT_THAT(answer["moved"], ElementsAre("DiagnosticReport/r", "Observation/a", "Observation/v"));
  const Json right = Record("q");
  EXPECT_EQ(Roles(right, "CYP2D6").at(0), "Observation/a current");
  EXPECT_THAT(Roles(right, "CYP2C19").at(0), HasSubstr(" current"))
      << "what follows from the variants follows them";
  const Json wrong = Record("p");
  EXPECT_THAT(Roles(wrong, "CYP2D6"), ElementsAre());
  EXPECT_THAT(Roles(wrong, "CYP2C19").at(0), HasSubstr(" withdrawn"));
  EXPECT_EQ(wrong["moves"][0]["reason"], "tubes were swapped");
  EXPECT_EQ(wrong["moves"][0]["to"], "Patient/q");
  EXPECT_THROW(
      Send("POST", "/record/p/move",
           {{"result", "Observation/a"}, {"to", "Patient/q"}, {"by", "E"}, {"reason", "r"}}),
      core::Error)
      << "it is no longer theirs";
}

TEST_F(LabWork, CarriesARecordIntoAnotherGenflik) {
  Json variant = Genotype("v", "p", "G/A", "2020-01-01");
  variant["code"] = {{"text", "rs4244285"}};
  variant["specimen"] = {{"reference", "Specimen/s"}};
  Put({Patient("p", "1"),
       {{"resourceType", "Specimen"}, {"id", "s"}, {"subject", {{"reference", "Patient/p"}}}},
       Genotype("a", "p", "CYP2D6 *4/*4", "2020-01-01"),
       Genotype("b", "p", "CYP2D6 *1/*4", "2021-01-01"),
       variant});
  Send("POST", "/record/p/conflicts/CYP2D6/resolve",
       {{"keep", "Observation/a"}, {"by", "Eva Ek"}, {"reason", "sequenced"}});
  const http::Response document = Send("POST", "/record/p/document", Json::object());
  const Json bundle = Json::parse(document.body);
  EXPECT_EQ(bundle["type"], "document");
  EXPECT_EQ(bundle["entry"][0]["resource"]["resourceType"], "Composition");
  EXPECT_EQ(bundle["entry"][1]["resource"]["resourceType"], "List");
  EXPECT_EQ(bundle["entry"][1]["resource"]["entry"].size(), 4U) << "three sent and one called";
  store_->Read([](const store::Reader& reader) {
    EXPECT_TRUE(reader.Find("Composition", "record-p"));
    EXPECT_TRUE(reader.Find("List", "tab-p"));
  });
  const auto comparable = [](Json record) {
    record.erase("generated");
    for (Json& gene : record["genes"]) {
      Json kept = Json::array();
      for (Json& result : gene["results"]) {
        result.erase("received");
        if (result["role"] != "superseded") kept.push_back(result);
      }
      gene["results"] = kept;
    }
    return record;
  };
  const Json before = comparable(Record("p"));

  LabWork_CarriesARecordIntoAnotherGenflik_Test other;
  EXPECT_EQ(Json::parse(other.Send("POST", "/record-documents", bundle).body)["patient"],
            "Patient/p");
  EXPECT_EQ(comparable(other.Record("p")), before);
  other.store_->Read([](const store::Reader& reader) {
    const auto provenance = reader.FindMatching("Provenance", "target=Observation/b");
    EXPECT_EQ(provenance.size(), 2U) << "the decision there, and the way here";
  });
  EXPECT_EQ(other.Send("POST", "/record-documents", bundle).status, 200) << "again";
  EXPECT_EQ(comparable(other.Record("p")), before);

  LabWork_CarriesARecordIntoAnotherGenflik_Test third;
  third.Put({Patient("local", "1")});
  EXPECT_EQ(Json::parse(third.Send("POST", "/record-documents", bundle).body)["patient"],
            "Patient/local")
      << "known there by identifier";
  EXPECT_THAT(Roles(third.Record("local"), "CYP2D6"),
              testing::UnorderedElementsAre("Observation/a current", "Observation/b set-aside"));
  EXPECT_THAT(Roles(third.Record("local"), "CYP2C19"), testing::SizeIs(1));
  third.Put({Genotype("x", "local", "CYP2D6 *1/*1", "2020")});
  Json stolen = bundle;
  for (Json& entry : stolen["entry"]) {
    if (entry["resource"]["id"] == "a") entry["resource"]["valueString"] = "CYP2D6 *1/*1";
  }
  EXPECT_THROW(third.Send("POST", "/record-documents", stolen), core::Error);
  EXPECT_THROW(third.Send("POST", "/record-documents", {{"resourceType", "Patient"}}), core::Error);
}

}  // namespace
}  // namespace genflik::lab
