#include <algorithm>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "fhir/definitions.h"
#include "fhir/search_query.h"
#include "services/core/error.h"
#include "services/store/sql_connection.h"
#include "tests/support/services_tests/definitions.h"
#include "tests/support/services_tests/store_contract.h"

namespace genflik::store {
namespace {

using core::ErrorCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::unique_ptr<Store> OpenIndexed(const std::string& location) {
  StoreOptions options = TestOptions();
  options.definitions = testing::TestDefinitions();
  options.base = "http://127.0.0.1/fhir";
  return OpenStore(location, options);
}

void Put(Store& store, std::initializer_list<std::string_view> texts) {
  store.Write([&](Writer& writer) {
    for (const std::string_view text : texts) {
      fhir::IssueLog log;
      auto body = fhir::ParseJson(text, log);
      ASSERT_TRUE(body) << text;
      writer.Put(std::move(*body));
    }
  });
}

fhir::QueryPairs Pairs(std::string_view query) {
  fhir::QueryPairs pairs;
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    const size_t equals = query.find('=');
    pairs.emplace_back(std::string(query.substr(0, equals)),
                       std::string(query.substr(equals + 1, end - equals - 1)));
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return pairs;
}

fhir::SearchQuery ReadQuery(std::string_view type, std::string_view query) {
  fhir::IssueLog log;
  fhir::SearchQuery search = fhir::ReadSearchQuery(*testing::TestDefinitions(), type, Pairs(query),
                                                   log, "http://127.0.0.1/fhir");
  for (const fhir::Issue& issue : log.issues()) ADD_FAILURE() << query << ": " << issue.text;
  EXPECT_THAT(search.unknown, IsEmpty()) << query;
  return search;
}

SearchPage RunQuery(Store& store, const fhir::SearchQuery& query) {
  return store.Read([&](const Reader& reader) { return reader.Search(query); });
}

std::vector<std::string> Ids(const std::vector<StoredResource>& resources) {
  std::vector<std::string> ids;
  for (const StoredResource& resource : resources) ids.push_back(resource.id);
  return ids;
}

std::vector<std::string> Find(Store& store, std::string_view type, std::string_view query) {
  return Ids(RunQuery(store, ReadQuery(type, query)).matches);
}

void PutSample(Store& store) {
  Put(store,
      {R"({"resourceType":"Patient","id":"eva","gender":"female","birthDate":"1956-02-27",
          "identifier":[{"system":"urn:x","value":"A1"}],
          "name":[{"family":"Åkesson","given":["Eva"]}]})",
       R"({"resourceType":"Patient","id":"ola","active":true,"gender":"male","birthDate":"1980",
          "name":[{"family":"Öberg","given":["Ola"]}]})",
       R"({"resourceType":"Practitioner","id":"lab","name":[{"family":"Lind"}]})",
       R"({"resourceType":"Observation","id":"o1","status":"final",
          "category":[{"coding":[{"system":"urn:cat","code":"laboratory"}]}],
          "code":{"coding":[{"system":"http://loinc.org","code":"84413-4","display":"Genotype"}]},
          "subject":{"reference":"Patient/eva"},"performer":[{"reference":"Practitioner/lab"}],
          "effectiveDateTime":"2026-03-01",
          "component":[{"code":{"coding":[{"system":"urn:c","code":"gene"}]},
                        "valueCodeableConcept":{"coding":[{"system":"urn:g","code":"DPYD"}]}},
                       {"code":{"coding":[{"system":"urn:c","code":"other"}]},
                        "valueCodeableConcept":{"coding":[{"system":"urn:g","code":"TPMT"}]}}]})",
       R"({"resourceType":"Observation","id":"o2","status":"amended",
          "code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}],"text":"Body weight"},
          "subject":{"reference":"Patient/eva"},"effectiveDateTime":"2026-02-01T10:00:00Z",
          "valueQuantity":{"value":5.40,"unit":"mg","system":"http://unitsofmeasure.org","code":"mg"}})",
       R"({"resourceType":"Observation","id":"o3","status":"final",
          "code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},
          "subject":{"reference":"Patient/ola","identifier":{"system":"urn:x","value":"B2"}},
          "effectiveDateTime":"2025-12-24",
          "valueQuantity":{"value":70,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}})"});
}

