#include "rules/knowledge_base.h"

#include <algorithm>
#include <array>
#include <utility>

#include "rules/notation.h"
#include "rules/phenotyper.h"

namespace genflik::rules {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// An ATC code without its last levels is a group.
constexpr size_t kAtcSubstanceLength = 7;

std::string UpperAscii(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

// White space, or what has no part in a word.
struct Blank {
  size_t length = 0;
  bool parts_words = true;
};

// Spaces of typography and marks of trade part words as white space does; soft hyphens and what has
// no width do not. Of no length when there is none at the start of `text`.
Blank BlankAt(std::string_view text) {
  if (IsSpace(text.front())) return {.length = 1};
  if (static_cast<unsigned char>(text.front()) < 0x80) return {};
  for (const std::string_view space :
       {"\u00a0", "\u2002", "\u2003", "\u2009", "\u200a", "\u202f", "\u3000", "®", "©", "™"}) {
    if (text.starts_with(space)) return {.length = space.size()};
  }
  for (const std::string_view unseen : {"\u00ad", "\u200b", "\u200c", "\u200d", "\ufeff"}) {
    if (text.starts_with(unseen)) return {.length = unseen.size(), .parts_words = false};
  }
  return {};
}

bool IsLetter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (static_cast<unsigned char>(c) & 0x80);
}

// "codeine-acetaminophen", "citalopram-teva": whole words on both sides. A syllable before the
// hyphen ("des-", "nor-") makes another substance.
bool JoinsWords(std::string_view before, std::string_view after) {
  constexpr size_t kShortestWord = 4;
  const auto end = std::ranges::find_if_not(after, IsLetter);
  const auto start = std::find_if_not(before.rbegin(), before.rend(), IsLetter);
  return static_cast<size_t>(end - after.begin()) >= kShortestWord &&
         static_cast<size_t>(start - before.rbegin()) >= kShortestWord;
}

// How long a joint between two names is at `at`; 0 when there is none.
size_t JointAt(std::string_view whole, size_t at) {
  const std::string_view text = whole.substr(at);
  constexpr std::string_view kMarks = "/,()";
  if (kMarks.find(text.front()) != std::string_view::npos) return 1;
  if (text.front() == '-') return JoinsWords(whole.substr(0, at), text.substr(1)) ? 1 : 0;
  for (const std::string_view joint : {" och ", " and ", " + ", " & "}) {
    if (text.starts_with(joint)) return joint.size();
  }
  return 0;
}

// The names that a text like "kodein + paracetamol" or "codeine and paracetamol" joins.
std::vector<std::string_view> NameParts(std::string_view folded) {
  std::vector<std::string_view> parts;
  const auto add = [&parts](std::string_view part) {
    part = Trim(part);
    if (!part.empty()) parts.push_back(part);
  };
  constexpr std::string_view kFirstOfJoints = "/,()- ";
  size_t start = 0;
  size_t at = folded.find_first_of(kFirstOfJoints);
  while (at != std::string_view::npos) {
    const size_t length = JointAt(folded, at);
    if (length > 0) {
      add(folded.substr(start, at - start));
      start = at + length;
    }
    at = folded.find_first_of(kFirstOfJoints, at + std::max<size_t>(length, 1));
  }
  add(folded.substr(start));
  return parts;
}

// The names of a combination in one form, whatever joins them.
std::string Joined(std::string_view folded) {
  std::string text;
  for (const std::string_view part : NameParts(folded)) {
    if (!text.empty()) text += '/';
    text += part;
  }
  return text;
}

// The longest beginning of `text`, cut word by word, that `known` knows and that names at least
// `parts` drugs; empty when there is none. "waran 2,5 mg tablett" begins with "waran".
template <typename Known>
std::string KnownBeginning(std::string text, size_t parts, const Known& known) {
  while (!text.empty() && NameParts(text).size() >= parts) {
    if (known(text)) return text;
    if (std::string joined = Joined(text); known(joined)) return joined;
    const size_t space = text.rfind(' ');
    if (space == std::string::npos) break;
    text.resize(space);
  }
  return {};
}

// The names in the index that a text begins with: one for several drugs together ("sulfametoxazol
// och trimetoprim 400 mg") before one for each part.
template <typename Known>
std::vector<std::string> KnownNames(const std::string& folded, const Known& known) {
  if (std::string whole = KnownBeginning(folded, 2, known); !whole.empty()) return {whole};
  std::vector<std::string> names;
  for (const std::string_view part : NameParts(folded)) {
    std::string name = KnownBeginning(std::string(part), 1, known);
    if (!name.empty()) names.push_back(std::move(name));
  }
  return names;
}

std::optional<std::string> UsualPhenotype(const Gene& gene) {
  if (gene.wild_type.empty()) return std::nullopt;
  const auto usual = InterpretDiplotype(gene, gene.wild_type + "/" + gene.wild_type);
  if (usual.candidates.size() != 1) return std::nullopt;
  return usual.candidates.front().phenotype;
}

}  // namespace

