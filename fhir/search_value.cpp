#include "fhir/search_value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <utility>

#include "fhir/datatypes.h"
#include "fhir/datetime.h"
#include "fhir/identifiers.h"
#include "fhir/personnummer.h"
#include "fhir/primitives.h"
#include "fhir/search_index.h"
#include "fhir/systems.h"
#include "fhir/units.h"

namespace genflik::fhir {
namespace {

constexpr double kApproximate = 0.1;

std::string Unescape(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    plain += text[i];
  }
  return plain;
}

// Cuts `text` at the first bar without a backslash; nothing when there is none.
std::optional<std::pair<std::string, std::string>> CutAtBar(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '|') {
      return std::pair(Unescape(text.substr(0, i)), std::string(text.substr(i + 1)));
    }
  }
  return std::nullopt;
}

Prefix TakePrefix(std::string_view& text) {
  static constexpr std::array<std::pair<std::string_view, Prefix>, 9> kPrefixes = {
      {{"eq", Prefix::kEq},
       {"ne", Prefix::kNe},
       {"gt", Prefix::kGt},
       {"lt", Prefix::kLt},
       {"ge", Prefix::kGe},
       {"le", Prefix::kLe},
       {"sa", Prefix::kSa},
       {"eb", Prefix::kEb},
       {"ap", Prefix::kAp}}};
  for (const auto& [name, prefix] : kPrefixes) {
    if (!text.starts_with(name)) continue;
    text.remove_prefix(name.size());
    return prefix;
  }
  return Prefix::kEq;
}

// A date as searches may write it: seconds and zone may be absent (UTC is taken), and a plus that
// was not percent-encoded arrives as a blank.
std::optional<TimeSpan> ReadSearchDate(std::string text) {
  std::ranges::replace(text, ' ', '+');
  if (const auto plain = ReadDateTime(text)) return SpanOf(*plain);
  const size_t time = text.find('T');
  if (time == std::string::npos) return std::nullopt;
  size_t zone = text.find_first_of("Z+-", time);
  if (zone == std::string::npos) {
    zone = text.size();
    text += 'Z';
  }
  constexpr size_t kHoursAndMinutes = 6;
  const bool minutes_only = zone - time == kHoursAndMinutes;
  if (minutes_only) text.insert(zone, ":00");
  const auto value = ReadDateTime(text);
  if (!value) return std::nullopt;
  TimeSpan span = SpanOf(*value);
  constexpr std::int64_t kMinute = 60'000;
  if (minutes_only) span.high = span.low + kMinute;
  return span;
}

// An approximate date may be off by a tenth of its distance from now.
TimeSpan Widen(TimeSpan span) {
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  const double distance = std::abs(static_cast<double>(now - span.low));
  const auto margin = static_cast<std::int64_t>(distance * kApproximate);
  return {span.low - margin, span.high + margin};
}

// Half a unit of the last digit written: 5.40 means 5.395 to 5.405, 1e2 means 95 to 105.
std::optional<NumberValue> ReadSearchNumber(std::string_view text, Prefix prefix) {
  NumberValue number;
  const char* end = text.data() + text.size();
  const char* start = text.data() + (text.starts_with('+') ? 1 : 0);
  const auto [stop, fault] = std::from_chars(start, end, number.value);
  if (text.empty() || fault != std::errc() || stop != end || !std::isfinite(number.value)) {
    return std::nullopt;
  }
  const size_t exponent = text.find_first_of("eE");
  const std::string_view mantissa = text.substr(0, exponent);
  const size_t point = mantissa.find('.');
  int power = point == std::string_view::npos ? 0 : -static_cast<int>(mantissa.size() - point - 1);
  if (exponent != std::string_view::npos) {
    int shift = 0;
    std::string_view digits = text.substr(exponent + 1);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    std::from_chars(digits.data(), digits.data() + digits.size(), shift);
    power += shift;
  }
  // "1e2" is written to one digit, and means the tens: 95 to 105.
  const double unit =
      exponent == std::string_view::npos ? std::pow(10, power) : std::pow(10, power - 1);
  const double margin = prefix == Prefix::kAp ? std::abs(number.value) * kApproximate : unit / 2;
  number.low = number.value - margin;
  number.high = number.value + margin;
  return number;
}

