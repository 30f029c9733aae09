#include <map>
#include <memory>
#include <regex>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "fhir/search_query.h"
#include "services/store/index_tables.h"
#include "services/store/search_sql.h"
#include "services/store/sql_connection.h"
#include "services/store/store.h"
#include "tests/support/postgres_server.h"
#include "tests/support/services_tests/definitions.h"
#include "tests/support/services_tests/store_contract.h"
#include "tests/support/services_tests/temporary_directory.h"

namespace genflik::store {
namespace {

fhir::SearchQuery ReadOne(std::string_view type, std::string_view name, std::string_view value) {
  fhir::IssueLog log;
  auto query = fhir::ReadSearchQuery(*testing::TestDefinitions(), type,
                                     {{std::string(name), std::string(value)}}, log);
  EXPECT_FALSE(log.HasErrors()) << type << "?" << name << "=" << value << ": "
                                << (log.issues().empty() ? "" : log.issues().front().text);
  EXPECT_TRUE(query.unknown.empty()) << name;
  return query;
}

std::string ValueFor(fhir::SearchType type) {
  switch (type) {
    case fhir::SearchType::kDate:
      return "ge2026-01-01";
    case fhir::SearchType::kNumber:
      return "5";
    case fhir::SearchType::kQuantity:
      return "5.4|http://unitsofmeasure.org|mg";
    case fhir::SearchType::kReference:
      return "Patient/1";
    case fhir::SearchType::kToken:
      return "urn:s|c";
    default:
      return "x";
  }
}

std::string ValueFor(const fhir::SearchParameter& parameter) {
  if (parameter.type != fhir::SearchType::kComposite) return ValueFor(parameter.type);
  std::string value;
  for (const fhir::SearchComponent& component : parameter.components) {
    value += (value.empty() ? "" : "$") + ValueFor(component.type);
  }
  return value;
}

// Each form that a condition can take, on Observations.
std::vector<std::pair<std::string, std::string>> Shapes() {
  return {{"code", "a,b|c,|d"},
          {"code", "http://loinc.org|"},
          {"code:not", "a"},
          {"code:text", "weight"},
          {"date", "2026"},
          {"date", "ne2026"},
          {"date", "ap2026"},
          {"value-quantity", "lt5"},
          {"value-quantity", "5||mg"},
          {"subject", "1"},
          {"subject", "http://other/Patient/1"},
          {"subject:identifier", "urn:x|1"},
          {"subject:Patient.name", "eva"},
          {"subject:Patient.identifier", "urn:x|1"},
          {"subject:Patient.organization.name", "lab"},
          {"patient.birthdate", "gt1950"},
          {"_has:DetectedIssue:implicated:code", "final"},
          {"subject:Patient._has:Condition:patient:code", "x"},
          {"_lastUpdated", "gt2026"},
          {"_id", "a,b"},
          {"_tag", "x"},
          {"_profile", "http://x"},
          {"_list", "42"},
          {"combo-code-value-quantity", "a$lt5"}};
}

// The statement of a search, as the runner makes it.
std::string StatementOf(const fhir::SearchQuery& query, SqlText& text) {
  const std::vector<std::string> types = query.type.empty()
                                             ? std::vector<std::string>{"Patient", "Observation"}
                                             : std::vector<std::string>{query.type};
  SearchSql search(query, types, text);
  std::string sql = "SELECT m.rid";
  for (const SortExpression& key : search.SortKeys(1)) sql += ", " + key.sql;
  return sql + " FROM (" + search.Matches(1000, 0) + ") m ORDER BY 1 LIMIT 10";
}

class SearchPlan : public ::testing::Test {
 protected:
  SearchPlan() {
    const std::string path = (directory_.path() / "store.sqlite").string();
    store_ = OpenStore(path, TestOptions());
    engine_ = MakeSqliteEngine(path);
    connection_ = engine_->Connect(SqlAccess::kRead);
  }

  // A table that is read from end to end.
  void ExpectIndexes(const fhir::SearchQuery& query, const std::string& what) {
    SqlText text;
    const std::string sql = StatementOf(query, text);
    const std::string plan = connection_->Explain(sql, text.values());
    static const std::regex kWholeTable("SCAN (x[0-9]+|r|o|k)( |\n)");
    EXPECT_FALSE(std::regex_search(plan, kWholeTable)) << what << "\n" << plan;
    ++checked_;
  }

