#include "services/lab/call_evidence.h"

#include <algorithm>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "services/core/error.h"

namespace genflik::lab {

using fhir::Json;
using rules::SiteCall;
using rules::SiteProblem;

Json RenderEvidence(const rules::GeneDefinition& gene, const rules::GeneCallEvidence& evidence) {
  Json list = Json::array();
  for (size_t p = 0; p < gene.positions.size(); ++p) {
    const SiteCall& site = evidence.sites[p];
    if (site.problem == SiteProblem::kNotReported) continue;
    Json entry = {{"position", gene.positions[p].position}};
    if (!gene.positions[p].rsid.empty()) entry["rsid"] = gene.positions[p].rsid;
    entry["ref"] = gene.positions[p].ref;
    Json bases = Json::array();
    for (uint8_t i = 0; i < site.copies; ++i) {
      bases.push_back(rules::BasesOf(gene, evidence, p, site.bases[i]));
    }
    entry["bases"] = std::move(bases);
    if (site.phased) entry["phased"] = true;
    if (site.phase_set != 0) entry["phaseSet"] = site.phase_set;
    if (site.depth >= 0) entry["depth"] = site.depth;
    if (site.quality >= 0) entry["quality"] = site.quality;
    if (site.problem != SiteProblem::kNone) entry["problem"] = CodeOf(site.problem);
    list.push_back(std::move(entry));
  }
  return list;
}

namespace {

SiteProblem ProblemNamed(std::string_view code) {
  for (const SiteProblem problem : {SiteProblem::kNoCall, SiteProblem::kFiltered,
                                    SiteProblem::kLowQuality, SiteProblem::kReferenceMismatch}) {
    if (CodeOf(problem) == code) return problem;
  }
  return SiteProblem::kNone;
}

/// One kept position, mapped by the definitions in force now as a record of a file would be.
void ReadSite(const Json& entry, size_t gene, const rules::PositionIndex& index,
              rules::GeneCallEvidence& evidence) {
  const std::string ref = entry.at("ref").get<std::string>();
  const auto bases = entry.at("bases").get<std::vector<std::string>>();
  std::vector<std::string> alleles = {ref};
  for (const std::string& base : bases) {
    if (base != "." && std::find(alleles.begin(), alleles.end(), base) == alleles.end()) {
      alleles.push_back(base);
    }
  }
  rules::VariantRecord record;
  record.position = entry.at("position").get<int64_t>();
  record.end = record.position + static_cast<int64_t>(ref.size()) - 1;
  record.ref = ref;
  for (size_t i = 1; i < alleles.size(); ++i) record.alts.emplace_back(alleles[i]);
  const int chromosome = index.ChromosomeOf(index.definitions().genes()[gene].chromosome);
  for (const auto& mapping : index.Map(chromosome, record)) {
    if (mapping.gene != gene) continue;
    SiteCall call;
    call.problem = mapping.problem;
    if (call.problem == SiteProblem::kNone) call.problem = ProblemNamed(entry.value("problem", ""));
    call.copies = static_cast<uint8_t>(std::min<size_t>(bases.size(), 2));
    call.phased = entry.value("phased", false);
    call.phase_set = entry.value("phaseSet", 0);
    call.depth = entry.value("depth", -1);
    call.quality = entry.value("quality", -1);
    for (size_t i = 0; i < call.copies && call.problem == SiteProblem::kNone; ++i) {
      const auto found = std::find(alleles.begin(), alleles.end(), bases[i]);
      if (found == alleles.end()) continue;
      const auto label = mapping.labels[static_cast<size_t>(found - alleles.begin())];
      call.bases[i] =
          label < rules::kFirstOtherBase
              ? label
              : evidence.LabelOfOther(
                    mapping.others[static_cast<size_t>(label - rules::kFirstOtherBase)]);
    }
    if (!rules::MergeSite(evidence.sites[mapping.position], call, 0, 0)) {
      throw core::Error(core::ErrorCode::kInvalid, "kept positions contradict each other");
    }
  }
}

}  // namespace

rules::GeneCallEvidence ReadEvidence(const Json& list, size_t gene,
                                     const rules::PositionIndex& index) {
  rules::GeneCallEvidence evidence;
  evidence.sites.resize(index.definitions().genes()[gene].positions.size());
  try {
    for (const Json& entry : list) ReadSite(entry, gene, index, evidence);
  } catch (const Json::exception& error) {
    throw core::Error(core::ErrorCode::kMalformed,
                      std::string("kept evidence cannot be read: ") + error.what());
  }
  return evidence;
}

}  // namespace genflik::lab
