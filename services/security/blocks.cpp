#include "services/security/blocks.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "fhir/bundle.h"
#include "fhir/datatypes.h"
#include "fhir/datetime.h"
#include "fhir/search_query.h"
#include "fhir/validator.h"
#include "services/security/audit.h"
#include "services/security/purpose.h"

namespace genflik::security {
namespace {

using fhir::Json;
using store::StoredResource;

constexpr int kDeepest = 3;
// What may stand in a search value as it is.
constexpr std::string_view kPlain =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.:/|_";

template <size_t n>
bool IsOneOf(const std::array<std::string_view, n>& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end();
}

// Who a patient is, and what it has said, must be known to keep to it.
bool IsNeverBlocked(std::string_view type) {
  constexpr std::array<std::string_view, 8> kTypes = {
      "Patient",    "Consent",          "Organization", "Practitioner",
      "AuditEvent", "PractitionerRole", "Location",     "RelatedPerson"};
  return IsOneOf(kTypes, type);
}

// What tells a result. When nobody is named as its owner, it may be the one that was blocked.
bool TellsResults(const StoredResource& resource, const Json& body) {
  constexpr std::array<std::string_view, 8> kTypes = {
      "DiagnosticReport",  "MolecularSequence", "DetectedIssue",    "RiskAssessment",
      "DocumentReference", "Composition",       "GuidanceResponse", "Media"};
  if (IsOneOf(kTypes, resource.type)) return true;
  if (resource.type != "Observation") return false;
  for (const Json& category : fhir::FindArray(body, "category")) {
    for (const Json& coding : fhir::FindArray(category, "coding")) {
      if (fhir::FindText(coding, "code") == "vital-signs") return false;
    }
  }
  return true;
}

std::string IdIn(const Json& reference, std::string_view type) {
  const auto parts = fhir::SplitReference(fhir::FindText(reference, "reference"));
  return parts && parts->type == type ? parts->id : "";
}

bool HasCode(const Json& consent, std::string_view element, std::string_view code) {
  const Json* concept_json = fhir::Find(consent, element);
  if (concept_json == nullptr) return false;
  for (const Json& coding : fhir::FindArray(*concept_json, "coding")) {
    if (fhir::FindText(coding, "code") == code) return true;
  }
  return false;
}

bool Overlap(const std::set<std::string>& a, const std::set<std::string>& b) {
  return std::ranges::any_of(a, [&](const std::string& one) { return b.contains(one); });
}

}  // namespace

bool Blocks::Exempt() const {
  if (access_.unrestricted) return true;
  // The patients themselves, who have blocked it to others; nobody with rights to more than that.
  const bool own = std::ranges::all_of(
      access_.scopes, [](const Scope& scope) { return scope.level == Scope::Level::kPatient; });
  return own && access_.roles.size() == 1 && access_.roles.contains("patient") &&
         !access_.patient.empty();
}

bool Blocks::AnyConsent() {
  if (!any_) {
    fhir::IssueLog log;
    auto query = fhir::ReadSearchQuery(definitions_, "Consent", {{"status", "active"}}, log);
    query.count = 1;
    query.total = fhir::TotalMode::kNone;
    any_ = !reader_.Search(query).matches.empty();
  }
  return *any_;
}

bool Blocks::Matter() {
  if (IsSecondary(access_.purpose) && !access_.unrestricted) return true;
  return !Exempt() && AnyConsent();
}

bool Blocks::Concern(const std::string& patient) {
  if (Exempt() || access_.opens_blocks || !AnyConsent()) return false;
  return !Of(patient).blocks.empty();
}

bool Blocks::Refuses(const std::string& patient) {
  if (access_.unrestricted || !IsSecondary(access_.purpose)) return false;
  const Said& said = Of(patient);
  return said.denied || !said.permitted;
}

bool Blocks::Hides(const StoredResource& resource) {
  if (!Matter() || resource.deleted) return false;
  for (const std::string& patient : PatientsIn(resource)) {
    if (Refuses(patient)) return true;
    if (IsNeverBlocked(resource.type) || !Concern(patient)) continue;
    if (Covered(resource, Of(patient).blocks, 0)) {
      hidden_.insert(patient);
      return true;
    }
  }
  return false;
}

bool Blocks::HidesSource(std::string_view reference, const std::string& patient) {
  if (!Matter()) return false;
  if (Refuses(patient)) return true;
  if (!Concern(patient)) return false;
  const auto parts = fhir::SplitReference(reference);
  const auto found = parts ? reader_.Find(parts->type, parts->id) : std::nullopt;
  // A result whose resource cannot be looked at is one that nobody can say to be free.
  if (found && !Covered(*found, Of(patient).blocks, 0)) return false;
  hidden_.insert(patient);
  return true;
}

const Blocks::Said& Blocks::Of(const std::string& patient) {
  const auto [place, fresh] = said_.try_emplace(patient);
  Said& said = place->second;
  if (!fresh || !fhir::IsId(patient)) return said;
  for (const StoredResource& consent :
       reader_.FindMatching("Consent", "patient=Patient/" + patient + "&status=active")) {
    ReadConsent(consent.Body(), said);
  }
  return said;
}

void Blocks::ReadConsent(const Json& consent, Said& said) {
  if (const Json* provision = fhir::Find(consent, "provision")) {
    ReadProvision(consent, *provision, said);
  }
}

bool Blocks::InForce(const Json& provision) const {
  const Json* period = fhir::Find(provision, "period");
  if (period == nullptr) return true;
  const auto start = fhir::ReadDateTime(fhir::FindText(*period, "start"));
  const auto end = fhir::ReadDateTime(fhir::FindText(*period, "end"));
  return (!start || fhir::SpanOf(*start).low <= now_) && (!end || now_ < fhir::SpanOf(*end).high);
}

bool Blocks::ForThisPurpose(const Json& provision, bool must_be_named) const {
  const Json& purposes = fhir::FindArray(provision, "purpose");
  if (purposes.empty()) return !must_be_named;
  for (const Json& coding : purposes) {
    const std::string_view code = fhir::FindText(coding, "code");
    // Consent to research as such is consent to its kinds.
    if (code == access_.purpose || (code == "HRESCH" && access_.purpose.ends_with("RCH"))) {
      return true;
    }
  }
  return false;
}

void Blocks::ReadProvision(const Json& consent, const Json& provision, Said& said) {
  for (const Json& inner : fhir::FindArray(provision, "provision")) {
    ReadProvision(consent, inner, said);
  }
  if (!InForce(provision)) return;
  const std::string_view type = fhir::FindText(provision, "type");
  if (type == "permit") {
    said.permitted = said.permitted || ForThisPurpose(provision, true);
    return;
  }
  if (type != "deny" || !ForThisPurpose(provision, false)) return;
  if (IsSecondary(access_.purpose)) {
    said.denied = true;
    return;
  }
  // A no to research or an advance directive says nothing of who may treat.
  if (HasCode(consent, "scope", "research") || HasCode(consent, "scope", "adr")) return;
  std::set<std::string> denied_to;
  for (const Json& actor : fhir::FindArray(provision, "actor")) {
    const Json* reference = fhir::Find(actor, "reference");
    const std::string id = reference == nullptr ? "" : IdIn(*reference, "Organization");
    if (!id.empty()) denied_to.insert(id);
  }
  // Whoever does not say for whom it acts is nobody's exception.
  if (!denied_to.empty() && !Callers(true).empty() && !Overlap(denied_to, Callers(true))) return;
  Block block;
  for (const Json& data : fhir::FindArray(provision, "data")) {
    const Json* reference = fhir::Find(data, "reference");
    const auto parts = reference == nullptr
                           ? std::nullopt
                           : fhir::SplitReference(fhir::FindText(*reference, "reference"));
    if (parts) block.data.insert(parts->type + '/' + parts->id);
  }
  const Json& organizations = fhir::FindArray(consent, "organization");
  if (organizations.empty()) said.blocks.push_back(block);
  for (const Json& organization : organizations) {
    block.owner = IdIn(organization, "Organization");
    if (!block.owner.empty() && Callers(true).contains(block.owner)) continue;
    said.blocks.push_back(block);
  }
}

bool Blocks::Covered(const StoredResource& resource, const std::vector<Block>& blocks, int depth) {
  if (resource.deleted || IsNeverBlocked(resource.type)) return false;
  const Json body = resource.Body();
  const std::set<std::string> owners = OwnersOf(body);
  const std::set<std::string> wide = WithParents(owners);
  for (const Block& block : blocks) {
    if (CoveredBy(block, resource, wide)) return true;
    const bool unknown = owners.empty() && block.data.empty() && TellsResults(resource, body);
    if (unknown) return true;
  }
  // What tells of a blocked result is blocked with it, unless the caller's own unit wrote it.
  if (depth == kDeepest || Overlap(owners, Callers(false))) return false;
  for (const std::string& reference : fhir::ReferencesOf(body)) {
    const auto parts = fhir::SplitReference(reference);
    if (!parts || IsNeverBlocked(parts->type)) continue;
    const auto found = reader_.Find(parts->type, parts->id);
    if (found && Covered(*found, blocks, depth + 1)) return true;
  }
  return false;
}

bool Blocks::CoveredBy(const Block& block, const StoredResource& resource,
                       const std::set<std::string>& owners) {
  if (!block.data.empty() && !block.data.contains(resource.Reference())) return false;
  if (!block.owner.empty()) return owners.contains(block.owner) || !block.data.empty();
  // All is blocked to all but those who wrote it.
  if (!owners.empty()) return !Overlap(owners, Callers(true));
  return !block.data.empty();
}

const std::set<std::string>& Blocks::Callers(bool parents) {
  if (!callers_) {
    callers_.emplace();
    for (const std::string& unit : access_.care_units) {
      if (fhir::IsId(unit) && reader_.Find("Organization", unit)) {
        callers_->insert(unit);
        continue;
      }
      if (unit.empty() || unit.find_first_not_of(kPlain) != std::string::npos) continue;
      for (const StoredResource& found :
           reader_.FindMatching("Organization", "identifier=" + unit)) {
        callers_->insert(found.id);
      }
    }
  }
  if (!parents) return *callers_;
  if (!callers_parents_) callers_parents_ = WithParents(*callers_);
  return *callers_parents_;
}

// The Organizations of a reference that names one by identifier alone. A name (display) is none:
// two may share it.
std::vector<std::string> Blocks::Identified(const Json& reference) const {
  std::vector<std::string> found;
  const Json* identifier = fhir::Find(reference, "identifier");
  if (identifier == nullptr || !fhir::FindText(reference, "reference").empty()) return found;
  const std::string value(fhir::FindText(*identifier, "value"));
  if (value.empty() || value.find('|') != std::string::npos) return found;
  const std::string text = std::string(fhir::FindText(*identifier, "system")) + '|' + value;
  if (text.find_first_not_of(kPlain) != std::string::npos) return found;
  for (const StoredResource& match : reader_.FindMatching("Organization", "identifier=" + text)) {
    found.push_back(match.id);
  }
  return found;
}

std::set<std::string> Blocks::OwnersOf(const Json& body) {
  constexpr std::array<const char*, 9> kElements = {"performer",       "managingOrganization",
                                                    "serviceProvider", "custodian",
                                                    "organization",    "requester",
                                                    "author",          "recorder",
                                                    "asserter"};
  std::set<std::string> owners;
  const auto add = [&](const Json& reference) {
    if (const auto id = IdIn(reference, "Organization"); !id.empty()) owners.insert(id);
    for (std::string& id : Identified(reference)) owners.insert(std::move(id));
    const std::string role = IdIn(reference, "PractitionerRole");
    const auto found = role.empty() ? std::nullopt : reader_.Find("PractitionerRole", role);
    if (!found) return;
    const Json stored = found->Body();
    const Json* organization = fhir::Find(stored, "organization");
    const std::string id = organization == nullptr ? "" : IdIn(*organization, "Organization");
    if (!id.empty()) owners.insert(id);
  };
  const auto add_all = [&](const Json& one) {
    add(one);
    for (const char* inner : {"actor", "onBehalfOf"}) {
      if (const Json* reference = fhir::Find(one, inner)) add(*reference);
    }
  };
  for (const char* element : kElements) {
    const Json* value = fhir::Find(body, element);
    if (value == nullptr) continue;
    if (!value->is_array()) {
      add_all(*value);
      continue;
    }
    for (const Json& one : *value) add_all(one);
  }
  return owners;
}

std::set<std::string> Blocks::WithParents(const std::set<std::string>& organizations) {
  std::set<std::string> all = organizations;
  for (std::string id : organizations) {
    // An organization that is part of itself ends where it was met before.
    while (true) {
      const auto [place, fresh] = parent_.try_emplace(id);
      if (fresh) {
        if (const auto found = reader_.Find("Organization", id)) {
          const Json body = found->Body();
          if (const Json* part_of = fhir::Find(body, "partOf")) {
            place->second = IdIn(*part_of, "Organization");
          }
        }
      }
      if (place->second.empty() || !all.insert(place->second).second) break;
      id = place->second;
    }
  }
  return all;
}

}  // namespace genflik::security
