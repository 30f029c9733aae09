#include "services/lab/import.h"

#include <algorithm>
#include <utility>

#include <Poco/DigestEngine.h>
#include <Poco/SHA2Engine.h>

#include "services/core/error.h"
#include "services/lab/intake.h"
#include "services/lab/patients.h"
#include "services/lab/unmapped_queue.h"
#include "services/mapping/genomics.h"

namespace genflik::lab {
namespace {

/// What a patient's gene was last known as, over the store and the rows that came before.
class RepeatCounter {
 public:
  /// `known` are the patient's results in the store that do not come from this import.
  void Count(const LabReport& report, const std::vector<rules::GeneResult>& known,
             ImportReport& totals) {
    std::string patient;
    for (const auto& identifier : report.patient.identifiers) {
      if (patient.empty()) patient = identifier.system + "|" + identifier.value;
    }
    for (const LabResult& row : report.results) {
      for (const rules::GeneResult& result : mapping::ReadGeneResults(row.observation)) {
        CountOne(patient, result, known, totals);
      }
    }
  }

 private:
  static std::string Meaning(const rules::GeneResult& result) {
    std::vector<std::string> parts = result.diplotypes;
    parts.insert(parts.end(), result.haplotypes.begin(), result.haplotypes.end());
    for (std::string& part : parts) {
      // The order of the alleles says nothing.
      const size_t slash = part.find('/');
      if (slash == std::string::npos) continue;
      std::string first = part.substr(0, slash);
      std::string second = part.substr(slash + 1);
      if (second < first) std::swap(first, second);
      part = first.append("/").append(second);
    }
    std::sort(parts.begin(), parts.end());
    std::string text;
    for (const std::string& part : parts) text.append(part).append(" ");
    return text.empty() ? result.reported_phenotype.value_or("") : text;
  }

  void CountOne(const std::string& patient, const rules::GeneResult& result,
                const std::vector<rules::GeneResult>& known, ImportReport& totals) {
    GeneCount& count = totals.genes[result.gene];
    ++count.tests;
    const std::string meaning = Meaning(result);
    const auto [entry, first] = last_.try_emplace(patient + "|" + result.gene, meaning);
    const auto stored = std::find_if(known.begin(), known.end(), [&](const rules::GeneResult& old) {
      return old.gene == result.gene && old.effective < result.effective;
    });
    if (first && stored == known.end()) return;
    ++count.repeats;
    const std::string before = first ? Meaning(*stored) : entry->second;
    if (before != meaning) ++count.differing;
    entry->second = meaning;
  }

  std::map<std::string, std::string> last_;
};

/// The results that the store held before this import.
std::vector<rules::GeneResult> KnownResults(const store::Reader& reader, const LabReport& report) {
  const std::string patient = FindPatient(reader, report.patient.identifiers);
  if (patient.empty()) return {};
  auto results = reader.ResultsOf(patient);
  std::erase_if(results, [](const rules::GeneResult& result) {
    return result.source.find("/lab-") != std::string::npos;
  });
  return results;
}

std::string BatchKey(const ImportOptions& options, size_t first) {
  return "import|" + options.name + "|" + std::to_string(first);
}

void QueueProblems(store::Store& store, const Table& table, const ImportOptions& options) {
  store.Write([&](store::Writer& writer) {
    for (const RowProblem& problem : table.problems) {
      const std::string key = BatchKey(options, problem.line) + "|" + problem.column;
      if (!writer.FindRecords({.kind = "unmapped", .key = key}).empty()) continue;
      const std::string place = problem.column.empty() ? "" : problem.column + ": ";
      writer.AppendRecord(
          ToRecord({.form = "table",
                    .source = options.name + " line " + std::to_string(problem.line),
                    .reasons = {place + problem.text},
                    .original = table.heading + "\n" + problem.original,
                    .configuration = options.configuration},
                   key));
    }
  });
}

/// Stores some rows in one transaction; false when that was done before.
bool StoreBatch(store::Store& store, const std::vector<TableRow>& rows, size_t first, size_t last,
                const ImportOptions& options, core::Instant now) {
  return store.Write([&](store::Writer& writer) {
    const std::string key = BatchKey(options, first);
    if (!writer.FindRecords({.kind = "message", .key = key}).empty()) return false;
    for (size_t i = first; i < last; ++i) {
      static_cast<void>(StoreReport(writer, rows[i].report, now));
    }
    writer.AppendRecord({.kind = "message", .key = key, .status = "AA", .body = "{}"});
    return true;
  });
}

}  // namespace

std::string ImportIdentity(std::string_view bytes, std::string_view laboratory) {
  Poco::SHA2Engine engine(Poco::SHA2Engine::SHA_256);
  engine.update(bytes.data(), bytes.size());
  return Poco::DigestEngine::digestToHex(engine.digest()) + "|" + std::string(laboratory);
}

size_t ImportReport::Tests() const {
  size_t sum = 0;
  for (const auto& [gene, count] : genes) sum += count.tests;
  return sum;
}

size_t ImportReport::Repeats() const {
  size_t sum = 0;
  for (const auto& [gene, count] : genes) sum += count.repeats;
  return sum;
}

ImportReport ImportTable(store::Store& store, Table table, const ImportOptions& options,
                         const core::Clock& clock,
                         const std::function<void(size_t, size_t)>& progress) {
  ImportReport report;
  report.rows = table.count;
  report.problems = table.problems.size();
  std::stable_sort(table.rows.begin(), table.rows.end(), [](const TableRow& a, const TableRow& b) {
    return a.report.issued < b.report.issued;
  });
  RepeatCounter counter;
  store.Read([&](const store::Reader& reader) {
    for (const TableRow& row : table.rows) {
      counter.Count(row.report, KnownResults(reader, row.report), report);
    }
  });
  if (options.dry_run) return report;
  QueueProblems(store, table, options);
  const size_t total = table.rows.size();
  for (size_t first = 0; first < total; first += options.batch) {
    const size_t last = std::min(first + options.batch, total);
    const bool stored = StoreBatch(store, table.rows, first, last, options, clock.Now());
    (stored ? report.stored : report.done_before) += last - first;
    progress(last, total);
  }
  return report;
}

}  // namespace genflik::lab
