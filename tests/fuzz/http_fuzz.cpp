// Bytes as an HTTP request: target, headers and body as the server library hands them over, read or
// refused with Error; and the body as JSON, which must come out as it went in.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "services/core/error.h"
#include "services/http/exchange.h"
#include "services/http/message.h"
#include "services/security/access.h"
#include "services/security/purpose.h"

namespace {

using namespace genflik;

constexpr size_t kMostBytes = 4096;

void Demand(bool holds) {
  if (!holds) std::abort();
}

// The line up to its end, which is taken off.
std::string_view TakeLine(std::string_view& bytes) {
  const size_t end = std::min(bytes.find('\n'), bytes.size());
  std::string_view line = bytes.substr(0, end);
  bytes.remove_prefix(std::min(end + 1, bytes.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

void ReadTarget(std::string_view target) {
  try {
    const std::string path = http::ReadPath(target);
    Demand(path.starts_with('/') && path.find('\0') == std::string::npos);
    Demand((path + '/').find("/../") == std::string::npos);
  } catch (const core::Error&) {
  }
  try {
    const size_t question = std::min(target.find('?'), target.size());
    for (const auto& [name, value] : http::ReadQuery(target.substr(question))) {
      Demand(http::PercentDecode(http::PercentEncode(name), false) == name ||
             name.find('\0') != std::string::npos);
    }
  } catch (const core::Error&) {
  }
}

void ReadMessage(const http::Request& request, std::string_view rest) {
  try {
    security::Access access{.roles = {"prescriber"}};
    security::ReadPurpose(request, access);
    Demand(security::IsPurpose(access.purpose));
    // What the audit log must be able to write.
    fhir::IssueLog log;
    Demand(fhir::ParseJson(fhir::PrintJson(fhir::Json(access.reason)), log).has_value());
    Demand(access.opens_blocks == !access.reason.empty());
  } catch (const core::Error&) {
  }
  try {
    const http::BodyFraming framing = http::ReadFraming(request.headers, kMostBytes);
    Demand(framing.length <= kMostBytes);
    std::istringstream stream{std::string(rest)};
    const std::string body = http::ReadBody(stream, framing, kMostBytes);
    Demand(body.size() <= kMostBytes && rest.starts_with(body));
  } catch (const core::Error&) {
  }
}

void ReadBodyAsJson(std::string_view text) {
  fhir::IssueLog log;
  const auto value = fhir::ParseJson(text, log);
  Demand(value.has_value() || log.HasErrors());
  if (!value) return;
  const std::string printed = fhir::PrintJson(*value);
  fhir::IssueLog again_log;
  const auto again = fhir::ParseJson(printed, again_log);
  Demand(again && fhir::PrintJson(*again) == printed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  ReadBodyAsJson(rest);
  std::string_view line = TakeLine(rest);
  http::Request request{.method = std::string(line.substr(0, line.find(' ')))};
  line.remove_prefix(std::min(line.find(' ') + 1, line.size()));
  ReadTarget(line.substr(0, line.find(' ')));
  while (!rest.empty()) {
    const std::string_view header = TakeLine(rest);
    const size_t colon = header.find(':');
    if (colon == std::string_view::npos) break;
    std::string_view value = header.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    request.headers.emplace(header.substr(0, colon), value);
  }
  ReadMessage(request, rest);
  ReadBodyAsJson(rest);
  return 0;
}
