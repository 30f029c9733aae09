#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "services/http/exchange.h"

namespace genflik::http {

/// How a route may be reached; security/access decides with it, and a test walks the table.
enum class Access {
  /// Everybody: liveness, discovery, conformance and the tab's static files.
  kPublic,
  /// A caller with rights to the data behind it.
  kProtected,
};

/// One line of the route table.
struct Route {
  std::string method = {};
  /// "/fhir/{type}/{id}": a segment in braces matches any one segment; "{path...}" at the end
  /// matches the rest.
  std::string pattern = {};
  Access access = Access::kProtected;
  Handler handler = {};
};

/// Method and path to handler. Literal segments win over parameters, whatever the order of adding.
class Router {
 public:
  /// Adds a route. Throws Error(kInternal) when the same method and pattern stand already.
  void Add(std::string method, std::string pattern, Handler handler,
           Access access = Access::kProtected);

  /// The route for a request and the values of its parameters; throws Error(kNotFound), or
  /// Error(kNotAllowed) when the path is known with other methods only.
  struct Match {
    const Route* route = nullptr;
    std::map<std::string, std::string, std::less<>> parameters = {};
  };
  Match Find(std::string_view method, std::string_view path) const;
  /// The methods that the path is known with, for the Allow header.
  std::vector<std::string> Methods(std::string_view path) const;

  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
  // "METHOD path" of the routes without parameters, to their place above.
  std::map<std::string, size_t, std::less<>> exact_;
};

}  // namespace genflik::http
