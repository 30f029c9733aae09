#include "services/lab/hl7_oru_reader.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "services/mapping/genomics.h"
#include "tests/support/places.h"

namespace genflik::lab {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::year;

constexpr std::chrono::year_month_day kToday{year(2026), month(3), day(1)};
const char* const kGenlab = R"({"laboratory": "Exempellab", "senders": ["GENLAB|KLINGEN"],
  "codes": {"2D6": {"gene": "CYP2D6", "test": "genotype"},
            "B5701": {"gene": "HLA-B", "test": "presence", "variant": "*57:01"},
            "SLASK": {"test": "ignore"}},
  "coverage": {"CYP2D6": {"alleles": ["*3", "*4"], "copyNumber": true}},
  "identifierSystems": {"KLIN": "urn:oid:2.999.1"}})";

struct Reading {
  std::vector<LabReport> reports;
  std::vector<Hl7Fault> faults;
  /// "GENE value status" of each result that can be used.
  std::vector<std::string> results;
  std::vector<std::string> patients;
};

std::string_view StatusText(rules::RecordStatus status) {
  switch (status) {
    case rules::RecordStatus::kPreliminary:
      return "preliminary";
    case rules::RecordStatus::kCorrected:
      return "corrected";
    case rules::RecordStatus::kEnteredInError:
      return "withdrawn";
    default:
      return "final";
  }
}

std::string Summary(const rules::GeneResult& result) {
  std::string text = result.gene;
  if (result.status == rules::CallStatus::kNoCall) text += " no-call";
  for (const std::string& diplotype : result.diplotypes) text += " " + diplotype;
  if (result.diplotypes.empty()) {
    for (const std::string& haplotype : result.haplotypes) text += " +" + haplotype;
  }
  for (const std::string& absent : result.absent) text += " -" + absent;
  if (result.reported_phenotype) text += " (" + *result.reported_phenotype + ")";
  return text.append(" ").append(StatusText(result.record_status));
}

Reading ReadAll(const std::string& text) {
  Reading reading;
  std::vector<std::string> problems;
  const auto lab = ReadLabConfiguration("genlab", kGenlab, problems);
  EXPECT_TRUE(lab) << (problems.empty() ? "" : problems[0]);
  for (const std::string& one : SplitMessages(text)) {
    const auto message = ReadHl7(one, lab->character_set, reading.faults);
    if (!message) continue;
    CheckHl7Header(*message, *lab, reading.faults);
    if (!reading.faults.empty()) continue;
    for (LabReport& report : ReadOru(*message, *lab, kToday, reading.faults)) {
      for (const auto& identifier : report.patient.identifiers) {
        reading.patients.push_back(identifier.value);
      }
      for (const LabResult& result : report.results) {
        for (const auto& gene : mapping::ReadGeneResults(result.observation)) {
          reading.results.push_back(Summary(gene));
        }
      }
      reading.reports.push_back(std::move(report));
    }
  }
  return reading;
}

std::string Message(const std::string& body) {
  return "MSH|^~\\&|GENLAB|KLINGEN|PGX|REG|20250301101500+0100||ORU^R01^ORU_R01|M1|P|2.5.1\r"
         "PID|1||195009072553^^^SKV&1.2.752.129.2.1.3.1&ISO^NNSWE||Test^Tore||19500907|M\r" +
         body;
}

std::string Report(const std::string& obxs) {
  return Message(
      "OBR|1|P1|F1|PANEL^Panel^L|||202502260830+0100|||||||||||||||20250301100000+0100||"
      "GE|F\r" +
      obxs);
}

struct Variant {
  const char* name;
  const char* obxs;
  const char* expected;
};

class ObxForms : public testing::TestWithParam<Variant> {};

