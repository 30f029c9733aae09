#include "services/mapping/genomics_alleles.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

#include "services/mapping/genomics_text.h"

namespace genflik::mapping {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsAlphanumeric(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

constexpr std::array<std::string_view, 8> kReferenceWords = {
    "reference", "ref", "wt", "wild type", "wild-type", "wildtype", "vildtyp", "wt allele"};
constexpr std::array<std::string_view, 6> kHgvsGenes = {"DPYD", "RYR1",    "CACNA1S",
                                                        "CFTR", "MT-RNR1", "G6PD"};

bool IsReferenceWord(std::string_view text) {
  const std::string lower = LowerCase(text);
  return std::find(kReferenceWords.begin(), kReferenceWords.end(), lower) != kReferenceWords.end();
}

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
    if (!name.empty()) name += '+';
    name += *part;
    if (plus == std::string_view::npos) return name;
    text.remove_prefix(plus + 1);
  }
}

/// HLA by two fields: "*57:01:01G" is *57:01 at the resolution that advice needs.
std::optional<std::string> ReadHla(std::string_view text) {
  if (!text.starts_with('*')) return std::nullopt;
  size_t position = 1;
  std::string name = "*";
  for (int field = 0; position < text.size(); ++field) {
    const size_t digits = CountDigits(text.substr(position));
    if (digits < 2 || digits > 4 || field > 3) return std::nullopt;
    if (field == 1) name += ':';
    if (field < 2) name += text.substr(position, digits);
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

/// "c.1905+1G>A", with or without transcript and legacy name: "NM_000110.4:c.1905+1G>A (*2A)".
std::optional<std::string> ReadHgvs(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon != std::string_view::npos && (text.starts_with("NM_") || text.starts_with("NC_") ||
                                          text.starts_with("NG_") || text.starts_with("LRG_"))) {
    text = Trim(text.substr(colon + 1));
  }
  const size_t parenthesis = text.find(" (");
  if (parenthesis != std::string_view::npos && text.ends_with(')')) {
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

/// Alleles of G6PD have names of places and old electrophoretic letters ("B", "A- 202A_376G").
bool IsPlainName(std::string_view text) {
  return !text.empty() && text.size() <= 80 && std::all_of(text.begin(), text.end(), [](char c) {
    return IsAlphanumeric(c) || std::string_view(" ,_>+-.()").find(c) != std::string_view::npos;
  });
}

char Complement(char base) {
  switch (base) {
    case 'A':
      return 'T';
    case 'C':
      return 'G';
    case 'G':
      return 'C';
    case 'T':
      return 'A';
    default:
      return base;
  }
}

/// Two bases out of "C/T", "CT", "C|T", "rs… reference (C)/rs… variant (T)".
std::string BasesOf(std::string_view text) {
  std::string bases;
  if (text.find('(') != std::string_view::npos) {
    for (size_t i = 0; i + 2 < text.size(); ++i) {
      if (text[i] == '(' && text[i + 2] == ')') bases += text[i + 1];
    }
    return bases;
  }
  for (const char c : text) {
    if (IsUpper(c)) {
      bases += c;
    } else if (std::string_view("/| ;").find(c) == std::string_view::npos) {
      return "";
    }
  }
  return bases;
}

/// Takes off the name of the variant: rs number, or the promoter position VKORC1 is known by.
bool TakeVariantName(std::string& text, const SingleVariant& single) {
  std::string lower = LowerCase(text);
  std::string_view name;
  for (const std::string_view known :
       {single.rs, std::string_view("c.-1639g>a"), std::string_view("-1639g>a"),
        std::string_view("-1639 g>a"), std::string_view("1639g>a"), std::string_view("-1639")}) {
    if (lower.starts_with(known) && (known == single.rs || single.gene == "VKORC1")) name = known;
    if (!name.empty()) break;
  }
  if (name.empty()) return false;
  text.erase(0, name.size());
  while (!text.empty() && (text.front() == ' ' || text.front() == ':')) text.erase(text.begin());
  return true;
}

/// A prefix that is an HLA locus, known or not: "HLA-C".
std::string HlaLocus(std::string_view text) {
  if (!text.starts_with("HLA-")) return "";
  size_t end = 4;
  while (end < text.size() && (IsUpper(text[end]) || (end > 4 && IsDigit(text[end])))) ++end;
  return end > 4 ? std::string(text.substr(0, end)) : "";
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
  return "";
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
  for (char& c : lower) {
    if (IsUpper(c)) c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string NormaliseSpaces(std::string_view text) {
  std::string result;
  for (const char c : Trim(text)) {
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

std::optional<std::string> ReadSingleVariant(std::string_view text, const SingleVariant& single,
                                             std::string_view zygosity) {
  std::string rest(text);
  const bool knowledge_form =
      rest.find(" (") != std::string::npos || rest.find(" reference") != std::string::npos;
  const bool named = TakeVariantName(rest, single);
  if (!named && !rest.empty() && !IsUpper(rest.front())) return std::nullopt;
  std::string bases = BasesOf(rest);
  if (bases.empty() && named && rest.empty() && !zygosity.empty()) {
    bases = zygosity == "homozygous" ? std::string(2, single.variant)
                                     : std::string{single.reference, single.variant};
  }
  if (bases.size() != 2 || (knowledge_form && !named)) return std::nullopt;
  const auto on_strand = [&] {
    return std::all_of(bases.begin(), bases.end(),
                       [&](char c) { return c == single.reference || c == single.variant; });
  };
  if (!on_strand()) {
    std::transform(bases.begin(), bases.end(), bases.begin(), Complement);
    if (!on_strand()) return std::nullopt;
  }
  if (bases[0] == single.variant) std::swap(bases[0], bases[1]);
  if ((zygosity == "homozygous") != (bases[0] == bases[1]) && !zygosity.empty()) {
    return std::nullopt;
  }
  return std::string(single.rs) + " " + bases[0] + "/" + bases[1];
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
  const size_t comma = name.find(", ");
  return comma != std::string_view::npos && ReadHgvs(name.substr(0, comma)) &&
         ReadHgvs(name.substr(comma + 2));
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
  if (name.front() == '[' && name.back() == ']') return ReadTogether(name, prefix);
  if (name.front() == '*') return ReadTandem(name);
  if (auto hgvs = ReadHgvs(name)) return hgvs;
  if (IsLinkedName(name)) return name;
  if (IsReferenceWord(name)) {
    if (prefix == "G6PD") return "B (reference)";
    return IsHgvsGene(prefix) || prefix.empty() ? "Reference" : "*1";
  }
  if (prefix == "G6PD" && IsPlainName(name)) return name;
  return std::nullopt;
}

}  // namespace genflik::mapping
