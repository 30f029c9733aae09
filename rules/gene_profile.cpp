#include "rules/gene_profile.h"

#include <algorithm>
#include <utility>

#include "rules/haplotype_meaning.h"
#include "rules/result_history.h"
#include "rules/transplant.h"

namespace genflik::rules {
namespace {

// A laboratory that gave an answer outweighs one that could not; an unreadable answer stays
// visible.
int Weight(InterpretationStatus status) {
  switch (status) {
    case InterpretationStatus::kInterpreted:
    case InterpretationStatus::kAmbiguous:
    case InterpretationStatus::kConflict:
      return 3;
    case InterpretationStatus::kNotInterpretable:
      return 2;
    case InterpretationStatus::kNoCall:
      return 1;
    case InterpretationStatus::kNotTested:
      break;
  }
  return 0;
}

// Results tested for different risk alleles of one gene add to each other and contradict only where
// both looked.
bool MergeStatuses(Interpretation& into, const Interpretation& other) {
  bool agrees = true;
  for (const std::string& status : other.statuses) {
    const std::string allele = status.substr(0, status.find(' '));
    const auto same = std::ranges::find_if(
        into.statuses, [&](const std::string& known) { return known.starts_with(allele + " "); });
    if (same == into.statuses.end()) {
      into.statuses.push_back(status);
    } else if (*same != status) {
      agrees = false;
    }
  }
  std::ranges::sort(into.statuses);
  if (into.diplotype.empty()) into.diplotype = other.diplotype;
  return agrees;
}

bool SameReadings(const GeneInterpretation& a, const GeneInterpretation& b) {
  const auto holds = [](const GeneInterpretation& all, const Interpretation& one) {
    return std::ranges::any_of(all.candidates, [&](const Interpretation& other) {
      return other.diplotype == one.diplotype && other.phenotype == one.phenotype &&
             other.score == one.score;
    });
  };
  return std::ranges::all_of(a.candidates, [&](const auto& one) { return holds(b, one); }) &&
         std::ranges::all_of(b.candidates, [&](const auto& one) { return holds(a, one); });
}

// A phenotype or score without genotype says less, and contradicts nothing it agrees with.
bool Supports(const GeneInterpretation& genotype, const GeneInterpretation& other) {
  return std::ranges::all_of(other.candidates, [&](const Interpretation& one) {
    return one.diplotype.empty() &&
           std::ranges::any_of(genotype.candidates, [&](const Interpretation& known) {
             return known.phenotype == one.phenotype;
           });
  });
}

void MergePair(const Gene& gene, GeneInterpretation& merged, const GeneInterpretation& other,
               bool& conflict) {
  if (gene.lookup == LookupKind::kStatus && !merged.candidates.empty() &&
      !other.candidates.empty()) {
    Interpretation joined = merged.candidates[0];
    if (MergeStatuses(joined, other.candidates[0])) {
      merged.candidates[0] = std::move(joined);
      return;
    }
  } else if (SameReadings(merged, other) || Supports(merged, other)) {
    return;
  } else if (Supports(other, merged)) {
    merged = other;
    return;
  }
  conflict = true;
  for (const Interpretation& reading : other.candidates) {
    if (std::ranges::find(merged.candidates, reading) == merged.candidates.end()) {
      merged.candidates.push_back(reading);
    }
  }
  for (const Reason& reason : other.reasons) {
    if (std::ranges::find(merged.reasons, reason) == merged.reasons.end()) {
      merged.reasons.push_back(reason);
    }
  }
}

std::string Readable(const std::vector<Interpretation>& candidates) {
  std::string text;
  for (const Interpretation& reading : candidates) {
    if (!text.empty()) text += ", ";
    if (!reading.diplotype.empty()) {
      text += reading.diplotype;
    } else if (!reading.phenotype.empty()) {
      text += reading.phenotype;
    } else if (!reading.statuses.empty()) {
      text += reading.statuses.front();
    }
  }
  return text;
}

using ResultList = std::vector<const GeneResult*>;

// A date of less precision may be the same day, and one that is missing may be any.
bool MayBeAsNew(const GeneResult& result, const GeneResult& other) {
  const std::string& a = result.effective;
  const std::string& b = other.effective;
  if (a.empty() || b.empty()) return true;
  return a >= b || b.starts_with(a);
}

// A result that says something that cannot be interpreted, and no older than the one that is read.
const GeneInterpretation* FindDoubt(const std::vector<GeneInterpretation>& readings,
                                    const ResultList& results, size_t newest_read) {
  for (size_t i = 0; i < readings.size(); ++i) {
    if (readings[i].status == InterpretationStatus::kNotInterpretable &&
        MayBeAsNew(*results[i], *results[newest_read])) {
      return &readings[i];
    }
  }
  return nullptr;
}

// Whatever the newer result holds, an older "normal" may no longer stand for the patient; a finding
// that holds back stays, since it is the safer of what is known (docs/methods/phenotypes.md).
void ApplyDoubt(const Gene& gene, const GeneInterpretation& doubt, GeneInterpretation& merged) {
  const std::string before = Readable(merged.candidates);
  if (gene.lookup == LookupKind::kStatus) {
    for (Interpretation& reading : merged.candidates) {
      std::erase_if(reading.statuses,
                    [](const std::string& status) { return status.ends_with(" negative"); });
    }
    std::erase_if(merged.candidates,
                  [](const Interpretation& reading) { return reading.statuses.empty(); });
  } else {
    const std::string wild = gene.usual_phenotype.value_or("");
    std::erase_if(merged.candidates,
                  [&](const Interpretation& reading) { return reading.phenotype == wild; });
  }
  const bool kept = !merged.candidates.empty();
  merged.status = kept ? InterpretationStatus::kConflict : InterpretationStatus::kNotInterpretable;
  for (const Reason& reason : doubt.reasons) merged.reasons.push_back(reason);
  merged.reasons.push_back(MakeReason(gene, kept ? "newer-doubt" : "newer-unreadable", before));
}

GeneInterpretation Merge(const Gene& gene, const ResultList& results) {
  if (results.size() == 1) return Interpret(gene, *results.front());
  std::vector<GeneInterpretation> readings;
  int heaviest = 0;
  for (const GeneResult* result : results) {
    readings.push_back(Interpret(gene, *result));
    heaviest = std::max(heaviest, Weight(readings.back().status));
  }
  GeneInterpretation merged;
  size_t newest_read = readings.size();
  bool conflict = false;
  for (size_t i = 0; i < readings.size(); ++i) {
    if (Weight(readings[i].status) != heaviest) continue;
    if (newest_read == readings.size()) {
      merged = readings[i];
      newest_read = i;
    } else {
      MergePair(gene, merged, readings[i], conflict);
    }
  }
  if (conflict && merged.usable()) {
    merged.status = InterpretationStatus::kConflict;
    merged.reasons.push_back(MakeReason(gene, "conflict", Readable(merged.candidates)));
  }
  if (merged.usable()) {
    const GeneInterpretation* doubt = FindDoubt(readings, results, newest_read);
    if (doubt != nullptr) ApplyDoubt(gene, *doubt, merged);
  }
  return merged;
}

ProfiledGene MakeGene(const KnowledgeBase& knowledge, const std::string& symbol,
                      ResultList results) {
  if (results.size() > 1) {
    std::ranges::stable_sort(results, [](const GeneResult* a, const GeneResult* b) {
      return a->effective != b->effective ? a->effective > b->effective : a->received > b->received;
    });
  }
  ProfiledGene profiled;
  if (const Gene* gene = knowledge.FindGene(symbol)) {
    profiled.interpretation = Merge(*gene, results);
  } else {
    Gene unknown;
    unknown.symbol = symbol;
    profiled.interpretation.status = InterpretationStatus::kNotInterpretable;
    profiled.interpretation.reasons.push_back(MakeReason(unknown, "unknown-gene", symbol));
  }
  profiled.interpretation.gene = symbol;
  profiled.results.reserve(results.size());
  for (const GeneResult* result : results) profiled.results.push_back(*result);
  return profiled;
}

// Several results, or one that is no whole genotype, are judged first; `results` then points into
// what is returned.
std::vector<GeneResult> Judged(const Gene* gene, ResultList& results) {
  if (results.size() == 1 && !results.front()->diplotypes.empty()) return {};
  std::vector<GeneResult> copies;
  for (const GeneResult* result : results) copies.push_back(*result);
  std::vector<GeneResult> in_force = ResultsInForce(gene, std::move(copies));
  results.clear();
  for (const GeneResult& result : in_force) results.push_back(&result);
  return in_force;
}

bool HasEvents(const std::vector<GeneResult>& results) {
  return std::ranges::any_of(results,
                             [](const GeneResult& result) { return !result.event.empty(); });
}

// What may be the donor's gives way to what is the patient's; true when there is nothing else.
bool LeaveOutDonor(ResultList& results) {
  const auto is_donor = [](const GeneResult* result) {
    return result->transplant == TransplantDoubt::kDonor;
  };
  if (std::ranges::all_of(results, is_donor)) return true;
  std::erase_if(results, is_donor);
  return false;
}

ProfiledGene OfDonor(const KnowledgeBase& knowledge, const std::string& symbol,
                     const ResultList& results) {
  const Gene* known = knowledge.FindGene(symbol);
  Gene unknown;
  unknown.symbol = symbol;
  ProfiledGene profiled;
  profiled.interpretation.gene = symbol;
  profiled.interpretation.status = InterpretationStatus::kNotInterpretable;
  profiled.interpretation.reasons.push_back(
      MakeReason(known == nullptr ? unknown : *known, "donor", ""));
  profiled.interpretation.reasons.back().text = TextOf(TransplantDoubt::kDonor, symbol);
  for (const GeneResult* result : results) profiled.results.push_back(*result);
  return profiled;
}

// `wanted` holds the symbols to keep; empty keeps all.
GeneProfile MakeSome(const KnowledgeBase& knowledge, const std::vector<GeneResult>& results,
                     const std::vector<std::string_view>& wanted) {
  std::vector<std::pair<std::string_view, const GeneResult*>> in_force;
  in_force.reserve(results.size());
  for (const GeneResult& result : results) {
    if (result.record_status == RecordStatus::kEnteredInError) continue;
    const Gene* gene = knowledge.FindGene(result.gene);
    const std::string_view symbol = gene == nullptr ? result.gene : gene->symbol;
    if (!wanted.empty() && std::ranges::find(wanted, symbol) == wanted.end()) continue;
    in_force.emplace_back(symbol, &result);
  }
  std::ranges::stable_sort(in_force, {}, &decltype(in_force)::value_type::first);
  GeneProfile profile;
  for (size_t i = 0; i < in_force.size();) {
    ResultList of_gene;
    const std::string_view symbol = in_force[i].first;
    for (; i < in_force.size() && in_force[i].first == symbol; ++i) {
      of_gene.push_back(in_force[i].second);
    }
    if (LeaveOutDonor(of_gene)) {
      profile.genes.push_back(OfDonor(knowledge, std::string(symbol), of_gene));
      continue;
    }
    const std::vector<GeneResult> judged = Judged(knowledge.FindGene(symbol), of_gene);
    profile.genes.push_back(MakeGene(knowledge, std::string(symbol), std::move(of_gene)));
  }
  return profile;
}

}  // namespace

const ProfiledGene* GeneProfile::Find(std::string_view symbol) const {
  const auto found = std::ranges::lower_bound(
      genes, symbol, {},
      [](const ProfiledGene& gene) -> std::string_view { return gene.interpretation.gene; });
  if (found == genes.end() || found->interpretation.gene != symbol) return nullptr;
  return &*found;
}

GeneProfile MakeProfile(const KnowledgeBase& knowledge, const std::vector<GeneResult>& results) {
  if (HasEvents(results)) return MakeSome(knowledge, WeighTransplants(results), {});
  return MakeSome(knowledge, results, {});
}

GeneProfile MakeProfileFor(const KnowledgeBase& knowledge, const std::vector<GeneResult>& results,
                           const DrugQuery& drug) {
  std::vector<std::string_view> wanted;
  for (const DrugMatch& match : knowledge.Match(drug)) {
    for (const Guideline& guideline : match.drug->guidelines) {
      wanted.insert(wanted.end(), guideline.genes.begin(), guideline.genes.end());
    }
    for (const Pretest& pretest : match.drug->pretests) wanted.emplace_back(pretest.gene);
  }
  if (wanted.empty()) return {};
  if (HasEvents(results)) return MakeSome(knowledge, WeighTransplants(results), wanted);
  return MakeSome(knowledge, results, wanted);
}

}  // namespace genflik::rules
