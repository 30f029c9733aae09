#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "fhir/json.h"
#include "services/app/parts.h"
#include "services/http/exchange.h"
#include "services/security/signing_key.h"
#include "tests/support/services_tests/temporary_directory.h"

namespace genflik::testing {

/// The whole program without its sockets, with an access file: two issuers ("https://issuer.test",
/// and "https://other.test" that nothing here trusts more than the first), one registered client
/// "lab", and two invented patients. What belongs to "pat-a" holds the word of kSecret.
class GatedService {
 public:
  static constexpr std::string_view kIssuer = "https://issuer.test";
  static constexpr std::string_view kBase = "https://gene.test";
  static constexpr std::string_view kSecret = "Hemligsson";

  GatedService();

  /// One request; `url` begins with a slash. An empty token: none is sent.
  http::Response Call(std::string_view method, std::string_view url, const std::string& token,
                      std::string body = {}, std::string_view media_type = "application/fhir+json",
                      const http::Headers& headers = {});

  /// Claims that are believed, with these scopes.
  static fhir::Json Claims(const std::string& scope);
  /// A good token of the first issuer.
  std::string Token(const std::string& scope) const { return key.Sign(Claims(scope)); }
  std::string TokenOf(const std::string& patient, const std::string& scope) const;
  /// With every role as well.
  std::string AdministratorToken() const;
  /// What a registered client proves itself with.
  std::string Assertion(const std::string& id) const;

  TemporaryDirectory directory;
  security::SigningKey key = security::SigningKey::Generate("ES256");
  security::SigningKey other_key = security::SigningKey::Generate("RS256");
  security::SigningKey client_key = security::SigningKey::Generate("ES384");
  std::unique_ptr<app::Parts> parts;

  /// Writes the file of registered clients anew.
  void RegisterClient(bool registered) const;
};

}  // namespace genflik::testing
