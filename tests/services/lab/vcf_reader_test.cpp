#include "services/lab/vcf_reader.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/core/error.h"
#include "tests/support/services_tests/vcf_test_support.h"

namespace genflik::lab {
namespace {

using rules::SiteProblem;
using testing::CallText;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Header;
using ::testing::IsEmpty;
using testing::OwnIndex;
using testing::Record;

const rules::SiteCall& Site(const VcfReading& reading, const std::string& gene, int64_t position,
                            size_t sample = 0) {
  const auto& genes = OwnIndex().definitions().genes();
  for (size_t g = 0; g < genes.size(); ++g) {
    if (genes[g].gene != gene) continue;
    return reading.samples.at(sample).genes[g].sites.at(genes[g].FindPosition(position).value());
  }
  throw std::runtime_error("no such gene");
}

VcfReading Read(const std::string& text, const VcfOptions& options = {}) {
  return ReadVcfBytes(text, OwnIndex(), options);
}

/// Position of CYP2C19*2 (rs4244285) with this genotype.
VcfReading ReadStar2(const std::string& rest, const VcfOptions& options = {}) {
  return Read(Header() + Record("chr10 94781859 G A " + rest), options);
}

core::ErrorCode CodeThrown(const std::string& text, std::string& what) {
  try {
    (void)Read(text);
  } catch (const core::Error& error) {
    what = error.what();
    return error.code();
  }
  ADD_FAILURE() << "was not refused";
  return core::ErrorCode::kInternal;
}

TEST(VcfReader, ReadsGenotypePhaseSetDepthAndQuality) {
  const auto reading = ReadStar2("GT:PS:DP:GQ 0|1:94775000:31:99");
  const auto& site = Site(reading, "CYP2C19", 94781859);
  EXPECT_EQ(site.bases[0], 0);
  EXPECT_EQ(site.bases[1], 1);
  EXPECT_TRUE(site.phased);
  EXPECT_EQ(site.phase_set, 94775000);
  EXPECT_EQ(site.depth, 31);
  EXPECT_EQ(site.quality, 99);
}

TEST(VcfReader, KeepsMissingApartFromReference) {
  EXPECT_EQ(Site(ReadStar2("GT ./."), "CYP2C19", 94781859).problem, SiteProblem::kNoCall);
  EXPECT_EQ(Site(ReadStar2("GT 0/0"), "CYP2C19", 94781859).problem, SiteProblem::kNone);
  EXPECT_EQ(Site(ReadStar2("GT 0/0"), "CYP2C19", 94780653).problem, SiteProblem::kNotReported);
}

TEST(VcfReader, AppliesThresholdsOnlyWhenAsked) {
  const std::string record = "GT:DP:GQ:AD 0/1:8:12:7,1";
  EXPECT_EQ(Site(ReadStar2(record), "CYP2C19", 94781859).problem, SiteProblem::kNone);
  VcfOptions options;
  options.thresholds.min_depth = 10;
  EXPECT_EQ(Site(ReadStar2(record, options), "CYP2C19", 94781859).problem,
            SiteProblem::kLowQuality);
  options = {};
  options.thresholds.min_quality = 20;
  EXPECT_EQ(Site(ReadStar2(record, options), "CYP2C19", 94781859).problem,
            SiteProblem::kLowQuality);
  options = {};
  options.thresholds.min_balance = 0.2;
  EXPECT_EQ(Site(ReadStar2(record, options), "CYP2C19", 94781859).problem,
            SiteProblem::kLowQuality);
  options.thresholds.min_balance = 0.1;
  EXPECT_EQ(Site(ReadStar2(record, options), "CYP2C19", 94781859).problem, SiteProblem::kNone);
}

TEST(VcfReader, UsesFilteredRecordsUnlessTold) {
  std::string record = Record("chr10 94781859 G A GT 0/1");
  record.replace(record.find("PASS"), 4, "LowQual");
  EXPECT_EQ(Site(Read(Header() + record), "CYP2C19", 94781859).problem, SiteProblem::kNone);
  VcfOptions options;
  options.thresholds.require_pass = true;
  EXPECT_EQ(Site(Read(Header() + record, options), "CYP2C19", 94781859).problem,
            SiteProblem::kFiltered);
  EXPECT_EQ(Site(ReadStar2("GT:FT 0/1:q10", options), "CYP2C19", 94781859).problem,
            SiteProblem::kFiltered);
}

TEST(VcfReader, ReadsReferenceBlocks) {
  std::string block = Record("chr10 94781000 C <NON_REF> GT:DP:GQ 0/0:30:90");
  block.replace(block.find("PASS\t."), 6, "PASS\tEND=94782000");
  const auto reading = Read(Header() + block);
  EXPECT_EQ(Site(reading, "CYP2C19", 94781859).problem, SiteProblem::kNone);
  EXPECT_EQ(Site(reading, "CYP2C19", 94781859).bases[1], 0);
  EXPECT_EQ(Site(reading, "CYP2C19", 94781999).depth, 30);
  EXPECT_EQ(Site(reading, "CYP2C19", 94780653).problem, SiteProblem::kNotReported);
}

TEST(VcfReader, ReadsReferenceBlocksThatTheHeaderForgotToDeclare) {
  std::string header = Header();
  const size_t line = header.find("##INFO=<ID=END");
  header.erase(line, header.find('\n', line) + 1 - line);
  std::string block = Record("chr10 94781000 C <NON_REF> GT 0/0");
  block.replace(block.find("PASS\t."), 6, "PASS\tEND=94782000");
  EXPECT_EQ(Site(Read(header + block), "CYP2C19", 94781859).problem, SiteProblem::kNone);
}

TEST(VcfReader, TakesAReferenceBaseForMissingWhereADeletionWasLookedFor) {
  // CYP2C9*6 is the deletion GA>G; that the G is there says nothing about the A.
  const auto reading = Read(Header() + Record("chr10 94949281 G . GT 0/0"));
  EXPECT_EQ(Site(reading, "CYP2C9", 94949281).problem, SiteProblem::kReferenceMismatch);
  EXPECT_EQ(Site(Read(Header() + Record("chr10 94949281 GA . GT 0/0")), "CYP2C9", 94949281).problem,
            SiteProblem::kNone);
}

TEST(VcfReader, LeavesOutRecordsWithAnotherReference) {
  const auto reading = Read(Header() + Record("chr10 94781859 C A GT 0/1"));
  EXPECT_EQ(Site(reading, "CYP2C19", 94781859).problem, SiteProblem::kReferenceMismatch);
  ASSERT_EQ(reading.warnings.size(), 1U);
  EXPECT_THAT(reading.warnings[0], HasSubstr("line "));
  EXPECT_THAT(reading.warnings[0], HasSubstr("rs4244285"));
}

TEST(VcfReader, JoinsSplitMultiallelicSites) {
  const std::string joined = Record("chr2 233760233 CAT CATAT,CATATAT GT 1/2");
  const std::string split =
      Record("chr2 233760233 CAT CATAT GT 1/0") + Record("chr2 233760233 CAT CATATAT GT 0/1");
  const std::string open =
      Record("chr2 233760233 CAT CATAT GT 1/.") + Record("chr2 233760233 CAT CATATAT GT ./1");
  const auto bases = [](const std::string& records) {
    auto labels = Site(Read(Header() + records), "UGT1A1", 233760233).bases;
    std::sort(labels.begin(), labels.end());
    return labels;
  };
  EXPECT_EQ(bases(joined), bases(split));
  EXPECT_EQ(bases(joined), bases(open));
}

TEST(VcfReader, RefusesRecordsThatContradictEachOther) {
  std::string what;
  EXPECT_EQ(CodeThrown(Header() + Record("chr10 94781859 G A GT 0/1") +
                           Record("chr10 94781859 G A GT 1/1"),
                       what),
            core::ErrorCode::kInvalid);
  EXPECT_THAT(what, HasSubstr("contradicts line 22"));
  EXPECT_THAT(what, HasSubstr("line 23"));
  EXPECT_EQ(CodeThrown(Header() + Record("chr10 94942234 G A GT 1/1") +
                           Record("chr10 94942234 G T GT 0/1"),
                       what),
            core::ErrorCode::kInvalid);
  // A base that no definition knows leaves the position open instead: the gene is not called.
  const auto open =
      CallText(Header() + Record("chr13 48045719 C T GT 1/1") + Record("chr13 48045719 C G GT 0/1"),
               "NUDT15");
  EXPECT_EQ(open.status, rules::CallStatus::kNoCall);
}

TEST(VcfReader, AcceptsARepeatedRecord) {
  const std::string record = Record("chr10 94781859 G A GT 0/1");
  EXPECT_EQ(Site(Read(Header() + record + record), "CYP2C19", 94781859).bases[1], 1);
}

TEST(VcfReader, ReadsSomeSamplesOfMany) {
  const std::string text = Header({"A", "B", "C"}) + Record("chr10 94781859 G A GT 0/0 0/1 1/1");
  const auto all = Read(text);
  ASSERT_EQ(all.samples.size(), 3U);
  EXPECT_EQ(Site(all, "CYP2C19", 94781859, 2).bases[0], 1);
  VcfOptions options;
  options.samples = {"B"};
  const auto one = Read(text, options);
  ASSERT_EQ(one.samples.size(), 1U);
  EXPECT_EQ(one.samples[0].sample, "B");
  EXPECT_EQ(Site(one, "CYP2C19", 94781859).bases[1], 1);
  options.samples = {"D"};
  EXPECT_THROW((void)Read(text, options), core::Error);
}

TEST(VcfReader, NamesLineAndColumnOfAFault) {
  std::string what;
  EXPECT_EQ(CodeThrown(Header() + Record("chr10 94781859 G A GT 0/2"), what),
            core::ErrorCode::kMalformed);
  EXPECT_THAT(what, HasSubstr("line 22"));
  EXPECT_THAT(what, HasSubstr("column 10"));
  EXPECT_EQ(CodeThrown(Header() + "chr10\tX\t.\tG\tA\t.\t.\t.\tGT\t0/1\n", what),
            core::ErrorCode::kMalformed);
  EXPECT_THAT(what, HasSubstr("column 2"));
  EXPECT_EQ(CodeThrown(Header() + "chr10\t94781859\t.\tG\tA\t.\t.\t.\tGT\n", what),
            core::ErrorCode::kMalformed);
  EXPECT_EQ(CodeThrown(Header() + Record("chr1 5 G A GT 0/1") + "chr1\t77\t.\tG", what),
            core::ErrorCode::kMalformed);
  EXPECT_THAT(what, HasSubstr("ends after column 4"));
  // The same at a position that matters, where htslib itself says nothing.
  EXPECT_EQ(CodeThrown(Header() + "chr10\t94781859\t.\tG\tA", what), core::ErrorCode::kMalformed);
  EXPECT_THAT(what, HasSubstr("ends after column 5 of 10"));
  EXPECT_EQ(CodeThrown(Header() + Record("chr10 94781859 G A GT 0/1 0/1"), what),
            core::ErrorCode::kMalformed);
  EXPECT_THAT(what, HasSubstr("column 11"));
}

TEST(VcfReader, NamesTheColumnOfTheFileWhenSomeSamplesAreRead) {
  VcfOptions options;
  options.samples = {"C"};
  try {
    (void)Read(Header({"A", "B", "C"}) + Record("chr10 94781859 G A GT 0/1 0/1 0/7"), options);
    ADD_FAILURE() << "was not refused";
  } catch (const core::Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("column 12"));
  }
}

/// A header with a FORMAT field declared in its own way.
std::string HeaderWith(const std::string& format) {
  std::string header = Header();
  header.insert(header.find("#CHROM"), format + "\n");
  return header;
}

TEST(VcfReader, KeepsPhaseSetsApartThatAreDeclaredAsText) {
  const std::string header =
      HeaderWith("##FORMAT=<ID=PS,Number=1,Type=String,Description=\"Phase set\">");
  const auto reading = Read(header + Record("chr6 18130687 T C GT:PS 0|1:18130687_A") +
                            Record("chr6 18138997 C T GT:PS 0|1:18138997_B"));
  const auto& first = Site(reading, "TPMT", 18130687);
  const auto& second = Site(reading, "TPMT", 18138997);
  EXPECT_TRUE(first.phased);
  EXPECT_NE(first.phase_set, 0);
  EXPECT_NE(first.phase_set, second.phase_set);
}

TEST(VcfReader, ReadsNumbersThatAreDeclaredAsFloat) {
  const std::string header =
      HeaderWith("##FORMAT=<ID=GQ,Number=1,Type=Float,Description=\"Quality\">");
  const auto reading = Read(header + Record("chr10 94781859 G A GT:GQ 0/1:57.5"));
  EXPECT_EQ(Site(reading, "CYP2C19", 94781859).quality, 57);
}

TEST(VcfReader, ReadsTenThousandSamples) {
  constexpr size_t kSamples = 10'000;
  std::vector<std::string> names;
  std::string row = "chr10 94781859 G A GT";
  for (size_t i = 0; i < kSamples; ++i) {
    names.push_back("S" + std::to_string(i));
    row += i % 3 == 0 ? " 0/0" : i % 3 == 1 ? " 0/1" : " 1/1";
  }
  const std::string text = Header(names) + Record(row);
  VcfOptions options;
  options.samples = {"S9998"};
  EXPECT_EQ(Site(Read(text, options), "CYP2C19", 94781859).bases[0], 1);
  std::string broken = text;
  broken.replace(broken.rfind("0/0"), 3, "0/9");
  std::string what;
  EXPECT_EQ(CodeThrown(broken, what), core::ErrorCode::kMalformed);
  EXPECT_THAT(what, HasSubstr("column 10009"));
}

TEST(VcfReader, NamesTheLineOfABrokenHeader) {
  std::string text = Header() + Record("chr10 94781859 G A GT 0/1");
  const size_t columns = text.find("#CHROM");
  const auto lines =
      std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(columns), '\n');
  text.erase(columns, text.find('\n', columns) + 1 - columns);
  try {
    (void)Read(text);
    ADD_FAILURE() << "a file without #CHROM was read";
  } catch (const core::Error& error) {
    const std::string line = "line " + std::to_string(lines + 1) + ": broken VCF header";
    EXPECT_NE(std::string(error.what()).find(line), std::string::npos) << error.what();
  }
}

