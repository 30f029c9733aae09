#include "fhir/primitives.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/datetime.h"
#include "fhir/narrative.h"

namespace genflik::fhir {
namespace {

constexpr size_t kMaxText = size_t{1024} * 1024;

// FHIR's regular expressions mean ASCII white space only: U+00A0 stands in official codes.
bool IsBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string Quoted(std::string_view text) {
  constexpr size_t kShown = 60;
  size_t end = std::min(text.size(), kShown);
  // Cut between characters, not inside one.
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  std::string quoted(1, '\'');
  quoted.append(text.substr(0, end));
  return quoted.append(end < text.size() ? "...'" : "'");
}

bool IsCode(std::string_view text) {
  if (text.empty() || IsBlank(text.front()) || IsBlank(text.back())) return false;
  for (size_t i = 1; i < text.size(); ++i) {
    if (IsBlank(text[i]) && IsBlank(text[i - 1])) return false;
  }
  return true;
}

bool IsUri(std::string_view text) { return !text.empty() && std::ranges::none_of(text, IsBlank); }

bool IsOid(std::string_view text) {
  constexpr std::string_view kPrefix = "urn:oid:";
  if (!text.starts_with(kPrefix)) return false;
  text.remove_prefix(kPrefix.size());
  if (text.size() < 3 || text[0] < '0' || text[0] > '2' || text[1] != '.') return false;
  size_t arc = 2;
  for (size_t i = 2; i <= text.size(); ++i) {
    if (i < text.size() && IsDigit(text[i])) continue;
    if (i < text.size() && text[i] != '.') return false;
    if (i == arc || (text[arc] == '0' && i - arc > 1)) return false;
    arc = i + 1;
  }
  return true;
}

bool IsUuid(std::string_view text) {
  constexpr std::string_view kForm = "urn:uuid:xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != kForm.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (kForm[i] == 'x' ? !IsHex(text[i]) : text[i] != kForm[i]) return false;
  }
  return true;
}

bool IsBase64(std::string_view text) {
  size_t count = 0;
  for (const char c : text) {
    if (IsBlank(c)) continue;
    if (!IsLetter(c) && !IsDigit(c) && c != '+' && c != '/' && c != '=') return false;
    ++count;
  }
  return count > 0 && count % 4 == 0;
}

std::string CheckInteger(const Json& value, std::int64_t least) {
  if (!IsNumber(value)) return "must be a whole number";
  if (!value.is_number_integer()) return NumberText(value) + " is no whole number of 32 bits";
  const auto number = value.get<std::int64_t>();
  if (number < least || number > std::numeric_limits<std::int32_t>::max()) {
    return std::to_string(number) + " is out of range";
  }
  return {};
}

std::string CheckString(std::string_view text) {
  if (text.empty()) return "must not be an empty text";
  if (text.size() > kMaxText) return "is longer than 1 MB";
  if (text.find('\0') != std::string_view::npos) return "must not hold the character U+0000";
  if (std::ranges::all_of(text, IsBlank)) return "must not be blank";
  return {};
}

std::string CheckText(Primitive type, std::string_view text) {
  const auto expect = [&](bool valid, std::string_view form) {
    return valid ? std::string() : Quoted(text) + " is no " + std::string(form);
  };
  switch (type) {
    case Primitive::kCode:
      return expect(IsCode(text), "code (no blanks around it, single blanks inside)");
    case Primitive::kId:
      return expect(IsIdText(text), "id (1 to 64 of A-Z a-z 0-9 - .)");
    case Primitive::kDate:
      return expect(ReadDate(text).has_value(), "date (YYYY, YYYY-MM or YYYY-MM-DD that exists)");
    case Primitive::kDateTime:
      return expect(ReadDateTime(text).has_value(),
                    "dateTime (a date that exists; a time of day needs seconds and zone)");
    case Primitive::kInstant:
      return expect(ReadInstant(text).has_value(),
                    "instant (date that exists, time with seconds and zone)");
    case Primitive::kTime:
      return expect(IsTime(text), "time (hh:mm:ss)");
    case Primitive::kUri:
    case Primitive::kUrl:
    case Primitive::kCanonical:
      return expect(IsUri(text), "uri (no white space)");
    case Primitive::kOid:
      return expect(IsOid(text), "oid (urn:oid:...)");
    case Primitive::kUuid:
      return expect(IsUuid(text), "uuid (urn:uuid: and lower-case hexadecimal digits)");
    case Primitive::kBase64Binary:
      return IsBase64(text) ? std::string() : "is no base64 text";
    case Primitive::kXhtml:
      return CheckNarrative(text);
    default:
      return CheckString(text);
  }
}

}  // namespace

Primitive PrimitiveOf(std::string_view type) {
  static constexpr std::array<std::pair<std::string_view, Primitive>, 20> kNames = {{
      {"base64Binary", Primitive::kBase64Binary},
      {"boolean", Primitive::kBoolean},
      {"canonical", Primitive::kCanonical},
      {"code", Primitive::kCode},
      {"date", Primitive::kDate},
      {"dateTime", Primitive::kDateTime},
      {"decimal", Primitive::kDecimal},
      {"id", Primitive::kId},
      {"instant", Primitive::kInstant},
      {"integer", Primitive::kInteger},
      {"markdown", Primitive::kMarkdown},
      {"oid", Primitive::kOid},
      {"positiveInt", Primitive::kPositiveInt},
      {"string", Primitive::kString},
      {"time", Primitive::kTime},
      {"unsignedInt", Primitive::kUnsignedInt},
      {"uri", Primitive::kUri},
      {"url", Primitive::kUrl},
      {"uuid", Primitive::kUuid},
      {"xhtml", Primitive::kXhtml},
  }};
  for (const auto& [name, primitive] : kNames) {
    if (name == type) return primitive;
  }
  return Primitive::kNone;
}

std::string CheckPrimitive(Primitive type, const Json& value) {
  if (value.is_structured()) return "must be a single value";
  switch (type) {
    case Primitive::kBoolean:
      return value.is_boolean() ? std::string() : "must be true or false";
    case Primitive::kDecimal:
      return IsNumber(value) ? std::string() : "must be a number";
    case Primitive::kInteger:
      return CheckInteger(value, std::numeric_limits<std::int32_t>::min());
    case Primitive::kUnsignedInt:
      return CheckInteger(value, 0);
    case Primitive::kPositiveInt:
      return CheckInteger(value, 1);
    default:
      if (!value.is_string()) return "must be a text";
      return CheckText(type, value.get_ref<const std::string&>());
  }
}

bool IsIdText(std::string_view text) {
  constexpr size_t kMaxId = 64;
  return !text.empty() && text.size() <= kMaxId && std::ranges::all_of(text, [](char c) {
    return IsLetter(c) || IsDigit(c) || c == '-' || c == '.';
  });
}

}  // namespace genflik::fhir