NumberValue Scaled(const NumberValue& number, double factor) {
  return {number.value * factor, number.low * factor, number.high * factor};
}

class ValueReader {
 public:
  ValueReader(const ValueContext& context, std::string& fault) : context_(context), fault_(fault) {}

  std::vector<SearchValue> Read(std::string_view text) {
    SearchValue value;
    switch (context_.modifier) {
      case Modifier::kMissing:
        return ReadMissing(text);
      case Modifier::kIn:
      case Modifier::kNotIn:
      case Modifier::kAbove:
      case Modifier::kBelow:
        value.text = Unescape(text);
        return {value};
      case Modifier::kText:
        value.text = NormaliseText(Unescape(text));
        return {value};
      case Modifier::kOfType:
        return ReadOfType(text);
      case Modifier::kIdentifier:
        return ReadToken(text);
      default:
        return ReadByType(text);
    }
  }

 private:
  std::vector<SearchValue> Refuse(std::string_view text, std::string_view form) {
    std::string reason(1, '\'');
    fault_ = reason.append(text).append("' is no ").append(form);
    return {};
  }

  std::vector<SearchValue> ReadByType(std::string_view text) {
    SearchValue value;
    switch (context_.type) {
      case SearchType::kToken:
        return ReadToken(text);
      case SearchType::kString:
        value.text = Unescape(text);
        if (context_.modifier != Modifier::kExact) value.text = NormaliseText(value.text);
        return {value};
      case SearchType::kUri:
        value.text = Unescape(text);
        return {value};
      case SearchType::kReference:
        return ReadReferenceValue(Unescape(text));
      case SearchType::kDate:
        return ReadDateValue(text);
      case SearchType::kNumber:
        return ReadNumberValue(text);
      case SearchType::kQuantity:
        return ReadQuantityValue(text);
      default:
        return ReadComposite(text);
    }
  }

  std::vector<SearchValue> ReadMissing(std::string_view text) {
    if (text != "true" && text != "false") return Refuse(text, "true or false");
    SearchValue value;
    value.text = text;
    return {value};
  }

  std::vector<SearchValue> ReadToken(std::string_view text) {
    SearchValue value;
    const auto parts = CutAtBar(text);
    if (!parts) {
      value.token.code = Unescape(text);
      std::vector<SearchValue> values = {value};
      const bool identifier =
          context_.modifier == Modifier::kIdentifier ||
          (context_.parameter != nullptr && context_.parameter->name == "identifier");
      const auto number = identifier ? ReadPersonnummer(*value.token.code) : std::nullopt;
      if (number && number->digits != *value.token.code) {
        value.token.code = number->digits;
        values.push_back(value);
      }
      return values;
    }
    const std::string code = Unescape(parts->second);
    if (parts->first.empty()) {
      if (code.empty()) return Refuse(text, "token");
      value.token = {std::string(), code};
      return {value};
    }
    if (code.empty()) {
      value.token.system = NormaliseSystem(parts->first);
      return {value};
    }
    auto key = NormaliseIdentifier(parts->first, code);
    value.token = {std::move(key.system), std::move(key.value)};
    return {value};
  }

  std::vector<SearchValue> ReadOfType(std::string_view text) {
    const auto first = CutAtBar(text);
    const auto second = first ? CutAtBar(first->second) : std::nullopt;
    if (!second) return Refuse(text, "system|code|value");
    SearchValue value;
    std::string code = second->first;
    code += '|';
    code += NormaliseIdentifier({}, Unescape(second->second)).value;
    value.token = {NormaliseSystem(first->first), std::move(code)};
    return {value};
  }

