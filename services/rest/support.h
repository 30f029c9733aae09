#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/bundle.h"
#include "fhir/json.h"
#include "fhir/search_query.h"
#include "services/core/error.h"
#include "services/http/exchange.h"
#include "services/rest/rest.h"

// What the interactions share: formats, preferences, conditions, and how a resource is answered.
// http://hl7.org/fhir/R4/http.html#mime-type, #ops and #concurrency

namespace genflik::rest {

inline constexpr std::string_view kFhirJson = "application/fhir+json; charset=utf-8";

/// An error with one finding.
core::Error Refusal(core::ErrorCode code, fhir::IssueType type, std::string text,
                    std::string path = {});

/// The FHIR base as the client of this request knows it, without a slash at the end.
std::string BaseUrl(const RestContext& context, const http::Request& request);

/// Throws Error(kNotAcceptable) when the client wants another format than JSON.
void CheckAccept(const http::Request& request);
/// Throws Error(kNotFound): there is no operation of this name ("$foo") at this place.
[[noreturn]] void RefuseOperation(std::string_view name);
/// Throws Error(kNotFound) for a type that is not served.
void CheckType(const RestContext& context, std::string_view type);

/// `Prefer: return=...`
enum class ReturnPreference { kRepresentation, kMinimal, kOutcome };
ReturnPreference PreferredReturn(const http::Request& request);
/// `Prefer: handling=strict`
bool IsStrict(const http::Request& request);

/// The request's JSON. Throws Error(kUnsupported) for another media type and Error(kMalformed) with
/// every fault.
fhir::Json ReadJsonBody(const http::Request& request);
/// The request's resource, validated as one of `type`. Throws Error(kMalformed) when it is none and
/// Error(kInvalid) with every fault.
fhir::Json ReadResourceBody(const RestContext& context, const http::Request& request,
                            std::string_view type);
/// Canonical URLs of the profiles of a type that resources are held to.
std::vector<std::string> ProfilesOf(const RestContext& context, std::string_view type);
/// Throws Error(kInvalid) with every fault of a resource.
void CheckResource(const RestContext& context, const fhir::Json& resource, std::string_view type);
/// The warnings of RestContext::review, for a resource that was stored.
[[nodiscard]] std::vector<fhir::Issue> RemarksOn(const RestContext& context,
                                                 const fhir::Json& resource);

/// W/"3"
std::string ETag(std::int64_t version);
/// True when the list of an If-Match or If-None-Match header names the version ("*": any).
bool ETagMatches(std::string_view list, std::int64_t version);
/// "Sat, 21 Nov 2026 22:51:33 GMT" of an instant.
std::string HttpDate(std::string_view instant);
/// Milliseconds since 1970 of an HTTP date; nothing when it is none.
std::optional<std::int64_t> ReadHttpDate(std::string_view text);

/// A stored resource with its ETag and Last-Modified; `_summary` and `_elements` are obeyed.
http::Response AnswerResource(const RestContext& context, const http::Request& request, int status,
                              const store::StoredResource& resource);
/// What a write answers: Location, ETag, Last-Modified and the preferred body.
http::Response AnswerWrite(const RestContext& context, const http::Request& request, int status,
                           const store::StoredResource& resource);
/// A JSON body of any kind.
http::Response AnswerJson(int status, const fhir::Json& body);
http::Response AnswerText(int status, std::string body);

/// Reads a search of this request, `pairs` being its parameters. Throws Error(kMalformed) with what
/// is wrong; unknown parameters are refused when `strict`.
fhir::SearchQuery ReadSearch(const RestContext& context, std::string_view type,
                             const fhir::QueryPairs& pairs, std::string_view base, bool strict);
/// The resources that a condition ("identifier=x|y", percent-encoded) matches, two at most. Throws
/// Error(kMalformed) for a condition that is empty or not understood in full.
std::vector<store::StoredResource> MatchCondition(const RestContext& context,
                                                  const store::Reader& reader,
                                                  std::string_view type, std::string_view condition,
                                                  std::string_view base);

/// Genetic results and what holds them are for life: Error(kNotAllowed) that says so.
void CheckMayBeDeleted(const store::StoredResource& resource);
/// Error(kInvalid) when an update would make something else of a genetic result, or another
/// patient's: like a deletion it would take the result out of sight.
void CheckMayBeReplaced(const store::StoredResource& current, const fhir::Json& body);
/// AuditEvents are written by Genflik alone: Error(kNotAllowed).
void CheckMayBeWritten(std::string_view type);

/// The parameters of an operation: those of the URL, and those with a simple value in a Parameters
/// body, as text. A Period gives its ends with the prefixes "ge" and "le". Throws Error(kMalformed)
/// for a body that is no Parameters.
fhir::QueryPairs OperationParameters(const http::Request& request);
/// True when the client asks for JSON by name, and not merely for anything.
bool AsksForJson(const http::Request& request);
/// The media type without its parameters, in lower case.
std::string MediaTypeOf(const http::Request& request);
/// True for the names under which FHIR JSON is sent.
bool IsJsonType(std::string_view type);

/// Parameters as a query string, percent-encoded.
std::string PrintQuery(const fhir::QueryPairs& pairs);

}  // namespace genflik::rest
