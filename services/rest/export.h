#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json.h"
#include "fhir/search_query.h"
#include "services/rest/rest.h"

// The state of a bulk export, and its work in slices: https://hl7.org/fhir/uv/bulkdata/STU1/export/
//
// No file is written and no thread works. A job is a record of the store, so that every process on
// one store knows it and a restart loses nothing. Each question for its status counts a slice of
// what is to be exported; a file is read from the store when it is fetched, as it was at the job's
// time.

namespace genflik::rest {

/// A page of resources of one type, which is one file.
struct ExportFile {
  std::string type = {};
  /// Where in the store's pages of that type it starts; empty at the first.
  std::string cursor = {};
  /// Of a group: the first of its patients in this file.
  size_t patient = 0;
  /// Which of the type's filters it is of.
  size_t filter = 0;
  size_t count = 0;
};

/// Stands among the types of a job for the list of what was deleted.
inline constexpr std::string_view kDeletions = "deletions";

struct ExportJob {
  std::string id = {};
  /// The request's URL, for the manifest.
  std::string request = {};
  /// What is exported is as it was at this instant.
  std::string time = {};
  /// Only what was changed at this instant or later; may be empty.
  std::string since = {};
  std::vector<std::string> types = {};
  /// `_typeFilter`: searches ("Patient?gender=male", percent-encoded). Of a type with some, only
  /// what one of them finds.
  std::vector<std::string> filters = {};
  /// This server's base as the client knows it, for references in the filters.
  std::string base = {};
  /// Only what is in the compartment of some patient.
  bool of_patients = false;
  /// Of a group: the ids of its patients, and nothing else than their compartments.
  bool of_group = false;
  std::vector<std::string> patients = {};

  /// Where the counting stands: the place in `types`, and within that type.
  size_t type = 0;
  ExportFile next = {};
  size_t seen = 0;
  /// Files with something in them.
  std::vector<ExportFile> files = {};

  bool IsDone() const { return type >= types.size(); }
};

fhir::Json PrintExportJob(const ExportJob& job);
ExportJob ReadExportJob(std::string_view id, const fhir::Json& body);

/// The searches of a type's filters; one without conditions when it has none. Throws
/// Error(kMalformed) for a filter that is not understood.
std::vector<fhir::SearchQuery> ExportQueries(const RestContext& context, const ExportJob& job,
                                             std::string_view type);

/// The resources of one file as NDJSON, and where the next one starts.
struct ExportPage {
  std::string text = {};
  size_t count = 0;
  /// False when the type ends with this file.
  bool more = false;
  ExportFile next = {};
};
ExportPage ReadExportPage(const RestContext& context, const store::Reader& reader,
                          const ExportJob& job, const ExportFile& file);
/// Counts one file more.
void AdvanceExport(const RestContext& context, const store::Reader& reader, ExportJob& job);

}  // namespace genflik::rest
