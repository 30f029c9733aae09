// http://hl7.org/fhir/R4/observation-operation-lastn.html
#include <algorithm>
#include <charconv>
#include <map>

#include <nlohmann/json.hpp>

#include "fhir/bundle.h"
#include "services/core/error.h"
#include "services/rest/interactions.h"
#include "services/rest/support.h"

namespace genflik::rest {
namespace {

using core::ErrorCode;

constexpr size_t kLargestPage = 1000;

// What makes two Observations the same kind: their first coding, else their text.
std::string KindOf(const fhir::Json& observation) {
  const fhir::Json* code = fhir::Find(observation, "code");
  if (code == nullptr) return {};
  const fhir::Json& codings = fhir::FindArray(*code, "coding");
  if (codings.empty()) return std::string(fhir::FindText(*code, "text"));
  return std::string(fhir::FindText(codings.front(), "system")) + "|" +
         std::string(fhir::FindText(codings.front(), "code"));
}

size_t ReadMax(const std::string& text) {
  size_t number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size() || number == 0) {
    throw Refusal(ErrorCode::kMalformed, fhir::IssueType::kValue, "max must be a positive number");
  }
  return number;
}

}  // namespace

http::Response LastN(const RestContext& context, const store::Reader& reader,
                     const http::Request& request) {
  size_t max = 1;
  fhir::QueryPairs pairs;
  const fhir::QueryPairs given = OperationParameters(request);
  for (const auto& pair : given) {
    if (pair.first == "max") {
      max = ReadMax(pair.second);
    } else if (pair.first != "_sort" && pair.first != "_count") {
      pairs.push_back(pair);
    }
  }
  pairs.emplace_back("_sort", "-date");
  fhir::SearchQuery query =
      ReadSearch(context, "Observation", pairs, BaseUrl(context, request), true);
  const bool of_patient = std::ranges::any_of(query.terms, [](const fhir::SearchTerm& term) {
    return term.parameter == "patient" || term.parameter == "subject";
  });
  if (!of_patient) {
    throw Refusal(ErrorCode::kMalformed, fhir::IssueType::kRequired,
                  "$lastn needs the parameter patient or subject");
  }
  query.count = kLargestPage;
  query.total = fhir::TotalMode::kNone;
  const std::string base = BaseUrl(context, request);
  std::map<std::string, size_t> counted;
  std::vector<fhir::BundleEntry> entries;
  do {
    store::SearchPage page = reader.Search(query);
    for (const store::StoredResource& match : page.matches) {
      if (++counted[KindOf(match.Body())] > max) continue;
      entries.push_back({.full_url = base + "/" + match.Reference(),
                         .resource = match.text,
                         .search_mode = "match"});
    }
    query.page = page.next;
  } while (!query.page.empty());
  const fhir::Links links = {{"self", base + "/Observation/$lastn?" + PrintQuery(given)}};
  return AnswerText(200, fhir::PrintBundle("searchset", entries, entries.size(), links));
}

}  // namespace genflik::rest
