#include "services/rest/support.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <ctime>

#include <nlohmann/json.hpp>

#include "fhir/datetime.h"
#include "fhir/outcome.h"
#include "fhir/summary.h"
#include "fhir/type_table.h"
#include "fhir/validator.h"
#include "services/core/clock.h"
#include "services/core/error.h"
#include "services/http/message.h"
#include "services/mapping/genomics.h"
#include "services/rest/binary.h"

namespace genflik::rest {
namespace {

using core::Error;
using core::ErrorCode;
using fhir::IssueType;
using fhir::Json;

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The parts of a text between `separator`s, trimmed.
std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t end = text.find(separator);
    const std::string_view part = Trim(text.substr(0, end));
    if (!part.empty()) parts.push_back(part);
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// The media type without its parameters, in lower case.
std::string MediaType(std::string_view text) {
  std::string type = Lower(Trim(text.substr(0, text.find(';'))));
  // A plus sign in a URL is decoded to a blank.
  std::ranges::replace(type, ' ', '+');
  return type;
}

// The value of a media type's parameter in lower case; empty when it has none.
std::string MediaParameter(std::string_view text, std::string_view name) {
  std::vector<std::string_view> parts = Split(text, ';');
  for (size_t i = 1; i < parts.size(); ++i) {
    const size_t equals = parts[i].find('=');
    if (equals == std::string_view::npos || Lower(Trim(parts[i].substr(0, equals))) != name) {
      continue;
    }
    std::string value = Lower(Trim(parts[i].substr(equals + 1)));
    std::erase(value, '"');
    return value;
  }
  return {};
}

// http://hl7.org/fhir/R4/versioning.html#mt-version: a media type may say which FHIR it means.
bool IsOfThisVersion(std::string_view media_type) {
  const std::string version = MediaParameter(media_type, "fhirversion");
  return version.empty() || version == "4.0" || version == "4.0.1";
}

// A quality of zero, however many digits it is written with, refuses the range.
bool IsAcceptable(std::string_view range) {
  const std::string type = MediaType(range);
  const std::string quality = MediaParameter(range, "q");
  const bool refused = !quality.empty() && quality.find_first_not_of("0.") == std::string::npos;
  return !refused && IsOfThisVersion(range) &&
         (IsJsonType(type) || type == "*/*" || type == "application/*");
}

// The value of a preference ("return", "handling"); empty when it is not stated.
std::string_view Preference(const http::Request& request, std::string_view name) {
  const auto [begin, end] = request.headers.equal_range("Prefer");
  for (auto header = begin; header != end; ++header) {
    for (const std::string_view group : Split(header->second, ',')) {
      for (const std::string_view preference : Split(group, ';')) {
        const size_t equals = preference.find('=');
        if (equals == std::string_view::npos) continue;
        if (Lower(Trim(preference.substr(0, equals))) != name) continue;
        std::string_view value = Trim(preference.substr(equals + 1));
        if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
        return value;
      }
    }
  }
  return {};
}

std::int64_t Milliseconds(std::string_view instant) {
  const auto time = fhir::ReadDateTime(instant);
  return time ? fhir::SpanOf(*time).low : 0;
}

// `_summary` and `_elements` of a read.
std::string Reduced(const RestContext& context, const http::Request& request,
                    const store::StoredResource& resource) {
  if (!request.Query("_summary") && !request.Query("_elements")) return resource.text;
  fhir::QueryPairs pairs;
  for (const auto& pair : request.query) {
    if (pair.first == "_summary" || pair.first == "_elements") pairs.push_back(pair);
  }
  const fhir::SearchQuery query = ReadSearch(context, resource.type, pairs, "", true);
  return fhir::PrintJson(
      fhir::Summarise(*context.definitions, resource.Body(), query.summary, query.elements));
}

// A parameter's value as text; empty when it is no simple one.
void AddParameter(const Json& parameter, fhir::QueryPairs& pairs) {
  const std::string name(fhir::FindText(parameter, "name"));
  if (const Json* period = fhir::Find(parameter, "valuePeriod")) {
    for (const auto& [end, prefix] : {std::pair("start", "ge"), std::pair("end", "le")}) {
      const std::string_view text = fhir::FindText(*period, end);
      if (!text.empty()) pairs.emplace_back(name, prefix + std::string(text));
    }
    return;
  }
  for (const auto& [key, value] : parameter.items()) {
    if (!key.starts_with("value")) continue;
    if (value.is_string()) pairs.emplace_back(name, value.get<std::string>());
    if (value.is_boolean()) pairs.emplace_back(name, value.get<bool>() ? "true" : "false");
    if (fhir::IsNumber(value)) pairs.emplace_back(name, fhir::NumberText(value));
    if (key == "valueReference") pairs.emplace_back(name, fhir::FindText(value, "reference"));
  }
}

}  // namespace

bool IsJsonType(std::string_view type) {
  constexpr std::array<std::string_view, 5> kTypes = {"application/fhir+json", "application/json",
                                                      "application/json+fhir", "text/json", "json"};
  return std::ranges::find(kTypes, type) != kTypes.end();
}

fhir::QueryPairs OperationParameters(const http::Request& request) {
  fhir::QueryPairs pairs = request.query;
  if (request.body.empty()) return pairs;
  const Json body = ReadJsonBody(request);
  if (fhir::FindText(body, "resourceType") != "Parameters") {
    throw Refusal(ErrorCode::kMalformed, IssueType::kStructure,
                  "an operation takes its parameters as a Parameters resource", "resourceType");
  }
  for (const Json& parameter : fhir::FindArray(body, "parameter")) AddParameter(parameter, pairs);
  return pairs;
}

std::string MediaTypeOf(const http::Request& request) {
  return MediaType(request.Header("Content-Type"));
}

bool AsksForJson(const http::Request& request) {
  if (request.Query("_format")) return true;
  const auto [begin, end] = request.headers.equal_range("Accept");
  for (auto header = begin; header != end; ++header) {
    for (const std::string_view range : Split(header->second, ',')) {
      if (IsJsonType(MediaType(range))) return true;
    }
  }
  return false;
}

Error Refusal(ErrorCode code, IssueType type, std::string text, std::string path) {
  std::vector<fhir::Issue> issues(1);
  issues.front().type = type;
  issues.front().text = std::move(text);
  issues.front().path = std::move(path);
  return {code, std::move(issues)};
}

std::string BaseUrl(const RestContext& context, const http::Request& request) {
  return context.public_base.empty() ? request.base + "/fhir" : context.public_base;
}

void CheckAccept(const http::Request& request) {
  if (const auto format = request.Query("_format"); format && !format->empty()) {
    if (IsAcceptable(*format)) return;
    throw Error(ErrorCode::kNotAcceptable, "the format '" + *format + "' is not offered: use json");
  }
  const auto [begin, end] = request.headers.equal_range("Accept");
  bool asked = false;
  for (auto header = begin; header != end; ++header) {
    for (const std::string_view range : Split(header->second, ',')) {
      if (IsAcceptable(range)) return;
      asked = true;
    }
  }
  // No header, or an empty one, asks for nothing in particular.
  if (!asked) return;
  throw Error(ErrorCode::kNotAcceptable, "only application/fhir+json is offered");
}

void RefuseOperation(std::string_view name) {
  throw Refusal(ErrorCode::kNotFound, IssueType::kNotSupported,
                "the operation '" + std::string(name.substr(0, 64)) + "' is not offered here");
}

void CheckType(const RestContext& context, std::string_view type) {
  if (context.definitions->IsResource(type)) return;
  if (type.starts_with('$')) RefuseOperation(type);
  throw Refusal(ErrorCode::kNotFound, IssueType::kNotSupported,
                "the resource type '" + std::string(type) + "' is not known here");
}

ReturnPreference PreferredReturn(const http::Request& request) {
  const std::string_view value = Preference(request, "return");
  if (value == "minimal") return ReturnPreference::kMinimal;
  if (value == "OperationOutcome") return ReturnPreference::kOutcome;
  return ReturnPreference::kRepresentation;
}

bool IsStrict(const http::Request& request) { return Preference(request, "handling") == "strict"; }

Json ReadJsonBody(const http::Request& request) {
  const std::string_view header = request.Header("Content-Type");
  const std::string type = MediaType(header);
  if (!type.empty() && !IsJsonType(type) && type != "application/json-patch+json") {
    throw Error(ErrorCode::kUnsupported,
                "the media type '" + type + "' is not taken: send application/fhir+json");
  }
  const std::string parameters = Lower(header);
  const size_t charset = parameters.find("charset=");
  if (charset != std::string::npos && parameters.find("utf-8", charset) == std::string::npos) {
    throw Error(ErrorCode::kUnsupported, "FHIR JSON is UTF-8");
  }
  if (!IsOfThisVersion(header)) {
    throw Error(ErrorCode::kUnsupported, "only FHIR 4.0 is taken");
  }
  if (request.body.empty()) throw Error(ErrorCode::kMalformed, "the request has no body");
  fhir::IssueLog log;
  auto value = fhir::ParseJson(request.body, log, {.max_bytes = request.body.size()});
  if (!value) throw Error(ErrorCode::kMalformed, log.issues());
  return std::move(*value);
}

Json ReadResourceBody(const RestContext& context, const http::Request& request,
                      std::string_view type) {
  Json body =
      type == "Binary" && IsSentAsBytes(request) ? BinaryOf(request) : ReadJsonBody(request);
  CheckResource(context, body, type);
  fhir::LocaliseReferences(body, BaseUrl(context, request));
  return body;
}

void CheckResource(const RestContext& context, const Json& resource, std::string_view type) {
  const std::string_view found = fhir::FindText(resource, "resourceType");
  if (found.empty()) {
    throw Refusal(ErrorCode::kMalformed, IssueType::kStructure,
                  "this is no resource: resourceType is missing", std::string(type));
  }
  if (found != type) {
    throw Refusal(
        ErrorCode::kMalformed, fhir::IssueType::kInvalid,
        "a " + std::string(type) + " is expected here, not a " + std::string(found.substr(0, 64)),
        "resourceType");
  }
  fhir::IssueLog log;
  fhir::ValidateResource(*context.definitions, resource, type, log);
  if (!log.HasErrors() && context.review) context.review(resource, log);
  if (log.HasErrors()) throw Error(ErrorCode::kInvalid, log.issues());
  if (fhir::IsSubsetted(resource)) {
    throw Refusal(ErrorCode::kInvalid, IssueType::kBusinessRule,
                  "a reduced resource (tag SUBSETTED) cannot replace a whole one",
                  std::string(type) + ".meta.tag");
  }
}

std::vector<std::string> ProfilesOf(const RestContext& context, std::string_view type) {
  std::vector<std::string> urls;
  const fhir::TypeTable* table = context.definitions->FindType(type);
  if (table == nullptr) return urls;
  for (const fhir::Profile& profile : table->profiles) {
    urls.insert(urls.end(), profile.urls.begin(), profile.urls.end());
  }
  return urls;
}

std::vector<fhir::Issue> RemarksOn(const RestContext& context, const Json& resource) {
  fhir::IssueLog log;
  if (context.review) context.review(resource, log);
  return log.issues();
}

std::string ETag(std::int64_t version) { return "W/\"" + std::to_string(version) + "\""; }

bool ETagMatches(std::string_view list, std::int64_t version) {
  return std::ranges::any_of(Split(list, ','), [version](std::string_view tag) {
    if (tag == "*") return version > 0;
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"') {
      tag = tag.substr(1, tag.size() - 2);
    }
    return tag == std::to_string(version);
  });
}

