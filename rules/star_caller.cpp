#include "rules/star_caller.h"

#include <algorithm>
#include <map>
#include <set>

#include "rules/star_strands.h"

namespace genflik::rules {

namespace {

constexpr size_t kNoGroup = static_cast<size_t>(-1);

bool IsOther(BaseLabel label) { return label >= kFirstOtherBase; }

/// One gene of one sample from evidence to call.
class GeneCaller {
 public:
  GeneCaller(const GeneDefinition& gene, const GeneCallEvidence& evidence,
             const CallOptions& options)
      : gene_(gene), evidence_(evidence), options_(options) {
    call_.gene = gene.gene;
    strands_.gene = &gene;
    strands_.evidence = &evidence;
  }

  GeneCall Run() {
    if (!gene_.on_request.empty() && !options_.on_request) {
      call_.notes.push_back("called on request only: " + gene_.on_request);
      return std::move(call_);
    }
    if (!gene_.on_request.empty()) call_.notes.push_back(gene_.on_request);
    TakeSites();
    if (call_.status == CallStatus::kNotTested) return std::move(call_);
    DescribeMissing();
    if (SettleCopies() && HasRequired()) {
      TieByPhase();
      Match();
    }
    Conclude();
    return std::move(call_);
  }

 private:
  /// Which positions can be used, and the bases there.
  void TakeSites() {
    const size_t count = gene_.positions.size();
    strands_.present.assign(count, 0);
    strands_.labels.assign(count, {kReferenceBase, kReferenceBase});
    for (size_t p = 0; p < count; ++p) {
      const SiteCall& site = evidence_.sites[p];
      if (gene_.positions[p].extra) continue;
      if (site.problem != SiteProblem::kNotReported) call_.status = CallStatus::kNoCall;
      if (!Usable(site)) {
        call_.missing.push_back(p);
        continue;
      }
      strands_.present[p] = 1;
      strands_.labels[p] = site.bases;
      if (site.copies == 1) strands_.labels[p][1] = site.bases[0];
      for (BaseLabel& label : strands_.labels[p]) Document(p, label);
    }
  }

  /// A copy with a variant keeps the position in use even when the other copy is missing: then the
  /// data cannot be explained by names alone. "0/." proves nothing and is as good as missing.
  static bool Usable(const SiteCall& site) {
    if (site.problem != SiteProblem::kNone || site.copies == 0) return false;
    bool missing = false;
    bool variant = false;
    for (uint8_t i = 0; i < site.copies; ++i) {
      missing = missing || site.bases[i] == kMissingBase;
      variant = variant || (site.bases[i] != kMissingBase && site.bases[i] != kReferenceBase);
    }
    return !missing || variant;
  }

  /// Notes a base that no definition knows; in genes that say so it is read as the reference.
  void Document(size_t position, BaseLabel& label) {
    if (!IsOther(label)) return;
    const bool named = options_.combinations && gene_.method == CallMethod::kNamedAlleles;
    const bool as_reference = gene_.undocumented_as_reference && !named;
    const UndocumentedBase base{position, BasesOf(gene_, evidence_, position, label), as_reference};
    if (std::find(call_.undocumented.begin(), call_.undocumented.end(), base) ==
        call_.undocumented.end()) {
      call_.undocumented.push_back(base);
    }
    if (as_reference) label = kReferenceBase;
  }

  /// One copy or two; false when the genotypes do not fit the gene.
  bool SettleCopies() {
    bool one = false;
    bool two = false;
    bool differs = false;
    for (size_t p = 0; p < gene_.positions.size(); ++p) {
      if (strands_.present[p] == 0) continue;
      ++strands_.present_count;
      (evidence_.sites[p].copies == 1 ? one : two) = true;
      differs = differs || strands_.labels[p][0] != strands_.labels[p][1];
    }
    if (strands_.present_count == 0) return Refuse("no position has a usable genotype");
    if (gene_.copies == GeneCopies::kTwo) {
      return one ? Refuse("genotypes with one copy in a gene that everyone has two of") : true;
    }
    const bool male = options_.sex == Sex::kMale;
    if (gene_.copies == GeneCopies::kXLinked && options_.sex == Sex::kFemale && one) {
      return Refuse("genotypes with one copy in a sample said to be female");
    }
    if (!one && gene_.copies == GeneCopies::kXLinked && !male) return true;
    if (differs) {
      return Refuse(gene_.copies == GeneCopies::kOne
                        ? "two different bases in a gene with one copy (heteroplasmy or an error)"
                        : "two different bases in a sample with one X chromosome");
    }
    if (two && one) call_.notes.emplace_back("genotypes with one copy and with two are mixed");
    strands_.copies = 1;
    return true;
  }

