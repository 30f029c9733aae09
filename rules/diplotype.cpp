#include "rules/diplotype.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "rules/notation.h"

namespace genflik::rules {
namespace {

// Longer than any real notation; keeps a hostile text from being worked on.
constexpr size_t kMaxText = 400;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsBase(char c) { return c == 'A' || c == 'C' || c == 'G' || c == 'T'; }

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return Lower(x) == Lower(y); });
}

bool IsWildWord(std::string_view token) {
  constexpr std::array<std::string_view, 9> kWords = {
      "wt", "wild type", "wild-type", "wildtype", "normal", "ref", "reference", "vildtyp", "="};
  return std::ranges::any_of(
      kWords, [&](std::string_view word) { return EqualsIgnoringCase(token, word); });
}

// "CYP2D6*1" and "CYP2D6 *1" are "*1"; "B*57:01" is HLA-B's "*57:01".
std::string_view WithoutGene(const Gene& gene, std::string_view token) {
  token = Trim(token);
  const auto strip = [&](std::string_view prefix) {
    if (prefix.empty() || token.size() <= prefix.size()) return false;
    if (!EqualsIgnoringCase(token.substr(0, prefix.size()), prefix)) return false;
    const char next = token[prefix.size()];
    if (next != '*' && next != ' ' && next != ':') return false;
    token.remove_prefix(next == '*' ? prefix.size() : prefix.size() + 1);
    token = Trim(token);
    return true;
  };
  if (strip(gene.symbol)) return token;
  if (gene.symbol.starts_with("HLA-")) strip(std::string_view(gene.symbol).substr(4));
  return token;
}

size_t DigitsFrom(std::string_view text, size_t at) {
  size_t count = 0;
  while (at + count < text.size() && IsDigit(text[at + count])) ++count;
  return count;
}

// "*57:01:01:02" typed to more fields than the knowledge tells apart is "*57:01", and so are the
// groups "*57:01:01G" and "*57:01P". A letter for the expression (N, L, S, C, A, Q) stays, since an
// allele that is not expressed is another allele. Nothing for a name that does not say which allele
// it is ("*57", "*57:XX", "*15:AETUK").
std::optional<std::string> HlaTwoFields(std::string_view token) {
  constexpr size_t kFieldDigits = 2;
  if (token.size() < 2 || token[0] != '*') return std::nullopt;
  const size_t first = DigitsFrom(token, 1);
  if (first < kFieldDigits || token.size() <= first + 1 || token[first + 1] != ':') {
    return std::nullopt;
  }
  const size_t second = DigitsFrom(token, first + 2);
  if (second < kFieldDigits) return std::nullopt;
  std::string two(token.substr(0, first + 2 + second));
  std::string_view rest = token.substr(two.size());
  while (rest.size() > kFieldDigits && rest[0] == ':' && DigitsFrom(rest, 1) >= kFieldDigits) {
    rest.remove_prefix(1 + DigitsFrom(rest, 1));
  }
  if (rest.empty() || rest == "G" || rest == "P") return two;
  constexpr std::string_view kExpression = "NLSCAQ";
  if (rest.size() != 1 || kExpression.find(rest[0]) == std::string_view::npos) return std::nullopt;
  return two + rest[0];
}

// Suballeles are cut to the allele that carries the function: "*4.002" and "*4A" are "*4" unless
// the gene's file has them of their own.
const Allele* FindStarAllele(const Gene& gene, std::string_view token) {
  if (const Allele* allele = gene.FindAllele(token)) return allele;
  if (token.size() < 3 || token[0] != '*' || !IsDigit(token[1])) return nullptr;
  size_t end = 1;
  while (end < token.size() && IsDigit(token[end])) ++end;
  const std::string_view base = token.substr(0, end);
  const std::string_view rest = token.substr(end);
  const bool numbered = rest.size() > 1 && rest[0] == '.' &&
                        std::ranges::all_of(rest.substr(1), [](char c) { return IsDigit(c); });
  // "x" would be the start of a copy number.
  const char letter = rest.size() == 1 ? Lower(rest[0]) : '\0';
  const bool lettered = letter >= 'a' && letter <= 'z' && letter != 'x';
  return numbered || lettered ? gene.FindAllele(base) : nullptr;
}

struct Copies {
  int count = 1;
  bool at_least = false;
};

