#include "fhir/personnummer.h"

#include <array>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "fhir/identifiers.h"
#include "fhir/systems.h"
#include "tests/support/fhir_tests/fhir_support.h"

// Numbers are of the Tax Agency's test series, or made from one of them by a stated change.

namespace genflik::fhir {
namespace {

constexpr std::chrono::sys_days kToday =
    std::chrono::year{2026} / std::chrono::November / std::chrono::day{21};

TEST(Personnummer, BringsEveryFormToTwelveDigits) {
  for (const auto* text : {"191212121212", "19121212-1212", "121212+1212", " 191212121212 "}) {
    const auto number = ReadPersonnummer(text, kToday);
    ASSERT_TRUE(number) << text;
    EXPECT_EQ(number->digits, "191212121212");
    EXPECT_EQ(number->kind, PersonnummerKind::kPersonnummer);
  }
}

TEST(Personnummer, TakesTheLatestCenturyInThePast) {
  EXPECT_EQ(ReadPersonnummer("121212-1212", kToday)->digits, "201212121212");
  EXPECT_EQ(ReadPersonnummer("1212121212", kToday)->digits, "201212121212");
  EXPECT_EQ(ReadPersonnummer("500907-2553", kToday)->digits, "195009072553");
}

TEST(Personnummer, KnowsSamordningsnummerByTheDay) {
  const auto number = ReadPersonnummer("197010632391", kToday);
  ASSERT_TRUE(number);
  EXPECT_EQ(number->kind, PersonnummerKind::kSamordningsnummer);
}

TEST(Personnummer, RefusesWhatIsNone) {
  for (const auto* text : {"", "1", "191212121213", "191213121212", "191202301212", "209901012394",
                           "19121212+1212", "19121212_1212", "19121212121", "1912121212122",
                           "19121212121A", "000000000000", "１９１２１２１２１２１２"}) {
    EXPECT_FALSE(ReadPersonnummer(text, kToday)) << text;
  }
}

TEST(Personnummer, NoSingleWrongDigitPasses) {
  const std::string right = "191212121212";
  for (size_t place = 2; place < right.size(); ++place) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      std::string wrong = right;
      wrong[place] = digit;
      EXPECT_EQ(ReadPersonnummer(wrong, kToday).has_value(), wrong == right) << wrong;
    }
  }
}

TEST(Personnummer, AgreesWithTheReferenceVectors) {
  const auto path = testing::ReferenceFolder() / "fhir/sweden/personnummer_vectors.tsv";
  if (!exists(path)) GTEST_SKIP() << "no reference material beside the checkout";
  std::istringstream lines(testing::ReadAll(path));
  std::string line;
  std::getline(lines, line);
  size_t checked = 0;
  while (std::getline(lines, line)) {
    std::vector<std::string> cells;
    std::istringstream row(line);
    for (std::string cell; std::getline(row, cell, '\t');) cells.push_back(cell);
    ASSERT_GE(cells.size(), 2U) << line;
    ++checked;
    const auto number = ReadPersonnummer(cells[0], kToday);
    const bool has_number = cells[1] == "valid" && cells[2].ends_with("nummer") &&
                            cells[2].find("reserv") == std::string::npos;
    ASSERT_EQ(number.has_value(), has_number) << line;
    EXPECT_EQ(number ? number->digits : std::string(), has_number ? cells[3] : std::string())
        << line;
  }
  EXPECT_GE(checked, 30U);
}

TEST(NormaliseIdentifier, BringsAliasesToOneSystem) {
  const IdentifierKey expected{std::string(systems::kPersonnummer), "191212121212"};
  EXPECT_EQ(
      NormaliseIdentifier("http://electronichealth.se/identifier/personnummer", "19121212-1212"),
      expected);
  EXPECT_EQ(NormaliseIdentifier("urn:oid:1.2.752.129.2.1.3.1", "121212+1212"), expected);
  EXPECT_EQ(NormaliseIdentifier("1.2.752.129.2.1.3.1", " 191212121212"), expected);
}

TEST(NormaliseIdentifier, PutsASamordningsnummerUnderItsOwnSystem) {
  EXPECT_EQ(NormaliseIdentifier(systems::kPersonnummer, "197010632391").system,
            systems::kSamordningsnummer);
}

TEST(NormaliseIdentifier, LeavesOthersAsTheyAre) {
  EXPECT_EQ(NormaliseIdentifier("http://lab.example.org/ids", "19121212-1212"),
            (IdentifierKey{"http://lab.example.org/ids", "19121212-1212"}));
  EXPECT_EQ(NormaliseIdentifier(systems::kPersonnummer, "unknown").value, "unknown");
  EXPECT_EQ(NormaliseIdentifier("urn:oid:1.2.752.129.2.1.4.1", "SE1-1").system, systems::kHsaId);
  EXPECT_EQ(NormaliseIdentifier(systems::kNationelltReservnummer, "22950606-fh20").value,
            "22950606FH20");
}

}  // namespace
}  // namespace genflik::fhir
