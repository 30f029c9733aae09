#include "services/lab/call_bundle.h"

#include <algorithm>
#include <set>
#include <sstream>
#include <utility>

#include <Poco/Base64Decoder.h>
#include <Poco/Base64Encoder.h>
#include <Poco/StreamCopier.h>
#include <nlohmann/json.hpp>

#include "fhir/systems.h"
#include "rules/phenotyper.h"
#include "services/core/error.h"
#include "services/mapping/genomics.h"
#include "services/mapping/genomics_codes.h"

namespace genflik::lab {

namespace {

using fhir::Json;
using rules::CallStatus;
namespace systems = fhir::systems;

Json Coded(std::string_view system, std::string_view code, std::string_view display) {
  return {{"coding", Json::array({{{"system", std::string(system)},
                                   {"code", std::string(code)},
                                   {"display", std::string(display)}}})}};
}

Json Loinc(std::string_view code, std::string_view display) {
  return Coded(systems::kLoinc, code, display);
}

Json Component(std::string_view code, std::string_view display, const char* kind, Json value) {
  return {{"code", Loinc(code, display)}, {kind, std::move(value)}};
}

Json GeneConcept(const std::string& symbol) {
  const mapping::GeneCode* gene = mapping::FindGeneBySymbol(symbol);
  if (gene == nullptr) return {{"text", symbol}};
  return Coded(systems::kHgnc, "HGNC:" + std::string(gene->hgnc), symbol);
}

void Claim(Json& resource, const char* profile) {
  resource["meta"]["profile"] =
      Json::array({std::string(systems::kGenomicsReporting) + "/StructureDefinition/" + profile});
}

std::string EvidenceUrl() {
  return std::string(systems::kGenflik) + "/StructureDefinition/call-evidence";
}

std::string Base64(const std::string& text) {
  std::ostringstream encoded;
  Poco::Base64Encoder encoder(encoded);
  encoder.rdbuf()->setLineLength(0);
  encoder << text;
  encoder.close();
  return encoded.str();
}

/// Makes the resources of one report.
class ReportRenderer {
 public:
  ReportRenderer(const SampleEvidence& evidence, const CallReportContext& context,
                 const CallBundleOptions& options)
      : evidence_(evidence), context_(context), options_(options) {}

  std::vector<CallResource> Render(const SampleCall& sample) {
    for (const GeneReport& report : sample.genes) AddGene(report);
    AddImplications(sample);
    CallResource report{"", options_.place("DiagnosticReport", ""), Report(), false};
    resources_.insert(resources_.begin(), std::move(report));
    return std::move(resources_);
  }

 private:
  /// Returns the reference by which others point to it; a key that stands already is not added
  /// again.
  std::string Add(const std::string& key, Json body, bool derived = false) {
    const std::string place = options_.place("Observation", key);
    if (!keys_.insert(key).second) return place;
    if (!options_.subject.empty()) body["subject"] = {{"reference", options_.subject}};
    if (!options_.effective.empty()) body["effectiveDateTime"] = options_.effective;
    if (!options_.laboratory.empty()) {
      body["performer"] = Json::array({{{"display", options_.laboratory}}});
    }
    resources_.push_back({key, place, std::move(body), derived});
    return place;
  }

  Json Report() const {
    Json kept = RenderKept(evidence_, options_.settings, context_);
    Json report = {
        {"resourceType", "DiagnosticReport"},
        {"extension", Json::array({{{"url", EvidenceUrl()},
                                    {"valueAttachment",
                                     {{"contentType", "application/json"},
                                      {"title", "Genotypes behind the calls"},
                                      {"data", Base64(fhir::PrintJson(kept))}}}}})},
        {"status", options_.status == rules::RecordStatus::kAmended ? "amended" : "final"},
        {"category", Json::array({Coded(systems::kV2DiagnosticService, "GE", "Genetics")})},
        {"code", Loinc("51969-4", "Genetic analysis report")}};
    Claim(report, "genomic-report");
    if (!options_.subject.empty()) report["subject"] = {{"reference", options_.subject}};
    if (!options_.effective.empty()) report["effectiveDateTime"] = options_.effective;
    if (!options_.laboratory.empty()) {
      report["performer"] = Json::array({{{"display", options_.laboratory}}});
    }
    for (const CallResource& resource : resources_) {
      report["result"].push_back({{"reference", resource.place}});
    }
    return report;
  }

  const rules::GeneDefinition* DefinitionOf(const GeneReport& report, size_t& index) const {
    const auto& genes = context_.index->definitions().genes();
    for (index = 0; index < genes.size(); ++index) {
      if (genes[index].gene == report.call.gene) return &genes[index];
    }
    return nullptr;
  }

