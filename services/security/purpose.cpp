#include "services/security/purpose.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "services/core/error.h"
#include "services/http/message.h"

namespace genflik::security {
namespace {

using core::Error;
using core::ErrorCode;

// What belongs to the care of the patient, or to keeping its data in order.
constexpr std::array<std::string_view, 14> kCare = {
    "TREAT",  "ETREAT",  "BTG",     "ERTREAT",  "CAREMGT",   "COC",       "PATRQT",
    "FAMRQT", "PWATRNY", "PATSFTY", "PATADMIN", "HSYSADMIN", "RECORDMGT", "HTEST"};

constexpr std::array<std::string_view, 20> kBeyondCare = {
    "HRESCH",  "BIORCH",   "CLINTRCH", "CLINTRCHNPC", "CLINTRCHPC", "PRECLINTRCH", "DSRCH",
    "POARCH",  "TRANSRCH", "HMARKT",   "HOPERAT",     "HPAYMT",     "HQUALIMP",    "HOUTCOMS",
    "POPHLTH", "PUBHLTH",  "TRAIN",    "HLEGAL",      "HACCRED",    "PERFMSR"};

constexpr size_t kShortestReason = 5;
constexpr size_t kLongestReason = 500;

// Somebody who treats the patient; a system or a laboratory has no emergency.
bool MayBreakTheGlass(const Access& access) {
  return access.unrestricted || access.roles.contains("prescriber") ||
         access.roles.contains("pharmacologist");
}

std::string ReadReason(const http::Request& request) {
  std::string reason =
      http::PercentDecode(std::string(request.Header("X-Break-Glass-Reason")), false);
  const bool control =
      std::ranges::any_of(reason, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  if (control || reason.size() > kLongestReason) {
    throw Error(ErrorCode::kMalformed,
                "X-Break-Glass-Reason must be one line of 500 bytes at most");
  }
  // The log is JSON, which has no place for bytes that are no UTF-8.
  fhir::IssueLog log;
  if (!fhir::ParseJson(fhir::PrintJson(fhir::Json(reason)), log)) {
    throw Error(ErrorCode::kMalformed, "X-Break-Glass-Reason must be UTF-8");
  }
  const auto letters = std::ranges::count_if(reason, [](char c) { return c != ' '; });
  if (static_cast<size_t>(letters) < kShortestReason) {
    throw Error(ErrorCode::kMalformed,
                "to break the glass say why in X-Break-Glass-Reason; the patient can read it");
  }
  return reason;
}

}  // namespace

bool IsSecondary(std::string_view code) {
  return std::ranges::find(kBeyondCare, code) != kBeyondCare.end();
}

bool IsPurpose(std::string_view code) {
  return std::ranges::find(kCare, code) != kCare.end() || IsSecondary(code);
}

void ReadPurpose(const http::Request& request, Access& access) {
  const std::string_view given = request.Header("X-Purpose-Of-Use");
  if (!given.empty()) access.purpose = given;
  if (!IsPurpose(access.purpose)) {
    throw Error(ErrorCode::kMalformed,
                "the purpose of use is no code of v3-PurposeOfUse that is known here");
  }
  if (access.purpose == kBreakTheGlass) {
    if (!MayBreakTheGlass(access)) {
      throw Error(ErrorCode::kForbidden, "only a person who treats the patient breaks the glass");
    }
    access.reason = ReadReason(request);
    access.opens_blocks = true;
    return;
  }
  if (access.unrestricted) return;
  // Care is what everybody comes for who is let in at all; the rest must have been agreed on.
  const bool agreed = access.purposes.empty() ? !IsSecondary(access.purpose)
                                              : access.purposes.contains(access.purpose);
  if (!agreed) {
    throw Error(ErrorCode::kForbidden, "this client is not set up to act for this purpose of use");
  }
}

}  // namespace genflik::security
