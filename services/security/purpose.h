#pragma once

#include <string>
#include <string_view>

#include "services/http/exchange.h"
#include "services/security/access.h"

// Why somebody looks: codes of http://terminology.hl7.org/ValueSet/v3-PurposeOfUse.

namespace genflik::security {

/// Opening what a patient has blocked, in an emergency ("break the glass").
inline constexpr std::string_view kBreakTheGlass = "BTG";

/// True for a code that Genflik knows.
[[nodiscard]] bool IsPurpose(std::string_view code);
/// True for use beyond the care of the patient (research, education, marketing, payment), which
/// needs the patient's consent.
[[nodiscard]] bool IsSecondary(std::string_view code);

/// Reads from the headers of a call why it is made: `X-Purpose-Of-Use` (else what the token or the
/// configuration says stands), and for BTG `X-Break-Glass-Reason` (percent-encoded UTF-8 where it
/// is not plain ASCII). Throws Error(kMalformed) for an unknown purpose or a missing reason, and
/// Error(kForbidden) for one that this caller may not act for.
void ReadPurpose(const http::Request& request, Access& access);

}  // namespace genflik::security
