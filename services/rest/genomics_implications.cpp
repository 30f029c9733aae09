#include "services/rest/genomics_implications.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "rules/knowledge_base.h"
#include "rules/result_history.h"
#include "services/lab/implications.h"

namespace genflik::rest {
namespace {

using rules::GeneResult;

bool IsFiltered(const GenomicsInput& input) {
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"testIdentifiers", "testDateRange",
                                              "specimenIdentifiers", "genomicSourceClass"},
      [&input](std::string_view name) { return !input.Values(name).empty(); });
}

// The results of the patient; with a filter only those read from what it lets through. What changes
// the meaning of results, such as a transplantation, always counts.
std::vector<GeneResult> ResultsFor(const store::Reader& reader, const GenomicsInput& input,
                                   const GenomicsRecord& record) {
  std::vector<GeneResult> results = reader.ResultsOf(input.Subject());
  if (!IsFiltered(input)) return results;
  std::erase_if(results, [&record](const GeneResult& result) {
    return result.event.empty() && record.Find(result.source) == nullptr;
  });
  return results;
}

// References of the findings in force for one of the genes that a recommendation rests on.
std::vector<std::string> SourcesFor(const std::vector<rules::GeneHistory>& histories,
                                    const GenomicsRecord& record,
                                    const rules::Recommendation& recommendation) {
  std::set<std::string> sources;
  for (const rules::GeneEvidence& evidence : recommendation.genes) {
    for (const rules::GeneHistory& history : histories) {
      if (history.gene != evidence.gene) continue;
      for (const rules::JudgedResult& judged : history.results) {
        const bool counts = judged.role == rules::ResultRole::kCurrent ||
                            judged.role == rules::ResultRole::kRepeat ||
                            judged.role == rules::ResultRole::kLessDetailed ||
                            judged.role == rules::ResultRole::kConflicting ||
                            judged.role == rules::ResultRole::kEvidence;
        if (counts && record.Find(judged.result.source) != nullptr) {
          sources.insert(judged.result.source);
        }
      }
    }
  }
  return {sources.begin(), sources.end()};
}

}  // namespace

std::vector<Finding> ComputeImplications(const RestContext& context, const store::Reader& reader,
                                         const GenomicsInput& input, const GenomicsRecord& record) {
  std::vector<Finding> findings;
  const auto knowledge = context.knowledge ? context.knowledge() : nullptr;
  if (knowledge == nullptr) return findings;
  const std::vector<GeneResult> results = ResultsFor(reader, input, record);
  const auto histories = rules::JudgeResults(*knowledge, results);
  for (const rules::Recommendation& recommendation :
       lab::FindImplications(*knowledge, results, lab::ImplicationChoice::kAll)) {
    Finding finding = {.kind = FindingKind::kImplication};
    finding.observation = lab::RenderImplication(*knowledge, recommendation,
                                                 SourcesFor(histories, record, recommendation));
    finding.observation["subject"] = {{"reference", "Patient/" + input.Subject()}};
    finding.observation["method"] = {
        {"text", "Genflik, knowledge " + recommendation.knowledge_version}};
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace genflik::rest
