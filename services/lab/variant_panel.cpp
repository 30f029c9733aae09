#include "services/lab/variant_panel.h"

#include <algorithm>
#include <set>
#include <utility>

#include "rules/phenotyper.h"
#include "services/mapping/genomics_codes.h"
#include "services/mapping/genomics_text.h"

namespace genflik::lab {
namespace {

using mapping::VariantFinding;
using rules::BaseLabel;
using rules::DefinedPosition;
using rules::GeneDefinition;

std::string Complement(const std::string& bases) {
  std::string other;
  for (auto base = bases.rbegin(); base != bases.rend(); ++base) {
    switch (*base) {
      case 'A':
        other += 'T';
        break;
      case 'T':
        other += 'A';
        break;
      case 'C':
        other += 'G';
        break;
      case 'G':
        other += 'C';
        break;
      default:
        other += *base;
    }
  }
  return other;
}

/// What one token means at a position as it stands; nothing when it fits no allele.
std::optional<BaseLabel> LabelOf(const DefinedPosition& position, const std::string& token) {
  if (token == "0") return rules::kReferenceBase;
  const bool one_alternative = position.alts.size() == 1;
  if (token == "1") return one_alternative ? std::optional<BaseLabel>(1) : std::nullopt;
  if (token == "-" || token == "+") {
    if (!one_alternative || !position.HasIndel()) return std::nullopt;
    const bool shorter = position.alts[0].size() < position.ref.size();
    return shorter == (token == "-") ? BaseLabel{1} : rules::kReferenceBase;
  }
  if (token == position.ref) return rules::kReferenceBase;
  const auto found = std::find(position.alts.begin(), position.alts.end(), token);
  if (found != position.alts.end()) {
    return static_cast<BaseLabel>(found - position.alts.begin() + 1);
  }
  // Deletions are often told by the bases that are there ("A/del"): those without the base before.
  const bool rest = one_alternative && position.HasIndel() &&
                    position.alts[0].size() < position.ref.size() &&
                    position.ref.substr(position.alts[0].size()) == token;
  return rest ? std::optional(rules::kReferenceBase) : std::nullopt;
}

std::optional<std::vector<BaseLabel>> LabelsOf(const DefinedPosition& position,
                                               const std::vector<std::string>& bases,
                                               bool other_strand) {
  std::vector<BaseLabel> labels;
  for (const std::string& token : bases) {
    const auto label = LabelOf(position, other_strand ? Complement(token) : token);
    if (!label) return std::nullopt;
    labels.push_back(*label);
  }
  std::sort(labels.begin(), labels.end());
  return labels;
}

/// Reads the bases on whichever strand they fit.
std::optional<std::vector<BaseLabel>> ReadLabels(const VariantFinding& finding,
                                                 const DefinedPosition& position,
                                                 std::string& problem) {
  const auto plus = LabelsOf(position, finding.bases, false);
  const auto minus = LabelsOf(position, finding.bases, true);
  if (!plus && !minus) {
    problem = "the bases are not those that the definitions know there";
    return std::nullopt;
  }
  // Bases that are told with the reference sequence are on its strand.
  const bool stated = !finding.ref.empty() && finding.ref == position.ref;
  if (plus && minus && *plus != *minus && !stated) {
    problem = "the bases mean different alleles on the two strands, and the strand is not told";
    return std::nullopt;
  }
  return plus ? plus : minus;
}

/// The one alternative that "present" means.
std::optional<BaseLabel> Alternative(const VariantFinding& finding, const DefinedPosition& position,
                                     std::string& problem) {
  if (!finding.alt.empty()) {
    const auto found = std::find(position.alts.begin(), position.alts.end(), finding.alt);
    if (found != position.alts.end()) {
      return static_cast<BaseLabel>(found - position.alts.begin() + 1);
    }
    problem = "the alternative base is not one that the definitions know there";
    return std::nullopt;
  }
  if (position.alts.size() == 1) return BaseLabel{1};
  problem = "which of the variants known there is present is not told";
  return std::nullopt;
}

std::optional<rules::SiteCall> ReadSite(const VariantFinding& finding, const GeneDefinition& gene,
                                        const DefinedPosition& position, std::string& problem) {
  rules::SiteCall site;
  site.problem = rules::SiteProblem::kNone;
  const bool one_copy = gene.copies == rules::GeneCopies::kOne;
  site.copies = one_copy ? 1 : 2;
  std::vector<BaseLabel> labels(2, rules::kReferenceBase);
  switch (finding.answer) {
    case VariantFinding::Answer::kNoCall:
      site.problem = rules::SiteProblem::kNoCall;
      site.copies = 0;
      return site;
    case VariantFinding::Answer::kReference:
      break;
    case VariantFinding::Answer::kPresent: {
      const auto label = Alternative(finding, position, problem);
      if (!label) return std::nullopt;
      if (finding.copies == 0 && !one_copy) {
        problem = "the variant is present on an unknown number of copies";
        return std::nullopt;
      }
      labels = {finding.copies == 2 || one_copy ? *label : rules::kReferenceBase, *label};
      break;
    }
    case VariantFinding::Answer::kBases: {
      auto read = ReadLabels(finding, position, problem);
      if (!read) return std::nullopt;
      labels = std::move(*read);
      break;
    }
    case VariantFinding::Answer::kUnreadable:
      problem = "the answer cannot be read";
      return std::nullopt;
  }
  if (labels.size() == 1 && gene.copies == rules::GeneCopies::kTwo) {
    problem = "one base is told where there are two copies";
    return std::nullopt;
  }
  if (labels.size() == 1) {
    site.copies = 1;
    labels.push_back(labels[0]);
  }
  site.bases = {labels[0], labels[1]};
  return site;
}

/// A position that a name stands for, in one gene or, when none is named, in any.
using Place = std::pair<const GeneDefinition*, size_t>;

void FindByRs(const std::string& rs, const std::string& gene,
              const rules::AlleleDefinitions& definitions, std::set<Place>& places) {
  for (const GeneDefinition& one : definitions.genes()) {
    if (!gene.empty() && one.gene != gene) continue;
    if (const auto position = one.FindPosition(rs)) places.emplace(&one, *position);
  }
}

/// "NC_000010.11:g.94781859G>A".
void FindByGenomicHgvs(const std::string& name, const rules::AlleleDefinitions& definitions,
                       std::set<Place>& places) {
  const size_t colon = name.find(":g.");
  if (colon == std::string::npos) return;
  const std::string sequence = name.substr(0, colon);
  std::int64_t coordinate = 0;
  for (size_t i = colon + 3; i < name.size() && name[i] >= '0' && name[i] <= '9'; ++i) {
    coordinate = coordinate * 10 + (name[i] - '0');
    if (coordinate > 1'000'000'000) return;
  }
  for (const GeneDefinition& one : definitions.genes()) {
    if (one.sequence != sequence) continue;
    const auto position = one.FindPosition(coordinate);
    if (position && !one.positions[*position].HasIndel()) places.emplace(&one, *position);
  }
}

std::set<Place> FindPlaces(const VariantFinding& finding,
                           const rules::AlleleDefinitions& definitions) {
  std::set<Place> places;
  for (const std::string& name : finding.names) {
    const std::string rs = mapping::RsNumberIn(name);
    if (!rs.empty()) FindByRs(rs, finding.gene, definitions, places);
    const auto hgvs = mapping::ReadAllele(name, finding.gene);
    if (const auto* known = mapping::FindNamedVariant(finding.gene, hgvs.value_or(name))) {
      FindByRs(std::string(known->rs), finding.gene, definitions, places);
    }
    FindByGenomicHgvs(name, definitions, places);
  }
  if (places.empty() && finding.position && !finding.sequence.empty()) {
    FindByGenomicHgvs(finding.sequence + ":g." + std::to_string(*finding.position), definitions,
                      places);
  }
  return places;
}

/// The allele that one base at a position makes by itself; empty when it makes none.
std::string AlleleAt(const GeneDefinition& gene, size_t position, BaseLabel label) {
  const auto* known = mapping::FindNamedVariant(gene.gene, gene.positions[position].rsid);
  if (known != nullptr && label == 1) return std::string(known->allele);
  for (const rules::NamedAllele& allele : gene.alleles) {
    const bool only = !allele.reference && allele.bases.size() == 1 &&
                      allele.bases[0].position == position &&
                      (allele.bases[0].mask & (1U << static_cast<unsigned>(label))) != 0;
    if (only) return allele.Reported();
  }
  return "";
}

/// Whether every position that makes the allele was tested.
bool IsTestedWhole(const GeneDefinition& gene, const rules::GeneCall& call,
                   const std::string& name) {
  return std::any_of(gene.alleles.begin(), gene.alleles.end(), [&](const auto& allele) {
    return allele.Reported() == name && !allele.reference &&
           std::none_of(allele.bases.begin(), allele.bases.end(), [&](const auto& base) {
             return std::find(call.missing.begin(), call.missing.end(), base.position) !=
                    call.missing.end();
           });
  });
}

/// How many of a diplotype's alleles are the wild type or were tested whole; the wild type counts
/// more.
int RankOf(const GeneDefinition& gene, const rules::GeneCall& call, const std::string& wild_type,
           const rules::CalledDiplotype& diplotype) {
  int rank = 0;
  for (const std::string& allele : diplotype.haplotypes) {
    if (allele == wild_type) rank += 3;
    if (allele != wild_type && IsTestedWhole(gene, call, allele)) rank += 2;
  }
  return rank;
}

/// Leaves out diplotypes with alleles that the laboratory's method does not look for, where others
/// explain the findings as well.
void KeepStated(const rules::Coverage& stated, const rules::KnowledgeBase* knowledge,
                const std::string& symbol, rules::GeneResult& result) {
  const rules::Gene* known = knowledge == nullptr ? nullptr : knowledge->FindGene(symbol);
  if (known == nullptr || stated.alleles.empty() || result.diplotypes.size() < 2) return;
  const auto looked_for = [&](const std::string& allele) {
    return allele == known->wild_type ||
           std::find(stated.alleles.begin(), stated.alleles.end(), allele) != stated.alleles.end();
  };
  std::vector<std::string> kept;
  for (const std::string& diplotype : result.diplotypes) {
    const size_t slash = diplotype.find('/');
    const bool all = looked_for(diplotype.substr(0, slash)) &&
                     (slash == std::string::npos || looked_for(diplotype.substr(slash + 1)));
    if (all) kept.push_back(diplotype);
  }
  if (kept.empty()) return;
  result.diplotypes = std::move(kept);
  if (result.diplotypes.size() == 1) result.status = rules::CallStatus::kCalled;
}

void SettleNames(const GeneDefinition& gene, const rules::GeneCall& call,
                 const rules::KnowledgeBase* knowledge, rules::GeneResult& result) {
  const rules::Gene* known = knowledge == nullptr ? nullptr : knowledge->FindGene(gene.gene);
  if (known == nullptr || result.diplotypes.size() < 2) return;
  std::set<std::string> meanings;
  for (const std::string& diplotype : result.diplotypes) {
    for (const auto& reading : rules::InterpretDiplotype(*known, diplotype).candidates) {
      meanings.insert(reading.phenotype + "|" + (reading.score ? reading.score->Text() : ""));
    }
  }
  if (meanings.size() != 1) return;
  const auto best = std::max_element(
      call.diplotypes.begin(), call.diplotypes.end(), [&](const auto& a, const auto& b) {
        return RankOf(gene, call, known->wild_type, a) < RankOf(gene, call, known->wild_type, b);
      });
  result.diplotypes = {best->text};
  result.status = rules::CallStatus::kCalled;
}

}  // namespace

std::optional<PlacedFinding> PlaceFinding(const VariantFinding& finding,
                                          const rules::AlleleDefinitions& definitions,
                                          std::string& problem) {
  if (finding.somatic) {
    problem = "a somatic finding says nothing of inherited genes";
    return std::nullopt;
  }
  const std::set<Place> places = FindPlaces(finding, definitions);
  if (places.size() != 1) {
    problem = places.empty() ? "the variant is in no allele definition"
                             : "the names of the variant lead to several positions";
    return std::nullopt;
  }
  const auto [gene, index] = *places.begin();
  const DefinedPosition& position = gene->positions[index];
  if (!finding.ref.empty() && finding.ref != position.ref &&
      finding.answer == VariantFinding::Answer::kPresent) {
    problem = "the reference base is not that of the definition (another build or strand?)";
    return std::nullopt;
  }
  const auto site = ReadSite(finding, *gene, position, problem);
  if (!site) return std::nullopt;
  return PlacedFinding{.gene = gene, .position = index, .site = *site};
}

std::optional<rules::GeneResult> CallPanel(const GeneDefinition& gene,
                                           const std::vector<PlacedFinding>& findings,
                                           const PanelContext& context, std::string& problem) {
  const rules::Coverage& stated = context.stated;
  if (!gene.on_request.empty() && !stated.known) {
    problem = gene.gene +
              " is called from single variants only where the laboratory states what its method "
              "looks for (copy number and hybrids included)";
    return std::nullopt;
  }
  rules::GeneCallEvidence evidence;
  evidence.sites.resize(gene.positions.size());
  for (const PlacedFinding& finding : findings) {
    rules::SiteCall& site = evidence.sites[finding.position];
    const bool first = site.problem == rules::SiteProblem::kNotReported;
    if (!first && !(site == finding.site)) {
      problem = "two answers for " + gene.LabelOf(finding.position) + " contradict each other";
      return std::nullopt;
    }
    site = finding.site;
  }
  rules::CallOptions options;
  options.on_request = true;
  options.sex = context.sex;
  const rules::GeneCall call = rules::CallGene(gene, evidence, options);
  rules::GeneResult result = rules::ResultOf(gene, call);
  result.coverage.copy_number = stated.copy_number;
  KeepStated(stated, context.knowledge, gene.gene, result);
  SettleNames(gene, call, context.knowledge, result);
  if (!stated.alleles.empty()) {
    std::erase_if(result.coverage.alleles, [&](const std::string& allele) {
      return std::find(stated.alleles.begin(), stated.alleles.end(), allele) ==
             stated.alleles.end();
    });
  }
  if (result.status == rules::CallStatus::kNoCall) {
    problem = "no alleles of " + gene.gene + " could be called";
    for (const std::string& note : call.notes) problem += ": " + note;
  }
  return result;
}

std::optional<rules::GeneResult> CallSingle(const PlacedFinding& finding, std::string& problem) {
  const GeneDefinition& gene = *finding.gene;
  rules::GeneResult result;
  result.gene = gene.gene;
  result.coverage.known = true;
  result.coverage.positions = {gene.LabelOf(finding.position)};
  if (finding.site.problem != rules::SiteProblem::kNone) {
    result.status = rules::CallStatus::kNoCall;
    return result;
  }
  BaseLabel present = rules::kReferenceBase;
  for (const BaseLabel label : finding.site.bases) {
    if (label == rules::kReferenceBase) continue;
    if (present != rules::kReferenceBase && present != label) {
      problem = "two different variants at one position are not read";
      return std::nullopt;
    }
    present = label;
    result.haplotypes.push_back(AlleleAt(gene, finding.position, label));
  }
  const bool absent = present == rules::kReferenceBase;
  const std::string allele = AlleleAt(gene, finding.position, absent ? BaseLabel{1} : present);
  if (allele.empty()) {
    problem = gene.LabelOf(finding.position) + " is no allele of " + gene.gene + " by itself";
    return std::nullopt;
  }
  if (absent) result.absent = {allele};
  result.coverage.alleles = {allele};
  return result;
}

}  // namespace genflik::lab
