#pragma once

#include <map>
#include <string>
#include <vector>

#include "fhir/definitions.h"
#include "fhir/json.h"

// http://hl7.org/fhir/R4/capabilitystatement.html

namespace genflik::fhir {

/// An operation and where it is offered.
struct OperationSupport {
  /// Without the dollar sign.
  std::string name = {};
  /// Canonical URL of its OperationDefinition.
  std::string definition = {};
};

/// What the server does with one resource type.
struct TypeSupport {
  /// Codes of http://hl7.org/fhir/R4/valueset-type-restful-interaction.html.
  std::vector<std::string> interactions = {};
  bool conditional_create = false;
  bool conditional_read = false;
  bool conditional_update = false;
  bool conditional_delete = false;
  bool update_create = false;
  /// Names of search parameters that are not offered although the definitions have them.
  std::vector<std::string> left_out_parameters = {};
  std::vector<OperationSupport> operations = {};
  /// Canonical URLs of profiles that are checked.
  std::vector<std::string> supported_profiles = {};
};

/// What the server says of itself. Only what is stated here is declared, so that the statement
/// stays true.
struct ServerSupport {
  std::string software_version = {};
  /// FHIR dateTime of the statement.
  std::string date = {};
  std::string base_url = {};
  /// Base of the SMART endpoints; empty when the server asks for no authorization.
  std::string authorize_url = {};
  std::string token_url = {};
  /// "transaction", "batch", "history-system", "search-system".
  std::vector<std::string> interactions = {};
  std::vector<OperationSupport> operations = {};
  std::map<std::string, TypeSupport> types = {};
};

/// The CapabilityStatement of a server, search parameters and include paths out of the tables.
[[nodiscard]] Json MakeCapabilityStatement(const Definitions& definitions,
                                           const ServerSupport& support);

}  // namespace genflik::fhir
