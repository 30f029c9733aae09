#include "fhir/json.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace genflik::fhir {
namespace {

constexpr std::uint64_t kDecimalSubtype = 1;

// Builds the value by hand, since nlohmann's own reader loses the digits of decimals and silently
// keeps the last of two equal keys.
class Builder : public nlohmann::json_sax<Json> {
 public:
  Builder(IssueLog& log, const JsonLimits& limits) : log_(log), limits_(limits) {}

  bool null() override { return Add(Json(nullptr)); }
  bool boolean(bool value) override { return Add(Json(value)); }
  bool number_integer(number_integer_t value) override { return Add(Json(value)); }
  bool number_unsigned(number_unsigned_t value) override {
    if (std::in_range<std::int64_t>(value)) return Add(Json(static_cast<std::int64_t>(value)));
    return Add(Decimal(std::to_string(value)));
  }
  bool number_float(number_float_t value, const string_t& digits) override {
    if (!std::isfinite(value)) return Refuse("the number " + digits + " is out of range");
    return Add(Decimal(digits));
  }
  bool string(string_t& value) override { return Add(Json(std::move(value))); }
  bool binary(binary_t& /*value*/) override { return Refuse("binary data is not JSON"); }

  bool start_object(std::size_t /*elements*/) override { return Open(Json::object()); }
  bool start_array(std::size_t /*elements*/) override { return Open(Json::array()); }
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }

  bool key(string_t& name) override {
    if (stack_.back()->contains(name)) return Refuse("the property '" + name + "' stands twice");
    key_ = std::move(name);
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& error) override {
    // The library's text starts with its own error number in brackets and may end with the bytes it
    // read last, which need not be text.
    std::string_view what = error.what();
    what = what.substr(0, what.find("; last read:"));
    const size_t start = what.find("] ");
    return Refuse("not JSON at byte " + std::to_string(position) + ": " +
                  std::string(start == std::string_view::npos ? what : what.substr(start + 2)));
  }

  std::optional<Json> Take() {
    if (log_.HasErrors()) return std::nullopt;
    return std::move(root_);
  }

 private:
  bool Refuse(std::string text) {
    log_.AddAt(Place(), Severity::kFatal, IssueType::kStructure, std::move(text));
    return false;
  }

  std::string Place() const {
    std::string place;
    for (const Json* level : stack_) {
      if (level->is_array()) {
        place += '[' + std::to_string(level->empty() ? 0 : level->size() - 1) + ']';
      } else if (!level->empty()) {
        if (!place.empty()) place += '.';
        place += std::prev(level->end()).key();
      }
    }
    return place;
  }

  Json* Attach(Json value) {
    if (stack_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (stack_.back()->is_array()) {
      stack_.back()->push_back(std::move(value));
      return &stack_.back()->back();
    }
    return &stack_.back()->emplace(key_, std::move(value)).first.value();
  }

  bool Add(Json value) {
    Attach(std::move(value));
    return true;
  }

  bool Open(Json value) {
    if (stack_.size() >= limits_.max_depth) {
      return Refuse("nested deeper than " + std::to_string(limits_.max_depth) + " levels");
    }
    stack_.push_back(Attach(std::move(value)));
    return true;
  }

  bool Close() {
    stack_.pop_back();
    return true;
  }

  IssueLog& log_;
  const JsonLimits& limits_;
  Json root_;
  // Pointers stay valid: a container grows only while none of its children is open.
  std::vector<Json*> stack_;
  std::string key_;
};

void PrintText(std::string_view text, std::string& out) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  size_t plain = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out.append("\\u00").append(1, kHex[c >> 4U]).append(1, kHex[c & 15U]);
    }
  }
  out.append(text, plain);
  out += '"';
}

void PrintNumber(const Json& value, std::string& out) {
  if (!value.is_number_float()) {
    out += NumberText(value);
    return;
  }
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.begin(), buffer.end(), value.get<double>());
  out.append(buffer.begin(), end.ptr);
}

void Break(std::string& out, int indent) {
  if (indent < 0) return;
  out += '\n';
  out.append(static_cast<size_t>(indent) * 2, ' ');
}

void Print(const Json& value, std::string& out, int indent);

void PrintStructure(const Json& value, std::string& out, int indent) {
  const int inner = indent < 0 ? indent : indent + 1;
  const bool object = value.is_object();
  out += object ? '{' : '[';
  bool first = true;
  for (const auto& item : value.items()) {
    if (!first) out += ',';
    first = false;
    Break(out, inner);
    if (object) {
      PrintText(item.key(), out);
      out += indent < 0 ? ":" : ": ";
    }
    Print(item.value(), out, inner);
  }
  if (!first) Break(out, indent);
  out += object ? '}' : ']';
}

// `indent` below 0 prints on one line.
void Print(const Json& value, std::string& out, int indent) {
  if (value.is_structured()) {
    PrintStructure(value, out, indent);
  } else if (value.is_string()) {
    PrintText(value.get_ref<const std::string&>(), out);
  } else if (value.is_boolean()) {
    out += value.get<bool>() ? "true" : "false";
  } else if (IsNumber(value)) {
    PrintNumber(value, out);
  } else {
    out += "null";
  }
}

}  // namespace

std::optional<Json> ParseJson(std::string_view text, IssueLog& log, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    log.AddAt("", Severity::kFatal, IssueType::kTooLong,
              "larger than " + std::to_string(limits.max_bytes) + " bytes");
    return std::nullopt;
  }
  IssueLog found;
  Builder builder(found, limits);
  Json::sax_parse(text, &builder);
  for (const Issue& issue : found.issues()) {
    log.AddAt(issue.path, issue.severity, issue.type, issue.text);
  }
  return builder.Take();
}

std::string PrintJson(const Json& value, bool pretty) {
  std::string out;
  Print(value, out, pretty ? 0 : -1);
  if (pretty) out += '\n';
  return out;
}

Json Decimal(std::string_view digits) {
  return Json::binary(std::vector<std::uint8_t>(digits.begin(), digits.end()), kDecimalSubtype);
}

bool IsNumber(const Json& value) { return value.is_number() || value.is_binary(); }

std::optional<double> NumberOf(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_binary()) return std::nullopt;
  const std::string text = NumberText(value);
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string NumberText(const Json& value) {
  if (value.is_number_integer()) return std::to_string(value.get<std::int64_t>());
  if (value.is_number_float()) {
    std::string text;
    PrintNumber(value, text);
    return text;
  }
  if (!value.is_binary()) return {};
  const auto& bytes = value.get_binary();
  return {bytes.begin(), bytes.end()};
}

const Json* Find(const Json& value, std::string_view name) {
  if (!value.is_object()) return nullptr;
  for (auto item = value.begin(); item != value.end(); ++item) {
    if (item.key() == name) return &item.value();
  }
  return nullptr;
}

std::string_view FindText(const Json& value, std::string_view name) {
  const Json* found = Find(value, name);
  if (found == nullptr || !found->is_string()) return {};
  return found->get_ref<const std::string&>();
}

const Json& FindArray(const Json& value, std::string_view name) {
  static const Json empty = Json::array();
  const Json* found = Find(value, name);
  return found != nullptr && found->is_array() ? *found : empty;
}

}  // namespace genflik::fhir
