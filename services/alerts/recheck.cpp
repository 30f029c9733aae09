#include "services/alerts/recheck.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/alerts/made_together.h"
#include "services/alerts/running_drugs.h"
#include "services/mapping/alerts.h"
#include "services/mapping/genomics.h"
#include "services/mapping/patient_events.h"

namespace genflik::alerts {
namespace {

using fhir::Json;

/// The resources that say that a drug runs or is about to, orders first, with the statuses in which
/// they do.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kRunning = {
    {{"MedicationRequest", "active,on-hold,draft"},
     {"MedicationStatement", "active,intended,on-hold"},
     {"MedicationDispense", "preparation,in-progress,on-hold"},
     {"MedicationAdministration", "in-progress,on-hold"}}};

std::string PatientOf(const Json& resource) {
  const Json* subject = fhir::Find(resource, "subject");
  if (subject == nullptr) subject = fhir::Find(resource, "patient");
  const std::string_view reference =
      subject == nullptr ? std::string_view() : fhir::FindText(*subject, "reference");
  return reference.starts_with("Patient/") ? std::string(reference.substr(8)) : std::string();
}

std::string_view SeverityOf(rules::AlertLevel level) {
  if (level == rules::AlertLevel::kCritical) return "high";
  return level == rules::AlertLevel::kWarning ? "moderate" : "low";
}

mapping::ResourceLookup LookupIn(const store::Reader& reader, std::map<std::string, Json>& found) {
  return [&reader, &found](std::string_view reference) -> const Json* {
    const size_t slash = reference.find('/');
    if (slash == std::string_view::npos) return nullptr;
    const std::string key(reference);
    if (const auto known = found.find(key); known != found.end()) return &known->second;
    const auto stored = reader.Find(reference.substr(0, slash), reference.substr(slash + 1));
    if (!stored) return nullptr;
    return &found.emplace(key, stored->Body()).first->second;
  };
}

// Those of the orders that are to be followed.
std::vector<StoredOrder> ReadOrders(const store::Reader& reader,
                                    const std::vector<store::StoredResource>& orders,
                                    const mapping::ResourceLookup& lookup) {
  std::vector<StoredOrder> all;
  all.reserve(orders.size());
  for (const auto& stored : orders) {
    StoredOrder one{.body = stored.Body(), .first_stored = stored.last_updated};
    if (!mapping::IsInForce(one.body)) continue;
    one.order = mapping::ReadDrugOrder(one.body, lookup);
    if (stored.version > 1) {
      const auto first = reader.FindVersion(stored.type, stored.id, 1);
      one.first_stored = first ? first->last_updated : std::string();
    }
    all.push_back(std::move(one));
  }
  return all;
}

struct Checker {
  const rules::KnowledgeBase& knowledge;
  const RecheckOptions& options;
  core::Instant now;

  std::string Today() const { return core::PrintInstant(now).substr(0, 10); }

  // The DetectedIssues of one order.
  std::vector<Json> IssuesOf(const Json& order, const mapping::DrugOrder& read,
                             const PatientFacts& facts, const std::string& patient_id) const {
    std::vector<Json> issues;
    const CheckedOrder checked = CheckOrder(knowledge, order, read, facts, options.policy, Today());
    for (const Advice& advice : checked.advice) {
      if (advice.level == rules::AlertLevel::kNone) continue;
      issues.push_back(IssueOf(advice, read, facts, patient_id));
    }
    return issues;
  }

