#include "services/lab/late_results.h"

#include <array>
#include <memory>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "fhir/definitions.h"
#include "rules/definition_loader.h"
#include "rules/knowledge_loader.h"
#include "services/alerts/recheck.h"
#include "services/core/error.h"
#include "services/lab/intake.h"
#include "services/lab/outbox.h"
#include "services/lab/unmapped_queue.h"
#include "services/lab/variant_results.h"
#include "services/mapping/genomics.h"
#include "tests/support/places.h"
#include "tests/support/services_tests/temporary_directory.h"

// Results that come after the drug was started.

namespace genflik::lab {
namespace {

using fhir::Json;
using std::chrono::hours;
using std::chrono::minutes;
using ::testing::HasSubstr;

std::shared_ptr<const rules::KnowledgeBase> Knowledge() {
  static const auto knowledge = [] {
    std::vector<rules::KnowledgeProblem> problems;
    return rules::LoadKnowledge(tests::SourceDir() + "/rules/knowledge", problems);
  }();
  return knowledge;
}

class LateResults : public ::testing::Test {
 protected:
  LateResults() : recheck_(alerts::MakeRecheckObserver([this] { return knowledge_; }, clock_, {})) {
    Open(":memory:");
  }

  void Open(const std::string& location) {
    static const auto searchable = [] {
      fhir::IssueLog problems;
      return fhir::LoadDefinitions(tests::SourceDir() + "/fhir/definitions", problems);
    }();
    static const auto alleles = [] {
      std::vector<rules::DefinitionProblem> problems;
      return rules::LoadDefinitions(tests::SourceDir() + "/rules/knowledge/definitions", problems);
    }();
    store_.reset();
    store::StoreOptions options;
    options.definitions = searchable;
    options.now = [this] { return clock_.Now(); };
    options.project = [](const Json& resource) { return mapping::ReadGeneResults(resource); };
    store_ = store::OpenStore(location, options);
    const auto variants = std::make_shared<const VariantResults>([] { return alleles; }, Knowledge);
    store_->AddWriteObserver(
        WithVariantResults(variants, {ObserveResults, WithLateResults(recheck_)}));
  }

  void Put(const std::vector<Json>& resources) {
    store_->Write([&](store::Writer& writer) {
      for (const Json& resource : resources) writer.Put(resource);
    });
  }
  static Json Patient(const std::string& id) {
    return {{"resourceType", "Patient"}, {"id", id}, {"birthDate", "1955-03-02"}};
  }
  /// Capecitabine 1,250 mg/m2 twice a day as a plain order.
  static Json Capecitabine(const std::string& id, const std::string& patient) {
    return {{"resourceType", "MedicationRequest"},
            {"id", id},
            {"status", "active"},
            {"intent", "order"},
            {"subject", {{"reference", "Patient/" + patient}}},
            {"authoredOn", "2026-02-20"},
            {"medicationCodeableConcept",
             {{"coding", {{{"system", "http://www.whocc.no/atc"}, {"code", "L01BC06"}}}}}},
            {"dosageInstruction",
             {{{"timing", {{"repeat", {{"frequency", 2}, {"period", 1}, {"periodUnit", "d"}}}}},
               {"doseAndRate",
                {{{"doseQuantity",
                   {{"value", 2150},
                    {"unit", "mg"},
                    {"system", "http://unitsofmeasure.org"},
                    {"code", "mg"}}}}}}}}}};
  }
  static Json Dpyd(const std::string& id, const std::string& patient, const std::string& genotype) {
    return {{"resourceType", "Observation"},
            {"id", id},
            {"status", "final"},
            {"subject", {{"reference", "Patient/" + patient}}},
            {"effectiveDateTime", "2026-02-28"},
            {"code", {{"coding", {{{"system", "http://loinc.org"}, {"code", "84413-4"}}}}}},
            {"valueString", "DPYD " + genotype}};
  }
  std::vector<Json> Late(const std::string& status = "open") {
    std::vector<Json> entries;
    for (const auto& record : store_->Read([&](const store::Reader& reader) {
           return reader.FindRecords({.kind = "late", .status = status});
         })) {
      entries.push_back(RenderLateResult(record));
    }
    return entries;
  }
  std::vector<store::StoredResource> All(const std::string& type) {
    return store_->Read([&](const store::Reader& reader) {
      return reader.FindMatching(type, "_id:missing=false");
    });
  }
  size_t Tasks(const std::string& status) {
    return store_->Read([&](const store::Reader& reader) {
      return reader.FindMatching("Task", "status=" + status).size();
    });
  }

