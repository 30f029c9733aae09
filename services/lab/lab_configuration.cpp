#include "services/lab/lab_configuration.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "services/core/error.h"
#include "services/lab/lab_configuration_schema.h"

namespace genflik::lab {
namespace {

using fhir::FindArray;
using fhir::FindText;
using fhir::Json;

template <typename Table>
bool Contains(const Table& table, std::string_view text) {
  return std::find(table.begin(), table.end(), text) != table.end();
}

std::vector<std::string> Texts(const Json& array) {
  std::vector<std::string> texts;
  for (const Json& item : array) {
    if (item.is_string()) texts.push_back(item.get<std::string>());
  }
  return texts;
}

bool FlagOf(const Json& object, std::string_view name) {
  const Json* value = fhir::Find(object, name);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

std::map<std::string, std::string, std::less<>> TextMap(const Json* object) {
  std::map<std::string, std::string, std::less<>> map;
  if (object == nullptr || !object->is_object()) return map;
  for (const auto& [key, value] : object->items()) {
    if (value.is_string()) map[key] = value.get<std::string>();
  }
  return map;
}

void ReadCodes(const Json* codes, LabConfiguration& lab, std::vector<std::string>& problems) {
  if (codes == nullptr || !codes->is_object()) return;
  for (const auto& [code, value] : codes->items()) {
    LocalCode local{.gene = std::string(FindText(value, "gene")),
                    .test = std::string(FindText(value, "test")),
                    .variant = std::string(FindText(value, "variant"))};
    const bool needs_variant = local.test == "variant" || local.test == "presence";
    if (needs_variant && (local.variant.empty() || local.gene.empty())) {
      problems.push_back(lab.name + ".json: /codes/" + code + ": gene and variant are needed");
    }
    lab.codes[code] = std::move(local);
  }
}

void ReadCoverages(const Json* coverage, LabConfiguration& lab) {
  if (coverage == nullptr || !coverage->is_object()) return;
  for (const auto& [gene, value] : coverage->items()) {
    lab.coverage[gene] = {.known = true,
                          .alleles = Texts(FindArray(value, "alleles")),
                          .positions = Texts(FindArray(value, "positions")),
                          .copy_number = FlagOf(value, "copyNumber")};
  }
}

}  // namespace

std::optional<LabConfiguration> ReadLabConfiguration(std::string_view name, std::string_view json,
                                                     std::vector<std::string>& problems) {
  const std::string file = std::string(name) + ".json";
  const size_t before = problems.size();
  fhir::IssueLog log;
  const auto body = fhir::ParseJson(json, log);
  for (const fhir::Issue& issue : log.issues()) problems.push_back(file + ": " + issue.text);
  if (!body || !body->is_object()) {
    if (problems.size() == before) problems.push_back(file + ": not a JSON object");
    return std::nullopt;
  }
  for (const SchemaFault& fault : CheckLabConfiguration(*body)) {
    problems.push_back(file + ": " + (fault.pointer.empty() ? "/" : fault.pointer) + ": " +
                       fault.reason);
  }
  if (problems.size() > before) return std::nullopt;
  LabConfiguration lab{.name = std::string(name),
                       .laboratory = std::string(FindText(*body, "laboratory")),
                       .senders = Texts(FindArray(*body, "senders")),
                       .identifier_systems = TextMap(fhir::Find(*body, "identifierSystems")),
                       .method = std::string(FindText(*body, "method")),
                       .accept_test_messages = FlagOf(*body, "acceptTestMessages"),
                       .columns = TextMap(fhir::Find(*body, "columns")),
                       .patient_system = std::string(FindText(*body, "patientSystem"))};
  const std::string_view character_set = FindText(*body, "characterSet");
  if (!character_set.empty()) lab.character_set = std::string(character_set);
  ReadCodes(fhir::Find(*body, "codes"), lab, problems);
  ReadCoverages(fhir::Find(*body, "coverage"), lab);
  if (problems.size() > before) return std::nullopt;
  return lab;
}

LabConfigurations LabConfigurations::Load(const std::filesystem::path& folder) {
  std::vector<LabConfiguration> labs;
  std::vector<std::string> problems;
  if (std::filesystem::is_directory(folder)) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".json") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
      std::ifstream stream(file, std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(stream), {}};
      if (auto lab = ReadLabConfiguration(file.stem().string(), text, problems)) {
        labs.push_back(std::move(*lab));
      }
    }
  }
  if (!problems.empty()) {
    std::vector<fhir::Issue> issues;
    for (const std::string& problem : problems)
      issues.push_back({fhir::Severity::kError, fhir::IssueType::kInvalid, problem, ""});
    throw core::Error(core::ErrorCode::kInvalid, std::move(issues));
  }
  return LabConfigurations(std::move(labs));
}

const LabConfiguration* LabConfigurations::FindByName(std::string_view name) const {
  const auto found = std::find_if(labs_.begin(), labs_.end(),
                                  [&](const LabConfiguration& lab) { return lab.name == name; });
  return found == labs_.end() ? nullptr : &*found;
}

const LabConfiguration& LabConfigurations::ForSender(std::string_view application,
                                                     std::string_view facility) const {
  const std::string exact = std::string(application) + "|" + std::string(facility);
  const std::string any_facility = std::string(application) + "|*";
  for (const LabConfiguration& lab : labs_) {
    if (Contains(lab.senders, exact) || Contains(lab.senders, any_facility)) return lab;
  }
  return plain_;
}

}  // namespace genflik::lab
