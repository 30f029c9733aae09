#include "fhir/capability.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/systems.h"

namespace genflik::fhir {
namespace {

constexpr std::string_view kStructureDefinition = "http://hl7.org/fhir/StructureDefinition/";

bool Offers(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

Json Operations(const std::vector<OperationSupport>& operations) {
  Json list = Json::array();
  for (const auto& operation : operations) {
    list.push_back({{"name", operation.name}, {"definition", operation.definition}});
  }
  return list;
}

Json Interactions(const std::vector<std::string>& codes) {
  Json list = Json::array();
  for (const auto& code : codes) list.push_back({{"code", code}});
  return list;
}

void SetList(Json& target, const char* name, Json list) {
  if (!list.empty()) target[name] = std::move(list);
}

class Statement {
 public:
  Statement(const Definitions& definitions, const ServerSupport& support)
      : definitions_(definitions), support_(support) {}

  Json Make() const {
    Json statement = {{"resourceType", "CapabilityStatement"},
                      {"status", "active"},
                      {"date", support_.date},
                      {"kind", "instance"},
                      {"software", {{"name", "Genflik"}, {"version", support_.software_version}}},
                      {"implementation", {{"description", "Genflik"}, {"url", support_.base_url}}},
                      {"fhirVersion", "4.0.1"},
                      {"format", {"application/fhir+json", "json"}},
                      {"patchFormat", {"application/json-patch+json"}}};
    Json rest = {{"mode", "server"}, {"security", Security()}};
    Json resources = Json::array();
    for (const auto& [type, support] : support_.types) resources.push_back(Type(type, support));
    SetList(rest, "resource", std::move(resources));
    SetList(rest, "interaction", Interactions(support_.interactions));
    if (Offers(support_.interactions, "search-system")) {
      SetList(rest, "searchParam", Parameters("Resource", {}));
    }
    SetList(rest, "operation", Operations(support_.operations));
    statement["rest"] = Json::array({std::move(rest)});
    return statement;
  }

 private:
  Json Security() const {
    Json security = {{"cors", true}};
    if (support_.token_url.empty()) return security;
    const auto endpoint = [](const char* name, const std::string& url) {
      return Json{{"url", name}, {"valueUri", url}};
    };
    Json endpoints = Json::array({endpoint("token", support_.token_url)});
    if (!support_.authorize_url.empty()) {
      endpoints.push_back(endpoint("authorize", support_.authorize_url));
    }
    security["extension"] = Json::array(
        {{{"url", "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"},
          {"extension", std::move(endpoints)}}});
    security["service"] =
        Json::array({{{"coding", Json::array({{{"system", systems::kRestfulSecurityService},
                                               {"code", "SMART-on-FHIR"}}})}}});
    return security;
  }

  Json Type(const std::string& type, const TypeSupport& support) const {
    Json resource = {{"type", type}, {"profile", std::string(kStructureDefinition) + type}};
    SetList(resource, "supportedProfile", support.supported_profiles);
    SetList(resource, "interaction", Interactions(support.interactions));
    const bool versions = Offers(support.interactions, "vread");
    // "versioned-update" would say that an update must name the version that it changes.
    resource["versioning"] = versions ? "versioned" : "no-version";
    resource["readHistory"] = versions;
    resource["updateCreate"] = support.update_create;
    resource["conditionalCreate"] = support.conditional_create;
    resource["conditionalRead"] = support.conditional_read ? "full-support" : "not-supported";
    resource["conditionalUpdate"] = support.conditional_update;
    resource["conditionalDelete"] = support.conditional_delete ? "single" : "not-supported";
    resource["referencePolicy"] = {"literal", "logical"};
    if (Offers(support.interactions, "search-type")) {
      SetList(resource, "searchInclude", Includes(type, support));
      SetList(resource, "searchRevInclude", ReverseIncludes(type));
      SetList(resource, "searchParam", Parameters(type, support.left_out_parameters));
    }
    SetList(resource, "operation", Operations(support.operations));
    return resource;
  }

  Json Parameters(std::string_view type, const std::vector<std::string>& left_out) const {
    Json list = Json::array();
    for (const SearchParameter* parameter : definitions_.SearchParametersOf(type)) {
      if (parameter->type == SearchType::kSpecial || Offers(left_out, parameter->name)) continue;
      list.push_back({{"name", parameter->name},
                      {"definition", parameter->url},
                      {"type", CodeOf(parameter->type)}});
    }
    return list;
  }

  Json Includes(const std::string& type, const TypeSupport& support) const {
    Json list = Json::array();
    for (const SearchParameter* parameter : definitions_.SearchParametersOf(type)) {
      if (parameter->type == SearchType::kReference &&
          !Offers(support.left_out_parameters, parameter->name)) {
        list.push_back(type + ':' + parameter->name);
      }
    }
    return list;
  }

  Json ReverseIncludes(const std::string& type) const {
    Json list = Json::array();
    for (const auto& [source, support] : support_.types) {
      if (!Offers(support.interactions, "search-type")) continue;
      for (const SearchParameter* parameter : definitions_.SearchParametersOf(source)) {
        if (parameter->type == SearchType::kReference && Offers(parameter->targets, type) &&
            !Offers(support.left_out_parameters, parameter->name)) {
          list.push_back(source + ':' + parameter->name);
        }
      }
    }
    return list;
  }

  const Definitions& definitions_;
  const ServerSupport& support_;
};

}  // namespace

Json MakeCapabilityStatement(const Definitions& definitions, const ServerSupport& support) {
  return Statement(definitions, support).Make();
}

}  // namespace genflik::fhir
