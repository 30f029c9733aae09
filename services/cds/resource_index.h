#pragma once

#include <map>
#include <string>
#include <string_view>

#include "fhir/json.h"
#include "services/cds/hook_request.h"

namespace genflik::cds {

/// Finds what references of a request mean among the resources that came with it or were fetched
/// for it (http://hl7.org/fhir/R4/references.html#literal). The request must outlive the index;
/// what is added to it afterwards is found by full address alone.
class ResourceIndex {
 public:
  explicit ResourceIndex(const HookRequest& request);

  /// "Medication/1", a full address, or the fullUrl of an entry; a version asked for is taken as
  /// the one at hand. Null when it is not at hand, and when it is on another server than the
  /// resource of that type and id, or on one of two.
  const fhir::Json* Find(std::string_view reference) const;

 private:
  void Add(const fhir::Json& resource);
  // The address that the EHR gave a resource; empty when it gave none.
  std::string_view AddressOf(const fhir::Json* resource) const;
  bool IsOnServer(std::string_view address, std::string_view relative) const;

  const HookRequest& request_;
  std::map<const fhir::Json*, std::string_view> addresses_;
  // Null where two servers have a resource of that type and id.
  std::map<std::string, const fhir::Json*, std::less<>> by_reference_;
};

/// A reference without the version that it may name.
[[nodiscard]] std::string_view WithoutVersion(std::string_view reference);

}  // namespace genflik::cds
