#include "tests/support/services_tests/rest_client.h"

#include <nlohmann/json.hpp>

#include "services/core/error.h"
#include "services/http/error_response.h"
#include "services/http/message.h"
#include "services/mapping/genomics.h"
#include "services/rest/rest.h"
#include "tests/support/services_tests/definitions.h"
#include "tests/support/services_tests/store_contract.h"

namespace genflik::testing {

RestClient::RestClient() : RestClient([](rest::RestContext&) {}) {}

RestClient::RestClient(const std::function<void(rest::RestContext&)>& adjust) {
  store::StoreOptions options = store::TestOptions();
  options.definitions = TestDefinitions();
  options.base = "http://test/fhir";
  options.project = [](const fhir::Json& resource) { return mapping::ReadGeneResults(resource); };
  store_ = store::OpenStore(":memory:", options);
  rest::RestContext context = {.store = *store_, .definitions = TestDefinitions()};
  adjust(context);
  rest::AddRestRoutes(router_, context);
}

http::Response RestClient::Call(std::string_view method, std::string_view url, std::string body,
                                const Headers& headers) {
  http::Request request;
  request.method = method;
  request.base = "http://test";
  const size_t question = url.find('?');
  request.path = http::ReadPath("/fhir/" + std::string(url.substr(0, question)));
  if (question != std::string_view::npos) request.query = http::ReadQuery(url.substr(question + 1));
  for (const auto& [name, value] : headers) request.headers.emplace(name, value);
  request.body = std::move(body);
  try {
    const http::Router::Match match = router_.Find(method, request.path);
    request.parameters = match.parameters;
    return match.route->handler(request);
  } catch (const core::Error& error) {
    return http::ErrorResponse(error);
  }
}

http::Response RestClient::Send(std::string_view method, std::string_view url,
                                std::string_view json, Headers headers) {
  if (!headers.contains("Content-Type")) headers.emplace("Content-Type", "application/fhir+json");
  return Call(method, url, std::string(json), headers);
}

fhir::Json BodyOf(const http::Response& response) {
  fhir::IssueLog log;
  return fhir::ParseJson(response.body, log).value_or(fhir::Json(nullptr));
}

std::string HeaderOf(const http::Response& response, std::string_view name) {
  const auto header = response.headers.find(name);
  return header == response.headers.end() ? std::string() : header->second;
}

std::string At(const fhir::Json& value, const std::string& pointer) {
  const fhir::Json::json_pointer path(pointer);
  if (!value.contains(path)) return {};
  const fhir::Json& found = value.at(path);
  return found.is_string() ? found.get<std::string>() : fhir::PrintJson(found);
}

}  // namespace genflik::testing
