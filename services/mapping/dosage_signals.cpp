#include "services/mapping/dosage_signals.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "services/mapping/dosage_units.h"

namespace genflik::mapping {
namespace {

bool IsWordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

// Where a phrase must stand: whole, or with an ending ("stoppades").
enum class Place { kWhole, kAtTheStart };

bool Stands(std::string_view text, std::string_view phrase, Place place) {
  for (size_t at = text.find(phrase); at != std::string_view::npos;
       at = text.find(phrase, at + 1)) {
    const auto before = at == 0 ? ' ' : static_cast<unsigned char>(text[at - 1]);
    const size_t end = at + phrase.size();
    const bool ends = place == Place::kAtTheStart || end >= text.size() || !IsWordByte(text[end]);
    if (!(before >= 'a' && before <= 'z') && before < 0x80 && ends) return true;
  }
  return false;
}

template <size_t kCount>
bool SaysOneOf(std::string_view text, const std::array<std::string_view, kCount>& phrases,
               Place place) {
  const std::string plain = PlainText(text);
  return std::any_of(phrases.begin(), phrases.end(),
                     [&](std::string_view phrase) { return Stands(plain, phrase, place); });
}

// The words of one plain text; a slash is a word, and ',' ';' '.' and line ends close a part.
std::vector<std::vector<std::string>> PartsOf(std::string_view plain) {
  std::vector<std::vector<std::string>> parts(1);
  for (size_t at = 0; at < plain.size();) {
    size_t end = at;
    while (end < plain.size() && IsWordByte(plain[end])) ++end;
    if (end > at) {
      parts.back().emplace_back(plain.substr(at, end - at));
      at = end;
      continue;
    }
    const char c = plain[at++];
    if (c == '/') parts.back().emplace_back("/");
    if (c == ',' || c == ';' || c == '.' || c == '\n') parts.emplace_back();
  }
  return parts;
}

template <size_t kCount>
bool OneOf(std::string_view word, const std::array<std::string_view, kCount>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

template <size_t kCount>
bool StartsWithOneOf(std::string_view word, const std::array<std::string_view, kCount>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view start) { return word.starts_with(start); });
}

// What is done every week without a dose, or by how much a dose changes. A start that stands in
// other words too ("vikt" in "viktigt", "lab" in "labil") counts only whole.
bool IsAnotherMatter(std::string_view word) {
  static constexpr std::array<std::string_view, 20> kStarts{
      "kontroll", "blodprov", "provta",  "monitor", "labprov", "viktkontr", "väger",
      "vägning",  "mätning",  "återbes", "dispens", "utlämn",  "apodos",    "weigh",
      "ökning",   "trappa",   "increas", "reduc",   "taper",   "titr"};
  static constexpr std::array<std::string_view, 41> kWhole{
      "prov",   "prover",  "check",  "checked", "checks", "lab",  "labb",  "labs",  "inr",
      "pk",     "vikt",    "vikten", "väg",     "vägs",   "mät",  "mäts",  "mäta",  "besök",
      "besöks", "hämta",   "hämtas", "dosett",  "bloods", "test", "tests", "visit", "visits",
      "review", "reviews", "öka",    "ökas",    "ökar",   "höj",  "höjs",  "höja",  "höjning",
      "sänk",   "sänks",   "sänka",  "minska",  "minskas"};
  return StartsWithOneOf(word, kStarts) || OneOf(word, kWhole) || word.starts_with("decreas") ||
         word == "blood" || word.find("kontroll") != std::string_view::npos;
}

bool IsDosingVerb(std::string_view word) {
  static constexpr std::array<std::string_view, 25> kWords{
      "ta",    "tag",     "tas",          "tages",   "intas",     "intages",  "ges",
      "ge",    "doseras", "svälj",        "take",    "taken",     "takes",    "give",
      "given", "inject",  "sprutas",      "swallow", "injiceras", "injicera", "administreras",
      "äts",   "dricks",  "administered", "injected"};
  return OneOf(word, kWords);
}

// True when a part of a text speaks of something else than a dose: "kontroll varje vecka", "ta
// blodprov en gång i veckan". A verb of its own, away from that word, makes it a dose all the same.
bool IsAllAnotherMatter(const std::vector<std::string>& words) {
  if (std::none_of(words.begin(), words.end(), IsAnotherMatter)) return false;
  for (size_t i = 0; i < words.size(); ++i) {
    if (!IsDosingVerb(words[i])) continue;
    const size_t from = i < 2 ? 0 : i - 2;
    const size_t to = std::min(i + 3, words.size());
    bool beside = false;
    for (size_t k = from; k < to; ++k) beside = beside || IsAnotherMatter(words[k]);
    if (!beside) return false;
  }
  return true;
}

bool IsWeeklyWord(std::string_view word) {
  static constexpr std::array<std::string_view, 11> kWhole{
      "weekly", "biweekly", "fortnightly", "veckovis",     "qw",   "q1w",
      "qwk",    "qweek",    "q7d",         "hebdomadaire", "hebdo"};
  static constexpr std::array<std::string_view, 3> kStarts{"veckodos", "veckotabl", "ugedos"};
  if (OneOf(word, kWhole) || StartsWithOneOf(word, kStarts)) return true;
  return word.find("wöchentlich") != std::string_view::npos || word.starts_with("ugentlig") ||
         word.starts_with("ukentlig");
}

bool IsWeek(std::string_view word) {
  static constexpr std::array<std::string_view, 13> kWords{
      "vecka", "veckan", "week",    "wk", "woche", "uke", "uken",
      "uge",   "ugen",   "semaine", "v",  "w",     "wo"};
  return OneOf(word, kWords);
}

bool IsEach(std::string_view word) {
  static constexpr std::array<std::string_view, 24> kWords{
      "per",   "/",   "i",    "om",       "varje", "var",       "a",     "each",
      "every", "q",   "once", "pro",      "der",   "die",       "jede",  "jeder",
      "hver",  "par", "la",   "varannan", "other", "annenhver", "anden", "gång"};
  return OneOf(word, kWords);
}

// "7 dagar i veckan", "alla dagar i veckan": every day.
bool IsEveryDay(const std::vector<std::string>& words, size_t week) {
  static constexpr std::array<std::string_view, 7> kDays{"dag",  "dagar",  "dagarna", "day",
                                                         "days", "gånger", "ggr"};
  static constexpr std::array<std::string_view, 8> kAll{"7",     "sju",   "seven", "alla",
                                                        "varje", "every", "all",   "veckans"};
  for (size_t back = 1; back <= 4 && back < week; ++back) {
    if (OneOf(words[week - back], kDays)) return OneOf(words[week - back - 1], kAll);
  }
  return false;
}

bool PartSaysWeekly(const std::vector<std::string>& words) {
  if (IsAllAnotherMatter(words)) return false;
  for (size_t i = 0; i < words.size(); ++i) {
    if (IsWeeklyWord(words[i])) return true;
    // "1 tablett/7 dagar"
    if (words[i] == "7" && i > 0 && i + 1 < words.size() &&
        (words[i - 1] == "/" || words[i - 1] == "per" || words[i - 1] == "q") &&
        (words[i + 1].starts_with("da") || words[i + 1] == "d"))
      return true;
    if (i == 0 || !IsWeek(words[i]) || !IsEach(words[i - 1])) continue;
    // A single letter is a week only behind a slash.
    if (words[i].size() < 3 && words[i] != "wk" && words[i - 1] != "/") continue;
    if (!IsEveryDay(words, i)) return true;
  }
  return false;
}

// "Seponeras vid utslag", "avbryts om ...", "suspended in water", "withheld if ...": what is behind
// the verb says that the medicine is taken until then.
bool IsConditional(std::string_view rest) {
  static constexpr std::array<std::string_view, 14> kWords{
      "vid", "om",   "ifall", "if",  "when", "in",     "before",
      "bei", "wenn", "falls", "ved", "hvis", "unless", "efter"};
  while (!rest.empty() && IsWordByte(rest.front())) rest.remove_prefix(1);
  while (!rest.empty() && !IsWordByte(rest.front())) {
    if (rest.front() == '.' || rest.front() == ';' || rest.front() == '\n') return false;
    rest.remove_prefix(1);
  }
  size_t end = 0;
  while (end < rest.size() && IsWordByte(rest[end])) ++end;
  return OneOf(rest.substr(0, end), kWords);
}

}  // namespace

