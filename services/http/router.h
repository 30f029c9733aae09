#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "services/http/exchange.h"
#include "services/http/protection.h"

namespace genflik::http {

/// One line of the route table.
struct Route {
  std::string method = {};
  /// "/fhir/{type}/{id}": a segment in braces matches any one segment; "{path...}" at the end
  /// matches the rest.
  std::string pattern = {};
  Protection protection = {};
  Handler handler = {};
};

/// Method and path to handler. Literal segments win over parameters, whatever the order of adding.
class Router {
 public:
  /// Adds a route. There is none without a protection. Throws Error(kInternal) when the same method
  /// and pattern stand already.
  void Add(std::string method, std::string pattern, Handler handler, Protection protection);
  /// Puts `wrap(route)` in the place of every route's handler.
  void WrapAll(const std::function<Handler(const Route&)>& wrap);

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