TEST(VcfReader, RefusesWhatIsNoVcf) {
  std::string what;
  EXPECT_EQ(CodeThrown("hello\n", what), core::ErrorCode::kUnsupported);
  EXPECT_EQ(CodeThrown("", what), core::ErrorCode::kUnsupported);
  EXPECT_EQ(CodeThrown("##fileformat=VCFv4.2\nchr1\t1\n", what), core::ErrorCode::kMalformed);
  std::string sites = Header();
  sites.erase(sites.find("\tFORMAT"));
  EXPECT_EQ(CodeThrown(sites + "\nchr1\t1\t.\tA\tC\t.\t.\t.\n", what), core::ErrorCode::kMalformed);
  EXPECT_THAT(what, HasSubstr("no samples"));
  EXPECT_THROW((void)ReadVcf("/nowhere.vcf", OwnIndex(), {}), core::Error);
}

TEST(VcfReader, AcceptsRecordsInAnyOrder) {
  const auto reading =
      Read(Header() + Record("chr19 38444212 G A GT 0/1") + Record("chr10 94781859 G A GT 1/1") +
           Record("chr1 97883329 A G GT 0/1"));
  EXPECT_EQ(Site(reading, "CYP2C19", 94781859).bases[0], 1);
  EXPECT_EQ(Site(reading, "DPYD", 97883329).bases[1], 1);
}

