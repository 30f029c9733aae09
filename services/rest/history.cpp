// http://hl7.org/fhir/R4/http.html#history
#include <algorithm>
#include <charconv>

#include "services/core/error.h"
#include "services/rest/interactions.h"
#include "services/rest/support.h"

namespace genflik::rest {
namespace {

using core::Error;
using core::ErrorCode;

constexpr size_t kLargestPage = 1000;

size_t ReadCount(const std::string& text) {
  size_t count = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), count);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size()) {
    throw Error(ErrorCode::kMalformed, "_count must be a number, not '" + text + "'");
  }
  return std::min(count, kLargestPage);
}

store::HistoryQuery ReadHistoryQuery(const http::Request& request) {
  store::HistoryQuery query;
  query.type = request.Parameter("type");
  query.id = request.Parameter("id");
  for (const auto& [name, value] : request.query) {
    if (name == "_count") {
      query.count = ReadCount(value);
    } else if (name == "_since") {
      query.since = value;
    } else if (name == "_at") {
      query.at = value;
    } else if (name == "_page") {
      query.cursor = value;
      if (value.starts_with(fhir::kPageBefore)) {
        throw Error(ErrorCode::kMalformed, "this is no page of a history");
      }
    } else if (name != "_format" && name != "_pretty" && IsStrict(request)) {
      throw Error(ErrorCode::kMalformed, "a history knows no parameter '" + name + "'");
    }
  }
  return query;
}

fhir::BundleEntry MakeEntry(const store::StoredResource& version, const std::string& base) {
  fhir::BundleEntry entry;
  entry.full_url = base + "/" + version.Reference();
  entry.resource = version.text;
  entry.method = version.method;
  entry.url = version.method == "POST" ? version.type : version.Reference();
  entry.status = "200 OK";
  if (version.version == 1) entry.status = "201 Created";
  if (version.deleted) entry.status = "204 No Content";
  entry.etag = ETag(version.version);
  entry.last_modified = version.last_updated;
  return entry;
}

}  // namespace

http::Response ReadHistory(const RestContext& context, const store::Reader& reader,
                           const http::Request& request) {
  store::HistoryQuery query = ReadHistoryQuery(request);
  if (!query.type.empty()) CheckType(context, query.type);
  const bool only_count = query.count == 0;
  query.count = std::max<size_t>(query.count, 1);
  store::HistoryPage page = reader.History(query);
  if (page.total == 0 && !query.id.empty() && !reader.FindLatest(query.type, query.id)) {
    throw Error(ErrorCode::kNotFound, "there is no " + query.type + "/" + query.id);
  }
  if (only_count) page = {.total = page.total};
  const std::string base = BaseUrl(context, request);
  std::vector<fhir::BundleEntry> entries;
  for (const store::StoredResource& version : page.versions) {
    entries.push_back(MakeEntry(version, base));
  }
  const std::string url = context.public_base.empty()
                              ? request.base + request.path
                              : base + request.path.substr(std::min<size_t>(
                                           std::string_view("/fhir").size(), request.path.size()));
  fhir::QueryPairs pairs;
  for (const auto& pair : request.query) {
    if (pair.first != "_page") pairs.push_back(pair);
  }
  fhir::Links links = {
      {"self", url + (request.query.empty() ? "" : "?") + PrintQuery(request.query)}};
  const auto add_link = [&](const char* relation, const std::string& cursor) {
    fhir::QueryPairs used = pairs;
    if (!cursor.empty()) used.emplace_back("_page", cursor);
    links.emplace_back(relation, url + (used.empty() ? "" : "?") + PrintQuery(used));
  };
  if (!query.cursor.empty()) {
    query.cursor.insert(0, 1, fhir::kPageBefore);
    add_link("previous", reader.History(query).next);
  }
  if (!page.next.empty()) add_link("next", page.next);
  return AnswerText(200,
                    fhir::PrintBundle("history", entries, static_cast<size_t>(page.total), links));
}

}  // namespace genflik::rest
