#include <algorithm>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/search_index.h"
#include "fhir/search_query.h"
#include "services/http/message.h"
#include "services/rest/export.h"
#include "services/rest/support.h"

namespace genflik::rest {
namespace {

using fhir::Json;

constexpr size_t kPatientsInFile = 200;
constexpr size_t kResourcesInPage = 1000;
// So many pages of the store make one file.
constexpr int kPagesInFile = 5;

size_t ReadSize(const Json& value, const char* name) {
  const Json* number = fhir::Find(value, name);
  return number != nullptr && number->is_number_integer() ? number->get<size_t>() : 0;
}

bool IsTrue(const Json& value, const char* name) {
  const Json* flag = fhir::Find(value, name);
  return flag != nullptr && flag->is_boolean() && flag->get<bool>();
}

Json PrintFile(const ExportFile& file) {
  return {{"type", file.type},
          {"cursor", file.cursor},
          {"patient", file.patient},
          {"filter", file.filter},
          {"count", file.count}};
}

ExportFile ReadFile(const Json& value) {
  return {.type = std::string(fhir::FindText(value, "type")),
          .cursor = std::string(fhir::FindText(value, "cursor")),
          .patient = ReadSize(value, "patient"),
          .filter = ReadSize(value, "filter"),
          .count = ReadSize(value, "count")};
}

std::vector<std::string> ReadTexts(const Json& value, const char* name) {
  std::vector<std::string> texts;
  for (const Json& text : fhir::FindArray(value, name)) texts.push_back(text.get<std::string>());
  return texts;
}

// Whether a resource is in the compartment of a patient of the job: of any, or of one of the group.
bool IsOfPatients(const RestContext& context, const ExportJob& job,
                  const store::StoredResource& resource) {
  const auto is_asked_for = [&job](const std::string& id) {
    return !job.of_group || std::ranges::find(job.patients, id) != job.patients.end();
  };
  if (resource.type == "Patient") return is_asked_for(resource.id);
  const auto* parameters = context.definitions->CompartmentParameters("Patient", resource.type);
  if (parameters == nullptr) return false;
  const auto entries = fhir::IndexResource(*context.definitions, resource.Body(), {});
  return std::ranges::any_of(entries, [&](const fhir::IndexEntry& entry) {
    const auto* reference = std::get_if<fhir::ReferenceEntry>(&entry.value);
    return reference != nullptr && reference->type == "Patient" && is_asked_for(reference->id) &&
           std::ranges::find(*parameters, entry.parameter) != parameters->end();
  });
}

// Adds the lines of one file.
class Page {
 public:
  Page(const RestContext& context, const store::Reader& reader, const ExportJob& job)
      : context_(context), reader_(reader), job_(job) {}

  void Add(const store::StoredResource& found) {
    const store::StoredResource* resource = &found;
    store::HistoryPage then;
    if (found.last_updated > job_.time) {
      // Changed meanwhile: what counts is the version of the job's time.
      then = reader_.History({.type = found.type, .id = found.id, .at = job_.time, .count = 1});
      if (then.versions.empty() || then.versions.front().deleted) return;
      resource = &then.versions.front();
    }
    if (resource->deleted || resource->last_updated < job_.since) return;
    if (job_.of_patients && !job_.of_group && !IsOfPatients(context_, job_, *resource)) return;
    if (!known_.insert(resource->Reference()).second) return;
    page_.text += resource->text;
    page_.text += '\n';
    ++page_.count;
  }

  ExportPage Take() { return std::move(page_); }

