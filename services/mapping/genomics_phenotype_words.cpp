#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/mapping/genomics_alleles.h"
#include "services/mapping/genomics_codes.h"

// Phenotypes in words. Every word must be known: "no poor metabolizer", "probably poor" and "the
// mother is a poor metabolizer" are for people to read.

namespace genflik::mapping {
namespace {

struct Word {
  std::string_view word;
  std::string_view meaning;
};

constexpr std::array kAbbreviations = {
    Word{"pm", "Poor Metabolizer"},        Word{"im", "Intermediate Metabolizer"},
    Word{"nm", "Normal Metabolizer"},      Word{"em", "Normal Metabolizer"},
    Word{"rm", "Rapid Metabolizer"},       Word{"um", "Ultrarapid Metabolizer"},
    Word{"utm", "Ultrarapid Metabolizer"},
};
// "Snabb" has been used for both normal and rapid.
constexpr std::array kGrades = {
    Word{"ultrarapid", "ultrarapid"},
    Word{"ultrasnabb", "ultrarapid"},
    Word{"rapid", "rapid"},
    Word{"intermediate", "intermediate"},
    Word{"intermediär", "intermediate"},
    Word{"intermediar", "intermediate"},
    Word{"intermediärt", "intermediate"},
    Word{"intermedier", "intermediate"},
    Word{"poor", "poor"},
    Word{"slow", "poor"},
    Word{"långsam", "poor"},
    Word{"langsam", "poor"},
    Word{"normal", "normal"},
    Word{"extensive", "normal"},
    Word{"decreased", "decreased"},
    Word{"reduced", "decreased"},
    Word{"nedsatt", "decreased"},
    Word{"increased", "increased"},
    Word{"ökad", "increased"},
};
/// CPIC's terms that are no grade of metabolism, whole.
constexpr std::array kPhrases = {
    Word{"deficient", "Deficient"},
    Word{"deficient with cnsha", "Deficient with CNSHA"},
    Word{"variable", "Variable"},
    Word{"brist", "Deficient"},
    Word{"malignant hyperthermia susceptibility", "Malignant Hyperthermia Susceptibility"},
    Word{"uncertain susceptibility", "Uncertain Susceptibility"},
    Word{"increased risk of aminoglycoside-induced hearing loss",
         "increased risk of aminoglycoside-induced hearing loss"},
    Word{"uncertain risk of aminoglycoside-induced hearing loss",
         "uncertain risk of aminoglycoside-induced hearing loss"},
    Word{"normal risk of aminoglycoside-induced hearing loss",
         "normal risk of aminoglycoside-induced hearing loss"},
    Word{"ivacaftor responsive in cf patients", "ivacaftor responsive in CF patients"},
    Word{"ivacaftor non-responsive in cf patients", "ivacaftor non-responsive in CF patients"},
};
constexpr std::array<std::string_view, 12> kMetabolizer = {
    "metabolizer",   "metabolizers", "metaboliser",  "metabolisers",
    "metabolisator", "metabolism",   "metabolizing", "metaboliserare",
    "metaboliserar", "metabolizör",  "metabolisör",  "metabolizerare"};
constexpr std::array<std::string_view, 2> kFunction = {"function", "funktion"};
// Say nothing that could turn the meaning.
constexpr std::array<std::string_view, 24> kHarmless = {
    "status", "phenotype", "fenotyp",     "predicted", "activity", "is",
    "a",      "an",        "är",          "en",        "the",      "of",
    "for",    "för",       "av",          "patient",   "genotype", "genotyp",
    "and",    "och",       "transporter", "patienten", "cytokrom", "substrates"};
struct Term {
  std::string_view modifier;
  std::string_view grade;
  bool function;
  std::string_view term;
};
constexpr std::array kTerms = {
    Term{"", "ultrarapid", false, "Ultrarapid Metabolizer"},
    Term{"", "rapid", false, "Rapid Metabolizer"},
    Term{"", "intermediate", false, "Intermediate Metabolizer"},
    Term{"", "poor", false, "Poor Metabolizer"},
    Term{"", "normal", false, "Normal Metabolizer"},
    Term{"likely", "poor", false, "Likely Poor Metabolizer"},
    Term{"likely", "intermediate", false, "Likely Intermediate Metabolizer"},
    Term{"possible", "intermediate", false, "Possible Intermediate Metabolizer"},
    Term{"", "increased", true, "Increased Function"},
    Term{"", "decreased", true, "Decreased Function"},
    Term{"possible", "decreased", true, "Possible Decreased Function"},
    Term{"", "normal", true, "Normal Function"},
    Term{"", "poor", true, "Poor Function"},
};

template <typename Table>
std::string_view MeaningOf(const Table& table, std::string_view word) {
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const Word& entry) { return entry.word == word; });
  return found == table.end() ? std::string_view() : found->meaning;
}