  void AddGene(const GeneReport& report) {
    mapping::ObservationContext observation;
    size_t index = 0;
    const rules::GeneDefinition* gene = DefinitionOf(report, index);
    if (gene != nullptr && !report.outside) {
      observation.derived_from = AddVariants(*gene, evidence_.genes[index]);
    }
    AddHaplotypes(report, observation.derived_from);
    rules::GeneResult result = report.result;
    result.record_status = options_.status;
    result.method = report.outside ? "outside call" : "star alleles from a VCF";
    // What is derived stands in an Observation of its own.
    if (!result.diplotypes.empty()) result.reported_phenotype.reset();
    Json genotype = mapping::RenderObservation(result, observation);
    const std::string code = genotype.at("code").at("coding").at(0).at("code").get<std::string>();
    if (code == "84413-4") Claim(genotype, "genotype");
    if (code == "84414-2") Claim(genotype, "haplotype");
    const std::string place = Add("genotype-" + report.call.gene, std::move(genotype));
    genotypes_.emplace_back(report.call.gene, place);
    AddPhenotypes(report, place);
  }

  /// Each named allele once, where the data allow one reading only.
  void AddHaplotypes(const GeneReport& report, std::vector<std::string>& references) {
    if (report.outside || report.result.status != CallStatus::kCalled) return;
    std::vector<std::string> names = report.result.haplotypes;
    if (report.call.diplotypes.size() == 1) names = report.call.diplotypes[0].haplotypes;
    const std::vector<std::string> variants = references;
    for (const std::string& name : names) {
      Json haplotype = {{"resourceType", "Observation"},
                        {"status", "final"},
                        {"category", Categories()},
                        {"code", Loinc("84414-2", "Haplotype name")},
                        {"valueCodeableConcept", {{"text", name}}}};
      haplotype["component"] = Json::array({Component(
          "48018-6", "Gene studied [ID]", "valueCodeableConcept", GeneConcept(report.call.gene))});
      for (const std::string& variant : variants) {
        haplotype["derivedFrom"].push_back({{"reference", variant}});
      }
      Claim(haplotype, "haplotype");
      mapping::MarkAsDetail(haplotype);
      const std::string place =
          Add("haplotype-" + report.call.gene + "-" + name, std::move(haplotype));
      if (std::find(references.begin(), references.end(), place) == references.end()) {
        references.push_back(place);
      }
    }
  }

  static Json Categories() {
    return Json::array({Coded(systems::kObservationCategory, "laboratory", "Laboratory"),
                        Coded(systems::kV2DiagnosticService, "GE", "Genetics")});
  }

  std::vector<std::string> AddVariants(const rules::GeneDefinition& gene,
                                       const rules::GeneCallEvidence& evidence) {
    std::vector<std::string> references;
    for (size_t p = 0; p < gene.positions.size(); ++p) {
      const rules::SiteCall& site = evidence.sites[p];
      if (site.problem != rules::SiteProblem::kNone || gene.positions[p].extra) continue;
      rules::BaseLabel last = rules::kReferenceBase;
      for (uint8_t i = 0; i < site.copies; ++i) {
        const rules::BaseLabel label = site.bases[i];
        const bool plain = label == rules::kReferenceBase || label == rules::kMissingBase ||
                           label == rules::kDeletedBase;
        if (plain || label == last) continue;
        last = label;
        references.push_back(Add("variant-" + gene.gene + "-" +
                                     std::to_string(gene.positions[p].position) + "-" +
                                     rules::BasesOf(gene, evidence, p, label),
                                 Variant(gene, evidence, p, label)));
      }
    }
    return references;
  }

  /// http://hl7.org/fhir/uv/genomics-reporting/STU3/StructureDefinition-variant.html
  Json Variant(const rules::GeneDefinition& gene, const rules::GeneCallEvidence& evidence, size_t p,
               rules::BaseLabel label) const {
    const rules::DefinedPosition& position = gene.positions[p];
    const std::string bases = rules::BasesOf(gene, evidence, p, label);
    Json components = Json::array();
    components.push_back(
        Component("48018-6", "Gene studied [ID]", "valueCodeableConcept", GeneConcept(gene.gene)));
    components.push_back(Component("48013-7", "Genomic reference sequence [ID]",
                                   "valueCodeableConcept",
                                   Coded(systems::kRefSeq, gene.sequence, gene.sequence)));
    components.push_back(
        Component("81290-9", "Genomic DNA change (gHGVS)", "valueCodeableConcept",
                  Coded(systems::kHgvs, gene.sequence + ":" + gene.VariantName(p, bases),
                        gene.VariantName(p, bases))));
    if (!position.rsid.empty()) {
      components.push_back(Component("81252-9", "Discrete genetic variant", "valueCodeableConcept",
                                     Coded(systems::kDbSnp, position.rsid, position.rsid)));
    }
    components.push_back(
        Component("69547-8", "Genomic ref allele [ID]", "valueString", Json(position.ref)));
    components.push_back(
        Component("69551-0", "Genomic alt allele [ID]", "valueString", Json(bases)));
    components.push_back(Component("92822-6", "Genomic coordinate system", "valueCodeableConcept",
                                   Loinc("LA30102-0", "1-based character counting")));
    components.push_back(Component("81254-5", "Genomic allele start-end", "valueRange",
                                   {{"low", {{"value", position.position}}}}));
    AddAllelicState(evidence.sites[p], components);
    Json observation = {{"resourceType", "Observation"},
                        {"status", "final"},
                        {"category", Categories()},
                        {"code", Loinc("69548-6", "Genetic variant assessment")}};
    observation["valueCodeableConcept"] = Loinc("LA9633-4", "Present");
    observation["component"] = std::move(components);
    Claim(observation, "variant");
    mapping::MarkAsDetail(observation);
    return observation;
  }

