#include "services/security/secrets.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "services/core/error.h"

namespace genflik::security {
namespace {

using fhir::Json;

constexpr std::string_view kStars = "***";

std::string Withheld(std::string_view header) {
  const size_t colon = header.find(':');
  if (colon == std::string_view::npos) return std::string(kStars);
  return std::string(header.substr(0, colon)) + ": " + std::string(kStars);
}

Json* Headers(Json& subscription) {
  const auto channel = subscription.find("channel");
  if (channel == subscription.end() || !channel->is_object()) return nullptr;
  const auto headers = channel->find("header");
  return headers == channel->end() || !headers->is_array() ? nullptr : &*headers;
}

std::string EndpointOf(const Json& subscription) {
  const Json* channel = fhir::Find(subscription, "channel");
  return channel == nullptr ? "" : std::string(fhir::FindText(*channel, "endpoint"));
}

[[noreturn]] void Refuse(std::string why) {
  throw core::Error(
      core::ErrorCode::kInvalid,
      std::vector<fhir::Issue>{{fhir::Severity::kError, fhir::IssueType::kBusinessRule,
                                std::move(why), "Subscription.channel.header"}});
}

bool HasStars(const Json& headers) {
  return std::ranges::any_of(headers, [](const Json& header) {
    return header.is_string() && header == Withheld(header.get_ref<const std::string&>());
  });
}

}  // namespace

void WithholdSecrets(store::StoredResource& resource) {
  if (resource.type != "Subscription" || resource.deleted) return;
  Json body = resource.Body();
  Json* headers = Headers(body);
  if (headers == nullptr) return;
  for (Json& header : *headers) {
    if (header.is_string()) header = Withheld(header.get_ref<const std::string&>());
  }
  resource.text = fhir::PrintJson(body);
}

void RestoreSecrets(const store::StoredResource& before, Json& body) {
  if (before.type != "Subscription" || before.deleted) return;
  Json* headers = Headers(body);
  if (headers == nullptr || !HasStars(*headers)) return;
  Json known = before.Body();
  if (EndpointOf(known) != EndpointOf(body)) {
    Refuse("with another endpoint the headers must be given anew");
  }
  const Json* had = Headers(known);
  std::vector<std::string> left;
  if (had != nullptr) {
    for (const Json& header : *had) {
      if (header.is_string()) left.push_back(header.get<std::string>());
    }
  }
  for (Json& header : *headers) {
    if (!header.is_string() || header != Withheld(header.get_ref<const std::string&>())) continue;
    const auto meant =
        std::ranges::find_if(left, [&](const std::string& one) { return header == Withheld(one); });
    if (meant == left.end()) Refuse("the stars stand for no header that is known");
    header = *meant;
    left.erase(meant);
  }
}

}  // namespace genflik::security
