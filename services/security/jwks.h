#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "services/core/clock.h"

// Keys that check signatures: RFC 7517 (JWK), RFC 7518 (algorithms).

namespace genflik::security {

/// The public keys of one issuer. Immutable.
class KeySet {
 public:
  /// Reads a JWK Set. Keys that cannot check a signature here (symmetric ones, RSA under 2048 bits,
  /// other curves, keys for encryption) are left out. Throws Error(kInvalid) when it is none.
  static KeySet Parse(std::string_view json);

  enum class Answer { kGood, kBad, kUnknownKey };
  /// Checks the signature of `text`. Algorithms: RS256, RS384, ES256, ES384; all others are kBad.
  /// Without `key_id` every key of the algorithm is tried.
  [[nodiscard]] Answer Verify(std::string_view algorithm, std::string_view key_id,
                              std::string_view text, std::string_view signature) const;
  size_t size() const { return keys_.size(); }

 private:
  struct Key;
  std::vector<std::shared_ptr<const Key>> keys_;
};

/// Where keys come from. Safe to use from any number of threads.
class KeySource {
 public:
  virtual ~KeySource() = default;
  /// The keys in use. Throws Error(kUnavailable) when there are none to be had.
  virtual std::shared_ptr<const KeySet> Keys() = 0;
  /// The same after another look, for a key id that is not known; looks again at most once in
  /// KeySourceOptions::shortest_pause, so that invented key ids cannot make Genflik a burden.
  virtual std::shared_ptr<const KeySet> KeysAnew() = 0;
};

struct KeySourceOptions {
  /// Age at which keys are read again.
  std::chrono::seconds fresh{300};
  /// Age up to which keys are used when they cannot be read again.
  std::chrono::seconds stale{3600};
  std::chrono::seconds shortest_pause{30};
};

/// Reads the text behind a location. Throws Error(kUnavailable).
using Fetch = std::function<std::string(const std::string& location)>;

/// Keys from `fetch(location)`, kept and rotated.
std::unique_ptr<KeySource> MakeKeySource(std::string location, const core::Clock& clock,
                                         Fetch fetch, KeySourceOptions options = {});
/// Keys that stay.
std::unique_ptr<KeySource> MakeFixedKeys(KeySet keys);

}  // namespace genflik::security
