#include "services/mapping/genomics_positions.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "fhir/issue.h"
#include "rules/phenotyper.h"
#include "rules/variant_genotype.h"
#include "services/mapping/genomics.h"
#include "services/mapping/genomics_common.h"
#include "services/mapping/genomics_variants.h"

namespace genflik::mapping {
namespace {

using fhir::Json;
using rules::Gene;
using rules::GeneResult;
using rules::TestedVariant;
using Answer = VariantFinding::Answer;

/// A gene of one analysis.
using Place = std::tuple<std::string, std::string, std::string>;
/// With whether the laboratory has yet to confirm it.
using GroupKey = std::pair<Place, bool>;

GroupKey KeyOf(const GeneResult& result) {
  return {Place(result.gene, result.laboratory, result.effective),
          result.record_status == rules::RecordStatus::kPreliminary};
}

/// Neither withdrawn nor set aside by a person.
bool Holds(const GeneResult& result) {
  return result.record_status != rules::RecordStatus::kEnteredInError && result.set_aside.empty();
}

struct Known {
  const Gene* gene = nullptr;
  const TestedVariant* variant = nullptr;
};

const TestedVariant* VariantOf(const Gene& gene, const VariantFinding& finding) {
  for (const TestedVariant& variant : gene.variants) {
    for (const std::string& name : finding.names) {
      if (name == variant.rsid ||
          std::find(variant.names.begin(), variant.names.end(), name) != variant.names.end())
        return &variant;
    }
  }
  return nullptr;
}

/// The gene that the finding names, else the one that has its position.
Known FindKnown(const VariantFinding& finding, const rules::KnowledgeBase& knowledge) {
  if (!finding.gene.empty()) {
    const Gene* gene = knowledge.FindGene(finding.gene);
    return {gene, gene == nullptr ? nullptr : VariantOf(*gene, finding)};
  }
  for (const Gene& gene : knowledge.genes()) {
    if (const TestedVariant* variant = VariantOf(gene, finding)) return {&gene, variant};
  }
  return {};
}

/// The base that means "nothing found", behind a name that tells its strand.
std::string ReferenceText(const TestedVariant& variant) {
  for (const std::string& name : variant.names) {
    const size_t arrow = name.find('>');
    if (arrow == std::string::npos || arrow == 0) continue;
    const std::string base(1, name[arrow - 1]);
    return name + " " + base + "/" + base;
  }
  const std::string base(1, variant.reference);
  return variant.rsid + " " + base + "/" + base;
}

/// "0" and "1" by the bases that the laboratory told beside them.
std::optional<std::string> BasesText(const VariantFinding& finding) {
  std::string text;
  for (const std::string& base : finding.bases) {
    const bool numbered = base == "0" || base == "1";
    const std::string& told = !numbered ? base : base == "0" ? finding.ref : finding.alt;
    if (told.size() != 1) return std::nullopt;
    text += (text.empty() ? "" : "/") + told;
  }
  return text;
}

/// The finding as the knowledge reads positions; the laboratory's own words where it cannot be put
/// so.
std::string TextOf(const VariantFinding& finding, const TestedVariant* variant) {
  if (variant == nullptr) return finding.text;
  const bool by_number =
      std::find(finding.names.begin(), finding.names.end(), variant->rsid) != finding.names.end();
  const std::string& name = by_number ? variant->rsid : finding.names.front();
  switch (finding.answer) {
    case Answer::kBases:
      if (const auto bases = BasesText(finding)) return name + " " + *bases;
      break;
    case Answer::kReference:
      return ReferenceText(*variant);
    case Answer::kPresent:
      if (finding.copies == 1) return name + " heterozygous";
      if (finding.copies == 2) return name + " homozygous";
      break;
    case Answer::kNoCall:
    case Answer::kUnreadable:
      break;
  }
  return finding.text;
}

/// What the positions of one gene in one analysis say.
struct Group {
  GeneResult common = {};
  std::vector<std::string> read = {};
  std::vector<std::string> unread = {};
  /// The laboratory's words for what was read.
  std::string words = {};
};

class PositionReader {
 public:
  explicit PositionReader(const rules::KnowledgeBase& knowledge) : knowledge_(knowledge) {}

  void Add(const Json& observation, const std::vector<VariantFinding>& findings) {
    const auto common = ReadCommonPart(observation);
    // What does not hold must not be joined with what does.
    if (!common || !Holds(*common)) return;
    for (const VariantFinding& finding : findings) {
      if (finding.somatic) continue;
      const Known known = FindKnown(finding, knowledge_);
      GeneResult result = *common;
      result.gene = known.gene != nullptr ? known.gene->symbol : finding.gene;
      if (result.gene.empty()) continue;
      result.source = std::string(fhir::FindText(observation, "resourceType")) + "/" +
                      std::string(fhir::FindText(observation, "id"));
      Group& group = groups_.try_emplace(KeyOf(result), Group{.common = result}).first->second;
      if (finding.answer != Answer::kNoCall) AddAnswer(finding, known, group);
    }
  }

  void MoveTo(std::vector<GeneResult>& results) {
    for (auto& [key, group] : groups_) {
      if (group.read.empty() && group.unread.empty()) {
        group.common.status = rules::CallStatus::kNoCall;
        results.push_back(std::move(group.common));
        continue;
      }
      for (const std::string& text : group.unread) {
        GeneResult result = group.common;
        result.diplotypes = {text};
        result.reported_text = text;
        results.push_back(std::move(result));
      }
      if (group.read.empty()) continue;
      std::string joined;
      for (const std::string& text : group.read) joined += (joined.empty() ? "" : "; ") + text;
      group.common.diplotypes = {std::move(joined)};
      group.common.reported_text = std::move(group.words);
      results.push_back(std::move(group.common));
    }
  }