  Json IssueOf(const Advice& advice, const mapping::DrugOrder& read, const PatientFacts& facts,
               const std::string& patient_id) const {
    mapping::IssueContent content;
    content.id = mapping::DetectedIssueId(read.reference, advice.drug);
    content.severity = SeverityOf(advice.level);
    content.patient = "Patient/" + patient_id;
    content.order = read.reference;
    const auto evidence = EvidenceOf(advice, facts.profile, &content.observations);
    content.identified = core::PrintInstant(now);
    content.summary = Summary(advice, knowledge, options.language);
    content.detail = Detail(advice, knowledge, evidence, {}, options.language);
    content.rule = advice.Key();
    content.drug = advice.drug;
    content.knowledge_version = advice.knowledge_version;
    const rules::Citation* citation = advice.lead      ? &advice.lead->citation
                                      : advice.pretest ? &advice.pretest->citation
                                                       : nullptr;
    if (citation != nullptr) {
      content.citation_url =
          citation->doi.empty() ? citation->url : "https://doi.org/" + citation->doi;
    }
    return mapping::RenderDetectedIssue(content);
  }
};

// Keeps what people did about the alert, and its time when nothing else changed.
void StoreIssue(store::Writer& writer, Json issue) {
  const auto stored = writer.Find("DetectedIssue", fhir::FindText(issue, "id"));
  if (stored) {
    const Json old = stored->Body();
    if (const Json* mitigation = fhir::Find(old, "mitigation")) issue["mitigation"] = *mitigation;
    const bool same = fhir::FindText(old, "detail") == fhir::FindText(issue, "detail") &&
                      fhir::FindText(old, "status") == fhir::FindText(issue, "status");
    if (same) return;
  }
  writer.Put(std::move(issue));
}

// Alerts about an order that no longer hold are kept, as cancelled.
void CancelIssues(store::Writer& writer, const std::string& order,
                  const std::set<std::string>& standing) {
  for (const auto& stored : writer.FindMatching("DetectedIssue", "implicated=" + order)) {
    Json issue = stored.Body();
    const bool ours = stored.id.starts_with("pgx-");
    if (!ours || standing.contains(stored.id) || fhir::FindText(issue, "status") == "cancelled")
      continue;
    issue["status"] = "cancelled";
    writer.Put(std::move(issue));
  }
}

/// The drug of an order by its codes and names: what is handed out or given because of an order is
/// told about with the order.
class SeenDrugs {
 public:
  /// True when another resource spoke of the drug before.
  bool Add(const mapping::DrugOrder& order) {
    std::set<std::string> own;
    for (const auto& code : order.query.codes) {
      own.insert(std::to_string(static_cast<int>(code.system)) + "|" + code.code);
    }
    if (own.empty()) own.insert(order.query.names.begin(), order.query.names.end());
    const bool seen = std::any_of(own.begin(), own.end(),
                                  [this](const std::string& one) { return seen_.contains(one); });
    seen_.merge(own);
    return seen;
  }

 private:
  std::set<std::string> seen_;
};

class Observer {
 public:
  Observer(KnowledgeSource knowledge, const core::Clock& clock, RecheckOptions options)
      : knowledge_(std::move(knowledge)), clock_(&clock), options_(std::move(options)) {}

  void operator()(store::Writer& writer, const std::vector<store::StoredResource>& written) const {
    std::set<std::string> patients;
    std::set<std::string> gone;
    for (const auto& resource : written) {
      const bool drug = IsDrugType(resource.type);
      const bool result = resource.type == "Observation" || resource.type == "DiagnosticReport";
      // A transplantation changes what results mean.
      const bool event = resource.type == "Procedure" || resource.type == "Flag";
      if (!drug && !result && !event) continue;
      if (resource.deleted) {
        if (drug) gone.insert(resource.Reference());
        continue;
      }
      const Json body = resource.Body();
      if (result && !mapping::MayHoldGeneResults(body)) continue;
      if (event && mapping::ReadForRecord(body).empty()) continue;
      if (drug && !mapping::IsInForce(body)) gone.insert(resource.Reference());
      if (const auto patient = PatientOf(body); !patient.empty()) patients.insert(patient);
    }
    for (const auto& order : gone) CancelIssues(writer, order, {});
    for (const auto& patient : patients) Recheck(writer, patient);
  }

 private:
  void Recheck(store::Writer& writer, const std::string& patient) const {
    const auto orders = FindRunningDrugs(writer, "patient=Patient/" + patient + "&");
    if (orders.empty()) return;
    const auto knowledge = knowledge_();
    const Checker checker{*knowledge, options_, clock_->Now()};
    PatientFacts facts = ReadPatientFacts(writer, *knowledge, patient, checker.Today());
    const size_t taken = facts.active.size();
    std::map<std::string, Json> found;
    const std::vector<StoredOrder> all = ReadOrders(writer, orders, LookupIn(writer, found));
    SeenDrugs seen;
    for (const StoredOrder& one : all) {
      std::set<std::string> standing;
      if (seen.Add(one.order) && !one.order.reference.starts_with("MedicationRequest/")) {
        CancelIssues(writer, one.order.reference, standing);
        continue;
      }
      facts.active.resize(taken);
      AddMadeTogether(*knowledge, one, all, facts);
      for (Json& issue : checker.IssuesOf(one.body, one.order, facts, patient)) {
        standing.insert(std::string(fhir::FindText(issue, "id")));
        StoreIssue(writer, std::move(issue));
      }
      CancelIssues(writer, one.order.reference, standing);
    }
  }