std::string HttpDate(std::string_view instant) {
  return core::PrintHttpDate(core::Instant(std::chrono::milliseconds(Milliseconds(instant))));
}

std::optional<std::int64_t> ReadHttpDate(std::string_view text) {
  std::tm parts = {};
  const std::string copy(text);
  const char* end = strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return static_cast<std::int64_t>(timegm(&parts)) * 1000;
}

http::Response AnswerText(int status, std::string body) {
  return http::MakeResponse(status, std::move(body), kFhirJson);
}

http::Response AnswerJson(int status, const Json& body) {
  return AnswerText(status, fhir::PrintJson(body));
}

http::Response AnswerResource(const RestContext& context, const http::Request& request, int status,
                              const store::StoredResource& resource) {
  http::Response response = AnswerText(status, Reduced(context, request, resource));
  response.Set("ETag", ETag(resource.version));
  response.Set("Last-Modified", HttpDate(resource.last_updated));
  return response;
}

http::Response AnswerWrite(const RestContext& context, const http::Request& request, int status,
                           const store::StoredResource& resource) {
  http::Response response;
  switch (PreferredReturn(request)) {
    case ReturnPreference::kMinimal:
      response.status = status;
      break;
    case ReturnPreference::kOutcome: {
      std::vector<fhir::Issue> issues = RemarksOn(context, resource.Body());
      issues.push_back({fhir::Severity::kInformation, IssueType::kInformational,
                        (status == 201 ? "created " : "stored ") + resource.Reference() +
                            " version " + std::to_string(resource.version),
                        ""});
      response = AnswerJson(status, fhir::MakeOutcome(issues));
      break;
    }
    case ReturnPreference::kRepresentation:
      response = AnswerText(status, resource.text);
  }
  response.Set("ETag", ETag(resource.version));
  response.Set("Last-Modified", HttpDate(resource.last_updated));
  response.Set("Location", BaseUrl(context, request) + "/" + resource.Reference() + "/_history/" +
                               std::to_string(resource.version));
  return response;
}

