#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// HL7 v2 in ER7 encoding: HL7 Version 2.5.1, chapter 2. Pure.

namespace genflik::lab {

/// What is wrong with a message, and where; becomes an ERR segment.
struct Hl7Fault {
  /// The message as a whole is refused (AR); otherwise its content cannot be used (AE).
  bool refused = false;
  /// Table 0357: 100 segment order, 101 required field missing, 102 data type, 103 value not in
  /// table, 200 message type, 202 processing id, 203 version, 204 unknown key, 205 duplicate key,
  /// 207 internal.
  int code = 207;
  /// "OBX"; empty for the whole message.
  std::string segment = {};
  /// Which segment of that name, from 1.
  size_t sequence = 0;
  size_t field = 0;
  /// For the sender; no patient data.
  std::string text = {};
};

/// The characters that part a message.
struct Hl7Delimiters {
  char field = '|';
  char component = '^';
  char repetition = '~';
  char escape = '\\';
  char subcomponent = '&';
};

/// One segment; fields count from 1 as the standard does.
class Hl7Segment {
 public:
  Hl7Segment(std::string_view line, const Hl7Delimiters& delimiters);

  const std::string& name() const { return name_; }
  /// How many fields there are.
  size_t size() const { return fields_.size(); }
  /// The field as it stands, not unescaped; empty when absent.
  std::string_view Raw(size_t field) const;
  /// True when the field says nothing: absent, empty, or the null `""`.
  bool IsEmpty(size_t field) const;
  /// How many repetitions the field has; 0 when it is empty.
  size_t Repetitions(size_t field) const;
  /// A component (from 1) of a repetition (from 0), a subcomponent (from 1) of it, unescaped;
  /// empty when absent.
  std::string Text(size_t field, size_t component = 1, size_t repetition = 0,
                   size_t subcomponent = 1) const;
  /// A whole repetition, unescaped, with the delimiters between its components.
  std::string Whole(size_t field, size_t repetition = 0) const;

 private:
  std::string_view Repetition(size_t field, size_t repetition) const;

  std::string name_;
  std::vector<std::string> fields_;
  Hl7Delimiters delimiters_;
};

/// A message as text in UTF-8.
struct Hl7Message {
  std::vector<Hl7Segment> segments = {};
  Hl7Delimiters delimiters = {};
  /// False when the last segment has no end, as when a message was cut.
  bool complete = true;
  /// MSH-18 as it was declared.
  std::string character_set = {};

  /// The first segment of a name; null when there is none.
  const Hl7Segment* Find(std::string_view name) const;
};

/// Takes a message apart: delimiters from MSH, character set from MSH-18 (`default_character_set`,
/// "UNICODE UTF-8" or "8859/1", when it is empty and the bytes are no UTF-8). Segments may end with
/// CR, LF or both. Nothing when there is no usable MSH or the text cannot be decoded; `faults` says
/// why.
[[nodiscard]] std::optional<Hl7Message> ReadHl7(std::string_view bytes,
                                                std::string_view default_character_set,
                                                std::vector<Hl7Fault>& faults);

/// The header of a message whose text cannot be decoded, for its acknowledgement; nothing when
/// there is no usable MSH.
[[nodiscard]] std::optional<Hl7Message> ReadHl7Header(std::string_view bytes);

/// The messages in a file or batch (FHS, BHS, BTS and FTS left out), each from its MSH on.
[[nodiscard]] std::vector<std::string> SplitMessages(std::string_view bytes);

/// Undoes the escapes of one value: those of the delimiters (F, S, T, R, E), hexadecimal bytes
/// (X41), the layout of text (.br, .sp2 and others) and highlighting; an escape that is not known
/// stays as it is.
[[nodiscard]] std::string Unescape(std::string_view text, const Hl7Delimiters& delimiters);
/// Escapes the delimiters in a value.
[[nodiscard]] std::string Escape(std::string_view text, const Hl7Delimiters& delimiters);

/// A timestamp (YYYY[MM[DD[HH[MM[SS[.S+]]]]]][+/-ZZZZ]) as a FHIR dateTime in the same precision;
/// a time of day without a zone is Swedish time, and an hour without minutes is cut to the day.
/// Empty when it is none.
[[nodiscard]] std::string ReadHl7Time(std::string_view text);

/// The acknowledgement in the character set of the message: AA without faults, else AE or AR with
/// an ERR for each.
[[nodiscard]] std::string RenderAck(const Hl7Message* message, const std::vector<Hl7Fault>& faults,
                                    std::string_view control_id, std::string_view time);

}  // namespace genflik::lab
