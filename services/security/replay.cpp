#include "services/security/replay.h"

#include <chrono>

#include "services/core/error.h"
#include "services/store/store.h"

namespace genflik::security {
namespace {

using core::Error;
using core::ErrorCode;

// The length keeps two pairs from meeting in one key.
std::string KeyOf(std::string_view issuer, std::string_view id) {
  return std::to_string(issuer.size()) + ' ' + std::string(issuer) + ' ' + std::string(id);
}

}  // namespace

bool MemoryReplayGuard::Take(std::string_view issuer, std::string_view id, std::int64_t expires) {
  const std::int64_t now =
      std::chrono::duration_cast<std::chrono::seconds>(clock_.Now().time_since_epoch()).count();
  const std::lock_guard lock(mutex_);
  while (!by_expiry_.empty() && by_expiry_.begin()->first < now) {
    taken_.erase(by_expiry_.begin()->second);
    by_expiry_.erase(by_expiry_.begin());
  }
  std::string key = KeyOf(issuer, id);
  if (taken_.contains(key)) return false;
  if (taken_.size() >= capacity_) {
    throw Error(ErrorCode::kThrottled, "too many tokens at once; try again soon");
  }
  taken_.insert(key);
  by_expiry_.emplace(expires, std::move(key));
  return true;
}

bool StoredReplayGuard::Take(std::string_view issuer, std::string_view id, std::int64_t expires) {
  return store_.Write(
      [&](store::Writer& writer) { return writer.TakeOnce(KeyOf(issuer, id), expires); });
}

}  // namespace genflik::security
