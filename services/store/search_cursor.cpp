#include "services/store/search_cursor.h"

#include <charconv>
#include <cstdio>

#include "services/core/error.h"

namespace genflik::store {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

std::string Hex(std::string_view text) {
  std::string hex;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    hex += kDigits[byte >> 4U];
    hex += kDigits[byte & 15U];
  }
  return hex;
}

// 64-bit FNV-1a: what it protects from is a damaged or mistaken link. A forged one can show nothing
// but resources of the query that it comes with.
std::uint64_t Hash(std::string_view text, std::uint64_t hash = 14695981039346656037U) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return hash;
}

std::string Seal(const std::string& payload, const fhir::SearchQuery& query) {
  std::uint64_t hash = Hash(query.type, Hash(payload));
  for (const auto& [name, value] : query.used) {
    if (name == "_page" || name == "_count" || name == "_format" || name == "_pretty") continue;
    hash = Hash(value, Hash("=", Hash(name, Hash("&", hash))));
  }
  return Hex({reinterpret_cast<const char*>(&hash), sizeof(hash)});
}

[[noreturn]] void Refuse() {
  throw core::Error(core::ErrorCode::kMalformed, "_page is no page of this search");
}

// Takes the text up to the next dot.
std::string_view TakePart(std::string_view& text) {
  const size_t dot = text.find('.');
  const std::string_view part = text.substr(0, dot);
  text = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
  return part;
}

std::int64_t ReadNumber(std::string_view text) {
  std::int64_t number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size()) Refuse();
  return number;
}

std::string ReadHex(std::string_view hex) {
  if (hex.size() % 2 != 0) Refuse();
  std::string text;
  for (size_t i = 0; i < hex.size(); i += 2) {
    const size_t high = kDigits.find(hex[i]);
    const size_t low = kDigits.find(hex[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) Refuse();
    text += static_cast<char>(high * 16 + low);
  }
  return text;
}

}  // namespace

std::string PrintCursor(const SearchCursor& cursor, const fhir::SearchQuery& query) {
  std::string text = std::to_string(cursor.last_rid) + "." + std::to_string(cursor.last_seq) + "." +
                     std::to_string(cursor.rid) + "." + std::to_string(cursor.total.value_or(-1));
  for (const std::string& key : cursor.keys) text += "." + Hex(key);
  return Seal(text, query) + "." + text;
}

SearchCursor ReadCursor(std::string_view text, const fhir::SearchQuery& query) {
  const std::string_view seal = TakePart(text);
  if (seal != Seal(std::string(text), query)) Refuse();
  SearchCursor cursor;
  cursor.last_rid = ReadNumber(TakePart(text));
  cursor.last_seq = ReadNumber(TakePart(text));
  cursor.rid = ReadNumber(TakePart(text));
  const std::int64_t total = ReadNumber(TakePart(text));
  if (total >= 0) cursor.total = total;
  while (!text.empty()) cursor.keys.push_back(ReadHex(TakePart(text)));
  if (cursor.keys.size() != query.sort.size()) Refuse();
  return cursor;
}

}  // namespace genflik::store
