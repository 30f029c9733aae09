#include "fhir/json.h"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include "fhir/json_object.h"

namespace genflik::fhir {
namespace {

bool IsPlain(unsigned char c) { return c >= 0x20 && c != '"' && c != '\\'; }

// Where the first character is that must be escaped; text.size() without. Eight at a time: texts
// are the most of what is read and printed.
size_t FindSpecial(std::string_view text, size_t at) {
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
  constexpr std::uint64_t kHighs = 0x8080808080808080ULL;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, text.data() + at, 8);
    const std::uint64_t quote = eight ^ (kOnes * '"');
    const std::uint64_t slash = eight ^ (kOnes * '\\');
    // A high bit for each byte that is less than 0x20, or zero; it may also mark a byte after one.
    const std::uint64_t control = (eight - kOnes * 0x20) & ~eight;
    const std::uint64_t found =
        (control | ((quote - kOnes) & ~quote) | ((slash - kOnes) & ~slash)) & kHighs;
    if (found == 0) continue;
    // The lowest mark is never one of a byte after.
    if constexpr (std::endian::native == std::endian::little)
      return at + static_cast<size_t>(std::countr_zero(found)) / 8;
    break;
  }
  while (at < text.size() && IsPlain(static_cast<unsigned char>(text[at]))) ++at;
  return at;
}

// A copy of the text that strings are read within. RapidJSON asks where a string begins before it
// reads it: the characters up to the first escape or the end need no look each, so they are passed
// over there.
class TextInPlace {
 public:
  // The names are RapidJSON's, of its InsituStringStream.
  using Ch = char;

  /// `text` must outlive the stream; its strings are decoded where they stand.
  explicit TextInPlace(std::string& text)
      : begin_(text.data()), end_(begin_ + text.size()), from_(begin_) {}

  // The end of a std::string is a zero byte.
  char Peek() const { return *from_; }
  char Take() { return *from_++; }
  size_t Tell() const { return static_cast<size_t>(from_ - begin_); }

  char* PutBegin() {
    char* start = from_;
    from_ += FindSpecial({from_, static_cast<size_t>(end_ - from_)}, 0);
    to_ = from_;
    return start;
  }
  void Put(char c) { *to_++ = c; }
  size_t PutEnd(const char* start) const { return static_cast<size_t>(to_ - start); }
  static void Flush() {}

 private:
  char* begin_;
  char* end_;
  char* from_;
  char* to_ = nullptr;
};

}  // namespace
}  // namespace genflik::fhir

// A number's text is where the reader stood before it, which it looks up in the stream it copied.
template <>
struct rapidjson::StreamTraits<genflik::fhir::TextInPlace> {
  enum { copyOptimization = 1 };  // NOLINT(readability-identifier-naming): the library's name
};

namespace genflik::fhir {
namespace {

constexpr std::uint64_t kDecimalSubtype = 1;

// Builds the value from RapidJSON's events (docs/decisions/006-json-reader.md): numbers come as
// their digits. The members of an open structure wait on one stack of their own, and the structure
// is made with its final size when it closes: an ordered_map that grows copies all that it holds,
// since its keys are const.
class Builder {
 public:
  /// `escapes`: the text may hold escaped characters.
  Builder(IssueLog& log, const JsonLimits& limits, bool escapes)
      : log_(log), limits_(limits), escapes_(escapes) {}

  // The names of the events are RapidJSON's.
  bool Null() { return Add(Json(nullptr)); }
  bool Bool(bool value) { return Add(Json(value)); }
  bool RawNumber(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    const std::string_view digits(text, length);
    if (digits.find_first_of(".eE") == std::string_view::npos) {
      std::int64_t value = 0;
      const auto [end, fault] = std::from_chars(digits.begin(), digits.end(), value);
      if (fault == std::errc() && end == digits.end()) return Add(Json(value));
    } else {
      // Too small is zero, too large is a fault.
      double value = 0;
      const auto fault = std::from_chars(digits.begin(), digits.end(), value).ec;
      if (fault != std::errc() && !std::isfinite(std::strtod(std::string(digits).c_str(), nullptr)))
        return Refuse("the number " + std::string(digits) + " is out of range");
    }
    return Add(Decimal(digits));
  }
  bool String(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    if (HoldsHalfACharacter({text, length})) return RefuseHalf();
    return Add(Json(Json::string_t(text, length)));
  }