TEST(VcfReader, DoesNotReadADeletedBaseAsReference) {
  // A deletion spans rs116855232 of NUDT15, whose unknown bases are otherwise read as reference.
  const auto call = CallText(Header() + Record("chr13 48045717 GGCT G GT 0/1"), "NUDT15");
  EXPECT_EQ(call.status, rules::CallStatus::kNoCall);
  const auto star = CallText(Header() + Record("chr13 48045719 C * GT 0/1"), "NUDT15");
  EXPECT_EQ(star.status, rules::CallStatus::kNoCall);
}

TEST(VcfReader, TakesAVariantBesideADeletionForOneCopy) {
  const auto reading =
      Read(Header() + Record("chr13 48045717 GGCT G GT 0/1") + Record("chr13 48045719 C T GT 1/1"));
  const auto& site = Site(reading, "NUDT15", 48045719);
  EXPECT_THAT(site.bases, ::testing::UnorderedElementsAre(1, rules::kDeletedBase));
}

TEST(VcfReader, KeepsSubstitutionsWithinAnIndelApartFromIt) {
  // Nara of G6PD is a deletion of 24 bases, among which other alleles have substitutions.
  const auto reading =
      Read(Header() + Record("chrX 154533025 A G GT 1/1") + Record("chrX 154533029 A G GT 1/1"));
  EXPECT_EQ(Site(reading, "G6PD", 154533012).problem, SiteProblem::kNotReported);
}

TEST(VcfReader, ReadsLowerCaseBases) {
  const auto reading = Read(Header() + Record("chr10 94781859 g a GT 0/1"));
  EXPECT_EQ(Site(reading, "CYP2C19", 94781859).bases[1], 1);
}

TEST(VcfReader, ReadsMoreThanTwoCopiesAsNoCall) {
  const auto reading = ReadStar2("GT 0/1/1");
  EXPECT_EQ(Site(reading, "CYP2C19", 94781859).problem, SiteProblem::kNoCall);
  EXPECT_EQ(reading.warnings.size(), 1U);
}

}  // namespace
}  // namespace genflik::lab