std::string FoldName(std::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (const Blank blank = BlankAt(text.substr(i)); blank.length > 0) {
      if (blank.parts_words && !folded.empty() && folded.back() != ' ') folded += ' ';
      i += blank.length - 1;
      continue;
    }
    // U+00C0..U+00DE in UTF-8: the capital letters of Western languages.
    if (c == '\xc3' && i + 1 < text.size()) {
      auto next = static_cast<unsigned char>(text[i + 1]);
      if (next >= 0x80 && next <= 0x9e && next != 0x97)
        next = static_cast<unsigned char>(next + 32);
      folded += c;
      folded += static_cast<char>(next);
      ++i;
      continue;
    }
    folded += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  while (folded.ends_with(' ')) folded.pop_back();
  return folded;
}

KnowledgeBase::KnowledgeBase(KnowledgeContent content) : content_(std::move(content)) {
  for (size_t i = 0; i < content_.genes.size(); ++i) {
    Gene& gene = content_.genes[i];
    gene.usual_phenotype = UsualPhenotype(gene);
    genes_.emplace(UpperAscii(gene.symbol), i);
    genes_.emplace(UpperAscii(gene.hgnc), i);
    genes_.emplace(gene.ncbi, i);
  }
  for (size_t i = 0; i < content_.drugs.size(); ++i) AddDrugEntries(i);
  for (size_t i = 0; i < content_.phenoconversion.size(); ++i) AddConverter(i);
}

// Every code and name that leads to the converter, those of its own drug file (combinations,
// brands, salts) included, so that a look-up at decision time is one step.
void KnowledgeBase::AddConverter(size_t position) {
  const PhenoconversionRule& rule = content_.phenoconversion[position];
  const auto add = [&](auto& index, const std::string& key) {
    std::vector<size_t>& positions = index[key];
    if (std::ranges::find(positions, position) == positions.end()) positions.push_back(position);
  };
  const auto add_codes = [&](const char* prefix, const std::vector<std::string>& codes) {
    for (const std::string& code : codes) add(converters_by_code_, prefix + code);
  };
  const auto add_names = [&](const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      if (!name.empty()) add(converters_by_name_, FoldName(name));
    }
  };
  add_codes("atc:", rule.atc);
  add_codes("rxnorm:", rule.rxnorm);
  add_codes("snomed:", rule.snomed);
  add_names({rule.drug, rule.names.en, rule.names.sv});
  add_names(rule.synonyms);
  if (const Drug* drug = FindDrug(rule.drug)) {
    add_codes("atc:", drug->atc);
    add_codes("atc:", drug->atc_combination);
    add_codes("rxnorm:", drug->rxnorm);
    add_codes("rxnorm:", drug->rxnorm_product);
    add_codes("snomed:", drug->snomed);
    add_names({drug->names.en, drug->names.sv});
    add_names(drug->synonyms);
    add_names(drug->brands);
  }
}

void KnowledgeBase::AddDrugEntries(size_t position) {
  const Drug& drug = content_.drugs[position];
  drugs_.emplace(drug.name, position);
  for (const Guideline& guideline : drug.guidelines) {
    for (const Rule& rule : guideline.rules) {
      rules_.emplace(rule.id, RulePlace{&drug, &guideline, &rule});
    }
  }
  const auto add_atc = [&](const std::vector<std::string>& codes, bool combination,
                           bool not_systemic) {
    for (const std::string& code : codes) {
      const Entry entry{position, combination, not_systemic};
      if (code.size() < kAtcSubstanceLength) {
        atc_groups_.emplace_back(UpperAscii(code), entry);
      } else {
        atc_[UpperAscii(code)].push_back(entry);
      }
    }
  };
  add_atc(drug.atc, false, false);
  add_atc(drug.atc_combination, true, false);
  add_atc(drug.atc_not_systemic, false, true);
  for (const std::string& code : drug.rxnorm) rxnorm_[code].push_back({position});
  for (const std::string& code : drug.rxnorm_product) rxnorm_[code].push_back({position});
  for (const std::string& code : drug.snomed) snomed_[code].push_back({position});
  std::vector<std::string> names = {drug.name, drug.names.en, drug.names.sv};
  names.insert(names.end(), drug.synonyms.begin(), drug.synonyms.end());
  names.insert(names.end(), drug.brands.begin(), drug.brands.end());
  for (std::string& name : names) name = FoldName(name);
  for (size_t i = names.size(); i-- > 0;) names.push_back(Joined(names[i]));
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (const std::string& name : names) {
    if (!name.empty()) names_[name].push_back({position});
  }
}

const Gene* KnowledgeBase::FindGene(std::string_view symbol_or_id) const {
  const auto found = genes_.find(UpperAscii(Trim(symbol_or_id)));
  return found == genes_.end() ? nullptr : &content_.genes[found->second];
}

