#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/security/scopes.h"

namespace genflik::security {

/// What a caller may do with one type.
struct Grant {
  bool allowed = false;
  /// Only within the compartment of Access::patient.
  bool confined = false;
  /// A resource must match one of these (all pairs of it); empty: no such restriction.
  std::vector<std::vector<std::pair<std::string, std::string>>> filters = {};
};

/// Who acts, and what that one may see and do.
struct Access {
  /// Everything is allowed: development on loopback, and Genflik's own work.
  bool unrestricted = false;
  /// The person or system in whose name the call is made, and the program that makes it.
  std::string subject = {};
  std::string client = {};
  std::string issuer = {};
  /// Logical id of the one patient that patient scopes are about; empty: none.
  std::string patient = {};
  /// Why (http://terminology.hl7.org/CodeSystem/v3-ActReason), such as "TREAT".
  std::string purpose = "TREAT";
  /// Purposes that it may act for; empty: those of care.
  std::set<std::string, std::less<>> purposes = {};
  /// The care provider and the unit that it acts for: logical ids or identifiers of Organizations.
  std::vector<std::string> care_units = {};
  /// Sees what patients have blocked: to break the glass, for the reason given, or within
  /// SeeingBlocked.
  bool opens_blocks = false;
  std::string reason = {};
  /// The network address of the caller.
  std::string address = {};
  std::vector<Scope> scopes = {};
  std::set<std::string, std::less<>> roles = {};
  /// The route has judged which types are needed, so that only the compartment is left to be
  /// minded. Set by the gate.
  bool view = false;
  /// In a view: nothing outside the compartment of `patient`.
  bool confined_view = false;

  /// What may be done with `type` ("*": with all types).
  [[nodiscard]] Grant Judge(std::string_view type, char interaction) const;
};

/// One call: its access, and what it has looked at, for the audit.
class AuditTrail;
struct Caller {
  Access access = {};
  /// Pattern of the route and identifier of the request, for the audit.
  std::string route = {};
  std::string request = {};
  std::shared_ptr<AuditTrail> trail = {};
};

/// Genflik itself: the command line, background work, loading of files.
const Caller& OwnWork();

/// The caller whose call this thread serves; nullptr for Genflik's own work.
const Caller* CurrentCaller();

/// Makes `caller` the current one of this thread as long as it lives.
class ActingAs {
 public:
  explicit ActingAs(const Caller& caller);
  ~ActingAs();
  ActingAs(const ActingAs&) = delete;
  ActingAs& operator=(const ActingAs&) = delete;

 private:
  const Caller* before_;
};

/// Lets this thread's caller see what is blocked to it as long as it lives, to find out whether
/// that matters. What is seen so must not be shown.
class SeeingBlocked {
 public:
  SeeingBlocked();

 private:
  Caller caller_;
  ActingAs acting_;
};

/// True when something of this patient was hidden from this thread's caller during its call.
[[nodiscard]] bool HasHidden(const std::string& patient);

}  // namespace genflik::security
