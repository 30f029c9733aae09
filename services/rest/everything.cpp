// http://hl7.org/fhir/R4/patient-operation-everything.html
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <set>
#include <variant>

#include <nlohmann/json.hpp>

#include "fhir/bundle.h"
#include "fhir/datatypes.h"
#include "fhir/datetime.h"
#include "fhir/search_index.h"
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
  /// The time of care, in milliseconds since 1970; `care_end` is not within.
  std::int64_t care_start = std::numeric_limits<std::int64_t>::min();
  std::int64_t care_end = std::numeric_limits<std::int64_t>::max();
  size_t count = 0;
  size_t offset = 0;

  bool IsOfACareTime() const {
    return care_start != std::numeric_limits<std::int64_t>::min() ||
           care_end != std::numeric_limits<std::int64_t>::max();
  }
};

fhir::TimeSpan ReadTime(const std::string& name, const std::string& text) {
  const auto time = fhir::ReadDateTime(text);
  if (!time) {
    throw Refusal(ErrorCode::kMalformed, fhir::IssueType::kValue,
                  name + " is no date: '" + text.substr(0, 64) + "'");
  }
  return fhir::SpanOf(*time);
}

void ReadTypes(const RestContext& context, const std::string& list, Wanted& wanted) {
  for (size_t at = 0; at <= list.size();) {
    const size_t comma = std::min(list.find(',', at), list.size());
    const std::string type = list.substr(at, comma - at);
    // A type left out by a slip of the pen would look like a record without it.
    if (!context.definitions->IsResource(type)) {
      throw Refusal(ErrorCode::kMalformed, fhir::IssueType::kValue,
                    "_type names '" + type.substr(0, 64) + "', which is no type served here");
    }
    wanted.types.insert(type);
    at = comma + 1;
  }
}

size_t ReadNumber(std::string_view name, const std::string& text) {
  size_t number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size()) {
    throw Refusal(ErrorCode::kMalformed, fhir::IssueType::kValue,
                  std::string(name) + " must be a number");
  }
  return number;
}

Wanted ReadWanted(const RestContext& context, const http::Request& request,
                  const fhir::QueryPairs& given) {
  Wanted wanted;
  for (const auto& [name, value] : given) {
    if (name == "_type") {
      ReadTypes(context, value, wanted);
    } else if (name == "_since") {
      wanted.since = fhir::PrintInstant(ReadTime(name, value).low);
    } else if (name == "start") {
      wanted.care_start = ReadTime(name, value).low;
    } else if (name == "end") {
      wanted.care_end = ReadTime(name, value).high;
    } else if (name == "_count") {
      wanted.count = std::min(ReadNumber(name, value), kLargestPage);
    } else if (name == "_page") {
      wanted.offset = ReadNumber(name, value);
    } else if (name != "_format" && name != "_pretty" && IsStrict(request)) {
      throw Refusal(ErrorCode::kMalformed, fhir::IssueType::kNotSupported,
                    "$everything knows no parameter '" + name.substr(0, 64) + "'");
    }
  }
  return wanted;
}

// Collects the patient, all in the compartment, and what those refer to.
class Collector {
 public:
  Collector(const RestContext& context, const store::Reader& reader, const Wanted& wanted)
      : context_(context), reader_(reader), wanted_(wanted) {}

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
    if (!IsWithinCare(resource)) return;
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
  // `start` and `end` are of the care, not of the record: some date of the resource must lie
  // between them. What has no date of care (the patient, a laboratory) always belongs.
  bool IsWithinCare(const store::StoredResource& resource) const {
    if (!wanted_.IsOfACareTime() || resource.type == "Patient") return true;
    bool dated = false;
    for (const fhir::IndexEntry& entry :
         fhir::IndexResource(*context_.definitions, resource.Body(), {})) {
      const auto* date = std::get_if<fhir::DateEntry>(&entry.value);
      if (date == nullptr || entry.parameter == "_lastUpdated" || entry.part >= 0) continue;
      if (date->low < wanted_.care_end && date->high > wanted_.care_start) return true;
      dated = true;
    }
    return !dated;
  }

  const RestContext& context_;
  const store::Reader& reader_;
  const Wanted& wanted_;
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
  const Wanted wanted = ReadWanted(context, request, given);
  Collector collector(context, reader, wanted);
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
    const auto add_link = [&](const char* relation, size_t offset) {
      fhir::QueryPairs pairs;
      for (const auto& pair : given) {
        if (pair.first != "_page") pairs.push_back(pair);
      }
      if (offset > 0) pairs.emplace_back("_page", std::to_string(offset));
      links.emplace_back(relation, url + "?" + PrintQuery(pairs));
    };
    if (begin > 0) add_link("previous", begin - std::min(begin, wanted.count));
    if (end < total) add_link("next", end);
  }
  return AnswerText(200, fhir::PrintBundle("searchset", entries, total, links));
}

}  // namespace genflik::rest
