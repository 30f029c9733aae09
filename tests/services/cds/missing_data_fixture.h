#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/cds/evaluation_record.h"
#include "tests/services/cds/cds_fixture.h"

// Calls about one patient of whom the record system tells more or less.

namespace genflik::cds {

class MissingDataTest : public CdsTest {
 protected:
  static fhir::Json Bundle(std::initializer_list<fhir::Json> resources) {
    fhir::Json bundle = ParseText(R"({"resourceType":"Bundle","type":"searchset","entry":[]})");
    for (const fhir::Json& resource : resources) {
      fhir::Json entry = fhir::Json::object();
      entry["resource"] = resource;
      bundle["entry"].push_back(std::move(entry));
    }
    return bundle;
  }
  static fhir::Json Genotype(const std::string& gene, const std::string& hgnc,
                             const std::string& value, const std::string& id = "g") {
    return ParseText(R"({"resourceType":"Observation","id":")" + id +
                     R"(","status":"final","subject":{"reference":"Patient/ehr"},)"
                     R"("effectiveDateTime":"2025-03-01",)"
                     R"("code":{"coding":[{"system":"http://loinc.org","code":"84413-4"}]},)"
                     R"("valueCodeableConcept":{"text":")" +
                     value +
                     R"("},"component":[{"code":{"coding":[{"system":"http://loinc.org",)"
                     R"("code":"48018-6"}]},"valueCodeableConcept":{"coding":[{"system":)"
                     R"("http://www.genenames.org","code":")" +
                     hgnc + R"(","display":")" + gene + R"("}]}}]})");
  }
  static fhir::Json Cyp2d6(const std::string& value = "*1/*1") {
    return Genotype("CYP2D6", "HGNC:2625", value);
  }
  static fhir::Json Patient() { return ParseText(R"({"resourceType":"Patient","id":"ehr"})"); }
  static fhir::Json Failure() {
    return ParseText(
        R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"timeout"}]})");
  }
  static fhir::Json Drug(const std::string& atc, const std::string& id = "rx",
                         const std::string& status = "draft") {
    return ParseText(R"({"resourceType":"MedicationRequest","id":")" + id + R"(","status":")" +
                     status +
                     R"(","intent":"order","subject":{"reference":"Patient/ehr"},)"
                     R"("medicationCodeableConcept":{"coding":[{"system":)"
                     R"("http://www.whocc.no/atc","code":")" +
                     atc + R"("}]}})");
  }
  static fhir::Json Test(const std::string& code, const std::string& id = "sr") {
    return ParseText(R"({"resourceType":"ServiceRequest","id":")" + id +
                     R"(","status":"draft","intent":"order","subject":{"reference":"Patient/ehr"},)"
                     R"("code":{"coding":[{"code":")" +
                     code + R"("}]}})");
  }
  static fhir::Json Sign(std::initializer_list<fhir::Json> orders, fhir::Json prefetch) {
    fhir::Json call =
        ParseText(R"({"hook":"order-sign","hookInstance":"5d1c7a52-3c1e-4b9a-8f5e-000000000010",)"
                  R"("context":{"userId":"Practitioner/a","patientId":"ehr"}})");
    call["context"]["draftOrders"] = Bundle(orders);
    call["prefetch"] = std::move(prefetch);
    return call;
  }
  static fhir::Json View(fhir::Json prefetch) {
    fhir::Json call =
        ParseText(R"({"hook":"patient-view","hookInstance":"5d1c7a52-3c1e-4b9a-8f5e-000000000011",)"
                  R"("context":{"userId":"Practitioner/a","patientId":"ehr"}})");
    call["prefetch"] = std::move(prefetch);
    return call;
  }
  // What is known and complete.
  static fhir::Json Whole(std::initializer_list<fhir::Json> genotypes) {
    fhir::Json prefetch{{"patient", Patient()}};
    prefetch["genotypes"] = Bundle(genotypes);
    prefetch["medications"] = Bundle({});
    prefetch["tests"] = Bundle({});
    return prefetch;
  }
  // The summary of the only card, or what came in its place.
  std::string Told(const fhir::Json& call) {
    answer_ = Call("genflik-" + call.at("hook").get<std::string>(), call, "en");
    if (answer_.status != 200) return std::to_string(answer_.status);
    if (answer_.cards().size() != 1) return std::to_string(answer_.cards().size()) + " cards";
    return answer_.cards()[0].at("summary");
  }
  std::string Detail() const {
    return answer_.cards().empty() ? "" : answer_.cards()[0].value("detail", "");
  }
  std::vector<store::Record> Evaluations() {
    book_->Flush();
    return store_->Read(
        [](const store::Reader& reader) { return reader.FindRecords({.kind = "evaluation"}); });
  }

  Answered answer_;
};

inline constexpr const char* kIncomplete = "The genetic check is incomplete";
inline constexpr const char* kCodeine = "R05DA04";
inline constexpr const char* kClopidogrel = "B01AC04";
inline constexpr const char* kCapecitabine = "L01BC06";

}  // namespace genflik::cds
