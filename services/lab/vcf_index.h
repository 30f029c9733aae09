#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Where in a bgzip file the records of a place begin: tabix and CSI indexes, read for the few
// places that are asked for (https://samtools.github.io/hts-specs/tabix.pdf and CSIv1.pdf). htslib
// builds a table of every chunk of every bin first, which takes longer than all the rest of a call.

namespace genflik::lab {

class VcfIndex {
 public:
  /// Reads FILE.tbi, or else FILE.csi (`binary`: the latter only). Nothing when neither is there,
  /// or when it is of another kind than a VCF's; throws core::Error(kMalformed) when it is broken.
  [[nodiscard]] static std::optional<VcfIndex> Load(const std::string& file, bool binary);

  /// The same for the bytes of an index, unpacked. `name` is for the message.
  [[nodiscard]] static std::optional<VcfIndex> Parse(std::string_view bytes,
                                                     const std::string& name);

  /// Number of the sequence with this name; nothing when no record lies on it. An index of a BCF
  /// knows no names: its numbers are those of the header.
  [[nodiscard]] std::optional<size_t> Find(std::string_view sequence) const;

  /// A virtual offset such that every record that overlaps `position` (1-based) or begins behind it
  /// on the sequence stands there or later, and not long before the first of them. Nothing when
  /// there is no such record.
  [[nodiscard]] std::optional<uint64_t> Begin(size_t sequence, int64_t position) const;

  [[nodiscard]] size_t sequences() const { return sequences_.size(); }

 private:
  struct Bin {
    uint32_t number = 0;
    /// Where the first record begins that overlaps the bin, and the first that lies in it.
    uint64_t overlapping = 0;
    uint64_t own = 0;
  };
  struct Sequence {
    bool empty = true;
    /// Of a tabix index: for each 16 kb where the first record that overlaps them begins.
    std::vector<uint64_t> windows = {};
    /// Of a CSI index.
    std::vector<Bin> bins = {};
  };
  class Parser;

  static std::optional<uint64_t> BeginByWindow(const Sequence& sequence, uint64_t window);
  std::optional<uint64_t> BeginByBin(const Sequence& sequence, uint64_t leaf) const;

  /// A tabix index, else CSI.
  bool tabix_ = false;
  int min_shift_ = 14;
  int depth_ = 5;
  std::vector<std::string> names_;
  std::vector<Sequence> sequences_;
};

}  // namespace genflik::lab