  core::FixedClock clock_{core::Instant{std::chrono::seconds(1772366400)}};
  std::shared_ptr<const rules::KnowledgeBase> knowledge_ = Knowledge();
  store::WriteObserver recheck_;
  std::unique_ptr<store::Store> store_;
};

TEST_F(LateResults, OpenAnEntryForADrugThatRuns) {
  Put({Patient("p"), Capecitabine("m", "p")});
  EXPECT_TRUE(Late().empty());
  Put({Dpyd("o", "p", "c.1905+1G>A/Reference")});
  const auto late = Late();
  ASSERT_EQ(late.size(), 1U);
  EXPECT_EQ(late[0]["order"], "MedicationRequest/m");
  EXPECT_EQ(late[0]["cause"], "late-result");
  EXPECT_THAT(late[0]["issue"].get<std::string>(), HasSubstr("DetectedIssue/pgx-"));
  EXPECT_FALSE(late[0]["summary"].get<std::string>().empty());
  Put({Dpyd("o2", "p", "c.1905+1G>A/Reference")});
}

// 625 mg/m2 twice a day is half of one full dose and the whole of another. Who ordered it did not
// know of the result, so it was not lowered for it.
TEST_F(LateResults, OpenAnEntryForADoseThatCannotHaveBeenLoweredForThem) {
  const auto order = [](const char* id) {
    Json written = Capecitabine(id, "p");
    Json& quantity = written["dosageInstruction"][0]["doseAndRate"][0]["doseQuantity"];
    quantity["value"] = 625;
    quantity["unit"] = quantity["code"] = "mg/m2";
    return written;
  };
  Put({Patient("p"), order("m")});
  clock_.Set(clock_.Now() + std::chrono::hours(1));
  Put({Dpyd("o", "p", "c.1905+1G>A/Reference")});
  ASSERT_EQ(Late().size(), 1U);
  EXPECT_EQ(Late()[0]["severity"], "high");
  const auto issue = [&] { return All("DetectedIssue").at(0).Body(); };
  EXPECT_THAT(issue().at("detail").get<std::string>(),
              HasSubstr("Ordinationen skrevs innan svaret fanns."));
  // Whoever writes it now knows.
  clock_.Set(clock_.Now() + std::chrono::hours(1));
  Json again = order("m");
  again["note"] = Json::array({Json{{"text", "half of 1250"}}});
  Put({again});
  EXPECT_EQ(issue().at("status"), "cancelled");
}

TEST_F(LateResults, AreNoneWhereTheOrderCameAfterTheResult) {
  Put({Patient("p"), Dpyd("o", "p", "c.1905+1G>A/Reference")});
  Put({Capecitabine("m", "p")});
  EXPECT_TRUE(Late().empty()) << "the prescriber was told at the order";
}

TEST_F(LateResults, AreNoneForARemarkMoreOnWhatWasTold) {
  const auto order = [](const char* id, const char* atc) {
    Json drug = Capecitabine(id, "p");
    drug["medicationCodeableConcept"]["coding"][0]["code"] = atc;
    drug.erase("dosageInstruction");
    return drug;
  };
  const auto result = [](const char* id, const std::string& genotype) {
    Json observation = Dpyd(id, "p", "");
    observation["valueString"] = genotype;
    return observation;
  };
  Put({Patient("p"), result("d6", "CYP2D6 *4/*4"), result("c19", "CYP2C19 *1/*17")});
  Put({order("amitriptyline", "N06AA09")});
  const auto issue_of_amitriptyline = [&] {
    for (auto& stored : All("DetectedIssue")) {
      if (stored.text.find("MedicationRequest/amitriptyline") != std::string::npos) return stored;
    }
    return store::StoredResource{};
  };
  const auto before = issue_of_amitriptyline();
  Put({order("omeprazole", "A02BC01")});
  const auto after = issue_of_amitriptyline();
  EXPECT_GT(after.version, before.version) << "the remark on omeprazole stands in the issue";
  EXPECT_THAT(after.text, HasSubstr("meprazol"));
  EXPECT_TRUE(Late().empty());
}

TEST_F(LateResults, AreNoneForANormalResult) {
  Put({Patient("p"), Capecitabine("m", "p")});
  Put({Dpyd("o", "p", "Reference/Reference")});
  EXPECT_TRUE(Late().empty());
}

TEST_F(LateResults, AreSettledWhenTheOrderEnds) {
  Put({Patient("p"), Capecitabine("m", "p")});
  Put({Dpyd("o", "p", "c.1905+1G>A/Reference")});
  ASSERT_EQ(Late().size(), 1U);
  Json stopped = Capecitabine("m", "p");
  stopped["status"] = "stopped";
  Put({stopped});
  EXPECT_TRUE(Late().empty());
  EXPECT_EQ(Late("settled").size(), 1U);
}

TEST_F(LateResults, OpenForEveryKindOfResourceThatSaysADrugRuns) {
  const std::array<std::pair<const char*, const char*>, 3> running = {
      {{"MedicationStatement", "active"},
       {"MedicationDispense", "in-progress"},
       {"MedicationAdministration", "in-progress"}}};
  for (const auto& [type, status] : running) {
    const std::string patient = std::string("p-") + type;
    Json drug = {{"resourceType", type},
                 {"id", std::string("d-") + type},
                 {"status", status},
                 {"subject", {{"reference", "Patient/" + patient}}},
                 {"medicationCodeableConcept",
                  {{"coding", {{{"system", "http://www.whocc.no/atc"}, {"code", "L01BC06"}}}}}}};
    Put({Patient(patient), drug});
    Put({Dpyd("o-" + patient, patient, "c.1905+1G>A/Reference")});
    const auto late = Late();
    ASSERT_EQ(late.size(), 1U) << type;
    EXPECT_EQ(late[0]["order"], std::string(type) + "/d-" + type);
    drug["status"] = "completed";
    Put({drug});
    EXPECT_TRUE(Late().empty()) << type << " has ended";
  }
}

TEST_F(LateResults, OpenOnceForADrugThatIsOrderedAndHandedOut) {
  Json dispense = Capecitabine("d", "p");
  dispense["resourceType"] = "MedicationDispense";
  dispense["status"] = "in-progress";
  dispense.erase("intent");
  Put({Patient("p"), Capecitabine("m", "p"), dispense});
  Put({Dpyd("o", "p", "c.1905+1G>A/Reference")});
  const auto late = Late();
  ASSERT_EQ(late.size(), 1U);
  EXPECT_EQ(late[0]["order"], "MedicationRequest/m");
}

TEST_F(LateResults, EscalateAgainAndAgainUntilAcknowledged) {
  Put({Patient("p"), Capecitabine("m", "p")});
  Put({Dpyd("o", "p", "c.1905+1G>A/Reference")});
  const EscalationOptions options{.after = hours(4), .unit = "Onkologmottagningen"};
  const auto start = clock_.Now();
  EXPECT_EQ(EscalateLateResults(*store_, options, start + hours(3)), 0U);
  EXPECT_EQ(EscalateLateResults(*store_, options, start + hours(4)), 1U);
  EXPECT_EQ(EscalateLateResults(*store_, options, start + hours(5)), 0U);
  EXPECT_EQ(EscalateLateResults(*store_, options, start + hours(8)), 1U);
  EXPECT_EQ(EscalateLateResults(*store_, options, start + hours(12)), 1U);
  EXPECT_EQ(Tasks("requested"), 3U);
  const std::string id = Late().at(0)["id"];
  store_->Write([&](store::Writer& writer) {
    AcknowledgeLateResult(writer, id,
                          {.by = "Eva Ek", .reason = "dose halved", .at = "2026-03-02"});
  });
  EXPECT_EQ(Tasks("requested"), 0U);
  EXPECT_EQ(Tasks("completed"), 3U);
  EXPECT_EQ(EscalateLateResults(*store_, options, start + hours(48)), 0U);
  const auto closed = Late("acknowledged");
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed[0]["acknowledged"]["by"], "Eva Ek");
  const auto issue = store_->Read([&](const store::Reader& reader) {
    return reader.Find("DetectedIssue", closed[0]["issue"].get<std::string>().substr(14));
  });
  ASSERT_TRUE(issue);
  EXPECT_THAT(issue->text, HasSubstr("Eva Ek"));
  const auto provenance = store_->Read([&](const store::Reader& reader) {
    return reader.FindMatching("Provenance", "target=" + issue->Reference() + "&patient=p");
  });
  ASSERT_EQ(provenance.size(), 1U);
  EXPECT_THAT(provenance[0].text, HasSubstr("Eva Ek"));
  EXPECT_THROW(store_->Write([&](store::Writer& writer) {
    AcknowledgeLateResult(writer, id, {.by = "E", .reason = "r", .at = "2026-03-02"});
  }),
               core::Error);
}

TEST_F(LateResults, AreFoundAgainWhenTheKnowledgeChanges) {
  // Knowledge that knows no drugs has nothing to say; the one that follows it has.
  const auto full = knowledge_;
  auto content = rules::KnowledgeContent{};
  content.version = "empty";
  knowledge_ = std::make_shared<const rules::KnowledgeBase>(std::move(content));
  Put({Patient("p"), Capecitabine("m", "p"), Dpyd("o", "p", "c.1905+1G>A/Reference")});
  EXPECT_TRUE(Late().empty());
  knowledge_ = full;
  EXPECT_EQ(RecheckRunningOrders(*store_, recheck_), 1U);
  ASSERT_EQ(Late().size(), 1U);
  EXPECT_EQ(Late()[0]["cause"], "new-knowledge");
  EXPECT_EQ(RecheckRunningOrders(*store_, recheck_), 0U) << "nothing has changed since";
}

TEST_F(LateResults, ReachSubscribersThroughRetriesAndARestart) {
  const genflik::testing::TemporaryDirectory folder;
  const std::string file = (folder.path() / "outbox.sqlite").string();
  Open(file);
  Put({Patient("p"), Capecitabine("m", "p")});
  Put({{{"resourceType", "Subscription"},
        {"id", "s"},
        {"status", "active"},
        {"reason", "late results"},
        {"criteria", "DetectedIssue?status=final"},
        {"channel",
         {{"type", "rest-hook"},
          {"endpoint", "http://127.0.0.1:9/hook"},
          {"payload", "application/fhir+json"},
          {"header", Json::array({"Authorization: Bearer x"})}}}}});
  Put({Dpyd("o", "p", "c.1905+1G>A/Reference")});
  std::vector<Delivery> taken;
  const auto refuse = [](const Delivery&) -> int { throw std::runtime_error("no route"); };
  const auto busy = [](const Delivery&) { return 503; };
  const auto take = [&](const Delivery& delivery) {
    taken.push_back(delivery);
    return 200;
  };
  const auto start = clock_.Now();
  EXPECT_EQ(SendOutbox(*store_, refuse, {}, start), 0U);
  EXPECT_EQ(SendOutbox(*store_, take, {}, start + std::chrono::seconds(29)), 0U)
      << "waits before it tries again";
  EXPECT_EQ(SendOutbox(*store_, busy, {}, start + std::chrono::seconds(30)), 0U);
  Open(file);
  EXPECT_EQ(SendOutbox(*store_, take, {}, start + std::chrono::seconds(89)), 0U);
  EXPECT_EQ(SendOutbox(*store_, take, {}, start + std::chrono::seconds(90)), 1U);
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0].endpoint, "http://127.0.0.1:9/hook");
  EXPECT_THAT(taken[0].headers, ::testing::ElementsAre("Authorization: Bearer x"));
  EXPECT_THAT(taken[0].body, HasSubstr("\"DetectedIssue\""));
  EXPECT_EQ(SendOutbox(*store_, take, {}, start + hours(9)), 0U) << "told once";
}

