#include "services/lab/call_bundle.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/systems.h"
#include "rules/phenotyper.h"
#include "services/mapping/genomics.h"

namespace genflik::lab {

namespace {

using fhir::Json;
using rules::CallStatus;

Json Coded(std::string_view system, std::string_view code, std::string_view display) {
  return {{"coding", Json::array({{{"system", std::string(system)},
                                   {"code", std::string(code)},
                                   {"display", std::string(display)}}})}};
}

Json Loinc(std::string_view code, std::string_view display) {
  return Coded(fhir::systems::kLoinc, code, display);
}

Json Component(std::string_view code, std::string_view display, const char* kind, Json value) {
  return {{"code", Loinc(code, display)}, {kind, std::move(value)}};
}

/// Makes one bundle.
class BundleWriter {
 public:
  BundleWriter(const SampleEvidence& evidence, const CallReportContext& context,
               const std::string& subject, core::Ids& ids)
      : evidence_(evidence), context_(context), subject_(subject), ids_(ids) {}

  Json Write(const SampleCall& sample) {
    for (const GeneReport& report : sample.genes) AddGene(report);
    return {{"resourceType", "Bundle"}, {"type", "collection"}, {"entry", std::move(entries_)}};
  }

 private:
  /// Returns the reference by which others in the bundle point to it.
  std::string Add(Json resource) {
    std::string url = "urn:uuid:" + ids_.New();
    entries_.push_back({{"fullUrl", url}, {"resource", std::move(resource)}});
    return url;
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
    observation.subject = subject_;
    size_t index = 0;
    const rules::GeneDefinition* gene = DefinitionOf(report, index);
    if (gene != nullptr && !report.outside) {
      observation.derived_from = AddVariants(*gene, evidence_.genes[index]);
    }
    std::vector<std::string> sources;
    for (const rules::GeneResult& result : Parts(report)) {
      sources.push_back(Add(mapping::RenderObservation(result, observation)));
    }
    AddPhenotypes(report, sources);
  }

  /// One result for each Observation: alleles whose phase is not known stand apart.
  static std::vector<rules::GeneResult> Parts(const GeneReport& report) {
    rules::GeneResult result = report.result;
    // What is derived stands in an Observation of its own.
    if (!result.diplotypes.empty()) result.reported_phenotype.reset();
    if (!report.outside) result.method = "star alleles from a VCF";
    if (result.haplotypes.empty()) return {result};
    std::vector<rules::GeneResult> parts;
    for (const std::string& haplotype : report.call.haplotypes) {
      rules::GeneResult part = result;
      part.haplotypes = {haplotype};
      parts.push_back(std::move(part));
    }
    return parts;
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
        references.push_back(Add(Variant(gene, evidence, p, label)));
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
        Component("48018-6", "Gene studied [ID]", "valueCodeableConcept", {{"text", gene.gene}}));
    components.push_back(
        Component("48013-7", "Genomic reference sequence [ID]", "valueCodeableConcept",
                  Coded("http://www.ncbi.nlm.nih.gov/nuccore", gene.sequence, gene.sequence)));
    components.push_back(Component(
        "81290-9", "Genomic DNA change (gHGVS)", "valueCodeableConcept",
        Coded("http://varnomen.hgvs.org", gene.sequence + ":" + gene.VariantName(p, bases),
              gene.VariantName(p, bases))));
    if (!position.rsid.empty()) {
      components.push_back(Component(
          "81255-2", "dbSNP [ID]", "valueCodeableConcept",
          Coded("http://www.ncbi.nlm.nih.gov/projects/SNP", position.rsid, position.rsid)));
    }
    components.push_back(
        Component("69547-8", "Genomic ref allele [ID]", "valueString", Json(position.ref)));
    components.push_back(
        Component("69551-0", "Genomic alt allele [ID]", "valueString", Json(bases)));
    components.push_back(Component("81254-5", "Genomic allele start-end", "valueRange",
                                   {{"low", {{"value", position.position}}}}));
    AddAllelicState(evidence.sites[p], components);
    Json observation = {
        {"resourceType", "Observation"},
        {"status", "final"},
        {"category",
         Json::array({Coded(fhir::systems::kObservationCategory, "laboratory", "Laboratory"),
                      Coded(fhir::systems::kV2DiagnosticService, "GE", "Genetics")})},
        {"code", Loinc("69548-6", "Genetic variant assessment")}};
    if (!subject_.empty()) observation["subject"] = {{"reference", subject_}};
    observation["valueCodeableConcept"] = Loinc("LA9633-4", "Present");
    observation["component"] = std::move(components);
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
  void AddPhenotypes(const GeneReport& report, const std::vector<std::string>& sources) {
    if (context_.knowledge == nullptr) return;
    const rules::Gene* gene = context_.knowledge->FindGene(report.call.gene);
    if (gene == nullptr) return;
    if (report.result.diplotypes.empty() && report.result.haplotypes.empty()) return;
    mapping::ObservationContext observation;
    observation.subject = subject_;
    observation.derived_from = sources;
    std::vector<std::string> written;
    for (const auto& reading : rules::Interpret(*gene, report.result).candidates) {
      if (reading.phenotype.empty()) continue;
      if (std::find(written.begin(), written.end(), reading.phenotype) != written.end()) continue;
      written.push_back(reading.phenotype);
      rules::GeneResult derived;
      derived.gene = report.call.gene;
      derived.reported_phenotype = reading.phenotype;
      Add(mapping::RenderObservation(derived, observation));
    }
  }

  const SampleEvidence& evidence_;
  const CallReportContext& context_;
  const std::string& subject_;
  core::Ids& ids_;
  Json entries_ = Json::array();
};

}  // namespace

Json RenderCallBundle(const SampleCall& sample, const SampleEvidence& evidence,
                      const CallReportContext& context, const std::string& subject,
                      core::Ids& ids) {
  return BundleWriter(evidence, context, subject, ids).Write(sample);
}

}  // namespace genflik::lab
