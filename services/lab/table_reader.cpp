#include "services/lab/table_reader.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "fhir/datetime.h"
#include "fhir/systems.h"
#include "services/core/error.h"
#include "services/lab/character_set.h"
#include "services/lab/table_columns.h"
#include "services/mapping/genomics.h"
#include "services/mapping/genomics_alleles.h"
#include "services/mapping/genomics_codes.h"
#include "services/mapping/genomics_coverage.h"
#include "services/mapping/genomics_text.h"
#include "services/mapping/genomics_variants.h"
#include "services/mapping/genomics_words.h"

namespace genflik::lab {
namespace {

using fhir::Json;
using mapping::LowerCase;
using mapping::Trim;

/// True when a quoted field goes on in the next line.
bool IsOpen(std::string_view row) { return std::count(row.begin(), row.end(), '"') % 2 != 0; }

char SeparatorOf(std::string_view heading) {
  char best = '\t';
  for (const char candidate : {'\t', ';', ','}) {
    if (std::count(heading.begin(), heading.end(), candidate) >
        std::count(heading.begin(), heading.end(), best)) {
      best = candidate;
    }
  }
  return best;
}

std::string StatusOf(const std::string& text) {
  const std::string lower = LowerCase(Trim(text));
  if (lower.empty() || lower == "final" || lower == "f" || lower == "slutsvar" ||
      lower == "slutgiltig" || lower == "slutgiltigt" || lower == "definitivt") {
    return "final";
  }
  if (lower == "preliminary" || lower == "p" || lower.starts_with("prel")) return "preliminary";
  if (lower == "corrected" || lower == "c" || lower.starts_with("rätt") ||
      lower.starts_with("korriger")) {
    return "corrected";
  }
  if (lower == "amended" || lower == "a" || lower == "kompletterat") return "amended";
  if (lower == "entered-in-error" || lower == "w" || lower.starts_with("återtag") ||
      lower.starts_with("makuler") || lower == "withdrawn") {
    return "entered-in-error";
  }
  return "";
}

/// "2014-05-06", "20140506", "2014-05", "2014", with or without a time of day after it.
std::string ReadDate(const std::string& text) {
  std::string date(Trim(text));
  date.resize(std::min(date.find_first_of(" T"), date.size()));
  if (date.size() == 8 && date.find('-') == std::string::npos) {
    date.insert(6, "-");
    date.insert(4, "-");
  }
  return fhir::ReadDateTime(date) ? date : "";
}

class TableReader {
 public:
  TableReader(const LabConfiguration& lab, std::chrono::year_month_day today)
      : lab_(lab), today_(today) {}

  Table Read(std::string_view bytes) {
    const std::string text = DecodeFile(bytes);
    size_t line = 0;
    size_t start = 0;
    while (start < text.size()) {
      const size_t end = EndOfRow(text, start, line);
      std::string_view row(text.data() + start, end - start);
      if (row.ends_with('\r')) row.remove_suffix(1);
      ++line_;
      if (meanings_.empty()) {
        ReadHeading(row);
      } else if (!Trim(row).empty()) {
        ++table_.count;
        ReadRow(row, line_);
      }
      line_ = line;
      start = end + 1;
    }
    if (meanings_.empty()) throw core::Error(core::ErrorCode::kInvalid, "the table is empty");
    return std::move(table_);
  }

 private:
  /// Where the row ends: at the line's end, or with the quoted field that goes on in the next ones.
  static size_t EndOfRow(std::string_view text, size_t start, size_t& line) {
    constexpr size_t kMostLines = 20;
    const size_t first = std::min(text.find('\n', start), text.size());
    ++line;
    size_t end = first;
    size_t more = 0;
    while (end < text.size() && IsOpen(text.substr(start, end - start)) && more < kMostLines) {
      end = std::min(text.find('\n', end + 1), text.size());
      ++more;
    }
    // A quotation mark of its own (the inch, the second) opens nothing.
    if (IsOpen(text.substr(start, end - start))) return first;
    line += more;
    return end;
  }

  void ReadHeading(std::string_view row) {
    // What spreadsheets and instruments put before it.
    const std::string lower = LowerCase(Trim(row));
    if (lower.empty() || lower.starts_with('#') || lower.starts_with("sep=")) return;
    separator_ = SeparatorOf(row);
    table_.heading = std::string(row);
    for (const std::string& name : SplitRow(row, separator_)) {
      headings_.push_back(name);
      meanings_.push_back(MeaningOf(name));
    }
    const auto has = [&](std::string_view meaning) {
      return std::any_of(meanings_.begin(), meanings_.end(), [&](const std::string& one) {
        return one == meaning || one.starts_with(std::string(meaning) + ":");
      });
    };
    const bool alleles = has("allele-1") && has("allele-2");
    if (!has("patient") ||
        !(has("genotype") || has("phenotype") || has("variant") || has("found") || alleles)) {
      throw core::Error(core::ErrorCode::kInvalid,
                        "the heading names no column for the patient, or none for the result");
    }
  }

