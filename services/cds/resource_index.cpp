#include "services/cds/resource_index.h"

#include <nlohmann/json.hpp>

#include "rules/notation.h"

namespace genflik::cds {
namespace {

using fhir::Json;

bool IsAddress(std::string_view reference) {
  return reference.starts_with("http://") || reference.starts_with("https://");
}

// The last two parts: type and id.
std::string_view Relative(std::string_view reference) {
  const size_t id = reference.rfind('/');
  const size_t type = id == std::string_view::npos || id == 0 ? id : reference.rfind('/', id - 1);
  return type == std::string_view::npos ? reference : reference.substr(type + 1);
}

// What is on a server is told apart by type and id, whose case matters; that of its own name does
// not.
bool AreSame(std::string_view one, std::string_view other) {
  return rules::LowerAscii(one) == rules::LowerAscii(other);
}

}  // namespace

std::string_view WithoutVersion(std::string_view reference) {
  return reference.substr(0, reference.find("/_history/"));
}

ResourceIndex::ResourceIndex(const HookRequest& request) : request_(request) {
  for (const auto& [url, resource] : request.by_url) {
    if (IsAddress(url)) addresses_.emplace(resource, url);
  }
  for (const Json* resource : request.background) Add(*resource);
  for (const Json* resource : request.prefetched) Add(*resource);
  for (const Json* resource : request.orders) Add(*resource);
}

void ResourceIndex::Add(const Json& resource) {
  const std::string_view id = fhir::FindText(resource, "id");
  if (id.empty()) return;
  const std::string reference =
      std::string(fhir::FindText(resource, "resourceType")) + '/' + std::string(id);
  const auto [place, added] = by_reference_.emplace(reference, &resource);
  if (added || place->second == nullptr || place->second == &resource) return;
  const std::string_view before = AddressOf(place->second);
  const std::string_view now = AddressOf(&resource);
  if (before.empty() || now.empty() || AreSame(before, now)) return;
  const bool server_known = request_.ehr.has_value();
  if (server_known && IsOnServer(before, reference)) return;
  place->second = server_known && IsOnServer(now, reference) ? &resource : nullptr;
}

std::string_view ResourceIndex::AddressOf(const Json* resource) const {
  const auto found = addresses_.find(resource);
  return found == addresses_.end() ? std::string_view() : found->second;
}

bool ResourceIndex::IsOnServer(std::string_view address, std::string_view relative) const {
  if (!request_.ehr) return true;
  std::string_view server = request_.ehr->server;
  while (server.ends_with('/')) server.remove_suffix(1);
  return address.size() == server.size() + 1 + relative.size() &&
         AreSame(address.substr(0, server.size()), server);
}

const Json* ResourceIndex::Find(std::string_view reference) const {
  for (const std::string_view url : {reference, WithoutVersion(reference)}) {
    const auto at_url = request_.by_url.find(url);
    if (at_url != request_.by_url.end()) return at_url->second;
  }
  reference = WithoutVersion(reference);
  const std::string_view relative = Relative(reference);
  const auto found = by_reference_.find(relative);
  if (found == by_reference_.end() || found->second == nullptr) return nullptr;
  if (!IsAddress(reference)) return found->second;
  const std::string_view address = AddressOf(found->second);
  const bool same = address.empty() ? IsOnServer(reference, relative) : AreSame(address, reference);
  return same ? found->second : nullptr;
}

}  // namespace genflik::cds