fhir::SearchQuery ReadSearch(const RestContext& context, std::string_view type,
                             const fhir::QueryPairs& pairs, std::string_view base, bool strict) {
  fhir::QueryPairs wanted;
  for (const auto& pair : pairs) {
    // These are about the form of the answer.
    if (pair.first != "_format" && pair.first != "_pretty") wanted.push_back(pair);
  }
  fhir::IssueLog log;
  fhir::SearchQuery query = fhir::ReadSearchQuery(*context.definitions, type, wanted, log, base);
  if (strict) {
    for (const std::string& name : query.unknown) {
      log.Error(IssueType::kNotSupported,
                "the search parameter '" + name + "' is not known or has no value");
    }
  }
  if (log.HasErrors()) throw Error(ErrorCode::kMalformed, log.issues());
  return query;
}

std::vector<store::StoredResource> MatchCondition(const RestContext& context,
                                                  const store::Reader& reader,
                                                  std::string_view type, std::string_view condition,
                                                  std::string_view base) {
  // Clients write the condition with the type, or with the whole URL, in front of it too.
  if (const size_t question = condition.find('?'); question != std::string_view::npos) {
    const std::string_view place = condition.substr(0, question);
    const bool of_type =
        place.ends_with(type) &&
        (place.size() == type.size() ||
         (place.starts_with(base) && place.size() == base.size() + 1 + type.size()));
    if (place.empty() || of_type) condition.remove_prefix(question + 1);
  }
  // A parameter that is left out would make the condition match others' data: always strict.
  fhir::SearchQuery query = ReadSearch(context, type, http::ReadQuery(condition), base, true);
  if (query.terms.empty()) {
    throw Error(ErrorCode::kMalformed, "a condition needs at least one search parameter");
  }
  query.count = 2;
  query.page.clear();
  query.includes.clear();
  query.summary = fhir::SummaryMode::kFalse;
  query.total = fhir::TotalMode::kNone;
  return reader.Search(query).matches;
}