// "x2", "xN", "x≥3" at the end of an allele; the text without it remains in `token`.
std::optional<Copies> TakeCopies(std::string& token) {
  const size_t mark = token.find_last_of("xX");
  if (mark == std::string::npos || mark == 0) return std::nullopt;
  std::string_view number = std::string_view(token).substr(mark + 1);
  Copies copies;
  if (number == "N" || number == "n") {
    copies = {2, true};
  } else {
    constexpr std::string_view kAtLeast = "≥";
    if (number.starts_with(kAtLeast)) {
      copies.at_least = true;
      number.remove_prefix(kAtLeast.size());
    } else if (number.starts_with(">=")) {
      copies.at_least = true;
      number.remove_prefix(2);
    }
    const auto [end, error] =
        std::from_chars(number.data(), number.data() + number.size(), copies.count);
    if (error != std::errc() || end != number.data() + number.size()) return std::nullopt;
    if (copies.count < 1 || copies.count > 20) return std::nullopt;
  }
  token.resize(mark);
  token = std::string(Trim(token));
  return copies;
}

std::string NormalSigns(std::string_view token) {
  constexpr std::string_view kTimes = "×";
  std::string text;
  while (!token.empty()) {
    const bool times = token.starts_with(kTimes);
    text += times ? 'x' : token.front();
    token.remove_prefix(times ? kTimes.size() : 1);
  }
  return text;
}

AlleleUnit ReadUnit(const Gene& gene, std::string_view text,
                    std::vector<DiplotypeProblem>& problems) {
  std::string token = NormalSigns(WithoutGene(gene, text));
  if (const Allele* allele = FindStarAllele(gene, token)) return {allele->name, 1, false};
  if (IsWildWord(token) && !gene.wild_type.empty()) return {gene.wild_type, 1, false};
  if (gene.symbol.starts_with("HLA-")) {
    if (const std::optional<std::string> two = HlaTwoFields(token)) {
      const Allele* allele = gene.FindAllele(*two);
      // Any other allele typed in full is a known one: it is none of the risk alleles.
      return {allele == nullptr ? *two : allele->name, 1, false};
    }
  }
  const std::string whole = token;
  if (const std::optional<Copies> copies = TakeCopies(token)) {
    if (const Allele* allele = FindStarAllele(gene, token)) {
      return {allele->name, copies->count, copies->at_least};
    }
  }
  problems.push_back({DiplotypeProblem::Kind::kUnknownAllele, whole});
  return {whole, 1, false};
}

std::vector<std::string_view> Split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  size_t start = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && separators.find(text[i]) == std::string_view::npos) continue;
    parts.push_back(Trim(text.substr(start, i - start)));
    start = i + 1;
  }
  return parts;
}

// The parts of a tandem ("*36+*10") or of variants that lie together ("a + b"); HGVS names hold a
// "+" of their own, so only one between spaces or before a star separates.
std::vector<std::string_view> SplitPlus(std::string_view text) {
  std::vector<std::string_view> parts;
  size_t start = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '+') continue;
    const bool spaced = i > 0 && text[i - 1] == ' ' && i + 1 < text.size() && text[i + 1] == ' ';
    const std::string_view after = Trim(text.substr(i + 1));
    if (!spaced && !after.starts_with('*')) continue;
    parts.push_back(Trim(text.substr(start, i - start)));
    start = i + 1;
  }
  parts.push_back(Trim(text.substr(start)));
  return parts;
}

bool ReadsTogether(const Gene& gene) { return gene.method != DerivationMethod::kActivityScore; }

Haplotype ReadOne(const Gene& gene, std::string_view text,
                  std::vector<DiplotypeProblem>& problems) {
  text = WithoutGene(gene, text);
  Haplotype haplotype;
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
    text = Trim(text.substr(1, text.size() - 2));
    haplotype.together = true;
  } else if (const Allele* allele = gene.FindAllele(text)) {
    haplotype.units.push_back({allele->name, 1, false});
    return haplotype;
  }
  const std::vector<std::string_view> parts = SplitPlus(text);
  for (const std::string_view part : parts) {
    if (part.empty()) {
      problems.push_back({DiplotypeProblem::Kind::kSyntax, std::string(text)});
      return haplotype;
    }
    haplotype.units.push_back(ReadUnit(gene, part, problems));
  }
  haplotype.together = (haplotype.together || ReadsTogether(gene)) && haplotype.units.size() > 1;
  // A tandem may be written from either end; the file's order is the canonical one.
  if (!haplotype.together && haplotype.units.size() == 2) {
    Haplotype turned = haplotype;
    std::swap(turned.units[0], turned.units[1]);
    if (gene.FindAllele(Print(turned)) != nullptr) haplotype = turned;
  }
  if (const Allele* allele = gene.FindAllele(Print(haplotype)); allele && !haplotype.together) {
    haplotype.units = {{allele->name, 1, false}};
  }
  return haplotype;
}