  bool StartObject() { return Open(true); }
  bool StartArray() { return Open(false); }
  bool EndObject(rapidjson::SizeType /*members*/) {
    Json object = Json::object();
    auto& members = object.get_ref<Json::object_t&>();
    const auto first = waiting_.begin() + static_cast<std::ptrdiff_t>(open_.back().first);
    members.reserve(waiting_.size() - open_.back().first);
    for (auto item = first; item != waiting_.end(); ++item)
      members.Json::object_t::Container::emplace_back(std::move(item->name),
                                                      std::move(item->value));
    return Close(std::move(object));
  }
  bool EndArray(rapidjson::SizeType /*items*/) {
    Json array = Json::array();
    auto& items = array.get_ref<Json::array_t&>();
    const auto first = waiting_.begin() + static_cast<std::ptrdiff_t>(open_.back().first);
    items.reserve(waiting_.size() - open_.back().first);
    for (auto item = first; item != waiting_.end(); ++item) items.push_back(std::move(item->value));
    return Close(std::move(array));
  }

  bool Key(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    const std::string_view name(text, length);
    if (HoldsHalfACharacter(name)) return RefuseHalf();
    for (size_t i = open_.back().first; i < waiting_.size(); ++i) {
      if (waiting_[i].name == name)
        return Refuse("the property '" + std::string(name) + "' stands twice");
    }
    waiting_.push_back({std::string(name), Json()});
    return true;
  }

  // The events that number reading as digits never sends.
  bool Int(int value) { return Add(Json(value)); }
  bool Uint(unsigned value) { return Add(Json(value)); }
  bool Int64(std::int64_t value) { return Add(Json(value)); }
  bool Uint64(std::uint64_t value) { return Add(Json(value)); }
  bool Double(double value) { return Add(Json(value)); }

  /// Notes a fault of syntax, unless an event was refused before.
  void RefuseSyntax(size_t position, const std::string& what) {
    if (!log_.HasErrors()) Refuse("not JSON at byte " + std::to_string(position) + ": " + what);
  }

  std::optional<Json> Take() {
    if (log_.HasErrors()) return std::nullopt;
    return std::move(root_);
  }

 private:
  // A member of an open object, or an item of an open array, which has no name. Of an object the
  // last one may still wait for its value.
  struct Waiting {
    std::string name;
    Json value;
  };
  struct Level {
    bool object;
    // Where its members start on the stack.
    size_t first;
  };

  // An escaped second half of a surrogate pair without the first, which the reader lets through as
  // bytes that are no UTF-8. Raw bytes of that kind it refuses itself.
  bool HoldsHalfACharacter(std::string_view text) const {
    if (!escapes_) return false;
    constexpr char kLead = '\xED';
    for (size_t at = text.find(kLead); at != std::string_view::npos;
         at = text.find(kLead, at + 1)) {
      if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0xA0) return true;
    }
    return false;
  }
  bool RefuseHalf() { return Refuse("an escape stands for half a character"); }

  bool Refuse(std::string text) {
    log_.AddAt(Place(), Severity::kFatal, IssueType::kStructure, std::move(text));
    return false;
  }

  std::string Place() const {
    std::string place;
    for (size_t i = 0; i < open_.size(); ++i) {
      const size_t end = i + 1 < open_.size() ? open_[i + 1].first : waiting_.size();
      const size_t members = end - open_[i].first;
      if (!open_[i].object) {
        // Within an inner structure its own item is not on the stack yet.
        const bool inner = i + 1 < open_.size();
        place += '[' + std::to_string(members == 0 || inner ? members : members - 1) + ']';
      } else if (members > 0) {
        if (!place.empty()) place += '.';
        place += waiting_[end - 1].name;
      }
    }
    return place;
  }

  bool Add(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().object) {
      waiting_.back().value = std::move(value);
    } else {
      waiting_.push_back({{}, std::move(value)});
    }
    return true;
  }

