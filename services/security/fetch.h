#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace genflik::security {

struct FetchOptions {
  std::chrono::seconds time_limit{5};
  size_t max_bytes = size_t{256} * 1024;
  /// PEM file of authorities to trust instead of the system's; may be empty.
  std::string authority_file = {};
};

/// True for "https://..." and for "http://" of a loopback address, the only URLs that are asked:
/// keys that came over an open network would prove nothing.
[[nodiscard]] bool IsFetchable(const std::string& url);

/// The text behind a URL or of a file. Redirects are not followed, so that nobody can point Genflik
/// elsewhere. Throws Error(kInvalid) for a URL that is not fetchable and Error(kUnavailable) when
/// it cannot be read whole within the limits.
[[nodiscard]] std::string FetchText(const std::string& location, const FetchOptions& options);

}  // namespace genflik::security
