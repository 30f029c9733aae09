#include "services/lab/vcf_index.h"

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "services/core/error.h"

// The layouts are those of https://samtools.github.io/hts-specs/tabix.pdf and CSIv1.pdf.

namespace genflik::lab {
namespace {

template <typename Number>
std::string Bytes(Number number) {
  std::string text(sizeof number, '\0');
  std::memcpy(text.data(), &number, sizeof number);
  return text;
}

std::string Word(uint32_t number) { return Bytes(number); }

/// Columns of a VCF and the names of the sequences, as tabix writes them.
std::string Columns(const std::vector<std::string>& names, uint32_t preset = 2) {
  std::string list;
  for (const std::string& name : names) list += name + '\0';
  std::string text = Word(preset);
  for (const uint32_t value : {1U, 2U, 0U, uint32_t{'#'}, 0U}) text += Word(value);
  return text + Word(static_cast<uint32_t>(list.size())) + list;
}

struct Bin {
  uint32_t number = 0;
  uint64_t start = 0;
  std::vector<uint64_t> chunks = {};
};

std::string Bins(const std::vector<Bin>& bins, bool with_start) {
  std::string text = Word(static_cast<uint32_t>(bins.size()));
  for (const Bin& bin : bins) {
    text += Word(bin.number);
    if (with_start) text += Bytes(bin.start);
    text += Word(static_cast<uint32_t>(bin.chunks.size()));
    for (const uint64_t chunk : bin.chunks) text += Bytes(chunk) + Bytes(chunk + 100);
  }
  return text;
}

std::string Windows(const std::vector<uint64_t>& offsets) {
  std::string text = Word(static_cast<uint32_t>(offsets.size()));
  for (const uint64_t offset : offsets) text += Bytes(offset);
  return text;
}

constexpr uint32_t kFirstLeaf = 4681;
constexpr uint32_t kStatistics = 37450;
constexpr int64_t kWindow = 16384;

/// chr1 has records in windows 1, 2 and 5; chr2 has none.
std::string Tabix() {
  return std::string("TBI\1", 4) + Word(2) + Columns({"chr1", "chr2"}) +
         Bins({{kFirstLeaf + 1, 0, {1000}}, {kFirstLeaf + 5, 0, {5000}}, {kStatistics, 0, {7, 8}}},
              false) +
         Windows({0, 1000, 1500, 0, 0, 5000}) + Bins({}, false) + Windows({});
}

std::string Csi(const std::string& extra) {
  return std::string("CSI\1", 4) + Word(14) + Word(5) + Word(static_cast<uint32_t>(extra.size())) +
         extra + Word(2) +
         Bins({{kFirstLeaf + 9, 9000, {9000, 9500}},
               {kFirstLeaf + 1, 1000, {1000}},
               {0, 1000, {2500}},
               {kStatistics, 0, {7, 8}}},
              true) +
         Bins({}, true);
}

TEST(VcfIndex, FindsWhereTheRecordsOfAPlaceBegin) {
  const auto index = VcfIndex::Parse(Tabix(), "x");
  ASSERT_TRUE(index.has_value());
  const auto chr1 = index->Find("chr1");
  ASSERT_EQ(chr1, 0U);
  EXPECT_EQ(index->Begin(*chr1, kWindow + 1), 1000U);
  EXPECT_EQ(index->Begin(*chr1, 2 * kWindow), 1000U);
  EXPECT_EQ(index->Begin(*chr1, 2 * kWindow + 1), 1500U);
  EXPECT_EQ(index->Begin(*chr1, 5 * kWindow + 77), 5000U);
}

TEST(VcfIndex, GoesBackFromAPlaceWithoutRecords) {
  const auto index = VcfIndex::Parse(Tabix(), "x");
  // In front of all records, between them, and behind them.
  EXPECT_EQ(index->Begin(0, 1), 1000U);
  EXPECT_EQ(index->Begin(0, 4 * kWindow + 1), 1500U);
  EXPECT_EQ(index->Begin(0, 6 * kWindow + 1), std::nullopt);
}

TEST(VcfIndex, KnowsSequencesWithoutRecords) {
  const auto index = VcfIndex::Parse(Tabix(), "x");
  EXPECT_EQ(index->Find("chr2"), 1U);
  EXPECT_EQ(index->Begin(1, 1), std::nullopt);
  EXPECT_EQ(index->Find("chr3"), std::nullopt);
  EXPECT_EQ(index->Begin(7, 1), std::nullopt);
}

TEST(VcfIndex, ReadsCsiWithAndWithoutNames) {
  for (const std::string& extra : {std::string(), Columns({"chr1", "chr2"})}) {
    const auto index = VcfIndex::Parse(Csi(extra), "x");
    ASSERT_TRUE(index.has_value());
    EXPECT_EQ(index->Find("chr1").has_value(), !extra.empty());
    EXPECT_EQ(index->sequences(), 2U);
    EXPECT_EQ(index->Begin(0, kWindow + 1), 1000U);
    EXPECT_EQ(index->Begin(0, 9 * kWindow + 1), 9000U);
    // The nearest bin before it of the same parent, else a parent.
    EXPECT_EQ(index->Begin(0, 4 * kWindow), 1000U);
    EXPECT_EQ(index->Begin(0, 10 * kWindow), 9000U);
    EXPECT_EQ(index->Begin(0, 40 * kWindow), 1000U);
    EXPECT_EQ(index->Begin(0, 1), 1000U);
    EXPECT_EQ(index->Begin(1, 1), std::nullopt);
    EXPECT_EQ(index->Begin(0, int64_t{1} << 40), std::nullopt);
  }
}

TEST(VcfIndex, LeavesIndexesOfOtherFilesAlone) {
  const std::string gff = std::string("TBI\1", 4) + Word(0) + Columns({}, 1);
  EXPECT_FALSE(VcfIndex::Parse(gff, "x").has_value());
}

TEST(VcfIndex, RefusesWhatIsCutOffOrBroken) {
  for (const std::string& whole : {Tabix(), Csi(Columns({"chr1", "chr2"}))}) {
    for (size_t length = 0; length < whole.size(); ++length) {
      EXPECT_THROW((void)VcfIndex::Parse(whole.substr(0, length), "x"), core::Error) << length;
    }
  }
  EXPECT_THROW((void)VcfIndex::Parse("BAI\1....", "x"), core::Error);
  // Counts that no file can hold.
  std::string many = Tabix();
  many.replace(4, 4, Word(0xffffffff));
  EXPECT_THROW((void)VcfIndex::Parse(many, "x"), core::Error);
  std::string deep = Csi("");
  deep.replace(8, 4, Word(40));
  EXPECT_THROW((void)VcfIndex::Parse(deep, "x"), core::Error);
}

}  // namespace
}  // namespace genflik::lab
