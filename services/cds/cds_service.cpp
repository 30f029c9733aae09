#include "services/cds/cds_service.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/json_object.h"
#include "rules/notation.h"
#include "services/cds/blocked_results.h"
#include "services/cds/body_size.h"
#include "services/cds/decision.h"
#include "services/cds/evaluation_record.h"
#include "services/cds/fetch_missing.h"
#include "services/cds/hook_request.h"
#include "services/core/error.h"
#include "services/core/ids.h"
#include "services/lab/patients.h"
#include "services/lab/unmapped_queue.h"
#include "services/mapping/orders.h"
#include "services/mapping/patients.h"

namespace genflik::cds {
namespace {

using core::Error;
using core::ErrorCode;
using fhir::Json;

Json ParseBody(const http::Request& request) {
  fhir::IssueLog log;
  auto body = fhir::ParseJson(request.body, log);
  if (!body) throw Error(ErrorCode::kMalformed, log.issues());
  return std::move(*body);
}

// What asks the record system of this call within the time limit; nothing where it may not be
// asked.
FetchRound RoundTo(const CdsContext& context, const HookRequest& request, Deadline deadline) {
  if (!request.ehr || !context.fetch) return {};
  return [&context, access = *request.ehr, deadline](const std::vector<std::string>& queries) {
    return context.fetch(access, queries, deadline);
  };
}

// Deciding takes a few milliseconds, and less than one more for each order.
Deadline LastMomentToFetch(const CdsOptions& options, Deadline begun, size_t orders) {
  const auto deciding =
      options.time_limit / 10 + options.time_limit * static_cast<std::int64_t>(orders) / 500;
  return begun + std::max(options.time_limit - deciding, options.time_limit / 4);
}

std::vector<Json> Bodies(const std::vector<store::StoredResource>& stored) {
  std::vector<Json> bodies;
  bodies.reserve(stored.size());
  for (const auto& resource : stored) bodies.push_back(resource.Body());
  return bodies;
}

// The stored patient whom the EHR's patient is: by identifiers; by id only where the EHR gave no
// identifiers that could say otherwise.
// Also reads the birth date where the EHR did not send the patient.
void FindStoredPatient(const store::Reader& reader, const HookRequest& request, core::Instant now,
                       StoredFacts& facts) {
  if (request.prefetched_patient != nullptr) {
    fhir::IssueLog log;
    const auto today = std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(now)};
    const auto identifiers = mapping::IdentifiersOf(*request.prefetched_patient, today, log);
    if (!identifiers.empty()) {
      facts.patient = lab::FindPatient(reader, identifiers);
      const bool told = !fhir::FindText(*request.prefetched_patient, "birthDate").empty();
      if (told || facts.patient.empty()) return;
      const auto known = reader.Find("Patient", facts.patient);
      if (known) facts.birth_date = fhir::FindText(known->Body(), "birthDate");
      return;
    }
  }
  const auto patient = reader.Find("Patient", request.patient);
  if (!patient) return;
  const Json body = patient->Body();
  const std::string_view stored_birth = fhir::FindText(body, "birthDate");
  if (request.prefetched_patient != nullptr) {
    // Without identifiers another person's record may have the same id.
    const std::string_view born = fhir::FindText(*request.prefetched_patient, "birthDate");
    if (born.empty() || born != stored_birth) return;
  }
  facts.patient = request.patient;
  facts.birth_date = stored_birth;
}

bool OrdersATest(const HookRequest& request) {
  return std::any_of(request.orders.begin(), request.orders.end(), [](const Json* order) {
    return fhir::FindText(*order, "resourceType") == "ServiceRequest";
  });
}

std::vector<Json> ReadPendingTests(const store::Reader& reader, const std::string& patient) {
  return Bodies(
      reader.FindMatching("ServiceRequest", "patient=Patient/" + patient + "&status=active,draft"));
}

bool KeepsDrugs(const store::Reader& reader, const std::string& of_patient) {
  return !reader.FindMatching("MedicationRequest", of_patient).empty() ||
         !reader.FindMatching("MedicationStatement", of_patient).empty();
}

StoredFacts ReadStored(const CdsContext& context, const HookRequest& request,
                       const rules::KnowledgeBase& knowledge) {
  const core::Instant now = context.clock.Now();
  return context.store.Read([&](const store::Reader& reader) {
    StoredFacts facts;
    FindStoredPatient(reader, request, now, facts);
    if (facts.patient.empty()) return facts;
    facts.results = reader.ResultsOf(facts.patient);
    const std::string of_patient = "patient=Patient/" + facts.patient;
    // The EHR's own list of drugs, where it came, is the one in force.
    if (request.medications != Supply::kComplete) {
      facts.medications =
          Bodies(reader.FindMatching("MedicationRequest", of_patient + "&status=active"));
      for (Json& one :
           Bodies(reader.FindMatching("MedicationStatement", of_patient + "&status=active"))) {
        facts.medications.push_back(std::move(one));
      }
      facts.keeps_drugs = !facts.medications.empty() || KeepsDrugs(reader, of_patient);
    }
    if (UsesSize(request, knowledge)) {
      facts.sizes = Bodies(
          reader.FindMatching("Observation", of_patient + std::string(mapping::kBodySizeQuery)));
    }
    if (OrdersATest(request)) facts.tests = ReadPendingTests(reader, facts.patient);
    return facts;
  });
}

store::Record UnmappedRecord(const std::string& patient, const std::string& drug) {
  lab::Unmapped entry;
  entry.form = "order";
  entry.source = drug;
  entry.patient = patient;
  entry.reasons = {"an order names a drug that the knowledge does not have: " + drug};
  return lab::ToRecord(entry, "order-drug|" + drug);
}

bool AsksForTest(const Decision& decision) {
  return std::any_of(decision.said.begin(), decision.said.end(),
                     [](const Said& said) { return said.advice.starts_with("test-first:"); });
}

// Only once a genotyping is advised does it matter whether it is on its way. True when anything was
// found.
bool LookForTests(const CdsContext& context, Deadline deadline, HookRequest& request,
                  StoredFacts& facts, std::list<FetchedResource>& fetched) {
  if (facts.tests.empty() && !facts.patient.empty()) {
    facts.tests = context.store.Read(
        [&](const store::Reader& reader) { return ReadPendingTests(reader, facts.patient); });
  }
  const size_t before = request.prefetched.size();
  if (const auto round = RoundTo(context, request, deadline)) {
    FetchTests(round, request, fetched);
    facts.fetched.assign(fetched.begin(), fetched.end());
  }
  return !facts.tests.empty() || request.prefetched.size() > before;
}

// An evaluation that ends because data are missing is recorded like any other.
Decision DecideOrRecord(const CdsContext& context, const EvaluationFrame& frame,
                        const std::string& body, const DecisionInput& input) {
  try {
    return Decide(input);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kPreconditionFailed) throw;
    EvaluationFrame refused = frame;
    refused.policy_text = PrintPolicy(context.options);
    refused.request_text = body;
    auto records = MakeRecords(refused, input.request, input.stored, {});
    records.front().status = std::string(kRefused);
    // The same call may come again with what was missing.
    records.front().key += "|refused";
    context.book.Record(std::move(records));
    throw;
  }
}