  bool Refuse(const std::string& why) {
    call_.notes.push_back(why);
    return false;
  }

  bool HasRequired() {
    if (!options_.gene_rules) return true;
    std::string names;
    for (const size_t position : gene_.required) {
      if (strands_.present[position] != 0) continue;
      names += (names.empty() ? "" : ", ") + gene_.LabelOf(position);
    }
    return names.empty() || Refuse("not called without " + names);
  }

  /// Groups heterozygous positions whose bases are known to lie together.
  void TieByPhase() {
    if (strands_.copies == 1) return;
    std::map<int32_t, size_t> sets;
    size_t unphased = 0;
    for (size_t p = 0; p < gene_.positions.size(); ++p) {
      if (strands_.present[p] == 0 || strands_.labels[p][0] == strands_.labels[p][1]) continue;
      const SiteCall& site = evidence_.sites[p];
      strands_.hets.push_back(p);
      size_t group = kNoGroup;
      if (site.phased) {
        group = sets.try_emplace(site.phase_set, strands_.groups).first->second;
      } else {
        group = strands_.groups;
        ++unphased;
      }
      strands_.group.push_back(group);
      strands_.groups = std::max(strands_.groups, group + 1);
    }
    strands_.unphased = unphased > 0 && strands_.groups > 1;
    call_.phase_known = strands_.groups < 2;
  }

  void Match() {
    if (gene_.method == CallMethod::kEveryVariant) {
      MatchEveryVariant();
      return;
    }
    call_.diplotypes = MatchNamedAlleles(strands_);
    if (call_.diplotypes.empty() && options_.combinations) {
      call_.diplotypes = MatchCombinations(strands_, call_.notes);
    }
    if (options_.gene_rules && strands_.unphased) Prefer();
    if (!options_.all && !options_.combinations) KeepTop();
    if (strands_.unphased) NameAmbiguities();
  }

  void MatchEveryVariant() {
    // A missing or deleted base beside a variant cannot be listed as anything.
    for (const size_t p : strands_.hets) {
      const bool linked = gene_.linked && (p == gene_.linked->marker || p == gene_.linked->proxy);
      for (const BaseLabel label : strands_.labels[p]) {
        if (label >= 0 || (linked && label == kMissingBase)) continue;
        call_.notes.push_back("one copy is not known at " + gene_.LabelOf(p));
        return;
      }
    }
    if (strands_.unphased) {
      call_.haplotypes = ListVariants(strands_);
    } else {
      call_.diplotypes = MatchVariantsByStrand(strands_, call_.notes);
    }
  }

  /// Where the gene's rules say that one diplotype stands for others, keeps that one alone.
  void Prefer() {
    const auto has = [this](const std::string& text) {
      return std::any_of(call_.diplotypes.begin(), call_.diplotypes.end(),
                         [&text](const CalledDiplotype& d) { return d.text == text; });
    };
    std::set<std::string> keep;
    for (const DiplotypePriority& priority : gene_.priorities) {
      if (!has(priority.keep)) continue;
      if (std::any_of(priority.over.begin(), priority.over.end(), has)) keep.insert(priority.keep);
    }
    if (keep.empty()) return;
    std::vector<CalledDiplotype> kept;
    for (CalledDiplotype& diplotype : call_.diplotypes) {
      if (keep.count(diplotype.text) == 0) {
        call_.not_excluded.push_back(diplotype.text);
      } else {
        kept.push_back(std::move(diplotype));
      }
    }
    call_.diplotypes = std::move(kept);
  }

  void KeepTop() {
    auto& all = call_.diplotypes;
    all.erase(std::remove_if(all.begin(), all.end(),
                             [top = all.empty() ? 0 : all.front().score](const auto& d) {
                               return d.score < top;
                             }),
              all.end());
  }

  void NameAmbiguities() {
    for (const DiplotypeAmbiguity& ambiguity : gene_.ambiguities) {
      const auto is = [](const std::string& text) {
        return [&text](const CalledDiplotype& d) { return d.text == text; };
      };
      const auto& all = call_.diplotypes;
      if (std::none_of(all.begin(), all.end(), is(ambiguity.called))) continue;
      if (std::any_of(all.begin(), all.end(), is(ambiguity.alternative))) continue;
      call_.not_excluded.push_back(ambiguity.alternative);
    }
  }

