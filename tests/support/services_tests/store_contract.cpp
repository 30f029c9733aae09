#include "tests/support/services_tests/store_contract.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "services/core/error.h"

namespace genflik::store {
namespace {

using core::ErrorCode;
using fhir::Json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Json Parse(std::string_view text) {
  fhir::IssueLog log;
  auto value = fhir::ParseJson(text, log);
  EXPECT_TRUE(value) << text;
  return std::move(value).value_or(Json());
}

template <typename Fn>
ErrorCode CodeThrownBy(Fn&& fn) {
  try {
    fn();
  } catch (const core::Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorCode::kInternal;
}

StoredResource PutPatient(Store& store, const std::string& id, const std::string& family) {
  return store.Write([&](Writer& writer) {
    return writer.Put(Parse(R"({"resourceType":"Patient","id":")" + id +
                            R"(","name":[{"family":")" + family + R"("}]})"));
  });
}

void KeepsEachVersion(const std::string& location) {
  const auto store = OpenStore(location, TestOptions());
  const StoredResource first = PutPatient(*store, "a", "Ek");
  EXPECT_EQ(first.version, 1);
  EXPECT_EQ(first.method, "POST");
  const StoredResource second = PutPatient(*store, "a", "Alm");
  EXPECT_EQ(second.version, 2);
  EXPECT_EQ(second.method, "PUT");
  EXPECT_LT(first.last_updated, second.last_updated);
  store->Read([&](const Reader& reader) {
    const auto current = reader.Find("Patient", "a");
    ASSERT_TRUE(current);
    EXPECT_EQ(current->text, second.text);
    EXPECT_THAT(current->text, HasSubstr("Alm"));
    EXPECT_EQ(fhir::FindText(*fhir::Find(current->Body(), "meta"), "versionId"), "2");
    EXPECT_EQ(reader.FindVersion("Patient", "a", 1)->text, first.text);
    EXPECT_FALSE(reader.FindVersion("Patient", "a", 3));
    EXPECT_FALSE(reader.Find("Patient", "b"));
    EXPECT_FALSE(reader.Find("Group", "a"));
  });
}

void SetsMetaAndKeepsTheRest(const std::string& location) {
  const auto store = OpenStore(location, TestOptions());
  const StoredResource kept = store->Write([](Writer& writer) {
    return writer.Put(Parse(
        R"({"resourceType":"Observation","meta":{"lastUpdated":"1999-01-01","tag":[{"code":"t"}]},)"
        R"("valueQuantity":{"value":1.50}})"));
  });
  EXPECT_FALSE(kept.id.empty());
  EXPECT_EQ(kept.text, R"({"resourceType":"Observation","id":")" + kept.id +
                           R"(","meta":{"versionId":"1","lastUpdated":")" + kept.last_updated +
                           R"(","tag":[{"code":"t"}]},"valueQuantity":{"value":1.50}})");
}

void MakesNoVersionWithoutAChange(const std::string& location) {
  const auto store = OpenStore(location, TestOptions());
  const StoredResource first = PutPatient(*store, "a", "Ek");
  const StoredResource again = PutPatient(*store, "a", "Ek");
  EXPECT_EQ(again.version, 1);
  EXPECT_EQ(again.last_updated, first.last_updated);
}

void ChecksTheExpectedVersion(const std::string& location) {
  const auto store = OpenStore(location, TestOptions());
  const auto put = [&](std::int64_t expected, const std::string& family) {
    store->Write([&](Writer& writer) {
      writer.Put(
          Parse(R"({"resourceType":"Patient","id":"a","name":[{"family":")" + family + R"("}]})"),
          {.expected_version = expected});
    });
  };
  put(0, "Ek");
  EXPECT_EQ(CodeThrownBy([&] { put(0, "Alm"); }), ErrorCode::kPreconditionFailed);
  EXPECT_EQ(CodeThrownBy([&] { put(2, "Alm"); }), ErrorCode::kPreconditionFailed);
  put(1, "Alm");
  EXPECT_EQ(CodeThrownBy([&] { put(1, "Ask"); }), ErrorCode::kPreconditionFailed);
  EXPECT_EQ(
      CodeThrownBy([&] { store->Write([](Writer& writer) { writer.Delete("Patient", "a", 1); }); }),
      ErrorCode::kPreconditionFailed);
}