bool StartsAWord(std::string_view text, std::string_view word) {
  return Stands(text, word, Place::kAtTheStart);
}

bool SaysWeekly(std::string_view text) {
  const auto parts = PartsOf(PlainText(text));
  return std::any_of(parts.begin(), parts.end(), PartSaysWeekly);
}

bool SaysAsNeeded(std::string_view text) {
  static constexpr std::array<std::string_view, 13> kPhrases{
      "vid behov", "efter behov",   "ved behov",   "bei bedarf", "as needed", "when needed",
      "if needed", "when required", "if required", "prn",        "p.r.n",     "v.b.",
      "vb"};
  return SaysOneOf(text, kPhrases, Place::kWhole);
}

bool SaysStopped(std::string_view text) {
  // What has happened, and what holds now.
  static constexpr std::array<std::string_view, 14> kDone{"satts ut",  "stoppad",
                                                          "stoppat",   "avbruten",
                                                          "avbrutet",  "abgesetzt",
                                                          "pausiert",  "seponeret",
                                                          "seponert",  "seponerad",
                                                          "seponerat", "pausad",
                                                          "makulerad", "uppehåll tills vidare"};
  // What is done, or would be done if something else came.
  static constexpr std::array<std::string_view, 10> kMaybe{
      "on hold",   "sätts ut",  "sättes ut", "avbryts",  "absetzen",
      "seponeres", "seponeras", "suspended", "withheld", "uppehåll med behandling"};
  if (SaysOneOf(text, kDone, Place::kAtTheStart)) return true;
  const std::string plain = PlainText(text);
  return std::any_of(kMaybe.begin(), kMaybe.end(), [&](std::string_view phrase) {
    for (size_t at = plain.find(phrase); at != std::string::npos; at = plain.find(phrase, at + 1)) {
      const std::string_view rest = std::string_view(plain).substr(at);
      const bool starts = at == 0 || !IsWordByte(plain[at - 1]);
      if (starts && !IsConditional(rest.substr(phrase.size()))) return true;
    }
    return false;
  });
}

