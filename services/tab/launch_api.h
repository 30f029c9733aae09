#pragma once

#include <string>
#include <vector>

#include "services/core/clock.h"
#include "services/http/router.h"
#include "services/security/sessions.h"
#include "services/security/signed_link.h"

namespace genflik::tab {

/// A record system that may start the tab (SMART App Launch 2:
/// https://hl7.org/fhir/smart-app-launch/STU2/app-launch.html).
struct LaunchIssuer {
  /// Base address of its FHIR server, as it stands in `iss`.
  std::string issuer = {};
  /// What the tab is registered as there.
  std::string client_id = {};
  /// What the tab asks for; without `launch`, which the page adds as the way of starting demands.
  std::string scope = "patient/Patient.rs";
  /// Origins of its authorization server, where they are not the issuer's own.
  std::vector<std::string> origins = {};
};

/// The origin of an address: "https://ehr.example/fhir" -> "https://ehr.example".
[[nodiscard]] std::string OriginOf(std::string_view address);

/// Every origin that the launch page must be able to call. Throws core::Error(kInvalid) for an
/// issuer that is no address.
[[nodiscard]] std::vector<std::string> LaunchOrigins(const std::vector<LaunchIssuer>& issuers);

/// Adds what the pages need to be opened from a record system; `clock` must outlive the router.
/// - `GET /tab/launch-settings`: the issuers that may start the tab, and whether there are
/// sessions.
/// - `POST /tab/link`: `{"token": …}` of a signed link -> what it opens; 401 for a bad one. With
///   `sessions` it also starts a session, once for each link.
void AddLaunchRoutes(http::Router& router, const std::vector<LaunchIssuer>& issuers,
                     const security::LinkSigner& signer, const core::Clock& clock,
                     security::Sessions* sessions = nullptr);

}  // namespace genflik::tab
