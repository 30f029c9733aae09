#pragma once

#include <string>
#include <string_view>

#include "services/core/clock.h"
#include "services/security/digest.h"

// Short links from a card to the tab, for record systems without SMART App Launch. A link is a JSON
// Web Token (RFC 7519) signed with HMAC-SHA256 by Genflik for Genflik: it names one patient, and
// holds for minutes.

namespace genflik::security {

/// What a link opens.
struct LinkTarget {
  /// Logical id, without "Patient/".
  std::string patient = {};
  /// View of the tab ("glance", "drugs"); empty: the first.
  std::string view = {};
  /// Name of a drug file, for the view of drugs; may be empty.
  std::string drug = {};
  /// Who opens it, as the record system that signed the link knows the person ("sub"), and the care
  /// unit that one acts for ("careUnit"). Without a subject it opens no session.
  std::string subject = {};
  std::string care_unit = {};
  /// The link holds before this moment; seconds count.
  core::Instant expires = {};

  bool operator==(const LinkTarget&) const = default;
};

/// Signs links and checks them. Immutable.
class LinkSigner {
 public:
  /// `key` has at least 32 bytes, else Error(kInvalid). All processes that serve one address share
  /// it.
  explicit LinkSigner(std::string key);

  /// The token: letters, digits, "-", "_" and "." only.
  [[nodiscard]] std::string Sign(const LinkTarget& target) const;
  /// What a token opens. Throws Error(kUnauthenticated) for one that is not signed with this key by
  /// this algorithm, or is for somebody else, or has expired.
  [[nodiscard]] LinkTarget Verify(std::string_view token, core::Instant now) const;

 private:
  std::string key_;
  HmacKey signer_;
};

/// The address that a card links to. The token stands in the fragment, which browsers send to
/// nobody, so that it reaches no log.
[[nodiscard]] std::string LinkAddress(std::string_view base, std::string_view token);

/// A key for one process, of 32 random bytes.
[[nodiscard]] std::string RandomLinkKey();

}  // namespace genflik::security