std::vector<std::string> PrintEach(const std::vector<Json>& cards) {
  std::vector<std::string> texts;
  texts.reserve(cards.size());
  for (const Json& card : cards) texts.push_back(fhir::PrintJson(card));
  return texts;
}

std::string Join(const std::vector<std::string>& texts) {
  size_t size = 2;
  for (const auto& text : texts) size += text.size() + 1;
  std::string list;
  list.reserve(size);
  list = '[';
  for (const auto& text : texts) {
    if (list.size() > 1) list += ',';
    list += text;
  }
  list += ']';
  return list;
}

// Links for record systems without SMART App Launch. They are keys for minutes, so they go to the
// caller alone: the record of the decision is without them, and its replay gives the same cards.
// A card is printed but once, so its link joins it as text: RenderCard puts its links last.
void AddTabLinks(const CdsContext& context, const EvaluationFrame& frame, const TabTarget& target,
                 const Decision& decision, std::vector<std::string>& texts) {
  std::map<std::string, std::string> of_drug;
  for (size_t i = 0; i < texts.size(); ++i) {
    const std::string_view id = fhir::FindText(decision.cards[i], "uuid");
    const auto said = std::find_if(decision.said.begin(), decision.said.end(),
                                   [&](const Said& one) { return one.card == id; });
    TabTarget of_card = target;
    if (said != decision.said.end()) of_card.drug = said->drug;
    std::string& link = of_drug[of_card.drug];
    if (link.empty()) {
      Json json = fhir::ObjectFor(3);
      json["label"] = alerts::Say(frame.language, "Öppna genfliken för patienten (direktlänk)",
                                  "Open the gene tab on this patient (direct link)");
      json["url"] = context.tab_link(of_card);
      json["type"] = "absolute";
      link = fhir::PrintJson(json);
    }
    constexpr std::string_view kEnd = "]}";
    if (!texts[i].ends_with(kEnd)) {
      throw Error(ErrorCode::kInternal, "a card does not end with its links");
    }
    texts[i].insert(texts[i].size() - kEnd.size(), ',' + link);
  }
}