void DeletesAndBringsBack(const std::string& location) {
  const auto store = OpenStore(location, TestOptions());
  PutPatient(*store, "a", "Ek");
  const auto remove = [&] {
    return store->Write([](Writer& writer) { return writer.Delete("Patient", "a"); });
  };
  const auto deletion = remove();
  ASSERT_TRUE(deletion);
  EXPECT_EQ(deletion->version, 2);
  EXPECT_FALSE(remove());
  store->Read([](const Reader& reader) {
    EXPECT_FALSE(reader.Find("Patient", "a"));
    const auto latest = reader.FindLatest("Patient", "a");
    ASSERT_TRUE(latest);
    EXPECT_TRUE(latest->deleted);
    EXPECT_TRUE(reader.FindVersion("Patient", "a", 2)->deleted);
    EXPECT_FALSE(reader.FindVersion("Patient", "a", 1)->deleted);
  });
  EXPECT_EQ(PutPatient(*store, "a", "Ek").version, 3);
  EXPECT_TRUE(store->Read([](const Reader& reader) { return reader.Find("Patient", "a"); }));
}

void UndoesAFunctionThatThrows(const std::string& location) {
  const auto store = OpenStore(location, TestOptions());
  EXPECT_THROW(store->Write([](Writer& writer) {
    writer.Put(Parse(R"({"resourceType":"Patient","id":"a"})"));
    EXPECT_TRUE(writer.Find("Patient", "a"));
    throw std::runtime_error("no");
  }),
               std::runtime_error);
  EXPECT_FALSE(store->Read([](const Reader& reader) { return reader.Find("Patient", "a"); }));
  PutPatient(*store, "b", "Ek");
}

void ListsHistoriesNewestFirst(const std::string& location) {
  const auto store = OpenStore(location, TestOptions());
  PutPatient(*store, "a", "Ek");
  const std::string since = PutPatient(*store, "b", "Alm").last_updated;
  PutPatient(*store, "a", "Ask");
  store->Write([](Writer& writer) {
    writer.Put(Parse(R"({"resourceType":"Group","id":"a"})"));
    writer.Delete("Patient", "b");
  });
  const auto list = [&](const HistoryQuery& query) {
    std::vector<std::string> names;
    const HistoryPage page =
        store->Read([&](const Reader& reader) { return reader.History(query); });
    for (const StoredResource& version : page.versions) {
      names.push_back(version.Reference() + "/" + std::to_string(version.version) +
                      (version.deleted ? "-" : ""));
    }
    names.push_back(std::to_string(page.total) + page.next);
    return names;
  };
  EXPECT_THAT(list({.type = "Patient", .id = "a"}), ElementsAre("Patient/a/2", "Patient/a/1", "2"));
  EXPECT_THAT(list({.type = "Patient"}),
              ElementsAre("Patient/b/2-", "Patient/a/2", "Patient/b/1", "Patient/a/1", "4"));
  EXPECT_THAT(list({}), SizeIs(6));
  EXPECT_THAT(list({.type = "Patient", .since = since}),
              ElementsAre("Patient/b/2-", "Patient/a/2", "Patient/b/1", "3"));
  EXPECT_THAT(list({.at = since}), ElementsAre("Patient/b/1", "Patient/a/1", "2"));
  EXPECT_THAT(list({.type = "Patient", .id = "none"}), ElementsAre("0"));
}