  KnowledgeSource knowledge_;
  const core::Clock* clock_;
  RecheckOptions options_;
};

}  // namespace

bool IsDrugType(std::string_view type) {
  return std::any_of(kRunning.begin(), kRunning.end(),
                     [&](const auto& pair) { return pair.first == type; });
}

std::vector<store::StoredResource> FindRunningDrugs(const store::Reader& reader,
                                                    const std::string& criteria) {
  std::vector<store::StoredResource> running;
  for (const auto& [type, statuses] : kRunning) {
    for (auto& stored : reader.FindMatching(type, criteria + "status=" + std::string(statuses))) {
      running.push_back(std::move(stored));
    }
  }
  return running;
}

PatientFacts ReadPatientFacts(const store::Reader& reader, const rules::KnowledgeBase& knowledge,
                              const std::string& patient_id, std::string_view today) {
  PatientFacts facts;
  facts.profile = rules::MakeProfile(knowledge, reader.ResultsOf(patient_id));
  if (const auto patient = reader.Find("Patient", patient_id)) {
    facts.context.age_years =
        mapping::AgeInYears(fhir::FindText(patient->Body(), "birthDate"), today);
  }
  std::map<std::string, Json> found;
  const auto lookup = LookupIn(reader, found);
  for (const std::string_view type : {"MedicationRequest", "MedicationStatement"}) {
    for (const auto& stored :
         reader.FindMatching(type, "patient=Patient/" + patient_id + "&status=active")) {
      const Json body = stored.Body();
      if (!mapping::IsInForce(body)) continue;
      DrugReading reading = LookUpDrug(knowledge, body, mapping::ReadDrugOrder(body, lookup));
      // The Medication belongs to a resource that is gone after this turn.
      reading.order.medication = nullptr;
      AddActive(std::move(reading), facts);
    }
  }
  std::vector<Json> sizes;
  for (const auto& stored : reader.FindMatching(
           "Observation", "patient=Patient/" + patient_id + std::string(mapping::kBodySizeQuery))) {
    sizes.push_back(stored.Body());
  }
  std::vector<const Json*> pointers;
  pointers.reserve(sizes.size());
  for (const Json& one : sizes) pointers.push_back(&one);
  facts.size = mapping::ReadBodySize(pointers);
  facts.context.weight_kg = facts.size.weight_kg;
  return facts;
}

store::WriteObserver MakeRecheckObserver(KnowledgeSource knowledge, const core::Clock& clock,
                                         RecheckOptions options) {
  return Observer(std::move(knowledge), clock, std::move(options));
}

std::vector<Json> EvaluateOrder(const store::Reader& reader, const rules::KnowledgeBase& knowledge,
                                const Json& order, core::Instant now,
                                const RecheckOptions& options) {
  const Checker checker{knowledge, options, now};
  std::map<std::string, Json> found;
  const auto lookup = LookupIn(reader, found);
  auto read = mapping::ReadDrugOrder(order, lookup);
  if (read.reference.empty()) read.reference = "MedicationRequest/new";
  const std::string patient = PatientOf(order);
  PatientFacts facts = ReadPatientFacts(reader, knowledge, patient, checker.Today());
  const auto running = FindRunningDrugs(reader, "patient=Patient/" + patient + "&");
  const std::vector<StoredOrder> all = ReadOrders(reader, running, lookup);
  PatientFacts own = facts;
  AddMadeTogether(knowledge, {.body = order, .order = read}, all, own);
  auto issues = checker.IssuesOf(order, read, own, patient);
  DrugReading reading = LookUpDrug(knowledge, order, std::move(read));
  // An inhibitor changes what is taken already.
  if (reading.converters.empty()) return issues;
  AddActive(std::move(reading), facts, &order);
  const std::vector<const Json*> orders{&order};
  const std::string today = checker.Today();
  const DrugReadings readings(knowledge, lookup);
  RunningInput input{.knowledge = knowledge,
                     .policy = options.policy,
                     .today = today,
                     .facts = facts,
                     .readings = readings,
                     .orders = orders};
  for (const StoredOrder& one : all) input.taken.push_back(&one.body);
  for (const RunningAdvice& louder : FindLouder(input).advice)
    issues.push_back(checker.IssueOf(louder.advice, louder.checked.order, facts, patient));
  return issues;
}

}  // namespace genflik::alerts