  /// What an allele asks for beyond the blanks, at positions that can be used.
  std::vector<std::pair<size_t, AlleleMask>> Signature(const NamedAllele& allele,
                                                       bool usable_only) const {
    std::vector<std::pair<size_t, AlleleMask>> signature;
    for (const DefinedBase& base : allele.bases) {
      if (usable_only && strands_.present[base.position] == 0) continue;
      if (base.mask != gene_.default_masks[base.position]) {
        signature.emplace_back(base.position, base.mask);
      }
    }
    return signature;
  }

  /// Alleles that can no longer be seen, or told apart.
  void DescribeMissing() {
    if (call_.missing.empty()) return;
    std::map<std::vector<std::pair<size_t, AlleleMask>>, std::vector<std::string>> groups;
    for (const NamedAllele& allele : gene_.alleles) {
      auto signature = Signature(allele, true);
      const bool plain = allele.reference || allele.complete;
      if (signature.empty() && !plain && !Signature(allele, false).empty()) {
        call_.untestable.push_back(allele.Reported());
        continue;
      }
      groups[std::move(signature)].push_back(allele.Reported());
    }
    for (auto& [signature, names] : groups) {
      if (names.size() > 1) call_.alike.push_back(std::move(names));
    }
  }

  /// The status, and the one variant that may stand in for the gene.
  void Conclude() {
    if (!call_.haplotypes.empty() || call_.diplotypes.size() == 1) {
      call_.status = CallStatus::kCalled;
    } else if (!call_.diplotypes.empty()) {
      call_.status = CallStatus::kAmbiguous;
    } else {
      call_.status = CallStatus::kNoCall;
      if (call_.notes.empty()) call_.notes.emplace_back("no named alleles explain the data");
      FallBack();
    }
  }

  void FallBack() {
    if (!gene_.fallback || !options_.gene_rules) return;
    const size_t position = gene_.fallback->position;
    if (strands_.present[position] == 0) return;
    std::vector<std::string> bases;
    for (const BaseLabel label : strands_.labels[position]) {
      bases.push_back(BasesOf(gene_, evidence_, position, label));
    }
    std::sort(bases.begin(), bases.end());
    for (const auto& [genotype, diplotype] : gene_.fallback->diplotypes) {
      if (genotype == bases[0] + "/" + bases[1]) call_.fallback = diplotype;
    }
  }

  const GeneDefinition& gene_;
  const GeneCallEvidence& evidence_;
  const CallOptions& options_;
  Strands strands_;
  GeneCall call_;
};

}  // namespace

GeneCall CallGene(const GeneDefinition& gene, const GeneCallEvidence& evidence,
                  const CallOptions& options) {
  return GeneCaller(gene, evidence, options).Run();
}

GeneResult ResultOf(const GeneDefinition& gene, const GeneCall& call) {
  GeneResult result;
  result.gene = call.gene;
  result.status = call.status;
  for (const CalledDiplotype& diplotype : call.diplotypes) {
    result.diplotypes.push_back(diplotype.text);
  }
  result.haplotypes = call.haplotypes;
  if (gene.linked && !call.haplotypes.empty()) {
    // A reader of laboratory results takes the names of linked markers for one haplotype told
    // twice. Here each stands for a strand of its own, and both mean the same.
    const std::string& both = gene.alleles[gene.linked->both].Reported();
    const std::string& alone = gene.alleles[gene.linked->alone].Reported();
    if (std::find(result.haplotypes.begin(), result.haplotypes.end(), both) !=
        result.haplotypes.end()) {
      std::replace(result.haplotypes.begin(), result.haplotypes.end(), alone, both);
    }
  }
  if (call.status == CallStatus::kNotTested) return result;
  result.coverage.known = true;
  if (call.status == CallStatus::kNoCall && call.fallback) {
    // Only the one variant was read; coverage says so.
    result.status = CallStatus::kCalled;
    result.diplotypes.push_back(*call.fallback);
    result.coverage.positions.push_back(gene.LabelOf(gene.fallback->position));
    return result;
  }
  const std::set<std::string> unseen(call.untestable.begin(), call.untestable.end());
  result.coverage.alleles.reserve(gene.alleles.size());
  for (const NamedAllele& allele : gene.alleles) {
    if (unseen.empty() || unseen.count(allele.Reported()) == 0) {
      result.coverage.alleles.push_back(allele.Reported());
    }
  }
  std::vector<char> missing(gene.positions.size(), 0);
  for (const size_t position : call.missing) missing[position] = 1;
  result.coverage.positions.reserve(gene.positions.size());
  for (size_t p = 0; p < gene.positions.size(); ++p) {
    if (missing[p] == 0 && !gene.positions[p].extra) {
      result.coverage.positions.push_back(gene.LabelOf(p));
    }
  }
  return result;
}

}  // namespace genflik::rules
