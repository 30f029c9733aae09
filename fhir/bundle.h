#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/issue.h"
#include "fhir/json.h"

// http://hl7.org/fhir/R4/bundle.html, http://hl7.org/fhir/R4/http.html#transaction

namespace genflik::fhir {

/// Relation ("self", "next") and URL.
using Links = std::vector<std::pair<std::string, std::string>>;

/// What a searchset, history or response bundle is made of. Resources are JSON texts, since they
/// come from the store as text and go out as text.
struct BundleEntry {
  std::string full_url = {};
  /// Empty when there is none (a deletion in a history).
  std::string resource = {};
  /// "match", "include" or "outcome" (searchset).
  std::string search_mode = {};
  /// request.method and request.url (history).
  std::string method = {};
  std::string url = {};
  /// response.status, location, etag and lastModified (history and responses).
  std::string status = {};
  std::string location = {};
  std::string etag = {};
  std::string last_modified = {};
  /// response.outcome; empty when there is none.
  std::string outcome = {};
};

/// The text of a bundle of `type` ("searchset", "history", "transaction-response",
/// "batch-response", "collection"). `total` only for searchset and history.
[[nodiscard]] std::string PrintBundle(std::string_view type,
                                      const std::vector<BundleEntry>& entries,
                                      std::optional<size_t> total = {}, const Links& links = {});

/// One request of a batch or transaction.
struct BundleRequest {
  /// Place of the entry in the bundle, for answers and for "Bundle.entry[2]".
  size_t index = 0;
  std::string full_url = {};
  /// Capitals: "POST".
  std::string method = {};
  /// Relative to the base, without a leading slash; an absolute URL under `base` is cut.
  std::string url = {};
  std::string if_match = {};
  std::string if_none_match = {};
  std::string if_modified_since = {};
  /// Query text of a conditional create, without "?".
  std::string if_none_exist = {};
  /// The entry's resource, in the bundle that was read; null when there is none.
  const Json* resource = nullptr;
};

/// Reads the entries of a batch or transaction, which must be valid and outlive the result. Faults
/// that the validator cannot see (no url, a body where there must be one, a url of another type
/// than the resource) go to `log` with the place of the entry.
[[nodiscard]] std::vector<BundleRequest> ReadRequests(const Json& bundle, IssueLog& log,
                                                      std::string_view base = {});

/// The order in which the requests of a transaction are carried out: DELETE, POST, PUT and PATCH,
/// GET and HEAD; equal ones in the order of the bundle. Indexes into `requests`.
[[nodiscard]] std::vector<size_t> TransactionOrder(const std::vector<BundleRequest>& requests);

/// Where an identity of a bundle ends up.
struct ReferenceTarget {
  /// "Observation/123".
  std::string reference = {};
  /// "Observation/123/_history/1", for references that name a version; may be empty.
  std::string versioned = {};
};
/// From fullUrl or conditional reference, as written, to its target.
using ReferenceMap = std::map<std::string, ReferenceTarget, std::less<>>;

/// The identity by which a reference of the entry with `full_url` is found in a ReferenceMap: an
/// absolute fullUrl lends its root to relative references ("http://lab/fhir/Observation/1" makes
/// "Patient/2" mean "http://lab/fhir/Patient/2").
[[nodiscard]] std::string ResolveReference(std::string_view reference, std::string_view full_url);

/// Rewrites everything in `resource` that names an identity in `map`: Reference.reference, elements
/// of type uri, url, oid, uuid and canonical that equal one (also in extensions), and links in
/// narratives. Fragments of the resource itself stay.
void RewriteReferences(Json& resource, std::string_view full_url, const ReferenceMap& map);

/// Makes references to resources under `base`, which has no slash at its end, relative to it: they
/// stay true when the server is reached by another name. References elsewhere stay.
void LocaliseReferences(Json& resource, std::string_view base);

/// Every conditional reference ("Patient?identifier=...") of a resource, each once.
[[nodiscard]] std::vector<std::string> ConditionalReferences(const Json& resource);

/// Every Reference.reference of a resource, contained ones included, each once, as written.
[[nodiscard]] std::vector<std::string> ReferencesOf(const Json& resource);

}  // namespace genflik::fhir
