#include <algorithm>
#include <cctype>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <Poco/Exception.h>
#include <Poco/URI.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/e2e_tests/json.h"
#include "tests/support/e2e_tests/program.h"

// What is meant to break the service: each gets its OperationOutcome, nothing is stored, the
// process stays up and does not grow.

namespace genflik::e2e {
namespace {

using fhir::Json;
using testing::AnyOf;
using testing::Eq;

// Memory in use by a process, in KiB.
long MemoryOf(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stol(line.substr(6));
  }
  return 0;
}

std::string Encoded(const std::string& text) {
  std::string encoded;
  Poco::URI::encode(text, "!#$&'()*+,/:;=?@[]|", encoded);
  return encoded;
}

class HostileInput : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder;
    service_ = new Service(folder_->path(), {"--sample-data"});
    patients_ = Count("Patient");
  }
  static void TearDownTestSuite() {
    delete service_;
    delete folder_;
  }
  void TearDown() override {
    EXPECT_EQ(service().Get("/health/ready").status, 200);
    EXPECT_EQ(Count("Patient"), patients_);
  }
  static const Service& service() { return *service_; }
  static int Count(const std::string& type) {
    const Json bundle = Parse(service_->Get("/fhir/" + type + "?_summary=count").body);
    return bundle.at("total").get<int>();
  }
  static void ExpectOutcome(const Answer& answer, int status, const std::string& what) {
    EXPECT_EQ(answer.status, status) << what << ": " << answer.body.substr(0, 300);
    EXPECT_NE(answer.body.find("OperationOutcome"), std::string::npos) << what;
  }

 private:
  static TemporaryFolder* folder_;
  static Service* service_;
  static int patients_;
};
TemporaryFolder* HostileInput::folder_ = nullptr;
Service* HostileInput::service_ = nullptr;
int HostileInput::patients_ = 0;

std::string Nested(const std::string& open, const std::string& core, const std::string& close,
                   int depth) {
  std::string text;
  for (int i = 0; i < depth; ++i) text += open;
  text += core;
  for (int i = 0; i < depth; ++i) text += close;
  return text;
}

TEST_F(HostileInput, DeepNestingIsRefused) {
  const std::string extension =
      Nested(R"({"url":"u","extension":[)", R"({"url":"u"})", "]}", 50000);
  ExpectOutcome(service().PostFhir("/fhir/Patient",
                                   R"({"resourceType":"Patient","extension":[)" + extension + "]}"),
                400, "extensions");
  ExpectOutcome(service().PostFhir("/fhir/Patient/$validate", Nested("[", "1", "]", 200000)), 400,
                "arrays");
  ExpectOutcome(service().PostFhir("/fhir", Nested(R"({"a":)", "1", "}", 200000)), 400, "objects");
  ExpectOutcome(service().Send("PATCH", "/fhir/Patient/anna", Nested("[", "", "]", 200000),
                               {{"Content-Type", "application/json-patch+json"}}),
                400, "patch");
}

TEST_F(HostileInput, AHundredMegabytesAreRefusedWithoutBeingKept) {
  const std::string huge(100'000'000, 'x');
  const long before = MemoryOf(service().pid());
  for (int i = 0; i < 3; ++i) {
    try {
      const Answer answer = service().PostFhir("/fhir/Patient", huge);
      ExpectOutcome(answer, 413, "100 MB");
    } catch (const Poco::Exception&) {
      // The answer came and the connection went while the client was still sending.
      continue;
    }
  }
  EXPECT_LT(MemoryOf(service().pid()) - before, 64 * 1024);
  // A body as large as is taken, and nonsense.
  ExpectOutcome(service().PostFhir("/fhir/Patient", std::string(16'000'000, '[')), 400, "16 MB");
}

