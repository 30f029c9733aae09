#include "services/lab/vcf_index.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>

#include <htslib/bgzf.h>

#include "services/core/error.h"

namespace genflik::lab {

namespace {

using core::Error;
using core::ErrorCode;

constexpr int kVcfPreset = 2;
constexpr size_t kChunkBytes = 16;

struct CloseBgzf {
  void operator()(BGZF* file) const { bgzf_close(file); }
};

[[noreturn]] void Refuse(const std::string& name, const char* why) {
  throw Error(ErrorCode::kMalformed, name + ": the index " + why);
}

/// Bytes one after the other, from a source that gives some at a time.
class ByteStream {
 public:
  /// Puts at most so many bytes there and says how many; 0 at the end.
  using Source = std::function<size_t(char*, size_t)>;

  ByteStream(Source source, std::string name)
      : source_(std::move(source)), name_(std::move(name)), buffer_(size_t{1} << 18) {}

  template <typename Number>
  Number Take() {
    static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the files are little-endian");
    if (end_ - at_ < sizeof(Number)) Fill(sizeof(Number));
    Number number = 0;
    std::memcpy(&number, buffer_.data() + at_, sizeof number);
    at_ += sizeof number;
    return number;
  }

  std::string TakeText(size_t length) {
    std::string text;
    for (; text.size() < length; ++at_) {
      if (at_ == end_) Fill(1);
      text += buffer_[at_];
    }
    return text;
  }

  void Skip(uint64_t bytes) {
    while (bytes > end_ - at_) {
      bytes -= end_ - at_;
      at_ = end_;
      Fill(1);
    }
    at_ += static_cast<size_t>(bytes);
  }

  [[noreturn]] void Fail() const { Refuse(name_, "is truncated or broken"); }

 private:
  void Fill(size_t needed) {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(at_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= at_;
    at_ = 0;
    while (end_ < needed) {
      const size_t got = source_(buffer_.data() + end_, buffer_.size() - end_);
      if (got == 0) Fail();
      end_ += got;
    }
  }

  Source source_;
  std::string name_;
  std::vector<char> buffer_;
  size_t at_ = 0;
  size_t end_ = 0;
};

/// Bins are numbered level by level, eight to each of the level above.
uint32_t FirstBinOf(int level) { return ((uint32_t{1} << (3 * level)) - 1) / 7; }
uint32_t ParentOf(uint32_t bin) { return (bin - 1) >> 3; }

}  // namespace

/// One pass over the bytes that keeps what Begin needs.
class VcfIndex::Parser {
 public:
  Parser(VcfIndex& index, ByteStream& bytes) : index_(index), bytes_(bytes) {}

  /// False for an index of something else than a VCF.
  bool Run() {
    const std::string magic = bytes_.TakeText(4);
    index_.tabix_ = magic == std::string_view("TBI\1", 4);
    if (!index_.tabix_ && magic != std::string_view("CSI\1", 4)) bytes_.Fail();
    if (index_.tabix_) {
      const auto count = bytes_.Take<uint32_t>();
      if (!TakeNames()) return false;
      TakeSequences(count);
      return true;
    }
    index_.min_shift_ = bytes_.Take<int32_t>();
    index_.depth_ = bytes_.Take<int32_t>();
    if (index_.min_shift_ < 1 || index_.min_shift_ > 30 || index_.depth_ < 1 || index_.depth_ > 9) {
      bytes_.Fail();
    }
    const auto extra = bytes_.Take<uint32_t>();
    if (extra > 0) {
      const bool is_vcf = TakeNames();
      if (!is_vcf) return false;
      if (extra < names_end_) bytes_.Fail();
      bytes_.Skip(extra - names_end_);
    }
    TakeSequences(bytes_.Take<uint32_t>());
    return true;
  }

 private:
  /// Columns and names as tabix writes them.
  bool TakeNames() {
    constexpr size_t kFixed = 28;
    const auto preset = bytes_.Take<int32_t>();
    bytes_.Skip(20);
    const auto length = bytes_.Take<uint32_t>();
    const std::string text = bytes_.TakeText(length);
    names_end_ = kFixed + length;
    for (size_t start = 0; start < text.size();) {
      const size_t end = std::min(text.find('\0', start), text.size());
      index_.names_.push_back(text.substr(start, end - start));
      start = end + 1;
    }
    return (preset & 0xffff) == kVcfPreset;
  }

  void TakeSequences(uint32_t count) {
    // Counts are not believed: what is not there ends the reading.
    for (uint32_t i = 0; i < count; ++i) {
      Sequence sequence;
      const auto bins = bytes_.Take<uint32_t>();
      sequence.empty = bins == 0;
      for (uint32_t b = 0; b < bins; ++b) TakeBin(sequence);
      if (index_.tabix_) {
        const auto windows = bytes_.Take<uint32_t>();
        for (uint32_t w = 0; w < windows; ++w) {
          sequence.windows.push_back(bytes_.Take<uint64_t>());
        }
      }
      index_.sequences_.push_back(std::move(sequence));
    }
  }

