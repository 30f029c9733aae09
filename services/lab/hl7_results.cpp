#include "services/lab/hl7_results.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/systems.h"
#include "services/lab/hl7_values.h"
#include "services/mapping/genomics.h"
#include "services/mapping/genomics_alleles.h"
#include "services/mapping/genomics_codes.h"
#include "services/mapping/genomics_coverage.h"
#include "services/mapping/genomics_elements.h"
#include "services/mapping/genomics_variants.h"

namespace genflik::lab {
namespace {

using fhir::Json;
using mapping::TestKind;
namespace systems = fhir::systems;

constexpr std::string_view kGeneStudied = "48018-6";
constexpr std::array<std::string_view, 9> kAttributes = {"48018-6", "81252-9", "81255-2",
                                                         "48003-8", "48004-6", "53034-5",
                                                         "69547-8", "69551-0", "82155-3"};

/// What stands beside results in the models of HL7 and needs no mapping: overall interpretation,
/// report texts, regions, reference sequences, assembly, source class, drugs and what is said of
/// them.
constexpr std::array<std::string_view, 20> kRemarks = {
    "51968-6", "51969-4", "81247-9", "47999-8", "47998-0", "48005-3", "81290-9",
    "51958-7", "48013-7", "81254-5", "48002-0", "62374-4", "51963-7", "82116-5",
    "83010-9", "83009-1", "69047-9", "51964-5", "48019-4", "48006-1"};

Json Loinc(std::string_view code) {
  return {{"coding",
           Json::array({{{"system", std::string(systems::kLoinc)}, {"code", std::string(code)}}})}};
}

bool IsAttribute(const Json& code) {
  return std::any_of(kAttributes.begin(), kAttributes.end(),
                     [&](std::string_view known) { return mapping::HasLoinc(code, known); });
}

bool IsRemark(const Json& code) {
  return std::any_of(kRemarks.begin(), kRemarks.end(),
                     [&](std::string_view known) { return mapping::HasLoinc(code, known); });
}

/// Coded in a terminology of its own, so that what it means need not be asked of the laboratory.
bool IsStandard(const Json& code) {
  const Json& codings = fhir::FindArray(code, "coding");
  return std::any_of(codings.begin(), codings.end(), [](const Json& coding) {
    const std::string_view system = fhir::FindText(coding, "system");
    return system == systems::kLoinc || system == systems::kSnomed ||
           system == systems::kNpuSwedish;
  });
}

/// The one known gene that a text names; empty when it names none or several.
std::string GeneIn(const std::string& text) {
  std::set<std::string> genes;
  std::string word;
  for (const char c : text + " ") {
    const bool part = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (part || (c == '-' && (word == "HLA" || word == "MT"))) {
      word += c;
      continue;
    }
    const mapping::GeneCode* gene = word.size() > 1 ? mapping::FindGeneBySymbol(word) : nullptr;
    if (gene != nullptr) genes.insert(std::string(gene->symbol));
    word.clear();
  }
  return genes.size() == 1 ? *genes.begin() : "";
}

/// The OBX of one result.
struct Group {
  /// OBX-4; may be empty.
  std::string name = {};
  std::vector<const Hl7Obx*> obxs = {};
  bool has_gene = false;
};

class ResultBuilder {
 public:
  ResultBuilder(const Hl7Context& context, std::vector<Hl7Fault>& faults)
      : context_(context), faults_(faults) {}

  std::vector<LabResult> Build(const std::vector<Hl7Obx>& obxs) {
    all_ = GroupsOf(obxs);
    for (const Group& group : all_) BuildGroup(group);
    return std::move(results_);
  }

 private:
  const LocalCode* LocalCodeOf(const Hl7Obx& obx) const {
    for (const size_t component : {1U, 4U}) {
      const auto found = context_.lab.codes.find(obx.segment->Text(3, component));
      if (found != context_.lab.codes.end()) return &found->second;
    }
    return nullptr;
  }

  /// Attachments, and texts under a code that asks for no result; both belong to the report.
  bool IsText(const Hl7Obx& obx) const {
    const std::string type = obx.segment->Text(2);
    if (type == "ED" || type == "RP") return true;
    if (type != "TX" && type != "FT") return false;
    const Json code = ReadCoded(*obx.segment, 3);
    return LocalCodeOf(obx) == nullptr && !mapping::TestOf(code) && !IsAttribute(code);
  }