  std::string MeaningOf(const std::string& name) const {
    const auto configured = lab_.columns.find(name);
    if (configured != lab_.columns.end()) return configured->second;
    // A column of a variant is a result, whether somebody thought of configuring it or not.
    const std::string rs = mapping::RsNumberIn(name);
    if (!rs.empty()) return "variant:" + rs;
    if (!lab_.columns.empty()) return "ignore";
    std::string meaning = UsualMeaning(name);
    if (meaning.empty()) meaning = GeneColumn(name);
    return meaning.empty() ? "ignore" : meaning;
  }

  void ReadRow(std::string_view row, size_t line) {
    original_ = std::string(row);
    line_ = line;
    fields_ = SplitRow(row, separator_);
    // Spreadsheets end rows with empty fields.
    while (fields_.size() > headings_.size() && Trim(fields_.back()).empty()) fields_.pop_back();
    if (fields_.size() != headings_.size()) {
      Problem("", "the row has " + std::to_string(fields_.size()) + " fields, the heading " +
                      std::to_string(headings_.size()));
      return;
    }
    auto patient = ReadPatient();
    if (!patient) return;
    const std::string status = StatusOf(Field("status"));
    if (status.empty()) {
      Problem("status", "the status is not understood");
      return;
    }
    const std::string date = ReadDate(Field("date"));
    if (date.empty() && !Field("date").empty()) {
      Problem("date", "the date is not understood");
      return;
    }
    LabReport report;
    report.patient = std::move(*patient);
    report.sender = lab_.name.empty() ? "table" : lab_.name;
    report.issued = date;
    report.number = NumberOf(report.patient, date);
    report.report = {{"resourceType", "DiagnosticReport"}, {"status", status}};
    report.report["code"] = {
        {"coding", Json::array({{{"system", "http://loinc.org"}, {"code", "51969-4"}}})}};
    if (!date.empty()) report.report["effectiveDateTime"] = date;
    AddResults(report, status, date);
    if (!report.results.empty()) {
      table_.rows.push_back({.line = line, .report = std::move(report), .original = original_});
    }
  }

  /// A sample's own number, else who, when and the line's content: the same row twice is the same.
  std::string NumberOf(const LabPatient& patient, const std::string& date) const {
    const std::string sample(Trim(Field("sample")));
    if (!sample.empty()) return sample + "|" + Field("gene") + Field("variant");
    return patient.identifiers[0].value + "|" + date + "|" + original_;
  }

  std::string Field(std::string_view meaning) const {
    for (size_t i = 0; i < meanings_.size(); ++i) {
      if (meanings_[i] == meaning) return fields_[i];
    }
    return "";
  }

  void Problem(std::string_view column, std::string text) {
    table_.problems.push_back({.line = line_,
                               .column = std::string(column),
                               .text = std::move(text),
                               .original = original_});
  }

  std::optional<LabPatient> ReadPatient() {
    fhir::IssueLog log;
    std::string system = Field("patient-system");
    if (system.empty()) system = lab_.patient_system;
    if (system.empty()) system = std::string(fhir::systems::kPersonnummer);
    auto identifier = mapping::NormaliseIdentifier(system, Field("patient"), today_, log);
    if (!identifier) {
      Problem("patient", log.issues().empty() ? "no patient" : log.issues().front().text);
      return std::nullopt;
    }
    LabPatient patient;
    patient.identifiers.push_back(std::move(*identifier));
    patient.birth_date = ReadDate(Field("birth-date"));
    patient.family = std::string(Trim(Field("family")));
    const std::string given(Trim(Field("given")));
    if (!given.empty()) patient.given.push_back(given);
    const std::string sex = LowerCase(Trim(Field("sex")));
    if (sex == "k" || sex == "f" || sex == "kvinna" || sex == "female") patient.gender = "female";
    if (sex == "m" || sex == "man" || sex == "male") patient.gender = "male";
    return patient;
  }

