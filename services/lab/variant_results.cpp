#include "services/lab/variant_results.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <Poco/DigestEngine.h>
#include <Poco/SHA1Engine.h>
#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "fhir/systems.h"
#include "services/lab/decision_record.h"
#include "services/lab/unmapped_queue.h"
#include "services/lab/variant_panel.h"
#include "services/mapping/genomics.h"
#include "services/mapping/genomics_coverage.h"
#include "services/mapping/genomics_variants.h"

namespace genflik::lab {
namespace {

using fhir::FindText;
using fhir::Json;
using mapping::VariantFinding;

constexpr std::string_view kDerived = "call-";

std::string Digest(const std::string& text) {
  Poco::SHA1Engine engine;
  engine.update(text);
  return Poco::DigestEngine::digestToHex(engine.digest());
}

std::string ReferenceIn(const Json& resource, std::string_view name) {
  const Json* value = fhir::Find(resource, name);
  return value == nullptr ? "" : std::string(FindText(*value, "reference"));
}

std::string PatientOf(const Json& resource) {
  const std::string reference = ReferenceIn(resource, "subject");
  return reference.starts_with("Patient/") ? reference.substr(8) : "";
}

/// One analysis of one patient.
struct Analysis {
  std::string patient = {};
  std::string effective = {};
  std::string laboratory = {};
  std::string specimen = {};
  /// Findings within a report that contains its Observations belong to it alone.
  std::string report = {};

  auto operator<=>(const Analysis&) const = default;
  std::string Text() const {
    return patient + "|" + effective + "|" + laboratory + "|" + specimen + "|" + report;
  }
};

std::string TextIn(const Json& observation, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const std::string_view text = FindText(observation, name);
    if (!text.empty()) return std::string(text);
  }
  return "";
}

Analysis AnalysisOf(const Json& observation) {
  Analysis analysis;
  analysis.patient = PatientOf(observation);
  analysis.effective = TextIn(observation, {"effectiveDateTime", "effectiveInstant", "issued"});
  analysis.specimen = ReferenceIn(observation, "specimen");
  for (const Json& performer : fhir::FindArray(observation, "performer")) {
    if (analysis.laboratory.empty())
      analysis.laboratory = TextIn(performer, {"display", "reference"});
  }
  return analysis;
}

/// A finding with the Observation it stands in.
struct Source {
  std::string reference = {};
  std::int64_t version = 0;
  std::string status = {};
  std::string method = {};
  rules::Coverage coverage = {};
  VariantFinding finding = {};
};

/// An Observation whose variants are not results by themselves.
bool IsOpen(const Json& observation) {
  fhir::IssueLog log;
  return mapping::ReadGeneResults(observation, log).empty() && log.issues().empty();
}

bool CountsAs(const Json& observation) {
  const std::string_view status = FindText(observation, "status");
  return status != "entered-in-error" && status != "cancelled" && status != "unknown";
}

void AddSources(const Json& observation, const std::string& reference, std::int64_t version,
                std::vector<Source>& sources) {
  if (!CountsAs(observation) || !IsOpen(observation)) return;
  const Json* method = fhir::Find(observation, "method");
  for (VariantFinding& finding : mapping::ReadVariantFindings(observation)) {
    sources.push_back({.reference = reference,
                       .version = version,
                       .status = std::string(FindText(observation, "status")),
                       .method = method == nullptr ? "" : std::string(FindText(*method, "text")),
                       .coverage = mapping::ReadCoverage(observation),
                       .finding = std::move(finding)});
  }
}

bool IsDerived(const store::StoredResource& resource) { return resource.id.starts_with(kDerived); }

std::string DerivedTag(const Analysis& analysis) { return Digest(analysis.Text()).substr(0, 24); }

/// The id of our call of a gene, or of one variant.
std::string DerivedId(const Analysis& analysis, const std::string& part) {
  std::string id = std::string(kDerived) + DerivedTag(analysis) + "-" + part;
  const auto allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
  };
  std::replace_if(
      id.begin(), id.end(), [&](char c) { return !allowed(c); }, '.');
  return id.substr(0, 64);
}

/// The analyses that a version of a resource has to do with.
void AddAnalyses(const store::Reader& reader, const store::StoredResource& resource,
                 std::set<Analysis>& analyses) {
  if (resource.deleted || IsDerived(resource)) return;
  const Json body = resource.Body();
  if (resource.type == "DiagnosticReport") {
    bool any = false;
    for (const Json& contained : fhir::FindArray(body, "contained")) {
      any = any || !mapping::ReadVariantFindings(contained).empty();
    }
    if (any) {
      Analysis analysis = AnalysisOf(body);
      analysis.report = resource.Reference();
      analyses.insert(std::move(analysis));
    }
    return;
  }
  if (!mapping::ReadVariantFindings(body).empty()) analyses.insert(AnalysisOf(body));
  // Alleles that arrive after the variants they are derived from settle them.
  for (const Json& from : fhir::FindArray(body, "derivedFrom")) {
    const std::string reference(FindText(from, "reference"));
    if (!reference.starts_with("Observation/")) continue;
    const auto variant = reader.Find("Observation", reference.substr(12));
    if (!variant || IsDerived(*variant)) continue;
    const Json variant_body = variant->Body();
    if (!mapping::ReadVariantFindings(variant_body).empty()) {
      analyses.insert(AnalysisOf(variant_body));
    }
  }
  // So do alleles that the laboratory reports itself after we have called them.
  for (const rules::GeneResult& result : mapping::ReadGeneResults(body)) {
    Analysis analysis = AnalysisOf(body);
    if (reader.FindLatest("Observation", DerivedId(analysis, result.gene))) {
      analyses.insert(std::move(analysis));
    }
  }
}