template <typename Table>
bool Has(const Table& table, std::string_view word) {
  return std::find(table.begin(), table.end(), word) != table.end();
}

std::vector<std::string> WordsOf(const std::string& lower) {
  std::vector<std::string> words(1);
  for (const char c : lower) {
    if (std::string_view(" ()[].,:;-/=").find(c) == std::string_view::npos) {
      words.back() += c;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

/// Sets `what`, unless it has been set to something else.
bool Settle(std::string_view& what, std::string_view value) {
  if (!what.empty() && what != value) return false;
  what = value;
  return true;
}

struct Reading {
  std::string_view modifier = {};
  std::string_view grade = {};
  std::string_view abbreviated = {};
  bool metabolizer = false;
  bool function = false;

  /// False when the word is not known or contradicts another.
  bool Take(std::string_view word) {
    if (const auto term = MeaningOf(kAbbreviations, word); !term.empty()) {
      return Settle(abbreviated, term);
    }
    if (const auto one = MeaningOf(kGrades, word); !one.empty()) return Settle(grade, one);
    if (word == "likely" || word == "possible") return Settle(modifier, word);
    if (Has(kMetabolizer, word)) return metabolizer = true;
    if (Has(kFunction, word)) return function = true;
    for (const std::string_view noun : kMetabolizer) {
      if (!word.ends_with(noun)) continue;
      metabolizer = true;
      const auto one = MeaningOf(kGrades, word.substr(0, word.size() - noun.size()));
      return !one.empty() && Settle(grade, one);
    }
    return Has(kHarmless, word) || FindGeneBySymbol(word) != nullptr;
  }

  std::optional<std::string_view> Result() const {
    std::string_view term = abbreviated;
    if (grade.empty()) {
      if (term.empty() || function || !modifier.empty()) return std::nullopt;
      return term;
    }
    if (metabolizer == function && (metabolizer || term.empty())) return std::nullopt;
    const auto found = std::find_if(kTerms.begin(), kTerms.end(), [this](const Term& one) {
      return one.modifier == modifier && one.grade == grade && one.function == function;
    });
    if (found == kTerms.end() || !Settle(term, found->term)) return std::nullopt;
    return term;
  }
};

}  // namespace

std::optional<std::string_view> PhenotypeOfWords(std::string_view words) {
  std::string lower = LowerCase(words);
  for (const std::string_view split : {"ultra-", "ultra "}) {
    const size_t at = lower.find(split);
    if (at != std::string::npos) lower.erase(at + 5, 1);
  }
  if (const auto phrase = MeaningOf(kPhrases, Trim(lower)); !phrase.empty()) return phrase;
  // The reading points into the words.
  const std::vector<std::string> all = WordsOf(lower);
  Reading reading;
  for (const std::string& word : all) {
    if (!reading.Take(word)) return std::nullopt;
  }
  return reading.Result();
}

}  // namespace genflik::mapping
