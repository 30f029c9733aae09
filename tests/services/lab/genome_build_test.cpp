#include "services/lab/genome_build.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace genflik::lab {
namespace {

using ::testing::HasSubstr;

TEST(GenomeBuild, IsDecidedByContigLengths) {
  EXPECT_EQ(WhyNotGrch38({{"chr1", 248956422, ""}}, ""), "");
  EXPECT_EQ(WhyNotGrch38({{"1", 248956422, ""}}, "file:///GRCh37.fa"), "");
  EXPECT_THAT(WhyNotGrch38({{"1", 249250621, ""}}, "hg38"), HasSubstr("GRCh37"));
  EXPECT_THAT(WhyNotGrch38({{"chr22", 51304566, "GRCh38"}}, ""), HasSubstr("chr22"));
  EXPECT_THAT(WhyNotGrch38({{"chr1", 12345, ""}}, ""), HasSubstr("unknown build"));
  EXPECT_NE(WhyNotGrch38({{"chr1", 248956422, ""}, {"chr2", 243199373, ""}}, ""), "");
}

TEST(GenomeBuild, IsElseDecidedByNames) {
  EXPECT_EQ(WhyNotGrch38({{"chr1", 0, "GRCh38.p14"}}, ""), "");
  EXPECT_EQ(WhyNotGrch38({}, "file:/data/GCA_000001405.15_GRCh38_no_alt.fasta"), "");
  EXPECT_EQ(WhyNotGrch38({{"chr1", 0, ""}}, "hg38"), "");
  EXPECT_THAT(WhyNotGrch38({{"chr1", 0, "hg19"}}, "hg38"), HasSubstr("hg19"));
  EXPECT_THAT(WhyNotGrch38({}, "hs37d5.fa"), HasSubstr("GRCh37"));
}

TEST(GenomeBuild, IsNotGuessed) {
  EXPECT_NE(WhyNotGrch38({}, ""), "");
  EXPECT_NE(WhyNotGrch38({{"chr1", 0, ""}}, "genome.fa"), "");
  // The mitochondrial sequence has the same length in both builds.
  EXPECT_NE(WhyNotGrch38({{"chrM", 16569, ""}}, ""), "");
}

}  // namespace
}  // namespace genflik::lab
