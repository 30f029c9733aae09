#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "services/core/clock.h"

namespace genflik::store {
class Store;
}

namespace genflik::security {

/// Remembers the ids of tokens that may be used once. Safe to use from any number of threads.
class ReplayGuard {
 public:
  virtual ~ReplayGuard() = default;
  /// True the first time that `issuer` uses the token `id`, which nobody accepts after `expires`
  /// (seconds since 1970, clock skew included). Throws Error(kUnavailable) when it cannot be known.
  [[nodiscard]] virtual bool Take(std::string_view issuer, std::string_view id,
                                  std::int64_t expires) = 0;
};

/// Remembers in memory: quick, for one process. Holds `capacity` ids that have not expired; more
/// are refused with Error(kThrottled), since forgetting one would open the door to its replay.
class MemoryReplayGuard : public ReplayGuard {
 public:
  explicit MemoryReplayGuard(const core::Clock& clock, size_t capacity = 200000)
      : clock_(clock), capacity_(capacity) {}
  bool Take(std::string_view issuer, std::string_view id, std::int64_t expires) override;

 private:
  const core::Clock& clock_;
  const size_t capacity_;
  std::mutex mutex_;
  std::set<std::string> taken_;
  std::multimap<std::int64_t, std::string> by_expiry_;
};

/// Remembers in the store: holds across restarts and for all processes on one store.
class StoredReplayGuard : public ReplayGuard {
 public:
  explicit StoredReplayGuard(store::Store& store) : store_(store) {}
  bool Take(std::string_view issuer, std::string_view id, std::int64_t expires) override;

 private:
  store::Store& store_;
};

}  // namespace genflik::security
