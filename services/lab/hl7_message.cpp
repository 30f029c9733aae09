#include "services/lab/hl7_message.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <set>

#include "fhir/datetime.h"
#include "services/lab/character_set.h"

namespace genflik::lab {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  size_t start = 0;
  while (true) {
    const size_t end = text.find(separator, start);
    if (end == std::string_view::npos) {
      parts.push_back(text.substr(start));
      return parts;
    }
    parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
}

/// Lines that end with CR, LF or CRLF; empty ones left out.
std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  size_t start = 0;
  while (start < text.size()) {
    const size_t end = std::min(text.find_first_of("\r\n", start), text.size());
    if (end > start) lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

Hl7Fault Refused(int code, size_t field, std::string text) {
  return {.refused = true,
          .code = code,
          .segment = "MSH",
          .sequence = 1,
          .field = field,
          .text = std::move(text)};
}

std::optional<Hl7Delimiters> ReadDelimiters(std::string_view header) {
  if (header.size() < 8 || !header.starts_with("MSH")) return std::nullopt;
  const Hl7Delimiters delimiters{.field = header[3],
                                 .component = header[4],
                                 .repetition = header[5],
                                 .escape = header[6],
                                 .subcomponent = header[7]};
  const std::set<char> distinct = {header[3], header[4], header[5], header[6], header[7]};
  const bool usable =
      distinct.size() == 5 && std::none_of(distinct.begin(), distinct.end(), [](char c) {
        return IsDigit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               static_cast<unsigned char>(c) < 0x20;
      });
  if (!usable) return std::nullopt;
  return delimiters;
}

/// Bytes in hexadecimal, as text.
std::string ReadHex(std::string_view digits) {
  std::string bytes;
  for (size_t i = 0; i + 1 < digits.size(); i += 2) {
    int value = 0;
    for (const char c : digits.substr(i, 2)) {
      const bool letter = (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
      if (!IsDigit(c) && !letter) return "";
      value = value * 16 + (IsDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    bytes += static_cast<char>(value);
  }
  return bytes;
}

/// Formatting of text fields (section 2.7.6): new lines, spaces, and what only lays the page out.
std::optional<std::string> LayoutText(std::string_view command) {
  const std::string_view name = command.substr(0, 2);
  std::string_view number = command.substr(std::min<size_t>(2, command.size()));
  while (number.starts_with(' ') || number.starts_with('+')) number.remove_prefix(1);
  size_t count = 1;
  const auto [end, fault] = std::from_chars(number.data(), number.data() + number.size(), count);
  const bool plain = number.empty() || (fault == std::errc() && end == number.end());
  constexpr size_t kMost = 80;
  if (name == "in" || name == "ti" || name == "fi" || name == "nf") return "";
  if (!plain || count > kMost) return std::nullopt;
  if (name == "br" || name == "ce") return "\n";
  if (name == "sp") return std::string(count, '\n');
  if (name == "sk") return std::string(count, ' ');
  return std::nullopt;
}

std::optional<std::string> EscapedText(std::string_view name, const Hl7Delimiters& delimiters) {
  if (name == "F") return std::string(1, delimiters.field);
  if (name == "S") return std::string(1, delimiters.component);
  if (name == "T") return std::string(1, delimiters.subcomponent);
  if (name == "R") return std::string(1, delimiters.repetition);
  if (name == "E") return std::string(1, delimiters.escape);
  if (name == "P") return "#";
  if (name == "H" || name == "N") return "";
  if (name.starts_with('.')) return LayoutText(name.substr(1));
  if (name.size() > 2 && name.front() == 'X') {
    const std::string bytes = ReadHex(name.substr(1));
    if (!bytes.empty()) return IsUtf8(bytes) ? bytes : FromLatin1(bytes);
  }
  return std::nullopt;
}

int NumberOf(std::string_view digits) {
  int number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

/// The offset of Swedish clocks at a local time YYYYMMDDHHMM: summer time from the last Sunday of
/// March to that of October (Directive 2000/84/EC). In the hour that comes twice: winter time.
std::string SwedishZone(std::string_view digits) {
  using namespace std::chrono;
  const year y(NumberOf(digits.substr(0, 4)));
  const month m(static_cast<unsigned>(NumberOf(digits.substr(4, 2))));
  const day d(static_cast<unsigned>(NumberOf(digits.substr(6, 2))));
  if (!(y / m / d).ok()) return "+01:00";
  const sys_seconds at = sys_days(y / m / d) + hours(NumberOf(digits.substr(8, 2)));
  const sys_seconds begin = sys_days(y / March / Sunday[last]) + hours(2);
  const sys_seconds end = sys_days(y / October / Sunday[last]) + hours(2);
  return at >= begin && at < end ? "+02:00" : "+01:00";
}

}  // namespace

Hl7Segment::Hl7Segment(std::string_view line, const Hl7Delimiters& delimiters)
    : delimiters_(delimiters) {
  name_ = std::string(line.substr(0, 3));
  if (line.size() < 4) return;
  std::string_view rest = line.substr(4);
  // In a header segment the separator itself is the first field.
  if (name_ == "MSH" || name_ == "FHS" || name_ == "BHS") {
    fields_.emplace_back(1, delimiters.field);
  }
  for (const std::string_view field : Split(rest, delimiters.field)) fields_.emplace_back(field);
}

std::string_view Hl7Segment::Raw(size_t field) const {
  return field == 0 || field > fields_.size() ? std::string_view() : fields_[field - 1];
}

bool Hl7Segment::IsEmpty(size_t field) const {
  const std::string_view raw = Raw(field);
  return raw.empty() || raw == "\"\"" ||
         raw.find_first_not_of(std::string{delimiters_.component, delimiters_.subcomponent,
                                           delimiters_.repetition, ' '}) == std::string_view::npos;
}

size_t Hl7Segment::Repetitions(size_t field) const {
  return IsEmpty(field) ? 0 : Split(Raw(field), delimiters_.repetition).size();
}

std::string_view Hl7Segment::Repetition(size_t field, size_t repetition) const {
  const auto repetitions = Split(Raw(field), delimiters_.repetition);
  return repetition < repetitions.size() ? repetitions[repetition] : std::string_view();
}

std::string Hl7Segment::Text(size_t field, size_t component, size_t repetition,
                             size_t subcomponent) const {
  const auto components = Split(Repetition(field, repetition), delimiters_.component);
  if (component > components.size()) return "";
  const auto parts = Split(components[component - 1], delimiters_.subcomponent);
  if (subcomponent > parts.size()) return "";
  std::string text = Unescape(parts[subcomponent - 1], delimiters_);
  return text == "\"\"" ? "" : text;
}

std::string Hl7Segment::Whole(size_t field, size_t repetition) const {
  return Unescape(Repetition(field, repetition), delimiters_);
}

const Hl7Segment* Hl7Message::Find(std::string_view name) const {
  const auto found = std::find_if(segments.begin(), segments.end(), [&](const Hl7Segment& segment) {
    return segment.name() == name;
  });
  return found == segments.end() ? nullptr : &*found;
}

std::optional<Hl7Message> ReadHl7(std::string_view bytes, std::string_view default_character_set,
                                  std::vector<Hl7Fault>& faults) {
  const auto lines = Lines(bytes);
  const auto delimiters =
      lines.empty() ? std::optional<Hl7Delimiters>() : ReadDelimiters(lines.front());
  if (!delimiters) {
    const bool header = !lines.empty() && lines.front().starts_with("MSH");
    faults.push_back(Refused(header ? 102 : 100, header ? 2 : 0,
                             header ? "MSH-1 and MSH-2 do not name five different delimiters"
                                    : "the message does not begin with MSH"));
    return std::nullopt;
  }
  Hl7Message message;
  message.delimiters = *delimiters;
  message.character_set = Hl7Segment(lines.front(), *delimiters).Text(18);
  const auto text = DecodeHl7(bytes, message.character_set, default_character_set);
  if (!text) {
    const bool known = IsReadableCharacterSet(message.character_set);
    faults.push_back({.code = known ? 102 : 103,
                      .segment = "MSH",
                      .sequence = 1,
                      .field = 18,
                      .text = known ? "the text is not in the character set that MSH-18 declares"
                                    : "the character set that MSH-18 names is not read"});
    return std::nullopt;
  }
  for (const std::string_view line : Lines(*text)) {
    message.segments.emplace_back(line, *delimiters);
  }
  message.complete = bytes.ends_with('\r') || bytes.ends_with('\n');
  return message;
}

std::optional<Hl7Message> ReadHl7Header(std::string_view bytes) {
  const auto lines = Lines(bytes);
  const auto delimiters =
      lines.empty() ? std::optional<Hl7Delimiters>() : ReadDelimiters(lines.front());
  if (!delimiters) return std::nullopt;
  Hl7Message message;
  message.delimiters = *delimiters;
  message.segments.emplace_back(
      IsUtf8(lines.front()) ? std::string(lines.front()) : FromLatin1(lines.front()), *delimiters);
  message.character_set = message.segments.front().Text(18);
  return message;
}

std::vector<std::string> SplitMessages(std::string_view bytes) {
  std::vector<std::string> messages;
  constexpr std::array<std::string_view, 4> kWrappers = {"FHS", "BHS", "BTS", "FTS"};
  // A byte order mark is no part of the first segment's name.
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  for (const std::string_view line : Lines(bytes)) {
    if (std::find(kWrappers.begin(), kWrappers.end(), line.substr(0, 3)) != kWrappers.end()) {
      continue;
    }
    if (line.starts_with("MSH") || messages.empty()) messages.emplace_back();
    messages.back().append(line).append("\r");
  }
  // A file that was cut keeps the sign of it.
  const bool ended = bytes.ends_with('\r') || bytes.ends_with('\n');
  if (!messages.empty() && !ended) messages.back().pop_back();
  return messages;
}

std::string Unescape(std::string_view text, const Hl7Delimiters& delimiters) {
  std::string result;
  size_t position = 0;
  while (position < text.size()) {
    const size_t start = text.find(delimiters.escape, position);
    const size_t end =
        start == std::string_view::npos ? start : text.find(delimiters.escape, start + 1);
    if (end == std::string_view::npos) break;
    const auto escaped = EscapedText(text.substr(start + 1, end - start - 1), delimiters);
    result += text.substr(position, start - position);
    if (escaped) {
      result += *escaped;
      position = end + 1;
    } else {
      result += delimiters.escape;
      position = start + 1;
    }
  }
  return result.append(text.substr(position));
}

std::string Escape(std::string_view text, const Hl7Delimiters& delimiters) {
  std::string result;
  for (const char c : text) {
    char name = 0;
    if (c == delimiters.field) name = 'F';
    if (c == delimiters.component) name = 'S';
    if (c == delimiters.subcomponent) name = 'T';
    if (c == delimiters.repetition) name = 'R';
    if (c == delimiters.escape) name = 'E';
    if (name == 0) {
      result += c == '\r' || c == '\n' ? ' ' : c;
    } else {
      result += delimiters.escape;
      result += name;
      result += delimiters.escape;
    }
  }
  return result;
}

std::string ReadHl7Time(std::string_view text) {
  std::string zone;
  const size_t sign = text.find_first_of("+-");
  if (sign != std::string_view::npos) {
    const std::string_view digits = text.substr(sign + 1);
    if (digits.size() != 4 || !std::all_of(digits.begin(), digits.end(), IsDigit)) return "";
    zone = std::string(text.substr(sign, 3)) + ":" + std::string(digits.substr(2));
    text = text.substr(0, sign);
  }
  std::string_view digits = text.substr(0, text.find('.'));
  if (digits.size() < 4 || digits.size() > 14 || digits.size() % 2 != 0 ||
      !std::all_of(digits.begin(), digits.end(), IsDigit)) {
    return "";
  }
  std::string result(digits.substr(0, 4));
  for (size_t part = 4; part < digits.size() && part < 8; part += 2) {
    result.append("-").append(digits.substr(part, 2));
  }
  // FHIR wants hours and minutes together, seconds and a zone with them.
  if (digits.size() >= 12) {
    if (zone.empty()) zone = SwedishZone(digits);
    result.append("T").append(digits.substr(8, 2)).append(":").append(digits.substr(10, 2));
    result.append(":").append(digits.size() >= 14 ? digits.substr(12, 2) : "00").append(zone);
  }
  return fhir::ReadDateTime(result) ? result : "";
}

std::string RenderAck(const Hl7Message* message, const std::vector<Hl7Fault>& faults,
                      std::string_view control_id, std::string_view time) {
  const Hl7Delimiters delimiters = message == nullptr ? Hl7Delimiters{} : message->delimiters;
  const Hl7Segment* header = message == nullptr ? nullptr : message->Find("MSH");
  const auto raw = [&](size_t field) {
    return header == nullptr ? std::string() : std::string(header->Raw(field));
  };
  const std::string bar(1, delimiters.field);
  const std::string hat(1, delimiters.component);
  std::string ack = "MSH" + bar + delimiters.component + delimiters.repetition + delimiters.escape +
                    delimiters.subcomponent;
  for (const size_t field : {5U, 6U, 3U, 4U}) ack += bar + raw(field);
  ack += bar + std::string(time) + bar + bar + "ACK" + hat + "R01" + hat + "ACK" + bar;
  ack += std::string(control_id) + bar + (raw(11).empty() ? "P" : raw(11)) + bar;
  ack += raw(12).empty() ? "2.5.1" : raw(12);
  if (!raw(18).empty()) ack += bar + bar + bar + bar + bar + bar + raw(18);
  const bool refused = std::any_of(faults.begin(), faults.end(),
                                   [](const Hl7Fault& fault) { return fault.refused; });
  ack += "\rMSA" + bar + (faults.empty() ? "AA" : refused ? "AR" : "AE") + bar + raw(10) + "\r";
  for (const Hl7Fault& fault : faults) {
    ack += "ERR" + bar + bar + fault.segment;
    if (fault.sequence > 0) ack += hat + std::to_string(fault.sequence);
    if (fault.field > 0) ack += hat + std::to_string(fault.field);
    ack += bar + std::to_string(fault.code) + hat + hat + "HL70357" + bar + "E" + bar + bar + bar +
           bar + Escape(fault.text, delimiters) + "\r";
  }
  return message == nullptr ? ack : EncodeHl7(ack, message->character_set);
}

}  // namespace genflik::lab
