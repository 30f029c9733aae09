// http://hl7.org/fhir/R4/patient-operation-everything.html
#include <algorithm>
#include <charconv>
#include <set>

#include <nlohmann/json.hpp>

#include "fhir/bundle.h"
#include "fhir/datatypes.h"
#include "fhir/datetime.h"
#include "services/core/error.h"
#include "services/rest/interactions.h"
#include "services/rest/support.h"

namespace genflik::rest {
namespace {

using core::ErrorCode;

constexpr size_t kLargestPage = 1000;

struct Wanted {
  /// Empty: all.
  std::set<std::string> types = {};
  std::string since = {};
  size_t count = 0;
  size_t offset = 0;
};

size_t ReadNumber(std::string_view name, const std::string& text) {
  size_t number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size()) {
    throw Refusal(ErrorCode::kMalformed, fhir::IssueType::kValue,
                  std::string(name) + " must be a number");
  }
  return number;
}

Wanted ReadWanted(const fhir::QueryPairs& given) {
  Wanted wanted;
  for (const auto& [name, value] : given) {
    if (name == "_type") {
      for (size_t at = 0; at <= value.size();) {
        const size_t comma = std::min(value.find(',', at), value.size());
        wanted.types.insert(value.substr(at, comma - at));
        at = comma + 1;
      }
    } else if (name == "_since") {
      const auto time = fhir::ReadDateTime(value);
      if (!time) {
        throw Refusal(ErrorCode::kMalformed, fhir::IssueType::kValue, "_since is no instant");
      }
      wanted.since = fhir::PrintInstant(fhir::SpanOf(*time).low);
    } else if (name == "_count") {
      wanted.count = std::min(ReadNumber(name, value), kLargestPage);
    } else if (name == "_page") {
      wanted.offset = ReadNumber(name, value);
    }
  }
  return wanted;
}

// Collects the patient, all in the compartment, and what those refer to.
class Collector {
 public:
  Collector(const RestContext& context, const store::Reader& reader)
      : context_(context), reader_(reader) {}

  void AddCompartment(const std::string& id) {
    for (const std::string& type : context_.definitions->ResourceTypes()) {
      // The log of who looked is no part of the record that is looked at.
      if (type == "Patient" || type == "AuditEvent") continue;
      auto term = fhir::CompartmentTerm(*context_.definitions, type, "Patient", id);
      if (!term) continue;
      fhir::SearchQuery query;
      query.type = type;
      query.terms.push_back(std::move(*term));
      query.total = fhir::TotalMode::kNone;
      query.count = kLargestPage;
      do {
        store::SearchPage page = reader_.Search(query);
        for (store::StoredResource& match : page.matches) Add(std::move(match));
        query.page = page.next;
      } while (!query.page.empty());
    }
  }

  void Add(store::StoredResource resource) {
    if (known_.insert(resource.Reference()).second) found_.push_back(std::move(resource));
  }

  // One step: an Observation's laboratory is told, the laboratory's parent is not.
  void AddReferred() {
    const size_t size = found_.size();
    for (size_t i = 0; i < size; ++i) {
      for (const std::string& reference : fhir::ReferencesOf(found_[i].Body())) {
        const auto parts = fhir::SplitReference(reference);
        // Another patient's record is never part of this one's.
        if (!parts || !parts->base.empty() || parts->type == "Patient") continue;
        auto target = reader_.Find(parts->type, parts->id);
        if (target) Add(std::move(*target));
      }
    }
  }

  const std::vector<store::StoredResource>& found() const { return found_; }

 private:
  const RestContext& context_;
  const store::Reader& reader_;
  std::set<std::string> known_;
  std::vector<store::StoredResource> found_;
};

}  // namespace

http::Response Everything(const RestContext& context, const store::Reader& reader,
                          const http::Request& request) {
  const std::string id(request.Parameter("id"));
  auto patient = reader.Find("Patient", id);
  if (!patient) {
    throw Refusal(ErrorCode::kNotFound, fhir::IssueType::kNotFound, "there is no Patient/" + id);
  }
  const fhir::QueryPairs given = OperationParameters(request);
  const Wanted wanted = ReadWanted(given);
  Collector collector(context, reader);
  collector.Add(std::move(*patient));
  collector.AddCompartment(id);
  collector.AddReferred();

  const std::string base = BaseUrl(context, request);
  std::vector<fhir::BundleEntry> entries;
  for (const store::StoredResource& resource : collector.found()) {
    if (!wanted.types.empty() && !wanted.types.contains(resource.type)) continue;
    if (resource.last_updated < wanted.since) continue;
    entries.push_back({.full_url = base + "/" + resource.Reference(),
                       .resource = resource.text,
                       .search_mode = "match"});
  }
  const size_t total = entries.size();
  const std::string url = base + "/Patient/" + id + "/$everything";
  fhir::Links links = {{"self", url + (given.empty() ? "" : "?") + PrintQuery(given)}};
  if (wanted.count > 0) {
    const size_t begin = std::min(wanted.offset, total);
    const size_t end = std::min(begin + wanted.count, total);
    entries = {entries.begin() + static_cast<std::ptrdiff_t>(begin),
               entries.begin() + static_cast<std::ptrdiff_t>(end)};
    if (end < total) {
      fhir::QueryPairs pairs;
      for (const auto& pair : given) {
        if (pair.first != "_page") pairs.push_back(pair);
      }
      pairs.emplace_back("_page", std::to_string(end));
      links.emplace_back("next", url + "?" + PrintQuery(pairs));
    }
  }
  return AnswerText(200, fhir::PrintBundle("searchset", entries, total, links));
}

}  // namespace genflik::rest