  void TakeBin(Sequence& sequence) {
    Bin bin;
    bin.number = bytes_.Take<uint32_t>();
    if (!index_.tabix_) bin.overlapping = bytes_.Take<uint64_t>();
    uint64_t chunks = bytes_.Take<uint32_t>();
    // The numbers behind the last bin are statistics.
    const bool kept = !index_.tabix_ && bin.number < FirstBinOf(index_.depth_ + 1) && chunks > 0;
    if (kept) {
      bin.own = bytes_.Take<uint64_t>();
      bytes_.Skip(kChunkBytes / 2);
      --chunks;
      sequence.bins.push_back(bin);
    }
    bytes_.Skip(chunks * kChunkBytes);
  }

  VcfIndex& index_;
  ByteStream& bytes_;
  size_t names_end_ = 0;
};

std::optional<VcfIndex> VcfIndex::Load(const std::string& file, bool binary) {
  for (const char* extension : {".tbi", ".csi"}) {
    if (binary && std::string_view(extension) == ".tbi") continue;
    std::error_code error;
    const std::string path = file + extension;
    if (!std::filesystem::is_regular_file(path, error)) continue;
    const std::unique_ptr<BGZF, CloseBgzf> packed(bgzf_open(path.c_str(), "r"));
    if (!packed) Refuse(path, "cannot be read");
    ByteStream bytes(
        [&](char* to, size_t size) {
          const ssize_t got = bgzf_read(packed.get(), to, size);
          if (got < 0) Refuse(path, "is truncated or broken");
          return static_cast<size_t>(got);
        },
        path);
    VcfIndex index;
    if (Parser(index, bytes).Run()) return index;
    return std::nullopt;
  }
  return std::nullopt;
}

std::optional<VcfIndex> VcfIndex::Parse(std::string_view bytes, const std::string& name) {
  ByteStream stream(
      [&bytes](char* to, size_t size) {
        const size_t got = bytes.copy(to, size);
        bytes.remove_prefix(got);
        return got;
      },
      name);
  VcfIndex index;
  if (Parser(index, stream).Run()) return index;
  return std::nullopt;
}

std::optional<size_t> VcfIndex::Find(std::string_view sequence) const {
  const auto found = std::find(names_.begin(), names_.end(), sequence);
  const auto number = static_cast<size_t>(found - names_.begin());
  if (found == names_.end() || number >= sequences_.size()) return std::nullopt;
  return number;
}

std::optional<uint64_t> VcfIndex::Begin(size_t sequence, int64_t position) const {
  if (sequence >= sequences_.size() || position < 1) return std::nullopt;
  const Sequence& places = sequences_[sequence];
  if (places.empty) return std::nullopt;
  const auto window = static_cast<uint64_t>(position - 1) >> min_shift_;
  return tabix_ ? BeginByWindow(places, window) : BeginByBin(places, window);
}

std::optional<uint64_t> VcfIndex::BeginByWindow(const Sequence& sequence, uint64_t window) {
  const auto& windows = sequence.windows;
  if (window >= windows.size()) return std::nullopt;
  // Writers leave windows without records empty. What stands in one before begins earlier.
  for (uint64_t at = window + 1; at > 0; --at) {
    if (windows[at - 1] != 0) return windows[at - 1];
  }
  const auto next =
      std::find_if(windows.begin(), windows.end(), [](uint64_t at) { return at != 0; });
  return next == windows.end() ? std::nullopt : std::optional<uint64_t>(*next);
}

std::optional<uint64_t> VcfIndex::BeginByBin(const Sequence& sequence, uint64_t leaf) const {
  const uint32_t leaves = FirstBinOf(depth_);
  if (sequence.bins.empty() || leaf >= FirstBinOf(depth_ + 1) - leaves) return std::nullopt;
  // The bin of the position, else the nearest before it on the same level, else the one above: the
  // largest number of these that is there.
  std::vector<uint32_t> wanted;
  for (uint32_t bin = leaves + static_cast<uint32_t>(leaf); bin > 0; bin = ParentOf(bin)) {
    for (uint32_t near = bin; near > ParentOf(bin) << 3; --near) wanted.push_back(near);
  }
  std::reverse(wanted.begin(), wanted.end());
  Bin nearest;
  uint64_t first = sequence.bins.front().own;
  for (const Bin& bin : sequence.bins) {
    first = std::min(first, bin.own);
    if (bin.number >= nearest.number &&
        std::binary_search(wanted.begin(), wanted.end(), bin.number)) {
      nearest = bin;
    }
  }
  return std::max(nearest.overlapping, first);
}

}  // namespace genflik::lab
