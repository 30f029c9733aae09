#include "services/rest/binary.h"

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "services/rest/support.h"

namespace genflik::rest {

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

}  // namespace genflik::rest
