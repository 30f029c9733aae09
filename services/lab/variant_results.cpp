#include "services/lab/variant_results.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "fhir/systems.h"
#include "services/lab/decision_record.h"
#include "services/lab/unmapped_queue.h"
#include "services/lab/variant_evidence.h"
#include "services/lab/variant_panel.h"
#include "services/mapping/genomics.h"

namespace genflik::lab {
namespace {

using fhir::FindText;
using fhir::Json;
using mapping::VariantFinding;

/// The findings of one gene.
struct GeneFindings {
  std::vector<const VariantSource*> sources = {};
  std::vector<PlacedFinding> placed = {};
  std::vector<std::string> problems = {};
};

class Deriver {
 public:
  Deriver(store::Writer& writer, const rules::AlleleDefinitions& definitions,
          const rules::KnowledgeBase& knowledge, Analysis analysis)
      : writer_(writer),
        definitions_(definitions),
        knowledge_(knowledge),
        analysis_(std::move(analysis)) {}

  std::vector<store::StoredResource> Run() {
    if (analysis_.patient.empty()) return {};
    evidence_ = Collect(writer_, analysis_);
    std::map<std::string, GeneFindings> genes;
    for (const VariantSource& source : evidence_.sources) Place(source, genes);
    for (const auto& [gene, findings] : genes) Call(gene, findings);
    CloseQueue();
    Withdraw();
    WriteProvenance();
    return std::move(written_);
  }

 private:
  // Which call came from which variants stands in the calls (derivedFrom).
  void WriteProvenance() {
    std::vector<std::string> targets;
    std::string recorded;
    for (const store::StoredResource& call : written_) {
      const auto before = evidence_.derived.find(call.id);
      if (before != evidence_.derived.end() && before->second.version == call.version) continue;
      targets.push_back(call.Reference() + "/_history/" + std::to_string(call.version));
      recorded = call.last_updated;
    }
    if (targets.empty()) return;
    std::set<std::string> variants;
    for (const VariantSource& source : evidence_.sources) {
      variants.insert(source.reference + "/_history/" + std::to_string(source.version));
    }
    Json provenance =
        RenderProvenance({.by = "genflik", .reason = "called from variants", .at = recorded},
                         "call-variants", targets, analysis_.patient);
    for (const std::string& variant : variants) {
      provenance["entity"].push_back({{"role", "source"}, {"what", {{"reference", variant}}}});
    }
    writer_.Put(std::move(provenance));
  }

  void Place(const VariantSource& source, std::map<std::string, GeneFindings>& genes) {
    if (evidence_.used.contains(source.reference)) return;
    std::string problem;
    auto placed = PlaceFinding(source.finding, definitions_, problem);
    std::string gene = placed ? placed->gene->gene : source.finding.gene;
    if (!placed && gene.empty()) {
      // The name may still tell the gene when the answer is what cannot be read.
      VariantFinding known = source.finding;
      known.answer = VariantFinding::Answer::kNoCall;
      std::string unused;
      if (const auto place = PlaceFinding(known, definitions_, unused)) gene = place->gene->gene;
    }
    if (evidence_.reported.contains(gene)) return;
    GeneFindings& findings = genes[gene];
    findings.sources.push_back(&source);
    if (placed) {
      findings.placed.push_back(std::move(*placed));
    } else {
      findings.problems.push_back(source.finding.text + ": " + problem);
    }
  }

  void Call(const std::string& gene, const GeneFindings& findings) {
    std::vector<std::string> problems = findings.problems;
    const rules::GeneDefinition* definition = definitions_.Find(gene);
    const bool each =
        definition != nullptr && definition->method == rules::CallMethod::kEveryVariant;
    if (each) {
      CallEach(findings, problems);
    } else if (problems.empty() && definition != nullptr) {
      CallTogether(*definition, findings, problems);
    }
    if (!problems.empty()) Queue(gene, findings, problems);
  }

  rules::Coverage Stated(const GeneFindings& findings) const {
    for (const VariantSource* source : findings.sources) {
      if (source->coverage.known) return source->coverage;
    }
    return {};
  }

