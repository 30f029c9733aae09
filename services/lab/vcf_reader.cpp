#include "services/lab/vcf_reader.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include <htslib/bgzf.h>
#include <htslib/hfile.h>
#include <htslib/hts.h>
#include <htslib/hts_log.h>
#include <htslib/kseq.h>
#include <htslib/kstring.h>
#include <htslib/vcf.h>

#include "services/core/error.h"
#include "services/lab/vcf_handles.h"
#include "services/lab/vcf_header.h"
#include "services/lab/vcf_index.h"
#include "services/lab/vcf_samples.h"

namespace genflik::lab {

namespace {

using core::Error;
using core::ErrorCode;

/// CHROM to FORMAT.
constexpr size_t kFixedColumns = 9;

/// One tab-separated field of a record line.
std::string_view NextField(std::string_view& rest) {
  const size_t tab = rest.find('\t');
  const std::string_view field = rest.substr(0, tab);
  rest = tab == std::string_view::npos ? std::string_view() : rest.substr(tab + 1);
  return field;
}

int64_t EndOf(std::string_view info) {
  size_t at = info.rfind("END=", 0) == 0 ? 0 : info.find(";END=");
  if (at == std::string_view::npos) return 0;
  at = info.find('=', at) + 1;
  int64_t end = 0;
  std::from_chars(info.data() + at, info.data() + info.size(), end);
  return end;
}

/// One pass over one file.
class VcfPass {
 public:
  VcfPass(htsFile* file, std::string name, const rules::PositionIndex& index,
          const VcfOptions& options)
      : file_(file), place_{.name = std::move(name)}, index_(index), options_(options) {}

  void ReadHeader() { header_ = ReadVcfHeader(*file_, place_); }

  std::vector<std::string> Samples() const {
    std::vector<std::string> names;
    for (int i = 0; i < bcf_hdr_nsamples(header_.get()); ++i) {
      names.emplace_back(header_->samples[i]);
    }
    return names;
  }

  VcfReading Run(const std::string& path) {
    ReadHeader();
    SelectSamples();
    record_.reset(bcf_init());
    VcfReading reading;
    const bool binary = hts_get_format(file_.get())->format == bcf;
    if (!path.empty() && options_.use_index && ReadByIndex(path, binary)) {
      reading.by_index = true;
    } else if (binary) {
      ReadBinary();
    } else {
      ReadText();
    }
    reading.samples = samples_->Take();
    reading.warnings = std::move(place_.warnings);
    return reading;
  }

 private:
  void SelectSamples() {
    const std::vector<std::string> all = Samples();
    if (all.empty()) place_.Fail(ErrorCode::kMalformed, "holds no samples");
    std::string list;
    for (const std::string& wanted : options_.samples) {
      if (std::find(all.begin(), all.end(), wanted) == all.end()) {
        place_.Fail(ErrorCode::kNotFound, "has no sample \"" + wanted + "\"");
      }
      list += (list.empty() ? "" : ",") + wanted;
    }
    // Names with commas cannot be given to htslib as a list; then all samples are read.
    const bool commas = std::any_of(all.begin(), all.end(), [](const std::string& name) {
      return name.find(',') != std::string::npos;
    });
    if (!list.empty() && !commas && bcf_hdr_set_samples(header_.get(), list.c_str(), 0) != 0) {
      place_.Fail(ErrorCode::kMalformed, "samples cannot be selected");
    }
    std::vector<size_t> columns;
    auto at = all.begin();
    for (const std::string& name : Samples()) {
      at = std::find(at, all.end(), name);
      columns.push_back(kFixedColumns + static_cast<size_t>(at - all.begin()) + 1);
    }
    columns_ = kFixedColumns + all.size();
    samples_.emplace(*header_, std::move(columns), index_, options_.thresholds, place_);
  }

  /// Looks at place and REF alone before the record is read in full: a genome's records are many
  /// and those at defined positions few.
  bool Matters(std::string_view text) {
    const std::string_view chromosome = NextField(text);
    if (chromosome != last_chromosome_) {
      last_chromosome_ = std::string(chromosome);
      chromosome_ = index_.ChromosomeOf(chromosome);
    }
    const std::string_view place = NextField(text);
    int64_t position = 0;
    const auto parsed = std::from_chars(place.data(), place.data() + place.size(), position);
    if (parsed.ec != std::errc() || parsed.ptr != place.data() + place.size() || position < 0) {
      place_.Fail(ErrorCode::kMalformed,
                  "column 2: POS is no position: " + std::string(place.substr(0, 40)));
    }
    if (chromosome_ < 0) return false;
    NextField(text);
    const std::string_view ref = NextField(text);
    const std::string_view alt = NextField(text);
    int64_t end = position + static_cast<int64_t>(ref.size()) - 1;
    if (alt == "." || alt.find('<') != std::string_view::npos) {
      NextField(text);
      NextField(text);
      end = std::max(end, EndOf(NextField(text)));
    }
    return index_.Touches(chromosome_, position, end);
  }

