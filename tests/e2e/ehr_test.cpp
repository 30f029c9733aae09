#include <array>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/StreamSocket.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/e2e_tests/json.h"
#include "tests/support/e2e_tests/program.h"

// What prefetch lacks is asked of the record system, which may do anything it likes: answer, be
// silent, drip, speak HTML, point elsewhere or never end. The prescriber gets an answer each time.

namespace genflik::e2e {
namespace {

using fhir::Json;
using testing::HasSubstr;
using testing::Not;

// A record system that does as it is told.
class FakeEhr {
 public:
  // What is sent for a path; nothing for "not found".
  using Answers = std::map<std::string, std::string>;
  enum class Mood { kAnswers, kSilent, kDrips, kEndless };

  FakeEhr() : socket_(Poco::Net::SocketAddress("127.0.0.1", 0)) {
    acceptor_ = std::thread([this] { Accept(); });
  }
  ~FakeEhr() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    stop_.notify_all();
    acceptor_.join();
    for (auto& thread : threads_) thread.join();
  }
  FakeEhr(const FakeEhr&) = delete;
  FakeEhr& operator=(const FakeEhr&) = delete;

  std::string base() const {
    return "http://127.0.0.1:" + std::to_string(socket_.address().port()) + "/fhir";
  }
  // `raw` is a whole HTTP answer; the path is without "/fhir/" and without a query's parameters.
  void Set(const std::string& path, std::string raw) {
    const std::lock_guard lock(mutex_);
    answers_[path] = std::move(raw);
  }
  void SetJson(const std::string& path, const std::string& body) {
    Set(path, "HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nContent-Length: " +
                  std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  void SetMood(Mood mood) { mood_ = mood; }
  // Forgets answers and requests, and answers again.
  void Clear() {
    const std::lock_guard lock(mutex_);
    answers_.clear();
    seen_.clear();
    mood_ = Mood::kAnswers;
  }
  std::vector<std::string> Seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  void Accept() {
    while (true) {
      {
        const std::lock_guard lock(mutex_);
        if (stopping_) return;
      }
      if (!socket_.poll(Poco::Timespan(0, 20000), Poco::Net::Socket::SELECT_READ)) continue;
      threads_.emplace_back([this, client = socket_.acceptConnection()]() mutable {
        try {
          Serve(client);
        } catch (const Poco::Exception&) {
          // The other side hung up, as it should on answers like these.
          ++hung_up_;
        }
      });
    }
  }

  // Waits until the test is over or a little time has passed.
  bool Wait() {
    std::unique_lock lock(mutex_);
    return stop_.wait_for(lock, std::chrono::milliseconds(20), [this] { return stopping_; });
  }

  void Serve(Poco::Net::StreamSocket& client) {
    client.setReceiveTimeout(Poco::Timespan(5, 0));
    std::string request;
    while (request.find("\r\n\r\n") == std::string::npos) {
      std::array<char, 4096> buffer{};
      const int n = client.receiveBytes(buffer.data(), static_cast<int>(buffer.size()));
      if (n <= 0) return;
      request.append(buffer.data(), static_cast<size_t>(n));
    }
    std::string path = request.substr(request.find(' ') + 1);
    path = path.substr(0, path.find_first_of(" ?"));
    if (path.starts_with("/fhir/")) path = path.substr(6);
    std::string raw = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    {
      const std::lock_guard lock(mutex_);
      seen_.push_back(request);
      if (const auto found = answers_.find(path); found != answers_.end()) raw = found->second;
    }
    const Mood mood = mood_;
    if (mood == Mood::kAnswers) {
      client.sendBytes(raw.data(), static_cast<int>(raw.size()));
      return;
    }
    const std::string head =
        "HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nTransfer-Encoding: "
        "chunked\r\n\r\n";
    if (mood == Mood::kEndless) client.sendBytes(head.data(), static_cast<int>(head.size()));
    const std::string chunk = "8000\r\n" + std::string(0x8000, ' ') + "\r\n";
    size_t dripped = 0;
    while (true) {
      if (mood == Mood::kEndless) {
        client.sendBytes(chunk.data(), static_cast<int>(chunk.size()));
        const std::lock_guard lock(mutex_);
        if (stopping_) return;
        continue;
      }
      if (Wait()) return;
      if (mood == Mood::kDrips) client.sendBytes(raw.data() + (dripped++ % raw.size()), 1);
    }
  }

  std::atomic<Mood> mood_ = Mood::kAnswers;
  Poco::Net::ServerSocket socket_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  Answers answers_;
  std::vector<std::string> seen_;
  std::atomic<int> hung_up_ = 0;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

constexpr const char* kEmptyBundle = R"({"resourceType":"Bundle","type":"searchset","total":0})";

// Genflik beside a record system. Genflik knows "anna" (DPYD carrier) by personnummer, and the
// record system calls her "ehr-7".
class Ehr : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder;
    ehr_ = new FakeEhr;
    other_ = new FakeEhr;
    const Json config = {{"ehrServers", {ehr_->base()}}, {"timeLimitMilliseconds", 1500}};
    const auto file = folder_->path() / "config.json";
    std::ofstream(file) << fhir::PrintJson(config);
    service_ = new Service(folder_->path() / "data",
                           std::vector<std::string>{"--config", file.string(), "--sample-data"});
  }
  static void TearDownTestSuite() {
    delete service_;
    delete other_;
    delete ehr_;
    delete folder_;
  }
  Ehr() {
    for (FakeEhr* one : {ehr_, other_}) {
      one->Clear();
      FillIn(*one);
    }
  }
  static FakeEhr& ehr() { return *ehr_; }
  static FakeEhr& other() { return *other_; }

  // A call whose order refers to a Medication that only the record system has.
  static Answer Sign(
      const std::string& server, const std::string& patient = "ehr-7",
      const std::string& drug = R"("medicationReference":{"reference":"Medication/kape"})") {
    return service_->PostJson(
        "/cds-services/genflik-order-sign",
        R"({"hook":"order-sign","hookInstance":)"
        R"("3f8a8cb8-5c4c-4f0e-9a6e-0d2f6b0a7c)" +
            std::to_string(++calls_) + R"(","fhirServer":")" + server +
            R"(","fhirAuthorization":{"access_token":"hemlig-nyckel",)"
            R"("token_type":"Bearer","expires_in":300,"scope":"user/*.rs",)"
            R"("subject":"genflik"},"context":{"userId":"Practitioner/1",)"
            R"("patientId":")" +
            patient +
            R"(","draftOrders":{"resourceType":"Bundle","entry":[{"resource":)"
            R"({"resourceType":"MedicationRequest","id":"m1","status":"draft",)"
            R"("intent":"order","subject":{"reference":"Patient/)" +
            patient + R"("},)" + drug + R"(}}]}}})");
  }
  static Answer SignCodeine(const std::string& server) {
    return Sign(server, "bertil",
                R"("medicationCodeableConcept":{"coding":[{"system":"http://www.whocc.no/atc",)"
                R"("code":"N02AJ06"}],"text":"kodein"})");
  }

  static void FillIn(FakeEhr& ehr) {
    ehr.SetJson(
        "Patient/ehr-7",
        R"({"resourceType":"Patient","id":"ehr-7","identifier":[{"system":)"
        R"("http://electronichealth.se/identifier/personnummer","value":"196101182803"}]})");
    ehr.SetJson("Medication/kape",
                R"({"resourceType":"Medication","id":"kape","code":{"coding":[{"system":)"
                R"("http://www.whocc.no/atc","code":"L01BC06"}]}})");
    ehr.SetJson("Observation", kEmptyBundle);
    ehr.SetJson("MedicationRequest", kEmptyBundle);
  }

  static Answer SignCapecitabine(const std::string& server) {
    return Sign(server, "ehr-7", R"("medicationCodeableConcept":{"text":"kapecitabin"})");
  }

  static TemporaryFolder* folder_;
  static Service* service_;
  // Ends each call's id, so that every call is one of its own.
  static inline int calls_ = 10;

 private:
  static FakeEhr* ehr_;
  static FakeEhr* other_;
};
TemporaryFolder* Ehr::folder_ = nullptr;
Service* Ehr::service_ = nullptr;
FakeEhr* Ehr::ehr_ = nullptr;
FakeEhr* Ehr::other_ = nullptr;

TEST_F(Ehr, IsAskedForWhatPrefetchLacks) {
  const Answer answer = Sign(ehr().base() + "/");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const Json cards = Parse(answer.body).at("cards");
  ASSERT_EQ(cards.size(), 1U) << answer.body;
  EXPECT_EQ(TextAt(cards, "/0/indicator"), "critical");
  EXPECT_THAT(TextAt(cards, "/0/summary"), HasSubstr("DPYD"));
  EXPECT_THAT(TextAt(cards, "/0/detail"), Not(HasSubstr("kunde inte")));
  for (const std::string& request : ehr().Seen()) {
    EXPECT_THAT(request, HasSubstr("Authorization: Bearer hemlig-nyckel\r\n"));
  }
  // Patient, results, drugs, and the Medication.
  EXPECT_EQ(ehr().Seen().size(), 4U);
}

TEST_F(Ehr, OfAnUnknownAddressIsNeverCalled) {
  EXPECT_EQ(SignCapecitabine(other().base()).status, 412);
  // Neither an address that only begins like an allowed one.
  EXPECT_EQ(SignCapecitabine(ehr().base() + "x").status, 412);
  EXPECT_TRUE(other().Seen().empty());
  EXPECT_TRUE(ehr().Seen().empty());
}

TEST_F(Ehr, ThatIsSilentLeadsTo412OrToACardThatSaysSo) {
  ehr().SetMood(FakeEhr::Mood::kSilent);
  const Answer unknown = SignCapecitabine(ehr().base());
  EXPECT_EQ(unknown.status, 412) << unknown.body;
  EXPECT_EQ(TextAt(Parse(unknown.body), "/resourceType"), "OperationOutcome");
  // Bertil is known here, so what is known is used, and what is not is said.
  const Answer known = SignCodeine(ehr().base());
  ASSERT_EQ(known.status, 200) << known.body;
  const Json cards = Parse(known.body).at("cards");
  ASSERT_EQ(cards.size(), 1U) << known.body;
  EXPECT_THAT(TextAt(cards, "/0/detail"), HasSubstr("läkemedelslista kunde inte läsas"));
  EXPECT_THAT(TextAt(cards, "/0/detail"), HasSubstr("enbart på journalsystemets id"));
}

// An order whose drug is not known is never met with an empty list.
TEST_F(Ehr, ThatIsSilentAboutAMedicationIsNamed) {
  ehr().SetMood(FakeEhr::Mood::kSilent);
  const Answer answer = Sign(ehr().base(), "anna");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const Json cards = Parse(answer.body).at("cards");
  ASSERT_EQ(cards.size(), 1U);
  EXPECT_THAT(TextAt(cards, "/0/summary"), HasSubstr("INTE kontrollerad"));
}

TEST_F(Ehr, ThatDripsOrNeverEndsIsLeft) {
  for (const auto mood : {FakeEhr::Mood::kDrips, FakeEhr::Mood::kEndless}) {
    ehr().SetMood(mood);
    EXPECT_EQ(SignCapecitabine(ehr().base()).status, 412);
    EXPECT_EQ(service_->Get("/health/ready").status, 200);
  }
}

TEST_F(Ehr, ThatAnswersRubbishCountsAsNoAnswer) {
  const std::string html = "<html><body>Logga in</body></html>";
  const std::string json = "HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\n";
  const std::vector<std::string> rubbish = {
      "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: " +
          std::to_string(html.size()) + "\r\n\r\n" + html,
      "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
      json + "Content-Length: 9\r\n\r\n<broken/>",
      json + "Content-Length: 2\r\n\r\n{}",
      json + "Content-Length: 900\r\n\r\n{}",
      json + "Content-Length: 900000000\r\n\r\n{}",
      json + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
      "rubbish\r\n\r\n",
      ""};
  for (const std::string& raw : rubbish) {
    for (const char* path : {"Patient/ehr-7", "Observation", "MedicationRequest", "Patient/bertil"})
      ehr().Set(path, raw);
    EXPECT_EQ(SignCapecitabine(ehr().base()).status, 412) << raw;
    const Answer known = SignCodeine(ehr().base());
    EXPECT_EQ(known.status, 200);
    EXPECT_EQ(Parse(known.body).at("cards").size(), 1U) << raw << known.body;
  }
}

TEST_F(Ehr, IsNotFollowedElsewhere) {
  for (const char* path : {"Patient/ehr-7", "Observation", "MedicationRequest"}) {
    ehr().Set(path, "HTTP/1.1 302 Found\r\nLocation: " + other().base() + "/" + path +
                        "\r\nContent-Length: 0\r\n\r\n");
  }
  EXPECT_EQ(SignCapecitabine(ehr().base()).status, 412);
  EXPECT_EQ(ehr().Seen().size(), 3U);
  EXPECT_TRUE(other().Seen().empty());
}

std::string PageBefore(const std::string& next) {
  return R"({"resourceType":"Bundle","type":"searchset","total":3,"link":[)"
         R"({"relation":"next","url":")" +
         next + R"("}]})";
}

TEST_F(Ehr, GivesFurtherPagesOnlyFromItself) {
  ehr().SetJson("Observation", PageBefore(other().base() + "/Observation?page=2"));
  const Answer answer = Sign(ehr().base());
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_THAT(TextAt(Parse(answer.body), "/cards/0/detail"),
              HasSubstr("kunde inte läsas i sin helhet"));
  EXPECT_TRUE(other().Seen().empty());
}

TEST_F(Ehr, GivesItsPagesInTurn) {
  ehr().SetJson("Observation", PageBefore(ehr().base() + "/page2?x=1"));
  ehr().SetJson("page2", PageBefore(ehr().base() + "/page3?x=1"));
  ehr().SetJson("page3", kEmptyBundle);
  const Answer answer = Sign(ehr().base());
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_THAT(TextAt(Parse(answer.body), "/cards/0/detail"),
              Not(HasSubstr("kunde inte läsas i sin helhet")));
}

// What was decided can be decided again when the record system is long gone; its token is nowhere.
TEST_F(Ehr, IsNotAskedAgainForAReplayAndItsTokenIsNotKept) {
  ASSERT_EQ(Sign(ehr().base()).status, 200);
  delete service_;
  service_ = nullptr;
  const size_t asked = ehr().Seen().size();
  const auto data = folder_->path() / "data";
  const Outcome replay =
      RunProgram({"replay", "3f8a8cb8-5c4c-4f0e-9a6e-0d2f6b0a7c" + std::to_string(calls_), "--data",
                  data.string()});
  EXPECT_EQ(replay.exit_code, 0) << replay.out << replay.err;
  EXPECT_EQ(ehr().Seen().size(), asked);
  EXPECT_THAT(ReadFile(data.string() + ".log"), Not(HasSubstr("hemlig-nyckel")));
  for (const auto& entry : std::filesystem::directory_iterator(data)) {
    if (!entry.is_regular_file()) continue;
    EXPECT_THAT(ReadFile(entry.path()), Not(HasSubstr("hemlig-nyckel"))) << entry.path();
  }
}

}  // namespace
}  // namespace genflik::e2e
