#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "services/security/access.h"
#include "services/security/audit.h"
#include "services/security/authenticator.h"
#include "services/store/store.h"

// What a Subscription tells is told to whoever made it: with that one's rights and no more, blocks
// of patients included, as they are when it is told.

namespace genflik::security {

/// Keeps, in the transaction that writes a Subscription, who made or changed it last (a record of
/// kind "subscriber").
void KeepSubscriber(store::Writer& writer, std::string_view subscription, const Access& access);

/// One version of a resource that a Subscription would tell of.
struct Telling {
  std::string subscription = {};
  std::string type = {};
  std::string id = {};
  std::int64_t version = 0;
};

class Subscribers {
 public:
  /// `store` is the guarded one. Without `authenticator` (development) nobody is revoked.
  Subscribers(store::Store& store, AuditLog& audit, const Authenticator* authenticator)
      : store_(store), audit_(audit), authenticator_(authenticator) {}

  /// True when the subscriber may see it now. A Subscription that no caller has made (loaded from a
  /// file) has rights to all types, and stands outside of all blocks.
  [[nodiscard]] bool MayBeTold(const Telling& telling) const;
  /// Writes to the audit log that it was told.
  void NoteTold(const Telling& telling) const;

 private:
  Caller CallerOf(const Telling& telling) const;

  store::Store& store_;
  AuditLog& audit_;
  const Authenticator* authenticator_;
};

}  // namespace genflik::security