  static void AddAllelicState(const rules::SiteCall& site, Json& components) {
    Json state;
    if (site.copies == 1) {
      state = Loinc("LA6707-9", "Hemizygous");
    } else if (site.bases[0] == site.bases[1]) {
      state = Loinc("LA6705-3", "Homozygous");
    } else if (site.bases[0] != rules::kMissingBase && site.bases[1] != rules::kMissingBase) {
      state = Loinc("LA6706-1", "Heterozygous");
    } else {
      return;
    }
    components.push_back(
        Component("53034-5", "Allelic state", "valueCodeableConcept", std::move(state)));
  }

  /// What follows from the gene's file, one Observation for each reading.
  void AddPhenotypes(const GeneReport& report, const std::string& source) {
    if (context_.knowledge == nullptr) return;
    const rules::Gene* gene = context_.knowledge->FindGene(report.call.gene);
    if (gene == nullptr) return;
    if (report.result.diplotypes.empty() && report.result.haplotypes.empty()) return;
    mapping::ObservationContext observation;
    observation.derived_from = {source};
    for (const auto& reading : rules::Interpret(*gene, report.result).candidates) {
      if (reading.phenotype.empty()) continue;
      rules::GeneResult derived;
      derived.gene = report.call.gene;
      derived.reported_phenotype = reading.phenotype;
      Json body = mapping::RenderObservation(derived, observation);
      mapping::MarkAsDetail(body);
      Add("phenotype-" + report.call.gene + "-" + reading.phenotype, std::move(body), true);
    }
  }

  void AddImplications(const SampleCall& sample) {
    if (context_.knowledge == nullptr) return;
    std::vector<rules::GeneResult> results;
    for (const GeneReport& report : sample.genes) results.push_back(report.result);
    size_t number = 0;
    for (const auto& recommendation :
         FindImplications(*context_.knowledge, results, options_.implications)) {
      std::vector<std::string> sources;
      for (const rules::GeneEvidence& gene : recommendation.genes) {
        for (const auto& [symbol, place] : genotypes_) {
          if (symbol == gene.gene) sources.push_back(place);
        }
      }
      Add("implication-" + std::to_string(number++),
          RenderImplication(*context_.knowledge, recommendation, sources), true);
    }
  }

  const SampleEvidence& evidence_;
  const CallReportContext& context_;
  const CallBundleOptions& options_;
  std::vector<CallResource> resources_;
  std::set<std::string> keys_;
  /// Gene and place of each genotype.
  std::vector<std::pair<std::string, std::string>> genotypes_;
};

}  // namespace

std::vector<CallResource> RenderCallResources(const SampleCall& sample,
                                              const SampleEvidence& evidence,
                                              const CallReportContext& context,
                                              const CallBundleOptions& options) {
  return ReportRenderer(evidence, context, options).Render(sample);
}

Json BundleOf(std::vector<CallResource> resources) {
  Json entries = Json::array();
  for (CallResource& resource : resources) {
    entries.push_back({{"fullUrl", resource.place}, {"resource", std::move(resource.body)}});
  }
  return {{"resourceType", "Bundle"}, {"type", "collection"}, {"entry", std::move(entries)}};
}

Json KeptIn(const Json& report) {
  for (const Json& extension : fhir::FindArray(report, "extension")) {
    if (fhir::FindText(extension, "url") != EvidenceUrl()) continue;
    const Json* attachment = fhir::Find(extension, "valueAttachment");
    std::istringstream encoded(
        attachment == nullptr ? "" : std::string(fhir::FindText(*attachment, "data")));
    Poco::Base64Decoder decoder(encoded);
    std::string text;
    Poco::StreamCopier::copyToString(decoder, text);
    fhir::IssueLog log;
    auto kept = fhir::ParseJson(text, log);
    if (!kept) throw core::Error(core::ErrorCode::kMalformed, "the kept evidence cannot be read");
    return std::move(*kept);
  }
  return nullptr;
}

}  // namespace genflik::lab
