#include "services/app/commands/export_command.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "fhir/datetime.h"
#include "fhir/search_query.h"
#include "services/app/config.h"
#include "services/app/exit_code.h"
#include "services/app/parts.h"
#include "services/app/research_export.h"
#include "services/core/error.h"
#include "services/security/access.h"
#include "services/security/audit.h"
#include "services/security/digest.h"
#include "services/security/fetch.h"
#include "services/security/scopes.h"

namespace genflik::app {
namespace {

using core::Error;
using core::ErrorCode;

struct Arguments {
  Config config = {};
  bool research = false;
  std::string key_file = {};
  std::string out = {};
  std::string by = {};
  std::string project = {};
  size_t smallest_group = 5;
};

// Whoever exports sees what research may see: those who have consented to it (security/blocks.h).
security::Caller ResearchCaller(const Arguments& arguments) {
  security::Caller caller{.access = {.subject = arguments.by,
                                     .client = "genflik export",
                                     .purpose = "HRESCH",
                                     .purposes = {"HRESCH"},
                                     .scopes = security::ReadScopes("system/*.rs")},
                          .route = "genflik export --research"};
  return caller;
}

std::string ReadKey(const std::string& file) {
  std::string key = security::FetchText(file, {});
  while (key.ends_with('\n')) key.pop_back();
  constexpr size_t kShortest = 32;
  if (key.size() < kShortest) {
    throw Error(ErrorCode::kInvalid, "the key in " + file + " needs at least 32 bytes");
  }
  return key;
}

std::vector<ResearchSubject> ReadSubjects(Parts& parts) {
  fhir::IssueLog log;
  auto query = fhir::ReadSearchQuery(*parts.definitions, "Patient", {}, log);
  query.count = 500;
  query.total = fhir::TotalMode::kNone;
  std::vector<ResearchSubject> subjects;
  do {
    parts.store->Read([&](const store::Reader& reader) {
      const store::SearchPage page = reader.Search(query);
      for (const store::StoredResource& patient : page.matches) {
        ResearchSubject subject{.patient = patient.id, .results = reader.ResultsOf(patient.id)};
        if (subject.results.empty()) continue;
        const fhir::Json body = patient.Body();
        subject.sex = fhir::FindText(body, "gender");
        const auto born = fhir::ReadDateTime(fhir::FindText(body, "birthDate"));
        if (born) subject.born = born->year;
        subjects.push_back(std::move(subject));
      }
      query.page = page.next;
    });
  } while (!query.page.empty());
  return subjects;
}

// One entry for the whole, and one for each patient who was looked at, so that they can read it.
void Audit(Parts& parts, const security::Caller& caller, const Arguments& arguments,
           const std::vector<ResearchSubject>& subjects, const ResearchExport& made) {
  security::AuditEntry entry{.access = caller.access,
                             .action = 'E',
                             .route = caller.route,
                             .query = "project=" + arguments.project +
                                      "&smallest=" + std::to_string(arguments.smallest_group) +
                                      "&patients=" + std::to_string(made.patients) +
                                      "&suppressed=" + std::to_string(made.suppressed) +
                                      "&sha256=" + security::Sha256Hex(made.lines)};
  std::vector<security::AuditEntry> entries = {entry};
  for (const ResearchSubject& subject : subjects) {
    entry.patient = subject.patient;
    entries.push_back(entry);
  }
  constexpr size_t kAtOnce = 1000;
  for (size_t at = 0; at < entries.size(); at += kAtOnce) {
    const auto end = std::min(entries.size(), at + kAtOnce);
    parts.store->audit().Queue({entries.begin() + static_cast<std::ptrdiff_t>(at),
                                entries.begin() + static_cast<std::ptrdiff_t>(end)},
                               true);
  }
}

void WriteNew(const std::string& file, const std::string& text) {
  const int made = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  size_t written = 0;
  while (made >= 0 && written < text.size()) {
    const ssize_t count = write(made, text.data() + written, text.size() - written);
    if (count <= 0) break;
    written += static_cast<size_t>(count);
  }
  if (made >= 0) close(made);
  if (made < 0 || written < text.size()) {
    throw Error(ErrorCode::kUnavailable, "cannot write the new file " + file);
  }
}

void Export(const Arguments& arguments) {
  const std::string key = ReadKey(arguments.key_file);
  const auto parts = BuildParts(arguments.config);
  const security::Caller caller = ResearchCaller(arguments);
  std::vector<ResearchSubject> subjects;
  {
    const security::ActingAs acting(caller);
    subjects = ReadSubjects(*parts);
  }
  const ResearchExport made = MakeResearchExport(
      *parts->knowledge->Get(), subjects, {.key = key, .smallest_group = arguments.smallest_group});
  // What leaves no trace is not handed out.
  Audit(*parts, caller, arguments, subjects, made);
  WriteNew(arguments.out, made.lines);
  std::cerr << made.patients << " patients exported, " << made.suppressed
            << " left out because fewer than " << arguments.smallest_group
            << " share what is told of them\n";
}

}  // namespace

void AddExportCommand(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "export", "Write results of those who have consented, without names, one a line");
  command->add_flag("--research", arguments->research, "For research; there is no other kind")
      ->required();
  command->add_option("--out", arguments->out, "File to write; it must not exist")->required();
  command
      ->add_option("--key", arguments->key_file,
                   "File with the project's secret, 32 bytes or more: it makes the pseudonyms")
      ->required();
  command->add_option("--by", arguments->by, "Who exports, for the audit log")->required();
  command->add_option("--project", arguments->project, "What for, for the audit log")->required();
  command
      ->add_option("--smallest-group", arguments->smallest_group,
                   "How many must share sex and span of birth [5]")
      ->check(CLI::Range(2, 1000));
  command->add_option("--data", arguments->config.data, "Folder of the records [data]");
  command->add_option("--store", arguments->config.store,
                      "postgresql://... or an SQLite file [genflik.sqlite in the data folder]");
  command->add_option("--knowledge", arguments->config.knowledge, "Folder of the knowledge files");
  command->callback([arguments, &exit_code] {
    Export(*arguments);
    exit_code = kExitDone;
  });
}

}  // namespace genflik::app