void FindsByToken(const std::string& location) {
  const auto store = OpenIndexed(location);
  PutSample(*store);
  EXPECT_THAT(Find(*store, "Observation", "code=84413-4"), ElementsAre("o1"));
  EXPECT_THAT(Find(*store, "Observation", "code=http://loinc.org|29463-7"),
              ElementsAre("o2", "o3"));
  EXPECT_THAT(Find(*store, "Observation", "code=urn:no|29463-7"), IsEmpty());
  EXPECT_THAT(Find(*store, "Observation", "code=|29463-7"), IsEmpty());
  EXPECT_THAT(Find(*store, "Observation", "code=http://loinc.org|"), ElementsAre("o1", "o2", "o3"));
  EXPECT_THAT(Find(*store, "Observation", "code=84413-4,29463-7&status=final"),
              ElementsAre("o1", "o3"));
  EXPECT_THAT(Find(*store, "Observation", "category:not=laboratory"), ElementsAre("o2", "o3"));
  EXPECT_THAT(Find(*store, "Observation", "category:missing=true"), ElementsAre("o2", "o3"));
  EXPECT_THAT(Find(*store, "Observation", "category:missing=false"), ElementsAre("o1"));
  EXPECT_THAT(Find(*store, "Observation", "code:text=weight"), ElementsAre("o2"));
  EXPECT_THAT(Find(*store, "Patient", "identifier=urn:x|A1"), ElementsAre("eva"));
  EXPECT_THAT(Find(*store, "Patient", "gender=male"), ElementsAre("ola"));
  EXPECT_THAT(Find(*store, "Patient", "active=true"), ElementsAre("ola"));
  EXPECT_THAT(Find(*store, "Patient", "_id=eva,ola"), ElementsAre("eva", "ola"));
}

void FindsByText(const std::string& location) {
  const auto store = OpenIndexed(location);
  PutSample(*store);
  EXPECT_THAT(Find(*store, "Patient", "family=akes"), ElementsAre("eva"));
  EXPECT_THAT(Find(*store, "Patient", "family=ÖBERG"), ElementsAre("ola"));
  EXPECT_THAT(Find(*store, "Patient", "family:exact=Åkesson"), ElementsAre("eva"));
  EXPECT_THAT(Find(*store, "Patient", "family:exact=akesson"), IsEmpty());
  EXPECT_THAT(Find(*store, "Patient", "family:contains=ess"), ElementsAre("eva"));
  EXPECT_THAT(Find(*store, "Patient", "family:contains=%"), IsEmpty());
  EXPECT_THAT(Find(*store, "Patient", "name=ola"), ElementsAre("ola"));
}

void FindsByReference(const std::string& location) {
  const auto store = OpenIndexed(location);
  PutSample(*store);
  for (const std::string_view query :
       {"patient=eva", "patient=Patient/eva", "subject=Patient/eva", "subject:Patient=eva",
        "subject=http://127.0.0.1/fhir/Patient/eva"}) {
    EXPECT_THAT(Find(*store, "Observation", query), ElementsAre("o1", "o2")) << query;
  }
  EXPECT_THAT(Find(*store, "Observation", "subject=Group/eva"), IsEmpty());
  EXPECT_THAT(Find(*store, "Observation", "subject:identifier=urn:x|B2"), ElementsAre("o3"));
  EXPECT_THAT(Find(*store, "Observation", "subject:Patient.name=eva"), ElementsAre("o1", "o2"));
  EXPECT_THAT(Find(*store, "Observation", "patient.gender=female&code=84413-4"), ElementsAre("o1"));
  EXPECT_THAT(Find(*store, "Observation", "code=84413-4&performer:Practitioner.family=lind"),
              ElementsAre("o1"));
  EXPECT_THAT(Find(*store, "Patient", "_has:Observation:patient:code=84413-4"), ElementsAre("eva"));
  EXPECT_THAT(Find(*store, "Patient", "gender=male&_has:Observation:patient:status=final"),
              ElementsAre("ola"));
}