void CheckMayBeDeleted(const store::StoredResource& resource) {
  CheckMayBeWritten(resource.type);
  if (resource.deleted || !mapping::MayHoldGeneResults(resource.Body())) return;
  throw Refusal(ErrorCode::kNotAllowed, IssueType::kBusinessRule,
                "a genetic result is kept for life: mark it entered-in-error (status) "
                "instead of deleting it");
}

void CheckMayBeReplaced(const store::StoredResource& current, const Json& body) {
  if (current.deleted || (current.type != "Observation" && current.type != "DiagnosticReport")) {
    return;
  }
  const Json before = current.Body();
  if (fhir::FindText(before, "status") == "entered-in-error" ||
      !mapping::MayHoldGeneResults(before)) {
    return;
  }
  if (!mapping::MayHoldGeneResults(body)) {
    throw Refusal(ErrorCode::kInvalid, IssueType::kBusinessRule,
                  "a genetic result is kept for life: an update cannot make something else of it; "
                  "mark it entered-in-error (status) and store the other under an id of its own",
                  current.type + ".code");
  }
  const auto subject = [](const Json& resource) {
    const Json* reference = fhir::Find(resource, "subject");
    return reference == nullptr ? std::string_view() : fhir::FindText(*reference, "reference");
  };
  if (subject(before) == subject(body)) return;
  throw Refusal(ErrorCode::kInvalid, IssueType::kBusinessRule,
                "a genetic result cannot become another patient's: mark it entered-in-error "
                "(status) and store it anew",
                current.type + ".subject");
}

void CheckMayBeWritten(std::string_view type) {
  if (type != "AuditEvent") return;
  throw Refusal(ErrorCode::kNotAllowed, IssueType::kBusinessRule,
                "audit events are written by Genflik alone");
}

std::string PrintQuery(const fhir::QueryPairs& pairs) {
  std::string text;
  for (const auto& [name, value] : pairs) {
    if (!text.empty()) text += '&';
    text += http::PercentEncode(name) + "=" + http::PercentEncode(value);
  }
  return text;
}

}  // namespace genflik::rest