  testing::TemporaryDirectory directory_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<SqlEngine> engine_;
  std::unique_ptr<SqlConnection> connection_;
  int checked_ = 0;
};

TEST_F(SearchPlan, UsesAnIndexForEveryParameterOfEveryType) {
  const auto& definitions = *testing::TestDefinitions();
  for (const std::string& type : definitions.ResourceTypes()) {
    for (const fhir::SearchParameter* parameter : definitions.SearchParametersOf(type)) {
      if (parameter->type == fhir::SearchType::kSpecial) continue;
      const std::string value = ValueFor(*parameter);
      ExpectIndexes(ReadOne(type, parameter->name, value), type + "?" + parameter->name);
      ExpectIndexes(ReadOne(type, parameter->name + ":missing", "true"),
                    type + "?" + parameter->name + ":missing");
      if (parameter->type == fhir::SearchType::kComposite) continue;
      fhir::SearchQuery sorted = ReadOne(type, parameter->name, value);
      sorted.sort = {{.parameter = parameter->name, .type = parameter->type, .descending = true}};
      ExpectIndexes(sorted, type + "?_sort=-" + parameter->name);
    }
  }
  EXPECT_GT(checked_, 1000);
}

TEST_F(SearchPlan, UsesAnIndexForEveryShape) {
  for (const auto& [name, value] : Shapes()) {
    ExpectIndexes(ReadOne("Observation", name, value), name + "=" + value);
  }
  ExpectIndexes(ReadOne("Patient", "family:contains", "x"), "family:contains");
  ExpectIndexes(ReadOne("Patient", "family:exact", "x"), "family:exact");
  ExpectIndexes(ReadOne("ValueSet", "url:below", "http://x/y"), "url:below");
  ExpectIndexes(ReadOne("ValueSet", "url:above", "http://x/y"), "url:above");
  const auto compartment =
      fhir::CompartmentTerm(*testing::TestDefinitions(), "Observation", "Patient", "1");
  ASSERT_TRUE(compartment);
  fhir::SearchQuery query = ReadOne("Observation", "code", "x");
  query.terms = {*compartment};
  ExpectIndexes(query, "compartment");
  query.type.clear();
  query.terms = {*fhir::CompartmentTerm(*testing::TestDefinitions(), "", "Patient", "1")};
  ExpectIndexes(query, "compartment of all types");
  query = ReadOne("Observation", "subject", "1");
  query.sort = {{.parameter = "_lastUpdated", .type = fhir::SearchType::kDate}};
  ExpectIndexes(query, "_sort=_lastUpdated");
}

// A table is read from end to end where a scan has no condition on an index; PostgreSQL would do so
// for the empty tables of a test, unless it is told not to.
// Returns how many scans it saw.
int ExpectConditions(const std::string& plan, const std::string& what) {
  int scans = 0;
  static const std::regex kScan("(Seq Scan on|Scan using \\w+ on|Bitmap Index Scan on) (\\w+)");
  std::istringstream lines(plan);
  for (std::string line; std::getline(lines, line);) {
    std::smatch scan;
    if (!std::regex_search(line, scan, kScan)) continue;
    ++scans;
    std::string condition;
    std::getline(lines, condition);
    EXPECT_NE(condition.find("Index Cond:"), std::string::npos) << what << "\n" << plan;
  }
  return scans;
}

TEST(SearchPlanOnPostgres, UsesAnIndexForEveryShape) {
  ASSERT_TRUE(testing::PostgresServer::IsInstalled()) << "the package postgresql-15 is missing";
  testing::PostgresServer server;
  const std::string url = server.NewDatabase();
  const auto store = OpenStore(url, TestOptions());
  const auto engine = MakePostgresEngine(url);
  const auto connection = engine->Connect(SqlAccess::kRead);
  connection->RunScript("SET enable_seqscan = off");
  for (const auto& [name, value] : Shapes()) {
    SqlText text;
    const std::string sql = StatementOf(ReadOne("Observation", name, value), text);
    EXPECT_GT(ExpectConditions(connection->Explain(sql, text.values()), name + "=" + value), 0)
        << name;
  }
}

TEST(IndexTables, GiveEachParameterANumberOfItsOwn) {
  std::map<std::int64_t, std::string> numbers;
  const auto add = [&numbers](const std::string& type, const std::string& name) {
    const auto [at, fresh] = numbers.emplace(ParameterNumber(type, name), type + "." + name);
    EXPECT_TRUE(fresh) << type << "." << name << " has the number of " << at->second;
  };
  const auto& definitions = *testing::TestDefinitions();
  for (const std::string& type : definitions.ResourceTypes()) {
    for (const fhir::SearchParameter* parameter : definitions.SearchParametersOf(type)) {
      add(type, parameter->name);
      add(type, IdentifierName(parameter->name));
      add(type, CanonicalName(parameter->name));
      for (size_t part = 0; part < parameter->components.size(); ++part) {
        add(type, PartName(parameter->name, part));
        add(type, CanonicalName(PartName(parameter->name, part)));
      }
    }
  }
  EXPECT_GT(numbers.size(), 1000U);
}

TEST(IndexTables, CutKeysBetweenCharacters) {
  const std::string text = std::string(kLongestKey - 1, 'a') + "\xC3\xA5rest";
  EXPECT_EQ(CutKey(text), std::string(kLongestKey - 1, 'a'));
  EXPECT_EQ(CutKey("short"), "short");
}

}  // namespace
}  // namespace genflik::store
