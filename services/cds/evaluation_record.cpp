#include "services/cds/evaluation_record.h"

#include <algorithm>
#include <array>
#include <list>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/datetime.h"
#include "fhir/json_object.h"
#include "rules/notation.h"
#include "services/cds/blocked_results.h"
#include "services/cds/fetch_missing.h"
#include "services/core/error.h"

namespace genflik::cds {
namespace {

using fhir::Json;
using rules::CallStatus;
using rules::GeneResult;
using rules::RecordStatus;

Json TextList(const std::vector<std::string>& words) {
  return Json::array_t(words.begin(), words.end());
}

std::vector<std::string> ReadTextList(const Json& object, std::string_view name) {
  std::vector<std::string> words;
  for (const Json& item : fhir::FindArray(object, name)) {
    if (item.is_string()) words.push_back(item.get<std::string>());
  }
  return words;
}

Json RenderResult(const GeneResult& result) {
  Json json = fhir::ObjectFor(17);
  json["gene"] = result.gene;
  json["status"] = static_cast<int>(result.status);
  json["recordStatus"] = static_cast<int>(result.record_status);
  json["diplotypes"] = TextList(result.diplotypes);
  json["haplotypes"] = TextList(result.haplotypes);
  json["absent"] = TextList(result.absent);
  if (result.reported_phenotype) json["phenotype"] = *result.reported_phenotype;
  if (result.reported_activity_score) json["score"] = *result.reported_activity_score;
  json["text"] = result.reported_text;
  Json coverage = fhir::ObjectFor(4);
  coverage["known"] = result.coverage.known;
  coverage["alleles"] = TextList(result.coverage.alleles);
  coverage["positions"] = TextList(result.coverage.positions);
  coverage["copyNumber"] = result.coverage.copy_number;
  json["coverage"] = std::move(coverage);
  json["laboratory"] = result.laboratory;
  json["method"] = result.method;
  json["effective"] = result.effective;
  json["received"] = result.received;
  json["source"] = result.source;
  if (!result.set_aside.empty()) json["setAside"] = result.set_aside;
  if (!result.event.empty()) json["event"] = result.event;
  return json;
}

int Whole(const Json& object, std::string_view name) {
  const Json* found = fhir::Find(object, name);
  return found != nullptr && found->is_number_integer() ? found->get<int>() : 0;
}

bool Flag(const Json& object, std::string_view name) {
  const Json* found = fhir::Find(object, name);
  return found != nullptr && found->is_boolean() && found->get<bool>();
}

GeneResult ReadResult(const Json& json) {
  GeneResult result;
  result.gene = fhir::FindText(json, "gene");
  result.status = static_cast<CallStatus>(std::clamp(Whole(json, "status"), 0, 3));
  result.record_status = static_cast<RecordStatus>(std::clamp(Whole(json, "recordStatus"), 0, 4));
  result.diplotypes = ReadTextList(json, "diplotypes");
  result.haplotypes = ReadTextList(json, "haplotypes");
  result.absent = ReadTextList(json, "absent");
  if (const auto phenotype = fhir::FindText(json, "phenotype"); !phenotype.empty()) {
    result.reported_phenotype = std::string(phenotype);
  }
  if (const Json* score = fhir::Find(json, "score"))
    result.reported_activity_score = fhir::NumberOf(*score);
  result.reported_text = fhir::FindText(json, "text");
  if (const Json* coverage = fhir::Find(json, "coverage")) {
    result.coverage.known = Flag(*coverage, "known");
    result.coverage.alleles = ReadTextList(*coverage, "alleles");
    result.coverage.positions = ReadTextList(*coverage, "positions");
    result.coverage.copy_number = Flag(*coverage, "copyNumber");
  }
  result.laboratory = fhir::FindText(json, "laboratory");
  result.method = fhir::FindText(json, "method");
  result.effective = fhir::FindText(json, "effective");
  result.received = fhir::FindText(json, "received");
  result.source = fhir::FindText(json, "source");
  result.set_aside = fhir::FindText(json, "setAside");
  result.event = fhir::FindText(json, "event");
  return result;
}

Json RenderResults(const std::vector<GeneResult>& results) {
  Json::array_t list;
  list.reserve(results.size());
  for (const GeneResult& result : results) list.push_back(RenderResult(result));
  return list;
}

std::vector<GeneResult> ReadResults(const Json& facts, std::string_view name) {
  std::vector<GeneResult> results;
  for (const Json& result : fhir::FindArray(facts, name)) results.push_back(ReadResult(result));
  return results;
}

Json List(const std::vector<Json>& items) { return Json::array_t(items.begin(), items.end()); }

std::vector<Json> ReadList(const Json& object, std::string_view name) {
  const Json& list = fhir::FindArray(object, name);
  return {list.begin(), list.end()};
}

// The request as it came, without the secret in it.
std::string WithoutSecret(const HookRequest& request, const std::string& raw) {
  if (fhir::Find(*request.body, "fhirAuthorization") == nullptr && !raw.empty()) return raw;
  Json kept = Json::object();
  for (const auto& item : request.body->items()) {
    if (item.key() != "fhirAuthorization") kept[item.key()] = item.value();
  }
  return fhir::PrintJson(kept);
}

Json RenderLevels(const std::map<std::string, rules::AlertLevel>& levels) {
  Json json = Json::object();
  for (const auto& [name, level] : levels) json[name] = rules::CodeOf(level);
  return json;
}

std::map<std::string, rules::AlertLevel> ReadLevels(const Json& json) {
  using enum rules::AlertLevel;
  std::map<std::string, rules::AlertLevel> levels;
  for (const auto& item : json.items()) {
    for (const auto level : {kNone, kInfo, kWarning, kCritical}) {
      if (fhir::FindText(json, item.key()) == rules::CodeOf(level)) levels[item.key()] = level;
    }
  }
  return levels;
}

// What a region had set when something was decided.
void ReadPolicy(const Json& json, CdsOptions& options) {
  options.policy.leading = fhir::FindText(json, "leading");
  options.policy.jurisdictions = ReadTextList(json, "jurisdictions");
  options.policy.loudest = ReadLevels(json.at("loudest"));
  options.specialties.clear();
  for (const auto& item : json.at("specialties").items())
    options.specialties[item.key()] = ReadLevels(item.value());
  options.system_actions = Flag(json, "systemActions");
}

Json RenderSaid(const Said& said) {
  // What an alert adds has room too.
  Json json = fhir::ObjectFor(15);
  const auto add = [&json](const char* name, const std::string& value) {
    if (!value.empty()) json[name] = value;
  };
  add("card", said.card);
  add("status", said.status);
  add("order", said.order);
  add("drug", said.drug);
  add("gene", said.gene);
  add("advice", said.advice);
  add("indicator", said.indicator);
  add("summary", said.summary);
  add("quietKey", said.quiet_key);
  return json;
}

std::chrono::year_month_day DayOf(const fhir::DateTime& date) {
  return std::chrono::year{date.year} / std::chrono::month{static_cast<unsigned>(date.month)} /
         std::chrono::day{static_cast<unsigned>(date.day)};
}

}  // namespace

Json RenderFacts(const StoredFacts& facts) {
  Json json = fhir::ObjectFor(9);
  json["patient"] = facts.patient;
  json["birthDate"] = facts.birth_date;
  json["results"] = RenderResults(facts.results);
  if (facts.opened) json["opened"] = RenderResults(*facts.opened);
  json["medications"] = List(facts.medications);
  if (!facts.keeps_drugs) json["keepsDrugs"] = false;
  json["sizes"] = List(facts.sizes);
  json["tests"] = List(facts.tests);
  for (const FetchedResource& one : facts.fetched) {
    json["fetched"].push_back({{"query", one.query}, {"body", one.body ? *one.body : Json()}});
  }
  return json;
}

StoredFacts ReadFacts(const Json& json) {
  StoredFacts facts;
  facts.patient = fhir::FindText(json, "patient");
  facts.birth_date = fhir::FindText(json, "birthDate");
  facts.results = ReadResults(json, "results");
  if (fhir::Find(json, "opened") != nullptr) facts.opened = ReadResults(json, "opened");
  facts.medications = ReadList(json, "medications");
  facts.keeps_drugs = fhir::Find(json, "keepsDrugs") == nullptr;
  facts.sizes = ReadList(json, "sizes");
  facts.tests = ReadList(json, "tests");
  for (const Json& one : fhir::FindArray(json, "fetched")) {
    FetchedResource fetched{.query = std::string(fhir::FindText(one, "query"))};
    if (const Json& body = one.at("body"); !body.is_null()) {
      fetched.body = std::make_shared<const Json>(body);
    }
    facts.fetched.push_back(std::move(fetched));
  }
  return facts;
}

std::string PrintPolicy(const CdsOptions& options) {
  const alerts::PolicyOptions plain;
  const auto& policy = options.policy;
  if (policy.leading == plain.leading && policy.jurisdictions == plain.jurisdictions &&
      policy.loudest.empty() && options.specialties.empty() && !options.system_actions)
    return {};
  Json json{{"leading", policy.leading}};
  json["jurisdictions"] = TextList(policy.jurisdictions);
  json["loudest"] = RenderLevels(policy.loudest);
  json["specialties"] = Json::object();
  for (const auto& [name, levels] : options.specialties)
    json["specialties"][name] = RenderLevels(levels);
  json["systemActions"] = options.system_actions;
  return fhir::PrintJson(json);
}

std::vector<store::Record> MakeRecords(const EvaluationFrame& frame, const HookRequest& request,
                                       const StoredFacts& facts, const Decision& decision) {
  std::vector<store::Record> records;
  const bool spoke = std::any_of(decision.said.begin(), decision.said.end(),
                                 [](const Said& said) { return said.status == "shown"; });
  Json head = fhir::ObjectFor(10);
  head["service"] = request.service;
  head["hook"] = request.hook;
  head["call"] = request.instance;
  head["user"] = request.user;
  head["time"] = frame.time;
  head["knowledge"] = frame.knowledge_version;
  head["language"] = alerts::Say(frame.language, "sv", "en");
  head["base"] = frame.base;
  head["said"] = Json::array();
  for (const Said& said : decision.said) head["said"].push_back(RenderSaid(said));
  head["facts"] = RenderFacts(facts);
  // What stands as text already is joined as text: this is written for every call.
  std::string body = fhir::PrintJson(head);
  body.back() = ',';
  if (!frame.policy_text.empty()) body += "\"policy\":" + frame.policy_text + ',';
  body += "\"request\":" + WithoutSecret(request, frame.request_text) +
          ",\"cards\":" + frame.cards_text + '}';
  // A repeated call is one evaluation.
  records.push_back({.id = frame.id,
                     .kind = "evaluation",
                     .key = request.service + '|' + request.instance,
                     .patient = facts.patient,
                     .status = spoke ? "spoke" : "silent",
                     .created = frame.time,
                     .body = std::move(body)});
  for (const Said& said : decision.said) {
    if (said.card.empty()) continue;
    Json alert = RenderSaid(said);
    alert["evaluation"] = frame.id;
    alert["service"] = request.service;
    alert["hook"] = request.hook;
    alert["call"] = request.instance;
    alert["user"] = request.user;
    alert["knowledge"] = frame.knowledge_version;
    records.push_back({.kind = "alert",
                       .key = said.card,
                       .patient = facts.patient,
                       .status = said.status,
                       .created = frame.time,
                       .body = fhir::PrintJson(alert)});
  }
  return records;
}

std::optional<store::Record> FindEvaluation(const store::Reader& reader, const std::string& id) {
  std::string upper = id;
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  const auto first = [&](store::RecordFilter filter) -> std::optional<store::Record> {
    filter.kind = "evaluation";
    filter.limit = 1;
    auto found = reader.FindRecords(filter);
    return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
  };
  if (auto found = first({.id = id})) return found;
  // Calls are recorded in lower case; the earliest stand as they came.
  for (const std::string& call : {rules::LowerAscii(id), id, upper}) {
    for (const auto& service : AllServices()) {
      for (const std::string_view end : {std::string_view(), std::string_view("|refused")}) {
        std::string key = std::string(service.id) + '|' + call;
        if (auto found = first({.key = key.append(end)})) return found;
      }
    }
  }
  return std::nullopt;
}

Replay ReplayEvaluation(const store::Record& record, const rules::KnowledgeBase& knowledge,
                        const CdsOptions& options) {
  fhir::IssueLog log;
  const auto body = fhir::ParseJson(record.body, log);
  const Json* sent = body ? fhir::Find(*body, "request") : nullptr;
  const Json* kept = body ? fhir::Find(*body, "facts") : nullptr;
  const ServiceEntry* service = body ? FindService(fhir::FindText(*body, "service")) : nullptr;
  if (record.kind != "evaluation" || sent == nullptr || kept == nullptr || service == nullptr) {
    throw core::Error(core::ErrorCode::kInvalid,
                      record.id + " is no evaluation that can be replayed");
  }
  const auto day = fhir::ReadDate(fhir::FindText(*body, "time").substr(0, 10));
  auto request = ReadHookRequest(*sent, *service, log, day ? DayOf(*day) : DayOfMachine());
  if (!request) throw core::Error(core::ErrorCode::kInvalid, log.issues());
  // Cards are named after the call as it was read then.
  if (const auto call = fhir::FindText(*body, "call"); !call.empty()) request->instance = call;
  const StoredFacts facts = ReadFacts(*kept);
  std::list<FetchedResource> fetched;
  if (!facts.fetched.empty()) {
    FetchMissing(FromFetched(facts.fetched), knowledge, *request, fetched);
    FetchTests(FromFetched(facts.fetched), *request, fetched);
  }
  CdsOptions then = options;
  if (const Json* policy = fhir::Find(*body, "policy")) ReadPolicy(*policy, then);
  const auto& said = fhir::FindArray(*body, "said");
  const auto was = [&said](std::string_view key, std::string_view status) {
    return std::any_of(said.begin(), said.end(), [&](const Json& one) {
      return fhir::FindText(one, "quietKey") == key && fhir::FindText(one, "status") == status;
    });
  };
  then.shadow = std::any_of(said.begin(), said.end(), [](const Json& one) {
    return fhir::FindText(one, "status") == "shadow";
  });
  Replay replay;
  replay.knowledge_then = fhir::FindText(*body, "knowledge");
  replay.knowledge_now = knowledge.version();
  const DecisionInput input{
      .request = *request,
      .stored = facts,
      .knowledge = knowledge,
      .options = then,
      .language = fhir::FindText(*body, "language") == "en" ? alerts::Language::kEnglish
                                                            : alerts::Language::kSwedish,
      .base = std::string(fhir::FindText(*body, "base")),
      .today = std::string(fhir::FindText(*body, "time").substr(0, 10)),
      .said_lately = [&](const std::string& key) { return was(key, "quiet"); }};
  bool refused = false;
  Decision decision;
  try {
    decision = Decide(input);
    TellOfBlocked(input, decision);
  } catch (const core::Error& error) {
    if (error.code() != core::ErrorCode::kPreconditionFailed) throw;
    refused = true;
  }
  replay.cards_then = fhir::PrintJson(fhir::FindArray(*body, "cards"));
  replay.cards_now = fhir::PrintJson(List(decision.cards));
  replay.same = replay.cards_then == replay.cards_now && refused == (record.status == kRefused);
  return replay;
}

}  // namespace genflik::cds