void PagesAHistory(const std::string& location) {
  const auto store = OpenStore(location, TestOptions());
  for (int i = 0; i < 5; ++i) PutPatient(*store, "a", "Ek" + std::to_string(i));
  std::vector<std::int64_t> versions;
  HistoryQuery query = {.type = "Patient", .count = 2};
  do {
    const auto page = store->Read([&](const Reader& reader) { return reader.History(query); });
    for (const StoredResource& version : page.versions) versions.push_back(version.version);
    EXPECT_LE(page.versions.size(), 2U);
    query.cursor = page.next;
    PutPatient(*store, "new" + std::to_string(versions.size()), "Ny");
  } while (!query.cursor.empty());
  EXPECT_THAT(versions, ElementsAre(5, 4, 3, 2, 1));
  query.cursor = "1; DROP TABLE version";
  EXPECT_EQ(CodeThrownBy(
                [&] { store->Read([&](const Reader& reader) { return reader.History(query); }); }),
            ErrorCode::kMalformed);
}

void IsThereAfterReopening(const std::string& location) {
  std::string text;
  {
    const auto store = OpenStore(location, TestOptions());
    text = PutPatient(*store, "a", "Ek").text;
    store->Write([](Writer& writer) { writer.AppendRecord({.kind = "alert", .body = "{}"}); });
  }
  const auto store = OpenStore(location, TestOptions());
  EXPECT_EQ(store->Read([](const Reader& reader) { return reader.Find("Patient", "a")->text; }),
            text);
  EXPECT_THAT(
      store->Read([](const Reader& reader) { return reader.FindRecords({.kind = "alert"}); }),
      SizeIs(1));
}

void KeepsRecords(const std::string& location) {
  const auto store = OpenStore(location, TestOptions());
  const auto append = [&](Record record) {
    return store->Write([&](Writer& writer) { return writer.AppendRecord(record); });
  };
  const Record first = append({.kind = "alert", .patient = "p", .status = "open", .body = "1"});
  EXPECT_FALSE(first.id.empty());
  EXPECT_FALSE(first.created.empty());
  append({.kind = "alert", .patient = "q", .status = "open", .body = "2"});
  append({.kind = "message", .key = "m1", .body = "3"});
  EXPECT_EQ(CodeThrownBy([&] { append({.kind = "message", .key = "m1", .body = "4"}); }),
            ErrorCode::kConflict);
  append({.kind = "other", .key = "m1", .body = "5"});
  Record answered = first;
  answered.status = "answered";
  answered.body = "6";
  store->Write([&](Writer& writer) { writer.UpdateRecord(answered); });
  answered.id = "none";
  EXPECT_EQ(
      CodeThrownBy([&] { store->Write([&](Writer& writer) { writer.UpdateRecord(answered); }); }),
      ErrorCode::kNotFound);
  const auto bodies = [&](const RecordFilter& filter) {
    std::vector<std::string> texts;
    for (const Record& record :
         store->Read([&](const Reader& reader) { return reader.FindRecords(filter); })) {
      texts.push_back(record.body);
    }
    return texts;
  };
  EXPECT_THAT(bodies({.kind = "alert"}), ElementsAre("6", "2"));
  EXPECT_THAT(bodies({.kind = "alert", .newest_first = true}), ElementsAre("2", "6"));
  EXPECT_THAT(bodies({.kind = "alert", .status = "open"}), ElementsAre("2"));
  EXPECT_THAT(bodies({.patient = "p"}), ElementsAre("6"));
  EXPECT_THAT(bodies({.kind = "message", .key = "m1"}), ElementsAre("3"));
  EXPECT_THAT(bodies({.after_id = first.id}), ElementsAre("2", "3", "5"));
  EXPECT_THAT(bodies({.limit = 2}), ElementsAre("6", "2"));
  EXPECT_THAT(bodies({.created_from = "2999-01-01"}), IsEmpty());
}

