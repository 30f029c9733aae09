#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rules/drug.h"
#include "rules/drug_query.h"
#include "rules/gene.h"
#include "rules/phenoconversion.h"

namespace genflik::rules {

/// A drug file that an order's codes or names lead to.
struct DrugMatch {
  const Drug* drug = nullptr;
  /// The code or name that matched.
  std::string via = {};
  /// The code is that of a combination product that holds the drug.
  bool combination = false;
  /// The code is that of a form that does not act in the whole body (cream, eye drops): rules do
  /// not apply.
  bool not_systemic = false;
};

/// Where knowledge came from, for display and export.
struct KnowledgeSource {
  std::string name = {};
  std::string version = {};
  std::string licence = {};
  std::string url = {};
  std::string attribution = {};
};

/// A drug that guidelines name as an alternative and about which there is no file of its own.
struct AlternativeDrug {
  /// As the rules name it.
  std::string name = {};
  LocalText names = {};
  std::string atc = {};
};

/// What the files hold, before look-ups are built on it.
struct KnowledgeContent {
  std::string version = {};
  std::vector<KnowledgeSource> sources = {};
  std::vector<Gene> genes = {};
  std::vector<Drug> drugs = {};
  std::vector<PhenoconversionRule> phenoconversion = {};
  std::vector<AlternativeDrug> alternatives = {};
};

/// Where a rule stands.
struct RulePlace {
  const Drug* drug = nullptr;
  const Guideline* guideline = nullptr;
  const Rule* rule = nullptr;
};

/// Everything clinical that Genflik knows, as one immutable snapshot; safe to share between
/// threads. Pointers it hands out live as long as the snapshot.
class KnowledgeBase {
 public:
  explicit KnowledgeBase(KnowledgeContent content);
  // The indexes point into the content.
  KnowledgeBase(const KnowledgeBase&) = delete;
  KnowledgeBase& operator=(const KnowledgeBase&) = delete;

  /// Version of the whole, recorded with every interpretation and alert.
  const std::string& version() const { return content_.version; }
  const std::vector<KnowledgeSource>& sources() const { return content_.sources; }
  const std::vector<Gene>& genes() const { return content_.genes; }
  const std::vector<Drug>& drugs() const { return content_.drugs; }
  const std::vector<PhenoconversionRule>& phenoconversion() const {
    return content_.phenoconversion;
  }

  /// By HGNC symbol, HGNC id ("HGNC:2621") or NCBI Gene id; nothing when unknown.
  const Gene* FindGene(std::string_view symbol_or_id) const;
  /// By the drug file's own name.
  const Drug* FindDrug(std::string_view name) const;
  /// A drug without a file that rules name as an alternative; nothing when unknown.
  const AlternativeDrug* FindAlternative(std::string_view name) const;
  /// By the rule's id, retired rules included, so that an old alert can be replayed.
  std::optional<RulePlace> FindRule(std::string_view id) const;
  /// Every drug that the codes and names lead to, each once. A code that says "not systemic" for a
  /// drug outweighs its name.
  std::vector<DrugMatch> Match(const DrugQuery& query) const;
  /// What the drug changes in the effect of genes while it is taken.
  std::vector<const PhenoconversionRule*> Phenoconverters(const DrugQuery& query) const;

 private:
  struct Entry {
    size_t drug = 0;
    bool combination = false;
    bool not_systemic = false;
  };
  using Index = std::unordered_map<std::string, std::vector<Entry>>;

  void AddDrugEntries(size_t position);
  void AddConverter(size_t position);
  void AddMatch(const Entry& entry, const std::string& via, std::vector<DrugMatch>& matches) const;
  bool AddMatches(const Index& index, const std::string& key,
                  std::vector<DrugMatch>& matches) const;
  void MatchCode(const DrugCode& code, std::vector<DrugMatch>& matches) const;
  void MatchName(const std::string& name, std::vector<DrugMatch>& matches) const;

  KnowledgeContent content_;
  std::unordered_map<std::string, size_t> genes_;
  std::unordered_map<std::string, size_t> drugs_;
  std::unordered_map<std::string, RulePlace> rules_;
  Index atc_;
  /// ATC groups (codes shorter than seven characters).
  std::vector<std::pair<std::string, Entry>> atc_groups_;
  Index rxnorm_;
  Index snomed_;
  Index names_;
  std::unordered_map<std::string, std::vector<size_t>> converters_by_code_;
  std::unordered_map<std::string, std::vector<size_t>> converters_by_name_;
};

/// Lower case for Latin letters, Swedish and other Western ones included; spaces collapsed.
std::string FoldName(std::string_view text);

}  // namespace genflik::rules
