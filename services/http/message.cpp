#include "services/http/message.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "services/core/error.h"

namespace genflik::http {
namespace {

using core::Error;
using core::ErrorCode;

std::optional<unsigned> HexDigit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

}  // namespace

std::string PercentDecode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[i] == '\0') {
      throw Error(ErrorCode::kMalformed, "the address must not hold a zero byte");
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const auto high = i + 2 < text.size() ? HexDigit(text[i + 1]) : std::nullopt;
      const auto low = i + 2 < text.size() ? HexDigit(text[i + 2]) : std::nullopt;
      if (!high || !low || (*high == 0 && *low == 0)) {
        throw Error(ErrorCode::kMalformed, "broken percent-encoding in the address");
      }
      out += static_cast<char>(*high * 16 + *low);
      i += 2;
    }
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> ReadQuery(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const size_t equals = std::min(pair.find('='), pair.size());
    parameters.emplace_back(PercentDecode(pair.substr(0, equals), true),
                            PercentDecode(pair.substr(std::min(equals + 1, pair.size())), true));
  }
  return parameters;
}

std::string ReadPath(std::string_view target) {
  std::string path = PercentDecode(target.substr(0, target.find('?')), false);
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  if (!path.starts_with('/')) throw Error(ErrorCode::kMalformed, "the path must start with '/'");
  const std::string framed = path + '/';
  if (framed.find("/../") != std::string::npos || framed.find("/./") != std::string::npos) {
    throw Error(ErrorCode::kMalformed, "the path must not hold '.' or '..'");
  }
  return path;
}

std::string PercentEncode(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out.append(1, '%').append(1, kHex[byte >> 4U]).append(1, kHex[byte & 15U]);
    }
  }
  return out;
}

void CheckHead(std::string_view method, const Headers& headers, bool version_1_1) {
  const auto is_token = [](std::string_view text) {
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::ranges::all_of(text, [&](char c) {
      return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
             kMarks.find(c) != std::string_view::npos;
    });
  };
  if (!is_token(method)) throw Error(ErrorCode::kMalformed, "the method is broken");
  for (const auto& [name, value] : headers) {
    const bool control = std::ranges::any_of(value, [](char c) {
      return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == 127;
    });
    if (!is_token(name) || control) {
      throw Error(ErrorCode::kMalformed, "a header is broken");
    }
  }
  const size_t hosts = headers.count("Host");
  if (hosts > 1 || (version_1_1 && hosts == 0)) {
    throw Error(ErrorCode::kMalformed, "a request has one Host header");
  }
}

BodyFraming ReadFraming(const Headers& headers, size_t max_bytes) {
  BodyFraming framing;
  const auto coding = headers.find("Content-Encoding");
  if (coding != headers.end() && coding->second != "identity") {
    throw Error(ErrorCode::kUnsupported, "send the body without Content-Encoding");
  }
  const size_t lengths = headers.count("Content-Length");
  const auto transfer = headers.find("Transfer-Encoding");
  if (transfer != headers.end()) {
    if (lengths > 0 || headers.count("Transfer-Encoding") > 1 || transfer->second != "chunked") {
      throw Error(ErrorCode::kMalformed,
                  "unclear body length: send either Content-Length or chunked");
    }
    framing.chunked = true;
    return framing;
  }
  if (lengths > 1) throw Error(ErrorCode::kMalformed, "more than one Content-Length");
  if (lengths == 0) return framing;
  const std::string& text = headers.find("Content-Length")->second;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), framing.length);
  if (fault == std::errc::result_out_of_range || framing.length > max_bytes) {
    throw Error(ErrorCode::kTooLarge, "the body may have " + std::to_string(max_bytes) + " bytes");
  }
  if (fault != std::errc() || end != text.data() + text.size()) {
    throw Error(ErrorCode::kMalformed, "Content-Length is no number");
  }
  return framing;
}

std::string ReadBody(std::istream& stream, const BodyFraming& framing, size_t max_bytes) {
  std::string body;
  if (!framing.chunked) {
    body.resize(framing.length);
    stream.read(body.data(), static_cast<std::streamsize>(body.size()));
    if (static_cast<size_t>(stream.gcount()) != framing.length) {
      throw Error(ErrorCode::kMalformed, "the body ended after " + std::to_string(stream.gcount()) +
                                             " of " + std::to_string(framing.length) + " bytes");
    }
    return body;
  }
  std::array<char, 16384> buffer{};
  while (stream.read(buffer.data(), buffer.size()) || stream.gcount() > 0) {
    body.append(buffer.data(), static_cast<size_t>(stream.gcount()));
    if (body.size() > max_bytes) {
      throw Error(ErrorCode::kTooLarge,
                  "the body may have " + std::to_string(max_bytes) + " bytes");
    }
  }
  return body;
}

}  // namespace genflik::http
