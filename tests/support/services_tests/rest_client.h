#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "fhir/json.h"
#include "services/http/exchange.h"
#include "services/http/router.h"
#include "services/rest/rest.h"
#include "services/store/store.h"

namespace genflik::testing {

/// The REST routes on a store in memory, called without a server.
class RestClient {
 public:
  using Headers = std::multimap<std::string, std::string>;

  RestClient();
  /// With changes to what the handlers work with, such as knowledge.
  explicit RestClient(const std::function<void(rest::RestContext&)>& adjust);

  /// `url` is relative to the base ("Patient?name=eva"). Errors come back as responses.
  http::Response Call(std::string_view method, std::string_view url, std::string body = {},
                      const Headers& headers = {});
  /// The same with a JSON body sent as FHIR JSON.
  http::Response Send(std::string_view method, std::string_view url, std::string_view json,
                      Headers headers = {});

  store::Store& store() { return *store_; }

 private:
  std::unique_ptr<store::Store> store_;
  http::Router router_;
};

/// A response's body as a value; null when there is none.
fhir::Json BodyOf(const http::Response& response);
/// A response's header; empty when absent.
std::string HeaderOf(const http::Response& response, std::string_view name);
/// The value at a JSON pointer as text; empty when absent.
std::string At(const fhir::Json& value, const std::string& pointer);

}  // namespace genflik::testing