  void ReadText() {
    // The last line that did not matter, to see at the end whether the file was cut off in it.
    kstring_t last = KS_INITIALIZE;
    const std::unique_ptr<kstring_t, void (*)(kstring_t*)> last_guard(&last, ks_free);
    int status = 0;
    while ((status = hts_getline(file_.get(), KS_SEP_LINE, &line_)) >= 0) {
      place_.line = file_->lineno;
      // Comments between records are not in the standard, but programs write them.
      if (line_.l == 0 || line_.s[0] == '#') continue;
      const bool matters = Matters({line_.s, line_.l});
      if (!matters) {
        std::swap(line_, last);
        continue;
      }
      last.l = 0;
      ParseLine(line_);
    }
    if (status < -1) place_.Fail(ErrorCode::kMalformed, "cannot be read on: truncated or broken");
    if (last.l > 0) CheckColumns({last.s, last.l});
    place_.line = 0;
  }

  /// htslib takes a line that ends early for one without samples; it is a file that was cut off.
  void CheckColumns(std::string_view line) const {
    const auto columns = static_cast<size_t>(std::count(line.begin(), line.end(), '\t')) + 1;
    if (columns == columns_) return;
    place_.Fail(
        ErrorCode::kMalformed,
        columns < columns_
            ? "ends after column " + std::to_string(columns) + " of " + std::to_string(columns_)
            : "column " + std::to_string(columns_ + 1) + ": more columns than the header");
  }

  void ParseLine(kstring_t& line) {
    CheckColumns({line.s, line.l});
    if (vcf_parse(&line, header_.get(), record_.get()) != 0) {
      place_.Fail(ErrorCode::kMalformed, "is no VCF record" + WhatFailed());
    }
    samples_->Use(*record_, chromosome_);
  }

  std::string WhatFailed() const {
    const int code = record_->errcode;
    if ((code & BCF_ERR_NCOLS) != 0) return ": wrong number of columns";
    if ((code & BCF_ERR_TAG_INVALID) != 0) return ": broken INFO or FORMAT";
    if ((code & BCF_ERR_CHAR) != 0) return ": invalid character";
    return "";
  }

  void ReadBinary() {
    int status = 0;
    int64_t number = 0;
    while ((status = bcf_read(file_.get(), header_.get(), record_.get())) >= 0) {
      place_.line = ++number;
      if (MattersBinary()) samples_->Use(*record_, chromosome_);
    }
    if (status < -1) place_.Fail(ErrorCode::kMalformed, "cannot be read on: truncated or broken");
    place_.line = 0;
  }

  bool MattersBinary() {
    if (record_->rid != last_rid_) {
      last_rid_ = record_->rid;
      chromosome_ = index_.ChromosomeOf(bcf_hdr_id2name(header_.get(), record_->rid));
    }
    return index_.Touches(chromosome_, record_->pos + 1, record_->pos + record_->rlen);
  }

  /// False when there is no index to use.
  bool ReadByIndex(const std::string& path, bool binary) {
    if (hts_get_format(file_.get())->compression != bgzf) return false;
    if (IndexIsStale(path)) {
      place_.Warn("the index is older than the file and is not used");
      return false;
    }
    const auto places = VcfIndex::Load(path, binary);
    if (!places) return false;
    const auto regions = index_.Regions();
    for (auto first = regions.begin(); first != regions.end();) {
      const auto last = std::find_if(first, regions.end(), [&first](const auto& region) {
        return region.chromosome != first->chromosome;
      });
      for (const std::string& name : Spellings(first->chromosome)) {
        ReadChromosome(*places, name, binary, {first, last});
      }
      first = last;
    }
    place_.line = 0;
    return true;
  }

  static bool IndexIsStale(const std::string& path) {
    std::error_code error;
    const auto written = std::filesystem::last_write_time(path, error);
    for (const char* extension : {".tbi", ".csi"}) {
      const auto indexed = std::filesystem::last_write_time(path + extension, error);
      if (!error) return indexed < written;
    }
    return false;
  }

  /// The ways in which a file may write the chromosome's name.
  static std::vector<std::string> Spellings(const std::string& name) {
    if (name == "chrM") return {"chrM", "chrMT", "MT", "M"};
    return {name, name.substr(3)};
  }

  std::optional<size_t> SequenceOf(const VcfIndex& places, const std::string& name,
                                   bool binary) const {
    if (!binary) return places.Find(name);
    const int id = bcf_hdr_name2id(header_.get(), name.c_str());
    return id < 0 ? std::nullopt : std::optional<size_t>(static_cast<size_t>(id));
  }

