#pragma once

#include <cstddef>
#include <istream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/http/exchange.h"

// The parts of HTTP/1.1 that the server library leaves to its user, as plain functions.

namespace genflik::http {

/// Undoes percent-encoding (RFC 3986, 2.1); in a query "+" is a space. Throws Error(kMalformed) on
/// a broken escape and on an encoded NUL.
std::string PercentDecode(std::string_view text, bool plus_is_space);
/// The parameters of a query string or of an application/x-www-form-urlencoded body, in their
/// order.
std::vector<std::pair<std::string, std::string>> ReadQuery(std::string_view query);
/// A request target's path: decoded, without a trailing slash. Throws Error(kMalformed) for "." and
/// ".." segments.
std::string ReadPath(std::string_view target);
/// Encodes what may not stand in a path segment or a query value.
std::string PercentEncode(std::string_view text);

/// Refuses a head that another reader may read in another way (RFC 9112, 2.2, 3.2 and 5.1; RFC
/// 9110, 5.5): a name that is no token, a control character in a value, and more than one Host, or
/// none with `version_1_1`. Throws Error(kMalformed).
void CheckHead(std::string_view method, const Headers& headers, bool version_1_1);

/// How the body of a request is framed; throws Error(kMalformed) when the headers contradict each
/// other (RFC 9112, 6.3), Error(kTooLarge) over the limit, Error(kUnsupported) for a content
/// coding.
struct BodyFraming {
  bool chunked = false;
  /// Bytes announced when not chunked.
  size_t length = 0;
};
BodyFraming ReadFraming(const Headers& headers, size_t max_bytes);
/// Reads the body; throws Error(kMalformed) when it ends early and Error(kTooLarge) over the limit.
std::string ReadBody(std::istream& stream, const BodyFraming& framing, size_t max_bytes);

}  // namespace genflik::http