void FindsByDateAndQuantity(const std::string& location) {
  const auto store = OpenIndexed(location);
  PutSample(*store);
  EXPECT_THAT(Find(*store, "Observation", "date=2026"), ElementsAre("o1", "o2"));
  EXPECT_THAT(Find(*store, "Observation", "date=2026-02-01"), ElementsAre("o2"));
  EXPECT_THAT(Find(*store, "Observation", "date=gt2026-02-01"), ElementsAre("o1"));
  EXPECT_THAT(Find(*store, "Observation", "date=ge2026-02-01&date=lt2026-03"), ElementsAre("o2"));
  EXPECT_THAT(Find(*store, "Observation", "date=lt2026"), ElementsAre("o3"));
  EXPECT_THAT(Find(*store, "Observation", "date=ne2026"), ElementsAre("o3"));
  EXPECT_THAT(Find(*store, "Patient", "birthdate=1956-02-27"), ElementsAre("eva"));
  EXPECT_THAT(Find(*store, "Patient", "birthdate=1980-05"), IsEmpty());
  EXPECT_THAT(Find(*store, "Observation", "value-quantity=5.40|http://unitsofmeasure.org|mg"),
              ElementsAre("o2"));
  EXPECT_THAT(Find(*store, "Observation", "value-quantity=0.0054|http://unitsofmeasure.org|g"),
              ElementsAre("o2"));
  EXPECT_THAT(Find(*store, "Observation", "value-quantity=gt60"), ElementsAre("o3"));
  EXPECT_THAT(Find(*store, "Observation", "value-quantity=le70||kg"), ElementsAre("o3"));
  EXPECT_THAT(Find(*store, "Observation", "_lastUpdated=gt2000"), ElementsAre("o1", "o2", "o3"));
  EXPECT_THAT(Find(*store, "Observation", "_lastUpdated=lt2000"), IsEmpty());
}

void FindsByComposite(const std::string& location) {
  const auto store = OpenIndexed(location);
  PutSample(*store);
  EXPECT_THAT(Find(*store, "Observation", "component-code-value-concept=urn:c|gene$urn:g|DPYD"),
              ElementsAre("o1"));
  // Both parts must be of one component.
  EXPECT_THAT(Find(*store, "Observation", "component-code-value-concept=urn:c|gene$urn:g|TPMT"),
              IsEmpty());
  EXPECT_THAT(
      Find(*store, "Observation", "patient=eva&component-code-value-concept=gene$DPYD,other$DPYD"),
      ElementsAre("o1"));
}

void IncludesAndSorts(const std::string& location) {
  const auto store = OpenIndexed(location);
  PutSample(*store);
  const SearchPage page = RunQuery(
      *store,
      ReadQuery("Observation",
                "code=84413-4&_include=Observation:subject&_include=Observation:performer"));
  EXPECT_THAT(Ids(page.included), UnorderedElementsAre("eva", "lab"));
  const SearchPage reverse =
      RunQuery(*store, ReadQuery("Patient", "_id=eva&_revinclude=Observation:patient"));
  EXPECT_THAT(Ids(reverse.included), UnorderedElementsAre("o1", "o2"));
  EXPECT_EQ(reverse.total, 1);
  EXPECT_THAT(Find(*store, "Observation", "_sort=date"), ElementsAre("o3", "o2", "o1"));
  EXPECT_THAT(Find(*store, "Observation", "_sort=-date"), ElementsAre("o1", "o2", "o3"));
  EXPECT_THAT(Find(*store, "Observation", "_sort=-status,date"), ElementsAre("o3", "o1", "o2"));
  EXPECT_THAT(Find(*store, "Patient", "_sort=-family"), ElementsAre("ola", "eva"));
  EXPECT_THAT(Find(*store, "Observation", "_sort=-_lastUpdated"), ElementsAre("o3", "o2", "o1"));
}

void FollowsChangesAndDeletions(const std::string& location) {
  const auto store = OpenIndexed(location);
  PutSample(*store);
  Put(*store, {R"({"resourceType":"Patient","id":"eva","name":[{"family":"Ny"}]})"});
  EXPECT_THAT(Find(*store, "Patient", "family=akes"), IsEmpty());
  EXPECT_THAT(Find(*store, "Patient", "family=ny"), ElementsAre("eva"));
  store->Write([](Writer& writer) { writer.Delete("Patient", "eva"); });
  EXPECT_THAT(Find(*store, "Patient", "family=ny"), IsEmpty());
  EXPECT_THAT(Find(*store, "Patient", "_id=eva"), IsEmpty());
  EXPECT_THAT(Find(*store, "Patient", ""), ElementsAre("ola"));
  EXPECT_THAT(Find(*store, "Observation", "subject:Patient.family=ny"), IsEmpty());
}