TEST_P(ObxForms, AreRead) {
  const Reading reading = ReadAll(Report(GetParam().obxs));
  EXPECT_TRUE(reading.faults.empty()) << reading.faults[0].text;
  std::string joined;
  for (const std::string& result : reading.results) {
    if (!joined.empty()) joined += "; ";
    joined += result;
  }
  EXPECT_EQ(joined, GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Genotypes, ObxForms,
    testing::Values(
        Variant{"gene and genotype",
                "OBX|1|CWE|48018-6^Gene^LN|1|HGNC:2621^CYP2C19^HGNC||||||F\r"
                "OBX|2|ST|84413-4^Genotype^LN|1|*1/*2||||||F\r",
                "CYP2C19 *1/*2 final"},
        Variant{"gene as symbol",
                "OBX|1|CWE|48018-6^Gene^LN|1|CYP2C19^^HGNC||||||F\r"
                "OBX|2|ST|84413-4^G^LN|1|*1/*2||||||F\r",
                "CYP2C19 *1/*2 final"},
        Variant{"gene number without prefix",
                "OBX|1|CWE|48018-6^Gene^LN|1|2621^CYP2C19^HGNC||||||F\r"
                "OBX|2|ST|84413-4^G^LN|1|*1/*2||||||F\r",
                "CYP2C19 *1/*2 final"},
        Variant{"gene as text",
                "OBX|1|ST|48018-6^Gene^LN|1|CYP2C19||||||F\r"
                "OBX|2|ST|84413-4^G^LN|1|*1/*2||||||F\r",
                "CYP2C19 *1/*2 final"},
        Variant{"genotype coded", "OBX|1|CWE|84413-4^G^LN|1|^CYP2D6 *4/*4^Star-Allele||||||F\r",
                "CYP2D6 *4/*4 final"},
        Variant{"older CE", "OBX|1|CE|84413-4^G^LN|1|X^CYP2D6 *4/*4^L||||||F\r",
                "CYP2D6 *4/*4 final"},
        Variant{"without sub-id, gene opens a result",
                "OBX|1|ST|48018-6^Gene^LN||CYP2C19||||||F\rOBX|2|ST|84413-4^G^LN||*1/*2||||||F\r"
                "OBX|3|ST|48018-6^Gene^LN||CYP2D6||||||F\rOBX|4|ST|84413-4^G^LN||*4/*5||||||F\r",
                "CYP2C19 *1/*2 final; CYP2D6 *4/*5 final"},
        Variant{
            "plainly counted sub-ids",
            "OBX|1|ST|48018-6^Gene^LN|1|CYP2C19||||||F\rOBX|2|ST|48018-6^Gene^LN|2|TPMT||||||F\r"
            "OBX|3|ST|84413-4^G^LN|1|*1/*2||||||F\rOBX|4|ST|84413-4^G^LN|2|*1/*3A||||||F\r",
            "CYP2C19 *1/*2 final; TPMT *1/*3A final"},
        Variant{
            "genotype with phenotype",
            "OBX|1|ST|48018-6^Gene^LN|2a|CYP2C19||||||F\rOBX|2|ST|84413-4^G^LN|2a|*2/*2||||||F\r"
            "OBX|3|CWE|53040-2^E^LN|2a|LA9657-3^Poor metabolizer^LN||||||F\r",
            "CYP2C19 *2/*2 (Poor Metabolizer) final"},
        Variant{"phenotype only",
                "OBX|1|CWE|79719-1^DPYD activity^LN||LA10317-8^Intermediate^LN||||||F\r",
                "DPYD (Intermediate Metabolizer) final"},
        Variant{"two genes by repetition",
                "OBX|1|CWE|48018-6^Gene^LN|1|HGNC:2621^CYP2C19^HGNC~HGNC:2625^CYP2D6^HGNC||||||F\r"
                "OBX|2|ST|84413-4^G^LN|1|CYP2C19 *1/*17~CYP2D6 *1/*2xN||||||F\r",
                "CYP2C19 *1/*17 final; CYP2D6 *1/*2xN final"},
        Variant{"local code", "OBX|1|ST|2D6^Genotyp^99GENLAB||*1x2/*2||||||F\r",
                "CYP2D6 *1x2/*2 final"},
        Variant{"gene from the order's name", "OBX|1|ST|84413-4^TPMT genotyp^LN||*1/*3C||||||F\r",
                "TPMT *1/*3C final"},
        Variant{"ignored local code", "OBX|1|ST|SLASK^x^L||CYP2D6 *4/*4||||||F\r", ""},
        Variant{"unknown gene",
                "OBX|1|CWE|48018-6^G^LN|1|HGNC:9999999^NEWGENE1^HGNC||||||F\r"
                "OBX|2|ST|84413-4^G^LN|1|*1/*9||||||F\r",
                "NEWGENE1 *1/*9 final"},
        Variant{"several readings", "OBX|1|ST|84413-4^CYP2C19^LN|1|*1/*2 or *3/*10||||||F\r",
                "CYP2C19 *1/*2 *3/*10 final"}));

INSTANTIATE_TEST_SUITE_P(
    StatusesAndAbsence, ObxForms,
    testing::Values(Variant{"preliminary", "OBX|1|ST|84413-4^CYP2C19^LN|1|*1/*2||||||P\r",
                            "CYP2C19 *1/*2 preliminary"},
                    Variant{"not verified", "OBX|1|ST|84413-4^CYP2C19^LN|1|*1/*2||||||R\r",
                            "CYP2C19 *1/*2 preliminary"},
                    Variant{"corrected", "OBX|1|ST|84413-4^CYP2C19^LN|1|*1/*2||||||C\r",
                            "CYP2C19 *1/*2 corrected"},
                    Variant{"changed to final", "OBX|1|ST|84413-4^CYP2C19^LN|1|*1/*2||||||U\r",
                            "CYP2C19 *1/*2 final"},
                    Variant{"withdrawn", "OBX|1|ST|84413-4^CYP2C19^LN|1|*1/*2||||||W\r",
                            "CYP2C19 *1/*2 withdrawn"},
                    Variant{"deleted", "OBX|1|ST|84413-4^CYP2C19^LN|1|*1/*2||||||D\r",
                            "CYP2C19 *1/*2 withdrawn"},
                    Variant{"cancelled", "OBX|1|ST|84413-4^CYP2C19^LN|1|||||||X\r", ""},
                    Variant{"no call", "OBX|1|ST|84413-4^CYP2C19^LN|1|No call||||||F\r",
                            "CYP2C19 no-call final"},
                    Variant{"HL7 null", "OBX|1|ST|84413-4^CYP2C19^LN|1|\"\"||||||F\r",
                            "CYP2C19 no-call final"},
                    Variant{"empty value", "OBX|1|ST|84413-4^CYP2C19^LN|1|||||||F\r",
                            "CYP2C19 no-call final"}));

INSTANTIATE_TEST_SUITE_P(
    VariantsAndHla, ObxForms,
    testing::Values(
        Variant{"present variant",
                "OBX|1|ST|48018-6^G^LN|2a|DPYD||||||F\r"
                "OBX|2|ST|48004-6^c^LN|2a|NM_000110.4:c.1905+1G>A||||||F\r"
                "OBX|3|CWE|69548-6^A^LN|2a|LA9633-4^Present^LN||||||F\r"
                "OBX|4|CWE|53034-5^S^LN|2a|LA6706-1^Heterozygous^LN||||||F\r",
                "DPYD +c.1905+1G>A final"},
        Variant{"absent variant",
                "OBX|1|ST|48018-6^G^LN|2a|DPYD||||||F\r"
                "OBX|2|ST|48004-6^c^LN|2a|NM_000110.4:c.2846A>T||||||F\r"
                "OBX|3|CWE|69548-6^A^LN|2a|LA9634-2^Absent^LN||||||F\r",
                "DPYD -c.2846A>T final"},
        Variant{"variant by rs number",
                "OBX|1|ST|48018-6^G^LN|2a|DPYD||||||F\r"
                "OBX|2|ST|81255-2^d^LN|2a|rs55886062||||||F\r"
                "OBX|3|CWE|69548-6^A^LN|2a|LA9634-2^Absent^LN||||||F\r",
                "DPYD -c.1679T>G final"},
        Variant{
            "single-variant gene",
            "OBX|1|ST|48018-6^G^LN|2g|VKORC1||||||F\rOBX|2|ST|81255-2^d^LN|2g|rs9923231||||||F\r"
            "OBX|3|ST|84413-4^G^LN|2g|rs9923231 C/T||||||F\r",
            "VKORC1 rs9923231 C/T final"},
        Variant{"HLA allele present", "OBX|1|CWE|50956-2^B^LN||LA6576-8^Positive^LN||||||F\r",
                "HLA-B +*57:01 final"},
        Variant{"HLA allele absent in words", "OBX|1|ST|50956-2^B^LN||Negativ||||||F\r",
                "HLA-B -*57:01 final"},
        Variant{"GL String with escapes",
                "OBX|1|ST|84413-4^G^LN|1|hla#3.33.0#HLA-A*01:01+HLA-A*02:01\\S\\HLA-B*44:02+HLA-B*"
                "49:08||||||F\r",
                "HLA-A *01:01/*02:01 final; HLA-B *44:02/*49:08 final"},
        Variant{"text that is cut by raw delimiters",
                "OBX|1|ST|84413-4^G^LN|1|hla#3.33.0#HLA-A*01:01+HLA-A*02:01^HLA-B*44:02+HLA-B*"
                "49:08||||||F\r",
                "HLA-A *01:01/*02:01 final; HLA-B *44:02/*49:08 final"}));

TEST(ReadOru, KeepsOrderNumbersTimesSpecimenAndText) {
  const Reading reading = ReadAll(
      Report("OBX|1|ST|84413-4^CYP2C19^LN|1|*1/*2||||||F|||20250228|||||||||Lab A\r"
             "NTE|1||Nedsatt\\.br\\aktivitet\r"
             "OBX|2|ED|PDF^Svar^L||^application^pdf^Base64^JVBERi0=||||||F\r"
             "SPM|1|^S1&GENLAB||119297000^Blood specimen^SCT|||||||||||||202502260830+0100\r"));
  ASSERT_EQ(reading.reports.size(), 1U);
  const LabReport& report = reading.reports[0];
  EXPECT_EQ(report.number, "F1");
  EXPECT_EQ(report.order_number, "P1");
  EXPECT_EQ(report.issued, "2025-03-01T10:00:00+01:00");
  EXPECT_EQ(fhir::FindText(report.report, "effectiveDateTime"), "2025-02-26T08:30:00+01:00");
  EXPECT_EQ(report.report["presentedForm"][0]["contentType"], "application/pdf");
  EXPECT_EQ(report.specimen["collection"]["collectedDateTime"], "2025-02-26T08:30:00+01:00");
  const fhir::Json& observation = report.results[0].observation;
  EXPECT_EQ(observation["effectiveDateTime"], "2025-02-28");
  EXPECT_EQ(observation["performer"][0]["display"], "Lab A");
  EXPECT_EQ(observation["note"][0]["text"], "Nedsatt\naktivitet");
}

TEST(ReadOru, AddsTheConfiguredCoverage) {
  const Reading reading = ReadAll(Report("OBX|1|ST|2D6^G^L||*1/*1||||||F\r"));
  const auto results = mapping::ReadGeneResults(reading.reports.at(0).results.at(0).observation);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_TRUE(results[0].coverage.known);
  EXPECT_TRUE(results[0].coverage.copy_number);
}

TEST(ReadOru, GivesTheSameKeyToTheSameTestInALaterReport) {
  const auto first = ReadAll(Report("OBX|1|ST|84413-4^CYP2D6^LN|1|*1/*4||||||F\r"));
  const auto later = ReadAll(Report("OBX|3|ST|84413-4^CYP2D6^LN|1|*4/*4||||||C\r"));
  EXPECT_EQ(first.reports.at(0).results.at(0).key, later.reports.at(0).results.at(0).key);
}

struct Broken {
  const char* name;
  std::string message;
  int code;
  const char* segment;
  size_t field;
  bool refused;
};

class BrokenMessages : public testing::TestWithParam<Broken> {};

TEST_P(BrokenMessages, AreRefusedWithThePlace) {
  const Reading reading = ReadAll(GetParam().message);
  ASSERT_FALSE(reading.faults.empty());
  EXPECT_EQ(reading.faults[0].code, GetParam().code) << reading.faults[0].text;
  EXPECT_EQ(reading.faults[0].segment, GetParam().segment);
  EXPECT_EQ(reading.faults[0].field, GetParam().field);
  EXPECT_EQ(reading.faults[0].refused, GetParam().refused);
}

std::string Header(const std::string& type, const std::string& id, const std::string& processing,
                   const std::string& version) {
  return "MSH|^~\\&|GENLAB|KLINGEN|PGX|REG|2025||" + type + "|" + id + "|" + processing + "|" +
         version +
         "\rPID|1||195009072553^^^^NNSWE\rOBR|1||F|X\rOBX|1|ST|84413-4^CYP2D6^LN||*1/*1||"
         "||||F\r";
}

std::string Pid(const std::string& fields) {
  return "MSH|^~\\&|GENLAB|KLINGEN|PGX|REG|2025||ORU^R01|1|P|2.5.1\rPID|1||" + fields +
         "\rOBR|1||F|X\r";
}

INSTANTIATE_TEST_SUITE_P(
    Header, BrokenMessages,
    testing::Values(Broken{"type", Header("ADT^A01", "1", "P", "2.5.1"), 200, "MSH", 9, true},
                    Broken{"event", Header("ORU^R30", "1", "P", "2.5.1"), 201, "MSH", 9, true},
                    Broken{"id", Header("ORU^R01", "", "P", "2.5.1"), 101, "MSH", 10, true},
                    Broken{"training", Header("ORU^R01", "1", "T", "2.5.1"), 202, "MSH", 11, true},
                    Broken{"version", Header("ORU^R01", "1", "P", "9.9"), 203, "MSH", 12, true}));

INSTANTIATE_TEST_SUITE_P(
    Content, BrokenMessages,
    testing::Values(
        Broken{"check digit", Pid("195009072554^^^SKV&1.2.752.129.2.1.3.1&ISO^NNSWE"), 204, "PID",
               3, false},
        Broken{"birth date", Pid("195009072553^^^^NNSWE||A^B||19710101"), 204, "PID", 7, false},
        Broken{"no identifier", Pid("||A^B||19710101"), 101, "PID", 3, false},
        Broken{"no authority", Pid("12345||A^B"), 101, "PID", 3, false},
        Broken{"no patient", "MSH|^~\\&|G|K|P|R|2025||ORU^R01|1|P|2.5.1\rOBR|1||F|X\r", 100, "OBR",
               0, false},
        Broken{"OBX first", Message("OBX|1|ST|84413-4^CYP2D6^LN||*1/*1||||||F\rOBR|1||F|X\r"), 100,
               "OBX", 0, false},
        Broken{"no status", Report("OBX|1|ST|84413-4^CYP2D6^LN||*1/*1\r"), 101, "OBX", 11, false},
        Broken{"bad status", Report("OBX|1|ST|84413-4^CYP2D6^LN||*1/*1||||||Q\r"), 103, "OBX", 11,
               false},
        Broken{"value type", Report("OBX|1|ZZ|84413-4^CYP2D6^LN||*1/*1||||||F\r"), 103, "OBX", 2,
               false},
        Broken{"no test", Report("OBX|1|ST|||*1/*1||||||F\r"), 101, "OBX", 3, false},
        Broken{"cut", Report("OBX|1|ST|84413-4^CYP2D6^LN||*1/*"), 100, "OBX", 11, false},
        Broken{"gene and value",
               Report("OBX|1|ST|48018-6^G^LN|1|CYP2D6||||||F\r"
                      "OBX|2|ST|84413-4^G^LN|1|CYP2C19 *1/*2||||||F\r"),
               207, "OBX", 5, false}));

/// The published examples, where they are at hand.
class PublishedMessages : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::is_directory(folder_)) {
      GTEST_SKIP() << "no ../shared/reference/hl7v2 beside the checkout";
    }
  }

  static std::string Load(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  static fhir::Json Expected() {
    fhir::IssueLog log;
    return fhir::ParseJson(Load(folder_ / "expected.json"), log).value();
  }

  static inline const std::filesystem::path folder_ =
      std::filesystem::path(tests::SourceDir()) / "../shared/reference/hl7v2";
};

