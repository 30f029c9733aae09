#include "services/mapping/genomics_words.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "services/mapping/genomics_alleles.h"

namespace genflik::mapping {
namespace {

constexpr std::array<std::string_view, 16> kNoCallWords = {
    "no call",        "nocall",           "no-call",           "no result",
    "inconclusive",   "indeterminate",    "undetermined",      "not determined",
    "failed",         "ej bedombar",      "ej analyserbar",    "inte bedombar",
    "kan ej bedomas", "kunde ej bedomas", "not interpretable", "misslyckad"};
constexpr std::array<std::string_view, 19> kFillers = {
    "för",      "for",      "bärare",     "carrier",  "av",        "of",        "genotyp",
    "genotype", "allel",    "allele",     "allelen",  "variant",   "varianten", "the",
    "a",        "compound", "sammansatt", "mutation", "mutationen"};
constexpr std::array<std::string_view, 8> kLabels = {
    "genotyp", "genotype", "diplotyp", "diplotype", "resultat", "result", "svar", "haplotyp"};
constexpr std::array<std::string_view, 6> kTrailingLabels = {"fenotyp", "phenotype", "->",
                                                             "→",       "=>",        " ="};

constexpr std::array<std::string_view, 8> kReferenceWords = {
    "reference", "ref", "wt", "wild type", "wild-type", "wildtype", "vildtyp", "wt allele"};
/// Longer phrases before those that they contain; without the dots and rings of å, ä and ö.
constexpr std::array<std::pair<std::string_view, Finding>, 37> kFindings = {{
    {"kunde inte pavisas", Finding::kAbsent},
    {"kunde ej pavisas", Finding::kAbsent},
    {"pavisades inte", Finding::kAbsent},
    {"pavisades ej", Finding::kAbsent},
    {"pavisas inte", Finding::kAbsent},
    {"pavisas ej", Finding::kAbsent},
    {"ej pavisade", Finding::kAbsent},
    {"ej pavisad", Finding::kAbsent},
    {"ej pavisat", Finding::kAbsent},
    {"inte pavisad", Finding::kAbsent},
    {"inte pavisat", Finding::kAbsent},
    {"icke pavisad", Finding::kAbsent},
    {"icke pavisat", Finding::kAbsent},
    {"ej detekterad", Finding::kAbsent},
    {"not detected", Finding::kAbsent},
    {"not present", Finding::kAbsent},
    {"not found", Finding::kAbsent},
    {"absent", Finding::kAbsent},
    {"negativt", Finding::kAbsent},
    {"negative", Finding::kAbsent},
    {"negativ", Finding::kAbsent},
    {"neg", Finding::kAbsent},
    {"ej barare", Finding::kAbsent},
    {"inte barare", Finding::kAbsent},
    {"non-carrier", Finding::kAbsent},
    {"pavisades", Finding::kPresent},
    {"pavisad", Finding::kPresent},
    {"pavisat", Finding::kPresent},
    {"pavisas", Finding::kPresent},
    {"detekterad", Finding::kPresent},
    {"detected", Finding::kPresent},
    {"present", Finding::kPresent},
    {"positivt", Finding::kPresent},
    {"positive", Finding::kPresent},
    {"positiv", Finding::kPresent},
    {"pos", Finding::kPresent},
    {"barare", Finding::kPresent},
}};

constexpr std::string_view kAround = " .,:;()[]-";

std::string_view Bare(std::string_view text) {
  while (!text.empty() && kAround.find(text.front()) != std::string_view::npos) {
    text.remove_prefix(1);
  }
  while (!text.empty() && kAround.find(text.back()) != std::string_view::npos) {
    text.remove_suffix(1);
  }
  return text;
}

/// Lower case with å, ä and ö as a, a and o; `places` tells where each letter stood.
std::string Fold(std::string_view text, std::vector<size_t>* places = nullptr) {
  const std::string lower = LowerCase(text);
  std::string folded;
  for (size_t i = 0; i < lower.size(); ++i) {
    if (places != nullptr) places->push_back(i);
    const unsigned char c = static_cast<unsigned char>(lower[i]);
    if (c == 0xC3 && i + 1 < lower.size()) {
      const unsigned char next = static_cast<unsigned char>(lower[i + 1]);
      const char plain = next == 0xA5 || next == 0xA4 ? 'a' : next == 0xB6 ? 'o' : '\0';
      if (plain != '\0') {
        folded += plain;
        ++i;
        continue;
      }
    }
    folded += lower[i];
  }
  if (places != nullptr) places->push_back(lower.size());
  return folded;
}

Zygosity ZygosityOf(std::string_view word) {
  const std::string lower = LowerCase(word);
  if (lower == "hom" || lower == "homo" || lower.starts_with("homozyg") ||
      lower.starts_with("homoplasm")) {
    return Zygosity::kHomozygous;
  }
  if (lower == "het" || lower == "hetero" || lower.starts_with("heterozyg")) {
    return Zygosity::kHeterozygous;
  }
  return lower.starts_with("hemizyg") ? Zygosity::kHemizygous : Zygosity::kNotSaid;
}

bool Parts(char c) { return kAround.find(c) != std::string_view::npos; }

void TrimAround(std::string& text) {
  // Not the minus of "A-"; one that stands alone parts two things.
  while (!text.empty() && (std::string_view(" .,:;(").find(text.back()) != std::string_view::npos ||
                           text.ends_with(" -"))) {
    text.pop_back();
  }
  while (!text.empty() && std::string_view(" .,:;)").find(text.front()) != std::string_view::npos) {
    text.erase(text.begin());
  }
}

}  // namespace

Zygosity TakeZygosity(std::string& text) {
  Zygosity zygosity = Zygosity::kNotSaid;
  std::string rest;
  size_t start = 0;
  while (start < text.size()) {
    const size_t end = std::min(text.find(' ', start), text.size());
    const std::string_view word = std::string_view(text).substr(start, end - start);
    start = end + 1;
    if (word.empty()) continue;
    const Zygosity said = ZygosityOf(Bare(word));
    if (said != Zygosity::kNotSaid) {
      const bool other = zygosity != Zygosity::kNotSaid && zygosity != said;
      zygosity = other ? Zygosity::kContradictory : said;
      continue;
    }
    // "A" and "A-" are alleles of G6PD, "a" is a word.
    const bool letter = Bare(word).size() == 1 && word != "a";
    const std::string lower = LowerCase(Bare(word));
    const bool filler = std::find(kFillers.begin(), kFillers.end(), lower) != kFillers.end();
    if (filler && !letter) continue;
    if (!rest.empty()) rest += ' ';
    rest += word;
  }
  if (zygosity == Zygosity::kNotSaid) return zygosity;
  TrimAround(rest);
  text = rest;
  return zygosity;
}

Finding TakeFinding(std::string& text) {
  std::vector<size_t> places;
  std::string folded = Fold(text, &places);
  size_t size = folded.size();
  while (size > 0 && Parts(folded[size - 1])) --size;
  for (const auto& [phrase, finding] : kFindings) {
    if (std::string_view(folded).substr(0, size).ends_with(phrase)) {
      const size_t start = size - phrase.size();
      if (start > 0 && !Parts(folded[start - 1])) continue;
      text.resize(places[start]);
      TrimAround(text);
      return finding;
    }
    // "Pos 681" is a position.
    const bool leads = phrase.size() > 3 && std::string_view(folded).starts_with(phrase) &&
                       folded.size() > phrase.size() && Parts(folded[phrase.size()]);
    if (!leads) continue;
    text.erase(0, places[phrase.size()]);
    TrimAround(text);
    for (const std::string_view small : {"av ", "för ", "for "}) {
      if (text.starts_with(small)) text.erase(0, small.size());
    }
    return finding;
  }
  return Finding::kNotSaid;
}

Finding FindingOfWords(std::string_view text) {
  const std::string folded = Fold(Bare(text));
  const auto found = std::find_if(kFindings.begin(), kFindings.end(),
                                  [&](const auto& pair) { return pair.first == folded; });
  return found == kFindings.end() ? Finding::kNotSaid : found->second;
}

bool SaysNoCall(std::string_view text) {
  const std::string folded = Fold(Bare(text));
  if (folded == "nc") return true;
  if (folded.find_first_of("*/>?") != std::string::npos) return false;
  return std::any_of(kNoCallWords.begin(), kNoCallWords.end(),
                     [&](std::string_view word) { return folded.find(word) != std::string::npos; });
}

bool IsReferenceWord(std::string_view text) {
  const std::string lower = LowerCase(text);
  return std::find(kReferenceWords.begin(), kReferenceWords.end(), lower) != kReferenceWords.end();
}

void TakeLabels(std::string& text) {
  const std::string lower = LowerCase(text);
  for (const std::string_view label : kLabels) {
    if (!lower.starts_with(label) || lower.size() == label.size()) continue;
    const char next = lower[label.size()];
    if (next != ':' && next != ' ' && next != '=') continue;
    text.erase(0, label.size());
    while (!text.empty() && std::string_view(" :=").find(text.front()) != std::string_view::npos) {
      text.erase(text.begin());
    }
    break;
  }
  for (bool again = true; again;) {
    again = false;
    while (!text.empty() && std::string_view(" .,:;").find(text.back()) != std::string_view::npos) {
      text.pop_back();
    }
    for (const std::string_view label : kTrailingLabels) {
      if (!LowerCase(text).ends_with(label)) continue;
      text.resize(text.size() - label.size());
      again = true;
    }
  }
}

}  // namespace genflik::mapping