  /// The code of an OBX with the meaning of a configured local code beside it.
  Json CodeOf(const Hl7Obx& obx) const {
    Json code = ReadCoded(*obx.segment, 3);
    const LocalCode* local = LocalCodeOf(obx);
    if (local == nullptr) return code;
    const char* loinc = local->test == "genotype"                               ? "84413-4"
                        : local->test == "haplotype"                            ? "84414-2"
                        : local->test == "phenotype"                            ? "53040-2"
                        : local->test == "variant" || local->test == "presence" ? "69548-6"
                                                                                : nullptr;
    if (loinc != nullptr) code["coding"].push_back(Loinc(loinc)["coding"][0]);
    return code;
  }

  std::vector<Group> GroupsOf(const std::vector<Hl7Obx>& obxs) const {
    std::vector<Group> groups;
    std::vector<std::string> names;
    for (const Hl7Obx& obx : obxs) {
      if (IsText(obx)) continue;
      const LocalCode* local = LocalCodeOf(obx);
      if (local != nullptr && local->test == "ignore") continue;
      const std::string name = obx.segment->Text(4);
      const bool gene = mapping::HasLoinc(CodeOf(obx), kGeneStudied);
      size_t place = groups.size();
      if (!name.empty()) {
        place = static_cast<size_t>(std::find(names.begin(), names.end(), name) - names.begin());
      } else if (!groups.empty() && names.back().empty() && groups.back().has_gene && !gene) {
        place = groups.size() - 1;
      }
      if (place == groups.size()) {
        groups.push_back({.name = name});
        names.push_back(name);
      }
      groups[place].obxs.push_back(&obx);
      groups[place].has_gene = groups[place].has_gene || gene;
    }
    return WithGenesOfParents(std::move(groups));
  }

  /// "2.1" is a part of "2" and speaks of its gene.
  std::vector<Group> WithGenesOfParents(std::vector<Group> groups) const {
    for (Group& group : groups) {
      std::string name = group.name;
      for (size_t dot = name.rfind('.'); dot != std::string::npos && !group.has_gene;
           dot = name.rfind('.')) {
        name.resize(dot);
        const auto parent = std::find_if(groups.begin(), groups.end(), [&](const Group& one) {
          return one.name == name && one.has_gene;
        });
        if (parent == groups.end()) continue;
        for (const Hl7Obx* obx : parent->obxs) {
          if (mapping::HasLoinc(CodeOf(*obx), kGeneStudied)) group.obxs.push_back(obx);
        }
        group.has_gene = true;
      }
    }
    return groups;
  }

  /// The value of an attribute OBX as a component.
  static Json Component(const Hl7Obx& obx, const Json& code, size_t repetition) {
    Json component = {{"code", code}};
    static_cast<void>(SetHl7Value(*obx.segment, repetition, component));
    return component;
  }

  static Json GeneComponent(const std::string& symbol) {
    const mapping::GeneCode* gene = mapping::FindGeneBySymbol(symbol);
    Json value = {{"text", symbol}};
    if (gene != nullptr) {
      value = {{"coding", Json::array({{{"system", std::string(systems::kHgnc)},
                                        {"code", "HGNC:" + std::string(gene->hgnc)},
                                        {"display", symbol}}})}};
    }
    return {{"code", Loinc(kGeneStudied)}, {"valueCodeableConcept", std::move(value)}};
  }

  /// Gene and other attributes for the value at `repetition`: where genes repeat as values do, they
  /// go together by place.
  Json Components(const Group& group, size_t repetition, size_t values) const {
    Json components = Json::array();
    for (const Hl7Obx* obx : group.obxs) {
      const Json code = CodeOf(*obx);
      if (!IsAttribute(code)) continue;
      const size_t count = std::max<size_t>(obx->segment->Repetitions(5), 1);
      const bool paired = count == values;
      for (size_t i = 0; i < count; ++i) {
        if (!paired || i == repetition) components.push_back(Component(*obx, code, i));
      }
    }
    return components;
  }

  std::string GeneOf(const Group& group, const Hl7Obx& obx) const {
    if (group.has_gene) return "";
    const LocalCode* local = LocalCodeOf(obx);
    if (local != nullptr && !local->gene.empty()) return local->gene;
    for (const std::string& text :
         {obx.segment->Text(3, 2), obx.segment->Text(3, 1), context_.obr.Text(4, 2),
          context_.obr.Text(4, 1), context_.obr.Text(4, 5)}) {
      std::string gene = GeneIn(text);
      if (!gene.empty()) return gene;
    }
    return "";
  }

