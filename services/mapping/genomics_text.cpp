#include "services/mapping/genomics_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <utility>

#include "services/mapping/genomics_alleles.h"
#include "services/mapping/genomics_codes.h"
#include "services/mapping/genomics_words.h"

namespace genflik::mapping {
namespace {

using rules::CallStatus;

constexpr std::array<std::string_view, 4> kAlternatives = {" or ", " eller ", "|", ";"};

/// Takes "(PM)", ", poor metabolizer" or " AS 1.0" off the end of `text`.
/// False when two of them contradict each other.
bool TakeInterpretation(std::string& text, GenotypeText& result) {
  for (size_t cut = text.size(); cut-- > 1;) {
    if (text[cut] != ' ' && text[cut] != '(' && text[cut] != ',' && text[cut] != '[') continue;
    std::string tail(Trim(std::string_view(text).substr(cut + 1)));
    while (!tail.empty() && (tail.back() == ')' || tail.back() == ']')) tail.pop_back();
    while (!tail.empty() && (tail.front() == '(' || tail.front() == '=')) tail.erase(tail.begin());
    const std::string_view rest = Trim(tail);
    if (const auto phenotype = PhenotypeOfWords(rest)) {
      if (result.phenotype && *result.phenotype != *phenotype) return false;
      result.phenotype = std::string(*phenotype);
    } else if (const auto score = ReadActivityScore(rest)) {
      result.activity_score = score;
    } else {
      continue;
    }
    while (cut > 0 && std::string_view(" (,[-:;=").find(text[cut - 1]) != std::string_view::npos) {
      --cut;
    }
    text.resize(cut);
  }
  return true;
}

/// Two alleles joined by a slash, read; nothing when the text is not that.
std::optional<std::pair<std::string, std::string>> ReadPair(std::string_view text,
                                                            std::string_view gene) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos || text.find('/', slash + 1) != std::string_view::npos) {
    return std::nullopt;
  }
  // "*1/*2 x3": of which allele, or of both together?
  for (const std::string_view copies : {" x", " X", " ×"}) {
    if (text.find(copies, slash) != std::string_view::npos) return std::nullopt;
  }
  auto first = ReadAllele(text.substr(0, slash), gene);
  auto second = ReadAllele(text.substr(slash + 1), gene);
  if (!first || !second) return std::nullopt;
  return std::pair(std::move(*first), std::move(*second));
}

bool HasOneCopy(std::string_view gene) { return gene == "MT-RNR1" || gene == "G6PD"; }

/// Alleles of HLA count by presence; the pair is kept beside them.
void AddPair(const std::pair<std::string, std::string>& pair, std::string_view gene,
             GenotypeText& result) {
  result.diplotypes.push_back(pair.first + "/" + pair.second);
  if (gene.starts_with("HLA-")) result.haplotypes = {pair.first, pair.second};
}

bool IsNamedByVariant(std::string_view gene) {
  return gene == "DPYD" || gene == "RYR1" || gene == "CACNA1S" || gene == "CFTR" ||
         gene == "MT-RNR1" || gene.starts_with("HLA-");
}

/// A variant's own name is an allele only where alleles are variants; elsewhere it is read with all
/// variants of the gene.
bool IsAlleleOf(std::string_view allele, std::string_view gene) {
  return gene.empty() || IsNamedByVariant(gene) || gene == "G6PD" ||
         !(allele.starts_with("c.") || allele.starts_with("m."));
}

bool ReadSingleVariantGene(const std::string& text, Zygosity zygosity, Finding finding,
                           const SingleVariant& single, GenotypeText& result) {
  if (finding == Finding::kPresent && zygosity == Zygosity::kNotSaid) return false;
  const std::string_view word = finding == Finding::kAbsent           ? "absent"
                                : zygosity == Zygosity::kHomozygous   ? "homozygous"
                                : zygosity == Zygosity::kHeterozygous ? "heterozygous"
                                                                      : "";
  auto genotype = ReadSingleVariant(text, single, word);
  if (!genotype) return false;
  result.diplotypes.push_back(std::move(*genotype));
  return true;
}

