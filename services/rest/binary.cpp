#include "services/rest/binary.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "services/core/error.h"
#include "services/rest/support.h"

namespace genflik::rest {
namespace {

// RFC 4648, section 4.
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

bool IsSentAsBytes(const http::Request& request) {
  const std::string type = MediaTypeOf(request);
  // XML is a form of the resource, and not one that is taken.
  return !type.empty() && !IsJsonType(type) && type != "application/fhir+xml";
}

fhir::Json BinaryOf(const http::Request& request) {
  fhir::Json binary = fhir::Json::object();
  binary["resourceType"] = "Binary";
  if (const auto id = request.Parameter("id"); !id.empty()) binary["id"] = std::string(id);
  binary["contentType"] = std::string(request.Header("Content-Type"));
  if (const auto context = request.Header("X-Security-Context"); !context.empty()) {
    binary["securityContext"]["reference"] = std::string(context);
  }
  if (!request.body.empty()) binary["data"] = EncodeBase64(request.body);
  return binary;
}

bool WantsBytes(const http::Request& request, const store::StoredResource& resource) {
  return resource.type == "Binary" && !AsksForJson(request);
}

http::Response AnswerBytes(const store::StoredResource& binary) {
  const fhir::Json body = binary.Body();
  http::Response response = http::MakeResponse(200, DecodeBase64(fhir::FindText(body, "data")),
                                               fhir::FindText(body, "contentType"));
  response.Set("ETag", ETag(binary.version));
  response.Set("Last-Modified", HttpDate(binary.last_updated));
  // What somebody once stored must not run as a page of this server.
  response.Set("Content-Security-Policy", "default-src 'none'; sandbox");
  if (const fhir::Json* context = fhir::Find(body, "securityContext")) {
    response.Set("X-Security-Context", std::string(fhir::FindText(*context, "reference")));
  }
  return response;
}

std::string EncodeBase64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view group = bytes.substr(at, 3);
    std::uint32_t bits = 0;
    for (size_t i = 0; i < 3; ++i) {
      bits = (bits << 8U) | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0U);
    }
    for (size_t i = 0; i < 4; ++i) {
      text += i <= group.size() ? kBase64[(bits >> (18U - 6U * i)) & 0x3FU] : '=';
    }
  }
  return text;
}

std::string DecodeBase64(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=' || c == ' ' || c == '\n' || c == '\r') continue;
    const size_t value = kBase64.find(c);
    if (value == std::string_view::npos)
      throw core::Error(core::ErrorCode::kMalformed, "this is no base64");
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>((bits >> static_cast<unsigned>(count)) & 0xFFU);
  }
  return bytes;
}

}  // namespace genflik::rest
