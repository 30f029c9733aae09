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
#include "services/mapping/genomics.h"
#include "services/mapping/genomics_alleles.h"
#include "services/mapping/genomics_codes.h"
#include "services/mapping/genomics_coverage.h"
#include "services/mapping/genomics_text.h"
#include "services/mapping/genomics_variants.h"

namespace genflik::lab {
namespace {

using fhir::Json;
using mapping::LowerCase;
using mapping::Trim;

constexpr std::array<std::pair<std::string_view, std::string_view>, 40> kUsualColumns = {{
    {"personnummer", "patient"},
    {"pnr", "patient"},
    {"patient", "patient"},
    {"patient_id", "patient"},
    {"patientid", "patient"},
    {"gen", "gene"},
    {"gene", "gene"},
    {"genotyp", "genotype"},
    {"genotype", "genotype"},
    {"diplotype", "genotype"},
    {"diplotyp", "genotype"},
    {"resultat", "genotype"},
    {"result", "genotype"},
    {"svar", "genotype"},
    {"rs", "variant"},
    {"rsid", "variant"},
    {"rs_id", "variant"},
    {"rs-nummer", "variant"},
    {"snp", "variant"},
    {"dbsnp", "variant"},
    {"variant", "variant"},
    {"fenotyp", "phenotype"},
    {"phenotype", "phenotype"},
    {"datum", "date"},
    {"date", "date"},
    {"provdatum", "date"},
    {"analysdatum", "date"},
    {"prov", "sample"},
    {"sample", "sample"},
    {"sample_id", "sample"},
    {"lid", "sample"},
    {"status", "status"},
    {"födelsedatum", "birth-date"},
    {"birth_date", "birth-date"},
    {"efternamn", "family"},
    {"family", "family"},
    {"förnamn", "given"},
    {"given", "given"},
    {"kön", "sex"},
    {"sex", "sex"},
}};

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
  if (lower.empty() || lower == "final" || lower == "f" || lower == "slutsvar") return "final";
  if (lower == "preliminary" || lower == "p" || lower.starts_with("prel")) return "preliminary";
  if (lower == "corrected" || lower == "c" || lower.starts_with("rätt")) return "corrected";
  if (lower == "entered-in-error" || lower == "w" || lower.starts_with("återtag")) {
    return "entered-in-error";
  }
  return "";
}

/// "2014-05-06", "20140506", "2014-05", "2014".
std::string ReadDate(const std::string& text) {
  std::string date(Trim(text).substr(0, 10));
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
      size_t end = std::min(text.find('\n', start), text.size());
      std::string_view row(text.data() + start, end - start);
      if (row.ends_with('\r')) row.remove_suffix(1);
      ++line;
      if (meanings_.empty()) {
        ReadHeading(row);
      } else if (!Trim(row).empty()) {
        ++table_.count;
        ReadRow(row, line);
      }
      start = end + 1;
    }
    if (meanings_.empty()) throw core::Error(core::ErrorCode::kInvalid, "the table is empty");
    return std::move(table_);
  }

 private:
  void ReadHeading(std::string_view row) {
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
    if (!has("patient") || !(has("genotype") || has("phenotype") || has("variant"))) {
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
    const std::string lower = LowerCase(Trim(name));
    const auto usual = std::find_if(kUsualColumns.begin(), kUsualColumns.end(),
                                    [&](const auto& pair) { return pair.first == lower; });
    return usual == kUsualColumns.end() ? "ignore" : std::string(usual->second);
  }

  void ReadRow(std::string_view row, size_t line) {
    original_ = std::string(row);
    line_ = line;
    fields_ = SplitRow(row, separator_);
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
    }
    if (report.results.empty() && !HasProblem()) {
      Problem("genotype", "the row holds no result");
    }
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
      } else if (!read.understood) {
        Problem("genotype", "the genotype cannot be read");
      } else if (of.empty()) {
        Problem("gene", "the row names no gene");
      } else if (!symbol.empty() && of != symbol) {
        Problem("genotype", "the gene is " + symbol + " but the genotype speaks of " + of);
      } else {
        report.results.push_back(Render(of, text, status, date, std::move(read)));
      }
    }
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
    result.reported_phenotype = std::move(read.phenotype);
    result.reported_text = text;
    result.effective = date;
    result.laboratory = lab_.laboratory;
    result.method = lab_.method;
    const auto coverage = lab_.coverage.find(gene);
    if (coverage != lab_.coverage.end()) result.coverage = coverage->second;
    Json observation = mapping::RenderObservation(result, {});
    observation["status"] = status;
    return {.key = gene, .observation = std::move(observation)};
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
