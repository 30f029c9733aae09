#include <algorithm>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/search_index.h"
#include "fhir/search_query.h"
#include "services/rest/export.h"

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
          {"count", file.count}};
}

ExportFile ReadFile(const Json& value) {
  return {.type = std::string(fhir::FindText(value, "type")),
          .cursor = std::string(fhir::FindText(value, "cursor")),
          .patient = ReadSize(value, "patient"),
          .count = ReadSize(value, "count")};
}

std::vector<std::string> ReadTexts(const Json& value, const char* name) {
  std::vector<std::string> texts;
  for (const Json& text : fhir::FindArray(value, name)) texts.push_back(text.get<std::string>());
  return texts;
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
    if (resource->last_updated < job_.since) return;
    if (job_.of_patients && !job_.of_group && !IsOfAPatient(*resource)) return;
    if (!known_.insert(resource->Reference()).second) return;
    page_.text += resource->text;
    page_.text += '\n';
    ++page_.count;
  }

  ExportPage Take() { return std::move(page_); }

 private:
  bool IsOfAPatient(const store::StoredResource& resource) const {
    if (resource.type == "Patient") return true;
    const auto* parameters = context_.definitions->CompartmentParameters("Patient", resource.type);
    if (parameters == nullptr) return false;
    const auto entries = fhir::IndexResource(*context_.definitions, resource.Body(), {});
    return std::ranges::any_of(entries, [parameters](const fhir::IndexEntry& entry) {
      const auto* reference = std::get_if<fhir::ReferenceEntry>(&entry.value);
      return reference != nullptr && reference->type == "Patient" &&
             std::ranges::find(*parameters, entry.parameter) != parameters->end();
    });
  }

  const RestContext& context_;
  const store::Reader& reader_;
  const ExportJob& job_;
  std::set<std::string> known_;
  ExportPage page_;
};

// The resources of one patient of a group.
void AddOfPatient(const RestContext& context, const store::Reader& reader, const std::string& type,
                  const std::string& patient, Page& page) {
  if (type == "Patient") {
    if (const auto found = reader.FindLatest(type, patient)) page.Add(*found);
    return;
  }
  auto term = fhir::CompartmentTerm(*context.definitions, type, "Patient", patient);
  if (!term) return;
  fhir::SearchQuery query;
  query.type = type;
  query.terms.push_back(std::move(*term));
  query.total = fhir::TotalMode::kNone;
  query.count = kResourcesInPage;
  do {
    const store::SearchPage found = reader.Search(query);
    for (const store::StoredResource& match : found.matches) page.Add(match);
    query.page = found.next;
  } while (!query.page.empty());
}

}  // namespace

Json PrintExportJob(const ExportJob& job) {
  Json files = Json::array();
  for (const ExportFile& file : job.files) files.push_back(PrintFile(file));
  return {{"request", job.request},  {"since", job.since},
          {"types", job.types},      {"ofPatients", job.of_patients},
          {"ofGroup", job.of_group}, {"patients", job.patients},
          {"type", job.type},        {"next", PrintFile(job.next)},
          {"seen", job.seen},        {"files", files}};
}

ExportJob ReadExportJob(std::string_view id, const Json& body) {
  ExportJob job = {.id = std::string(id),
                   .request = std::string(fhir::FindText(body, "request")),
                   .since = std::string(fhir::FindText(body, "since")),
                   .types = ReadTexts(body, "types"),
                   .of_patients = IsTrue(body, "ofPatients"),
                   .of_group = IsTrue(body, "ofGroup"),
                   .patients = ReadTexts(body, "patients"),
                   .type = ReadSize(body, "type"),
                   .seen = ReadSize(body, "seen")};
  if (const Json* next = fhir::Find(body, "next")) job.next = ReadFile(*next);
  for (const Json& file : fhir::FindArray(body, "files")) job.files.push_back(ReadFile(file));
  return job;
}

ExportPage ReadExportPage(const RestContext& context, const store::Reader& reader,
                          const ExportJob& job, const ExportFile& file) {
  Page page(context, reader, job);
  if (job.of_group) {
    const size_t end = std::min(file.patient + kPatientsInFile, job.patients.size());
    for (size_t i = file.patient; i < end; ++i) {
      AddOfPatient(context, reader, file.type, job.patients[i], page);
    }
    ExportPage done = page.Take();
    done.more = end < job.patients.size();
    done.next = {.type = file.type, .patient = end};
    return done;
  }
  fhir::SearchQuery query;
  query.type = file.type;
  query.total = fhir::TotalMode::kNone;
  query.count = kResourcesInPage;
  query.page = file.cursor;
  for (int i = 0; i < kPagesInFile; ++i) {
    const store::SearchPage found = reader.Search(query);
    for (const store::StoredResource& match : found.matches) page.Add(match);
    query.page = found.next;
    if (query.page.empty()) break;
  }
  ExportPage done = page.Take();
  done.more = !query.page.empty();
  done.next = {.type = file.type, .cursor = query.page};
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
