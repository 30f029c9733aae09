#include "services/tab/drugs_api.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "fhir/datatypes.h"
#include "services/alerts/order_check.h"
#include "services/core/error.h"
#include "services/mapping/orders.h"
#include "services/security/access.h"
#include "services/tab/compression.h"
#include "services/tab/drug_advice.h"
#include "services/tab/patient_path.h"

namespace genflik::tab {
namespace {

/// Reads what orders refer to, each resource once; what it hands out lives as long as it does.
class Medications {
 public:
  explicit Medications(const store::Reader& reader) : reader_(reader) {}

  const fhir::Json* Find(std::string_view reference) {
    const auto parts = fhir::SplitReference(reference);
    if (!parts) return nullptr;
    const auto [entry, is_new] = read_.try_emplace(std::string(reference));
    if (is_new) {
      if (const auto found = reader_.Find(parts->type, parts->id)) entry->second = found->Body();
    }
    return entry->second.is_null() ? nullptr : &entry->second;
  }

 private:
  const store::Reader& reader_;
  std::map<std::string, fhir::Json, std::less<>> read_;
};

mapping::BodySize SizeOf(const store::Reader& reader, const std::string& patient) {
  std::vector<fhir::Json> sizes;
  for (const store::StoredResource& stored : reader.FindMatching(
           "Observation", "patient=" + patient + std::string(mapping::kBodySizeQuery))) {
    sizes.push_back(stored.Body());
  }
  std::vector<const fhir::Json*> pointers;
  pointers.reserve(sizes.size());
  for (const fhir::Json& one : sizes) pointers.push_back(&one);
  return mapping::ReadBodySize(pointers);
}

/// What the order's dose is, for each drug of the knowledge in it.
std::map<std::string, alerts::OrderedDose> DosesOf(const fhir::Json& resource,
                                                   const mapping::DrugOrder& order,
                                                   const rules::KnowledgeBase& knowledge,
                                                   const mapping::BodySize& size,
                                                   std::optional<double> age_years) {
  std::string followed;
  for (const fhir::Json& extension : fhir::FindArray(resource, "extension")) {
    if (fhir::FindText(extension, "url") == alerts::kFollowedExtension) {
      followed = fhir::FindText(extension, "valueString");
    }
  }
  std::map<std::string, alerts::OrderedDose> doses;
  for (const rules::DrugMatch& match : knowledge.Match(order.query)) {
    doses[match.drug->name] = {.dose = mapping::ReadOrderDose(resource, order, *match.drug, size),
                               .followed = followed,
                               .weight_kg = size.weight_kg,
                               .surface_m2 = size.surface_m2,
                               .age_years = age_years};
  }
  return doses;
}

void AddRunning(const store::Reader& reader, std::string_view type,
                const rules::KnowledgeBase& knowledge, const mapping::BodySize& size,
                AdviceInput& input) {
  Medications medications(reader);
  const auto lookup = [&](std::string_view reference) { return medications.Find(reference); };
  const std::string query = "patient=" + input.patient + "&status=active";
  for (const store::StoredResource& stored : reader.FindMatching(type, query)) {
    const fhir::Json resource = stored.Body();
    if (!mapping::IsInForce(resource)) continue;
    mapping::DrugOrder order = mapping::ReadDrugOrder(resource, lookup);
    auto doses = DosesOf(resource, order, knowledge, size, input.age_years);
    const auto first = reader.FindVersion(stored.type, stored.id, 1);
    input.running.push_back({.reference = stored.Reference(),
                             .query = std::move(order.query),
                             .since = std::move(order.since),
                             .known_from = first ? first->last_updated : stored.last_updated,
                             .written = stored.last_updated,
                             .indications = std::move(order.indications),
                             .doses = std::move(doses)});
  }
}

AdviceInput ReadInput(const store::Reader& reader, const rules::KnowledgeBase& knowledge,
                      std::string id, core::Instant now) {
  const auto patient = reader.Find("Patient", id);
  if (!patient) throw core::Error(core::ErrorCode::kNotFound, "there is no such patient");
  AdviceInput input;
  input.patient = std::move(id);
  input.results = reader.ResultsOf(input.patient);
  input.age_years = mapping::AgeInYears(fhir::FindText(patient->Body(), "birthDate"),
                                        core::PrintInstant(now).substr(0, 10));
  const mapping::BodySize size = SizeOf(reader, input.patient);
  input.weight_kg = size.weight_kg;
  AddRunning(reader, "MedicationRequest", knowledge, size, input);
  AddRunning(reader, "MedicationStatement", knowledge, size, input);
  return input;
}

}  // namespace

void AddDrugsRoutes(http::Router& router, store::Store& store,
                    std::function<std::shared_ptr<const rules::KnowledgeBase>()> knowledge,
                    const core::Clock& clock, const alerts::PolicyOptions& policy) {
  router.Add(
      "GET", "/record/{patient}/drugs",
      [&store, knowledge = std::move(knowledge), &clock, policy](const http::Request& request) {
        const std::string active = request.Query("active").value_or("false");
        if (active != "true" && active != "false") {
          throw core::Error(core::ErrorCode::kMalformed, "active is true or false");
        }
        const core::Instant now = clock.Now();
        const auto in_use = knowledge();
        AdviceInput input = store.Read([&](const store::Reader& reader) {
          return ReadInput(reader, *in_use, PatientIdOf(reader, request.Parameter("patient"), now),
                           now);
        });
        input.only_running = active == "true";
        input.policy = policy;
        fhir::Json advice = BuildDrugAdvice(*in_use, input);
        // That there is more, not what.
        if (security::HasHidden(input.patient)) advice["blocked"] = true;
        return Pack(request, http::MakeResponse(200, fhir::PrintJson(advice), "application/json"));
      },
      http::Protection::Record());
}

}  // namespace genflik::tab