void PagesThroughChanges(const std::string& location) {
  const auto store = OpenIndexed(location);
  int later = 0;
  for (const std::string sort : {"", "&_sort=-date", "&_sort=code,-_lastUpdated"}) {
    for (int i = 0; i < 7; ++i) {
      const std::string number = std::to_string(i);
      Put(*store, {R"({"resourceType":"Observation","id":"p)" + number + R"(","status":"final",
          "code":{"coding":[{"code":"c"}]},"effectiveDateTime":"2026-01-0)" +
                   std::to_string(i % 3 + 1) + R"("})"});
    }
    fhir::SearchQuery query = ReadQuery("Observation", "status=final&_count=3" + sort);
    std::vector<std::string> ids;
    do {
      const SearchPage page = RunQuery(*store, query);
      EXPECT_EQ(page.total, 7);
      for (const StoredResource& match : page.matches) ids.push_back(match.id);
      query.page = page.next;
      // What is written in between neither comes up nor moves the rest.
      Put(*store, {R"({"resourceType":"Observation","id":"new)" + std::to_string(++later) +
                   R"(","status":"final","code":{"coding":[{"code":"c"}]},)"
                   R"("effectiveDateTime":"2026-01-02"})"});
    } while (!query.page.empty() && ids.size() < 20);
    EXPECT_THAT(ids, UnorderedElementsAre("p0", "p1", "p2", "p3", "p4", "p5", "p6")) << sort;
    store->Write([later](Writer& writer) {
      for (int i = 1; i <= later; ++i) writer.Delete("Observation", "new" + std::to_string(i));
    });
  }
}

void RefusesATamperedPage(const std::string& location) {
  const auto store = OpenIndexed(location);
  PutSample(*store);
  fhir::SearchQuery query = ReadQuery("Observation", "_count=1");
  const std::string page = RunQuery(*store, query).next;
  ASSERT_FALSE(page.empty());
  for (const std::string& wrong : {page + "1", std::string("x"), std::string("1.1.1"),
                                   page.substr(1), "0" + page, std::string("'; DROP TABLE x")}) {
    query.page = wrong;
    try {
      RunQuery(*store, query);
      ADD_FAILURE() << wrong;
    } catch (const core::Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kMalformed);
    }
  }
  fhir::SearchQuery other = ReadQuery("Observation", "status=final&_count=1");
  other.page = page;
  EXPECT_THROW(RunQuery(*store, other), core::Error);
}

void TakesValuesAsValues(const std::string& location) {
  const auto store = OpenIndexed(location);
  PutSample(*store);
  for (const std::string name : {"code", "status", "_id", "identifier", "code:text",
                                 "subject:Patient.name", "performer:Practitioner.family"}) {
    EXPECT_THAT(Find(*store, "Observation", name + "=x' OR '1'='1"), IsEmpty()) << name;
  }
  EXPECT_THAT(Find(*store, "Observation", "code=84413-4"), ElementsAre("o1"));
}

void ReindexesToTheSameAnswers(const std::string& location) {
  const auto store = OpenIndexed(location);
  PutSample(*store);
  Put(*store, {R"({"resourceType":"Patient","id":"eva","name":[{"family":"Ny"}]})"});
  store->Write([](Writer& writer) { writer.Delete("Observation", "o3"); });
  const std::vector<std::pair<std::string, std::string>> queries = {
      {"Observation", "code=29463-7"},
      {"Observation", "patient=eva&_sort=date"},
      {"Observation", "subject:Patient.family=ny"},
      {"Patient", "family=ny"},
      {"Patient", "_has:Observation:patient:code=84413-4"},
      {"Observation", "component-code-value-concept=gene$DPYD"}};
  std::vector<std::vector<std::string>> before;
  for (const auto& [type, query] : queries) before.push_back(Find(*store, type, query));
  EXPECT_EQ(store->Reindex(), 5);
  std::vector<std::vector<std::string>> after;
  for (const auto& [type, query] : queries) after.push_back(Find(*store, type, query));
  EXPECT_EQ(before, after);
  EXPECT_THAT(before, ::testing::Each(::testing::Not(IsEmpty())));
}

