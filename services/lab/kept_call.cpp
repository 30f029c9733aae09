#include "services/lab/kept_call.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/core/error.h"
#include "services/core/version.h"
#include "services/lab/call_evidence.h"

namespace genflik::lab {

namespace {

using core::Error;
using core::ErrorCode;
using fhir::Json;

Json RenderSettings(const CallSettings& settings) {
  const rules::CallOptions& options = settings.options;
  Json json = {{"all", options.all},
               {"combinations", options.combinations},
               {"cyp2d6", options.on_request},
               {"geneRules", options.gene_rules}};
  if (options.sex) json["sex"] = *options.sex == rules::Sex::kMale ? "male" : "female";
  if (!settings.genes.empty()) json["genes"] = settings.genes;
  return json;
}

CallSettings ReadSettings(const Json& kept) {
  CallSettings settings;
  const Json* json = fhir::Find(kept, "settings");
  if (json == nullptr) return settings;
  settings.options.all = json->value("all", false);
  settings.options.combinations = json->value("combinations", false);
  settings.options.on_request = json->value("cyp2d6", false);
  settings.options.gene_rules = json->value("geneRules", true);
  const std::string sex = json->value("sex", "");
  if (sex == "male") settings.options.sex = rules::Sex::kMale;
  if (sex == "female") settings.options.sex = rules::Sex::kFemale;
  settings.genes = json->value("genes", std::vector<std::string>{});
  return settings;
}

OutsideCall ReadOutside(const Json& entry) {
  OutsideCall call;
  call.gene = entry.at("gene").get<std::string>();
  call.diplotypes = entry.value("diplotypes", std::vector<std::string>{});
  call.phenotypes = entry.value("phenotypes", std::vector<std::string>{});
  call.activity_scores = entry.value("activityScores", std::vector<std::string>{});
  return call;
}

void ReadGene(const Json& entry, const rules::PositionIndex& index, KeptCall& call) {
  const auto& genes = index.definitions().genes();
  const std::string name = entry.at("gene").get<std::string>();
  const auto found = std::find_if(genes.begin(), genes.end(),
                                  [&name](const auto& gene) { return gene.gene == name; });
  if (found == genes.end()) return;
  if (fhir::Find(entry, "evidence") == nullptr) {
    throw Error(ErrorCode::kInvalid, name + ": no evidence was kept (use --evidence)");
  }
  const auto at = static_cast<size_t>(found - genes.begin());
  call.evidence.genes[at] = ReadEvidence(fhir::FindArray(entry, "evidence"), at, index);
}

}  // namespace

Json RenderKept(const SampleEvidence& evidence, const CallSettings& settings,
                const CallReportContext& context) {
  const auto& genes = context.index->definitions().genes();
  Json kept_genes = Json::array();
  for (size_t g = 0; g < genes.size(); ++g) {
    Json sites = RenderEvidence(genes[g], evidence.genes[g]);
    if (sites.empty()) continue;
    kept_genes.push_back({{"gene", genes[g].gene}, {"evidence", std::move(sites)}});
  }
  Json outside = Json::array();
  for (const OutsideCall& call : settings.outside) {
    outside.push_back({{"gene", call.gene},
                       {"diplotypes", call.diplotypes},
                       {"phenotypes", call.phenotypes},
                       {"activityScores", call.activity_scores}});
  }
  Json kept = {{"sample", evidence.sample},
               {"build", "GRCh38"},
               {"caller", "genflik " + std::string(core::kVersion)},
               {"settings", RenderSettings(settings)},
               {"outside", std::move(outside)},
               {"genes", std::move(kept_genes)}};
  if (context.knowledge != nullptr) kept["knowledge"] = context.knowledge->version();
  return kept;
}

KeptCall ReadKept(const Json& kept, const rules::PositionIndex& index) {
  KeptCall call;
  for (const auto& gene : index.definitions().genes()) {
    rules::GeneCallEvidence empty;
    empty.sites.resize(gene.positions.size());
    call.evidence.genes.push_back(std::move(empty));
  }
  try {
    if (!kept.is_object()) throw Error(ErrorCode::kMalformed, "no kept call: not an object");
    call.settings = ReadSettings(kept);
    call.evidence.sample = kept.at("sample").get<std::string>();
    call.knowledge = kept.value("knowledge", "");
    call.caller = kept.value("caller", "");
    for (const Json& entry : fhir::FindArray(kept, "outside")) {
      call.settings.outside.push_back(ReadOutside(entry));
    }
    for (const Json& entry : fhir::FindArray(kept, "genes")) {
      if (fhir::FindText(entry, "source") == "outside") {
        call.settings.outside.push_back(ReadOutside(entry));
      } else {
        ReadGene(entry, index, call);
      }
    }
  } catch (const Json::exception& error) {
    throw Error(ErrorCode::kMalformed, std::string("no kept call: ") + error.what());
  }
  return call;
}

SampleCall CallAsSet(const SampleEvidence& evidence, const rules::PositionIndex& index,
                     const CallSettings& settings) {
  for (const std::string& gene : settings.genes) {
    const bool outside =
        std::any_of(settings.outside.begin(), settings.outside.end(),
                    [&gene](const OutsideCall& call) { return call.gene == gene; });
    if (index.definitions().Find(gene) == nullptr && !outside) {
      throw Error(ErrorCode::kInvalid, "no allele definitions for gene " + gene);
    }
  }
  SampleCall call = CallSample(evidence, index, settings.options, settings.outside);
  if (settings.genes.empty()) return call;
  const auto unwanted = [&settings](const std::string& gene) {
    return std::find(settings.genes.begin(), settings.genes.end(), gene) == settings.genes.end();
  };
  std::erase_if(call.genes,
                [&unwanted](const GeneReport& report) { return unwanted(report.call.gene); });
  std::erase_if(call.not_tested, unwanted);
  return call;
}

}  // namespace genflik::lab