const Drug* KnowledgeBase::FindDrug(std::string_view name) const {
  const auto found = drugs_.find(std::string(name));
  return found == drugs_.end() ? nullptr : &content_.drugs[found->second];
}

const AlternativeDrug* KnowledgeBase::FindAlternative(std::string_view name) const {
  const auto found = std::ranges::find(content_.alternatives, name, &AlternativeDrug::name);
  return found == content_.alternatives.end() ? nullptr : &*found;
}

void KnowledgeBase::AddMatch(const Entry& entry, const std::string& via,
                             std::vector<DrugMatch>& matches) const {
  const Drug* drug = &content_.drugs[entry.drug];
  const auto known = std::ranges::find(matches, drug, &DrugMatch::drug);
  if (known == matches.end()) {
    matches.push_back({drug, via, entry.combination, entry.not_systemic});
  } else {
    known->not_systemic = known->not_systemic || entry.not_systemic;
  }
}

std::optional<RulePlace> KnowledgeBase::FindRule(std::string_view id) const {
  const auto found = rules_.find(std::string(id));
  if (found == rules_.end()) return std::nullopt;
  return found->second;
}

bool KnowledgeBase::AddMatches(const Index& index, const std::string& key,
                               std::vector<DrugMatch>& matches) const {
  const auto found = index.find(key);
  if (found == index.end()) return false;
  for (const Entry& entry : found->second) AddMatch(entry, key, matches);
  return true;
}

void KnowledgeBase::MatchName(const std::string& name, std::vector<DrugMatch>& matches) const {
  const std::string folded = FoldName(name);
  if (AddMatches(names_, folded, matches)) return;
  const auto known = [this](const std::string& text) { return names_.contains(text); };
  for (const std::string& one : KnownNames(folded, known)) AddMatches(names_, one, matches);
}

void KnowledgeBase::MatchCode(const DrugCode& code, std::vector<DrugMatch>& matches) const {
  switch (code.system) {
    case DrugSystem::kAtc: {
      const std::string upper = UpperAscii(code.code);
      AddMatches(atc_, upper, matches);
      for (const auto& [group, entry] : atc_groups_) {
        if (upper.starts_with(group)) AddMatch(entry, upper, matches);
      }
      break;
    }
    case DrugSystem::kRxNorm:
      AddMatches(rxnorm_, code.code, matches);
      break;
    case DrugSystem::kSnomed:
      AddMatches(snomed_, code.code, matches);
      break;
  }
}

std::vector<DrugMatch> KnowledgeBase::Match(const DrugQuery& query) const {
  std::vector<DrugMatch> matches;
  for (const DrugCode& code : query.codes) MatchCode(code, matches);
  for (const std::string& name : query.names) MatchName(name, matches);
  return matches;
}

namespace {

// Skin, eye and ear in WHO's ATC; of the groups for the skin those for systemic use act elsewhere.
bool ActsWhereItIsPut(std::string_view atc) {
  for (const std::string_view systemic : {"D01B", "D05B", "D10B", "D11AH"}) {
    if (atc.starts_with(systemic)) return false;
  }
  return atc.starts_with('D') || atc.starts_with('S');
}

bool IsLocalByCode(const DrugQuery& query) {
  bool local = false;
  for (const DrugCode& code : query.codes) {
    if (code.system != DrugSystem::kAtc) continue;
    if (!ActsWhereItIsPut(UpperAscii(code.code))) return false;
    local = true;
  }
  return local;
}

}  // namespace

std::vector<const PhenoconversionRule*> KnowledgeBase::Phenoconverters(
    const DrugQuery& query) const {
  if (IsLocalByCode(query)) return {};
  constexpr std::array<std::string_view, 3> kPrefixes = {"atc:", "rxnorm:", "snomed:"};
  std::vector<const PhenoconversionRule*> rules;
  const auto add = [&](const auto& index, const std::string& key) {
    const auto found = index.find(key);
    if (found == index.end()) return;
    for (const size_t position : found->second) {
      const PhenoconversionRule* rule = &content_.phenoconversion[position];
      if (std::ranges::find(rules, rule) == rules.end()) rules.push_back(rule);
    }
  };
  for (const DrugCode& code : query.codes) {
    const std::string text = code.system == DrugSystem::kAtc ? UpperAscii(code.code) : code.code;
    add(converters_by_code_, std::string(kPrefixes.at(static_cast<size_t>(code.system))) + text);
  }
  for (const std::string& name : query.names) {
    const std::string folded = FoldName(name);
    add(converters_by_name_, folded);
    // "bupropion 150 mg tablet" and "fluoxetine hydrochloride": the words before what is added.
    const auto known = [this](const std::string& text) {
      return converters_by_name_.contains(text);
    };
    for (const std::string& one : KnownNames(folded, known)) add(converters_by_name_, one);
    std::vector<DrugMatch> matches;
    MatchName(name, matches);
    for (const DrugMatch& match : matches) add(converters_by_name_, match.drug->name);
  }
  return rules;
}

}  // namespace genflik::rules