  void BuildGroup(const Group& group) {
    const Hl7Obx* phenotype = nullptr;
    std::vector<const Hl7Obx*> primaries;
    std::vector<const Hl7Obx*> attributes;
    bool has_genotype = false;
    for (const Hl7Obx* obx : group.obxs) {
      const Json code = CodeOf(*obx);
      const auto test = mapping::TestOf(code);
      if (IsAttribute(code)) {
        attributes.push_back(obx);
      } else {
        if (test && test->kind == TestKind::kPhenotype) phenotype = obx;
        has_genotype = has_genotype || (test && test->kind == TestKind::kGenotype);
        primaries.push_back(obx);
      }
    }
    if (has_genotype && phenotype != nullptr) std::erase(primaries, phenotype);
    for (const Hl7Obx* primary : primaries) {
      const size_t count = std::max<size_t>(primary->segment->Repetitions(5), 1);
      for (size_t i = 0; i < count; ++i) {
        Json components = Components(group, i, count);
        if (has_genotype && phenotype != nullptr && count == 1) {
          components.push_back(Component(*phenotype, CodeOf(*phenotype), 0));
        }
        AddResult(group, *primary, i, std::move(components));
      }
    }
    if (!primaries.empty() || attributes.empty()) return;
    // A gene that only heads its parts is no result.
    if (OnlyNamesGene(attributes) && HeadsOthers(group)) return;
    // Attributes without a value of their own: the first stands for the result.
    AddResult(group, *attributes.front(), 0, Components(group, 0, 1));
    if (IsFoundVariant(attributes)) SetPresent(results_.back());
  }

  bool OnlyNamesGene(const std::vector<const Hl7Obx*>& attributes) const {
    return std::all_of(attributes.begin(), attributes.end(), [&](const Hl7Obx* obx) {
      return mapping::HasLoinc(CodeOf(*obx), kGeneStudied);
    });
  }

  bool HeadsOthers(const Group& group) const {
    const std::string prefix = group.name + ".";
    return !group.name.empty() && std::any_of(all_.begin(), all_.end(), [&](const Group& one) {
      return one.name.starts_with(prefix);
    });
  }

  /// A variant whose zygosity is told has been found, though no OBX says "present".
  bool IsFoundVariant(const std::vector<const Hl7Obx*>& attributes) const {
    const auto has = [&](std::string_view loinc) {
      return std::any_of(attributes.begin(), attributes.end(), [&](const Hl7Obx* obx) {
        return !obx->segment->IsEmpty(5) && mapping::HasLoinc(CodeOf(*obx), loinc);
      });
    };
    return has("53034-5") && (has("48004-6") || has("81255-2") || has("48003-8") || has("81252-9"));
  }

  void SetPresent(LabResult& result) {
    Json& observation = result.observation;
    for (const char* value : {"valueString", "valueCodeableConcept", "valueQuantity"}) {
      observation.erase(value);
    }
    observation["code"] = Loinc("69548-6");
    observation["valueCodeableConcept"] = {
        {"coding", Json::array({{{"system", std::string(systems::kLoinc)},
                                 {"code", "LA9633-4"},
                                 {"display", "Present"}}})}};
    result.unmapped.clear();
  }

  void AddVariantName(const Hl7Obx& obx, Json& components) const {
    const LocalCode* local = LocalCodeOf(obx);
    if (local == nullptr || local->variant.empty()) return;
    components.push_back(
        {{"code", Loinc("81252-9")}, {"valueCodeableConcept", {{"text", local->variant}}}});
  }

