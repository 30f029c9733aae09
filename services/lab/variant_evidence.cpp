#include "services/lab/variant_evidence.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>

#include <Poco/DigestEngine.h>
#include <Poco/SHA1Engine.h>
#include <nlohmann/json.hpp>

#include "services/mapping/genomics.h"
#include "services/mapping/genomics_coverage.h"

namespace genflik::lab {
namespace {

using fhir::FindText;
using fhir::Json;
using mapping::VariantFinding;

constexpr std::string_view kDerived = "call-";

std::string ReferenceIn(const Json& resource, std::string_view name) {
  const Json* value = fhir::Find(resource, name);
  return value == nullptr ? "" : std::string(FindText(*value, "reference"));
}

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

/// An Observation whose variants are not results by themselves.
bool IsOpen(const Json& observation) {
  fhir::IssueLog log;
  return mapping::ReadGeneResults(observation, log).empty() && log.issues().empty();
}

bool CountsAs(const Json& observation) {
  const std::string_view status = FindText(observation, "status");
  return status != "entered-in-error" && status != "cancelled" && status != "unknown";
}

bool IsDerived(const store::StoredResource& resource) { return resource.id.starts_with(kDerived); }

std::string DerivedTag(const Analysis& analysis) { return Digest(analysis.Text()).substr(0, 24); }

void AddReported(const Json& body, bool same_analysis, AnalysisEvidence& evidence) {
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

}  // namespace

std::string Digest(const std::string& text) {
  Poco::SHA1Engine engine;
  engine.update(text);
  return Poco::DigestEngine::digestToHex(engine.digest());
}

std::string PatientOf(const Json& resource) {
  const std::string reference = ReferenceIn(resource, "subject");
  return reference.starts_with("Patient/") ? reference.substr(8) : "";
}

void AddSources(const Json& observation, const std::string& reference, std::int64_t version,
                std::vector<VariantSource>& sources) {
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

AnalysisEvidence Collect(const store::Reader& reader, const Analysis& analysis) {
  AnalysisEvidence evidence;
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

}  // namespace genflik::lab
