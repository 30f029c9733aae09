#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// One HTTP exchange as values. Handlers see these and no server library.

namespace genflik::http {

/// Orders header names without regard to case (RFC 9110, section 5.1).
struct HeaderLess {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const;
};

using Headers = std::multimap<std::string, std::string, HeaderLess>;

/// What a client sent.
struct Request {
  /// "GET", "POST"... in capitals; HEAD is handed to handlers as GET.
  std::string method = {};
  /// The path, percent-decoded, without query and without a trailing slash ("/fhir/Patient/1").
  std::string path = {};
  /// The query's parameters in their order, percent-decoded.
  std::vector<std::pair<std::string, std::string>> query = {};
  Headers headers = {};
  std::string body = {};
  /// Scheme and authority the client used ("http://127.0.0.1:8080"), for absolute links.
  std::string base = {};
  /// Address of the peer, and an identifier for the log and the audit.
  std::string peer = {};
  std::string id = {};
  /// Filled by the router from the route's pattern ("{type}", "{id}").
  std::map<std::string, std::string, std::less<>> parameters = {};

  /// The first value of a header; empty when absent.
  std::string_view Header(std::string_view name) const;
  /// The first value of a query parameter; nothing when absent.
  std::optional<std::string> Query(std::string_view name) const;
  /// A parameter of the route's pattern; empty when there is none of that name.
  std::string_view Parameter(std::string_view name) const;
};

/// What Genflik answers.
struct Response {
  int status = 200;
  Headers headers = {};
  std::string body = {};

  /// Sets a header, replacing others of its name.
  Response& Set(std::string_view name, std::string value);
};

/// A response with a body of the given media type.
Response MakeResponse(int status, std::string body, std::string_view media_type);

/// Answers one request. May throw core::Error, which the server turns into the right response.
using Handler = std::function<Response(const Request&)>;

}  // namespace genflik::http