/// One allele with what is said of it.
bool ReadOneAllele(const std::string& text, Zygosity zygosity, Finding finding,
                   std::string_view gene, GenotypeText& result) {
  auto allele = ReadAllele(text, gene);
  if (!allele || !IsAlleleOf(*allele, gene)) return false;
  if (finding == Finding::kAbsent) {
    // That one allele was not seen makes no genotype of star alleles.
    if (!IsNamedByVariant(gene) || zygosity != Zygosity::kNotSaid) return false;
    result.absent.push_back(std::move(*allele));
  } else if (zygosity == Zygosity::kHomozygous && gene != "MT-RNR1") {
    AddPair({*allele, *allele}, gene, result);
  } else if (zygosity == Zygosity::kHemizygous ||
             (HasOneCopy(gene) && zygosity != Zygosity::kHeterozygous)) {
    result.diplotypes.push_back(std::move(*allele));
  } else {
    // The other allele is not said.
    result.haplotypes.push_back(std::move(*allele));
  }
  return true;
}

/// One reading without alternatives; false when it is no genotype.
bool ReadSingle(std::string text, std::string_view gene, GenotypeText& result) {
  const Zygosity zygosity = TakeZygosity(text);
  const Finding finding = TakeFinding(text);
  if (zygosity == Zygosity::kContradictory) return false;
  // Of a position, "positive" may speak of either base.
  if (zygosity != Zygosity::kNotSaid && finding == Finding::kAbsent) return false;
  if (const SingleVariant* single = FindSingleVariant(gene)) {
    if (ReadSingleVariantGene(text, zygosity, finding, *single, result)) return true;
  }
  if (const auto pair = ReadPair(text, gene)) {
    const bool same = pair->first == pair->second;
    if ((zygosity == Zygosity::kHomozygous && !same) ||
        (zygosity == Zygosity::kHeterozygous && same) || zygosity == Zygosity::kHemizygous ||
        finding == Finding::kAbsent || !IsAlleleOf(pair->first, gene) ||
        !IsAlleleOf(pair->second, gene)) {
      return false;
    }
    AddPair(*pair, gene, result);
    return true;
  }
  return ReadOneAllele(text, zygosity, finding, gene, result);
}

std::vector<std::string> SplitAt(std::string_view text, char separator) {
  std::vector<std::string> parts;
  size_t start = 0;
  while (start <= text.size()) {
    const size_t end = std::min(text.find(separator, start), text.size());
    parts.emplace_back(Trim(text.substr(start, end - start)));
    start = end + 1;
  }
  return parts;
}

/// "c.1905+1G>A ej påvisad, c.2846A>T het": each variant or HLA allele with its own words; nothing
/// when it is no such list. What words stand at some only may be meant for all.
std::vector<GenotypeText> ReadList(std::string text, const std::string& gene) {
  if (!IsNamedByVariant(gene) || ReadAllele(text, gene)) return {};
  // A name may have a comma in it (HapB3).
  const char separator = text.find(';') == std::string::npos ? ',' : ';';
  for (const std::string_view word : {" och ", " and ", " samt "}) {
    for (size_t at = text.find(word); at != std::string::npos; at = text.find(word)) {
      text.replace(at, word.size(), 1, separator);
    }
  }
  const std::vector<std::string> items = SplitAt(text, separator);
  if (items.size() < 2) return {};
  GenotypeText present{.gene = gene, .understood = true};
  std::vector<GenotypeText> results;
  size_t with_words = 0;
  for (std::string item : items) {
    TakeGenePrefix(item, gene);
    const Zygosity zygosity = TakeZygosity(item);
    const Finding finding = TakeFinding(item);
    if (zygosity != Zygosity::kNotSaid || finding != Finding::kNotSaid) ++with_words;
    GenotypeText one{.gene = gene, .understood = true};
    if (zygosity == Zygosity::kContradictory || zygosity == Zygosity::kHemizygous ||
        !ReadOneAllele(item, zygosity, finding, gene, one)) {
      return {};
    }
    if (!one.absent.empty()) results.push_back(std::move(one));
    const size_t copies = zygosity == Zygosity::kHomozygous ? 2 : 1;
    if (finding != Finding::kAbsent) {
      present.haplotypes.insert(present.haplotypes.end(), copies, *ReadAllele(item, gene));
    }
  }
  if (with_words != 0 && with_words != items.size()) return {};
  if (gene.starts_with("HLA-") && present.haplotypes.size() > 2) return {};
  if (!present.haplotypes.empty()) results.push_back(std::move(present));
  return results;
}

