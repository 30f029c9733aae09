#include "services/http/router.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "services/core/error.h"

namespace genflik::http {
namespace {

using Parameters = std::map<std::string, std::string, std::less<>>;

// The first segment of a path and what follows it.
std::pair<std::string_view, std::string_view> Split(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  const size_t slash = path.find('/');
  if (slash == std::string_view::npos) return {path, {}};
  return {path.substr(0, slash), path.substr(slash)};
}

bool IsParameter(std::string_view segment) { return segment.starts_with('{'); }

// Orders patterns so that the more literal one is met first.
std::string Rank(std::string_view pattern) {
  std::string rank;
  while (!pattern.empty()) {
    const auto [segment, rest] = Split(pattern);
    rank += !IsParameter(segment) ? '0' : segment.ends_with("...}") ? '2' : '1';
    pattern = rest;
  }
  return rank;
}

std::optional<Parameters> MatchPattern(std::string_view pattern, std::string_view path) {
  Parameters parameters;
  while (!pattern.empty()) {
    const auto [wanted, pattern_rest] = Split(pattern);
    if (wanted.ends_with("...}")) {
      if (path.starts_with('/')) path.remove_prefix(1);
      parameters.emplace(wanted.substr(1, wanted.size() - 5), path);
      return parameters;
    }
    if (path.empty()) return std::nullopt;
    const auto [given, path_rest] = Split(path);
    if (IsParameter(wanted)) {
      if (given.empty()) return std::nullopt;
      parameters.emplace(wanted.substr(1, wanted.size() - 2), given);
    } else if (wanted != given) {
      return std::nullopt;
    }
    pattern = pattern_rest;
    path = path_rest;
  }
  if (!path.empty()) return std::nullopt;
  return parameters;
}

}  // namespace

void Router::Add(std::string method, std::string pattern, Handler handler, Protection protection) {
  const bool known = std::ranges::any_of(routes_, [&](const Route& route) {
    return route.method == method && route.pattern == pattern;
  });
  if (known)
    throw core::Error(core::ErrorCode::kInternal, "two routes for " + method + " " + pattern);
  const std::string rank = Rank(pattern);
  const auto place =
      std::ranges::find_if(routes_, [&](const Route& route) { return Rank(route.pattern) > rank; });
  routes_.insert(
      place, {std::move(method), std::move(pattern), std::move(protection), std::move(handler)});
  exact_.clear();
  for (size_t i = 0; i < routes_.size(); ++i) {
    if (routes_[i].pattern.find('{') == std::string::npos) {
      exact_.emplace(routes_[i].method + ' ' + routes_[i].pattern, i);
    }
  }
}

void Router::WrapAll(const std::function<Handler(const Route&)>& wrap) {
  for (Route& route : routes_) route.handler = wrap(route);
}

Router::Match Router::Find(std::string_view method, std::string_view path) const {
  const auto exact = exact_.find(std::string(method) + ' ' + std::string(path));
  if (exact != exact_.end()) return {&routes_[exact->second], {}};
  for (const Route& route : routes_) {
    if (route.method != method) continue;
    if (auto parameters = MatchPattern(route.pattern, path)) {
      return {&route, std::move(*parameters)};
    }
  }
  if (Methods(path).empty()) {
    throw core::Error(core::ErrorCode::kNotFound, "there is nothing at this path");
  }
  throw core::Error(core::ErrorCode::kNotAllowed, "this path does not take " + std::string(method));
}

std::vector<std::string> Router::Methods(std::string_view path) const {
  std::vector<std::string> methods;
  for (const Route& route : routes_) {
    if (MatchPattern(route.pattern, path)) methods.push_back(route.method);
  }
  std::ranges::sort(methods);
  methods.erase(std::unique(methods.begin(), methods.end()), methods.end());
  return methods;
}

}  // namespace genflik::http
