#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "services/core/error.h"
#include "services/lab/call_evidence.h"
#include "services/lab/vcf_caller.h"
#include "tests/support/services_tests/temporary_directory.h"
#include "tests/support/services_tests/vcf_test_support.h"

// The same data written in another way must give the same calls.

namespace genflik::lab {
namespace {

using testing::CallText;
using ::testing::ElementsAre;
using testing::Header;
using testing::OwnIndex;
using testing::Record;
using testing::ReferenceRecords;
using testing::Texts;
using ::testing::UnorderedElementsAreArray;

/// A person with variants in many genes; the rest of the positions is reference.
std::vector<std::string> Person() {
  const std::vector<std::pair<std::string, std::string>> variants = {
      {"chr10\t94842866\t", "1/1"}, {"chr10\t94781859\t", "0/1"}, {"chr10\t94775367\t", "0/1"},
      {"chr10\t94761900\t", "0/1"}, {"chr10\t94942205\t", "0/1"}, {"chr2\t233760233\t", "0/1"},
      {"chr2\t233759924\t", "0/1"}, {"chr1\t97740410\t", "0/1"},  {"chr6\t18130687\t", "0/1"},
      {"chr6\t18138997\t", "0/1"},  {"chr13\t48037782\t", "0/1"}, {"chr12\t21178615\t", "1/1"},
      {"chr19\t38448712\t", "0/1"}, {"chr7\t99652770\t", "0/1"}};
  std::vector<std::string> records;
  for (const auto& gene : OwnIndex().definitions().genes()) {
    const std::string plain = gene.copies == rules::GeneCopies::kOne ? "0" : "0/0";
    for (std::string& record : ReferenceRecords(gene, plain)) {
      for (const auto& [place, genotype] : variants) {
        if (record.rfind(place, 0) != 0) continue;
        record.replace(record.rfind("0/0"), 3, genotype);
      }
      records.push_back(std::move(record));
    }
  }
  return records;
}

std::string Join(const std::vector<std::string>& records) {
  std::string text;
  for (const auto& record : records) text += record;
  return text;
}

/// Everything that is said of the sample, as text; warnings aside.
std::string CallsOf(const VcfReading& reading, bool all = true) {
  rules::CallOptions options;
  options.all = all;
  options.on_request = true;
  const auto call = CallSample(reading.samples.at(0), OwnIndex(), options, {});
  CallReportContext context;
  context.index = &OwnIndex();
  return fhir::PrintJson(RenderCalls(call, reading.samples.at(0), context), true);
}

std::string CallsOf(const std::string& text) { return CallsOf(ReadVcfBytes(text, OwnIndex(), {})); }

TEST(VcfProperties, TheOrderOfRecordsDoesNotMatter) {
  std::vector<std::string> records = Person();
  const std::string expected = CallsOf(Header() + Join(records));
  EXPECT_NE(expected.find("*2/*17"), std::string::npos);
  std::mt19937 random(7);
  for (int round = 0; round < 3; ++round) {
    std::shuffle(records.begin(), records.end(), random);
    EXPECT_EQ(CallsOf(Header() + Join(records)), expected);
  }
}

TEST(VcfProperties, TheChrPrefixDoesNotMatter) {
  const std::vector<std::string> records = Person();
  std::string bare;
  for (const std::string& record : records) {
    bare += record.rfind("chrM\t", 0) == 0 ? "MT" + record.substr(4) : record.substr(3);
  }
  EXPECT_EQ(CallsOf(Header({"S1"}, false) + bare), CallsOf(Header() + Join(records)));
}

TEST(VcfProperties, SplittingMultiallelicSitesDoesNotMatter) {
  std::vector<std::string> split;
  for (const std::string& record : Person()) {
    std::vector<std::string> fields;
    std::istringstream in(record);
    for (std::string field; std::getline(in, field, '\t');) fields.push_back(field);
    std::istringstream alts(fields[4]);
    const char carried = fields[9].size() >= 3 ? fields[9][2] : '0';
    int number = 1;
    for (std::string alt; std::getline(alts, alt, ','); ++number) {
      std::string genotype = fields[9];
      if (genotype.size() >= 3 && carried != '0' && number != carried - '0') genotype = "0/0\n";
      split.push_back(fields[0] + "\t" + fields[1] + "\t.\t" + fields[3] + "\t" + alt +
                      "\t.\tPASS\t.\tGT\t" + genotype);
    }
  }
  EXPECT_GT(split.size(), Person().size());
  EXPECT_EQ(CallsOf(Header() + Join(split)), CallsOf(Header() + Join(Person())));
}

TEST(VcfProperties, CompressingAndIndexingDoNotMatter) {
  const auto folder = std::filesystem::temp_directory_path() /
                      ("genflik-vcf-" + std::to_string(std::random_device{}()));
  std::filesystem::create_directory(folder);
  const std::string plain = (folder / "person.vcf").string();
  std::ofstream(plain, std::ios::binary) << Header() + Join(Person());
  const std::string expected = CallsOf(ReadVcf(plain, OwnIndex(), {}));
  // The tools come with htslib; where they are not installed only the plain file is compared.
  const std::string sorted = "(grep ^# " + plain + "; grep -v ^# " + plain +
                             " | sort -k1,1 -k2,2n) | bgzip > " + plain + ".gz";
  if (std::system((sorted + " && tabix -p vcf " + plain + ".gz 2>/dev/null").c_str()) == 0) {
    VcfOptions options;
    const auto indexed = ReadVcf(plain + ".gz", OwnIndex(), options);
    EXPECT_TRUE(indexed.by_index);
    EXPECT_EQ(CallsOf(indexed), expected);
    options.use_index = false;
    EXPECT_EQ(CallsOf(ReadVcf(plain + ".gz", OwnIndex(), options)), expected);
    // Without its last block the file is known to be cut off.
    const auto size = std::filesystem::file_size(plain + ".gz");
    std::filesystem::resize_file(plain + ".gz", size - 28);
    EXPECT_THROW((void)ReadVcf(plain + ".gz", OwnIndex(), options), core::Error);
    std::filesystem::resize_file(plain + ".gz", size / 2);
    EXPECT_THROW((void)ReadVcf(plain + ".gz", OwnIndex(), options), core::Error);
  }
  std::filesystem::remove_all(folder);
}

/// A genome: the person, a record every 3,000 bases around the genes, and NUDT15 in one block of
/// reference that begins far before it.
std::vector<std::string> Genome() {
  std::vector<std::pair<std::string, int64_t>> places;
  for (const auto& region : OwnIndex().Regions()) {
    if (region.chromosome == "chrM") continue;
    for (int64_t i = -40; i < 40; ++i)
      places.emplace_back(region.chromosome, region.first + i * 3001);
  }
  std::vector<std::string> records = {
      "chr13\t47900000\t.\tN\t<NON_REF>\t.\tPASS\tEND=48100000\tGT\t0/0\n"};
  for (const std::string& record : Person()) {
    if (record.rfind("chr13\t48037", 0) != 0) records.push_back(record);
  }
  for (const auto& [chromosome, position] : places) {
    if (OwnIndex().Touches(OwnIndex().ChromosomeOf(chromosome), position, position + 1)) continue;
    records.push_back(chromosome + "\t" + std::to_string(position) +
                      "\t.\tAC\tA\t50\tPASS\t.\tGT\t0/1\n");
  }
  return records;
}

TEST(VcfProperties, EveryKindOfIndexGivesTheSame) {
  const genflik::testing::TemporaryDirectory folder;
  const std::string plain = (folder.path() / "genome.vcf").string();
  std::ofstream(plain, std::ios::binary) << Header() + Join(Genome());
  VcfOptions whole;
  whole.use_index = false;
  const auto expected = ReadVcf(plain, OwnIndex(), whole);
  const auto nudt15 = CallText(Header() + Join(Genome()), "NUDT15");
  EXPECT_THAT(Texts(nudt15), ElementsAre("*1/*1"));
  const std::string sort = "bcftools sort -O";
  const std::vector<std::pair<std::string, std::string>> kinds = {
      {"tbi.vcf.gz", "tabix -p vcf "},
      {"csi.vcf.gz", "tabix -C -p vcf "},
      {"all.bcf", "bcftools index "}};
  for (const auto& [name, index] : kinds) {
    const std::string file = (folder.path() / name).string();
    const std::string pack =
        sort + (name == "all.bcf" ? "b " : "z ") + plain + " -o " + file + " 2>/dev/null && ";
    // The tools come with the packages of the tests (.ci/install test).
    ASSERT_EQ(std::system((pack + index + file).c_str()), 0) << name;
    const auto indexed = ReadVcf(file, OwnIndex(), {});
    EXPECT_TRUE(indexed.by_index) << name;
    ASSERT_EQ(indexed.samples.size(), 1U);
    EXPECT_EQ(indexed.samples[0].genes, expected.samples[0].genes) << name;
    EXPECT_EQ(CallsOf(indexed), CallsOf(expected)) << name;
  }
}

TEST(VcfProperties, AnIndexOfAnotherFileIsRefused) {
  const genflik::testing::TemporaryDirectory folder;
  const auto pack = [&folder](const std::string& name, const std::vector<std::string>& records) {
    const std::string file = (folder.path() / name).string();
    std::ofstream(file + ".vcf", std::ios::binary) << Header() + Join(records);
    const std::string command = "bcftools sort -Oz " + file + ".vcf -o " + file +
                                ".vcf.gz 2>/dev/null && tabix -p vcf " + file + ".vcf.gz";
    EXPECT_EQ(std::system(command.c_str()), 0);
    return file + ".vcf.gz";
  };
  const std::string large = pack("large", Genome());
  const std::string small = pack("small", Person());
  std::filesystem::copy_file(large + ".tbi", small + ".tbi",
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_THROW((void)ReadVcf(small, OwnIndex(), {}), core::Error);
  // One that is cut off names itself.
  std::filesystem::resize_file(large + ".tbi", std::filesystem::file_size(large + ".tbi") / 2);
  try {
    (void)ReadVcf(large, OwnIndex(), {});
    ADD_FAILURE() << "a broken index was used";
  } catch (const core::Error& error) {
    EXPECT_NE(std::string(error.what()).find(".tbi"), std::string::npos) << error.what();
  }
}

/// Reference records of a gene with one position replaced by others.
std::string With(const std::string& gene, int64_t position, const std::string& records) {
  std::string text = Header();
  const auto* definition = OwnIndex().definitions().Find(gene);
  for (const std::string& record : ReferenceRecords(*definition)) {
    if (record.find("\t" + std::to_string(position) + "\t") == std::string::npos) text += record;
  }
  return text + records;
}

TEST(VcfProperties, AnIndelIsRecognisedHoweverItIsPlaced) {
  // c.295_298delTCAT: ATGA stands twice behind G; either copy may be said to be deleted.
  for (const char* record : {"chr1 97740410 GATGA G GT 0/1", "chr1 97740414 AATGA A GT 0/1",
                             "chr1 97740412 TGAAT T GT 0/1", "chr1 97740409 TGATGA TG GT 0/1"}) {
    const auto call = CallText(With("DPYD", 97740410, Record(record)), "DPYD");
    EXPECT_THAT(Texts(call), ElementsAre("Reference/c.295_298delTCAT (*7)")) << record;
  }
  // UGT1A1*28: one TA more, at the beginning or the end of the repeat, or the repeat in full.
  for (const char* record : {"chr2 233760233 CAT CATAT GT 0/1", "chr2 233760233 C CAT GT 0/1",
                             "chr2 233760234 A ATA GT 0/1", "chr2 233760248 A ATA GT 0/1",
                             "chr2 233760233 CATATATATATATATA CATATATATATATATATA GT 0/1"}) {
    const auto call = CallText(With("UGT1A1", 233760233, Record(record)), "UGT1A1");
    EXPECT_THAT(Texts(call), ElementsAre("*1/*28")) << record;
  }
  // CYP2C9*25: ten bases deleted, named by the last placement in HGVS.
  for (const char* record :
       {"chr10 94942205 CAATGGAAAGA C GT 0/1", "chr10 94942212 AAGAAATGGAA A GT 0/1"}) {
    const auto call = CallText(With("CYP2C9", 94942205, Record(record)), "CYP2C9");
    EXPECT_THAT(Texts(call), ElementsAre("*1/*25")) << record;
  }
}

TEST(VcfProperties, ASubstitutionIsRecognisedWithinALongerRecord) {
  const auto& genes = OwnIndex().definitions().genes();
  const auto gene = static_cast<size_t>(OwnIndex().definitions().Find("CYP2C19") - genes.data());
  const size_t position = genes[gene].FindPosition(int64_t{94781859}).value();
  for (const char* record :
       {"chr10 94781859 G A GT 0/1", "chr10 94781858 CG CA GT 0/1", "chr10 94781859 GA AA GT 0/1",
        "chr10 94781858 CG TG,CA GT 0/2", "chr10 94781857 CCGA CCAA GT 0/1"}) {
    const auto reading = ReadVcfBytes(With("CYP2C19", 94781859, Record(record)), OwnIndex(), {});
    const auto& site = reading.samples[0].genes[gene].sites[position];
    EXPECT_EQ(site.bases[0], 0) << record;
    EXPECT_EQ(site.bases[1], 1) << record;
  }
}

TEST(VcfProperties, KeptEvidenceGivesTheSameCalls) {
  const auto reading = ReadVcfBytes(Header() + Join(Person()), OwnIndex(), {});
  SampleEvidence again{"S1", {}};
  const auto& genes = OwnIndex().definitions().genes();
  for (size_t g = 0; g < genes.size(); ++g) {
    const auto kept = RenderEvidence(genes[g], reading.samples[0].genes[g]);
    again.genes.push_back(ReadEvidence(kept, g, OwnIndex()));
    EXPECT_EQ(again.genes.back(), reading.samples[0].genes[g]) << genes[g].gene;
  }
}

TEST(VcfProperties, PhasedDataNeverAllowMoreThanUnphased) {
  std::string phased = Join(Person());
  std::string unphased = phased;
  for (size_t at = 0; (at = phased.find('/', at)) != std::string::npos; ++at) phased[at] = '|';
  rules::CallOptions options;
  options.all = true;
  for (const char* gene : {"CYP2C19", "CYP2C9", "UGT1A1", "TPMT", "NUDT15", "SLCO1B1"}) {
    const auto loose = Texts(CallText(Header() + unphased, gene, options));
    for (const std::string& text : Texts(CallText(Header() + phased, gene, options))) {
      EXPECT_NE(std::find(loose.begin(), loose.end(), text), loose.end()) << gene << " " << text;
    }
  }
}

/// Bytes turned at random: read or refused with a reason, nothing else.
TEST(VcfProperties, BrokenBytesAreReadOrRefused) {
  const std::string good = Header() + Join(Person()).substr(0, 6000);
  std::mt19937 random(11);
  int refused = 0;
  for (int round = 0; round < 400; ++round) {
    std::string bad = good;
    const int changes = 1 + static_cast<int>(random() % 5);
    for (int i = 0; i < changes; ++i) {
      const size_t at = random() % bad.size();
      switch (random() % 4) {
        case 0:
          bad[at] = static_cast<char>(random() % 256);
          break;
        case 1:
          bad.erase(at, 1 + random() % 20);
          break;
        case 2:
          bad.insert(at, 1, "\t\n/|.,0<>"[random() % 9]);
          break;
        default:
          bad.resize(at + 1);
      }
    }
    try {
      (void)CallsOf(bad);
    } catch (const core::Error& error) {
      EXPECT_FALSE(std::string(error.what()).empty());
      ++refused;
    }
  }
  EXPECT_GT(refused, 50);
}

}  // namespace
}  // namespace genflik::lab
