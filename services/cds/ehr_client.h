#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "services/cds/ehr.h"

namespace genflik::cds {

/// Which FHIR servers may be asked, and how much they may answer.
struct EhrOptions {
  /// Base addresses ("https://ehr.example.org/fhir"). A request may name any address as its
  /// fhirServer; only these are called, and only below their base.
  std::vector<std::string> servers = {};
  size_t max_bytes = size_t{4} * 1024 * 1024;
  /// PEM file of the authorities to trust beside those of the system; empty: none.
  std::string authority_file = {};
};

/// Asks over HTTP: https://cds-hooks.hl7.org/2.0/#fhir-resource-access. No redirect is followed, no
/// more than FHIR JSON is taken, and what fails is logged without patient data.
[[nodiscard]] EhrFetch MakeEhrFetch(const EhrOptions& options);

}  // namespace genflik::cds