/// What is stored about one analysis.
struct Evidence {
  std::vector<Source> sources = {};
  /// Genes whose alleles the laboratory reports itself.
  std::set<std::string> reported = {};
  /// Observations that such a report is derived from.
  std::set<std::string> used = {};
  /// Our own calls of this analysis, by id.
  std::map<std::string, store::StoredResource> derived = {};
};

void AddReported(const Json& body, bool same_analysis, Evidence& evidence) {
  if (!CountsAs(body)) return;
  for (const rules::GeneResult& result : mapping::ReadGeneResults(body)) {
    const bool alleles = !result.diplotypes.empty() || !result.haplotypes.empty();
    // A variant that is an allele by itself does not settle the other positions of its gene.
    const bool whole = alleles && mapping::ReadVariantFindings(body).empty();
    if (whole && same_analysis) evidence.reported.insert(result.gene);
    if (!alleles) continue;
    for (const Json& from : fhir::FindArray(body, "derivedFrom")) {
      evidence.used.insert(std::string(FindText(from, "reference")));
    }
  }
}

Evidence Collect(const store::Reader& reader, const Analysis& analysis) {
  Evidence evidence;
  const std::string prefix = std::string(kDerived) + DerivedTag(analysis) + "-";
  for (store::StoredResource& stored :
       reader.FindMatching("Observation", "patient=Patient/" + analysis.patient)) {
    if (IsDerived(stored)) {
      if (stored.id.starts_with(prefix)) evidence.derived.emplace(stored.id, std::move(stored));
      continue;
    }
    const Json body = stored.Body();
    const bool same = AnalysisOf(body) == analysis;
    AddReported(body, same, evidence);
    if (same) AddSources(body, stored.Reference(), stored.version, evidence.sources);
  }
  if (analysis.report.empty()) return evidence;
  const auto report = reader.Find("DiagnosticReport", analysis.report.substr(17));
  if (!report) return evidence;
  const Json body = report->Body();
  for (const Json& contained : fhir::FindArray(body, "contained")) {
    AddReported(contained, true, evidence);
    if (CountsAs(body)) AddSources(contained, analysis.report, report->version, evidence.sources);
  }
  return evidence;
}

/// The findings of one gene.
struct GeneFindings {
  std::vector<const Source*> sources = {};
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
    for (const Source& source : evidence_.sources) Place(source, genes);
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
    for (const Source& source : evidence_.sources) {
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

  void Place(const Source& source, std::map<std::string, GeneFindings>& genes) {
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
    for (const Source* source : findings.sources) {
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
      std::vector<const Source*> sources;
      for (const Source* source : findings.sources) {
        std::string unused;
        const auto own = PlaceFinding(source->finding, definitions_, unused);
        if (own && own->position == placed.position) sources.push_back(source);
      }
      if (!problem.empty()) problems.push_back(problem);
      if (result) Put(std::move(*result), sources, label);
    }
  }

  static rules::RecordStatus StatusOf(const std::vector<const Source*>& sources) {
    rules::RecordStatus status = rules::RecordStatus::kFinal;
    for (const Source* source : sources) {
      if (source->status == "preliminary" || source->status == "registered") {
        return rules::RecordStatus::kPreliminary;
      }
      if (source->status == "corrected") status = rules::RecordStatus::kCorrected;
      const bool amended = source->status == "amended";
      if (amended && status == rules::RecordStatus::kFinal) status = rules::RecordStatus::kAmended;
    }
    return status;
  }

  void Put(rules::GeneResult result, const std::vector<const Source*>& sources,
           const std::string& part) {
    mapping::ObservationContext context;
    context.subject = "Patient/" + analysis_.patient;
    context.specimen = analysis_.specimen;
    for (const Source* source : sources) {
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
    for (const Source* source : findings.sources) {
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
  Evidence evidence_;
  std::set<std::string> kept_;
  std::set<std::string> open_;
  std::vector<store::StoredResource> written_;
};

/// Variants that belong to nobody's record cannot become results there.
void QueueWithoutPatient(store::Writer& writer, const store::StoredResource& resource) {
  if (resource.deleted) return;
  const Json body = resource.Body();
  std::vector<Source> sources;
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
