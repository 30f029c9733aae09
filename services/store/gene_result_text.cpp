#include "services/store/gene_result_text.h"

#include <array>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "services/core/error.h"

namespace genflik::store {
namespace {

using fhir::Json;
using rules::CallStatus;
using rules::GeneResult;
using rules::RecordStatus;

constexpr std::array<std::pair<RecordStatus, std::string_view>, 5> kRecordStatuses = {{
    {RecordStatus::kPreliminary, "preliminary"},
    {RecordStatus::kFinal, "final"},
    {RecordStatus::kAmended, "amended"},
    {RecordStatus::kCorrected, "corrected"},
    {RecordStatus::kEnteredInError, "entered-in-error"},
}};
constexpr std::array<CallStatus, 4> kCallStatuses = {CallStatus::kCalled, CallStatus::kAmbiguous,
                                                     CallStatus::kNoCall, CallStatus::kNotTested};

struct TextField {
  const char* name;
  std::string GeneResult::*member;
};
constexpr std::array<TextField, 9> kTexts = {{{"gene", &GeneResult::gene},
                                              {"text", &GeneResult::reported_text},
                                              {"laboratory", &GeneResult::laboratory},
                                              {"method", &GeneResult::method},
                                              {"effective", &GeneResult::effective},
                                              {"received", &GeneResult::received},
                                              {"source", &GeneResult::source},
                                              {"aside", &GeneResult::set_aside},
                                              {"event", &GeneResult::event}}};

struct ListField {
  const char* name;
  std::vector<std::string> GeneResult::*member;
};
constexpr std::array<ListField, 3> kLists = {{{"diplotypes", &GeneResult::diplotypes},
                                              {"haplotypes", &GeneResult::haplotypes},
                                              {"absent", &GeneResult::absent}}};

std::vector<std::string> ReadTexts(const Json& value, std::string_view name) {
  std::vector<std::string> texts;
  for (const Json& item : fhir::FindArray(value, name)) texts.push_back(item.get<std::string>());
  return texts;
}

[[noreturn]] void Refuse() {
  throw core::Error(core::ErrorCode::kInternal,
                    "a gene result of the projection cannot be read: run genflik reindex");
}

CallStatus ReadCallStatus(std::string_view code) {
  for (const CallStatus status : kCallStatuses) {
    if (rules::CodeOf(status) == code) return status;
  }
  Refuse();
}

RecordStatus ReadRecordStatus(std::string_view code) {
  for (const auto& [status, name] : kRecordStatuses) {
    if (name == code) return status;
  }
  Refuse();
}

}  // namespace

std::string PrintGeneResult(const GeneResult& result) {
  Json value = Json::object();
  for (const TextField& field : kTexts) {
    if (!(result.*field.member).empty()) value[field.name] = result.*field.member;
  }
  for (const ListField& field : kLists) {
    if (!(result.*field.member).empty()) value[field.name] = result.*field.member;
  }
  value["status"] = std::string(rules::CodeOf(result.status));
  for (const auto& [status, name] : kRecordStatuses) {
    if (status == result.record_status) value["record"] = std::string(name);
  }
  if (result.reported_phenotype) value["phenotype"] = *result.reported_phenotype;
  if (result.reported_activity_score) value["score"] = *result.reported_activity_score;
  if (result.coverage != rules::Coverage{}) {
    Json& coverage = value["coverage"] = Json::object();
    coverage["known"] = result.coverage.known;
    coverage["copyNumber"] = result.coverage.copy_number;
    coverage["alleles"] = result.coverage.alleles;
    coverage["positions"] = result.coverage.positions;
  }
  return fhir::PrintJson(value);
}

GeneResult ReadGeneResult(std::string_view text) {
  fhir::IssueLog log;
  const auto value = fhir::ParseJson(text, log);
  if (!value || !value->is_object()) Refuse();
  GeneResult result;
  for (const TextField& field : kTexts) result.*field.member = fhir::FindText(*value, field.name);
  for (const ListField& field : kLists) result.*field.member = ReadTexts(*value, field.name);
  result.status = ReadCallStatus(fhir::FindText(*value, "status"));
  result.record_status = ReadRecordStatus(fhir::FindText(*value, "record"));
  if (fhir::Find(*value, "phenotype") != nullptr) {
    result.reported_phenotype = std::string(fhir::FindText(*value, "phenotype"));
  }
  if (const Json* score = fhir::Find(*value, "score")) {
    result.reported_activity_score = fhir::NumberOf(*score);
  }
  if (const Json* coverage = fhir::Find(*value, "coverage")) {
    result.coverage.known = coverage->value("known", false);
    result.coverage.copy_number = coverage->value("copyNumber", false);
    result.coverage.alleles = ReadTexts(*coverage, "alleles");
    result.coverage.positions = ReadTexts(*coverage, "positions");
  }
  return result;
}

}  // namespace genflik::store