 private:
  static void AddAnswer(const VariantFinding& finding, const Known& known, Group& group) {
    std::string text = TextOf(finding, known.variant);
    const bool readable =
        known.variant != nullptr && rules::ReadVariantGenotype(*known.gene, text).has_value();
    std::vector<std::string>& texts = readable ? group.read : group.unread;
    if (std::find(texts.begin(), texts.end(), text) != texts.end()) return;
    if (readable) group.words += (group.words.empty() ? "" : "; ") + finding.text;
    texts.push_back(std::move(text));
  }

  const rules::KnowledgeBase& knowledge_;
  std::map<GroupKey, Group> groups_;
};

/// An rs number tells the gene where the Observation does not; a contradiction stays one.
bool NothingSpeaksAgainst(const fhir::IssueLog& log) {
  return std::all_of(log.issues().begin(), log.issues().end(), [](const fhir::Issue& issue) {
    return issue.type == fhir::IssueType::kRequired;
  });
}

bool IsToBeUsed(const Json& observation) {
  const std::string_view status = fhir::FindText(observation, "status");
  return status != "cancelled" && status != "entered-in-error" && !IsSomatic(observation);
}

/// The alleles of a reported genotype, copies and joints left out.
std::vector<const rules::Allele*> AllelesIn(const Gene& gene, const GeneResult& whole) {
  std::vector<const rules::Allele*> alleles;
  const auto add = [&](std::string_view name) {
    alleles.push_back(gene.FindAllele(name));
    const size_t copies = name.rfind('x');
    if (alleles.back() == nullptr && copies != std::string_view::npos)
      alleles.back() = gene.FindAllele(name.substr(0, copies));
  };
  for (const std::string& text : whole.diplotypes) {
    for (size_t start = 0; start <= text.size();) {
      const size_t end = std::min(text.find('/', start), text.size());
      add(std::string_view(text).substr(start, end - start));
      start = end + 1;
    }
  }
  for (const std::string& name : whole.haplotypes) add(name);
  return alleles;
}

bool ShareAReading(const rules::GeneInterpretation& a, const rules::GeneInterpretation& b) {
  return std::any_of(a.candidates.begin(), a.candidates.end(), [&](const auto& one) {
    return std::any_of(b.candidates.begin(), b.candidates.end(), [&](const auto& other) {
      return one.diplotype == other.diplotype ||
             (!one.phenotype.empty() && one.phenotype == other.phenotype);
    });
  });
}

/// The positions say no more than the reported genotype. What they did not find they need not have
/// looked for, and two alleles may share a position: then the phenotype decides.
bool Explains(const GeneResult& whole, const GeneResult& positions, const Gene* gene) {
  if (gene == nullptr || positions.diplotypes.empty()) return true;
  const auto bases = rules::ReadVariantGenotype(*gene, positions.diplotypes.front());
  if (!bases || bases->found.empty()) return true;
  auto told = AllelesIn(*gene, whole);
  const bool all_told = std::all_of(bases->found.begin(), bases->found.end(), [&](const auto& one) {
    const auto same = std::find(told.begin(), told.end(), gene->FindAllele(one));
    if (same == told.end()) return false;
    told.erase(same);
    return true;
  });
  return all_told ||
         ShareAReading(rules::Interpret(*gene, whole), rules::Interpret(*gene, positions));
}

/// Genotypes that laboratories reported as such.
class WholeResults {
 public:
  explicit WholeResults(const rules::KnowledgeBase& knowledge) : knowledge_(knowledge) {}

  void Note(const GeneResult& result) {
    if (Holds(result) && (!result.diplotypes.empty() || !result.haplotypes.empty()))
      whole_.push_back(result);
  }

  /// A genotype of the same analysis settles its positions, unless they contradict it.
  bool Settle(const GeneResult& positions) const {
    return std::any_of(whole_.begin(), whole_.end(), [&](const GeneResult& whole) {
      return KeyOf(whole) == KeyOf(positions) &&
             Explains(whole, positions, knowledge_.FindGene(positions.gene));
    });
  }

 private:
  const rules::KnowledgeBase& knowledge_;
  std::vector<GeneResult> whole_;
};

}  // namespace

size_t AddPatientResults(const std::vector<const Json*>& observations,
                         const rules::KnowledgeBase& knowledge, std::vector<GeneResult>& results) {
  size_t unusable = 0;
  WholeResults whole(knowledge);
  for (const GeneResult& result : results) whole.Note(result);
  PositionReader positions(knowledge);
  for (const Json* observation : observations) {
    fhir::IssueLog log;
    auto read = ReadGeneResults(*observation, log);
    const auto findings = ReadVariantFindings(*observation);
    const bool by_position = NothingSpeaksAgainst(log);
    if (read.empty() && by_position) positions.Add(*observation, findings);
    const bool used = !read.empty() || (by_position && !findings.empty());
    if (!used && !log.issues().empty() && IsToBeUsed(*observation)) ++unusable;
    for (GeneResult& result : read) {
      // A variant that is an allele by itself does not settle the other positions of its gene.
      if (findings.empty()) whole.Note(result);
      results.push_back(std::move(result));
    }
  }
  std::vector<GeneResult> from_positions;
  positions.MoveTo(from_positions);
  for (GeneResult& result : from_positions) {
    if (!whole.Settle(result)) results.push_back(std::move(result));
  }
  return unusable;
}

}  // namespace genflik::mapping