 private:
  const RestContext& context_;
  const store::Reader& reader_;
  const ExportJob& job_;
  std::set<std::string> known_;
  ExportPage page_;
};

void AddAll(const store::Reader& reader, fhir::SearchQuery query, Page& page) {
  query.count = kResourcesInPage;
  do {
    const store::SearchPage found = reader.Search(query);
    for (const store::StoredResource& match : found.matches) page.Add(match);
    query.page = found.next;
  } while (!query.page.empty());
}

// The resources of one patient of a group.
void AddOfPatient(const RestContext& context, const store::Reader& reader,
                  const std::vector<fhir::SearchQuery>& queries, const std::string& patient,
                  Page& page) {
  for (fhir::SearchQuery query : queries) {
    if (query.type == "Patient") {
      const fhir::SearchQuery one = ReadSearch(context, "Patient", {{"_id", patient}}, "", true);
      query.terms.insert(query.terms.end(), one.terms.begin(), one.terms.end());
    } else {
      auto term = fhir::CompartmentTerm(*context.definitions, query.type, "Patient", patient);
      if (!term) return;
      query.terms.push_back(std::move(*term));
    }
    AddAll(reader, std::move(query), page);
  }
}

// Resources that an earlier filter of the type has given already.
bool IsGivenBy(const store::Reader& reader, const std::vector<fhir::SearchQuery>& queries,
               size_t before, const store::StoredResource& resource) {
  for (size_t i = 0; i < before; ++i) {
    fhir::SearchQuery query = queries[i];
    fhir::SearchTerm term;
    term.parameter = "_id";
    term.values.emplace_back().token.code = resource.id;
    query.terms.push_back(std::move(term));
    query.count = 1;
    if (!reader.Search(query).matches.empty()) return true;
  }
  return false;
}

// The deletion was in force at the job's time, of a resource that the job is about.
bool IsDeletionOf(const RestContext& context, const store::Reader& reader, const ExportJob& job,
                  const store::StoredResource& version) {
  if (!version.deleted || version.last_updated > job.time) return false;
  if (std::ranges::find(job.types, version.type) == job.types.end()) return false;
  const store::HistoryPage then =
      reader.History({.type = version.type, .id = version.id, .at = job.time, .count = 1});
  if (then.versions.empty() || then.versions.front().version != version.version) return false;
  if (!job.of_patients) return true;
  const auto before = reader.FindVersion(version.type, version.id, version.version - 1);
  return before && !before->deleted && IsOfPatients(context, job, *before);
}

// What was deleted since: a transaction that a keeper of a copy can carry out.
ExportPage ReadDeletions(const RestContext& context, const store::Reader& reader,
                         const ExportJob& job, const ExportFile& file) {
  Json entries = Json::array();
  store::HistoryQuery query = {
      .since = job.since, .count = kResourcesInPage, .cursor = file.cursor};
  for (int i = 0; i < kPagesInFile; ++i) {
    const store::HistoryPage page = reader.History(query);
    for (const store::StoredResource& version : page.versions) {
      if (!IsDeletionOf(context, reader, job, version)) continue;
      entries.push_back({{"request", {{"method", "DELETE"}, {"url", version.Reference()}}}});
    }
    query.cursor = page.next;
    if (query.cursor.empty()) break;
  }
  ExportPage done;
  done.more = !query.cursor.empty();
  done.next = {.type = file.type, .cursor = query.cursor};
  if (entries.empty()) return done;
  done.count = 1;
  done.text =
      fhir::PrintJson(
          {{"resourceType", "Bundle"}, {"type", "transaction"}, {"entry", std::move(entries)}}) +
      "\n";
  return done;
}

}  // namespace

Json PrintExportJob(const ExportJob& job) {
  Json files = Json::array();
  for (const ExportFile& file : job.files) files.push_back(PrintFile(file));
  return {{"request", job.request},        {"since", job.since},      {"types", job.types},
          {"ofPatients", job.of_patients}, {"ofGroup", job.of_group}, {"patients", job.patients},
          {"filters", job.filters},        {"base", job.base},        {"type", job.type},
          {"next", PrintFile(job.next)},   {"seen", job.seen},        {"files", files}};
}

ExportJob ReadExportJob(std::string_view id, const Json& body) {
  ExportJob job = {.id = std::string(id),
                   .request = std::string(fhir::FindText(body, "request")),
                   .since = std::string(fhir::FindText(body, "since")),
                   .types = ReadTexts(body, "types"),
                   .filters = ReadTexts(body, "filters"),
                   .base = std::string(fhir::FindText(body, "base")),
                   .of_patients = IsTrue(body, "ofPatients"),
                   .of_group = IsTrue(body, "ofGroup"),
                   .patients = ReadTexts(body, "patients"),
                   .type = ReadSize(body, "type"),
                   .seen = ReadSize(body, "seen")};
  if (const Json* next = fhir::Find(body, "next")) job.next = ReadFile(*next);
  for (const Json& file : fhir::FindArray(body, "files")) job.files.push_back(ReadFile(file));
  return job;
}

std::vector<fhir::SearchQuery> ExportQueries(const RestContext& context, const ExportJob& job,
                                             std::string_view type) {
  std::vector<fhir::SearchQuery> queries;
  for (const std::string& filter : job.filters) {
    const size_t question = filter.find('?');
    if (filter.substr(0, question) != type) continue;
    const auto pairs = http::ReadQuery(std::string_view(filter).substr(question + 1));
    // What shapes an answer, such as _sort, says nothing of which resources are wanted.
    queries.push_back({.type = std::string(type),
                       .terms = ReadSearch(context, type, pairs, job.base, true).terms,
                       .total = fhir::TotalMode::kNone});
  }
  if (queries.empty()) {
    queries.push_back({.type = std::string(type), .total = fhir::TotalMode::kNone});
  }
  return queries;
}

ExportPage ReadExportPage(const RestContext& context, const store::Reader& reader,
                          const ExportJob& job, const ExportFile& file) {
  if (file.type == kDeletions) return ReadDeletions(context, reader, job, file);
  const std::vector<fhir::SearchQuery> queries = ExportQueries(context, job, file.type);
  Page page(context, reader, job);
  if (job.of_group) {
    const size_t end = std::min(file.patient + kPatientsInFile, job.patients.size());
    for (size_t i = file.patient; i < end; ++i) {
      AddOfPatient(context, reader, queries, job.patients[i], page);
    }
    ExportPage done = page.Take();
    done.more = end < job.patients.size();
    done.next = {.type = file.type, .patient = end};
    return done;
  }
  const size_t filter = std::min(file.filter, queries.size() - 1);
  fhir::SearchQuery query = queries[filter];
  query.count = kResourcesInPage;
  query.page = file.cursor;
  for (int i = 0; i < kPagesInFile; ++i) {
    const store::SearchPage found = reader.Search(query);
    for (const store::StoredResource& match : found.matches) {
      if (!IsGivenBy(reader, queries, filter, match)) page.Add(match);
    }
    query.page = found.next;
    if (query.page.empty()) break;
  }
  ExportPage done = page.Take();
  const bool last = query.page.empty();
  done.more = !last || filter + 1 < queries.size();
  done.next = {.type = file.type, .cursor = query.page, .filter = last ? filter + 1 : filter};
  return done;
}

void AdvanceExport(const RestContext& context, const store::Reader& reader, ExportJob& job) {
  if (job.IsDone()) return;
  ExportFile file = job.next;
  file.type = job.types[job.type];
  ExportPage page = ReadExportPage(context, reader, job, file);
  file.count = page.count;
  job.seen += page.count;
  if (file.count > 0) job.files.push_back(file);
  job.next = page.more ? std::move(page.next) : ExportFile();
  if (!page.more) ++job.type;
}

}  // namespace genflik::rest
