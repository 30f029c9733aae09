#include "services/http/exchange.h"

#include <algorithm>

namespace genflik::http {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool HeaderLess::operator()(std::string_view a, std::string_view b) const {
  return std::ranges::lexicographical_compare(a, b, {}, Lower, Lower);
}

std::string_view Request::Header(std::string_view name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string_view() : found->second;
}

std::optional<std::string> Request::Query(std::string_view name) const {
  const auto found = std::ranges::find(query, name, &std::pair<std::string, std::string>::first);
  if (found == query.end()) return std::nullopt;
  return found->second;
}

std::string_view Request::Parameter(std::string_view name) const {
  const auto found = parameters.find(name);
  return found == parameters.end() ? std::string_view() : found->second;
}

Response& Response::Set(std::string_view name, std::string value) {
  const auto [first, last] = headers.equal_range(name);
  headers.erase(first, last);
  headers.emplace(name, std::move(value));
  return *this;
}

Response MakeResponse(int status, std::string body, std::string_view media_type) {
  Response response;
  response.status = status;
  response.body = std::move(body);
  response.Set("Content-Type", std::string(media_type));
  return response;
}

}  // namespace genflik::http