  std::vector<SearchValue> ReadReferenceValue(std::string text) {
    SearchValue value;
    const auto parts = SplitReference(text);
    if (parts && (parts->base.empty() || parts->base == context_.base)) {
      value.reference = {parts->type, parts->id, {}};
      return Allowed(value);
    }
    if (text.find(':') != std::string::npos || text.find('/') != std::string::npos) {
      value.reference.url = std::move(text);
      return {value};
    }
    if (!IsIdText(text)) return Refuse(text, "reference");
    value.reference.id = std::move(text);
    if (context_.targets.size() == 1) value.reference.type = context_.targets.front();
    return {value};
  }

  // Type/id of a type that the modifier excludes finds nothing, and says so.
  std::vector<SearchValue> Allowed(const SearchValue& value) {
    const bool fits = context_.modifier != Modifier::kType || context_.targets.empty() ||
                      value.reference.type == context_.targets.front();
    if (!fits) return Refuse(value.reference.type, context_.targets.front());
    return {value};
  }

  std::vector<SearchValue> ReadDateValue(std::string_view text) {
    SearchValue value;
    std::string_view rest = text;
    value.prefix = TakePrefix(rest);
    auto span = ReadSearchDate(std::string(rest));
    if (!span) return Refuse(text, "date");
    if (value.prefix == Prefix::kAp) span = Widen(*span);
    value.date = {span->low, span->high};
    return {value};
  }

  std::vector<SearchValue> ReadNumberValue(std::string_view text) {
    SearchValue value;
    std::string_view rest = text;
    value.prefix = TakePrefix(rest);
    const auto number = ReadSearchNumber(rest, value.prefix);
    if (!number) return Refuse(text, "number");
    value.number = *number;
    return {value};
  }

  std::vector<SearchValue> ReadQuantityValue(std::string_view text) {
    SearchValue value;
    std::string_view rest = text;
    value.prefix = TakePrefix(rest);
    const auto first = CutAtBar(rest);
    const auto number =
        ReadSearchNumber(first ? std::string_view(first->first) : rest, value.prefix);
    if (!number) return Refuse(text, "quantity");
    QuantityValue& quantity = value.quantity;
    quantity.number = *number;
    if (!first) return {value};
    const auto second = CutAtBar(first->second);
    if (!second) return Refuse(text, "number|system|code");
    if (!second->first.empty()) quantity.system = NormaliseSystem(second->first);
    quantity.code = Unescape(second->second);
    if (quantity.system == systems::kUcum) {
      if (auto base = FindBaseUnit(quantity.code)) {
        quantity.canonical_number = Scaled(*number, base->factor);
        quantity.canonical_unit = std::move(base->unit);
      }
    }
    return {value};
  }

  std::vector<SearchValue> ReadComposite(std::string_view text) {
    const auto& components = context_.parameter->components;
    const auto parts = SplitEscaped(text, '$');
    if (parts.size() != components.size()) {
      return Refuse(text, "composite of " + std::to_string(components.size()) + " parts with $");
    }
    SearchValue value;
    for (size_t i = 0; i < parts.size(); ++i) {
      const ValueContext inner{components[i].type, Modifier::kNone, components[i].targets, nullptr,
                               context_.base};
      auto read = ReadSearchValue(inner, parts[i], fault_);
      if (read.empty()) return {};
      value.components.push_back(std::move(read.front()));
    }
    return {value};
  }

  const ValueContext& context_;
  std::string& fault_;
};

}  // namespace

std::vector<std::string> SplitEscaped(std::string_view text, char separator) {
  std::vector<std::string> parts(1);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == separator) {
      parts.emplace_back();
      continue;
    }
    parts.back() += text[i];
    if (text[i] == '\\' && i + 1 < text.size()) parts.back() += text[++i];
  }
  return parts;
}

std::vector<SearchValue> ReadSearchValue(const ValueContext& context, std::string_view text,
                                         std::string& fault) {
  if (text.empty()) {
    fault = "the value is empty";
    return {};
  }
  return ValueReader(context, fault).Read(text);
}

}  // namespace genflik::fhir
