#include "services/lab/delivery.h"

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include <Poco/DigestEngine.h>
#include <Poco/SHA1Engine.h>
#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "services/core/error.h"

namespace genflik::lab {
namespace {

using fhir::FindText;
using fhir::Json;

/// Root for references among entries that have no fullUrl.
constexpr std::string_view kNowhere = "http://sender.invalid/fhir/";

std::string Digest(const std::string& text) {
  Poco::SHA1Engine engine;
  engine.update(text);
  return Poco::DigestEngine::digestToHex(engine.digest());
}

/// "system|value" of the first identifier that has both; empty when there is none.
std::string IdentifierOf(const Json& resource) {
  for (const Json& identifier : fhir::FindArray(resource, "identifier")) {
    const std::string system(FindText(identifier, "system"));
    const std::string value(FindText(identifier, "value"));
    if (!system.empty() && !value.empty()) return system + "|" + value;
  }
  return "";
}

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~:/|").find(c) != std::string_view::npos;
    if (plain) {
      escaped += c;
    } else {
      escaped += '%';
      escaped += kDigits[byte >> 4];
      escaped += kDigits[byte & 0x0F];
    }
  }
  return escaped;
}

bool IsAbsolute(std::string_view url) {
  return url.starts_with("http://") || url.starts_with("https://");
}

/// What the ids of everything in the Bundle are made from.
std::string ScopeOf(const Json& bundle) {
  for (const Json& entry : fhir::FindArray(bundle, "entry")) {
    const Json* resource = fhir::Find(entry, "resource");
    if (resource == nullptr || FindText(*resource, "resourceType") != "DiagnosticReport") continue;
    const std::string number = IdentifierOf(*resource);
    if (!number.empty()) return number;
    const std::string_view url = FindText(entry, "fullUrl");
    if (IsAbsolute(url)) return std::string(url);
  }
  if (const Json* identifier = fhir::Find(bundle, "identifier")) {
    return fhir::PrintJson(*identifier);
  }
  return Digest(fhir::PrintJson(bundle));
}

/// What tells a resource from the others of its Bundle, also in a later version of it.
std::string LocalIdentity(const Json& resource, std::string_view full_url) {
  const std::string number = IdentifierOf(resource);
  if (!number.empty()) return number;
  if (IsAbsolute(full_url)) return std::string(full_url);
  const std::string_view id = FindText(resource, "id");
  if (!id.empty()) return std::string(id);
  // A urn:uuid is a new one each time: what was examined is not.
  std::string text;
  if (const Json* code = fhir::Find(resource, "code")) text += fhir::PrintJson(*code);
  for (const Json& component : fhir::FindArray(resource, "component")) {
    if (const Json* code = fhir::Find(component, "code")) {
      const std::string name = fhir::PrintJson(*code);
      if (name.find("48018-6") != std::string::npos || name.find("81255-2") != std::string::npos ||
          name.find("48004-6") != std::string::npos) {
        text += fhir::PrintJson(component);
      }
    }
  }
  return text;
}

class Converter {
 public:
  explicit Converter(const Json& bundle) : bundle_(bundle), scope_(ScopeOf(bundle)) {}

  Json Run() {
    Json transaction = {
        {"resourceType", "Bundle"}, {"type", "transaction"}, {"entry", Json::array()}};
    for (const Json& entry : fhir::FindArray(bundle_, "entry")) {
      const Json* resource = fhir::Find(entry, "resource");
      if (resource == nullptr) continue;
      // The envelope is no part of anybody's record.
      if (FindText(*resource, "resourceType") == "MessageHeader") continue;
      transaction["entry"].push_back(Convert(*resource, FindText(entry, "fullUrl")));
    }
    return transaction;
  }

 private:
  Json Convert(const Json& resource, std::string_view full_url) {
    const std::string type(FindText(resource, "resourceType"));
    Json body = resource;
    std::string url(full_url);
    if (url.empty()) {
      std::string id(FindText(resource, "id"));
      if (id.empty()) id = "none-" + std::to_string(++nameless_);
      url = std::string(kNowhere) + type + "/" + id;
    }
    Json request = {{"method", "PUT"}};
    if (type == "Patient") {
      const std::string identifier = IdentifierOf(resource);
      if (identifier.empty()) {
        throw core::Error(core::ErrorCode::kInvalid,
                          "the Patient has no identifier with a system: whose record this belongs "
                          "to cannot be told");
      }
      body.erase("id");
      request = {{"method", "POST"},
                 {"url", "Patient"},
                 {"ifNoneExist", "identifier=" + Escaped(identifier)}};
    } else {
      std::string identity = type + "\n" + LocalIdentity(resource, full_url);
      const int count = ++seen_[identity];
      if (count > 1) identity += "\n" + std::to_string(count);
      const std::string id = "lab-" + Digest(scope_ + "\n" + identity);
      body["id"] = id;
      request["url"] = type + "/" + id;
    }
    return {{"fullUrl", url}, {"resource", std::move(body)}, {"request", std::move(request)}};
  }

  const Json& bundle_;
  std::string scope_;
  std::map<std::string, int> seen_;
  int nameless_ = 0;
};

}  // namespace

bool IsDelivery(const Json& bundle) {
  const std::string_view type = FindText(bundle, "type");
  if (FindText(bundle, "resourceType") != "Bundle" || (type != "collection" && type != "message")) {
    return false;
  }
  for (const Json& entry : fhir::FindArray(bundle, "entry")) {
    const Json* resource = fhir::Find(entry, "resource");
    if (resource == nullptr) continue;
    const std::string_view name = FindText(*resource, "resourceType");
    if (name == "DiagnosticReport" || name == "Observation") return true;
  }
  return false;
}

Json AsTransaction(const Json& bundle) { return Converter(bundle).Run(); }

Json AnswerMessage(const Json& bundle, const std::string& id) {
  Json header = {{"resourceType", "MessageHeader"},
                 {"id", id},
                 {"source", {{"name", "Genflik"}, {"endpoint", "urn:genflik"}}}};
  for (const Json& entry : fhir::FindArray(bundle, "entry")) {
    const Json* resource = fhir::Find(entry, "resource");
    if (resource == nullptr || FindText(*resource, "resourceType") != "MessageHeader") continue;
    std::string asked(FindText(*resource, "id"));
    if (asked.empty()) {
      asked = FindText(entry, "fullUrl");
      if (asked.starts_with("urn:uuid:")) asked.erase(0, 9);
    }
    header["response"] = {{"identifier", asked}, {"code", "ok"}};
    for (const char* name : {"eventCoding", "eventUri"}) {
      if (const Json* event = fhir::Find(*resource, name)) header[name] = *event;
    }
    break;
  }
  return {
      {"resourceType", "Bundle"},
      {"type", "message"},
      {"entry", Json::array({{{"fullUrl", "urn:uuid:" + id}, {"resource", std::move(header)}}})}};
}

}  // namespace genflik::lab
