#pragma once

#include <functional>
#include <memory>
#include <string>

#include "fhir/definitions.h"
#include "fhir/issue.h"
#include "fhir/json.h"
#include "services/http/router.h"
#include "services/store/store.h"

// The FHIR R4 REST interface: http://hl7.org/fhir/R4/http.html. What shall happen with every write,
// through whichever door, belongs to Store::AddWriteObserver and not here.

namespace genflik::rules {
class KnowledgeBase;
}  // namespace genflik::rules

namespace genflik::rest {

/// What the handlers work with; it outlives them.
struct RestContext {
  store::Store& store;
  std::shared_ptr<const fhir::Definitions> definitions = {};
  /// What Genflik itself has to say of a valid resource before it is stored: an error refuses it, a
  /// warning is told to the sender. May be empty.
  std::function<void(const fhir::Json& resource, fhir::IssueLog& log)> review = {};
  /// Where clients reach the FHIR base ("https://gene.example.org/fhir"); empty: as each request
  /// says.
  std::string public_base = {};
  /// What Genflik itself knows, for the implications of $find-subject-tx-implications. May be
  /// empty: then only those that laboratories sent are told.
  std::function<std::shared_ptr<const rules::KnowledgeBase>()> knowledge = {};
  /// Endpoints of the authorization server for the CapabilityStatement; empty: none.
  std::string authorize_url = {};
  std::string token_url = {};
};

/// Adds everything under /fhir.
void AddRestRoutes(http::Router& router, const RestContext& context);

}  // namespace genflik::rest