void FindsMatchingForCallersWithin(const std::string& location) {
  const auto store = OpenIndexed(location);
  PutSample(*store);
  store->Read([](const Reader& reader) {
    EXPECT_THAT(Ids(reader.FindMatching("Observation", "patient=eva&status=final")),
                ElementsAre("o1"));
    EXPECT_THROW(static_cast<void>(reader.FindMatching("Observation", "nonsense=eva")),
                 core::Error);
  });
}

// The short way finds what the search finds.
void FindsByIdentifier(const std::string& location) {
  const auto store = OpenIndexed(location);
  Put(*store, {R"({"resourceType":"Patient","id":"one","identifier":[
                   {"system":"urn:a","value":"1"},{"system":"urn:a","value":"1"}]})",
               R"({"resourceType":"Patient","id":"two","identifier":[
                   {"system":"urn:b","value":"1"},{"value":"7"}]})",
               R"({"resourceType":"Patient","id":"also","identifier":[
                   {"system":"urn:a","value":"1"}]})",
               R"({"resourceType":"Patient","id":"gone","identifier":[
                   {"system":"urn:a","value":"2"}]})",
               R"({"resourceType":"Device","id":"thing","identifier":[
                   {"system":"urn:a","value":"1"}]})"});
  store->Write([](Writer& writer) { writer.Delete("Patient", "gone"); });
  store->Read([](const Reader& reader) {
    EXPECT_THAT(reader.Identified("Patient", "urn:a", "1"), ElementsAre("one", "also"));
    EXPECT_THAT(Ids(reader.FindMatching("Patient", "identifier=urn:a|1")),
                ElementsAre("one", "also"));
    EXPECT_THAT(reader.Identified("Patient", "urn:b", "1"), ElementsAre("two"));
    EXPECT_THAT(reader.Identified("Patient", "", "7"), ElementsAre("two"));
    EXPECT_THAT(reader.Identified("Patient", "", "1"), IsEmpty());
    EXPECT_THAT(reader.Identified("Patient", "urn:a", "2"), IsEmpty());
    EXPECT_THAT(reader.Identified("Patient", "urn:a", "1' OR '1'='1"), IsEmpty());
  });
}

void FindsByStoredValueSet(const std::string& location) {
  const auto store = OpenIndexed(location);
  PutSample(*store);
  Put(*store, {R"({"resourceType":"ValueSet","id":"v","url":"urn:v","status":"active",
      "compose":{"include":[{"system":"http://loinc.org","concept":[{"code":"84413-4"}]}]}})"});
  EXPECT_THAT(Find(*store, "Observation", "code:in=urn:v"), ElementsAre("o1"));
  EXPECT_THAT(Find(*store, "Observation", "code:not-in=urn:v"), ElementsAre("o2", "o3"));
  EXPECT_THROW(Find(*store, "Observation", "code:in=urn:none"), core::Error);
}

}  // namespace

std::vector<ContractCase> SearchContractCases() {
  return {{"FindsByToken", FindsByToken},
          {"FindsByText", FindsByText},
          {"FindsByReference", FindsByReference},
          {"FindsByDateAndQuantity", FindsByDateAndQuantity},
          {"FindsByComposite", FindsByComposite},
          {"IncludesAndSorts", IncludesAndSorts},
          {"FollowsChangesAndDeletions", FollowsChangesAndDeletions},
          {"PagesThroughChanges", PagesThroughChanges},
          {"RefusesATamperedPage", RefusesATamperedPage},
          {"TakesValuesAsValues", TakesValuesAsValues},
          {"ReindexesToTheSameAnswers", ReindexesToTheSameAnswers},
          {"FindsMatchingForCallersWithin", FindsMatchingForCallersWithin},
          {"FindsByIdentifier", FindsByIdentifier},
          {"FindsByStoredValueSet", FindsByStoredValueSet}};
}

}  // namespace genflik::store