TEST_F(HostileInput, BrokenTextIsRefused) {
  for (const std::string bytes :
       {"\xc3\x28", "\xa0\xa1", "\xed\xa0\x80", "\xf8\xa1\xa1\xa1\xa1", "\xc0\xaf", "\xff"}) {
    ExpectOutcome(service().PostFhir("/fhir/Patient",
                                     R"({"resourceType":"Patient","language":")" + bytes + "\"}"),
                  400, "UTF-8");
  }
  ExpectOutcome(service().PostFhir("/fhir/Patient", R"({"resourceType":"Patient","id":"\ud800"})"),
                400, "half a surrogate pair");
  for (const char* twice : {R"({"resourceType":"Patient","active":true,"active":false})",
                            R"({"resourceType":"Patient","resourceType":"Group"})",
                            R"({"resourceType":"Patient","name":[{"family":"a","family":"b"}]})"}) {
    ExpectOutcome(service().PostFhir("/fhir/Patient", twice), 400, twice);
  }
}

TEST_F(HostileInput, NumbersOutOfRangeAreRefused) {
  for (const char* number : {"2147483648", "-2147483649", "99999999999999999999", "1.5"}) {
    ExpectOutcome(
        service().PostFhir("/fhir/Patient", R"({"resourceType":"Patient","multipleBirthInteger":)" +
                                                std::string(number) + "}"),
        422, number);
  }
  for (const char* number : {"01", "+1", ".5", "1.", "NaN", "Infinity", "0x1", "1e999"}) {
    ExpectOutcome(
        service().PostFhir("/fhir/Patient", R"({"resourceType":"Patient","multipleBirthInteger":)" +
                                                std::string(number) + "}"),
        400, number);
  }
}

TEST_F(HostileInput, ATransactionInACircleIsResolvedOrRefused) {
  const std::string a = "urn:uuid:00000000-0000-4000-8000-00000000000a";
  const std::string b = "urn:uuid:00000000-0000-4000-8000-00000000000b";
  const auto entry = [](const std::string& self, const std::string& other) {
    return R"({"fullUrl":")" + self +
           R"(","resource":{"resourceType":"Observation","status":"final","code":{"text":"x"},
             "derivedFrom":[{"reference":")" +
           other + R"("}]},"request":{"method":"POST","url":"Observation"}})";
  };
  const std::string open = R"({"resourceType":"Bundle","type":"transaction","entry":[)";
  // Two that refer to each other, and one to itself, are what FHIR allows.
  for (const std::string& entries : {entry(a, b) + "," + entry(b, a), entry(a, a)}) {
    const Answer answer = service().PostFhir("/fhir", open + entries + "]}");
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.body.find("urn:uuid"), std::string::npos);
  }
  // A condition that only the entry itself would fulfil matches nothing.
  ExpectOutcome(service().PostFhir(
                    "/fhir", open + entry(a, "Observation?code:text=never-seen-before") + "]}"),
                412, "condition");
  // One identity twice, and a transaction within itself.
  ExpectOutcome(service().PostFhir("/fhir", open + entry(a, b) + "," + entry(a, b) + "]}"), 422,
                "one fullUrl twice");
  ExpectOutcome(service().PostFhir("/fhir", open + R"({"resource":)" + open + entry(a, a) + "]}" +
                                                R"(,"request":{"method":"POST","url":""}})" + "]}"),
                422, "a transaction in a transaction");
}

TEST_F(HostileInput, AHundredParametersAreBounded) {
  std::string allowed = "/fhir/Patient?_count=1";
  for (int i = 0; i < 60; ++i) allowed += "&name=anna";
  EXPECT_EQ(service().Get(allowed).status, 200);
  std::string many = "/fhir/Patient?_count=1";
  for (int i = 0; i < 200; ++i) many += "&name=anna";
  ExpectOutcome(service().Get(many), 400, "200 parameters");
  std::string values = "/fhir/Patient?name=";
  for (int i = 0; i < 1500; ++i) values += "anna,";
  ExpectOutcome(service().Get(values + "x"), 400, "1,500 values");
  std::string includes = "/fhir/Observation?_id=x";
  for (int i = 0; i < 100; ++i) includes += "&_include=Observation:subject&_revinclude=*:*";
  EXPECT_THAT(service().Get(includes).status, AnyOf(Eq(200), Eq(400)));
}