  /// Reads from where each stretch begins to the first record behind it. No record is used twice:
  /// where the next stretch begins before that record, the reading goes on from there.
  void ReadChromosome(const VcfIndex& places, const std::string& name, bool binary,
                      const std::vector<rules::GenomeRegion>& regions) {
    const auto sequence = SequenceOf(places, name, binary);
    if (!sequence) return;
    BGZF* blocks = file_->fp.bgzf;
    // Set when the record under way lies behind the last stretch.
    bool ahead = false;
    for (const auto& region : regions) {
      const auto begin = places.Begin(*sequence, region.first);
      if (!begin) return;
      const bool seek = !ahead || *begin > static_cast<uint64_t>(bgzf_tell(blocks));
      bool found = !seek;
      if (seek) {
        ahead = false;
        if (bgzf_seek(blocks, static_cast<int64_t>(*begin), SEEK_SET) < 0) NoFit();
      }
      while (ahead || Next(binary)) {
        ahead = false;
        const std::optional<int64_t> position = PositionOn(name, *sequence, binary);
        if (!position && !found) NoFit();
        if (!position) return;
        found = true;
        if (*position > region.last) {
          ahead = true;
          break;
        }
        UseRecord(binary);
      }
      if (!found) NoFit();
      if (!ahead) return;
    }
  }

  [[noreturn]] void NoFit() const {
    place_.Fail(ErrorCode::kMalformed, "the index does not fit the file: make it again");
  }

  /// Reads one record, in part; false at the end of the file.
  bool Next(bool binary) {
    const int status = binary ? bcf_read(file_.get(), header_.get(), record_.get())
                              : hts_getline(file_.get(), KS_SEP_LINE, &line_);
    if (status < -1) place_.Fail(ErrorCode::kMalformed, "cannot be read on: truncated or broken");
    return status >= 0;
  }

  /// Where the record begins; nothing when it lies on another sequence.
  std::optional<int64_t> PositionOn(const std::string& name, size_t sequence, bool binary) const {
    if (binary) {
      if (record_->rid != static_cast<int>(sequence)) return std::nullopt;
      return record_->pos + 1;
    }
    std::string_view text(line_.s, line_.l);
    if (NextField(text) != name) return std::nullopt;
    const std::string_view place = NextField(text);
    int64_t position = 0;
    const auto parsed = std::from_chars(place.data(), place.data() + place.size(), position);
    // What is no number is told where the record is used.
    return parsed.ec == std::errc() ? position : 0;
  }

  void UseRecord(bool binary) {
    if (binary) {
      if (MattersBinary()) samples_->Use(*record_, chromosome_);
    } else if (Matters({line_.s, line_.l})) {
      ParseLine(line_);
    }
  }

  std::unique_ptr<htsFile, CloseFile> file_;
  VcfPlace place_;
  const rules::PositionIndex& index_;
  const VcfOptions& options_;
  std::unique_ptr<bcf_hdr_t, DestroyHeader> header_;
  std::unique_ptr<bcf1_t, DestroyRecord> record_;
  kstring_t line_ = KS_INITIALIZE;
  const std::unique_ptr<kstring_t, void (*)(kstring_t*)> line_owner_{&line_, ks_free};
  std::optional<VcfSamples> samples_;
  /// Columns of every record line.
  size_t columns_ = 0;
  std::string last_chromosome_;
  int chromosome_ = -1;
  int last_rid_ = -1;
};

htsFile* Open(const std::string& path) {
  // Findings are reported as errors and warnings of our own.
  hts_set_log_level(HTS_LOG_OFF);
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    throw Error(ErrorCode::kNotFound, path + ": no such file");
  }
  hFILE* bytes = hopen(path.c_str(), "r");
  if (bytes == nullptr) throw Error(ErrorCode::kNotFound, path + ": cannot be read");
  // Under its own name htslib would look for the index with the header and build all of it.
  htsFile* file = hts_hopen(bytes, "-", "r");
  if (file == nullptr) {
    hclose_abruptly(bytes);
    throw Error(ErrorCode::kUnsupported, path + " is neither VCF nor BCF");
  }
  return file;
}

}  // namespace

VcfReading ReadVcf(const std::string& path, const rules::PositionIndex& index,
                   const VcfOptions& options) {
  return VcfPass(Open(path), path, index, options).Run(path);
}

VcfReading ReadVcfBytes(std::string_view bytes, const rules::PositionIndex& index,
                        const VcfOptions& options) {
  hts_set_log_level(HTS_LOG_OFF);
  // htslib takes the memory over and frees it when the file is closed.
  auto* copy = static_cast<char*>(std::malloc(std::max<size_t>(bytes.size(), 1)));
  if (copy == nullptr) throw Error(ErrorCode::kTooLarge, "the VCF is too large");
  std::memcpy(copy, bytes.data(), bytes.size());
  hFILE* memory = hopen("mem:", "rb:", copy, bytes.size());
  if (memory == nullptr) throw Error(ErrorCode::kInternal, "memory cannot be read as a file");
  htsFile* file = hts_hopen(memory, "-", "r");
  if (file == nullptr) {
    hclose_abruptly(memory);
    throw Error(ErrorCode::kUnsupported, "the body is neither VCF nor BCF");
  }
  return VcfPass(file, "the body", index, options).Run("");
}

std::vector<std::string> ReadVcfSamples(const std::string& path) {
  const rules::PositionIndex none(
      std::make_shared<const rules::AlleleDefinitions>(std::vector<rules::GeneDefinition>{}));
  const VcfOptions options;
  VcfPass pass(Open(path), path, none, options);
  pass.ReadHeader();
  return pass.Samples();
}

}  // namespace genflik::lab
