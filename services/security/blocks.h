#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions.h"
#include "fhir/json.h"
#include "services/security/access.h"
#include "services/store/store.h"

// What patients have said about the use of their data, as FHIR Consents
// (http://hl7.org/fhir/R4/consent.html), and what follows for one caller.
//
// A block (Swedish: spärr) is an active Consent whose provision denies. Consent.organization names
// whose data are blocked: a care provider (yttre spärr), or a unit of one (inre spärr; Organization
// with partOf). Who acts for that organization or a part of it sees the data, others do not.
// Without an organization all data are blocked to all but those who wrote them. provision.actor
// limits whom it is denied to, provision.data which resources, provision.purpose for what.

namespace genflik::security {

/// The blocks and consents that matter to one caller within one transaction. Not for use by
/// several threads.
class Blocks {
 public:
  /// `reader` is the one under the guard; all references must outlive this. `now` is milliseconds
  /// since 1970.
  Blocks(const store::Reader& reader, const fhir::Definitions& definitions, const Access& access,
         std::int64_t now)
      : reader_(reader), definitions_(definitions), access_(access), now_(now) {}

  /// True when something may be hidden from this caller, so that each resource must be asked for.
  [[nodiscard]] bool Matter();
  /// True when the caller may not see this version. Whose block it was is in `hidden`.
  [[nodiscard]] bool Hides(const store::StoredResource& resource);
  /// The same for the resource of a reference ("Observation/1") that is about this patient.
  [[nodiscard]] bool HidesSource(std::string_view reference, const std::string& patient);
  /// True when some of the patient's data are blocked to the caller.
  [[nodiscard]] bool Concern(const std::string& patient);
  /// True when the purpose is one that the patient has not agreed to.
  [[nodiscard]] bool Refuses(const std::string& patient);

  /// Patients of whom something was hidden because of a block.
  const std::set<std::string>& hidden() const { return hidden_; }

 private:
  struct Block {
    /// Whose data; empty: everybody's but the caller's own.
    std::string owner = {};
    /// References; empty: all.
    std::set<std::string> data = {};
  };
  /// What one patient has said, as far as it matters to this caller.
  struct Said {
    std::vector<Block> blocks = {};
    /// The purpose of the caller is consented to.
    bool permitted = false;
    bool denied = false;
  };

  /// Never subject to blocks.
  bool Exempt() const;
  bool AnyConsent();
  const Said& Of(const std::string& patient);
  void ReadConsent(const fhir::Json& consent, Said& said);
  void ReadProvision(const fhir::Json& consent, const fhir::Json& provision, Said& said);
  bool InForce(const fhir::Json& provision) const;
  bool ForThisPurpose(const fhir::Json& provision, bool must_be_named) const;
  bool Covered(const store::StoredResource& resource, const std::vector<Block>& blocks, int depth);
  bool CoveredBy(const Block& block, const store::StoredResource& resource,
                 const std::set<std::string>& owners);
  /// Organizations that the caller acts for; with `parents` also those that they are part of.
  const std::set<std::string>& Callers(bool parents);
  std::vector<std::string> Identified(const fhir::Json& reference) const;
  /// Logical ids of the organizations whose resource it is.
  std::set<std::string> OwnersOf(const fhir::Json& body);
  std::set<std::string> WithParents(const std::set<std::string>& organizations);

  const store::Reader& reader_;
  const fhir::Definitions& definitions_;
  const Access& access_;
  const std::int64_t now_;
  std::optional<bool> any_;
  std::optional<std::set<std::string>> callers_;
  std::optional<std::set<std::string>> callers_parents_;
  std::map<std::string, Said> said_;
  std::map<std::string, std::string> parent_;
  std::set<std::string> hidden_;
};

}  // namespace genflik::security
