#include "services/lab/vcf_caller.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "rules/phenotyper.h"
#include "services/core/version.h"
#include "services/lab/call_evidence.h"

namespace genflik::lab {

using fhir::Json;
using rules::CallStatus;

namespace {

const OutsideCall* FindOutside(const std::vector<OutsideCall>& calls, const std::string& gene) {
  for (const OutsideCall& call : calls) {
    if (call.gene == gene) return &call;
  }
  return nullptr;
}

GeneReport ReportOutside(const OutsideCall& outside) {
  GeneReport report;
  report.outside = true;
  report.outside_call = outside;
  report.result.gene = report.call.gene = outside.gene;
  const bool empty =
      outside.diplotypes.empty() && outside.phenotypes.empty() && outside.activity_scores.empty();
  CallStatus status = outside.diplotypes.size() > 1 ? CallStatus::kAmbiguous : CallStatus::kCalled;
  if (empty) status = CallStatus::kNoCall;
  report.call.status = report.result.status = status;
  report.result.diplotypes = outside.diplotypes;
  if (outside.diplotypes.empty() && !outside.phenotypes.empty()) {
    report.result.reported_phenotype = outside.phenotypes.front();
  }
  if (outside.diplotypes.empty() && !outside.activity_scores.empty()) {
    report.result.reported_activity_score =
        std::strtod(outside.activity_scores.front().c_str(), nullptr);
  }
  return report;
}

Json Undocumented(const rules::GeneDefinition& gene, const rules::GeneCall& call) {
  Json list = Json::array();
  for (const auto& base : call.undocumented) {
    list.push_back({{"position", gene.LabelOf(base.position)},
                    {"bases", base.bases},
                    {"readAsReference", base.read_as_reference}});
  }
  return list;
}

/// The positions where the sample differs from the reference.
Json Variants(const rules::GeneDefinition& gene, const rules::GeneCallEvidence& evidence) {
  rules::GeneCallEvidence differing = evidence;
  for (auto& site : differing.sites) {
    const bool plain = site.problem != rules::SiteProblem::kNone ||
                       (site.bases[0] == rules::kReferenceBase &&
                        (site.copies < 2 || site.bases[1] == rules::kReferenceBase));
    if (plain) site = {};
  }
  return RenderEvidence(gene, differing);
}

void AddWhenAny(Json& entry, const char* name, Json list) {
  if (!list.empty()) entry[name] = std::move(list);
}

/// Fields that only a call from positions has.
void DescribeCall(Json& entry, const rules::GeneDefinition& gene,
                  const rules::GeneCallEvidence& evidence, const GeneReport& report, bool keep) {
  Json missing = Json::array();
  for (const size_t position : report.call.missing) missing.push_back(gene.LabelOf(position));
  entry["missingPositions"] = std::move(missing);
  Json scores = Json::array();
  for (const auto& diplotype : report.call.diplotypes) scores.push_back(diplotype.score);
  AddWhenAny(entry, "scores", std::move(scores));
  AddWhenAny(entry, "notTestableAlleles", report.call.untestable);
  AddWhenAny(entry, "alikeAlleles", report.call.alike);
  AddWhenAny(entry, "notExcluded", report.call.not_excluded);
  AddWhenAny(entry, "undocumented", Undocumented(gene, report.call));
  AddWhenAny(entry, "notes", report.call.notes);
  if (report.call.fallback) entry["readAs"] = *report.call.fallback;
  entry["phaseKnown"] = report.call.phase_known;
  AddWhenAny(entry, "variants", Variants(gene, evidence));
  if (keep) entry["evidence"] = RenderEvidence(gene, evidence);
}

/// The first reading of a result as texts. Where nothing follows from the gene's file the phenotype
/// is "n/a", or CPIC's "Indeterminate" in a gene that is scored.
void AddReadings(const rules::Gene& gene, const rules::GeneInterpretation& meaning,
                 Json& phenotypes, Json& scores) {
  std::string phenotype = gene.scores.empty() ? "n/a" : "Indeterminate";
  std::string score = "n/a";
  if (!meaning.candidates.empty()) {
    const rules::Interpretation& first = meaning.candidates.front();
    phenotype = first.phenotype;
    for (const std::string& status : first.statuses) {
      phenotype += (phenotype.empty() ? "" : ", ") + status;
    }
    if (phenotype.empty()) phenotype = "n/a";
    // A reported phenotype may go with several scores; none of them was reported.
    if (first.score && !first.score_assumed) score = first.score->Text();
  }
  phenotypes.push_back(phenotype);
  scores.push_back(score);
}

/// Phenotypes and scores in the order of the diplotypes, or one for a list of alleles.
void Interpret(Json& entry, const GeneReport& report, const rules::KnowledgeBase& knowledge) {
  const rules::Gene* gene = knowledge.FindGene(report.call.gene);
  if (gene == nullptr) return;
  Json phenotypes = Json::array();
  Json scores = Json::array();
  const bool whole = !report.result.haplotypes.empty() || report.result.reported_phenotype ||
                     report.result.reported_activity_score;
  if (whole) AddReadings(*gene, rules::Interpret(*gene, report.result), phenotypes, scores);
  for (const std::string& diplotype : report.result.diplotypes) {
    AddReadings(*gene, rules::InterpretDiplotype(*gene, diplotype), phenotypes, scores);
  }
  entry["phenotypes"] = std::move(phenotypes);
  if (gene->lookup == rules::LookupKind::kScore) entry["activityScores"] = std::move(scores);
}

Json RenderGene(const GeneReport& report, const SampleEvidence& evidence,
                const CallReportContext& context) {
  Json diplotypes = Json::array();
  for (const auto& diplotype : report.call.diplotypes) diplotypes.push_back(diplotype.text);
  if (report.outside) diplotypes = report.result.diplotypes;
  Json entry = {{"gene", report.call.gene},
                {"status", rules::CodeOf(report.call.status)},
                {"diplotypes", std::move(diplotypes)},
                {"phenotypes", Json::array()},
                {"activityScores", Json::array()},
                {"haplotypes", report.call.haplotypes},
                {"missingPositions", Json::array()},
                {"source", report.outside ? "outside" : "vcf"}};
  if (context.knowledge != nullptr) Interpret(entry, report, *context.knowledge);
  if (report.outside) {
    // What the other program says of the meaning outweighs what follows from its diplotype.
    const OutsideCall& said = report.outside_call;
    if (!said.phenotypes.empty()) entry["phenotypes"] = said.phenotypes;
    if (!said.activity_scores.empty()) entry["activityScores"] = said.activity_scores;
    return entry;
  }
  const auto& genes = context.index->definitions().genes();
  for (size_t g = 0; g < genes.size(); ++g) {
    if (genes[g].gene != report.call.gene) continue;
    DescribeCall(entry, genes[g], evidence.genes[g], report, context.evidence);
  }
  return entry;
}

}  // namespace

SampleCall CallSample(const SampleEvidence& evidence, const rules::PositionIndex& index,
                      const rules::CallOptions& options, const std::vector<OutsideCall>& outside) {
  SampleCall sample;
  sample.sample = evidence.sample;
  const auto& genes = index.definitions().genes();
  for (size_t g = 0; g < genes.size(); ++g) {
    if (FindOutside(outside, genes[g].gene) != nullptr) continue;
    GeneReport report;
    report.call = rules::CallGene(genes[g], evidence.genes[g], options);
    if (report.call.status == CallStatus::kNotTested) {
      sample.not_tested.push_back(genes[g].gene);
      continue;
    }
    report.result = rules::ResultOf(genes[g], report.call);
    sample.genes.push_back(std::move(report));
  }
  for (const OutsideCall& call : outside) sample.genes.push_back(ReportOutside(call));
  std::stable_sort(sample.genes.begin(), sample.genes.end(),
                   [](const auto& a, const auto& b) { return a.call.gene < b.call.gene; });
  return sample;
}

Json RenderCalls(const SampleCall& sample, const SampleEvidence& evidence,
                 const CallReportContext& context) {
  Json genes = Json::array();
  for (const GeneReport& report : sample.genes) {
    genes.push_back(RenderGene(report, evidence, context));
  }
  Json calls = {{"sample", sample.sample},
                {"genes", std::move(genes)},
                {"notTested", sample.not_tested},
                {"build", "GRCh38"},
                {"caller", "genflik " + std::string(core::kVersion)}};
  if (context.knowledge != nullptr) calls["knowledge"] = context.knowledge->version();
  AddWhenAny(calls, "warnings", context.warnings);
  return calls;
}

}  // namespace genflik::lab
