#include "services/lab/vcf_intake.h"

#include <algorithm>
#include <set>
#include <utility>

#include <Poco/DigestEngine.h>
#include <Poco/SHA1Engine.h>
#include <nlohmann/json.hpp>

#include "fhir/systems.h"
#include "services/core/error.h"
#include "services/lab/intake.h"
#include "services/lab/lab_report.h"

namespace genflik::lab {

namespace {

using core::Error;
using core::ErrorCode;
using fhir::Json;
namespace systems = fhir::systems;

constexpr std::string_view kPatient = "Patient/";

std::string Digest(std::string_view bytes) {
  Poco::SHA1Engine engine;
  engine.update(bytes.data(), bytes.size());
  return Poco::DigestEngine::digestToHex(engine.digest());
}

SampleEvidence OneSample(VcfReading& reading, const std::string& wanted) {
  if (reading.samples.size() == 1) return std::move(reading.samples.front());
  // A name with a comma cannot be chosen while reading.
  for (SampleEvidence& sample : reading.samples) {
    if (sample.sample == wanted) return std::move(sample);
  }
  throw Error(ErrorCode::kInvalid, "the file holds " + std::to_string(reading.samples.size()) +
                                       " samples: say which one (sample)");
}

/// The diplotypes, or the list of alleles, as one text.
std::string Said(const rules::GeneResult& result) {
  std::string text;
  for (const std::string& diplotype : result.diplotypes) {
    text += (text.empty() ? "" : " or ") + diplotype;
  }
  for (const std::string& haplotype : result.haplotypes) {
    text += (text.empty() ? "" : "; ") + haplotype;
  }
  return text.empty() ? std::string(rules::CodeOf(result.status)) : text;
}

std::string TextOfGenotype(const Json& observation, const std::string& gene) {
  const Json* value = fhir::Find(observation, "valueCodeableConcept");
  if (value == nullptr) return "";
  std::string text(fhir::FindText(*value, "text"));
  if (text.starts_with(gene)) text.erase(0, gene.size());
  while (text.starts_with(' ')) text.erase(0, 1);
  return text;
}

/// The resources of a call as the one value that the funnel takes.
LabReport ToReport(std::vector<CallResource>& resources, LabReport report) {
  for (CallResource& resource : resources) {
    if (resource.derived) continue;
    if (resource.key.empty()) {
      report.report = resource.body;
    } else {
      report.results.push_back({resource.key, resource.body});
    }
  }
  return report;
}

/// Every version that a stored report had is kept; what it no longer says must not stay in force.
void Withdraw(store::Writer& writer, const LabReport& report, const std::vector<std::string>& genes,
              const std::vector<std::string>& keys) {
  const auto stored = writer.Find("DiagnosticReport", StoredId(report, ""));
  if (!stored) return;
  std::set<std::string> said;
  for (const std::string& key : keys) said.insert("Observation/" + StoredId(report, key));
  const Json earlier = stored->Body();
  for (const Json& reference : fhir::FindArray(earlier, "result")) {
    const std::string place(fhir::FindText(reference, "reference"));
    if (said.contains(place) || !place.starts_with("Observation/")) continue;
    auto observation = writer.Find("Observation", place.substr(12));
    if (!observation) continue;
    Json body = observation->Body();
    const auto about = [&body](const std::string& gene) {
      for (const Json& component : fhir::FindArray(body, "component")) {
        const Json* value = fhir::Find(component, "valueCodeableConcept");
        if (value == nullptr) continue;
        if (fhir::FindText(*value, "text") == gene) return true;
        for (const Json& coding : fhir::FindArray(*value, "coding")) {
          if (fhir::FindText(coding, "display") == gene) return true;
        }
      }
      return false;
    };
    if (std::none_of(genes.begin(), genes.end(), about)) continue;
    body["status"] = "entered-in-error";
    writer.Put(std::move(body));
  }
}

std::vector<std::string> KeysOf(const LabReport& report) {
  std::vector<std::string> keys;
  for (const LabResult& result : report.results) keys.push_back(result.key);
  return keys;
}

std::vector<std::string> GenesOf(const SampleCall& call) {
  std::vector<std::string> genes = call.not_tested;
  for (const GeneReport& report : call.genes) genes.push_back(report.call.gene);
  return genes;
}

/// Sender and number by which a stored report is known.
LabReport Identified(const Json& report) {
  LabReport identified;
  const std::string prefix = std::string(systems::kGenflik) + "/report/";
  for (const Json& identifier : fhir::FindArray(report, "identifier")) {
    const std::string_view system = fhir::FindText(identifier, "system");
    if (!system.starts_with(prefix)) continue;
    identified.sender = std::string(system.substr(prefix.size()));
    identified.number = std::string(fhir::FindText(identifier, "value"));
  }
  const Json* subject = fhir::Find(report, "subject");
  if (subject != nullptr) {
    std::string reference(fhir::FindText(*subject, "reference"));
    if (reference.starts_with(kPatient)) identified.patient.id = reference.substr(kPatient.size());
  }
  return identified;
}

std::function<std::string(std::string_view, const std::string&)> StoredPlaces(
    const LabReport& report, core::Ids& ids) {
  return [&report, &ids](std::string_view type, const std::string& key) {
    // What follows from knowledge is not stored and has no place to be found at.
    if (key.starts_with("implication-") || key.starts_with("phenotype-")) {
      return "urn:uuid:" + ids.New();
    }
    return std::string(type) + "/" + StoredId(report, key);
  };
}

}  // namespace

Json VcfIntake::Call(std::string_view bytes, const VcfOrder& order) {
  const auto knowledge = needs_.knowledge();
  const auto index = needs_.definitions->For(*knowledge);
  VcfOptions reading_options;
  if (!order.sample.empty()) reading_options.samples = {order.sample};
  reading_options.thresholds = order.thresholds;
  VcfReading reading = ReadVcfBytes(bytes, *index, reading_options);
  const SampleEvidence evidence = OneSample(reading, order.sample);
  const SampleCall call = CallAsSet(evidence, *index, order.settings);
  CallReportContext context;
  context.index = index.get();
  context.knowledge = knowledge.get();
  CallBundleOptions options;
  options.subject = order.subject;
  options.effective = order.effective;
  options.laboratory = order.laboratory;
  options.implications = order.implications;
  options.settings = order.settings;
  if (!order.store) {
    options.place = [this](std::string_view, const std::string&) {
      return "urn:uuid:" + needs_.ids.New();
    };
    return BundleOf(RenderCallResources(call, evidence, context, options));
  }
  if (!order.subject.starts_with(kPatient)) {
    throw Error(ErrorCode::kInvalid, "to be stored, results need a subject \"Patient/id\"");
  }
  if (call.genes.empty()) {
    throw Error(ErrorCode::kInvalid, "the file says nothing of any gene asked for; nothing stored");
  }
  LabReport report;
  report.patient.id = order.subject.substr(kPatient.size());
  report.sender = order.laboratory.empty() ? "vcf" : order.laboratory;
  report.number = order.number.empty() ? order.subject + "|" + evidence.sample + "|" + Digest(bytes)
                                       : order.number;
  if (options.effective.empty()) {
    options.effective = core::PrintInstant(needs_.clock.Now()).substr(0, 10);
  }
  options.place = StoredPlaces(report, needs_.ids);
  auto resources = RenderCallResources(call, evidence, context, options);
  report = ToReport(resources, std::move(report));
  Store(report, GenesOf(call), KeysOf(report));
  for (CallResource& resource : resources) {
    if (resource.derived) continue;
    resource.body["id"] = StoredId(report, resource.key);
  }
  return BundleOf(std::move(resources));
}

void VcfIntake::Store(const LabReport& report, const std::vector<std::string>& genes,
                      const std::vector<std::string>& keys) {
  const core::Instant now = needs_.clock.Now();
  needs_.store.Write([&](store::Writer& writer) {
    Withdraw(writer, report, genes, keys);
    (void)StoreReport(writer, report, now);
  });
}

Recalled VcfIntake::Recall(const Json& report, bool store) {
  const auto knowledge = needs_.knowledge();
  const auto index = needs_.definitions->For(*knowledge);
  const KeptCall kept = ReadKept(KeptIn(report), *index);
  const SampleCall call = CallAsSet(kept.evidence, *index, kept.settings);
  LabReport identified = Identified(report);
  Recalled recalled;
  recalled.report = "DiagnosticReport/" + std::string(fhir::FindText(report, "id"));
  recalled.patient = identified.patient.id;
  recalled.before = kept.knowledge;
  needs_.store.Read([&](const store::Reader& reader) {
    for (const GeneReport& gene : call.genes) {
      const auto stored =
          reader.Find("Observation", StoredId(identified, "genotype-" + gene.call.gene));
      std::string before = stored ? TextOfGenotype(stored->Body(), gene.call.gene) : "not-tested";
      if (stored && before.empty()) before = "no-call";
      const std::string now = Said(gene.result);
      if (before != now) recalled.changes.push_back({gene.call.gene, before, now});
    }
    for (const std::string& gene : call.not_tested) {
      const auto stored = reader.Find("Observation", StoredId(identified, "genotype-" + gene));
      if (!stored || fhir::FindText(stored->Body(), "status") == "entered-in-error") continue;
      recalled.changes.push_back({gene, TextOfGenotype(stored->Body(), gene), "not-tested"});
    }
  });
  if (!store || recalled.changes.empty()) return recalled;
  CallReportContext context;
  context.index = index.get();
  context.knowledge = knowledge.get();
  CallBundleOptions options;
  options.subject = std::string(kPatient) + identified.patient.id;
  options.effective = std::string(fhir::FindText(report, "effectiveDateTime"));
  for (const Json& performer : fhir::FindArray(report, "performer")) {
    options.laboratory = std::string(fhir::FindText(performer, "display"));
  }
  options.status = rules::RecordStatus::kAmended;
  options.settings = kept.settings;
  options.implications = ImplicationChoice::kNone;
  options.place = StoredPlaces(identified, needs_.ids);
  auto resources = RenderCallResources(call, kept.evidence, context, options);
  const LabReport amended = ToReport(resources, identified);
  Store(amended, GenesOf(call), KeysOf(amended));
  return recalled;
}

std::vector<Recalled> VcfIntake::RecallAll(bool store) {
  const std::vector<Json> reports = needs_.store.Read([](const store::Reader& reader) {
    std::vector<Json> found;
    for (const auto& stored :
         reader.FindMatching("DiagnosticReport", "code=http://loinc.org|51969-4")) {
      Json body = stored.Body();
      if (fhir::FindText(body, "status") == "entered-in-error") continue;
      if (!KeptIn(body).is_null()) found.push_back(std::move(body));
    }
    return found;
  });
  std::vector<Recalled> all;
  for (const Json& report : reports) all.push_back(Recall(report, store));
  return all;
}

}  // namespace genflik::lab
