// http://hl7.org/fhir/R4/http.html#search and http://hl7.org/fhir/R4/search.html
#include <nlohmann/json.hpp>

#include "fhir/outcome.h"
#include "fhir/summary.h"
#include "services/core/error.h"
#include "services/http/message.h"
#include "services/rest/interactions.h"
#include "services/rest/support.h"

namespace genflik::rest {
namespace {

using core::Error;
using core::ErrorCode;

// The path that answers this search by GET, without base and query.
std::string SearchPath(const http::Request& request) {
  std::string path;
  if (const auto compartment = request.Parameter("compartment"); !compartment.empty()) {
    path.append("/").append(compartment).append("/").append(request.Parameter("id"));
  }
  if (const auto type = request.Parameter("type");
      !type.empty() && (type != "*" || !path.empty())) {
    path.append("/").append(type);
  }
  return path;
}

std::string Printed(const RestContext& context, const fhir::SearchQuery& query,
                    const store::StoredResource& resource) {
  const bool whole = query.elements.empty() && (query.summary == fhir::SummaryMode::kFalse ||
                                                query.summary == fhir::SummaryMode::kCount);
  if (whole) return resource.text;
  return fhir::PrintJson(
      fhir::Summarise(*context.definitions, resource.Body(), query.summary, query.elements));
}

http::Response Answer(const RestContext& context, const http::Request& request,
                      const fhir::SearchQuery& query, const store::SearchPage& page,
                      const std::optional<std::string>& previous) {
  const std::string base = BaseUrl(context, request);
  std::vector<fhir::BundleEntry> entries;
  const auto add = [&](const store::StoredResource& resource, std::string_view mode) {
    entries.push_back({.full_url = base + "/" + resource.Reference(),
                       .resource = Printed(context, query, resource),
                       .search_mode = std::string(mode)});
  };
  for (const store::StoredResource& match : page.matches) add(match, "match");
  for (const store::StoredResource& included : page.included) add(included, "include");
  fhir::IssueLog ignored;
  for (const std::string& name : query.unknown) {
    ignored.Warn(fhir::IssueType::kNotSupported,
                 "the search parameter '" + name + "' is not known or has no value: left out");
  }
  if (!ignored.issues().empty()) {
    entries.push_back({.resource = fhir::PrintJson(fhir::MakeOutcome(ignored.issues())),
                       .search_mode = "outcome"});
  }
  fhir::QueryPairs pairs;
  for (const auto& pair : query.used) {
    if (pair.first != "_page") pairs.push_back(pair);
  }
  const std::string url = base + SearchPath(request);
  const auto link = [&url](const fhir::QueryPairs& used) {
    return used.empty() ? url : url + "?" + PrintQuery(used);
  };
  fhir::Links links = {{"self", link(query.used)}, {"first", link(pairs)}};
  const auto add_link = [&](const char* relation, const std::string& cursor) {
    fhir::QueryPairs used = pairs;
    if (!cursor.empty()) used.emplace_back("_page", cursor);
    links.emplace_back(relation, link(used));
  };
  if (previous) add_link("previous", *previous);
  if (!page.next.empty()) add_link("next", page.next);
  std::optional<size_t> total;
  if (page.total) total = static_cast<size_t>(*page.total);
  return AnswerText(200, fhir::PrintBundle("searchset", entries, total, links));
}

http::Response Run(const RestContext& context, const store::Reader& reader,
                   const http::Request& request, const fhir::QueryPairs& pairs) {
  std::string_view type = request.Parameter("type");
  // [base]/Patient/1/* asks for all in the compartment.
  if (type == "*") type = {};
  if (!type.empty()) CheckType(context, type);
  fhir::SearchQuery query =
      ReadSearch(context, type, pairs, BaseUrl(context, request), IsStrict(request));
  const std::string_view compartment = request.Parameter("compartment");
  if (!compartment.empty()) {
    CheckType(context, compartment);
    auto term =
        fhir::CompartmentTerm(*context.definitions, type, compartment, request.Parameter("id"));
    if (!term) {
      throw Error(ErrorCode::kNotFound,
                  type.empty() ? "a " + std::string(compartment) + " is no compartment"
                               : "a " + std::string(type) + " is in no compartment of a " +
                                     std::string(compartment));
    }
    query.terms.push_back(std::move(*term));
  }
  if (query.page.starts_with(fhir::kPageBefore)) {
    throw Error(ErrorCode::kMalformed, "_page is no page of this search");
  }
  const store::SearchPage page = reader.Search(query);
  std::optional<std::string> previous;
  if (!query.page.empty()) {
    query.page.insert(0, 1, fhir::kPageBefore);
    previous = reader.Search(query).next;
  }
  return Answer(context, request, query, page, previous);
}

}  // namespace

http::Response Search(const RestContext& context, const store::Reader& reader,
                      const http::Request& request) {
  return Run(context, reader, request, request.query);
}

http::Response SearchByPost(const RestContext& context, const store::Reader& reader,
                            const http::Request& request) {
  const std::string_view type = request.Header("Content-Type");
  if (!request.body.empty() && !type.starts_with("application/x-www-form-urlencoded")) {
    throw Error(ErrorCode::kUnsupported,
                "a search by POST takes application/x-www-form-urlencoded");
  }
  fhir::QueryPairs pairs = request.query;
  for (auto& pair : http::ReadQuery(request.body)) pairs.push_back(std::move(pair));
  return Run(context, reader, request, pairs);
}

}  // namespace genflik::rest
