#include "services/mapping/genomics_alleles.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <utility>

#include "services/mapping/genomics_text.h"
#include "services/mapping/genomics_words.h"

namespace genflik::mapping {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsAlphanumeric(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

constexpr std::array<std::string_view, 10> kActivityWords = {
    "brist",    "deficien", "normal", "variable", "aktivitet",
    "activity", "homozyg",  "hetero", "hemizyg",  "bärare"};
/// Names of genes besides their symbols; those of enzymes and factors stand for the gene.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kOtherNames = {{
    {"faktor v", "F5"},
    {"factor v", "F5"},
    {"fv", "F5"},
    {"faktor ii", "F2"},
    {"factor ii", "F2"},
    {"protrombin", "F2"},
    {"prothrombin", "F2"},
    {"fii", "F2"},
}};
constexpr std::array<std::string_view, 6> kHgvsGenes = {"DPYD", "RYR1",    "CACNA1S",
                                                        "CFTR", "MT-RNR1", "G6PD"};

/// Reads digits from `text`; how many there were.
size_t CountDigits(std::string_view text) {
  return static_cast<size_t>(std::find_if_not(text.begin(), text.end(), IsDigit) - text.begin());
}

/// The copy number after an allele ("x2", "X2", "×N", "x≥3") as "x2"; nothing when it is none.
std::optional<std::string> ReadCopies(std::string_view text) {
  if (text.starts_with("×")) {
    text.remove_prefix(std::string_view("×").size());
  } else if (text.starts_with('x') || text.starts_with('X')) {
    text.remove_prefix(1);
  } else {
    return std::nullopt;
  }
  if (text == "N" || text == "n") return "xN";
  std::string at_least;
  for (const std::string_view sign : {std::string_view("≥"), std::string_view(">=")}) {
    if (!text.starts_with(sign)) continue;
    text.remove_prefix(sign.size());
    at_least = "≥";
  }
  if (text.empty() || text.size() > 2 || CountDigits(text) != text.size()) return std::nullopt;
  std::string copies = "x";
  copies += at_least;
  copies += text;
  return copies;
}

/// "*4", "*2A", "*7.001" (a suballele has the function of its core allele), "*1x2".
std::optional<std::string> ReadStar(std::string_view text) {
  if (text.size() < 2 || text.front() != '*') return std::nullopt;
  size_t end = 1 + CountDigits(text.substr(1));
  if (end == 1 || end > 5) return std::nullopt;
  while (end < text.size() && IsUpper(text[end]) && text[end] != 'X') ++end;
  std::string name(text.substr(0, end));
  std::string_view rest = text.substr(end);
  if (rest.starts_with('.')) {
    const size_t digits = CountDigits(rest.substr(1));
    if (digits != 3) return std::nullopt;
    rest.remove_prefix(1 + digits);
  }
  if (rest.empty()) return name;
  const auto copies = ReadCopies(Trim(rest));
  if (!copies) return std::nullopt;
  return name + *copies;
}

/// Star alleles on one chromosome: "*36+*10", "*13 + *1x2".
std::optional<std::string> ReadTandem(std::string_view text) {
  std::string name;
  while (true) {
    const size_t plus = text.find('+');
    const auto part = ReadStar(Trim(text.substr(0, plus)));
    if (!part) return std::nullopt;
    // "*4+*4" may be a genotype or a duplication.
    if (name == *part && plus == std::string_view::npos) return std::nullopt;
    if (!name.empty()) name += '+';
    name += *part;
    if (plus == std::string_view::npos) return name;
    text.remove_prefix(plus + 1);
  }
}

/// "*5701" as HLA alleles were written before 2010 (hla.alleles.nomen.org), with colons; "*9201"
/// and
/// "*9501" and those after them were renamed then and stay as they are.
std::string WithColons(std::string_view text) {
  const size_t digits = text.empty() ? 0 : CountDigits(text.substr(1));
  std::string name(text);
  if (digits < 4 || digits > 8 || digits % 2 != 0 || text.find(':') != std::string_view::npos ||
      text.starts_with("*92") || text.starts_with("*95")) {
    return name;
  }
  for (size_t place = 1 + digits - 2; place > 1; place -= 2) name.insert(place, ":");
  return name;
}

