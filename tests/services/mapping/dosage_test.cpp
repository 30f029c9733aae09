#include "services/mapping/dosage.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "tests/support/places.h"

namespace genflik::mapping {
namespace {

using fhir::Json;

std::vector<Json> ReadLines(const std::string& file) {
  std::vector<Json> lines;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    fhir::IssueLog log;
    auto value = fhir::ParseJson(line, log);
    EXPECT_TRUE(value) << file << ": " << line;
    if (value) lines.push_back(std::move(*value));
  }
  return lines;
}

bool Near(const Json& expected, const Json& found, double tolerance) {
  const auto want = fhir::NumberOf(expected);
  const auto have = fhir::NumberOf(found);
  return want && have && std::abs(*want - *have) <= tolerance * std::max(1e-3, std::abs(*want));
}

// True when `found` has all that `expected` has; further members are free.
bool Holds(const Json& expected, const Json& found, double tolerance) {
  if (fhir::IsNumber(expected)) return Near(expected, found, tolerance);
  if (expected.is_array()) {
    if (!found.is_array() || found.size() != expected.size()) return false;
    for (size_t i = 0; i < expected.size(); ++i) {
      if (!Holds(expected[i], found[i], tolerance)) return false;
    }
    return true;
  }
  if (!expected.is_object()) return expected == found;
  for (const auto& item : expected.items()) {
    const Json* member = fhir::Find(found, item.key());
    if (member == nullptr || !Holds(item.value(), *member, tolerance)) return false;
  }
  return true;
}

TEST(Dosage, ReadsEveryFormOfTheTable) {
  const auto cases = ReadLines(tests::TestData() + "/dosage/forms.jsonl");
  ASSERT_GE(cases.size(), 4700U);
  for (const Json& one : cases) {
    const Json& expected = one.at("expected");
    const Json answer = RenderDose(ReadDoseLine(one.at("line")));
    EXPECT_TRUE(Holds(expected, answer, 1e-5))
        << one.at("name") << "\n  expected " << fhir::PrintJson(expected) << "\n  found    "
        << fhir::PrintJson(answer);
    if (fhir::Find(expected, "systemic") == nullptr) {
      EXPECT_EQ(fhir::Find(answer, "systemic"), nullptr) << one.at("name");
    }
    fhir::IssueLog log;
    EXPECT_TRUE(fhir::ParseJson(fhir::PrintJson(answer), log)) << one.at("name") << ": no JSON";
    if (fhir::Find(expected, "ifRead") == nullptr) {
      EXPECT_EQ(fhir::Find(answer, "ifRead"), nullptr)
          << one.at("name") << ": a number was made up";
    }
    if (fhir::FindText(expected, "status") == "not-parsable" ||
        fhir::FindText(expected, "status") == "needs") {
      EXPECT_EQ(fhir::Find(answer, "perDay"), nullptr)
          << one.at("name") << ": an amount was made up";
      EXPECT_FALSE(fhir::FindText(answer, "reason").empty()) << one.at("name");
    }
  }
}

// What another hand wrote about the same forms, where it is at hand.
bool Agrees(const Json& expected, const Json& answer) {
  const std::string_view status = fhir::FindText(expected, "status");
  if (fhir::FindText(answer, "status") != status) return false;
  if (status == "not-parsable") return fhir::Find(answer, "perDay") == nullptr;
  if (status == "text-only") {
    const Json* read = fhir::Find(answer, "ifRead");
    return read == nullptr || Holds(expected.at("ifRead"), *read, 0.005);
  }
  for (const std::string_view member :
       {"perDay", "perDose", "relative", "structured", "text", "perDayMax", "needs"}) {
    const Json* want = fhir::Find(expected, member);
    if (want == nullptr) continue;
    const Json* have = fhir::Find(answer, member);
    const Json* tolerance = fhir::Find(expected, "tolerance");
    const double share = tolerance == nullptr ? 0.005 : fhir::NumberOf(*tolerance).value_or(0.005);
    if (have == nullptr || !Holds(*want, *have, share)) return false;
  }
  const Json& phases = fhir::FindArray(expected, "phases");
  const Json& found = fhir::FindArray(answer, "phases");
  if (phases.size() != found.size()) return false;
  for (size_t i = 0; i < phases.size(); ++i) {
    if (!Holds(phases[i].at("perDay"), found[i].at("perDay"), 0.005)) return false;
    const Json* days = fhir::Find(phases[i], "days");
    if (days != nullptr && !Holds(*days, found[i].at("days"), 0.005)) return false;
  }
  return true;
}

TEST(Dosage, AgreesWithTheReferenceCases) {
  const std::string file = tests::SourceDir() + "/../shared/reference/dosage/cases.jsonl";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no reference cases beside the checkout";
  const auto cases = ReadLines(file);
  ASSERT_GE(cases.size(), 100U);
  for (const Json& one : cases) {
    const Json answer = RenderDose(ReadDoseLine(one));
    const Json* second = fhir::Find(one, "alsoAccept");
    EXPECT_TRUE(Agrees(one.at("expected"), answer) ||
                (second != nullptr && Agrees(*second, answer)))
        << fhir::FindText(one, "id") << "\n  expected " << fhir::PrintJson(one.at("expected"))
        << "\n  found    " << fhir::PrintJson(answer);
  }
}

TEST(Dosage, NeverThrowsOnBrokenInput) {
  const auto cases = ReadLines(tests::TestData() + "/dosage/forms.jsonl");
  const std::vector<Json> strange{Json(nullptr), Json("x"),      Json(7),
                                  Json::array(), Json::object(), Json(true)};
  // Every member of every form, replaced by a value of another kind.
  const std::function<void(Json&, const Json&)> break_all = [&](Json& node, const Json& whole) {
    if (!node.is_structured()) return;
    for (auto& item : node.items()) {
      for (const Json& other : strange) {
        Json kept = std::move(item.value());
        item.value() = other;
        EXPECT_NO_THROW((void)RenderDose(ReadDoseLine(whole)));
        item.value() = std::move(kept);
      }
      break_all(item.value(), whole);
    }
  };
  for (size_t i = 0; i < cases.size(); i += 10) {
    Json line = cases[i].at("line");
    break_all(line, line);
  }
}

}  // namespace
}  // namespace genflik::mapping
