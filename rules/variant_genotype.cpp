#include "rules/variant_genotype.h"

#include <algorithm>
#include <array>
#include <utility>

#include "rules/notation.h"

namespace genflik::rules {
namespace {

constexpr size_t kMaxText = 400;
constexpr char kDeleted = '-';

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char Complement(char base) {
  constexpr std::string_view kBases = "ACGT";
  constexpr std::string_view kOther = "TGCA";
  const size_t at = kBases.find(base);
  return at == std::string_view::npos ? base : kOther[at];
}

bool StartsIgnoringCase(std::string_view text, std::string_view name) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return text.size() >= name.size() &&
         std::ranges::equal(text.substr(0, name.size()), name, {}, lower, lower);
}

// The length of the position's name at the start of `text`, the longest that fits.
size_t NameLength(const TestedVariant& variant, std::string_view text) {
  size_t length = 0;
  const auto consider = [&](const std::string& name) {
    const bool whole = text.size() <= name.size() || !IsAlphanumeric(text[name.size()]);
    if (whole && StartsIgnoringCase(text, name)) length = std::max(length, name.size());
  };
  consider(variant.rsid);
  for (const std::string& name : variant.names) consider(name);
  return length;
}

struct Named {
  const TestedVariant* variant = nullptr;
  size_t length = 0;
};

Named FindVariant(const Gene& gene, std::string_view text) {
  Named best;
  for (const TestedVariant& variant : gene.variants) {
    const size_t length = NameLength(variant, text);
    if (length > best.length) best = {&variant, length};
  }
  return best;
}

// One part for each position: "rs1 (C;T), rs2 GG" has two.
std::vector<std::string> SplitPositions(const Gene& gene, std::string_view text) {
  std::vector<std::string> parts(1);
  for (size_t i = 0; i < text.size(); ++i) {
    const bool separates = text[i] == ',' || text[i] == ';' || text[i] == '\n';
    const std::string_view rest = separates ? Trim(text.substr(i + 1)) : std::string_view();
    const bool next = !rest.empty() && (FindVariant(gene, rest).variant != nullptr ||
                                        StartsIgnoringCase(rest, "rs"));
    if (next) {
      parts.emplace_back();
    } else {
      parts.back() += text[i];
    }
  }
  return parts;
}

enum class Zygosity { kNotSaid, kHomozygous, kHeterozygous, kHemizygous };

Zygosity ReadZygosity(const std::string& word) {
  if (word == "hom" || word.starts_with("homozyg") || word.starts_with("homoplas")) {
    return Zygosity::kHomozygous;
  }
  if (word == "het" || word.starts_with("heterozyg") || word.starts_with("heteroplas")) {
    return Zygosity::kHeterozygous;
  }
  return word.starts_with("hemizyg") ? Zygosity::kHemizygous : Zygosity::kNotSaid;
}

// Words of `text`, every sign that only joins bases taken for a space.
std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (std::string_view(" \t/|;:=()[],").find(c) != std::string_view::npos) {
      if (!words.back().empty()) words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

// Bases named one by one or together: "C", "CT", "del". Empty when the word is none.
std::string BasesOf(const std::string& word) {
  if (LowerAscii(word) == "del" || word == "-") return {kDeleted};
  const bool bases = word.size() <= 2 && word.find_first_not_of("ACGT") == std::string::npos;
  return bases ? word : "";
}

// "T>C" repeats what the position's name says.
bool IsChange(const std::string& word) { return word.size() == 3 && word[1] == '>'; }

struct Call {
  std::string bases = {};
  Zygosity zygosity = Zygosity::kNotSaid;
};

std::optional<Call> ReadCall(std::string_view text) {
  Call call;
  for (const std::string& word : Words(text)) {
    const Zygosity zygosity = ReadZygosity(LowerAscii(word));
    if (zygosity != Zygosity::kNotSaid && call.zygosity == Zygosity::kNotSaid) {
      call.zygosity = zygosity;
    } else if (const std::string bases = BasesOf(word); !bases.empty()) {
      call.bases += bases;
    } else if (!IsChange(word) || !call.bases.empty()) {
      return std::nullopt;
    }
  }
  if (call.bases.size() > 2) return std::nullopt;
  if (call.bases.empty() && call.zygosity == Zygosity::kNotSaid) return std::nullopt;
  return call;
}

enum class Strand { kUnknown, kPlus, kMinus };

std::string Complemented(std::string bases) {
  std::ranges::transform(bases, bases.begin(), Complement);
  return bases;
}

bool Fits(const TestedVariant& variant, const std::string& bases) {
  return std::ranges::all_of(bases, [&](char base) {
    return base == variant.reference ||
           std::ranges::any_of(variant.alternatives,
                               [&](const auto& alternative) { return alternative.first == base; });
  });
}

bool SameBases(std::string a, std::string b) {
  std::ranges::sort(a);
  std::ranges::sort(b);
  return a == b;
}

// A name such as "c.2846A>T" says by its own bases which strand it speaks of.
Strand StrandOfName(const TestedVariant& variant, std::string_view name) {
  const size_t arrow = name.find('>');
  if (arrow == std::string_view::npos || arrow == 0) return Strand::kUnknown;
  const std::string reference(1, name[arrow - 1]);
  if (reference[0] == variant.reference) return Strand::kPlus;
  return Complement(reference[0]) == variant.reference ? Strand::kMinus : Strand::kUnknown;
}

// One position with its bases, and the strand as far as the bases or the name tell it.
struct Position {
  const TestedVariant* variant = nullptr;
  std::string text = {};
  std::string bases = {};
  Zygosity zygosity = Zygosity::kNotSaid;
  Strand strand = Strand::kUnknown;
  bool readable = true;
};

void FindStrand(Position& position, std::string_view name) {
  const std::string other = Complemented(position.bases);
  const bool plus = Fits(*position.variant, position.bases);
  const bool minus = Fits(*position.variant, other);
  position.readable = plus || minus;
  if (plus != minus) {
    position.strand = plus ? Strand::kPlus : Strand::kMinus;
  } else if (!SameBases(position.bases, other)) {
    position.strand = StrandOfName(*position.variant, name);
  } else {
    position.strand = Strand::kPlus;
  }
}

// The one strand that the positions of a text are told on; unknown when they differ. Bases that
// read the same on both strands say nothing of it.
Strand CommonStrand(const std::vector<Position>& positions) {
  Strand common = Strand::kUnknown;
  for (const Position& position : positions) {
    if (!position.readable || position.strand == Strand::kUnknown) continue;
    if (SameBases(position.bases, Complemented(position.bases))) continue;
    if (common != Strand::kUnknown && common != position.strand) return Strand::kUnknown;
    common = position.strand;
  }
  return common;
}

// The bases that words of zygosity stand for: of the variant, since a wild type is not said so.
std::string BasesOfZygosity(const TestedVariant& variant, Zygosity zygosity) {
  const char changed = variant.alternatives.front().first;
  if (zygosity == Zygosity::kHeterozygous) return {variant.reference, changed};
  if (zygosity == Zygosity::kHemizygous) return {changed};
  return {changed, changed};
}

std::optional<Position> ReadPosition(const Gene& gene, std::string_view text) {
  const Named named = FindVariant(gene, text);
  if (named.variant == nullptr) return std::nullopt;
  const std::optional<Call> call = ReadCall(text.substr(named.length));
  if (!call) return std::nullopt;
  Position position{named.variant, std::string(text), call->bases, call->zygosity};
  if (position.bases.empty()) {
    position.readable = named.variant->alternatives.size() == 1;
    position.bases = BasesOfZygosity(*named.variant, call->zygosity);
    position.strand = Strand::kPlus;
    return position;
  }
  FindStrand(position, text.substr(0, named.length));
  const bool different = position.bases.size() == 2 && position.bases[0] != position.bases[1];
  if ((call->zygosity == Zygosity::kHeterozygous && !different) ||
      (call->zygosity == Zygosity::kHomozygous && different)) {
    position.readable = false;
  }
  return position;
}

void AddAlleles(const Position& position, Strand common, VariantGenotype& genotype) {
  genotype.positions.push_back(position.variant->rsid);
  const Strand strand = position.strand == Strand::kUnknown ? common : position.strand;
  if (!position.readable || strand == Strand::kUnknown) {
    genotype.unreadable = position.text;
    return;
  }
  const std::string bases = strand == Strand::kPlus ? position.bases : Complemented(position.bases);
  genotype.one_copy = genotype.one_copy || bases.size() == 1;
  for (const char base : bases) {
    for (const auto& [changed, allele] : position.variant->alternatives) {
      if (changed == base) genotype.found.push_back(allele);
    }
  }
}

bool CoversPanel(const Gene& gene, const std::vector<std::string>& positions) {
  return !gene.panel.empty() &&
         std::ranges::all_of(gene.panel, [&](const std::vector<std::string>& group) {
           return std::ranges::any_of(group, [&](const std::string& rsid) {
             return std::ranges::find(positions, rsid) != positions.end();
           });
         });
}

}  // namespace

std::optional<VariantGenotype> ReadVariantGenotype(const Gene& gene, std::string_view text) {
  text = Trim(text);
  if (gene.variants.empty() || text.empty() || text.size() > kMaxText) return std::nullopt;
  const std::string& symbol = gene.symbol;
  if (StartsIgnoringCase(text, symbol) && text.size() > symbol.size() &&
      !IsAlphanumeric(text[symbol.size()])) {
    text = Trim(text.substr(symbol.size() + (text[symbol.size()] == '*' ? 0 : 1)));
  }
  // Most results are star alleles: nothing is copied for them.
  if (FindVariant(gene, text).variant == nullptr) return std::nullopt;
  std::vector<Position> positions;
  for (const std::string& part : SplitPositions(gene, text)) {
    std::optional<Position> position = ReadPosition(gene, Trim(part));
    if (!position) return std::nullopt;
    for (const Position& other : positions) {
      // Told twice, in whatever words: nobody knows which one holds.
      if (other.variant == position->variant) position->readable = false;
    }
    positions.push_back(std::move(*position));
  }
  const Strand common = CommonStrand(positions);
  VariantGenotype genotype;
  for (const Position& position : positions) AddAlleles(position, common, genotype);
  genotype.covers_panel = genotype.unreadable.empty() && CoversPanel(gene, genotype.positions);
  return genotype;
}

std::optional<ActivityScore> ReadScoreText(std::string_view text) {
  // No score holds what joins or begins alleles.
  if (text.empty() || text.find_first_of("*/") != std::string_view::npos) return std::nullopt;
  std::string lower = LowerAscii(Trim(text));
  bool said = false;
  for (const std::string_view word : {"activity score", "aktivitetspoäng", "score", "as"}) {
    if (!lower.starts_with(word)) continue;
    lower.erase(0, word.size());
    said = true;
    break;
  }
  lower.erase(0, std::min(lower.find_first_not_of(" :="), lower.size()));
  std::ranges::replace(lower, ',', '.');
  std::erase(lower, ' ');
  const bool at_least = lower.starts_with("≥") || lower.starts_with(">=");
  // More than so much is at least so much.
  if (lower.starts_with('>') && !at_least) lower.insert(lower.begin() + 1, '=');
  said = said || lower.starts_with("≥") || lower.starts_with(">=") ||
         lower.find('.') != std::string::npos;
  if (!said) return std::nullopt;
  return ActivityScore::Parse(lower);
}

}  // namespace genflik::rules