/// HLA by two fields: "*57:01:01G" is *57:01 at the resolution that advice needs.
std::optional<std::string> ReadHla(std::string_view written) {
  if (!written.starts_with('*')) return std::nullopt;
  const std::string text = WithColons(written);
  size_t position = 1;
  std::string name = "*";
  for (int field = 0; position < text.size(); ++field) {
    const size_t digits = CountDigits(std::string_view(text).substr(position));
    if (digits < 2 || digits > 4 || field > 3) return std::nullopt;
    if (field == 1) name += ':';
    if (field < 2) name.append(text, position, digits);
    position += digits;
    if (position == text.size()) break;
    if (text[position] == ':') {
      ++position;
      continue;
    }
    // A letter at the end: group (G, P) or, else, an allele that is not expressed.
    if (position + 1 != text.size() || !IsUpper(text[position])) return std::nullopt;
    if (text[position] != 'G' && text[position] != 'P') name += text[position];
    break;
  }
  return name.size() > 2 ? std::optional(name) : std::nullopt;
}

/// "*2A", "rs3918290", "p.(Asp949Val)", "HapB3": another name of the variant before it. "het" and
/// "ej påvisad" are none.
bool IsOtherName(std::string_view text) {
  return std::any_of(text.begin(), text.end(), IsDigit) &&
         text.find_first_of(" ?") == std::string_view::npos;
}

/// "c.1905+1G>A", with or without transcript and legacy name: "NM_000110.4:c.1905+1G>A (*2A)".
std::optional<std::string> ReadHgvs(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon != std::string_view::npos && (text.starts_with("NM_") || text.starts_with("NC_") ||
                                          text.starts_with("NG_") || text.starts_with("LRG_"))) {
    text = Trim(text.substr(colon + 1));
  }
  const size_t parenthesis = text.find(" (");
  if (parenthesis != std::string_view::npos && text.ends_with(')')) {
    const std::string_view inner = text.substr(parenthesis + 2);
    if (!IsOtherName(inner.substr(0, inner.size() - 1))) return std::nullopt;
    text = text.substr(0, parenthesis);
  }
  if (text.size() < 5 || text[1] != '.' || (text[0] != 'c' && text[0] != 'm')) return std::nullopt;
  const bool plain = std::all_of(text.begin() + 2, text.end(), [](char c) {
    return IsAlphanumeric(c) || std::string_view("+-_>*").find(c) != std::string_view::npos;
  });
  if (!plain || !(IsDigit(text[2]) || text[2] == '-' || text[2] == '*')) return std::nullopt;
  return std::string(text);
}

bool IsHgvsGene(std::string_view gene) {
  return std::find(kHgvsGenes.begin(), kHgvsGenes.end(), gene) != kHgvsGenes.end();
}

/// Words for what an enzyme does, where the name of an allele is looked for.
bool FindPhenotypeWord(std::string_view text) {
  const std::string lower = LowerCase(text);
  return std::any_of(kActivityWords.begin(), kActivityWords.end(),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

/// Alleles of G6PD have names of places and old electrophoretic letters ("B", "A- 202A_376G").
bool IsPlainName(std::string_view text) {
  const bool name = !text.empty() && (IsUpper(text.front()) || IsDigit(text.front()));
  return name && text.size() <= 80 && !FindPhenotypeWord(text) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return IsAlphanumeric(c) ||
                  std::string_view(" ,_>+-.()").find(c) != std::string_view::npos;
         });
}

/// A prefix that is an HLA locus, known or not: "HLA-C".
std::string HlaLocus(std::string_view text) {
  if (!text.starts_with("HLA-")) return "";
  size_t end = 4;
  while (end < text.size() && (IsUpper(text[end]) || (end > 4 && IsDigit(text[end])))) ++end;
  return end > 4 ? std::string(text.substr(0, end)) : "";
}

