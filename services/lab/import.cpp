#include "services/lab/import.h"

#include <algorithm>
#include <set>
#include <utility>

#include <Poco/DigestEngine.h>
#include <Poco/SHA2Engine.h>

#include "services/core/error.h"
#include "services/lab/intake.h"
#include "services/lab/patients.h"
#include "services/lab/unmapped_queue.h"
#include "services/mapping/genomics.h"
#include "services/mapping/genomics_variants.h"

namespace genflik::lab {
namespace {

/// One gene of one row, as it counts.
struct Tested {
  std::string gene = {};
  std::string meaning = {};
  /// Single variants: several rows of one date are one genotyping.
  std::string variant = {};
};

std::string MeaningOf(const rules::GeneResult& result) {
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

std::vector<Tested> TestedIn(const LabResult& row) {
  std::vector<Tested> tested;
  for (const rules::GeneResult& result : mapping::ReadGeneResults(row.observation)) {
    tested.push_back({.gene = result.gene, .meaning = MeaningOf(result)});
  }
  if (!tested.empty()) return tested;
  for (const mapping::VariantFinding& finding : mapping::ReadVariantFindings(row.observation)) {
    const std::string name = finding.names.empty() ? finding.text : finding.names.front();
    tested.push_back({.gene = finding.gene.empty() ? name : finding.gene,
                      .meaning = finding.text,
                      .variant = name});
  }
  return tested;
}

/// What a patient's gene was last known as, over the store and the rows that came before.
class RepeatCounter {
 public:
  explicit RepeatCounter(ImportReport& totals) : totals_(totals) {}

  /// `known` are the patient's results in the store that do not come from this import. Rows must
  /// come oldest first.
  void Count(const TableRow& row, const std::vector<rules::GeneResult>& known) {
    // A row that stands in the file twice is one genotyping.
    std::string id = StoredId(row.report, "");
    for (const LabResult& result : row.report.results) id += "|" + result.key;
    if (!rows_.insert(id).second) return;
    std::string patient;
    for (const auto& identifier : row.report.patient.identifiers) {
      if (patient.empty()) patient = identifier.system + "|" + identifier.value;
    }
    for (const LabResult& result : row.report.results) {
      for (const Tested& tested : TestedIn(result)) CountOne(patient, row, tested, known);
    }
  }

 private:
  struct Last {
    std::string meaning = {};
    std::string date = {};
    /// By variant; empty for genotypes.
    std::map<std::string, std::string> variants = {};
    bool differing = false;
  };

  void CountOne(const std::string& patient, const TableRow& row, const Tested& tested,
                const std::vector<rules::GeneResult>& known) {
    GeneCount& count = totals_.genes[tested.gene];
    const std::string& date = row.report.issued;
    const auto [entry, first] = last_.try_emplace(patient + "|" + tested.gene);
    Last& last = entry->second;
    const bool variant = !tested.variant.empty();
    const bool differs = variant ? last.variants.contains(tested.variant) &&
                                       last.variants[tested.variant] != tested.meaning
                                 : last.meaning != tested.meaning;
    const bool same_test = variant && !first && !last.variants.empty() && last.date == date;
    if (variant) last.variants[tested.variant] = tested.meaning;
    if (same_test) {
      if (differs && !std::exchange(last.differing, true)) ++count.differing;
      return;
    }
    ++count.tests;
    // A test that gave no answer before makes no repeat of this one.
    const auto stored = std::find_if(known.begin(), known.end(), [&](const rules::GeneResult& old) {
      return old.gene == tested.gene && !MeaningOf(old).empty() &&
             (date.empty() || old.effective < date);
    });
    if (tested.meaning.empty() && first) {
      last_.erase(entry);
      if (stored == known.end()) return;
      ++count.repeats;
      totals_.repeats.push_back({.line = row.line, .gene = tested.gene});
      return;
    }
    const bool repeat = !first || stored != known.end();
    const bool other = first ? repeat && !variant && MeaningOf(*stored) != tested.meaning : differs;
    last.meaning = tested.meaning;
    last.date = date;
    last.differing = repeat && other;
    if (!repeat) return;
    ++count.repeats;
    if (other) ++count.differing;
    totals_.repeats.push_back({.line = row.line, .gene = tested.gene});
  }

  ImportReport& totals_;
  std::map<std::string, Last> last_;
  std::set<std::string> rows_;
};

/// The results that the store held before this import.
std::vector<rules::GeneResult> KnownResults(const store::Reader& reader, const LabReport& report,
                                            const std::set<std::string>& own) {
  const std::string patient = FindPatient(reader, report.patient.identifiers);
  if (patient.empty()) return {};
  auto results = reader.ResultsOf(patient);
  std::erase_if(results, [&](const rules::GeneResult& result) {
    return own.contains(result.source) ||
           result.record_status == rules::RecordStatus::kEnteredInError;
  });
  return results;
}

/// Everything that the rows become when they are stored.
std::set<std::string> ReferencesOf(const std::vector<TableRow>& rows) {
  std::set<std::string> references;
  for (const TableRow& row : rows) {
    for (const LabResult& result : row.report.results) {
      references.insert("Observation/" + StoredId(row.report, result.key));
    }
  }
  return references;
}

/// Counts the repeats; a row whose patient cannot be told becomes a problem.
void CountRepeats(const store::Reader& reader, Table& table, ImportReport& report) {
  const std::set<std::string> own = ReferencesOf(table.rows);
  RepeatCounter counter(report);
  std::vector<TableRow> usable;
  for (TableRow& row : table.rows) {
    try {
      counter.Count(row, KnownResults(reader, row.report, own));
      usable.push_back(std::move(row));
    } catch (const core::Error& error) {
      if (error.code() != core::ErrorCode::kConflict) throw;
      table.problems.push_back(
          {.line = row.line, .column = "patient", .text = error.what(), .original = row.original});
    }
  }
  table.rows = std::move(usable);
}

std::string BatchKey(const ImportOptions& options, size_t first) {
  return "import|" + options.name + "|" + std::to_string(first);
}

void QueueProblems(store::Store& store, const Table& table, const ImportOptions& options) {
  store.Write([&](store::Writer& writer) {
    for (const RowProblem& problem : table.problems) {
      // A wide row may have several problems of one kind.
      const std::string key =
          BatchKey(options, problem.line) + "|" + problem.column + "|" + problem.text;
      if (!writer.FindRecords({.kind = "unmapped", .key = key}).empty()) continue;
      const std::string place = problem.column.empty() ? "" : problem.column + ": ";
      writer.AppendRecord(ToRecord({.form = "table",
                                    .source = (options.file.empty() ? options.name : options.file) +
                                              " line " + std::to_string(problem.line),
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
  std::stable_sort(table.rows.begin(), table.rows.end(), [](const TableRow& a, const TableRow& b) {
    return a.report.issued < b.report.issued;
  });
  store.Read([&](const store::Reader& reader) { CountRepeats(reader, table, report); });
  report.problems = table.problems.size();
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