/// "*1/*2 or *3/*10": the parts, or the text alone.
std::vector<std::string> SplitAlternatives(const std::string& text) {
  for (const std::string_view separator : kAlternatives) {
    if (text.find(separator) == std::string::npos) continue;
    std::vector<std::string> parts;
    size_t start = 0;
    while (true) {
      const size_t end = text.find(separator, start);
      const auto part = Trim(std::string_view(text).substr(
          start, end == std::string::npos ? std::string::npos : end - start));
      if (!part.empty()) parts.emplace_back(part);
      if (end == std::string::npos) break;
      start = end + separator.size();
    }
    return parts;
  }
  return {text};
}

/// A symbol that is a known one with a slip of the pen ("CPY2D6", "CYP2D66"): not a gene of its
/// own.
bool IsMistyped(const std::string& symbol) {
  if (symbol.size() < 4 || symbol == "CYP3A43") return false;
  for (size_t i = 0; i < symbol.size(); ++i) {
    std::string other = symbol;
    if (i + 1 < symbol.size()) {
      std::swap(other[i], other[i + 1]);
      if (other != symbol && FindGeneBySymbol(other) != nullptr) return true;
    }
    other = symbol;
    constexpr std::string_view kLetters = "OILGS";
    constexpr std::string_view kDigits = "01165";
    const size_t alike = kLetters.find(symbol[i]);
    if (alike != std::string_view::npos) other[i] = kDigits[alike];
    if (other != symbol && FindGeneBySymbol(other) != nullptr) return true;
    other = symbol;
    other.erase(i, 1);
    if (other.size() > 4 && FindGeneBySymbol(other) != nullptr) return true;
  }
  return false;
}

/// The candidates of "*1/*3A eller *3B/*3C"; false when one of them is no genotype.
bool ReadCandidates(const std::string& text, const std::string& gene, GenotypeText& result) {
  const std::vector<std::string> parts = SplitAlternatives(text);
  for (const std::string& part : parts) {
    GenotypeText one;
    std::string candidate = part;
    const std::string named = TakeGenePrefix(candidate, gene);
    if (!named.empty() && !gene.empty() && named != gene) return false;
    if (!ReadSingle(candidate, gene, one)) return false;
    // "*1|*4" and "*2 eller *3": a pair, or one of them?
    const bool list = text.find(';') != std::string::npos;
    if (parts.size() > 1 && one.diplotypes.empty() && !list) return false;
    result.diplotypes.insert(result.diplotypes.end(), one.diplotypes.begin(), one.diplotypes.end());
    result.haplotypes.insert(result.haplotypes.end(), one.haplotypes.begin(), one.haplotypes.end());
    result.absent.insert(result.absent.end(), one.absent.begin(), one.absent.end());
  }
  if (parts.size() > 1 && !result.absent.empty()) return false;
  if (result.diplotypes.size() > 1) result.status = CallStatus::kAmbiguous;
  return true;
}

/// "TPMT: vildtyp" speaks of both copies.
bool ReadWildType(const std::string& text, const std::string& gene, GenotypeText& result) {
  const std::string lower = LowerCase(text);
  const bool said = lower == "vildtyp" || lower == "wild type" || lower == "wild-type" ||
                    lower == "wildtype" || lower == "wt" || lower == "homozygot vildtyp" ||
                    lower == "homozygous wild type";
  if (!said || gene.empty() || HasOneCopy(gene) || gene.starts_with("HLA-") ||
      FindSingleVariant(gene) != nullptr) {
    return false;
  }
  const auto allele = ReadAllele("wt", gene);
  if (!allele) return false;
  result.diplotypes = {*allele + "/" + *allele};
  return true;
}