  void AddResult(const Group& group, const Hl7Obx& obx, size_t repetition, Json components) {
    const Hl7Segment& segment = *obx.segment;
    const std::string gene = GeneOf(group, obx);
    if (!gene.empty()) components.push_back(GeneComponent(gene));
    AddVariantName(obx, components);
    Json observation = {{"resourceType", "Observation"}, {"status", obx.status}};
    observation["category"] = Json::array(
        {{{"coding", Json::array({{{"system", std::string(systems::kObservationCategory)},
                                   {"code", "laboratory"}}})}},
         {{"coding", Json::array({{{"system", std::string(systems::kV2DiagnosticService)},
                                   {"code", "GE"}}})}}});
    observation["code"] = CodeOf(obx);
    SetTimes(segment, observation);
    SetPerformer(segment, observation);
    static_cast<void>(SetHl7Value(segment, repetition, observation));
    if (segment.IsEmpty(5)) {
      observation["dataAbsentReason"] = {{"text", "no value in the message"}};
    }
    if (!segment.IsEmpty(17)) {
      observation["method"] = ReadCoded(segment, 17);
    } else if (!context_.lab.method.empty()) {
      observation["method"] = {{"text", context_.lab.method}};
    }
    for (const std::string& note : obx.notes) observation["note"].push_back({{"text", note}});
    if (!components.empty()) observation["component"] = std::move(components);
    SetCoverage(observation);
    CheckContradiction(obx, observation);
    std::string unmapped = WhyUnmapped(obx, gene, observation);
    std::string key = segment.Text(4) + "|" + segment.Text(3) + "|" + std::to_string(repetition);
    if (segment.IsEmpty(4)) key += "|" + gene;
    results_.push_back({.key = Unique(key),
                        .observation = std::move(observation),
                        .unmapped = std::move(unmapped)});
  }

  /// A test that only the laboratory knows, or of a gene, from which nothing could be read and of
  /// which nothing else complains.
  std::string WhyUnmapped(const Hl7Obx& obx, const std::string& gene,
                          const Json& observation) const {
    const Json& code = observation["code"];
    if (obx.status == "cancelled" || IsRemark(code)) return "";
    if (obx.segment->IsEmpty(5) && !obx.notes.empty()) {
      return "OBX " + std::to_string(obx.sequence) +
             " field 5: there is no value but a note; a person must read whether it tells one";
    }
    if (IsStandard(code) && gene.empty()) return "";
    fhir::IssueLog log;
    const bool read = !mapping::ReadGeneResults(observation, log).empty() ||
                      !mapping::ReadVariantFindings(observation).empty();
    if (read || !log.issues().empty()) return "";
    return "OBX " + std::to_string(obx.sequence) + " field 3: what " + obx.segment->Text(3) +
           " tests is not known; give the code in the laboratory's configuration";
  }

  /// The same test twice in one report without sub-ids: told apart by order.
  std::string Unique(const std::string& key) {
    const int count = ++keys_[key];
    return count == 1 ? key : key + "|" + std::to_string(count);
  }

  void SetTimes(const Hl7Segment& segment, Json& observation) const {
    std::string time = ReadHl7Time(segment.Text(14));
    if (time.empty()) time = context_.sampled;
    if (!time.empty()) observation["effectiveDateTime"] = time;
  }

  void SetPerformer(const Hl7Segment& segment, Json& observation) const {
    std::string name = segment.Text(23);
    if (name.empty()) name = context_.lab.laboratory;
    if (!name.empty()) observation["performer"] = Json::array({{{"display", name}}});
  }

  void SetCoverage(Json& observation) const {
    const auto results = mapping::ReadGeneResults(observation);
    std::string gene = results.size() == 1 ? results[0].gene : "";
    const auto findings = mapping::ReadVariantFindings(observation);
    if (results.empty() && findings.size() == 1) gene = findings[0].gene;
    const auto coverage = context_.lab.coverage.find(gene);
    if (coverage == context_.lab.coverage.end()) return;
    observation["extension"] = Json::array({mapping::RenderCoverage(coverage->second)});
  }

  void CheckContradiction(const Hl7Obx& obx, const Json& observation) {
    fhir::IssueLog log;
    static_cast<void>(mapping::ReadGeneResults(observation, log));
    for (const fhir::Issue& issue : log.issues()) {
      // Other issues leave the result unread; this one means that it speaks of another gene.
      if (issue.type != fhir::IssueType::kBusinessRule || obx.status == "cancelled") continue;
      faults_.push_back({.code = 207,
                         .segment = "OBX",
                         .sequence = obx.sequence,
                         .field = 5,
                         .text = issue.text});
    }
  }

  const Hl7Context& context_;
  std::vector<Hl7Fault>& faults_;
  std::vector<Group> all_;
  std::map<std::string, int> keys_;
  std::vector<LabResult> results_;
};

}  // namespace

std::vector<LabResult> BuildResults(const std::vector<Hl7Obx>& obxs, const Hl7Context& context,
                                    std::vector<Hl7Fault>& faults) {
  return ResultBuilder(context, faults).Build(obxs);
}

}  // namespace genflik::lab
