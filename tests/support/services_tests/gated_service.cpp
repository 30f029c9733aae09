#include "tests/support/services_tests/gated_service.h"

#include <chrono>
#include <fstream>

#include <nlohmann/json.hpp>

#include "services/core/error.h"
#include "services/http/error_response.h"
#include "services/http/message.h"
#include "services/security/access.h"

namespace genflik::testing {
namespace {

using fhir::Json;

std::int64_t Seconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

void WriteFile(const std::filesystem::path& file, const Json& content) {
  std::ofstream(file) << fhir::PrintJson(content);
}

Json Keys(const security::SigningKey& key) {
  return Json{{"keys", Json::array({key.PublicJwk()})}};
}

Json Patient(const std::string& id, const std::string& family) {
  return {{"resourceType", "Patient"},
          {"id", id},
          {"name", Json::array({{{"family", family}}})},
          {"birthDate", "1970-01-01"}};
}

Json Observation(const std::string& id, const std::string& patient, const std::string& category,
                 std::string_view text) {
  Json code = {{"system", "http://terminology.hl7.org/CodeSystem/observation-category"},
               {"code", category}};
  return {{"resourceType", "Observation"},
          {"id", id},
          {"status", "final"},
          {"category", Json::array({{{"coding", Json::array({std::move(code)})}}})},
          {"code", {{"text", "weight"}}},
          {"subject", {{"reference", "Patient/" + patient}}},
          {"performer", Json::array({{{"reference", "Organization/lab"}}})},
          {"valueString", std::string(text)}};
}

void Store(app::Parts& parts) {
  parts.store->Write([](store::Writer& writer) {
    writer.Put({{"resourceType", "Organization"}, {"id", "lab"}, {"name", "Laboratory"}});
    for (const char* patient : {"a", "b"}) {
      const bool secret = *patient == 'a';
      const std::string id = std::string("pat-") + patient;
      const std::string_view text = secret ? GatedService::kSecret : "ordinary";
      writer.Put(Patient(id, std::string(text)));
      writer.Put(Observation(std::string("obs-") + patient, id, "laboratory", text));
      writer.Put(Observation(std::string("obs-") + patient, id, "laboratory",
                             std::string(text) + " twice"));
      writer.Put(Observation(std::string("vital-") + patient, id, "vital-signs", text));
    }
  });
}

}  // namespace

GatedService::GatedService() {
  WriteFile(directory.path() / "keys.json", Keys(key));
  WriteFile(directory.path() / "other.json", Keys(other_key));
  RegisterClient(true);
  Json roles = {{"lakare", "prescriber"},
                {"farmakolog", "pharmacologist"},
                {"lab", "lab"},
                {"patienten", "patient"},
                {"admin", "administrator"}};
  Json first = {{"issuer", std::string(kIssuer)},
                {"keys", "keys.json"},
                {"roleNames", std::move(roles)},
                {"revoked", Json::array({"old-app"})}};
  Json second = {{"issuer", "https://other.test"},
                 {"keys", "other.json"},
                 {"purposes", Json::array({"HRESCH"})}};
  WriteFile(directory.path() / "access.json",
            {{"publicBase", std::string(kBase)},
             {"issuers", Json::array({std::move(first), std::move(second)})},
             {"limits", {{"perSecond", 0}, {"atOnce", 0}}},
             {"clients", "clients.json"}});
  app::Config config;
  config.data = directory.path() / "data";
  config.access = directory.path() / "access.json";
  config.notify_hosts = {"hook.test"};
  parts = app::BuildParts(config);
  Store(*parts);
}

void GatedService::RegisterClient(bool registered) const {
  Json clients = Json::array();
  if (registered) {
    clients.push_back({{"id", "lab"},
                       {"jwks", Keys(client_key)},
                       {"scopes", {"system/Observation.cruds", "system/Patient.rs"}},
                       {"roles", Json::array({"lab"})}});
  }
  WriteFile(directory.path() / "clients.json", {{"clients", std::move(clients)}});
}

http::Response GatedService::Call(std::string_view method, std::string_view url,
                                  const std::string& token, std::string body,
                                  std::string_view media_type, const http::Headers& headers) {
  http::Request request;
  request.headers = headers;
  request.method = method;
  request.base = kBase;
  request.peer = "192.0.2.7";
  request.id = "test";
  const size_t question = url.find('?');
  request.path = http::ReadPath(std::string(url.substr(0, question)));
  if (question != std::string_view::npos) request.query = http::ReadQuery(url.substr(question + 1));
  if (!token.empty()) request.headers.emplace("Authorization", "Bearer " + token);
  if (!body.empty()) request.headers.emplace("Content-Type", std::string(media_type));
  request.body = std::move(body);
  try {
    const http::Router::Match match = parts->router.Find(method, request.path);
    request.parameters = match.parameters;
    return match.route->handler(request);
  } catch (const core::Error& error) {
    return http::ErrorResponse(error);
  }
}

Json GatedService::Claims(const std::string& scope) {
  return {{"iss", std::string(kIssuer)},
          {"sub", "u1"},
          {"aud", std::string(kBase) + "/fhir"},
          {"client_id", "app"},
          {"exp", Seconds() + 300},
          {"scope", scope}};
}

std::string GatedService::TokenOf(const std::string& patient, const std::string& scope) const {
  Json claims = Claims(scope);
  claims["patient"] = patient;
  return key.Sign(claims);
}

std::string GatedService::AdministratorToken() const {
  Json claims = Claims("system/*.cruds");
  claims["roles"] = Json::array({"lakare", "farmakolog", "lab", "admin"});
  return key.Sign(claims);
}

std::string GatedService::Assertion(const std::string& id) const {
  return client_key.Sign({{"iss", "lab"},
                          {"sub", "lab"},
                          {"aud", std::string(kBase) + "/auth/token"},
                          {"exp", Seconds() + 200},
                          {"jti", id}});
}

}  // namespace genflik::testing
