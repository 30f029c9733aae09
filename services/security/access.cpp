#include "services/security/access.h"

#include "services/security/audit.h"

namespace genflik::security {
namespace {

thread_local const Caller* current = nullptr;

}  // namespace

Grant Access::Judge(std::string_view type, char interaction) const {
  if (unrestricted) return {.allowed = true};
  if (view) return {.allowed = true, .confined = confined_view};
  Grant wide;
  Grant narrow{.confined = true};
  bool wide_whole = false;
  bool narrow_whole = false;
  for (const Scope& scope : scopes) {
    if (!scope.Covers(type, interaction)) continue;
    const bool own = scope.level == Scope::Level::kPatient;
    // A patient scope without a patient is a scope for nobody.
    if (own && patient.empty()) continue;
    Grant& grant = own ? narrow : wide;
    grant.allowed = true;
    (own ? narrow_whole : wide_whole) |= scope.filter.empty();
    if (!scope.filter.empty()) grant.filters.push_back(scope.filter);
  }
  if (wide_whole) wide.filters.clear();
  if (narrow_whole) narrow.filters.clear();
  // Of two rights that do not include each other one is taken: less than both, never more.
  if (wide_whole || (wide.allowed && !narrow_whole)) return wide;
  return narrow;
}

const Caller& OwnWork() {
  static const Caller own{
      .access = {.unrestricted = true, .subject = "genflik", .purpose = "HSYSADMIN"}};
  return own;
}

const Caller* CurrentCaller() { return current; }

ActingAs::ActingAs(const Caller& caller) : before_(current) { current = &caller; }
ActingAs::~ActingAs() { current = before_; }

namespace {

Caller Opened() {
  Caller caller = CurrentCaller() == nullptr ? OwnWork() : *CurrentCaller();
  caller.access.opens_blocks = true;
  return caller;
}

}  // namespace

SeeingBlocked::SeeingBlocked() : caller_(Opened()), acting_(caller_) {}

bool HasHidden(const std::string& patient) {
  const Caller* caller = CurrentCaller();
  return caller != nullptr && caller->trail && caller->trail->HasHidden(patient);
}

}  // namespace genflik::security
