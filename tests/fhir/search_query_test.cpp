#include "fhir/search_query.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fhir_tests/fhir_support.h"

namespace genflik::fhir {
namespace {

using testing::Findings;
using testing::TheDefinitions;

constexpr std::string_view kBase = "http://localhost/fhir";

SearchQuery Read(std::string_view type, const QueryPairs& pairs) {
  IssueLog log;
  auto query = ReadSearchQuery(TheDefinitions(), type, pairs, log, kBase);
  for (const auto& finding : Findings(log)) ADD_FAILURE() << finding;
  return query;
}

std::vector<Issue> Refusals(std::string_view type, const QueryPairs& pairs) {
  IssueLog log;
  const auto query = ReadSearchQuery(TheDefinitions(), type, pairs, log, kBase);
  EXPECT_TRUE(query.used.empty());
  return log.issues();
}

SearchValue One(std::string_view type, const std::string& name, const std::string& value) {
  const auto query = Read(type, {{name, value}});
  EXPECT_EQ(query.terms.size(), 1U);
  EXPECT_EQ(query.terms.at(0).values.size(), 1U);
  return query.terms.at(0).values.at(0);
}

TEST(SearchQuery, TellsTheFormsOfATokenApart) {
  EXPECT_EQ(One("Observation", "code", "84413-4").token, (TokenValue{{}, "84413-4"}));
  EXPECT_EQ(One("Observation", "code", "http://loinc.org|84413-4").token,
            (TokenValue{"http://loinc.org", "84413-4"}));
  EXPECT_EQ(One("Observation", "code", "|84413-4").token, (TokenValue{"", "84413-4"}));
  EXPECT_EQ(One("Observation", "code", "http://loinc.org|").token,
            (TokenValue{"http://loinc.org", {}}));
}

TEST(SearchQuery, KeepsBarsOfACodeAfterTheFirst) {
  EXPECT_EQ(One("Observation", "value-concept", "http://glstring.org|A*01\\|B*02").token.code,
            "A*01|B*02");
  EXPECT_EQ(One("Observation", "value-concept", "http://glstring.org|A*01|B*02").token.code,
            "A*01|B*02");
}

TEST(SearchQuery, SplitsAlternativesAndHonoursEscapes) {
  const auto query = Read("Observation", {{"code", "a,b\\,c"}});
  ASSERT_EQ(query.terms[0].values.size(), 2U);
  EXPECT_EQ(query.terms[0].values[1].token.code, "b,c");
}

TEST(SearchQuery, NormalisesIdentifiers) {
  EXPECT_EQ(One("Patient", "identifier", "urn:oid:1.2.752.129.2.1.3.1|19121212-1212").token,
            (TokenValue{"http://electronichealth.se/identifier/personnummer", "191212121212"}));
  const auto query = Read("Patient", {{"identifier", "19121212-1212"}});
  ASSERT_EQ(query.terms[0].values.size(), 2U);
  EXPECT_EQ(query.terms[0].values[1].token.code, "191212121212");
}

TEST(SearchQuery, TurnsOfTypeIntoAConditionOfItsOwn) {
  const auto query =
      Read("Patient",
           {{"identifier:of-type", "http://terminology.hl7.org/CodeSystem/v2-0203|MR|446053"}});
  EXPECT_EQ(query.terms.at(0).parameter, "identifier:of-type");
  EXPECT_EQ(query.terms.at(0).modifier, Modifier::kNone);
  EXPECT_EQ(query.terms.at(0).values.at(0).token,
            (TokenValue{"http://terminology.hl7.org/CodeSystem/v2-0203", "MR|446053"}));
}

TEST(SearchQuery, NormalisesStringsUnlessExact) {
  EXPECT_EQ(One("Patient", "family", "ÖBERG").text, "oberg");
  EXPECT_EQ(One("Patient", "family:exact", "ÖBERG").text, "ÖBERG");
  EXPECT_EQ(Read("Patient", {{"family:contains", "x"}}).terms[0].modifier, Modifier::kContains);
}

TEST(SearchQuery, ReadsTheFormsOfAReference) {
  EXPECT_EQ(One("Observation", "subject", "Patient/1").reference,
            (ReferenceValue{"Patient", "1", ""}));
  EXPECT_EQ(One("Observation", "subject", "1").reference, (ReferenceValue{"", "1", ""}));
  EXPECT_EQ(One("Observation", "patient", "1").reference, (ReferenceValue{"Patient", "1", ""}));
  EXPECT_EQ(One("Observation", "subject:Patient", "1").reference,
            (ReferenceValue{"Patient", "1", ""}));
  EXPECT_EQ(One("Observation", "subject", "http://localhost/fhir/Patient/1").reference,
            (ReferenceValue{"Patient", "1", ""}));
  EXPECT_EQ(One("Observation", "subject", "http://other/fhir/Patient/1").reference,
            (ReferenceValue{"", "", "http://other/fhir/Patient/1"}));
  EXPECT_EQ(One("Observation", "subject:identifier", "a|b").token, (TokenValue{"a", "b"}));
}

TEST(SearchQuery, ReadsDatesWithPrefixAndPrecision) {
  const auto year = One("Observation", "date", "ge1970");
  EXPECT_EQ(year.prefix, Prefix::kGe);
  EXPECT_EQ(year.date, (DateValue{0, 365LL * 86'400'000}));
  EXPECT_EQ(One("Observation", "date", "1970-01-01T00:01").date, (DateValue{60'000, 120'000}));
  EXPECT_EQ(One("Observation", "date", "1970-01-01T01:00:00 01:00").date, (DateValue{0, 1000}));
}

TEST(SearchQuery, TakesPrecisionOfNumbersFromTheirDigits) {
  const auto near = [](double number) { return ::testing::DoubleNear(number, 1e-9); };
  const auto number = One("RiskAssessment", "probability", "100").number;
  EXPECT_THAT(number.low, near(99.5));
  EXPECT_THAT(number.high, near(100.5));
  EXPECT_THAT(One("RiskAssessment", "probability", "5.40").number.low, near(5.395));
  EXPECT_THAT(One("RiskAssessment", "probability", "1e2").number.low, near(95));
  EXPECT_THAT(One("RiskAssessment", "probability", "ap100").number.high, near(110));
}

TEST(SearchQuery, ConvertsUcumQuantities) {
  const auto quantity =
      One("Observation", "value-quantity", "lt5.4|http://unitsofmeasure.org|mg").quantity;
  EXPECT_EQ(quantity.canonical_unit, "g");
  EXPECT_DOUBLE_EQ(quantity.canonical_number.value, 0.0054);
  const auto unit = One("Observation", "value-quantity", "5.4||mg").quantity;
  EXPECT_FALSE(unit.system);
  EXPECT_EQ(unit.code, "mg");
}

TEST(SearchQuery, ReadsComposites) {
  const auto query =
      Read("Observation", {{"component-code-value-concept", "http://loinc.org|48018-6$HGNC:2621"}});
  ASSERT_EQ(query.terms[0].values[0].components.size(), 2U);
  EXPECT_EQ(query.terms[0].component_types, (std::vector{SearchType::kToken, SearchType::kToken}));
  EXPECT_EQ(query.terms[0].values[0].components[1].token.code, "HGNC:2621");
}

TEST(SearchQuery, ReadsChains) {
  const auto query = Read("Observation", {{"subject:Patient.name:exact", "Ek"}});
  const SearchTerm& term = query.terms.at(0);
  EXPECT_EQ(term.kind, SearchTerm::Kind::kChain);
  EXPECT_EQ(term.types, std::vector<std::string>{"Patient"});
  EXPECT_EQ(term.inner.at(0).parameter, "name");
  EXPECT_EQ(term.inner.at(0).modifier, Modifier::kExact);
  // Without a type, every target that has the parameter takes part.
  const auto open = Read("Observation", {{"performer.identifier", "a|b"}});
  EXPECT_THAT(open.terms.at(0).types, ::testing::Contains("Practitioner"));
  EXPECT_EQ(open.terms.at(0).types.size(), open.terms.at(0).inner.size());
}

TEST(SearchQuery, ReadsReverseChains) {
  const auto query = Read("Patient", {{"_has:Observation:patient:code", "84413-4"}});
  const SearchTerm& term = query.terms.at(0);
  EXPECT_EQ(term.kind, SearchTerm::Kind::kHas);
  EXPECT_EQ(term.types, std::vector<std::string>{"Observation"});
  EXPECT_EQ(term.parameter, "patient");
  EXPECT_EQ(term.inner.at(0).parameter, "code");
  const auto nested =
      Read("Patient", {{"_has:Observation:patient:_has:DiagnosticReport:result:status", "final"}});
  EXPECT_EQ(nested.terms.at(0).inner.at(0).kind, SearchTerm::Kind::kHas);
}

TEST(SearchQuery, ReadsWhatShapesTheAnswer) {
  const auto query = Read("Observation", {{"_sort", "-date,code"},
                                          {"_count", "20"},
                                          {"_total", "accurate"},
                                          {"_summary", "true"},
                                          {"_elements", "status,code"},
                                          {"_include", "Observation:subject:Patient"},
                                          {"_include:iterate", "Observation:derived-from"},
                                          {"_revinclude", "DiagnosticReport:result"},
                                          {"_page", "abc"},
                                          {"_format", "json"}});
  EXPECT_EQ(query.sort, (std::vector<SortKey>{{"date", SearchType::kDate, true},
                                              {"code", SearchType::kToken}}));
  EXPECT_EQ(query.count, 20U);
  EXPECT_EQ(query.total, TotalMode::kAccurate);
  EXPECT_EQ(query.summary, SummaryMode::kTrue);
  EXPECT_EQ(query.elements, (std::vector<std::string>{"status", "code"}));
  EXPECT_EQ(query.includes,
            (std::vector<Include>{{"Observation", "subject", "Patient", false, false},
                                  {"Observation", "derived-from", "", true, false},
                                  {"DiagnosticReport", "result", "", false, true}}));
  EXPECT_EQ(query.page, "abc");
  EXPECT_TRUE(query.unknown.empty());
  EXPECT_EQ(query.used.size(), 8U);
  EXPECT_EQ(Read("Patient", {{"_count", "0"}}).summary, SummaryMode::kCount);
}

TEST(SearchQuery, ReportsUnknownParameters) {
  const auto query =
      Read("Patient", {{"colour", "red"}, {"gender", "male"}, {"subject.name", "x"}});
  EXPECT_EQ(query.unknown, (std::vector<std::string>{"colour", "subject.name"}));
  EXPECT_EQ(query.used.size(), 1U);
}

TEST(SearchQuery, RefusesWhatItCannotKeep) {
  const std::vector<std::pair<std::string, std::pair<std::string, std::string>>> cases = {
      {"Observation", {"date", "abc"}},
      {"Observation", {"date", "2026-02-30"}},
      {"Observation", {"code:exact", "x"}},
      {"Observation", {"code:below", "x"}},
      {"Observation", {"code:nonsense", "x"}},
      {"Observation", {"code", "a,,b"}},
      {"Observation", {"code", "|"}},
      {"Observation", {"code:missing", "maybe"}},
      {"Observation", {"subject", "a b"}},
      {"Observation", {"subject:Patient", "Group/1"}},
      {"Observation", {"value-quantity", "x|y|z"}},
      {"Observation", {"value-quantity", "1|mg"}},
      {"Observation", {"code-value-concept", "a"}},
      {"Observation", {"code.name", "a"}},
      {"Observation", {"subject:Gene.name", "a"}},
      {"Observation", {"_has:Gene:patient:code", "a"}},
      {"Patient", {"_has:Observation:code:code", "a"}},
      {"Patient", {"_has:Observation:patient:colour", "a"}},
      {"Patient", {"_has:Observation", "a"}},
      {"Patient", {"_filter", "a"}},
      {"Patient", {"_text", "a"}},
      {"Patient", {"_sort", "colour"}},
      {"Patient", {"_count", "-1"}},
      {"Patient", {"_count", "x"}},
      {"Patient", {"_total", "x"}},
      {"Patient", {"_summary", "x"}},
      {"Patient", {"_include", "Patient:name"}},
      {"Patient", {"_include", "Gene:patient"}},
      {"Patient", {"_include:never", "Patient:link"}},
  };
  for (const auto& [type, pair] : cases) {
    EXPECT_EQ(Refusals(type, {pair}).size(), 1U) << pair.first << '=' << pair.second;
  }
}

TEST(SearchQuery, BoundsTheWork) {
  QueryPairs many;
  many.reserve(101);
  for (int i = 0; i < 101; ++i) many.emplace_back("code", "x");
  IssueLog log;
  (void)ReadSearchQuery(TheDefinitions(), "Observation", many, log);
  EXPECT_TRUE(log.HasErrors());
  std::string chain = "subject:Patient.name";
  for (int i = 0; i < 20; ++i) chain.insert(0, "derived-from:Observation.");
  EXPECT_EQ(Refusals("Observation", {{chain, "x"}}).size(), 1U);
}

TEST(SearchQuery, SearchesAllTypesByWhatIsCommon) {
  const auto query = Read("", {{"_type", "Patient,Observation"}, {"_lastUpdated", "gt2026"}});
  EXPECT_EQ(query.types, (std::vector<std::string>{"Patient", "Observation"}));
  EXPECT_EQ(query.terms.at(0).type, SearchType::kDate);
  EXPECT_EQ(Read("", {{"code", "x"}}).unknown, std::vector<std::string>{"code"});
  const auto common = Read("", {{"patient", "1"}, {"_type", "Observation,DiagnosticReport"}});
  EXPECT_EQ(common.terms.at(0).parameter, "patient");
  EXPECT_EQ(Read("", {{"gender", "male"}, {"_type", "Patient,Observation"}}).unknown,
            std::vector<std::string>{"gender"});
}

TEST(SearchQuery, LeavesOutWhatHasNoValue) {
  const auto query = Read("Observation", {{"code", ""}, {"_sort", ""}, {"status", "final"}});
  EXPECT_EQ(query.unknown, (std::vector<std::string>{"code", "_sort"}));
  EXPECT_EQ(query.terms.size(), 1U);
}

TEST(SearchQuery, KnowsCompartments) {
  const auto term = CompartmentTerm(TheDefinitions(), "Observation", "Patient", "1");
  ASSERT_TRUE(term);
  ASSERT_EQ(term->inner.size(), 2U);
  EXPECT_EQ(term->inner[0].parameter, "subject");
  EXPECT_EQ(term->inner[0].values[0].reference, (ReferenceValue{"Patient", "1", ""}));
  EXPECT_EQ(CompartmentTerm(TheDefinitions(), "Patient", "Patient", "1")->inner[0].parameter,
            "_id");
  EXPECT_FALSE(CompartmentTerm(TheDefinitions(), "Task", "Patient", "1"));
}

}  // namespace
}  // namespace genflik::fhir
