#pragma once

#include <string>
#include <string_view>

#include "services/http/exchange.h"

namespace genflik::tab {

/// The text in gzip's form (RFC 1952).
[[nodiscard]] std::string Gzip(std::string_view text);

/// Whether gzip is named among the encodings and not refused (RFC 9110, 12.5.3).
[[nodiscard]] bool TakesGzip(std::string_view accepted);

/// The response compressed, where the client takes that and something is gained by it.
[[nodiscard]] http::Response Pack(const http::Request& request, http::Response response);

}  // namespace genflik::tab
