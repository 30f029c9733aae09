#include "services/security/scopes.h"

#include <algorithm>

#include "services/core/error.h"
#include "services/http/message.h"

namespace genflik::security {
namespace {

bool IsType(std::string_view text) {
  if (text == "*") return true;
  return !text.empty() && text.front() >= 'A' && text.front() <= 'Z' &&
         std::ranges::all_of(
             text, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); });
}

// The permissions of either version; empty when there are none.
std::string ReadPermissions(std::string_view text) {
  if (text == "read") return "rs";
  if (text == "write") return "cud";
  if (text == "*") return "cruds";
  // Version 2 wants the letters in this order, each once.
  size_t from = 0;
  for (const char letter : text) {
    const size_t place = std::string_view("cruds").find(letter, from);
    if (place == std::string_view::npos) return {};
    from = place + 1;
  }
  return std::string(text);
}

}  // namespace

bool Scope::Covers(std::string_view wanted_type, char interaction) const {
  return (type == "*" || type == wanted_type) && permissions.find(interaction) != std::string::npos;
}

std::optional<Scope> ReadScope(std::string_view text) {
  Scope scope;
  if (text.starts_with("patient/")) {
    scope.level = Scope::Level::kPatient;
  } else if (text.starts_with("user/")) {
    scope.level = Scope::Level::kUser;
  } else if (text.starts_with("system/")) {
    scope.level = Scope::Level::kSystem;
  } else {
    return std::nullopt;
  }
  text.remove_prefix(text.find('/') + 1);
  const size_t question = text.find('?');
  const std::string_view head = text.substr(0, question);
  const size_t dot = head.find('.');
  if (dot == std::string_view::npos || !IsType(head.substr(0, dot))) return std::nullopt;
  scope.type = head.substr(0, dot);
  scope.permissions = ReadPermissions(head.substr(dot + 1));
  if (scope.permissions.empty()) return std::nullopt;
  if (question == std::string_view::npos) return scope;
  try {
    scope.filter = http::ReadQuery(text.substr(question + 1));
  } catch (const core::Error&) {
    return std::nullopt;
  }
  // A "?" with nothing behind it would read as no restriction at all.
  const bool broken =
      scope.filter.empty() || scope.type == "*" ||
      std::ranges::any_of(scope.filter, [](const auto& pair) {
        return pair.first.empty() || pair.first.starts_with('_') || pair.second.empty();
      });
  if (broken) return std::nullopt;
  return scope;
}

std::vector<Scope> ReadScopes(std::string_view list) {
  std::vector<Scope> scopes;
  while (!list.empty()) {
    const size_t end = std::min(list.find(' '), list.size());
    if (auto scope = ReadScope(list.substr(0, end))) scopes.push_back(std::move(*scope));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return scopes;
}

std::string PrintScope(const Scope& scope) {
  std::string text = scope.level == Scope::Level::kPatient ? "patient/"
                     : scope.level == Scope::Level::kUser  ? "user/"
                                                           : "system/";
  text += scope.type + '.' + scope.permissions;
  char sign = '?';
  for (const auto& [name, value] : scope.filter) {
    text += sign + http::PercentEncode(name) + '=' + http::PercentEncode(value);
    sign = '&';
  }
  return text;
}

bool Includes(const Scope& held, const Scope& wanted) {
  const bool parts = std::ranges::all_of(wanted.permissions, [&](char letter) {
    return held.permissions.find(letter) != std::string::npos;
  });
  return held.level == wanted.level && (held.type == "*" || held.type == wanted.type) && parts &&
         (held.filter.empty() || held.filter == wanted.filter);
}

}  // namespace genflik::security