TEST_F(PublishedMessages, AreTakenWithTheirPatients) {
  size_t count = 0;
  const fhir::Json expected = Expected();
  for (const auto& [name, what] : expected.items()) {
    if (!name.starts_with("messages/")) continue;
    ++count;
    const Reading reading = ReadAll(Load(folder_ / name));
    EXPECT_TRUE(reading.faults.empty()) << name << ": " << reading.faults[0].text;
    for (const fhir::Json& id : what["patient_ids"]) {
      const std::string text = id.get<std::string>();
      const std::string value = text.substr(text.rfind(':') + 1);
      EXPECT_NE(std::find(reading.patients.begin(), reading.patients.end(), value),
                reading.patients.end())
          << name << " " << value;
    }
  }
  EXPECT_GE(count, 21U);
}

TEST_F(PublishedMessages, GiveTheirResults) {
  const std::pair<const char*, std::vector<std::string>> cases[] = {
      {"messages/03_hla_b5701_positive.hl7", {"HLA-B +*57:01 final", "HLA-B *15:01/*57:01 final"}},
      {"messages/05_dpyd_four_variants.hl7",
       {"DPYD +c.1905+1G>A final", "DPYD -c.1679T>G final", "DPYD -c.2846A>T final",
        "DPYD -c.1129-5923C>G final"}},
      {"messages/06b_cyp2d6_corrected_C.hl7", {"CYP2D6 *4/*4 corrected"}},
      {"messages/07_cancelled_X.hl7", {}},
      {"messages/08a_nudt15_preliminary_P.hl7", {"NUDT15 *1/*3 preliminary"}},
      {"messages/09_two_patients.hl7", {"SLCO1B1 *1/*1 final", "SLCO1B1 *5/*5 final"}},
      {"messages/14_other_delimiters.hl7", {"CYP2D6 *1/*4 final"}},
      {"messages/15_pdf_and_pointer.hl7", {"CYP2C19 *1/*17 final", "CYP2D6 *1/*2xN final"}},
      {"messages/18_batch_two_messages.hl7", {"CYP2D6 *1/*1 final", "NUDT15 *1/*1 final"}},
      {"messages/19_nocall_and_unknown.hl7",
       {"CYP2D6 no-call final", "NEWGENE1 *1/*9 final", "CYP2C19 *1/*2 *3/*10 final"}},
  };
  for (const auto& [name, results] : cases) {
    EXPECT_EQ(ReadAll(Load(folder_ / name)).results, results) << name;
  }
}

TEST_F(PublishedMessages, ThatAreBrokenAreNotTaken) {
  size_t count = 0;
  const fhir::Json expected = Expected();
  for (const auto& [name, what] : expected.items()) {
    const std::string ack = what["expected_ack"].get<std::string>();
    const bool broken = ack.starts_with("AE") || ack.starts_with("AR");
    if (!name.starts_with("malformed/") || !broken) continue;
    ++count;
    const Reading reading = ReadAll(Load(folder_ / name));
    ASSERT_FALSE(reading.faults.empty()) << name;
    EXPECT_EQ(reading.faults[0].refused, ack.starts_with("AR")) << name;
  }
  EXPECT_GE(count, 13U);
}

}  // namespace
}  // namespace genflik::lab