  void AddResults(LabReport& report, const std::string& status, const std::string& date) {
    const std::string gene(Trim(Field("gene")));
    for (size_t i = 0; i < meanings_.size(); ++i) {
      const std::string& meaning = meanings_[i];
      const std::string text(Trim(fields_[i]));
      if (text.empty()) continue;
      const std::string variant(Trim(Field("variant")));
      if (meaning.starts_with("variant:")) {
        // "variant:CYP2C19 rs4244285" tells the gene, and with it the coverage.
        std::string name = meaning.substr(8);
        const std::string of = mapping::TakeGenePrefix(name, "");
        AddVariant(report, of.empty() ? gene : of, name, text, status, date);
      }
      if (meaning == "genotype" && !variant.empty()) {
        AddVariant(report, gene, variant, text, status, date);
        continue;
      }
      if (meaning == "genotype") AddGenotype(report, gene, text, status, date);
      if (meaning.starts_with("genotype:")) {
        AddGenotype(report, meaning.substr(9), text, status, date);
      }
      if (meaning == "phenotype" && Trim(Field("genotype")).empty()) {
        AddGenotype(report, gene, text, status, date);
      }
      if (meaning.starts_with("phenotype:") &&
          Trim(Field("genotype:" + meaning.substr(10))).empty()) {
        AddGenotype(report, meaning.substr(10), text, status, date);
      }
      if (meaning.starts_with("found:")) AddFound(report, meaning.substr(6), text, status, date);
      if (meaning == "allele-1") AddAlleles(report, gene, text, status, date);
    }
    if (report.results.empty() && !HasProblem()) {
      Problem("genotype", "the row holds no result");
    }
  }

  /// What was found of the allele or variant that heads the column ("HLA-B*57:01": "neg").
  void AddFound(LabReport& report, const std::string& column, const std::string& text,
                const std::string& status, const std::string& date) {
    std::string name = column;
    const std::string gene = mapping::TakeGenePrefix(name, "");
    std::string rest = text;
    const auto zygosity = mapping::TakeZygosity(rest);
    auto read = mapping::ReadGenotypeText(name + " " + text, gene);
    if (zygosity == mapping::Zygosity::kHomozygous && rest.empty()) {
      Problem(column, "homozygous of which base is not told");
    } else if (read.size() == 1 && read.front().understood &&
               read.front().status == rules::CallStatus::kCalled) {
      report.results.push_back(Render(gene, column + " " + text, status, date, std::move(read[0])));
      report.results.back().key += "|" + name;
    } else {
      AddVariant(report, gene, name, text, status, date);
    }
  }

  /// "*1" and "*4", "A" and "G" in two columns.
  void AddAlleles(LabReport& report, const std::string& gene, const std::string& first,
                  const std::string& status, const std::string& date) {
    const std::string second(Trim(Field("allele-2")));
    const std::string variant(Trim(Field("variant")));
    if (second.empty()) {
      Problem("allele-2", "one allele is told and not the other");
    } else if (variant.empty()) {
      AddGenotype(report, gene, first + "/" + second, status, date);
    } else {
      AddVariant(report, gene, variant, first + "/" + second, status, date);
    }
  }

  /// The phenotype that stands in a column beside the genotype of this gene.
  std::string PhenotypeBeside(const std::string& gene) const {
    const std::string of_gene(Trim(Field("phenotype:" + gene)));
    return of_gene.empty() ? std::string(Trim(Field("phenotype"))) : of_gene;
  }

  bool HasProblem() const {
    return !table_.problems.empty() && table_.problems.back().line == line_;
  }

  void AddGenotype(LabReport& report, const std::string& gene, const std::string& text,
                   const std::string& status, const std::string& date) {
    const mapping::GeneCode* known = mapping::FindGeneBySymbol(gene);
    const std::string symbol = known == nullptr ? gene : std::string(known->symbol);
    for (mapping::GenotypeText& read : mapping::ReadGenotypeText(text, symbol)) {
      const std::string of = read.gene.empty() ? symbol : read.gene;
      const std::string rs = mapping::RsNumberIn(text);
      if (!read.understood && !rs.empty()) {
        AddVariant(report, symbol, rs, text, status, date);
      } else if (const std::string name = read.understood ? "" : NamedVariantIn(text, symbol);
                 !name.empty()) {
        AddVariant(report, of, name, text, status, date);
      } else if (!read.understood) {
        Problem("genotype", "the genotype " + (symbol.empty() ? "" : "of " + symbol + " ") +
                                "cannot be read: " +
                                (read.problem.empty() ? "\"" + text + "\"" : read.problem));
      } else if (of.empty()) {
        Problem("gene", "the row names no gene");
      } else if (!symbol.empty() && of != symbol) {
        Problem("genotype", "the gene is " + symbol + " but the genotype speaks of " + of);
      } else {
        report.results.push_back(Render(of, text, status, date, std::move(read)));
      }
    }
  }