const ServiceEntry& ServiceOf(const http::Request& http_request) {
  const ServiceEntry* service = FindService(http_request.Parameter("id"));
  if (service != nullptr) return *service;
  throw Error(ErrorCode::kNotFound,
              "there is no service '" + std::string(http_request.Parameter("id")) + "'");
}

std::string NewEvaluationId() {
  static core::TimeOrderedIds ids;
  return ids.New();
}

}  // namespace

alerts::Language PreferredLanguage(std::string_view accept_language, alerts::Language otherwise) {
  // Tags are the same in either case (RFC 5646, 2.1.1), and so is the "q" of a weight.
  const std::string header = rules::LowerAscii(accept_language);
  double best = 0;
  alerts::Language language = otherwise;
  size_t at = 0;
  while (at < header.size()) {
    const size_t end = std::min(header.find(',', at), header.size());
    const std::string_view item = rules::Trim(std::string_view(header).substr(at, end - at));
    at = end + 1;
    double weight = 1;
    if (const size_t q = item.find("q="); q != std::string_view::npos) {
      std::from_chars(item.data() + q + 2, item.data() + item.size(), weight);
    }
    const std::string_view tag = item.substr(0, item.find_first_of("-; "));
    if ((tag != "sv" && tag != "en") || weight <= best) continue;
    best = weight;
    language = tag == "sv" ? alerts::Language::kSwedish : alerts::Language::kEnglish;
  }
  return language;
}

http::Response CallService(const CdsContext& context, const http::Request& http_request) {
  const ServiceEntry& service = ServiceOf(http_request);
  const Deadline begun = std::chrono::steady_clock::now();
  const Json body = ParseBody(http_request);
  fhir::IssueLog log;
  const std::chrono::year_month_day today =
      std::chrono::floor<std::chrono::days>(context.clock.Now());
  auto request = ReadHookRequest(body, service, log, today);
  if (!request) throw Error(ErrorCode::kMalformed, log.issues());
  if (request->orders.size() > context.options.most_orders) {
    throw Error(ErrorCode::kTooLarge,
                "more than " + std::to_string(context.options.most_orders) + " orders in one call");
  }
  const Deadline deadline = LastMomentToFetch(context.options, begun, request->orders.size());
  std::list<FetchedResource> fetched;
  const auto knowledge = context.knowledge();
  if (const auto round = RoundTo(context, *request, deadline))
    FetchMissing(round, *knowledge, *request, fetched);
  StoredFacts facts = ReadStored(context, *request, *knowledge);
  facts.fetched.assign(fetched.begin(), fetched.end());
  const std::string now = core::PrintInstant(context.clock.Now());
  EvaluationFrame frame{
      .id = NewEvaluationId(), .time = now, .knowledge_version = knowledge->version()};
  frame.language =
      PreferredLanguage(http_request.Header("Accept-Language"), context.options.language);
  frame.base =
      context.options.public_base.empty() ? http_request.base : context.options.public_base;
  const DecisionInput input{.request = *request,
                            .stored = facts,
                            .knowledge = *knowledge,
                            .options = context.options,
                            .language = frame.language,
                            .base = frame.base,
                            .today = now.substr(0, 10),
                            .said_lately = [&](const std::string& key) {
                              return context.book.SaidLately(key, request->instance);
                            }};
  Decision decision = DecideOrRecord(context, frame, http_request.body, input);
  if (AsksForTest(decision) && LookForTests(context, deadline, *request, facts, fetched))
    decision = Decide(input);
  ReadOpened(context, facts);
  TellOfBlocked(input, decision);
  frame.policy_text = PrintPolicy(context.options);
  auto texts = PrintEach(decision.cards);
  frame.cards_text = Join(texts);
  frame.request_text = http_request.body;
  auto records = MakeRecords(frame, *request, facts, decision);
  for (const auto& drug : decision.unmapped) records.push_back(UnmappedRecord(facts.patient, drug));
  context.book.Record(std::move(records));
  if (context.tab_link && !facts.patient.empty()) {
    AddTabLinks(context, frame,
                {.base = frame.base, .patient = facts.patient, .user = request->user}, decision,
                texts);
  }
  std::string answer = "{\"cards\":" + Join(texts);
  if (!decision.system_actions.empty())
    answer += ",\"systemActions\":" + Join(PrintEach(decision.system_actions));
  auto response = http::MakeResponse(200, answer + '}', "application/json");
  response.Set("Content-Language", std::string(alerts::Say(frame.language, "sv", "en")));
  return response;
}

}  // namespace genflik::cds