TEST_F(LateResults, GiveUpASubscriberThatNeverAnswers) {
  Put({Patient("p"), Capecitabine("m", "p")});
  Put({{{"resourceType", "Subscription"},
        {"id", "s"},
        {"status", "active"},
        {"reason", "late results"},
        {"criteria", "DetectedIssue"},
        {"channel", {{"type", "rest-hook"}, {"endpoint", "http://127.0.0.1:9/hook"}}}}});
  Put({Dpyd("o", "p", "c.1905+1G>A/Reference")});
  const OutboxOptions options{.first_retry = std::chrono::seconds(1),
                              .longest_retry = std::chrono::seconds(1),
                              .attempts = 2};
  const auto busy = [](const Delivery&) { return 500; };
  for (int i = 0; i < 4; ++i) {
    static_cast<void>(SendOutbox(*store_, busy, options, clock_.Now() + minutes(i)));
  }
  store_->Read([](const store::Reader& reader) {
    EXPECT_THAT(reader.Find("Subscription", "s")->text, HasSubstr("\"error\""));
    EXPECT_TRUE(reader.FindRecords({.kind = "outbox", .status = "waiting"}).empty());
  });
}

// Läkartidningen 2021;118:21032: of 368 patients tested for DPYD before treatment with
// fluoropyrimidines, 28 carried a risk variant, and 5 of those had started at full dose when the
// result came. Synthetic patients in the same numbers; the results come by HL7 v2.
TEST_F(LateResults, AreExactlyTheFiveCarriersAtFullDoseOfTheCohort) {
  constexpr int kPatients = 368;
  constexpr int kCarriers = 28;
  constexpr int kEarly = 5;
  // The carriers that started early, and as many of the others, whose results are normal.
  const auto number = [](int i) { return std::to_string(100000 + i); };
  LabConfiguration lab;
  lab.name = "cohort";
  lab.laboratory = "Cohort";
  lab.senders = {"COHORT|*"};
  lab.identifier_systems = {{"COHORT", "urn:oid:2.999.5"}};
  const LabConfigurations labs({lab});
  core::SequenceIds ids;
  Hl7Intake intake(*store_, labs, clock_, ids);
  for (int i = 0; i < kPatients; ++i) {
    const bool carrier = i % 13 == 0 && i / 13 < kCarriers;
    const bool early = (carrier && i / 13 < kEarly) || (!carrier && i % 20 == 1);
    std::vector<Json> resources = {Patient("c" + std::to_string(i))};
    resources[0]["identifier"] = {{{"system", "urn:oid:2.999.5"}, {"value", number(i)}}};
    if (early) {
      resources.push_back(Capecitabine("m" + std::to_string(i), "c" + std::to_string(i)));
    }
    Put(resources);
  }
  constexpr std::array<const char*, 4> kVariants = {"c.1905+1G>A", "c.1679T>G", "c.2846A>T",
                                                    "c.1129-5923C>G"};
  int carriers = 0;
  for (int i = 0; i < kPatients; ++i) {
    const bool carrier = i % 13 == 0 && i / 13 < kCarriers;
    carriers += carrier ? 1 : 0;
    const std::string genotype =
        carrier ? std::string(kVariants.at(static_cast<size_t>(i) % 4)) + "/Reference"
                : "Reference/Reference";
    const std::string ack =
        intake.Handle("MSH|^~\\&|COHORT|K|PGX|R|20260301||ORU^R01|M" + number(i) +
                      "|P|2.5.1\rPID|1||" + number(i) + "^^^COHORT\rOBR|1|P|F" + number(i) +
                      "|DPYD\rOBX|1|ST|84413-4^G^LN|1|DPYD " + genotype + "||||||F\r");
    ASSERT_THAT(ack, HasSubstr("MSA|AA")) << ack;
  }
  EXPECT_EQ(carriers, kCarriers);
  const auto late = Late();
  ASSERT_EQ(late.size(), static_cast<size_t>(kEarly));
  std::set<std::string> patients;
  for (const Json& entry : late) patients.insert(entry["patient"]);
  EXPECT_EQ(patients, (std::set<std::string>{"Patient/c0", "Patient/c13", "Patient/c26",
                                             "Patient/c39", "Patient/c52"}));
}

}  // namespace
}  // namespace genflik::lab