  /// "c.521T>C" of "SLCO1B1 c.521T>C heterozygot", where it is a variant that is known by name.
  static std::string NamedVariantIn(const std::string& text, const std::string& gene) {
    std::string rest = mapping::NormaliseSpaces(text);
    const std::string named = mapping::TakeGenePrefix(rest, gene);
    const std::string_view of = named.empty() ? std::string_view(gene) : std::string_view(named);
    const std::string name = rest.substr(0, rest.find_first_of(" :"));
    return mapping::FindNamedVariant(of, name) == nullptr ? "" : name;
  }

  /// A variant as the laboratory gives it; what follows for the gene is found when it is stored.
  void AddVariant(LabReport& report, const std::string& gene, const std::string& variant,
                  const std::string& text, const std::string& status,
                  const std::string& date) const {
    const auto coded = [](const char* code) -> Json {
      return {{"coding",
               Json::array({{{"system", std::string(fhir::systems::kLoinc)}, {"code", code}}})}};
    };
    Json observation = {{"resourceType", "Observation"}, {"status", status}};
    observation["category"] = Json::array(
        {{{"coding", Json::array({{{"system", std::string(fhir::systems::kObservationCategory)},
                                   {"code", "laboratory"}}})}}});
    observation["code"] = coded("69548-6");
    observation["valueString"] = text;
    Json names = {{"code", coded("81255-2")}, {"valueCodeableConcept", {{"text", variant}}}};
    observation["component"] = Json::array({std::move(names)});
    const mapping::GeneCode* known = mapping::FindGeneBySymbol(gene);
    const std::string symbol = known == nullptr ? gene : std::string(known->symbol);
    if (!symbol.empty()) {
      observation["component"].push_back(
          {{"code", coded("48018-6")}, {"valueCodeableConcept", {{"text", symbol}}}});
    }
    if (!date.empty()) observation["effectiveDateTime"] = date;
    if (!lab_.laboratory.empty()) {
      observation["performer"] = Json::array({{{"display", lab_.laboratory}}});
    }
    if (!lab_.method.empty()) observation["method"] = {{"text", lab_.method}};
    const auto coverage = lab_.coverage.find(symbol);
    if (coverage != lab_.coverage.end()) {
      observation["extension"] = Json::array({mapping::RenderCoverage(coverage->second)});
    }
    report.results.push_back(
        {.key = symbol + "|" + variant, .observation = std::move(observation)});
  }

  LabResult Render(const std::string& gene, const std::string& text, const std::string& status,
                   const std::string& date, mapping::GenotypeText read) const {
    rules::GeneResult result;
    result.gene = gene;
    result.status = read.status;
    result.diplotypes = std::move(read.diplotypes);
    result.haplotypes = std::move(read.haplotypes);
    result.absent = std::move(read.absent);
    result.reported_phenotype = std::move(read.phenotype);
    result.reported_text = text;
    if (const std::string beside = PhenotypeBeside(gene); !beside.empty() && beside != text) {
      result.reported_text += " | " + beside;
      const auto phenotype = mapping::PhenotypeOfWords(beside);
      if (phenotype && !result.reported_phenotype)
        result.reported_phenotype = std::string(*phenotype);
    }
    result.effective = date;
    result.laboratory = lab_.laboratory;
    result.method = lab_.method;
    const auto coverage = lab_.coverage.find(gene);
    if (coverage != lab_.coverage.end()) result.coverage = coverage->second;
    if (!result.absent.empty() && !result.coverage.known) {
      result.coverage.known = true;
      result.coverage.alleles = result.absent;
    }
    const std::string key = result.absent.empty() ? gene : gene + "|-" + result.absent.front();
    Json observation = mapping::RenderObservation(result, {});
    observation["status"] = status;
    return {.key = key, .observation = std::move(observation)};
  }

  const LabConfiguration& lab_;
  std::chrono::year_month_day today_;
  char separator_ = '\t';
  std::vector<std::string> headings_;
  std::vector<std::string> meanings_;
  std::vector<std::string> fields_;
  std::string original_;
  size_t line_ = 0;
  Table table_;
};

}  // namespace

std::vector<std::string> SplitRow(std::string_view line, char separator) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      fields.back() += '"';
      ++i;
    } else if (c == '"' && (quoted || fields.back().empty())) {
      quoted = !quoted;
    } else if (c == separator && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

Table ReadTable(std::string_view bytes, const LabConfiguration& lab,
                std::chrono::year_month_day today) {
  return TableReader(lab, today).Read(bytes);
}

}  // namespace genflik::lab
