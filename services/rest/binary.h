#pragma once

#include <string>
#include <string_view>

#include "fhir/json.h"
#include "services/http/exchange.h"
#include "services/store/store.h"

// A Binary as the bytes that it holds: http://hl7.org/fhir/R4/binary.html#rest

namespace genflik::rest {

/// True when a client sends the bytes themselves, with their own Content-Type.
bool IsSentAsBytes(const http::Request& request);
/// The Binary of what was sent as bytes, under the request's {id}; X-Security-Context becomes its
/// securityContext.
fhir::Json BinaryOf(const http::Request& request);
/// True when a client wants the bytes: unless it asks for FHIR JSON by name.
bool WantsBytes(const http::Request& request, const store::StoredResource& resource);
/// The bytes of a Binary in the media type they were stored with.
http::Response AnswerBytes(const store::StoredResource& binary);

/// Bytes as base64.
std::string EncodeBase64(std::string_view bytes);
/// The bytes of a base64Binary. Throws Error(kMalformed) when it is none.
std::string DecodeBase64(std::string_view text);

}  // namespace genflik::rest
