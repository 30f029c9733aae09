// Patients and requests for order_sign_sizes.sh.
//   order_sign_patients_bench fill FILE FROM TO     stores patients FROM to TO, each with results
//   of three genes order_sign_patients_bench body SAMPLE ORDERS    prints the sample request with
//   that many orders and with
//                                                   @PATIENT@ and @INSTANCE@ where they differ
//                                                   between calls
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "fhir/definitions.h"
#include "fhir/json.h"
#include "services/mapping/patient_events.h"
#include "services/store/store.h"
#include "tests/support/places.h"

namespace genflik {
namespace {

using fhir::Json;

std::string PatientId(size_t number) {
  std::string digits = std::to_string(number);
  return "bench-" + std::string(8 - std::min<size_t>(8, digits.size()), '0') + digits;
}

Json Patient(const std::string& id) {
  return {{"resourceType", "Patient"},
          {"id", id},
          {"identifier", Json::array({{{"system", "https://genflik.se/bench"}, {"value", id}}})},
          {"birthDate", "1961-01-18"}};
}

struct Gene {
  std::string_view name;
  std::string_view hgnc;
  std::array<std::string_view, 4> genotypes;
};
constexpr std::array kGenes{Gene{"DPYD",
                                 "HGNC:3012",
                                 {"Reference/Reference", "Reference/c.1905+1G>A (*2A)",
                                  "Reference/Reference", "Reference/c.2846A>T"}},
                            Gene{"CYP2C19", "HGNC:2621", {"*1/*1", "*1/*2", "*2/*2", "*1/*17"}},
                            Gene{"CYP2D6", "HGNC:2625", {"*1/*4", "*4/*4", "*1/*1", "*1x2/*2"}}};

Json Result(const std::string& patient, const Gene& gene, size_t number) {
  Json studied = {
      {"code", {{"coding", Json::array({{{"system", "http://loinc.org"}, {"code", "48018-6"}}})}}},
      {"valueCodeableConcept",
       {{"coding", Json::array({{{"system", "http://www.genenames.org/geneId"},
                                 {"code", std::string(gene.hgnc)},
                                 {"display", std::string(gene.name)}}})}}}};
  return {
      {"resourceType", "Observation"},
      {"id", patient + "-" + std::string(gene.name)},
      {"status", "final"},
      {"category", Json::array({{{"coding", Json::array({{{"system",
                                                           "http://terminology.hl7.org/CodeSystem/"
                                                           "observation-category"},
                                                          {"code", "laboratory"}}})}}})},
      {"code", {{"coding", Json::array({{{"system", "http://loinc.org"}, {"code", "84413-4"}}})}}},
      {"subject", {{"reference", "Patient/" + patient}}},
      {"effectiveDateTime", "2026-03-01T08:00:00Z"},
      {"valueCodeableConcept",
       {{"text", std::string(gene.genotypes[number % gene.genotypes.size()])}}},
      {"component", Json::array({std::move(studied)})}};
}

int Fill(const std::string& file, size_t from, size_t to) {
  fhir::IssueLog problems;
  store::StoreOptions options;
  options.definitions = fhir::LoadDefinitions(
      std::filesystem::path(tests::SourceDir()) / "fhir" / "definitions", problems);
  options.project = [](const Json& body) { return mapping::ReadForRecord(body); };
  const auto store = store::OpenStore(file, options);
  // What one transaction changes is kept in memory for its way back, and searched.
  constexpr size_t kStep = 100;
  for (size_t at = from; at < to; at += kStep) {
    store->Write([&](store::Writer& writer) {
      for (size_t i = at; i < std::min(at + kStep, to); ++i) {
        const std::string id = PatientId(i);
        writer.Put(Patient(id));
        for (const Gene& gene : kGenes) writer.Put(Result(id, gene, i));
      }
    });
  }
  return 0;
}

// Orders of a ward's day: common oral drugs in common doses, the first ones with advice from the
// three genes.
struct Ordered {
  std::string_view atc;
  std::string_view name;
  int dose;
  int times;
};
constexpr std::array kOrders{
    Ordered{"L01BC06", "kapecitabin", 1500, 2}, Ordered{"B01AC04", "klopidogrel", 75, 1},
    Ordered{"R05DA04", "kodein", 30, 3},        Ordered{"N06AB04", "citalopram", 20, 1},
    Ordered{"N06AB10", "escitalopram", 10, 1},  Ordered{"N02AX02", "tramadol", 50, 3},
    Ordered{"N06AA09", "amitriptylin", 25, 1},  Ordered{"A02BC01", "omeprazol", 20, 1},
    Ordered{"N06AB05", "paroxetin", 20, 1},     Ordered{"C07AB02", "metoprolol", 50, 1},
    Ordered{"N05AH04", "kvetiapin", 200, 1},    Ordered{"N05AX08", "risperidon", 2, 1},
    Ordered{"N06AA10", "nortriptylin", 50, 1},  Ordered{"N06AB06", "sertralin", 50, 1},
    Ordered{"A02BC02", "pantoprazol", 40, 1},   Ordered{"C09AA02", "enalapril", 10, 1},
    Ordered{"A10BA02", "metformin", 500, 2},    Ordered{"C08CA01", "amlodipin", 5, 1},
    Ordered{"C10AA05", "atorvastatin", 20, 1},  Ordered{"B03BB01", "folsyra", 1, 1}};

void Replace(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

int PrintBody(const std::string& sample, size_t orders) {
  std::ifstream in(sample);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  fhir::IssueLog log;
  auto body = fhir::ParseJson(text, log);
  if (!body) return 1;
  (*body)["hookInstance"] = "@INSTANCE@";
  Json& patient = body->at("prefetch").at("patient");
  Json entries = Json::array();
  const Json first = body->at("context").at("draftOrders").at("entry").at(0);
  for (size_t i = 0; i < std::min(orders, kOrders.size()); ++i) {
    const Ordered& drug = kOrders[i];
    Json entry = first;
    Json& order = entry.at("resource");
    order["id"] = "draft-" + std::to_string(i);
    Json& medication = order.at("medicationCodeableConcept");
    medication["text"] = std::string(drug.name);
    medication.at("coding").at(0)["code"] = std::string(drug.atc);
    medication.at("coding").at(0)["display"] = std::string(drug.name);
    Json& dosage = order.at("dosageInstruction").at(0);
    dosage["text"] =
        std::to_string(drug.dose) + " mg " + std::to_string(drug.times) + " gånger dagligen";
    dosage.at("timing").at("repeat")["frequency"] = drug.times;
    dosage.at("doseAndRate").at(0).at("doseQuantity")["value"] = drug.dose;
    entries.push_back(std::move(entry));
  }
  body->at("context").at("draftOrders")["entry"] = std::move(entries);
  const std::string old_id = patient.at("id").get<std::string>();
  patient = Patient("@PATIENT@");
  std::string printed = fhir::PrintJson(*body);
  Replace(printed, "Patient/" + old_id, "Patient/@PATIENT@");
  Replace(printed, "patient=" + old_id, "patient=@PATIENT@");
  Replace(printed, "\"patientId\":\"" + old_id + '"', "\"patientId\":\"@PATIENT@\"");
  std::fwrite(printed.data(), 1, printed.size(), stdout);
  return 0;
}

}  // namespace
}  // namespace genflik

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 4 && words[0] == "fill") {
    return genflik::Fill(words[1], std::stoul(words[2]), std::stoul(words[3]));
  }
  if (words.size() == 3 && words[0] == "body") {
    return genflik::PrintBody(words[1], std::stoul(words[2]));
  }
  std::fprintf(stderr, "fill FILE FROM TO | body SAMPLE ORDERS\n");
  return 2;
}
