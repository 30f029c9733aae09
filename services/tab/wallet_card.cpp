#include "services/tab/wallet_card.h"

#include <algorithm>
#include <memory>
#include <regex>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>
#include <qrencode.h>

#include "services/core/error.h"

namespace genflik::tab {
namespace {

using fhir::FindArray;
using fhir::FindText;
using fhir::Json;

struct Words {
  std::string_view title, untested, more, unknown, no_results, conflict, ambiguous, no_call, unread,
      withdrawn, in_code, not_in_code, others, present, absent, sample;
};

const Words& WordsIn(std::string_view lang) {
  static const Words english = {
      .title = "Genetic results for drug treatment",
      .untested = "A gene that is not listed was not tested; it is not normal.",
      .more = "further genes: see the link",
      .unknown = "Prototype, not a CE-marked device.",
      .no_results = "No genetic result",
      .conflict = "results disagree",
      .ambiguous = "several readings possible",
      .no_call = "tested without answer",
      .unread = "cannot be interpreted",
      .withdrawn = "withdrawn",
      .in_code = "more in the code",
      .not_in_code = "only by the link",
      .others = "Also tested",
      .present = "present",
      .absent = "absent",
      .sample = "Samples of"};
  static const Words swedish = {
      .title = "Genetiska svar för läkemedelsbehandling",
      .untested = "En gen som inte står här är inte testad; den är inte normal.",
      .more = "gener till: se länken",
      .unknown = "Prototyp, inte CE-märkt.",
      .no_results = "Inget genetiskt svar",
      .conflict = "svaren motsäger varandra",
      .ambiguous = "flera tolkningar möjliga",
      .no_call = "testat utan svar",
      .unread = "går inte att tolka",
      .withdrawn = "återkallat",
      .in_code = "till i koden",
      .not_in_code = "bara via länken",
      .others = "Även testat",
      .present = "finns",
      .absent = "saknas",
      .sample = "Prov"};
  return lang == "en" ? english : swedish;
}

/// One gene on the card: what was found, and what it means.
struct Line {
  std::string finding = {};
  std::string meaning = {};
  /// Day of the sample; may be empty.
  std::string date = {};
  bool actionable = false;
  /// Read without doubt: the finding may stand without its meaning where room is short.
  bool plain = false;
};

/// How many bytes the UTF-8 character that starts here has, and whether it only steers how others
/// are drawn (controls and direction marks, which could make a card say something else).
std::pair<size_t, bool> CharacterAt(std::string_view text, size_t place) {
  const auto byte = [&](size_t i) {
    return place + i < text.size() ? static_cast<unsigned char>(text[place + i]) : 0U;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return {1, first < 0x20 || first == 0x7F};
  const size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  const bool c1 = first == 0xC2 && byte(1) < 0xA0;
  const bool mark = first == 0xE2 && ((byte(1) == 0x80 && ((byte(2) >= 0x8B && byte(2) <= 0x8F) ||
                                                           (byte(2) >= 0xA8 && byte(2) <= 0xAE))) ||
                                      (byte(1) == 0x81 && byte(2) >= 0xA0));
  const bool byte_order = first == 0xEF && byte(1) == 0xBB && byte(2) == 0xBF;
  return {std::min(length, text.size() - place), c1 || mark || byte_order};
}

/// The text without steering characters, at most `limit` characters.
std::string Plain(std::string_view text, size_t limit) {
  std::string plain;
  size_t characters = 0;
  for (size_t place = 0; place < text.size();) {
    const auto [length, steers] = CharacterAt(text, place);
    if (++characters > limit) return plain + "…";
    if (steers) {
      plain += ' ';
    } else {
      plain += text.substr(place, length);
    }
    place += length;
  }
  return plain;
}

size_t Characters(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::string Joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string joined;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    if (!joined.empty()) joined += between;
    joined += part;
  }
  return joined;
}

void AddOnce(std::vector<std::string>& list, std::string text) {
  if (!text.empty() && std::find(list.begin(), list.end(), text) == list.end()) {
    list.push_back(std::move(text));
  }
}

std::vector<std::string> TextsOf(const Json& list) {
  std::vector<std::string> texts;
  for (const Json& one : list) {
    if (one.is_string()) texts.push_back(one.get<std::string>());
  }
  return texts;
}

/// "rs9923231 reference (C)/rs9923231 variant (T)" as "rs9923231 C/T"; anything else as it is.
std::string ShortDiplotype(std::string diplotype) {
  static const std::regex pair(
      R"((rs\d+) (?:reference|variant) \(([ACGT]+)\)/\1 (?:reference|variant) \(([ACGT]+)\))");
  std::smatch match;
  if (!std::regex_match(diplotype, match, pair)) return diplotype;
  return match[1].str() + ' ' + match[2].str() + '/' + match[3].str();
}

std::string_view StatusWords(std::string_view status, const Words& words) {
  if (status == "interpreted") return "";
  if (status == "conflict") return words.conflict;
  if (status == "ambiguous") return words.ambiguous;
  if (status == "no-call") return words.no_call;
  return status == "withdrawn" ? words.withdrawn : words.unread;
}

/// The result in force; null when every one was withdrawn.
const Json* CurrentResult(const Json& gene) {
  for (const Json& result : FindArray(gene, "results")) {
    if (FindText(result, "source") == FindText(gene, "current")) return &result;
  }
  return nullptr;
}

/// What the laboratory wrote, where there is no reading.
std::string ReportedFinding(const Json& result) {
  std::vector<std::string> parts = TextsOf(FindArray(result, "diplotypes"));
  for (std::string& haplotype : TextsOf(FindArray(result, "haplotypes"))) {
    parts.push_back(std::move(haplotype));
  }
  if (parts.empty()) parts.emplace_back(FindText(result, "reportedPhenotype"));
  return Joined(parts, " | ");
}

/// "*57:01 positive" in the language's word.
std::string PresenceWords(const Json& reading, const Words& words) {
  std::vector<std::string> statuses = TextsOf(FindArray(reading, "statuses"));
  for (std::string& status : statuses) {
    const size_t space = status.rfind(' ');
    if (space == std::string::npos) continue;
    const std::string answer = status.substr(space + 1);
    if (answer != "positive" && answer != "negative") continue;
    status.replace(space + 1, std::string::npos,
                   answer == "positive" ? words.present : words.absent);
  }
  return Joined(statuses, ", ");
}

Line LineOf(const Json& gene, std::string_view lang, const Words& words) {
  std::vector<std::string> findings;
  std::vector<std::string> meanings{std::string(StatusWords(FindText(gene, "status"), words))};
  for (const Json& reading : FindArray(gene, "interpretations")) {
    AddOnce(findings, ShortDiplotype(std::string(FindText(reading, "diplotype"))));
    std::string meaning;
    if (const Json* text = fhir::Find(reading, "phenotypeText")) meaning = FindText(*text, lang);
    if (meaning.empty()) meaning = FindText(reading, "phenotype");
    if (meaning.empty()) meaning = PresenceWords(reading, words);
    const std::string_view score = FindText(reading, "activityScore");
    if (!score.empty()) meaning += " (" + std::string(score) + ")";
    AddOnce(meanings, std::move(meaning));
  }
  const Json* current = CurrentResult(gene);
  if (findings.empty() && current != nullptr) findings.push_back(ReportedFinding(*current));
  const Json* actionable = fhir::Find(gene, "actionable");
  return {
      .finding = Plain(std::string(FindText(gene, "gene")) + ' ' + Joined(findings, " | "), 90),
      .meaning = Plain(Joined(meanings, ", "), 120),
      .date = current == nullptr ? "" : Plain(FindText(*current, "effective").substr(0, 10), 10),
      .actionable = actionable != nullptr && actionable->is_boolean() && actionable->get<bool>(),
      .plain = FindText(gene, "status") == "interpreted"};
}

/// Genes that matter for drugs first.
std::vector<Line> LinesOf(const Json& record, std::string_view lang) {
  std::vector<Line> lines;
  for (const Json& gene : FindArray(record, "genes")) {
    lines.push_back(LineOf(gene, lang, WordsIn(lang)));
  }
  std::stable_partition(lines.begin(), lines.end(),
                        [](const Line& line) { return line.actionable; });
  return lines;
}

/// "Anna Provström 19610118-2803".
std::string PatientLine(const Json& record) {
  const Json* patient = fhir::Find(record, "patient");
  if (patient == nullptr) return "";
  std::string number;
  const Json& identifiers = FindArray(*patient, "identifiers");
  if (!identifiers.empty()) number = FindText(identifiers.front(), "value");
  const bool digits =
      number.size() == 12 && number.find_first_not_of("0123456789") == std::string::npos;
  if (digits) number.insert(8, "-");
  return Plain(FindText(*patient, "name"), 60) + ' ' + Plain(number, 40);
}

/// The day of every sample when it is the same; the code is the smaller, the less it says twice.
std::string SharedDate(const std::vector<Line>& lines) {
  const bool all = !lines.empty() && std::all_of(lines.begin(), lines.end(), [&](const Line& line) {
    return line.date == lines.front().date;
  });
  return all ? lines.front().date : "";
}

/// How much of the lines a text holds.
struct Extent {
  /// The first lines of all; the others are counted.
  size_t kept = 0;
  /// From this line on, genes that ask for nothing stand together without their meaning.
  size_t brief_from = 0;
};

constexpr size_t kShownLines = 6;

std::string TextWith(const Json& record, std::string_view lang, std::string_view link,
                     const std::vector<Line>& lines, const Extent& extent) {
  const Words& words = WordsIn(lang);
  std::string text = "Genflik: " + std::string(words.title) + '\n' + PatientLine(record) + '\n' +
                     std::string(FindText(record, "generated").substr(0, 10)) + '\n';
  if (lines.empty()) text += std::string(words.no_results) + '\n';
  const std::string shared = SharedDate(lines);
  if (!shared.empty()) text += std::string(words.sample) + ' ' + shared + '\n';
  std::vector<std::string> brief;
  for (size_t i = 0; i < extent.kept; ++i) {
    const Line& line = lines[i];
    const std::string date = shared.empty() && !line.date.empty() ? ", " + line.date : "";
    if (i >= extent.brief_from && line.plain && !line.actionable) {
      brief.push_back(line.finding + date);
    } else {
      text += line.finding + ": " + line.meaning + date + '\n';
    }
  }
  if (!brief.empty()) text += std::string(words.others) + ": " + Joined(brief, "; ") + '\n';
  if (extent.kept < lines.size()) {
    text += std::to_string(lines.size() - extent.kept) + ' ' + std::string(words.more) + '\n';
  }
  return text + std::string(words.untested) + '\n' + std::string(link);
}

struct FreeCode {
  void operator()(QRcode* code) const { QRcode_free(code); }
};
using Code = std::unique_ptr<QRcode, FreeCode>;

/// Larger codes have modules below 0.3 mm on the card, which phones read badly.
constexpr int kLargestWidth = 125;

/// Nothing when the code would be too large.
Code Encode(const std::string& text) {
  Code code(QRcode_encodeData(static_cast<int>(text.size()),
                              reinterpret_cast<const unsigned char*>(text.data()), 0,
                              QR_ECLEVEL_L));
  if (code && code->width > kLargestWidth) code.reset();
  return code;
}

/// The code that says most, and how many of the lines it holds.
std::pair<Code, size_t> EncodeMost(const Json& record, std::string_view lang, std::string_view link,
                                   const std::vector<Line>& lines) {
  Extent extent{.kept = lines.size(), .brief_from = lines.size()};
  while (true) {
    if (Code code = Encode(TextWith(record, lang, link, lines, extent))) {
      return {std::move(code), extent.kept};
    }
    if (extent.brief_from > kShownLines) {
      extent.brief_from = kShownLines;
    } else if (extent.kept > 0) {
      --extent.kept;
    } else {
      throw core::Error(core::ErrorCode::kInternal, "the card's code cannot be made");
    }
  }
}

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string Number(double value) {
  std::string text = std::to_string(value);
  text.resize(text.find('.') + 4);
  return text;
}

/// A line of text that never runs into the code, or off the card: squeezed when it would.
std::string TextElement(double y, double size, std::string_view text, std::string_view attributes,
                        double width = 39) {
  std::string element = "<text x=\"4\" y=\"" + Number(y) + "\" font-size=\"" + Number(size) + "\"" +
                        std::string(attributes);
  // Widest letters of common sans-serif faces are about 0.62 of the size on average.
  if (static_cast<double>(Characters(text)) * size * 0.62 > width) {
    element += " textLength=\"" + Number(width) + "\" lengthAdjust=\"spacingAndGlyphs\"";
  }
  return element + ">" + Escaped(text) + "</text>";
}

std::string CodePath(const QRcode& code, double left, double top, double size) {
  const double unit = size / code.width;
  std::string path = "<path transform=\"translate(" + Number(left) + ' ' + Number(top) +
                     ") scale(" + std::to_string(unit) +
                     ")\" shape-rendering=\"crispEdges\" fill=\"#000\" d=\"";
  for (int y = 0; y < code.width; ++y) {
    for (int x = 0; x < code.width; ++x) {
      int run = 0;
      while (x + run < code.width && (code.data[y * code.width + x + run] & 1U) != 0) ++run;
      if (run == 0) continue;
      path += 'M' + std::to_string(x) + ' ' + std::to_string(y) + 'h' + std::to_string(run) +
              "v1h-" + std::to_string(run) + 'z';
      x += run;
    }
  }
  return path + "\"/>";
}

/// "+ 14 more in the code", and what the code could not hold either.
std::string RestOf(size_t lines, size_t in_code, const Words& words) {
  const size_t shown = std::min(kShownLines, lines);
  std::string rest;
  if (in_code > shown) {
    rest = "+ " + std::to_string(in_code - shown) + ' ' + std::string(words.in_code);
  }
  const size_t missing = lines - std::max(in_code, shown);
  if (missing == 0) return rest;
  return (rest.empty() ? "+ " : rest + ", ") + std::to_string(missing) + ' ' +
         std::string(words.not_in_code);
}

}  // namespace

std::string CardText(const Json& record, std::string_view lang, std::string_view link) {
  const std::vector<Line> lines = LinesOf(record, lang);
  return TextWith(record, lang, link, lines, {.kept = lines.size(), .brief_from = lines.size()});
}

std::string RenderCard(const Json& record, std::string_view lang, std::string_view link) {
  const Words& words = WordsIn(lang);
  const std::vector<Line> lines = LinesOf(record, lang);
  std::string svg =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"85.6mm\" height=\"54mm\" viewBox=\"0 0 "
      "85.6 54\" "
      "font-family=\"system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif\" fill=\"#16202a\">"
      "<rect width=\"85.6\" height=\"54\" rx=\"3\" fill=\"#fff\"/>"
      "<path d=\"M0 3a3 3 0 0 1 3-3h79.6a3 3 0 0 1 3 3v4.5H0z\" fill=\"#0f5d66\"/>";
  svg += TextElement(5.2, 2.9, "Genflik  " + std::string(words.title),
                     " font-weight=\"700\" fill=\"#fff\"", 77.6);
  svg += TextElement(12.5, 2.9, PatientLine(record), " font-weight=\"700\"");
  double y = 17;
  if (lines.empty()) svg += TextElement(y, 2.5, words.no_results, "");
  for (size_t i = 0; i < std::min(kShownLines, lines.size()); ++i) {
    svg += TextElement(y, 2.3, Plain(lines[i].finding, 44), " font-weight=\"700\"");
    svg += TextElement(
        y + 2.5, 1.9,
        Plain(lines[i].meaning + (lines[i].date.empty() ? "" : ", " + lines[i].date), 60), "");
    y += 5.4;
  }
  const auto [code, in_code] = EncodeMost(record, lang, link, lines);
  const std::string rest = RestOf(lines.size(), in_code, words);
  if (!rest.empty()) svg += TextElement(y, 2, rest, " font-weight=\"700\"");
  svg += TextElement(
      52.3, 1.5,
      std::string(FindText(record, "generated").substr(0, 10)) + "  " + std::string(words.unknown),
      " fill=\"#4b5763\"");
  svg += CodePath(*code, 45.1, 9.6, 38);
  svg += "<text x=\"45.1\" y=\"50.5\" font-size=\"1.25\" fill=\"#4b5763\">" +
         Escaped(words.untested) + "</text>";
  return svg + "</svg>";
}

}  // namespace genflik::tab
