#include "services/cds/ehr_client.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/core/log.h"
#include "services/http/client.h"

namespace genflik::cds {
namespace {

using fhir::Json;

// Scheme and host in lower case, no slash at the end: addresses compare as text.
std::string Normal(std::string_view url) {
  while (!url.empty() && url.back() == '/') url.remove_suffix(1);
  std::string text(url);
  const size_t scheme = text.find("://");
  const size_t host_end =
      scheme == std::string::npos ? 0 : std::min(text.find('/', scheme + 3), text.size());
  std::transform(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(host_end), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// The full address of a query, or nothing when it leads away from the server.
std::optional<std::string> AddressOf(const std::string& base, const std::string& query) {
  if (query.find("..") != std::string::npos || query.find_first_of(" \r\n#\\") != std::string::npos)
    return std::nullopt;
  const bool absolute = query.starts_with("http://") || query.starts_with("https://");
  if (!absolute) return base + '/' + query;
  const std::string address = Normal(query);
  if (!address.starts_with(base)) return std::nullopt;
  const char next = address.size() > base.size() ? address[base.size()] : '/';
  if (next != '/' && next != '?') return std::nullopt;
  return query;
}

bool IsFhirJson(std::string_view media_type) {
  constexpr std::array kTypes{"application/fhir+json", "application/json", "application/json+fhir"};
  return std::any_of(kTypes.begin(), kTypes.end(),
                     [&](std::string_view type) { return type == media_type; });
}

void LogFault(const std::string& server, const std::string& query, const std::string& reason) {
  // The type of what was asked for, without any id.
  const std::string type = query.substr(0, query.find_first_of("/?:"));
  core::Log(core::LogLevel::kWarning, "ehr-not-read",
            {{"server", server}, {"type", type}, {"reason", reason}});
}

std::optional<Json> ReadAnswer(const http::FetchAnswer& answer, std::string& reason) {
  if (!answer.fault.empty()) {
    reason = answer.fault;
  } else if (answer.status != 200) {
    reason = "status " + std::to_string(answer.status);
  } else if (!IsFhirJson(answer.media_type)) {
    reason = "no FHIR JSON but '" + answer.media_type.substr(0, 80) + "'";
  } else {
    fhir::IssueLog log;
    auto body = fhir::ParseJson(answer.body, log);
    if (body && !fhir::FindText(*body, "resourceType").empty()) return body;
    reason = "the answer is no FHIR resource";
  }
  return std::nullopt;
}

class EhrClient {
 public:
  explicit EhrClient(const EhrOptions& options)
      : client_({.max_bytes = options.max_bytes, .authority_file = options.authority_file}) {
    for (const auto& server : options.servers) servers_.push_back(Normal(server));
  }

  std::vector<std::optional<Json>> Fetch(const EhrAccess& access,
                                         const std::vector<std::string>& queries,
                                         Deadline deadline) {
    std::vector<std::optional<Json>> found(queries.size());
    const std::string base = Normal(access.server);
    if (std::find(servers_.begin(), servers_.end(), base) == servers_.end()) {
      core::Log(core::LogLevel::kWarning, "ehr-not-allowed",
                {{"server", base.substr(0, 200)},
                 {"meaning", "a request named a fhirServer that is not in ehrServers"}});
      return found;
    }
    std::vector<http::FetchRequest> requests;
    std::vector<size_t> places;
    for (size_t i = 0; i < queries.size(); ++i) {
      const auto address = AddressOf(base, queries[i]);
      if (!address) {
        LogFault(base, "", "an address that is not on the server");
        continue;
      }
      http::FetchRequest request{.url = *address};
      request.headers.emplace_back("Accept", "application/fhir+json, application/json;q=0.9");
      if (!access.token.empty())
        request.headers.emplace_back("Authorization", "Bearer " + access.token);
      requests.push_back(std::move(request));
      places.push_back(i);
    }
    const auto answers = client_.Fetch(requests, deadline);
    for (size_t i = 0; i < answers.size(); ++i) {
      std::string reason;
      found[places[i]] = ReadAnswer(answers[i], reason);
      if (!reason.empty()) LogFault(base, queries[places[i]], reason);
    }
    return found;
  }

 private:
  std::vector<std::string> servers_;
  http::Client client_;
};

}  // namespace

EhrFetch MakeEhrFetch(const EhrOptions& options) {
  if (options.servers.empty()) return {};
  return [client = std::make_shared<EhrClient>(options)](
             const EhrAccess& access, const std::vector<std::string>& queries, Deadline deadline) {
    return client->Fetch(access, queries, deadline);
  };
}

}  // namespace genflik::cds
