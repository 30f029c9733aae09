#include "rules/variant_call.h"

#include <algorithm>
#include <utility>

namespace genflik::rules {

std::string_view CodeOf(SiteProblem problem) {
  switch (problem) {
    case SiteProblem::kNone:
      return "";
    case SiteProblem::kNotReported:
      return "not-reported";
    case SiteProblem::kNoCall:
      return "no-call";
    case SiteProblem::kFiltered:
      return "filtered";
    case SiteProblem::kLowQuality:
      return "low-quality";
    case SiteProblem::kReferenceMismatch:
      return "reference-mismatch";
  }
  return "";
}

BaseLabel GeneCallEvidence::LabelOfOther(std::string_view bases) {
  const auto found = std::find(others.begin(), others.end(), bases);
  const auto index = found - others.begin();
  if (found == others.end()) others.emplace_back(bases);
  return static_cast<BaseLabel>(kFirstOtherBase + index);
}

std::string BasesOf(const GeneDefinition& gene, const GeneCallEvidence& evidence, size_t position,
                    BaseLabel label) {
  if (label == kMissingBase) return ".";
  if (label == kDeletedBase) return "*";
  if (label >= kFirstOtherBase)
    return evidence.others[static_cast<size_t>(label - kFirstOtherBase)];
  const DefinedPosition& defined = gene.positions[position];
  return label == kReferenceBase ? defined.ref : defined.alts[static_cast<size_t>(label) - 1];
}

namespace {

/// Deleted bases and bases that no definition knows: what several records say of them cannot be
/// held against each other, since overlapping variants are written in many ways.
bool IsLoose(BaseLabel label) { return label == kDeletedBase || label >= kFirstOtherBase; }

struct Counts {
  std::vector<BaseLabel> variants = {};
  int missing = 0;
};

Counts Count(const SiteCall& site) {
  Counts counts;
  for (uint8_t i = 0; i < site.copies; ++i) {
    if (site.bases[i] == kMissingBase) ++counts.missing;
    if (site.bases[i] != kMissingBase && site.bases[i] != kReferenceBase) {
      counts.variants.push_back(site.bases[i]);
    }
  }
  return counts;
}

bool Claims(uint64_t claims, BaseLabel label) {
  return label > 0 && label < 63 && ((claims >> label) & 1U) != 0;
}

/// Both records could show the label; then they must agree on how often it is there.
bool Agree(const Counts& a, const Counts& b, uint64_t claims_a, uint64_t claims_b) {
  const auto times = [](const Counts& counts, BaseLabel label) {
    return std::count(counts.variants.begin(), counts.variants.end(), label);
  };
  for (const auto* counts : {&a, &b}) {
    for (const BaseLabel label : counts->variants) {
      if (IsLoose(label)) continue;
      const auto in_a = times(a, label);
      const auto in_b = times(b, label);
      if (in_a == in_b) continue;
      const bool both =
          (in_a > 0 || Claims(claims_a, label)) && (in_b > 0 || Claims(claims_b, label));
      // A split record may leave the copy that another record describes open ("1/.").
      if (both && a.missing == 0 && b.missing == 0) return false;
    }
  }
  return true;
}

/// Slot by slot, for phased genotypes; false when both have a different variant on one copy.
bool MergePhased(SiteCall& site, const SiteCall& incoming) {
  SiteCall merged = site;
  for (uint8_t i = 0; i < site.copies; ++i) {
    const BaseLabel left = site.bases[i];
    const BaseLabel right = incoming.bases[i];
    const bool open_left = left == kReferenceBase || left == kMissingBase;
    const bool open_right = right == kReferenceBase || right == kMissingBase;
    if (!open_left && !open_right && left != right) {
      if (!IsLoose(left) && !IsLoose(right)) return false;
      merged.bases[i] = kDeletedBase;
      continue;
    }
    merged.bases[i] = !open_left ? left : !open_right ? right : std::min(left, right);
  }
  site = merged;
  return true;
}

bool MergeUnphased(SiteCall& site, const SiteCall& incoming, const Counts& a, const Counts& b) {
  std::vector<BaseLabel> variants = a.variants;
  for (const BaseLabel label : b.variants) {
    const auto have = std::count(variants.begin(), variants.end(), label);
    const auto want = std::count(b.variants.begin(), b.variants.end(), label);
    if (have < want) variants.push_back(label);
  }
  if (variants.size() > site.copies && std::any_of(variants.begin(), variants.end(), IsLoose)) {
    // A variant that is called on both copies where one is deleted is there once; programs write it
    // so. What remains open keeps the gene from being called.
    std::replace_if(variants.begin(), variants.end(), IsLoose, kDeletedBase);
    std::sort(variants.begin(), variants.end());
    variants.erase(std::unique(variants.begin(), variants.end()), variants.end());
    if (variants.size() > site.copies) variants.assign(site.copies, kDeletedBase);
  }
  if (variants.size() > site.copies) return false;
  const BaseLabel rest = a.missing > 0 && b.missing > 0 ? kMissingBase : kReferenceBase;
  std::vector<BaseLabel> bases(site.copies - variants.size(), rest);
  bases.insert(bases.end(), variants.begin(), variants.end());
  std::copy(bases.begin(), bases.end(), site.bases.begin());
  site.phased = site.phased && incoming.phased;
  return true;
}

}  // namespace

bool MergeSite(SiteCall& site, const SiteCall& incoming, uint64_t claims, uint64_t added) {
  if (incoming.problem != SiteProblem::kNone) {
    if (site.problem == SiteProblem::kNotReported) site = incoming;
    return true;
  }
  if (site.problem != SiteProblem::kNone) {
    site = incoming;
    return true;
  }
  if (site.copies != incoming.copies) return false;
  const Counts a = Count(site);
  const Counts b = Count(incoming);
  if (!Agree(a, b, claims, added)) return false;
  if (b.variants.empty() && b.missing == 0) return true;
  if (a.variants.empty() && a.missing == 0) {
    const SiteCall before = site;
    site = incoming;
    site.depth = std::max(before.depth, incoming.depth);
    return true;
  }
  if (site.phased && incoming.phased && site.phase_set == incoming.phase_set) {
    return MergePhased(site, incoming);
  }
  return MergeUnphased(site, incoming, a, b);
}

}  // namespace genflik::rules
