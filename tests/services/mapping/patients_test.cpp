#include "services/mapping/patients.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace genflik::mapping {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::year;

constexpr std::chrono::year_month_day kToday{year(2026), month(3), day(1)};
constexpr std::string_view kPersonnummer = "http://electronichealth.se/identifier/personnummer";

TEST(NormaliseIdentifier, JoinsAliasesAndFormsOfAPersonnummer) {
  const std::pair<std::string_view, std::string_view> forms[] = {
      {kPersonnummer, "19500907-2553"},
      {kPersonnummer, " 500907-2553 "},
      {"urn:oid:1.2.752.129.2.1.3.1", "195009072553"},
      {"1.2.752.129.2.1.3.1", "5009072553"},
  };
  for (const auto& [system, value] : forms) {
    fhir::IssueLog log;
    const auto identifier = NormaliseIdentifier(system, value, kToday, log);
    ASSERT_TRUE(identifier) << value;
    EXPECT_EQ(identifier->system, kPersonnummer);
    EXPECT_EQ(identifier->value, "195009072553");
    EXPECT_TRUE(log.issues().empty());
  }
}

TEST(NormaliseIdentifier, NamesANumberThatCannotBeOne) {
  fhir::IssueLog log;
  EXPECT_FALSE(NormaliseIdentifier(kPersonnummer, "195009072554", kToday, log));
  EXPECT_EQ(log.issues().size(), 1U);
}

TEST(NormaliseIdentifier, TellsTheKindByTheDayOfBirth) {
  fhir::IssueLog log;
  const auto identifier = NormaliseIdentifier(kPersonnummer, "196109732393", kToday, log);
  ASSERT_TRUE(identifier);
  EXPECT_EQ(identifier->system, "http://electronichealth.se/identifier/samordningsnummer");
}

TEST(NormaliseIdentifier, KeepsLocalNumbersApartBySystem) {
  fhir::IssueLog log;
  const auto one = NormaliseIdentifier("urn:oid:2.999.752.2.3", "0012345", kToday, log);
  const auto two = NormaliseIdentifier("urn:oid:2.999.752.2.4", "0012345", kToday, log);
  ASSERT_TRUE(one && two);
  EXPECT_NE(*one, *two);
  EXPECT_FALSE(NormaliseIdentifier("", "0012345", kToday, log));
}

TEST(IdentifiersOf, ListsEachOnce) {
  fhir::IssueLog log;
  const fhir::Json patient = {
      {"resourceType", "Patient"},
      {"identifier",
       fhir::Json::array({{{"system", std::string(kPersonnummer)}, {"value", "195009072553"}},
                          {{"system", "urn:oid:1.2.752.129.2.1.3.1"}, {"value", "19500907-2553"}},
                          {{"system", "urn:oid:2.999.1"}, {"value", "7"}, {"use", "old"}}})}};
  EXPECT_EQ(IdentifiersOf(patient, kToday, log).size(), 2U);
}

}  // namespace
}  // namespace genflik::mapping
