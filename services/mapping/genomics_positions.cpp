#include "services/mapping/genomics_positions.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "fhir/issue.h"
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

Place PlaceOf(const GeneResult& result) {
  return {result.gene, result.laboratory, result.effective};
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
    // What was entered in error must not be joined with what holds.
    if (!common || common->record_status == rules::RecordStatus::kEnteredInError) return;
    const bool preliminary = common->record_status == rules::RecordStatus::kPreliminary;
    for (const VariantFinding& finding : findings) {
      if (finding.somatic) continue;
      const Known known = FindKnown(finding, knowledge_);
      GeneResult result = *common;
      result.gene = known.gene != nullptr ? known.gene->symbol : finding.gene;
      if (result.gene.empty()) continue;
      result.source = std::string(fhir::FindText(observation, "resourceType")) + "/" +
                      std::string(fhir::FindText(observation, "id"));
      Group& group = groups_.try_emplace({PlaceOf(result), preliminary}, Group{.common = result})
                         .first->second;
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

}  // namespace

void AddPatientResults(const std::vector<const Json*>& observations,
                       const rules::KnowledgeBase& knowledge, std::vector<GeneResult>& results) {
  std::vector<Place> whole;
  const auto note = [&whole](const GeneResult& result) {
    if (!result.diplotypes.empty() || !result.haplotypes.empty()) whole.push_back(PlaceOf(result));
  };
  for (const GeneResult& result : results) note(result);
  PositionReader positions(knowledge);
  for (const Json* observation : observations) {
    fhir::IssueLog log;
    auto read = ReadGeneResults(*observation, log);
    const auto findings = ReadVariantFindings(*observation);
    if (read.empty() && NothingSpeaksAgainst(log)) positions.Add(*observation, findings);
    for (GeneResult& result : read) {
      // A variant that is an allele by itself does not settle the other positions of its gene.
      if (findings.empty()) note(result);
      results.push_back(std::move(result));
    }
  }
  std::vector<GeneResult> from_positions;
  positions.MoveTo(from_positions);
  for (GeneResult& result : from_positions) {
    if (std::find(whole.begin(), whole.end(), PlaceOf(result)) == whole.end())
      results.push_back(std::move(result));
  }
}

}  // namespace genflik::mapping
