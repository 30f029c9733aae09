#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "rules/definition_loader.h"
#include "rules/star_caller.h"
#include "tests/support/places.h"

// For every gene and every pair of its named alleles: what a person with that pair has at the
// defined positions is called as that pair. Where unphased data cannot tell pairs apart, the pair
// is among those that explain the data; phased data never allow more than unphased.

namespace genflik::rules {
namespace {

const AlleleDefinitions& Definitions() {
  static const auto definitions = [] {
    std::vector<DefinitionProblem> problems;
    auto loaded =
        LoadDefinitions(std::string(tests::SourceDir()) + "/rules/knowledge/definitions", problems);
    for (const auto& problem : problems) {
      ADD_FAILURE() << problem.file << problem.pointer << ": " << problem.reason;
    }
    return loaded;
  }();
  return *definitions;
}

/// The lowest base that a mask allows.
BaseLabel LabelOf(AlleleMask mask) {
  BaseLabel label = 0;
  while (((mask >> label) & 1U) == 0) ++label;
  return label;
}

std::vector<BaseLabel> StrandOf(const GeneDefinition& gene, const NamedAllele& allele) {
  std::vector<BaseLabel> strand;
  for (const AlleleMask mask : gene.default_masks) strand.push_back(LabelOf(mask));
  for (const DefinedBase& base : allele.bases) {
    // Of several bases that will do, the last is a variant and the harder case.
    BaseLabel label = LabelOf(base.mask);
    for (BaseLabel i = 0; i < 31; ++i) {
      if (((base.mask >> i) & 1U) != 0 && !allele.reference) label = i;
    }
    strand[base.position] = label;
  }
  return strand;
}

GeneCallEvidence EvidenceOf(const std::vector<BaseLabel>& first,
                            const std::vector<BaseLabel>& second, bool phased) {
  GeneCallEvidence evidence;
  for (size_t p = 0; p < first.size(); ++p) {
    SiteCall site;
    site.problem = SiteProblem::kNone;
    site.copies = 2;
    site.bases = {first[p], second[p]};
    site.phased = phased;
    if (!phased && first[p] > second[p]) std::swap(site.bases[0], site.bases[1]);
    evidence.sites.push_back(site);
  }
  return evidence;
}

std::vector<std::string> Texts(const GeneCall& call) {
  std::vector<std::string> texts;
  for (const auto& diplotype : call.diplotypes) texts.push_back(diplotype.text);
  return texts;
}

std::string PairText(const NamedAllele& a, const NamedAllele& b) {
  std::vector<std::string> names = {a.Reported(), b.Reported()};
  std::sort(names.begin(), names.end(),
            [](const auto& x, const auto& y) { return NameLess(x, y); });
  return names[0] + "/" + names[1];
}

bool Has(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

void RoundTrip(const GeneDefinition& gene, const NamedAllele& a, const NamedAllele& b) {
  CallOptions options;
  options.all = true;
  options.on_request = true;
  options.gene_rules = false;
  const auto first = StrandOf(gene, a);
  const auto second = StrandOf(gene, b);
  const auto phased = Texts(CallGene(gene, EvidenceOf(first, second, true), options));
  const std::string wanted = PairText(a, b);
  ASSERT_TRUE(Has(phased, wanted)) << gene.gene << " " << wanted << ", phased";
  if (gene.method == CallMethod::kEveryVariant) return;
  const auto unphased = Texts(CallGene(gene, EvidenceOf(first, second, false), options));
  ASSERT_TRUE(Has(unphased, wanted)) << gene.gene << " " << wanted << ", unphased";
  for (const std::string& text : phased) {
    ASSERT_TRUE(Has(unphased, text)) << gene.gene << " " << wanted << " gives " << text;
  }
}

class RoundTripTest : public ::testing::TestWithParam<std::string> {};

TEST_P(RoundTripTest, GivesEveryPairOfNamedAllelesBack) {
  const GeneDefinition* gene = Definitions().Find(GetParam());
  ASSERT_NE(gene, nullptr);
  if (gene->copies == GeneCopies::kOne) return;
  size_t pairs = 0;
  for (size_t a = 0; a < gene->alleles.size(); ++a) {
    // Every pair of the large variant lists says nothing new: there each position is an allele.
    const size_t step = gene->alleles.size() > 200 ? 7 : 1;
    for (size_t b = a; b < gene->alleles.size(); b += step) {
      ASSERT_NO_FATAL_FAILURE(RoundTrip(*gene, gene->alleles[a], gene->alleles[b]));
      ++pairs;
    }
  }
  EXPECT_GE(pairs, 3U);
}

std::vector<std::string> Genes() {
  std::vector<std::string> genes;
  for (const auto& gene : Definitions().genes()) genes.push_back(gene.gene);
  return genes;
}

INSTANTIATE_TEST_SUITE_P(Genes, RoundTripTest, ::testing::ValuesIn(Genes()), [](const auto& gene) {
  std::string name = gene.param;
  name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
  return name;
});

/// Forty variants on both copies of RYR1: named at once, not tried in every order.
TEST(RoundTrip, NamesManyVariantsOnOneStrand) {
  const GeneDefinition* gene = Definitions().Find("RYR1");
  ASSERT_NE(gene, nullptr);
  auto strand = StrandOf(*gene, gene->alleles.front());
  for (size_t p = 0; p < 40; ++p) strand[p] = 1;
  const GeneCall call = CallGene(*gene, EvidenceOf(strand, strand, false), {});
  ASSERT_EQ(call.diplotypes.size(), 1U);
  EXPECT_EQ(call.diplotypes[0].score, 80);
}

TEST(RoundTrip, CallsMitochondrialAllelesFromOneCopy) {
  const GeneDefinition* gene = Definitions().Find("MT-RNR1");
  ASSERT_NE(gene, nullptr);
  for (const NamedAllele& allele : gene->alleles) {
    GeneCallEvidence evidence = EvidenceOf(StrandOf(*gene, allele), StrandOf(*gene, allele), false);
    for (auto& site : evidence.sites) site.copies = 1;
    const GeneCall call = CallGene(*gene, evidence, {});
    EXPECT_EQ(Texts(call), std::vector<std::string>{allele.name});
  }
}

/// A person at random: mostly reference, some variants, some positions missing, the phase known,
/// known in parts or unknown.
GeneCallEvidence RandomPerson(const GeneDefinition& gene, std::mt19937& random) {
  const bool phased = random() % 3 == 0;
  const bool sets = random() % 2 == 0;
  size_t hets = 0;
  GeneCallEvidence evidence;
  // A named allele on each strand, so that there is mostly something to call.
  const auto first = StrandOf(gene, gene.alleles[random() % gene.alleles.size()]);
  const auto second = StrandOf(gene, gene.alleles[random() % gene.alleles.size()]);
  for (size_t p = 0; p < gene.positions.size(); ++p) {
    SiteCall site;
    site.problem = random() % 12 == 0 ? SiteProblem::kNoCall : SiteProblem::kNone;
    site.copies = 2;
    site.bases = {first[p], second[p]};
    if (random() % 30 == 0) {
      site.bases[random() % 2] =
          static_cast<BaseLabel>(random() % (gene.positions[p].alts.size() + 1));
    }
    if (site.bases[0] != site.bases[1] && ++hets > 9) site.bases[1] = site.bases[0];
    site.phased = phased || (sets && random() % 2 == 0);
    site.phase_set = sets ? static_cast<int32_t>(1 + random() % 3) : 0;
    if (!site.phased && random() % 2 == 0) std::swap(site.bases[0], site.bases[1]);
    if (site.problem != SiteProblem::kNone) site.bases = {kMissingBase, kMissingBase};
    evidence.sites.push_back(site);
  }
  return evidence;
}

bool Fits(const GeneDefinition& gene, const NamedAllele& allele, const GeneCallEvidence& evidence,
          const std::vector<BaseLabel>& strand) {
  std::vector<AlleleMask> masks = gene.default_masks;
  size_t usable = 0;
  for (const DefinedBase& base : allele.bases) {
    masks[base.position] = base.mask;
    if (evidence.sites[base.position].problem == SiteProblem::kNone) ++usable;
  }
  for (size_t p = 0; p < strand.size(); ++p) {
    if (evidence.sites[p].problem != SiteProblem::kNone || gene.positions[p].extra) continue;
    if (((masks[p] >> strand[p]) & 1U) == 0) return false;
  }
  return usable > 0;
}

/// Every pair of names that fits some arrangement of the phase, by writing all of them out.
std::set<std::string> EveryPair(const GeneDefinition& gene, const GeneCallEvidence& evidence) {
  std::map<int32_t, size_t> sets;
  std::vector<size_t> group(evidence.sites.size(), 0);
  size_t groups = 0;
  for (size_t p = 0; p < evidence.sites.size(); ++p) {
    const SiteCall& site = evidence.sites[p];
    if (site.bases[0] == site.bases[1]) continue;
    group[p] = site.phased ? sets.try_emplace(site.phase_set, groups).first->second : groups;
    groups = std::max(groups, group[p] + 1);
  }
  std::set<std::string> pairs;
  for (size_t turned = 0; turned < (size_t{1} << groups); ++turned) {
    std::vector<BaseLabel> first;
    std::vector<BaseLabel> second;
    for (size_t p = 0; p < evidence.sites.size(); ++p) {
      const auto side = static_cast<size_t>((turned >> group[p]) & 1U);
      first.push_back(evidence.sites[p].bases[side]);
      second.push_back(evidence.sites[p].bases[1 - side]);
    }
    for (const NamedAllele& a : gene.alleles) {
      if (!Fits(gene, a, evidence, first)) continue;
      for (const NamedAllele& b : gene.alleles) {
        if (Fits(gene, b, evidence, second)) pairs.insert(PairText(a, b));
      }
    }
  }
  return pairs;
}

/// The caller checks pairs directly; writing out every arrangement must give the same.
TEST(RoundTrip, FindsEveryPairThatSomeArrangementExplains) {
  std::mt19937 random(20);
  CallOptions options;
  options.all = true;
  options.on_request = true;
  options.gene_rules = false;
  size_t called = 0;
  for (const GeneDefinition& gene : Definitions().genes()) {
    if (gene.method != CallMethod::kNamedAlleles || gene.copies != GeneCopies::kTwo) continue;
    for (int round = 0; round < 12; ++round) {
      const GeneCallEvidence evidence = RandomPerson(gene, random);
      const auto texts = Texts(CallGene(gene, evidence, options));
      EXPECT_EQ(std::set<std::string>(texts.begin(), texts.end()), EveryPair(gene, evidence))
          << gene.gene << " round " << round;
      called += texts.empty() ? 0 : 1;
      // The same data with all phase known allow no more.
      GeneCallEvidence phased = evidence;
      for (SiteCall& site : phased.sites) {
        site.phased = true;
        site.phase_set = 0;
      }
      for (const std::string& text : Texts(CallGene(gene, phased, options))) {
        EXPECT_TRUE(Has(texts, text)) << gene.gene << " " << text;
      }
    }
  }
  EXPECT_GT(called, 60U);
}

}  // namespace
}  // namespace genflik::rules