  std::optional<rules::Sex> SexOfPatient() const {
    const auto patient = writer_.Find("Patient", analysis_.patient);
    if (!patient) return std::nullopt;
    const Json body = patient->Body();
    const std::string_view gender = FindText(body, "gender");
    if (gender == "male") return rules::Sex::kMale;
    return gender == "female" ? std::optional(rules::Sex::kFemale) : std::nullopt;
  }

  void CallTogether(const rules::GeneDefinition& definition, const GeneFindings& findings,
                    std::vector<std::string>& problems) {
    std::string problem;
    const PanelContext context{
        .stated = Stated(findings), .sex = SexOfPatient(), .knowledge = &knowledge_};
    auto result = CallPanel(definition, findings.placed, context, problem);
    if (!problem.empty()) problems.push_back(problem);
    if (result) Put(std::move(*result), findings.sources, definition.gene);
  }

  void CallEach(const GeneFindings& findings, std::vector<std::string>& problems) {
    for (const PlacedFinding& placed : findings.placed) {
      const std::string label = placed.gene->LabelOf(placed.position);
      std::string problem;
      auto result = CallSingle(placed, problem);
      std::vector<const VariantSource*> sources;
      for (const VariantSource* source : findings.sources) {
        std::string unused;
        const auto own = PlaceFinding(source->finding, definitions_, unused);
        if (own && own->position == placed.position) sources.push_back(source);
      }
      if (!problem.empty()) problems.push_back(problem);
      if (result) Put(std::move(*result), sources, label);
    }
  }

  static rules::RecordStatus StatusOf(const std::vector<const VariantSource*>& sources) {
    rules::RecordStatus status = rules::RecordStatus::kFinal;
    for (const VariantSource* source : sources) {
      if (source->status == "preliminary" || source->status == "registered") {
        return rules::RecordStatus::kPreliminary;
      }
      if (source->status == "corrected") status = rules::RecordStatus::kCorrected;
      const bool amended = source->status == "amended";
      if (amended && status == rules::RecordStatus::kFinal) status = rules::RecordStatus::kAmended;
    }
    return status;
  }

  void Put(rules::GeneResult result, const std::vector<const VariantSource*>& sources,
           const std::string& part) {
    mapping::ObservationContext context;
    context.subject = "Patient/" + analysis_.patient;
    context.specimen = analysis_.specimen;
    for (const VariantSource* source : sources) {
      if (!result.reported_text.empty()) result.reported_text += "; ";
      result.reported_text += source->finding.text;
      if (result.method.empty()) result.method = source->method;
      if (std::find(context.derived_from.begin(), context.derived_from.end(), source->reference) ==
          context.derived_from.end()) {
        context.derived_from.push_back(source->reference);
      }
    }
    result.record_status = StatusOf(sources);
    result.effective = analysis_.effective;
    result.laboratory = analysis_.laboratory;
    const std::vector<std::string> present = std::exchange(result.haplotypes, {});
    if (!present.empty()) result.absent = {present.front()};
    Json observation = mapping::RenderObservation(result, context);
    if (!present.empty()) SetPresent(present.size() > 1, observation);
    const std::string id = DerivedId(analysis_, part);
    observation["id"] = id;
    kept_.insert(id);
    written_.push_back(writer_.Put(std::move(observation)));
  }

  /// Turns the form for an absent variant into the one for a present.
  static void SetPresent(bool homozygous, Json& observation) {
    const auto answer = [](const char* code, const char* display) -> Json {
      return {{"coding", Json::array({{{"system", std::string(fhir::systems::kLoinc)},
                                       {"code", code},
                                       {"display", display}}})}};
    };
    observation["valueCodeableConcept"] = answer("LA9633-4", "Present");
    observation["component"].push_back(
        {{"code", answer("53034-5", "Allelic state")},
         {"valueCodeableConcept",
          homozygous ? answer("LA6705-3", "Homozygous") : answer("LA6706-1", "Heterozygous")}});
  }

  std::string QueueKey() const { return "variants|" + Digest(analysis_.Text()) + "|"; }