std::vector<GenotypeText> ReadOneGene(std::string_view original, std::string_view given) {
  GenotypeText result;
  std::string text = NormaliseSpaces(original);
  TakeLabels(text);
  result.gene = TakeGenePrefix(text, given);
  TakeLabels(text);
  const std::string gene = result.gene.empty() ? std::string(given) : result.gene;
  if (FindGeneBySymbol(result.gene) == nullptr && IsMistyped(result.gene)) {
    result.problem = "there is no gene " + result.gene;
    return {result};
  }
  if (SaysNoCall(text)) {
    result.status = CallStatus::kNoCall;
    result.understood = true;
    return {result};
  }
  const bool phenotype_only = text.find_first_of("*/>") == std::string::npos;
  if (const auto phenotype = PhenotypeOfWords(text); phenotype && phenotype_only) {
    result.phenotype = std::string(*phenotype);
    result.understood = true;
    return {result};
  }
  const GenotypeText unread = result;
  if (!TakeInterpretation(text, result)) return {unread};
  TakeLabels(text);
  if (auto list = ReadList(text, gene); !list.empty() && !result.phenotype) {
    for (GenotypeText& one : list) one.gene = result.gene;
    return list;
  }
  if (!ReadWildType(text, gene, result) && !ReadCandidates(text, gene, result)) return {unread};
  result.understood = true;
  return {result};
}

/// Where the text names a known gene.
struct Mention {
  size_t place = 0;
  std::string gene = {};
};

std::vector<Mention> MentionsIn(const std::string& text) {
  std::vector<Mention> mentions;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool starts =
        i == 0 || std::string_view(" ,;&").find(text[i - 1]) != std::string_view::npos;
    if (!starts || text[i] == ' ') continue;
    std::string rest = text.substr(i);
    std::string gene = TakeGenePrefix(rest, "");
    if (FindGeneBySymbol(gene) == nullptr && !gene.starts_with("HLA-")) continue;
    if (mentions.empty() || mentions.back().gene != gene) mentions.push_back({i, std::move(gene)});
  }
  return mentions;
}

void TakeSeparators(std::string& text) {
  for (bool again = true; again;) {
    again = false;
    while (!text.empty() && std::string_view(" ,;&").find(text.back()) != std::string_view::npos) {
      text.pop_back();
    }
    for (const std::string_view word : {" och", " and", " samt"}) {
      if (!text.ends_with(word)) continue;
      text.resize(text.size() - word.size());
      again = true;
    }
  }
}

bool SaysFinding(std::string text) { return TakeFinding(text) != Finding::kNotSaid; }

/// "CYP2C9 *1/*3, VKORC1 -1639 GA": each gene with what stands after it, and all of it read, or
/// nothing. An empty list when the text speaks of one gene.
std::vector<GenotypeText> ReadSeveralGenes(const std::string& text, std::string_view given) {
  const std::vector<Mention> mentions = MentionsIn(text);
  const bool leads = !mentions.empty() && mentions.front().place > 0;
  // "poor metabolizer of CYP2C19 substrates"
  if (leads && mentions.size() == 1 && mentions.front().gene == given) return {};
  if (mentions.size() + (leads && !given.empty() ? 1 : 0) < 2) return {};
  std::vector<std::pair<std::string, std::string>> parts;
  if (leads) parts.emplace_back(std::string(given), text.substr(0, mentions.front().place));
  for (size_t i = 0; i < mentions.size(); ++i) {
    const size_t end = i + 1 < mentions.size() ? mentions[i + 1].place : text.size();
    parts.emplace_back(mentions[i].gene, text.substr(mentions[i].place, end - mentions[i].place));
  }
  const GenotypeText unread{.problem = "it speaks of several genes, and not all of it is read"};
  std::vector<GenotypeText> results;
  std::vector<std::string> seen;
  size_t hla = 0;
  size_t hla_with_words = 0;
  for (auto& [gene, part] : parts) {
    TakeSeparators(part);
    if (std::find(seen.begin(), seen.end(), gene) != seen.end()) return {unread};
    seen.push_back(gene);
    if (gene.starts_with("HLA-")) {
      ++hla;
      if (SaysFinding(part)) ++hla_with_words;
    }
    for (GenotypeText& one : ReadOneGene(part, gene)) {
      if (!one.understood) return {unread};
      if (one.gene.empty()) one.gene = gene;
      results.push_back(std::move(one));
    }
  }
  // "HLA-A*31:01, HLA-B*57:01 negativ": the word may be meant for both.
  if (hla_with_words != 0 && hla_with_words != hla) return {unread};
  return results;
}