void KeepsLongRecordsAsTheyCame(const std::string& location) {
  std::string text = R"({"said":")";
  for (int i = 0; i < 20000; ++i) text += "Läkemedel " + std::to_string(i * 7919) + ", ";
  text += "\"}";
  const auto store = OpenStore(location, TestOptions());
  store->Write([&](Writer& writer) {
    writer.AppendRecord({.id = "r1", .kind = "evaluation", .body = text});
    writer.AppendRecord({.id = "r2", .kind = "evaluation", .body = "{}"});
    writer.UpdateRecord({.id = "r2", .status = "spoke", .body = text.substr(0, 5000)});
  });
  const auto found =
      store->Read([](const Reader& reader) { return reader.FindRecords({.kind = "evaluation"}); });
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_TRUE(found[0].body == text);
  EXPECT_EQ(found[1].body, text.substr(0, 5000));
}

void TellsObservers(const std::string& location) {
  const auto store = OpenStore(location, TestOptions());
  std::vector<std::string> committed;
  store->AddWriteObserver([](Writer& writer, const std::vector<StoredResource>& written) {
    for (const StoredResource& resource : written) {
      if (resource.type != "Patient") continue;
      if (resource.id == "bad") throw core::Error(ErrorCode::kInvalid, "refused");
      writer.Put(Parse(R"({"resourceType":"Flag","id":")" + resource.id + R"("})"));
    }
  });
  store->AddCommitObserver([&](const std::vector<StoredResource>& written) {
    for (const StoredResource& resource : written) committed.push_back(resource.Reference());
  });
  PutPatient(*store, "a", "Ek");
  EXPECT_EQ(CodeThrownBy([&] { PutPatient(*store, "bad", "Ek"); }), ErrorCode::kInvalid);
  EXPECT_THAT(committed, ElementsAre("Patient/a", "Flag/a"));
  store->Read([](const Reader& reader) {
    EXPECT_TRUE(reader.Find("Flag", "a"));
    EXPECT_FALSE(reader.Find("Patient", "bad"));
  });
}

void RefusesToWriteInsideAWrite(const std::string& location) {
  const auto store = OpenStore(location, TestOptions());
  EXPECT_EQ(CodeThrownBy(
                [&] { store->Write([&](Writer& /*writer*/) { PutPatient(*store, "a", "Ek"); }); }),
            ErrorCode::kInternal);
}