/// "Faktor V" of "Faktor V Leiden", "CYP 2D6" of "CYP 2D6 *4/*4", "HLA B" of "HLA B*57:01".
std::string OtherNamePrefix(std::string_view text, size_t& length) {
  const std::string lower = LowerCase(text.substr(0, 16));
  const auto ends = [&](size_t size) { return text.size() > size && !IsAlphanumeric(text[size]); };
  for (const auto& [name, gene] : kOtherNames) {
    if (!lower.starts_with(name) || !ends(name.size())) continue;
    length = name.size();
    return std::string(gene);
  }
  const bool hla = lower.starts_with("hla ");
  if (!hla && !lower.starts_with("cyp ")) return "";
  for (size_t size = hla ? 5 : 6; size <= std::min<size_t>(text.size(), 9); ++size) {
    std::string symbol(text.substr(0, size));
    if (hla) symbol[3] = '-';
    if (!hla) symbol.erase(3, 1);
    const GeneCode* gene = ends(size) ? FindGeneBySymbol(symbol) : nullptr;
    if (gene == nullptr) continue;
    length = size;
    return std::string(gene->symbol);
  }
  return "";
}

/// How long the known symbol at the start is, with the symbol itself.
std::string KnownPrefix(std::string_view text, size_t& length) {
  for (size_t size = std::min<size_t>(text.size(), 8); size >= 2; --size) {
    if (size < text.size() && (IsAlphanumeric(text[size]) || text[size] == '>')) continue;
    if (const GeneCode* gene = FindGeneBySymbol(text.substr(0, size))) {
      length = size;
      return std::string(gene->symbol);
    }
  }
  return OtherNamePrefix(text, length);
}

/// A symbol that Genflik does not know, before something that looks like an allele.
std::string UnknownPrefix(std::string_view text, std::string_view given, size_t& length) {
  size_t end = 0;
  while (end < text.size() && (IsUpper(text[end]) || IsDigit(text[end]) || text[end] == '-')) ++end;
  if (end < 2 || end == text.size() || !IsUpper(text.front())) return "";
  const std::string_view symbol = text.substr(0, end);
  std::string_view rest = text.substr(end);
  while (!rest.empty() && (rest.front() == ' ' || rest.front() == ':')) rest.remove_prefix(1);
  const bool allele_follows =
      rest.starts_with('*') || rest.starts_with("c.") || rest.starts_with("rs");
  if (symbol != given && (!allele_follows || end < 3)) return "";
  length = end;
  return std::string(symbol);
}

}  // namespace

std::string_view Trim(std::string_view text) {
  const auto is_space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (size_t i = 0; i < lower.size(); ++i) {
    if (IsUpper(lower[i])) lower[i] = static_cast<char>(lower[i] - 'A' + 'a');
    // U+00C0 to U+00DE but the multiplication sign, in UTF-8.
    if (static_cast<unsigned char>(lower[i]) != 0xC3 || i + 1 == lower.size()) continue;
    const auto next = static_cast<unsigned char>(lower[i + 1]);
    if (next >= 0x80 && next <= 0x9E && next != 0x97) lower[i + 1] = static_cast<char>(next + 0x20);
  }
  return lower;
}

std::string NormaliseSpaces(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 9> kTypeset = {{
      {"\xE2\x88\x97", '*'},
      {"\xEF\xBC\x8A", '*'},
      {"\xE2\x80\x90", '-'},
      {"\xE2\x80\x91", '-'},
      {"\xE2\x80\x93", '-'},
      {"\xE2\x88\x92", '-'},
      {"\xC2\xA0", ' '},
      {"\xE2\x80\xAF", ' '},
      {"\xE2\x80\x89", ' '},
  }};
  std::string plain(text);
  for (const auto& [typeset, typed] : kTypeset) {
    for (size_t at = plain.find(typeset); at != std::string::npos; at = plain.find(typeset, at)) {
      plain.replace(at, typeset.size(), 1, typed);
    }
  }
  std::string result;
  for (const char c : Trim(plain)) {
    const bool space = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (c == '"' || (space && (result.empty() || result.back() == ' '))) continue;
    if (c == '*' && !result.empty() && result.back() == '_') result.back() = ' ';
    result += space ? ' ' : c;
  }
  return std::string(Trim(result));
}

std::string TakeGenePrefix(std::string& text, std::string_view given) {
  size_t length = 0;
  std::string gene = HlaLocus(text);
  if (!gene.empty()) {
    length = gene.size();
  } else if (gene = KnownPrefix(text, length); gene.empty()) {
    gene = UnknownPrefix(text, given, length);
  }
  if (gene.empty()) return "";
  text.erase(0, length);
  while (!text.empty() && std::string_view(" :_,=").find(text.front()) != std::string_view::npos) {
    text.erase(text.begin());
  }
  return gene;
}