/// The candidates of "A+B/C": allele ambiguity on either side, multiplied out.
bool AddGlGenotype(std::string_view text, const std::string& gene, GenotypeText& result) {
  const auto sides = SplitAt(text, '+');
  if (sides.size() > 2) return false;
  std::vector<std::vector<std::string>> alleles;
  for (const std::string& side : sides) {
    auto& candidates = alleles.emplace_back();
    for (const std::string& name : SplitAt(side, '/')) {
      auto allele = ReadAllele(name, gene);
      if (!allele) return false;
      candidates.push_back(std::move(*allele));
    }
  }
  if (alleles.size() == 1) {
    result.haplotypes.insert(result.haplotypes.end(), alleles[0].begin(), alleles[0].end());
    return true;
  }
  for (const std::string& first : alleles[0]) {
    for (const std::string& second : alleles[1]) {
      std::string pair = first;
      pair.append("/").append(second);
      if (std::find(result.diplotypes.begin(), result.diplotypes.end(), pair) ==
          result.diplotypes.end()) {
        result.diplotypes.push_back(pair);
        result.haplotypes = {first, second};
      }
    }
  }
  return true;
}

/// https://glstring.org: "^" parts loci, "|" genotypes, "+" copies, "/" alleles.
std::vector<GenotypeText> ReadGlString(std::string_view text) {
  if (text.starts_with("hla#")) {
    const size_t second = text.find('#', 4);
    text.remove_prefix(second == std::string_view::npos ? 4 : second + 1);
  }
  std::vector<GenotypeText> results;
  for (const std::string& locus : SplitAt(text, '^')) {
    GenotypeText result;
    std::string first = locus;
    result.gene = TakeGenePrefix(first, "");
    result.understood = !result.gene.empty();
    for (const std::string& genotype : SplitAt(locus, '|')) {
      result.understood = result.understood && AddGlGenotype(genotype, result.gene, result);
    }
    if (result.diplotypes.size() > 1) {
      // Presence of one allele cannot be said while the typing is ambiguous.
      result.status = CallStatus::kAmbiguous;
      result.haplotypes.clear();
    }
    if (!result.understood) result = GenotypeText{.gene = result.gene};
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace

std::vector<GenotypeText> ReadGenotypeText(std::string_view text, std::string_view gene) {
  const std::string_view trimmed = Trim(text);
  const bool is_gl_string =
      trimmed.starts_with("hla#") ||
      (trimmed.starts_with("HLA-") && trimmed.find_first_of("+^|") != std::string_view::npos);
  if (is_gl_string) return ReadGlString(trimmed);
  std::string tidy = NormaliseSpaces(trimmed);
  TakeLabels(tidy);
  auto several = ReadSeveralGenes(tidy, gene);
  return several.empty() ? ReadOneGene(trimmed, gene) : several;
}

std::vector<GenotypeText> ReadGenotypeTexts(const std::vector<std::string>& texts,
                                            std::string_view gene) {
  for (const std::string& text : texts) {
    auto read = ReadGenotypeText(text, gene);
    const bool understood = std::all_of(read.begin(), read.end(),
                                        [](const GenotypeText& one) { return one.understood; });
    if (understood) return read;
  }
  return {};
}

}  // namespace genflik::mapping
