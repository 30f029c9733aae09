#include "services/rest/export.h"

#include <algorithm>
#include <chrono>
#include <set>

#include <nlohmann/json.hpp>

#include "fhir/datatypes.h"
#include "fhir/datetime.h"
#include "services/core/clock.h"
#include "services/core/error.h"
#include "services/http/message.h"
#include "services/rest/interactions.h"
#include "services/rest/support.h"

namespace genflik::rest {
namespace {

using core::Error;
using core::ErrorCode;
using fhir::IssueType;
using fhir::Json;

constexpr std::string_view kKind = "export";
constexpr std::string_view kRunning = "in-progress";
constexpr std::string_view kDone = "completed";
constexpr std::string_view kDeleted = "deleted";
// How long one question for the status may work.
constexpr std::chrono::milliseconds kSlice(400);
constexpr std::chrono::hours kKept(24);

[[noreturn]] void RefuseParameter(const std::string& name, const std::string& reason) {
  throw Refusal(ErrorCode::kMalformed, IssueType::kNotSupported,
                "the export's parameter " + name + " " + reason);
}

core::Instant Now() { return core::SystemClock().Now(); }

void AddTypes(const RestContext& context, const std::string& list, ExportJob& job) {
  for (size_t at = 0; at <= list.size();) {
    const size_t comma = std::min(list.find(',', at), list.size());
    const std::string type = list.substr(at, comma - at);
    if (!context.definitions->IsResource(type)) {
      RefuseParameter("_type", "names '" + type.substr(0, 64) + "', which is no type served here");
    }
    if (std::ranges::find(job.types, type) == job.types.end()) job.types.push_back(type);
    at = comma + 1;
  }
}

// `Patient?gender=male,Observation?code=x,y`: a comma separates two searches where a type and a
// question mark follow it.
void AddFilters(const RestContext& context, const std::string& list, ExportJob& job) {
  size_t start = 0;
  while (start < list.size()) {
    size_t end = list.find(',', start);
    while (end != std::string::npos) {
      const size_t question = list.find_first_of("?,", end + 1);
      const std::string next = list.substr(end + 1, question - end - 1);
      if (question != std::string::npos && list[question] == '?' &&
          context.definitions->IsKnownType(next)) {
        break;
      }
      end = list.find(',', end + 1);
    }
    const std::string filter = list.substr(start, end - start);
    const size_t question = filter.find('?');
    if (question == std::string::npos ||
        !context.definitions->IsResource(filter.substr(0, question))) {
      RefuseParameter("_typeFilter", "has '" + filter.substr(0, 64) +
                                         "', which is no search of a type served here");
    }
    job.filters.push_back(filter);
    start = end == std::string::npos ? list.size() : end + 1;
  }
}

// A filter of a type that is not exported would be left out in silence.
void CheckFilters(const RestContext& context, const ExportJob& job) {
  for (const std::string& filter : job.filters) {
    const std::string type = filter.substr(0, filter.find('?'));
    if (std::ranges::find(job.types, type) == job.types.end()) {
      RefuseParameter("_typeFilter", "is of " + type + ", which is not exported");
    }
    static_cast<void>(ExportQueries(context, job, type));
  }
}

void ReadParameters(const RestContext& context, const http::Request& request, ExportJob& job) {
  static const std::set<std::string, std::less<>> kFormats = {
      "application/fhir+ndjson", "application/fhir ndjson", "application/ndjson", "ndjson"};
  for (const auto& [name, value] : OperationParameters(request)) {
    if (name == "_type") {
      AddTypes(context, value, job);
    } else if (name == "_typeFilter") {
      AddFilters(context, value, job);
    } else if (name == "_since") {
      const auto time = fhir::ReadDateTime(value);
      if (!time) RefuseParameter(name, "is no instant");
      job.since = fhir::PrintInstant(fhir::SpanOf(*time).low);
    } else if (name == "_outputFormat") {
      if (!kFormats.contains(value)) RefuseParameter(name, "must be application/fhir+ndjson");
    } else if (name != "_format" && name != "_pretty") {
      // Left out, it would give more than was asked for.
      RefuseParameter(name, "is not supported");
    }
  }
}

// Types in the order of the definitions; all that there are when none is named.
void ChooseTypes(const RestContext& context, ExportJob& job) {
  const auto is_of_patient = [&](const std::string& type) {
    return type == "Patient" ||
           context.definitions->CompartmentParameters("Patient", type) != nullptr;
  };
  std::vector<std::string> chosen;
  for (const std::string& type : context.definitions->ResourceTypes()) {
    const bool named = std::ranges::find(job.types, type) != job.types.end();
    // The log of who looked is given only to whom asks for it.
    if (job.types.empty() ? type == "AuditEvent" : !named) continue;
    if (job.of_patients && !is_of_patient(type)) {
      if (named) RefuseParameter("_type", "names " + type + ", which belongs to no patient");
      continue;
    }
    chosen.push_back(type);
  }
  job.types = std::move(chosen);
}

bool IsMember(const Json& member) {
  const Json* inactive = fhir::Find(member, "inactive");
  return inactive == nullptr || !inactive->is_boolean() || !inactive->get<bool>();
}

void ReadGroup(const store::Reader& reader, std::string_view id, ExportJob& job) {
  const auto group = reader.Find("Group", id);
  if (!group) {
    throw Refusal(ErrorCode::kNotFound, IssueType::kNotFound,
                  "there is no Group/" + std::string(id));
  }
  const Json body = group->Body();
  std::set<std::string> known;
  for (const Json& member : fhir::FindArray(body, "member")) {
    const Json* entity = fhir::Find(member, "entity");
    if (entity == nullptr || !IsMember(member)) continue;
    const auto parts = fhir::SplitReference(fhir::FindText(*entity, "reference"));
    if (!parts || parts->type != "Patient" || !parts->base.empty()) continue;
    if (known.insert(parts->id).second) job.patients.push_back(parts->id);
  }
}

void CheckPreference(const http::Request& request) {
  const auto [begin, end] = request.headers.equal_range("Prefer");
  const bool async = std::any_of(begin, end, [](const auto& header) {
    return header.second.find("respond-async") != std::string::npos;
  });
  if (async) return;
  throw Refusal(ErrorCode::kMalformed, IssueType::kRequired,
                "an export is asked for with the header Prefer: respond-async");
}

// Forgets the jobs whose time is over: only their state was kept.
void CleanUp(store::Writer& writer) {
  const std::string limit = core::PrintInstant(Now() - kKept);
  for (const std::string_view status : {kRunning, kDone}) {
    for (store::Record& record :
         writer.FindRecords({.kind = std::string(kKind), .status = std::string(status)})) {
      if (record.created >= limit) continue;
      record.status = kDeleted;
      record.body = "{}";
      writer.UpdateRecord(record);
    }
  }
}

store::Record FindJob(const store::Reader& reader, const http::Request& request) {
  const std::string id(request.Parameter("job"));
  const auto found = id.empty()
                         ? std::vector<store::Record>()
                         : reader.FindRecords({.kind = std::string(kKind), .id = id, .limit = 1});
  if (found.empty() || found.front().status == kDeleted) {
    throw Refusal(ErrorCode::kNotFound, IssueType::kNotFound, "there is no such export");
  }
  return found.front();
}

ExportJob ReadJob(const store::Record& record) {
  fhir::IssueLog log;
  const auto body = fhir::ParseJson(record.body, log);
  if (!body) throw Error(ErrorCode::kInternal, "the state of an export cannot be read");
  ExportJob job = ReadExportJob(record.id, *body);
  // By the clock that dates the resources too.
  job.time = record.created;
  return job;
}

http::Response Manifest(const RestContext& context, const http::Request& request,
                        const ExportJob& job) {
  const std::string base = BaseUrl(context, request) + "/$export-file/" + job.id + "/";
  Json output = Json::array();
  Json deleted = Json::array();
  for (size_t i = 0; i < job.files.size(); ++i) {
    const bool of_deletions = job.files[i].type == kDeletions;
    Json& list = of_deletions ? deleted : output;
    list.push_back({{"type", of_deletions ? "Bundle" : job.files[i].type},
                    {"url", base + std::to_string(i + 1) + ".ndjson"},
                    {"count", job.files[i].count}});
  }
  Json manifest = {{"transactionTime", job.time},
                   {"request", job.request},
                   {"requiresAccessToken", !context.token_url.empty()},
                   {"output", output},
                   {"error", Json::array()}};
  if (!job.since.empty()) manifest["deleted"] = std::move(deleted);
  http::Response response = http::MakeResponse(200, fhir::PrintJson(manifest), "application/json");
  response.Set("Expires", core::PrintHttpDate(Now() + kKept));
  return response;
}

}  // namespace

http::Response StartExport(const RestContext& context, const http::Request& request) {
  CheckPreference(request);
  ExportJob job;
  ReadParameters(context, request, job);
  job.of_group = !request.Parameter("id").empty();
  job.of_patients = job.of_group || request.path.ends_with("/Patient/$export");
  job.base = BaseUrl(context, request);
  ChooseTypes(context, job);
  CheckFilters(context, job);
  if (!job.since.empty()) job.types.emplace_back(kDeletions);
  job.request = BaseUrl(context, request) + request.path.substr(std::string_view("/fhir").size());
  if (!request.query.empty()) job.request += "?" + PrintQuery(request.query);
  const store::Record record = context.store.Write([&](store::Writer& writer) {
    if (job.of_group) ReadGroup(writer, request.Parameter("id"), job);
    CleanUp(writer);
    return writer.AppendRecord({.kind = std::string(kKind),
                                .status = std::string(kRunning),
                                .body = fhir::PrintJson(PrintExportJob(job))});
  });
  http::Response response;
  response.status = 202;
  response.Set("Content-Location", BaseUrl(context, request) + "/$export-status/" + record.id);
  return response;
}

http::Response TellExport(const RestContext& context, const http::Request& request) {
  store::Record record;
  const ExportJob job = context.store.Read([&](const store::Reader& reader) {
    record = FindJob(reader, request);
    ExportJob state = ReadJob(record);
    const auto end = std::chrono::steady_clock::now() + kSlice;
    while (!state.IsDone() && std::chrono::steady_clock::now() < end) {
      AdvanceExport(context, reader, state);
    }
    return state;
  });
  if (record.status == kRunning) {
    context.store.Write([&](store::Writer& writer) {
      // Deleted meanwhile, it stays so; and another process may have come further.
      store::Record current = FindJob(writer, request);
      if (current.status == kDone) return;
      const ExportJob other = ReadJob(current);
      if (other.type > job.type || (other.type == job.type && other.seen > job.seen)) return;
      current.status = job.IsDone() ? kDone : kRunning;
      current.body = fhir::PrintJson(PrintExportJob(job));
      writer.UpdateRecord(current);
    });
  }
  if (job.IsDone()) return Manifest(context, request, job);
  http::Response response;
  response.status = 202;
  response.Set("X-Progress", job.types[job.type] + ", " + std::to_string(job.type + 1) + " of " +
                                 std::to_string(job.types.size()) + " types, " +
                                 std::to_string(job.seen) + " resources");
  response.Set("Retry-After", "1");
  return response;
}

http::Response EndExport(const RestContext& context, const http::Request& request) {
  context.store.Write([&](store::Writer& writer) {
    store::Record record = FindJob(writer, request);
    record.status = kDeleted;
    record.body = "{}";
    writer.UpdateRecord(record);
  });
  http::Response response;
  response.status = 202;
  return response;
}

http::Response FetchExport(const RestContext& context, const store::Reader& reader,
                           const http::Request& request) {
  const ExportJob job = ReadJob(FindJob(reader, request));
  const std::string name(request.Parameter("file"));
  for (size_t i = 0; i < job.files.size(); ++i) {
    if (name != std::to_string(i + 1) + ".ndjson") continue;
    return http::MakeResponse(200, ReadExportPage(context, reader, job, job.files[i]).text,
                              "application/fhir+ndjson");
  }
  throw Refusal(ErrorCode::kNotFound, IssueType::kNotFound,
                "the export has no file '" + name.substr(0, 64) + "'");
}

}  // namespace genflik::rest
