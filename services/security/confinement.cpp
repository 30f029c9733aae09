#include "services/security/confinement.h"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/bundle.h"
#include "fhir/datatypes.h"
#include "services/core/error.h"

namespace genflik::security {
namespace {

using core::Error;
using core::ErrorCode;
using fhir::SearchTerm;

// Types that are about nobody, which a patient's own resources refer to.
bool IsShared(std::string_view type) {
  constexpr std::array<std::string_view, 11> kShared = {
      "CodeSystem",          "Library",          "Location",
      "Medication",          "Organization",     "PlanDefinition",
      "Practitioner",        "PractitionerRole", "SearchParameter",
      "StructureDefinition", "ValueSet"};
  return std::ranges::find(kShared, type) != kShared.end();
}

std::vector<SearchTerm> ReadTerms(const fhir::Definitions& definitions, std::string_view type,
                                  const fhir::QueryPairs& pairs) {
  fhir::IssueLog log;
  fhir::SearchQuery query = fhir::ReadSearchQuery(definitions, type, pairs, log);
  if (log.HasErrors() || !query.unknown.empty() || query.terms.empty()) {
    throw Error(ErrorCode::kForbidden, "a scope of the token restricts " + std::string(type) +
                                           " in a way that is not understood");
  }
  return std::move(query.terms);
}

// The terms of a grant's filters: each resource must match one of them.
std::vector<SearchTerm> FilterTerms(const fhir::Definitions& definitions, std::string_view type,
                                    const Grant& grant) {
  if (grant.filters.empty()) return {};
  if (grant.filters.size() == 1) return ReadTerms(definitions, type, grant.filters.front());
  SearchTerm any;
  any.kind = SearchTerm::Kind::kAny;
  any.parameter = "scope";
  for (const auto& filter : grant.filters) {
    auto terms = ReadTerms(definitions, type, filter);
    if (terms.size() != 1) {
      throw Error(ErrorCode::kForbidden, "several scopes of the token restrict " +
                                             std::string(type) + " by more than one parameter");
    }
    any.inner.push_back(std::move(terms.front()));
  }
  return {std::move(any)};
}

SearchTerm CompartmentOf(const fhir::Definitions& definitions, const std::string& type,
                         const std::string& patient) {
  if (type == "Patient") {
    return std::move(ReadTerms(definitions, type, {{"_id", patient}}).front());
  }
  auto term = fhir::CompartmentTerm(definitions, type, "Patient", patient);
  if (!term) {
    throw Error(ErrorCode::kForbidden,
                "a " + type + " cannot be searched with the rights to one patient");
  }
  // Whom it is about, where the type tells that from who took part in it.
  const auto about = [](const SearchTerm& inner) {
    return inner.parameter == "patient" || inner.parameter == "subject";
  };
  if (std::ranges::any_of(term->inner, about)) std::erase_if(term->inner, std::not_fn(about));
  return std::move(*term);
}

bool Matches(const store::Reader& reader, const fhir::Definitions& definitions, const Grant& grant,
             const store::StoredResource& resource) {
  fhir::SearchQuery query;
  query.type = resource.type;
  query.terms = ReadTerms(definitions, resource.type, {{"_id", resource.id}});
  for (SearchTerm& term : FilterTerms(definitions, resource.type, grant)) {
    query.terms.push_back(std::move(term));
  }
  query.count = 1;
  query.total = fhir::TotalMode::kNone;
  return !reader.Search(query).matches.empty();
}

}  // namespace

bool IsWithin(const store::StoredResource& resource, std::string_view patient) {
  if (resource.type == "Patient" && resource.id != patient) return false;
  bool own = resource.type == "Patient";
  for (const std::string& reference : fhir::ReferencesOf(resource.Body())) {
    const auto parts = fhir::SplitReference(reference);
    if (!parts || parts->type != "Patient") continue;
    if (parts->id != patient) return false;
    own = true;
  }
  return own || IsShared(resource.type);
}

bool MaySee(const store::Reader& reader, const fhir::Definitions& definitions, const Grant& grant,
            const Access& access, const store::StoredResource& resource) {
  if (!grant.allowed) return false;
  if (grant.confined) {
    if (resource.deleted) {
      const auto before = reader.FindVersion(resource.type, resource.id, resource.version - 1);
      if (!before || before->deleted || !IsWithin(*before, access.patient)) return false;
    } else if (!IsWithin(resource, access.patient)) {
      return false;
    }
  }
  // Indexes are of current versions, so that is what a restricted scope is judged by.
  return grant.filters.empty() || Matches(reader, definitions, grant, resource);
}

fhir::SearchQuery Narrow(const fhir::SearchQuery& query, const fhir::Definitions& definitions,
                         const Grant& grant, const Access& access) {
  if (!grant.confined && grant.filters.empty()) return query;
  if (query.type.empty()) {
    throw Error(ErrorCode::kForbidden, "a search over all types needs the right to all of it");
  }
  fhir::SearchQuery narrowed = query;
  if (grant.confined) {
    // The number of answers to a chain would tell of others' data.
    const bool chained = std::ranges::any_of(query.terms, [](const SearchTerm& term) {
      return term.kind == SearchTerm::Kind::kChain || term.kind == SearchTerm::Kind::kHas;
    });
    if (chained) {
      throw Error(ErrorCode::kForbidden,
                  "with the rights to one patient a search cannot go by way of other resources");
    }
    if (!IsShared(query.type)) {
      narrowed.terms.push_back(CompartmentOf(definitions, query.type, access.patient));
    }
  }
  for (SearchTerm& term : FilterTerms(definitions, query.type, grant)) {
    narrowed.terms.push_back(std::move(term));
  }
  return narrowed;
}

}  // namespace genflik::security