  bool Open(bool object) {
    if (open_.size() >= limits_.max_depth) {
      return Refuse("nested deeper than " + std::to_string(limits_.max_depth) + " levels");
    }
    open_.push_back({object, waiting_.size()});
    return true;
  }

  bool Close(Json value) {
    waiting_.resize(open_.back().first);
    open_.pop_back();
    return Add(std::move(value));
  }

  IssueLog& log_;
  const JsonLimits& limits_;
  const bool escapes_;
  Json root_;
  std::vector<Level> open_;
  std::vector<Waiting> waiting_;
};

constexpr unsigned kReading =
    rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseIterativeFlag;

// Takes what RapidJSON's check of an encoding gives on.
struct Nowhere {
  static void Put(char /*c*/) {}
};

// What is all well encoded, as nearly everything is, need not be checked character by character.
bool IsUtf8(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080U;
  rapidjson::MemoryStream stream(text.data(), text.size());
  while (stream.Tell() < text.size()) {
    std::uint64_t eight = 0;
    while (stream.Tell() + sizeof eight <= text.size()) {
      std::memcpy(&eight, stream.src_, sizeof eight);
      if ((eight & kHighBits) != 0) break;
      stream.src_ += sizeof eight;
    }
    Nowhere nowhere;
    if (stream.Tell() < text.size() && !rapidjson::UTF8<>::Validate(stream, nowhere)) return false;
  }
  return stream.Tell() == text.size();
}

void ReadEvents(std::string_view text, Builder& builder) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  const size_t start = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  const std::string_view json = text.substr(start);
  rapidjson::Reader reader;
  size_t end = 0;
  if (IsUtf8(json)) {
    std::string copy(json);
    TextInPlace stream(copy);
    reader.Parse<kReading | rapidjson::kParseInsituFlag>(stream, builder);
    end = stream.Tell();
  } else {
    // Says where.
    rapidjson::MemoryStream stream(json.data(), json.size());
    reader.Parse<kReading | rapidjson::kParseValidateEncodingFlag>(stream, builder);
    end = stream.Tell();
  }
  if (reader.HasParseError()) {
    const auto code = reader.GetParseErrorCode();
    builder.RefuseSyntax(start + reader.GetErrorOffset(),
                         code == rapidjson::kParseErrorStringInvalidEncoding
                             ? "the text is not valid UTF-8"
                             : rapidjson::GetParseError_En(code));
  } else if (end != json.size()) {
    // A zero byte is the end to the reader.
    builder.RefuseSyntax(start + end, "text after the value");
  }
}

void PrintText(std::string_view text, std::string& out) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  size_t at = 0;
  for (;;) {
    const size_t special = FindSpecial(text, at);
    out.append(text, at, special - at);
    if (special == text.size()) break;
    at = special + 1;
    const auto c = static_cast<unsigned char>(text[special]);
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
  bool first = true;
  const auto begin = [&] {
    if (!first) out += ',';
    first = false;
    Break(out, inner);
  };
  const bool object = value.is_object();
  out += object ? '{' : '[';
  if (object) {
    for (const auto& [name, member] : value.get_ref<const Json::object_t&>()) {
      begin();
      PrintText(name, out);
      out += indent < 0 ? ":" : ": ";
      Print(member, out, inner);
    }
  } else {
    for (const Json& item : value.get_ref<const Json::array_t&>()) {
      begin();
      Print(item, out, inner);
    }
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
  Builder builder(found, limits, text.find('\\') != std::string_view::npos);
  ReadEvents(text, builder);
  for (const Issue& issue : found.issues()) {
    log.AddAt(issue.path, issue.severity, issue.type, issue.text);
  }
  return builder.Take();
}

std::string PrintJson(const Json& value, bool pretty) {
  std::string out;
  if (value.is_structured()) out.reserve(512);
  Print(value, out, pretty ? 0 : -1);
  if (pretty) out += '\n';
  return out;
}

Json ObjectFor(size_t members) {
  Json object = Json::object();
  object.get_ref<Json::object_t&>().reserve(members);
  return object;
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