std::optional<double> ReadActivityScore(std::string_view text) {
  std::string lower = LowerCase(text);
  for (const std::string_view word :
       {std::string_view("activity score"), std::string_view("aktivitetspoäng"),
        std::string_view("as")}) {
    if (!lower.starts_with(word)) continue;
    std::string number = lower.substr(word.size());
    std::replace(number.begin(), number.end(), ',', '.');
    number.erase(0, std::min(number.find_first_not_of(" :="), number.size()));
    char* end = nullptr;
    const double score = std::strtod(number.c_str(), &end);
    if (number.empty() || !IsDigit(number.front()) || *end != '\0') return std::nullopt;
    return score;
  }
  return std::nullopt;
}

namespace {

/// "[c.61C>T + c.85T>C (*9A)]": several variants on one copy.
std::optional<std::string> ReadTogether(const std::string& name, const std::string& gene) {
  std::string joined;
  const std::string_view inner = std::string_view(name).substr(1, name.size() - 2);
  size_t start = 0;
  while (start <= inner.size()) {
    const size_t end = std::min(inner.find(" + ", start), inner.size());
    const std::string_view part = Trim(inner.substr(start, end - start));
    if (part.empty() || part.front() == '[') return std::nullopt;
    const auto allele = ReadAllele(part, gene);
    if (!allele) return std::nullopt;
    joined += (joined.empty() ? "" : " + ") + *allele;
    start = end + 3;
  }
  return "[" + joined + "]";
}

/// "c.1129-5923C>G, c.1236G>A (HapB3)": one haplotype named by two variants that lie together.
bool IsLinkedName(std::string_view name) {
  return name == "c.1129-5923C>G, c.1236G>A (HapB3)" || name == "c.1129-5923C>G, c.1236G>A";
}

/// "TA7", "7TA", "(TA)7", "A(TA)7TAA": the repeats in the promoter of UGT1A1 as star alleles
/// (PharmVar: *1 has six, *28 seven, *36 five, *37 eight).
std::optional<std::string> ReadRepeats(std::string_view text) {
  std::string kept;
  for (const char c : text) {
    if (c != '(' && c != ')') kept += c;
  }
  if (kept.starts_with("ATA")) kept.erase(0, 1);
  if (kept.size() == 6 && kept.ends_with("TAA")) kept.resize(3);
  const bool number_last = kept.starts_with("TA");
  if (kept.size() != 3 || !(number_last || kept.ends_with("TA"))) return std::nullopt;
  switch (number_last ? kept[2] : kept[0]) {
    case '5':
      return "*36";
    case '6':
      return "*1";
    case '7':
      return "*28";
    case '8':
      return "*37";
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<std::string> ReadAllele(std::string_view text, std::string_view gene) {
  std::string name = NormaliseSpaces(text);
  std::string prefix = TakeGenePrefix(name, gene);
  if (!prefix.empty() && !gene.empty() && prefix != gene) return std::nullopt;
  if (prefix.empty()) prefix = std::string(gene);
  if (name.empty()) return std::nullopt;
  if (prefix.starts_with("HLA-")) {
    // "B*35:01": the locus without its family name.
    const std::string_view locus = std::string_view(prefix).substr(4);
    if (name.starts_with(locus) && name.size() > locus.size() && name[locus.size()] == '*') {
      name.erase(0, locus.size());
    }
    return ReadHla(name);
  }
  if (prefix == "UGT1A1") {
    if (auto repeats = ReadRepeats(name)) return repeats;
  }
  if (name.front() == '[' && name.back() == ']') return ReadTogether(name, prefix);
  if (name.front() == '*') return ReadTandem(name);
  if (auto hgvs = ReadHgvs(name)) return hgvs;
  if (IsLinkedName(name)) return name;
  if (prefix == "DPYD" && name == "HapB3") return "c.1129-5923C>G, c.1236G>A (HapB3)";
  if (IsReferenceWord(name)) {
    if (prefix == "G6PD") return "B (reference)";
    return IsHgvsGene(prefix) || prefix.empty() ? "Reference" : "*1";
  }
  if (prefix == "G6PD" && IsPlainName(name)) return name;
  return std::nullopt;
}

}  // namespace genflik::mapping