bool SaysDoNotTake(std::string_view text) {
  const std::string plain = PlainText(text);
  static constexpr std::array<std::string_view, 7> kNever{
      "ta inte", "ta ej", "tas inte", "tas ej", "do not take", "ska inte tas", "skall ej tas"};
  return plain.size() < 24 &&
         std::any_of(kNever.begin(), kNever.end(),
                     [&](std::string_view never) { return plain.starts_with(never); });
}

bool IsComplaint(std::string_view word) {
  static constexpr std::array<std::string_view, 46> kStarts{"smärt",
                                                            "värk",
                                                            "huvudvärk",
                                                            "illamå",
                                                            "kräk",
                                                            "oro",
                                                            "ångest",
                                                            "sömn",
                                                            "feber",
                                                            "klåda",
                                                            "yrsel",
                                                            "hosta",
                                                            "hostn",
                                                            "andnöd",
                                                            "andfådd",
                                                            "kramp",
                                                            "anfall",
                                                            "migrän",
                                                            "bröstsm",
                                                            "kärlkramp",
                                                            "besvär",
                                                            "symtom",
                                                            "symptom",
                                                            "förstopp",
                                                            "diarré",
                                                            "halsbränn",
                                                            "sveda",
                                                            "obehag",
                                                            "mensvärk",
                                                            "ryggvärk",
                                                            "allergi",
                                                            "snuva",
                                                            "nästäppa",
                                                            "astmaanfall",
                                                            "panik",
                                                            "rastlös",
                                                            "behandlingskräv",
                                                            "genombrott",
                                                            "pain",
                                                            "nausea",
                                                            "anxiety",
                                                            "headache",
                                                            "itch",
                                                            "fever",
                                                            "cough",
                                                            "chest"};
  return StartsWithOneOf(word, kStarts);
}

}  // namespace genflik::mapping