void LosesNoUpdateAmongManyWriters(const std::string& location) {
  const auto first = OpenStore(location, TestOptions());
  const auto second = OpenStore(location, TestOptions());
  constexpr int kThreads = 8;
  constexpr int kEach = 25;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    Store& store = i % 2 == 0 ? *first : *second;
    threads.emplace_back([&store] {
      for (int n = 0; n < kEach; ++n) {
        store.Write([](Writer& writer) {
          const auto found = writer.Find("Basic", "counter");
          const int value = found ? found->Body()["count"].get<int>() : 0;
          Json body = Parse(R"({"resourceType":"Basic","id":"counter"})");
          body["count"] = value + 1;
          writer.Put(std::move(body));
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto counter =
      first->Read([](const Reader& reader) { return reader.Find("Basic", "counter"); });
  ASSERT_TRUE(counter);
  EXPECT_EQ(counter->Body()["count"].get<int>(), kThreads * kEach);
  EXPECT_EQ(counter->version, kThreads * kEach);
}

void ReadsOneMoment(const std::string& location) {
  const auto store = OpenStore(location, TestOptions());
  PutPatient(*store, "a", "Ek");
  store->Read([&](const Reader& reader) {
    EXPECT_EQ(reader.Find("Patient", "a")->version, 1);
    // A writer does not wait for this reader, and this reader does not see the write.
    PutPatient(*store, "a", "Alm");
    EXPECT_EQ(reader.Find("Patient", "a")->version, 1);
    EXPECT_EQ(store->Read([](const Reader& other) { return other.Find("Patient", "a")->version; }),
              2);
  });
}

void KeepsGeneResults(const std::string& location) {
  StoreOptions options = TestOptions();
  options.project = [](const Json& resource) {
    std::vector<rules::GeneResult> results;
    if (fhir::Find(resource, "genotype") == nullptr) return results;
    rules::GeneResult result;
    result.gene = "DPYD";
    result.status = rules::CallStatus::kAmbiguous;
    result.diplotypes = {std::string(fhir::FindText(resource, "genotype")), "b"};
    result.haplotypes = {"c.1905+1G>A"};
    result.absent = {"*57:01"};
    result.reported_phenotype = "Poor Metabolizer";
    result.reported_activity_score = 0.5;
    result.coverage = {.known = true, .alleles = {"x"}, .positions = {"rs1"}, .copy_number = true};
    result.record_status = rules::RecordStatus::kCorrected;
    result.laboratory = "Labbet";
    result.effective = "2026-01";
    results.push_back(result);
    return results;
  };
  const auto store = OpenStore(location, options);
  const auto put = [&](const std::string& id, const std::string& genotype) {
    return store->Write([&](Writer& writer) {
      return writer.Put(Parse(R"({"resourceType":"Observation","id":")" + id +
                              R"(","subject":{"reference":"Patient/p"},"genotype":")" + genotype +
                              R"("})"));
    });
  };
  const auto results = [&] {
    return store->Read([](const Reader& reader) { return reader.ResultsOf("p"); });
  };
  put("o", "*1/*2");
  put("n", "*1/*1");
  const StoredResource corrected = put("o", "*2/*2");
  ASSERT_THAT(results(), SizeIs(2));
  rules::GeneResult expected =
      options.project(Parse(R"({"resourceType":"Observation","genotype":"*2/*2"})")).front();
  expected.source = "Observation/o";
  expected.received = corrected.last_updated;
  EXPECT_EQ(results().front(), expected);
  EXPECT_EQ(store->Reindex(), 2);
  EXPECT_EQ(results().front(), expected);
  store->Write([](Writer& writer) { writer.Delete("Observation", "o"); });
  EXPECT_THAT(results(), SizeIs(1));
}

}  // namespace

StoreOptions TestOptions() {
  // Shared by all stores of a test, so that two on one database give no equal ids.
  static std::atomic<int> moments = 0;
  static std::atomic<int> ids = 0;
  StoreOptions options;
  options.now = [] {
    return std::chrono::system_clock::time_point(std::chrono::seconds(1767225600 + ++moments));
  };
  options.new_id = [] { return "id-" + std::to_string(++ids); };
  return options;
}

std::vector<ContractCase> ContractCases() {
  return {{"KeepsEachVersion", KeepsEachVersion},
          {"SetsMetaAndKeepsTheRest", SetsMetaAndKeepsTheRest},
          {"MakesNoVersionWithoutAChange", MakesNoVersionWithoutAChange},
          {"ChecksTheExpectedVersion", ChecksTheExpectedVersion},
          {"DeletesAndBringsBack", DeletesAndBringsBack},
          {"UndoesAFunctionThatThrows", UndoesAFunctionThatThrows},
          {"ListsHistoriesNewestFirst", ListsHistoriesNewestFirst},
          {"PagesAHistory", PagesAHistory},
          {"IsThereAfterReopening", IsThereAfterReopening},
          {"KeepsRecords", KeepsRecords},
          {"KeepsLongRecordsAsTheyCame", KeepsLongRecordsAsTheyCame},
          {"TellsObservers", TellsObservers},
          {"RefusesToWriteInsideAWrite", RefusesToWriteInsideAWrite},
          {"LosesNoUpdateAmongManyWriters", LosesNoUpdateAmongManyWriters},
          {"ReadsOneMoment", ReadsOneMoment},
          {"KeepsGeneResults", KeepsGeneResults}};
}

}  // namespace genflik::store
