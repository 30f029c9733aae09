#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "tests/support/e2e_tests/json.h"
#include "tests/support/e2e_tests/program.h"

// `genflik export --research`, as whoever is responsible for a project runs it.

namespace genflik::e2e {
namespace {

using fhir::Json;

constexpr const char* kCyp =
    R"("category":[{"coding":[{"code":"laboratory"}]}],
       "code":{"coding":[{"system":"http://loinc.org","code":"84413-4"}]},
       "effectiveDateTime":"2024-11-05","performer":[{"display":"Lab Nord"}],
       "component":[{"code":{"coding":[{"system":"http://loinc.org","code":"48018-6"}]},
        "valueCodeableConcept":{"coding":[{"system":"http://www.genenames.org",
         "code":"HGNC:2621","display":"CYP2C19"}]}}])";

class ExportForResearch : public ::testing::Test {
 protected:
  ExportForResearch() : data_((folder_.path() / "data").string()) {
    std::ofstream(folder_.path() / "key") << std::string(32, 'k');
    std::ofstream(folder_.path() / "other") << std::string(32, 'o');
  }

  // Women of one decade; who consents says so.
  void Store(int consenting, int silent) {
    std::string entries;
    const auto add = [&](const std::string& type, const std::string& id, const std::string& rest) {
      entries += (entries.empty() ? "" : ",") + std::string(R"({"resource":{"resourceType":")") +
                 type + R"(","id":")" + id + "\"," + rest +
                 R"(},"request":{"method":"PUT","url":")" + type + "/" + id + "\"}}";
    };
    for (int i = 0; i < consenting + silent; ++i) {
      const std::string id = "anna-" + std::to_string(i);
      const std::string of = R"({"reference":"Patient/)" + id + "\"}";
      add("Patient", id,
          R"("gender":"female","birthDate":"1963-05-0)" + std::to_string(i % 9 + 1) +
              R"(","name":[{"family":"Hemligsson"}])");
      add("Observation", "svar-" + std::to_string(i),
          R"("status":"final","subject":)" + of + R"(,"valueCodeableConcept":{"text":"*1/*1"},)" +
              kCyp);
      if (i >= consenting) continue;
      add("Consent", "ja-" + std::to_string(i),
          R"("status":"active","scope":{"coding":[{"code":"research"}]},"policyRule":{"text":"study"},
             "category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],"patient":)" +
              of +
              R"(,"provision":{"type":"permit","purpose":[{"system":
              "http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"HRESCH"}]})");
    }
    const Service service(data_);
    const Answer answer = service.PostFhir(
        "/fhir", R"({"resourceType":"Bundle","type":"transaction","entry":[)" + entries + "]}");
    ASSERT_EQ(answer.status, 200) << answer.body;
  }

  Outcome Export(const std::string& out, const std::string& key = "key") const {
    return RunProgram({"export", "--research", "--data", data_, "--key",
                       (folder_.path() / key).string(), "--out", File(out), "--by",
                       "forskare@example.org", "--project", "PGx 2026"});
  }
  std::string File(const std::string& name) const { return (folder_.path() / name).string(); }

  static std::vector<Json> Rows(const std::string& file) {
    std::vector<Json> rows;
    std::istringstream lines(ReadFile(file));
    for (std::string line; std::getline(lines, line);) rows.push_back(Parse(line));
    return rows;
  }

  TemporaryFolder folder_;
  std::string data_;
};

TEST_F(ExportForResearch, HoldsWhoHasConsentedUnderPseudonyms) {
  Store(6, 3);
  const Outcome outcome = Export("out.ndjson");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
  const auto rows = Rows(File("out.ndjson"));
  ASSERT_EQ(rows.size(), 6U);
  std::set<std::string> pseudonyms;
  for (const Json& row : rows) {
    EXPECT_EQ(row.at("born"), "1960-1969");
    EXPECT_EQ(row.at("genes").at("CYP2C19"), "Normal Metabolizer");
    for (const auto& item : row.items()) {
      if (item.key() != "born" && item.key() != "sex" && item.key() != "genes") {
        pseudonyms.insert(fhir::PrintJson(item.value()));
      }
    }
  }
  EXPECT_EQ(pseudonyms.size(), 6U);
  const std::string text = ReadFile(File("out.ndjson"));
  for (const char* telling : {"anna", "Hemligsson", "1963", "svar", "Lab Nord", "2024", "*1"}) {
    EXPECT_EQ(text.find(telling), std::string::npos) << telling;
  }
  struct stat facts {};
  ASSERT_EQ(stat(File("out.ndjson").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U) << "readable by its owner alone";
  // Another project's key makes other pseudonyms; the same key the same.
  ASSERT_EQ(Export("other.ndjson", "other").exit_code, 0);
  ASSERT_EQ(Export("again.ndjson").exit_code, 0);
  EXPECT_EQ(ReadFile(File("again.ndjson")), text);
  for (const std::string& pseudonym : pseudonyms) {
    EXPECT_EQ(ReadFile(File("other.ndjson")).find(pseudonym), std::string::npos);
  }
}

TEST_F(ExportForResearch, ShowsNobodyOfAGroupThatIsTooSmall) {
  Store(4, 5);
  const Outcome outcome = Export("out.ndjson");
  if (std::filesystem::exists(File("out.ndjson"))) {
    EXPECT_TRUE(ReadFile(File("out.ndjson")).empty()) << outcome.out << outcome.err;
  }
  EXPECT_NE(outcome.err.find("0 patients exported, 4 left out"), std::string::npos)
      << "says how many were left out: " << outcome.out << outcome.err;
}

TEST_F(ExportForResearch, IsInTheLogOfEachWhoWasLookedAt) {
  Store(5, 1);
  ASSERT_EQ(Export("out.ndjson").exit_code, 0);
  EXPECT_EQ(RunProgram({"audit", "verify", "--data", data_}).exit_code, 0);
  const Service service(data_);
  const auto entries = [&service](const std::string& patient) {
    const Json found = Parse(service.Get("/fhir/AuditEvent?action=E&patient=" + patient).body);
    return fhir::FindArray(found, "entry");
  };
  const Json looked_at = entries("anna-0");
  ASSERT_EQ(looked_at.size(), 1U);
  const std::string text = fhir::PrintJson(looked_at);
  EXPECT_NE(text.find("forskare@example.org"), std::string::npos) << text;
  EXPECT_NE(text.find("HRESCH"), std::string::npos) << text;
  EXPECT_NE(text.find("PGx 2026"), std::string::npos) << text;
  EXPECT_EQ(entries("anna-5").size(), 0U) << "who has not consented is not looked at";
}

TEST_F(ExportForResearch, NeedsAKeyAPersonAndAFileThatIsNew) {
  Store(5, 0);
  std::ofstream(folder_.path() / "short") << "kort";
  EXPECT_EQ(Export("out.ndjson", "short").exit_code, 1);
  EXPECT_FALSE(std::filesystem::exists(File("out.ndjson")));
  ASSERT_EQ(Export("out.ndjson").exit_code, 0);
  EXPECT_EQ(Export("out.ndjson").exit_code, 1) << "never over a file that is there";
  EXPECT_EQ(RunProgram({"export", "--research", "--data", data_, "--key", File("key"), "--out",
                        File("new.ndjson")})
                .exit_code,
            2);
}

}  // namespace
}  // namespace genflik::e2e
