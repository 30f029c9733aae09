#include "services/cds/named_drug.h"

#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace genflik::cds {
namespace {

using fhir::Json;

std::vector<std::string> CodesOf(const Json& resource, const mapping::DrugOrder& order) {
  std::vector<std::string> codes;
  const Json* coded = fhir::Find(resource, "medicationCodeableConcept");
  if (coded == nullptr && order.medication != nullptr)
    coded = fhir::Find(*order.medication, "code");
  if (coded == nullptr) return codes;
  for (const Json& coding : fhir::FindArray(*coded, "coding")) {
    const std::string_view code = fhir::FindText(coding, "code");
    if (code.empty() || mapping::TellsAbsence(coding)) continue;
    std::string& text = codes.emplace_back(fhir::FindText(coding, "system"));
    text += '|';
    text += code;
  }
  return codes;
}

void Append(std::string_view more, std::string& text) {
  if (!text.empty()) text += ", ";
  text += more;
}

}  // namespace

bool NamesNoDrug(const Json& resource, const mapping::DrugOrder& order) {
  return order.query.codes.empty() && order.query.names.empty() && CodesOf(resource, order).empty();
}

std::string DrugAsWritten(const Json& resource, const mapping::DrugOrder& order) {
  std::string text;
  for (const auto& code : order.query.codes) Append(code.code, text);
  for (const auto& name : order.query.names) Append(name, text);
  if (!text.empty()) return text;
  for (const auto& code : CodesOf(resource, order)) Append(code, text);
  return text;
}

}  // namespace genflik::cds