size_t Position(const Gene& gene, const Haplotype& haplotype) {
  if (haplotype.units.empty()) return gene.alleles.size();
  const Allele* allele = gene.FindAllele(haplotype.units.front().name);
  if (allele == nullptr) return gene.alleles.size();
  return static_cast<size_t>(allele - gene.alleles.data());
}

void Canonicalize(const Gene& gene, Diplotype& diplotype) {
  if (diplotype.haplotypes.size() != 2) return;
  Haplotype& first = diplotype.haplotypes[0];
  Haplotype& second = diplotype.haplotypes[1];
  const size_t place_first = Position(gene, first);
  const size_t place_second = Position(gene, second);
  const bool turned =
      place_first != place_second ? place_second < place_first : Print(second) < Print(first);
  if (turned) std::swap(first, second);
}

// What follows `prefix` and a space or colon; nothing when `text` does not start so.
std::optional<std::string_view> After(std::string_view text, std::string_view prefix) {
  if (prefix.empty() || text.size() <= prefix.size()) return std::nullopt;
  if (!EqualsIgnoringCase(text.substr(0, prefix.size()), prefix)) return std::nullopt;
  const char next = text[prefix.size()];
  if (next != ' ' && next != ':') return std::nullopt;
  return Trim(text.substr(prefix.size() + 1));
}

// "-1639G>A G/A", "rs9923231 C/T" and "-1639 AG" without the position's name. Alleles named in full
// ("rs9923231 reference (C)/rs9923231 variant (T)") stay whole.
std::string_view WithoutPosition(const Gene& gene, std::string_view text) {
  constexpr size_t kTwoBases = 3;
  for (const Allele& allele : gene.alleles) {
    for (const std::string& alias : allele.aliases) {
      if (alias.find('>') == std::string::npos) continue;
      if (const auto rest = After(text, alias)) return *rest;
    }
  }
  for (const std::string_view prefix : {std::string_view(gene.rsid), std::string_view("-1639")}) {
    const auto rest = After(text, prefix);
    if (rest && rest->size() <= kTwoBases) return *rest;
  }
  return text;
}

// Two bases however they are joined: "CT", "C/T", "C|T", "C;T".
std::string SingleVariantBody(const Gene& gene, std::string_view text) {
  text = WithoutPosition(gene, text);
  if (text.size() == 2 && IsBase(text[0]) && IsBase(text[1])) return {text[0], '/', text[1]};
  if (text.size() == 3 && IsBase(text[0]) && IsBase(text[2]) &&
      (text[1] == '|' || text[1] == ';' || text[1] == ',')) {
    return {text[0], '/', text[2]};
  }
  return std::string(text);
}

// "(*1/*2)xN", "(*1/*2)x3" and "(*1/*2)DUP": three copies or more, and nobody knows which allele is
// the copied one.
struct Duplication {
  std::string inner = {};
  std::string suffix = {};
};

std::optional<Duplication> TakeDuplication(std::string_view text) {
  if (!text.starts_with('(')) return std::nullopt;
  const size_t close = text.rfind(')');
  if (close == std::string_view::npos || close < 4) return std::nullopt;
  const std::string_view inner = text.substr(1, close - 1);
  if (inner.find('/') == std::string_view::npos) return std::nullopt;
  const std::string_view rest = Trim(text.substr(close + 1));
  if (EqualsIgnoringCase(rest, "dup") || EqualsIgnoringCase(rest, "xn")) {
    return Duplication{std::string(inner), "xN"};
  }
  int total = 0;
  if (rest.size() < 2 || (rest[0] != 'x' && rest[0] != 'X')) return std::nullopt;
  const auto [end, error] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), total);
  if (error != std::errc() || end != rest.data() + rest.size() || total < 2 || total > 20) {
    return std::nullopt;
  }
  // "x2" after both names is used for "duplicated" as well as for "two copies in all".
  if (total == 2) return Duplication{std::string(inner), "xN"};
  return Duplication{std::string(inner), std::string("x").append(std::to_string(total - 1))};
}

