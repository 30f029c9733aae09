// Operations of the Genomics Reporting guide on one patient:
// http://hl7.org/fhir/uv/genomics-reporting/STU3/operations.html
#include <algorithm>

#include <nlohmann/json.hpp>

#include "fhir/systems.h"
#include "services/core/error.h"
#include "services/rest/genomics_implications.h"
#include "services/rest/genomics_record.h"
#include "services/rest/interactions.h"
#include "services/rest/support.h"

namespace genflik::rest {
namespace {

using fhir::Json;

const std::vector<std::string_view> kFilters = {"subject", "testIdentifiers", "testDateRange",
                                                "specimenIdentifiers", "genomicSourceClass"};

std::vector<std::string_view> Known(std::initializer_list<std::string_view> own) {
  std::vector<std::string_view> names = kFilters;
  names.insert(names.end(), own);
  return names;
}

Json Part(std::string_view name, std::string_view value_name, Json value) {
  Json part = Json::object();
  part["name"] = std::string(name);
  part[std::string(value_name)] = std::move(value);
  return part;
}

std::string_view NameOf(FindingKind kind) {
  switch (kind) {
    case FindingKind::kGenotype:
      return "genotype";
    case FindingKind::kHaplotype:
      return "haplotype";
    case FindingKind::kVariant:
      return "variant";
    case FindingKind::kPhase:
      return "sequencePhaseRelationship";
    case FindingKind::kImplication:
      return "implication";
  }
  return {};
}

Json Part(const Finding& finding) {
  return Part(NameOf(finding.kind), "resource", finding.observation);
}

http::Response Answer(Json parameters) {
  Json answer = {{"resourceType", "Parameters"}};
  if (!parameters.empty()) answer["parameter"] = std::move(parameters);
  return AnswerJson(200, answer);
}

bool IsGenotypeOrHaplotype(const Finding& finding) {
  return finding.kind == FindingKind::kGenotype || finding.kind == FindingKind::kHaplotype;
}

// "NC_000010.11" is version 11 of the sequence; another build has another version.
std::string WithoutVersion(const std::string& sequence) {
  return sequence.substr(0, sequence.find('.'));
}

// Genflik converts no coordinates: it must not say "nothing there" of a place that it cannot find.
void CheckSameBuild(const GenomicsRecord& record, const GenomicsRange& range) {
  for (const Finding& finding : record.findings()) {
    if (!IsPresentVariant(finding)) continue;
    const auto place = PlaceOfVariant(finding);
    if (!place || place->sequence == range.sequence ||
        WithoutVersion(place->sequence) != WithoutVersion(range.sequence)) {
      continue;
    }
    throw Refusal(core::ErrorCode::kInvalid, fhir::IssueType::kNotSupported,
                  "the record has variants on " + place->sequence +
                      ", which are not converted to " + range.sequence + ": ask for both");
  }
}

std::vector<const Finding*> VariantsIn(const GenomicsRecord& record, const GenomicsRange& range) {
  std::vector<const Finding*> found;
  for (const Finding& finding : record.findings()) {
    if (!IsPresentVariant(finding)) continue;
    const auto place = PlaceOfVariant(finding);
    if (place && Overlaps(*place, range)) found.push_back(&finding);
  }
  return found;
}

bool IsAsked(const GenomicsInput& input, std::string_view sequence) {
  return std::ranges::any_of(input.Ranges(), [sequence](const GenomicsRange& range) {
    return range.sequence == sequence;
  });
}

// A range is answered when no variant of the record could hide from it on another build.
void CheckBuilds(const GenomicsRecord& record, const GenomicsInput& input) {
  for (const GenomicsRange& range : input.Ranges()) {
    const bool covered = std::ranges::all_of(record.findings(), [&](const Finding& finding) {
      const auto place = IsPresentVariant(finding) ? PlaceOfVariant(finding) : std::nullopt;
      return !place || IsAsked(input, place->sequence);
    });
    if (!covered) CheckSameBuild(record, range);
  }
}

bool MatchesSource(const Finding& source, const GenomicsInput& input) {
  const auto& names = input.Values("variants");
  if (std::ranges::any_of(names, [&](const auto& name) { return IsVariant(source, name); })) {
    return true;
  }
  for (const GenomicsToken& token : input.Tokens("haplotypes")) {
    if (HoldsHaplotype(source, token)) return true;
  }
  const auto place = IsPresentVariant(source) ? PlaceOfVariant(source) : std::nullopt;
  if (!place) return false;
  const auto ranges = input.Ranges();
  return std::ranges::any_of(ranges, [&](const auto& range) { return Overlaps(*place, range); });
}

bool HasAnyValue(const Finding& finding, const std::vector<std::string_view>& codes,
                 const std::vector<GenomicsToken>& wanted) {
  return wanted.empty() || std::ranges::any_of(wanted, [&](const GenomicsToken& token) {
           return HasComponentValue(finding, codes, token);
         });
}

const Json* FindValue(const Finding& finding, std::string_view code) {
  for (const Json& component : fhir::FindArray(finding.observation, "component")) {
    const Json* concept_code = fhir::Find(component, "code");
    if (concept_code == nullptr) continue;
    for (const Json& coding : fhir::FindArray(*concept_code, "coding")) {
      if (fhir::FindText(coding, "code") == code) {
        return fhir::Find(component, "valueCodeableConcept");
      }
    }
  }
  return nullptr;
}

Json DescribeTest(const GenomicsRecord& record, const GenomicsTest& test, bool with_regions) {
  Json parts = Json::array();
  parts.push_back(Part("testId", "valueString", test.id));
  if (test.date.empty()) {
    // The date is mandatory in the answer; that it is not known is said, not guessed.
    Json reason = {{"url", "http://hl7.org/fhir/StructureDefinition/data-absent-reason"},
                   {"valueCode", "unknown"}};
    parts.push_back(
        Part("testDate", "_valueDateTime", {{"extension", Json::array({std::move(reason)})}}));
  } else {
    parts.push_back(Part("testDate", "valueDateTime", test.date));
  }
  if (!test.specimens.empty()) {
    parts.push_back(Part("specimenId", "valueString", test.specimens.front()));
  }
  for (const std::string& reference : test.findings) {
    const Finding* finding = record.Find(reference);
    const Json* build = finding == nullptr ? nullptr : FindValue(*finding, "62374-4");
    if (build == nullptr) continue;
    parts.push_back(Part("genomicBuild", "valueCodeableConcept", *build));
    break;
  }
  if (with_regions) {
    // What was looked at is kept by allele and not by coordinate.
    parts.push_back(Part("regionStudied", "valueString", "unknown"));
    parts.push_back(Part("uncallableRegions", "valueString", "unknown"));
  }
  return {{"name", "tests"}, {"part", parts}};
}

// A presence of "false" says that nothing was found, not that anybody looked.
Json PresencePart(bool present, bool tested) {
  Json part = Part("presence", "valueBoolean", present);
  if (!present && !tested) {
    part["extension"] = Json::array(
        {{{"url", std::string(fhir::systems::kGenflik) + "/StructureDefinition/not-tested"},
          {"valueBoolean", true}}});
  }
  return part;
}

// Whether any genotype or haplotype of the record is of the gene that an item names in front of its
// star ("CYP2D6 *4").
bool IsGeneTested(const GenomicsRecord& record, const GenomicsToken& item) {
  const std::string gene = item.code.substr(0, item.code.find_first_of(" *_"));
  return std::ranges::any_of(record.findings(), [&gene](const Finding& finding) {
    return IsGenotypeOrHaplotype(finding) && IsOfGene(finding, {.item = gene, .code = gene});
  });
}

}  // namespace

http::Response FindSubjectHaplotypes(const RestContext& /*context*/, const store::Reader& reader,
                                     const http::Request& request) {
  const GenomicsInput input(request, Known({"genes"}));
  input.Require("genes");
  const GenomicsRecord record(reader, input);
  Json parameters = Json::array();
  for (const GenomicsToken& gene : input.Tokens("genes")) {
    Json parts = Json::array({Part("geneItem", "valueString", gene.item)});
    for (const Finding& finding : record.findings()) {
      if (IsGenotypeOrHaplotype(finding) && IsOfGene(finding, gene)) parts.push_back(Part(finding));
    }
    parameters.push_back({{"name", "haplotypes"}, {"part", parts}});
  }
  return Answer(std::move(parameters));
}

http::Response FindSubjectSpecificHaplotypes(const RestContext& /*context*/,
                                             const store::Reader& reader,
                                             const http::Request& request) {
  const GenomicsInput input(request, Known({"haplotypes"}));
  input.Require("haplotypes");
  const GenomicsRecord record(reader, input);
  Json parameters = Json::array();
  for (const GenomicsToken& token : input.Tokens("haplotypes")) {
    Json found = Json::array();
    for (const Finding& finding : record.findings()) {
      if (HoldsHaplotype(finding, token)) found.push_back(Part(finding));
    }
    Json parts = Json::array({Part("haplotypeItem", "valueString", token.item)});
    parts.push_back(PresencePart(!found.empty(), token.system || IsGeneTested(record, token)));
    for (Json& part : found) parts.push_back(std::move(part));
    parameters.push_back({{"name", "haplotypes"}, {"part", parts}});
  }
  return Answer(std::move(parameters));
}

http::Response FindSubjectVariants(const RestContext& /*context*/, const store::Reader& reader,
                                   const http::Request& request) {
  const GenomicsInput input(request, Known({"ranges", "includeVariants", "includePhasing"}));
  input.Require("ranges");
  const GenomicsRecord record(reader, input);
  CheckBuilds(record, input);
  const bool phasing = input.Flag("includePhasing");
  const bool variants = input.Flag("includeVariants") || phasing;
  Json parameters = Json::array();
  for (const GenomicsRange& range : input.Ranges()) {
    const auto found = VariantsIn(record, range);
    Json parts = Json::array({Part("rangeItem", "valueString", range.item)});
    parts.push_back(Part("presence", "valueBoolean", !found.empty()));
    for (const Finding* finding : found) {
      if (variants) parts.push_back(Part(*finding));
    }
    for (const Finding& finding : record.findings()) {
      if (!phasing || finding.kind != FindingKind::kPhase) continue;
      const auto sources = record.SourcesOf(finding);
      if (std::ranges::any_of(sources, [&found](const Finding* source) {
            return std::ranges::find(found, source) != found.end();
          })) {
        parts.push_back(Part(finding));
      }
    }
    parameters.push_back({{"name", "variants"}, {"part", parts}});
  }
  return Answer(std::move(parameters));
}

http::Response FindSubjectSpecificVariants(const RestContext& /*context*/,
                                           const store::Reader& reader,
                                           const http::Request& request) {
  const GenomicsInput input(request, Known({"variants"}));
  input.Require("variants");
  const GenomicsRecord record(reader, input);
  Json parameters = Json::array();
  for (const std::string& name : input.Values("variants")) {
    Json found = Json::array();
    for (const Finding& finding : record.findings()) {
      if (IsVariant(finding, name)) found.push_back(Part(finding));
    }
    Json parts = Json::array({Part("variantItem", "valueString", name)});
    parts.push_back(Part("presence", "valueBoolean", !found.empty()));
    for (Json& part : found) parts.push_back(std::move(part));
    parameters.push_back({{"name", "variants"}, {"part", parts}});
  }
  return Answer(std::move(parameters));
}

bool IsWantedImplication(const Finding& finding, const std::vector<const Finding*>& sources,
                         const GenomicsInput& input) {
  if (finding.kind != FindingKind::kImplication) return false;
  const bool by_source = !input.Values("variants").empty() || !input.Values("ranges").empty() ||
                         !input.Values("haplotypes").empty();
  const bool by_target = !input.Values("treatments").empty() || !input.Values("conditions").empty();
  if (!by_source && !by_target) return false;
  if (by_source && std::ranges::none_of(sources, [&input](const Finding* source) {
        return MatchesSource(*source, input);
      })) {
    return false;
  }
  return HasAnyValue(finding, {"51963-7", "associated-therapy"}, input.Tokens("treatments")) &&
         HasAnyValue(finding, {"81259-4"}, input.Tokens("conditions"));
}

http::Response FindSubjectTxImplications(const RestContext& context, const store::Reader& reader,
                                         const http::Request& request) {
  const GenomicsInput input(
      request, Known({"variants", "ranges", "haplotypes", "treatments", "conditions"}));
  const GenomicsRecord record(reader, input);
  CheckBuilds(record, input);
  Json parameters = Json::array();
  std::vector<const Finding*> told;
  const auto tell = [&](const std::vector<Finding>& findings) {
    for (const Finding& finding : findings) {
      const auto sources = record.SourcesOf(finding);
      if (!IsWantedImplication(finding, sources, input)) continue;
      parameters.push_back(Part(finding));
      for (const Finding* source : sources) {
        if (std::ranges::find(told, source) == told.end()) told.push_back(source);
      }
    }
  };
  // What laboratories sent comes first, then what the guidelines in force say.
  tell(record.findings());
  tell(ComputeImplications(context, reader, input, record));
  for (const Finding* source : told) parameters.push_back(Part(*source));
  return Answer(std::move(parameters));
}

http::Response FindStudyMetadata(const RestContext& /*context*/, const store::Reader& reader,
                                 const http::Request& request) {
  const GenomicsInput input(
      request, {"subject", "testIdentifiers", "testDateRange", "specimenIdentifiers", "ranges"});
  const bool with_regions = !input.Ranges().empty();
  const GenomicsRecord record(reader, input);
  Json parameters = Json::array();
  for (const GenomicsTest& test : record.tests()) {
    parameters.push_back(DescribeTest(record, test, with_regions));
  }
  return Answer(std::move(parameters));
}

}  // namespace genflik::rest
