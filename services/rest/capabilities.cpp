// http://hl7.org/fhir/R4/http.html#capabilities
#include <set>
#include <string_view>

#include <nlohmann/json.hpp>

#include "fhir/capability.h"
#include "fhir/systems.h"
#include "services/core/version.h"
#include "services/rest/interactions.h"
#include "services/rest/support.h"

namespace genflik::rest {
namespace {

// The statement's own date: that of the last change to what it states.
constexpr std::string_view kStatementDate = "2026-11-22";

fhir::OperationSupport Operation(const std::string& name, std::string_view definition) {
  return {.name = name,
          .definition = "http://hl7.org/fhir/OperationDefinition/" + std::string(definition)};
}

// http://hl7.org/fhir/uv/bulkdata/STU1/operations.html
fhir::OperationSupport BulkOperation(const std::string& definition) {
  return {.name = "export",
          .definition = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/" + definition};
}

std::vector<fhir::OperationSupport> SystemOperations() {
  std::vector<fhir::OperationSupport> operations = {BulkOperation("export"),
                                                    Operation("meta", "Resource-meta")};
  for (const char* name :
       {"find-subject-haplotypes", "find-subject-specific-haplotypes", "find-subject-variants",
        "find-subject-specific-variants", "find-subject-tx-implications", "find-study-metadata",
        "find-population-specific-haplotypes", "find-population-specific-variants",
        "find-population-tx-implications"}) {
    operations.push_back({.name = name,
                          .definition = std::string(fhir::systems::kGenomicsReporting) +
                                        "/OperationDefinition/" + name});
  }
  return operations;
}

fhir::TypeSupport SupportOf(const std::string& type, const fhir::Definitions& definitions) {
  fhir::TypeSupport support;
  support.interactions = {"read", "vread", "history-instance", "history-type", "search-type"};
  support.operations = {Operation("validate", "Resource-validate"),
                        Operation("meta", "Resource-meta")};
  support.conditional_read = true;
  if (type == "AuditEvent") {
    // Entries of the audit log have one version and are found by few parameters
    // (services/security/audit_routes.h).
    support = {.interactions = {"read", "search-type"}};
    for (const fhir::SearchParameter* parameter : definitions.SearchParametersOf(type)) {
      static const std::set<std::string_view> offered = {"_id",   "patient", "entity", "agent",
                                                         "altid", "date",    "action"};
      if (!offered.contains(parameter->name)) {
        support.left_out_parameters.push_back(parameter->name);
      }
    }
    return support;
  }
  support.operations.push_back(Operation("meta-add", "Resource-meta-add"));
  support.operations.push_back(Operation("meta-delete", "Resource-meta-delete"));
  for (const char* interaction : {"create", "update", "patch", "delete"}) {
    support.interactions.emplace_back(interaction);
  }
  support.conditional_create = true;
  support.conditional_update = true;
  support.conditional_delete = true;
  support.update_create = true;
  if (type == "Patient") {
    support.operations.push_back(Operation("everything", "Patient-everything"));
    support.operations.push_back(BulkOperation("patient-export"));
  }
  if (type == "Group") support.operations.push_back(BulkOperation("group-export"));
  if (type == "Composition") {
    support.operations.push_back(Operation("document", "Composition-document"));
  }
  if (type == "MedicationRequest") {
    support.operations.push_back(
        {.name = "evaluate-order",
         .definition = "https://genflik.se/fhir/OperationDefinition/evaluate-order"});
  }
  if (type == "Observation") support.operations.push_back(Operation("lastn", "Observation-lastn"));
  return support;
}

}  // namespace

http::Response Capabilities(const RestContext& context, const http::Request& request) {
  fhir::ServerSupport support;
  support.software_version = core::kVersion;
  support.date = kStatementDate;
  support.base_url = BaseUrl(context, request);
  support.authorize_url = context.authorize_url;
  support.token_url = context.token_url;
  support.interactions = {"transaction", "batch", "history-system", "search-system"};
  support.operations = SystemOperations();
  for (const std::string& type : context.definitions->ResourceTypes()) {
    support.types[type] = SupportOf(type, *context.definitions);
    support.types[type].supported_profiles = ProfilesOf(context, type);
  }
  return AnswerJson(200, fhir::MakeCapabilityStatement(*context.definitions, support));
}

}  // namespace genflik::rest