  void Queue(const std::string& gene, const GeneFindings& findings,
             const std::vector<std::string>& problems) {
    std::string versions;
    for (const VariantSource* source : findings.sources) {
      versions += source->reference + "/" + std::to_string(source->version) + " ";
    }
    Unmapped entry{.form = "fhir",
                   .source = findings.sources.front()->reference,
                   .patient = analysis_.patient};
    for (const std::string& problem : problems) {
      entry.reasons.push_back((gene.empty() ? "variant " : gene + " ") + problem);
    }
    std::string reasons;
    for (const std::string& reason : entry.reasons) reasons += reason + "\n";
    const std::string key = QueueKey() + gene + "|" + Digest(versions + reasons);
    open_.insert(key);
    if (writer_.FindRecords({.kind = "unmapped", .key = key}).empty()) {
      writer_.AppendRecord(ToRecord(entry, key));
    }
  }

  /// Entries of this analysis that no longer hold.
  void CloseQueue() {
    store::RecordFilter filter;
    filter.kind = "unmapped";
    filter.patient = analysis_.patient;
    filter.status = "open";
    for (store::Record& record : writer_.FindRecords(filter)) {
      if (!record.key.starts_with(QueueKey()) || open_.contains(record.key)) continue;
      record.status = "replaced";
      writer_.UpdateRecord(record);
    }
  }

  /// Calls that the findings no longer support stay in the history, withdrawn.
  void Withdraw() {
    for (const auto& [id, stored] : evidence_.derived) {
      if (kept_.contains(id)) continue;
      Json body = stored.Body();
      if (FindText(body, "status") == "entered-in-error") continue;
      body["status"] = "entered-in-error";
      written_.push_back(writer_.Put(std::move(body)));
    }
  }

  store::Writer& writer_;
  const rules::AlleleDefinitions& definitions_;
  const rules::KnowledgeBase& knowledge_;
  Analysis analysis_;
  AnalysisEvidence evidence_;
  std::set<std::string> kept_;
  std::set<std::string> open_;
  std::vector<store::StoredResource> written_;
};

/// Variants that belong to nobody's record cannot become results there.
void QueueWithoutPatient(store::Writer& writer, const store::StoredResource& resource) {
  if (resource.deleted) return;
  const Json body = resource.Body();
  std::vector<VariantSource> sources;
  AddSources(body, resource.Reference(), resource.version, sources);
  for (const Json& contained : fhir::FindArray(body, "contained")) {
    AddSources(contained, resource.Reference(), resource.version, sources);
  }
  if (sources.empty() || !PatientOf(body).empty()) return;
  const std::string key =
      "variants|" + resource.Reference() + "/_history/" + std::to_string(resource.version);
  if (!writer.FindRecords({.kind = "unmapped", .key = key}).empty()) return;
  writer.AppendRecord(ToRecord(
      {.form = "fhir",
       .source = resource.Reference(),
       .reasons = {sources.front().finding.text + ": the variant names no patient of this record"}},
      key));
}

}  // namespace

std::vector<store::StoredResource> VariantResults::Update(
    store::Writer& writer, const std::vector<store::StoredResource>& written) const {
  std::set<Analysis> analyses;
  for (const store::StoredResource& resource : written) {
    if (resource.type != "Observation" && resource.type != "DiagnosticReport") continue;
    QueueWithoutPatient(writer, resource);
    AddAnalyses(writer, resource, analyses);
    if (resource.version < 2) continue;
    // What the version before spoke of may no longer be said.
    const auto before = writer.FindVersion(resource.type, resource.id, resource.version - 1);
    if (before) AddAnalyses(writer, *before, analyses);
  }
  std::vector<store::StoredResource> derived;
  if (analyses.empty()) return derived;
  const auto knowledge = knowledge_();
  const auto definitions = definitions_();
  for (const Analysis& analysis : analyses) {
    for (auto& stored : Deriver(writer, *definitions, *knowledge, analysis).Run()) {
      derived.push_back(std::move(stored));
    }
  }
  return derived;
}

store::WriteObserver WithVariantResults(std::shared_ptr<const VariantResults> variants,
                                        std::vector<store::WriteObserver> next) {
  return [variants = std::move(variants), next = std::move(next)](
             store::Writer& writer, const std::vector<store::StoredResource>& written) {
    std::vector<store::StoredResource> all = written;
    for (auto& derived : variants->Update(writer, written)) all.push_back(std::move(derived));
    for (const store::WriteObserver& observer : next) observer(writer, all);
  };
}

}  // namespace genflik::lab