bool OneCopy(const Gene& gene) {
  return gene.method == DerivationMethod::kXLinked ||
         gene.method == DerivationMethod::kMitochondrial ||
         gene.method == DerivationMethod::kAllelePresence;
}

Diplotype ReadParts(const Gene& gene, const std::vector<std::string_view>& parts,
                    std::vector<DiplotypeProblem>& problems) {
  Diplotype diplotype;
  for (const std::string_view part : parts) {
    diplotype.haplotypes.push_back(ReadOne(gene, part, problems));
  }
  Canonicalize(gene, diplotype);
  return diplotype;
}

DiplotypeReading Refuse(std::string_view text) {
  DiplotypeReading reading;
  reading.problems.push_back(
      {DiplotypeProblem::Kind::kSyntax, std::string(text.substr(0, kMaxText))});
  return reading;
}

bool HasSyntaxProblem(const DiplotypeReading& reading) {
  return std::ranges::any_of(reading.problems, [](const DiplotypeProblem& problem) {
    return problem.kind == DiplotypeProblem::Kind::kSyntax;
  });
}

DiplotypeReading ReadDuplicated(const Gene& gene, const Duplication& duplication) {
  DiplotypeReading reading;
  const std::vector<std::string_view> parts = Split(duplication.inner, "/|");
  if (parts.size() != 2 || parts[0].empty() || parts[1].empty()) return Refuse(duplication.inner);
  for (const size_t copied : {size_t{0}, size_t{1}}) {
    const std::string first = std::string(parts[0]) + (copied == 0 ? duplication.suffix : "");
    const std::string second = std::string(parts[1]) + (copied == 1 ? duplication.suffix : "");
    std::vector<DiplotypeProblem> problems;
    const Diplotype diplotype = ReadParts(gene, {first, second}, problems);
    if (reading.alternatives.empty()) reading.problems = problems;
    if (std::ranges::find(reading.alternatives, diplotype) == reading.alternatives.end()) {
      reading.alternatives.push_back(diplotype);
    }
  }
  if (HasSyntaxProblem(reading)) reading.alternatives.clear();
  return reading;
}

}  // namespace

DiplotypeReading ReadHaplotype(const Gene& gene, std::string_view text) {
  text = Trim(text);
  if (text.empty() || text.size() > kMaxText) return Refuse(text);
  DiplotypeReading reading;
  Diplotype diplotype;
  diplotype.haplotypes.push_back(ReadOne(gene, text, reading.problems));
  if (!HasSyntaxProblem(reading)) reading.alternatives.push_back(std::move(diplotype));
  return reading;
}

DiplotypeReading ReadDiplotype(const Gene& gene, std::string_view text) {
  text = Trim(text);
  if (text.empty() || text.size() > kMaxText) return Refuse(text);
  text = WithoutGene(gene, text);
  if (const std::optional<Duplication> duplication = TakeDuplication(text)) {
    return ReadDuplicated(gene, *duplication);
  }
  std::string body(text);
  if (gene.method == DerivationMethod::kSingleVariant) body = SingleVariantBody(gene, text);
  const std::vector<std::string_view> parts = Split(body, "/|");
  const bool empty_part =
      std::ranges::any_of(parts, [](std::string_view part) { return part.empty(); });
  if (empty_part || parts.size() > 2) return Refuse(text);
  if (parts.size() == 1 && !OneCopy(gene)) return Refuse(text);
  DiplotypeReading reading;
  Diplotype diplotype = ReadParts(gene, parts, reading.problems);
  if (!HasSyntaxProblem(reading)) reading.alternatives.push_back(std::move(diplotype));
  return reading;
}

std::string Print(const Haplotype& haplotype) {
  std::string text;
  for (const AlleleUnit& unit : haplotype.units) {
    if (!text.empty()) text += haplotype.together ? " + " : "+";
    text += unit.name;
    if (unit.at_least && unit.copies == 2) {
      text += "xN";
    } else if (unit.at_least) {
      text.append("x≥").append(std::to_string(unit.copies));
    } else if (unit.copies > 1) {
      text.append("x").append(std::to_string(unit.copies));
    }
  }
  if (!haplotype.together) return text;
  std::string bracketed = "[";
  bracketed.append(text).append("]");
  return bracketed;
}

std::string Print(const Diplotype& diplotype) {
  std::string text;
  for (const Haplotype& haplotype : diplotype.haplotypes) {
    if (!text.empty()) text += "/";
    text += Print(haplotype);
  }
  return text;
}

}  // namespace genflik::rules