// Every parameter of every type, as the server itself lists them.
TEST_F(HostileInput, SqlInEveryParameterStaysAValue) {
  const Json statement = Parse(service().Get("/fhir/metadata").body);
  const int observations = Count("Observation");
  size_t asked = 0;
  for (const Json& resource : statement.at("rest").at(0).at("resource")) {
    const std::string type = TextAt(resource, "/type");
    for (const Json& parameter : resource.at("searchParam")) {
      const std::string name = TextAt(parameter, "/name");
      const std::string value = Encoded("x' OR '1'='1'; DROP TABLE resource; --");
      const Answer answer =
          service().Get("/fhir/" + type + "?_count=1&" + Encoded(name) + "=" + value);
      ++asked;
      ASSERT_THAT(answer.status, AnyOf(Eq(200), Eq(400))) << type << '.' << name << answer.body;
      if (answer.status == 400) continue;
      EXPECT_EQ(Parse(answer.body).value("total", -1), 0) << type << '.' << name;
    }
  }
  EXPECT_GT(asked, 500U);
  for (const char* url : {"_sort=name'--", "_include=Patient:x'--", "_has:Observation:x'--:code=1",
                          "name'--=x", "_page=x'--", "_id=x%27--", "_lastUpdated=x'--"}) {
    const Answer answer = service().Send("GET", std::string("/fhir/Patient?") + url, "",
                                         {{"Prefer", "handling=strict"}});
    EXPECT_THAT(answer.status, AnyOf(Eq(200), Eq(400))) << url << answer.body;
  }
  EXPECT_EQ(service().Get("/fhir/Patient/x'--").status, 404);
  EXPECT_EQ(Count("Observation"), observations);
}

TEST_F(HostileInput, ATamperedCursorIsRefused) {
  const Json page = Parse(service().Get("/fhir/Patient?_count=2&_sort=birthdate").body);
  std::string next;
  for (const Json& link : page.at("link")) {
    if (TextAt(link, "/relation") == "next") next = TextAt(link, "/url");
  }
  next = next.substr(next.find("/fhir/"));
  ASSERT_EQ(service().Get(next).status, 200);
  const size_t cursor = next.find("_page=") + 6;
  for (size_t i = cursor; i < next.size() && next[i] != '&'; ++i) {
    std::string tampered = next;
    tampered[i] = tampered[i] == 'A' ? 'B' : 'A';
    ExpectOutcome(service().Get(tampered), 400, tampered);
  }
  // A cursor belongs to its search.
  std::string other = next;
  other.replace(other.find("birthdate"), 9, "family");
  ExpectOutcome(service().Get(other), 400, "the cursor of another search");
  ExpectOutcome(service().Get("/fhir/Patient/_history?_page=x"), 400, "history");
}

// The same storm again and again: what one leaves behind would add up.
TEST_F(HostileInput, LeavesNoMemoryBehind) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "AddressSanitizer holds freed memory back, and looks for leaks itself";
#endif
  const std::string deep = Nested("[", "1", "]", 100000);
  const std::string wrong =
      R"({"resourceType":"Patient","nmae":")" + std::string(200000, 'x') + "\",\"gender\":7}";
  const auto storm = [&] {
    for (int i = 0; i < 40; ++i) {
      ExpectOutcome(service().PostFhir("/fhir/Patient", deep), 400, "deep");
      ExpectOutcome(service().PostFhir("/fhir/Patient", wrong), 422, "wrong");
      ExpectOutcome(service().Get("/fhir/Patient?_page=" + std::string(3000, 'A')), 400, "cursor");
    }
  };
  storm();
  const long before = MemoryOf(service().pid());
  for (int i = 0; i < 4; ++i) storm();
  EXPECT_LT(MemoryOf(service().pid()) - before, 16 * 1024);
}

}  // namespace
}  // namespace genflik::e2e
