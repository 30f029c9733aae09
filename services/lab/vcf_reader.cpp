#include "services/lab/vcf_reader.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <utility>

#include <htslib/hfile.h>
#include <htslib/hts.h>
#include <htslib/hts_log.h>
#include <htslib/kseq.h>
#include <htslib/kstring.h>
#include <htslib/tbx.h>
#include <htslib/vcf.h>

#include "services/core/error.h"
#include "services/lab/genome_build.h"

namespace genflik::lab {

namespace {

using core::Error;
using core::ErrorCode;
using rules::BaseLabel;
using rules::SiteCall;
using rules::SiteMapping;
using rules::SiteProblem;

constexpr size_t kMaxWarnings = 100;

struct CloseFile {
  void operator()(htsFile* file) const { hts_close(file); }
};
struct DestroyHeader {
  void operator()(bcf_hdr_t* header) const { bcf_hdr_destroy(header); }
};
struct DestroyRecord {
  void operator()(bcf1_t* record) const { bcf_destroy(record); }
};
struct DestroyTabix {
  void operator()(tbx_t* index) const { tbx_destroy(index); }
};
struct DestroyIndex {
  void operator()(hts_idx_t* index) const { hts_idx_destroy(index); }
};
struct DestroyIterator {
  void operator()(hts_itr_t* iterator) const { hts_itr_destroy(iterator); }
};

/// A growing C array that htslib fills.
struct IntBuffer {
  int32_t* data = nullptr;
  int capacity = 0;
  IntBuffer() = default;
  IntBuffer(const IntBuffer&) = delete;
  IntBuffer& operator=(const IntBuffer&) = delete;
  ~IntBuffer() { std::free(data); }
};

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

std::string HeaderText(const bcf_hrec_t* line, const char* key) {
  const int at = bcf_hrec_find_key(const_cast<bcf_hrec_t*>(line), key);
  return at < 0 ? std::string() : std::string(line->vals[at]);
}

/// One pass over one file.
class VcfPass {
 public:
  VcfPass(htsFile* file, std::string name, const rules::PositionIndex& index,
          const VcfOptions& options)
      : file_(file), name_(std::move(name)), index_(index), options_(options) {}

  void ReadHeader() {
    const htsFormat* format = hts_get_format(file_.get());
    if (format->format != vcf && format->format != bcf) {
      throw Error(ErrorCode::kUnsupported, name_ + " is neither VCF nor BCF");
    }
    if (hts_check_EOF(file_.get()) == 0) {
      throw Error(ErrorCode::kMalformed,
                  name_ + " is truncated: its last compressed block is missing");
    }
    header_.reset(bcf_hdr_read(file_.get()));
    if (!header_) throw Error(ErrorCode::kMalformed, name_ + " has a broken VCF header");
    CheckBuild();
    DeclareFormats();
  }

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
    Prepare();
    const bool binary = hts_get_format(file_.get())->format == bcf;
    if (!path.empty() && options_.use_index && ReadByIndex(path, binary)) {
      reading_.by_index = true;
    } else if (binary) {
      ReadBinary();
    } else {
      ReadText();
    }
    return std::move(reading_);
  }

 private:
  [[noreturn]] void Fail(ErrorCode code, const std::string& what) const {
    throw Error(code, name_ + (line_ > 0 ? ", line " + std::to_string(line_) : "") + ": " + what);
  }

  void Warn(const std::string& what) {
    if (reading_.warnings.size() >= kMaxWarnings) return;
    reading_.warnings.push_back((line_ > 0 ? "line " + std::to_string(line_) + ": " : "") + what);
  }

  void CheckBuild() const {
    std::vector<Contig> contigs;
    std::string reference;
    for (int i = 0; i < header_->nhrec; ++i) {
      const bcf_hrec_t* line = header_->hrec[i];
      if (line->type == BCF_HL_CTG) {
        const std::string length = HeaderText(line, "length");
        contigs.push_back({HeaderText(line, "ID"), std::strtoll(length.c_str(), nullptr, 10),
                           HeaderText(line, "assembly")});
      } else if (line->type == BCF_HL_GEN && std::strcmp(line->key, "reference") == 0) {
        reference = line->value == nullptr ? "" : line->value;
      }
    }
    const std::string why = WhyNotGrch38(contigs, reference);
    if (!why.empty()) throw Error(ErrorCode::kUnsupported, name_ + ": " + why);
  }

  /// Fields that a header forgot to declare would be read as text.
  void DeclareFormats() {
    const std::pair<const char*, const char*> fields[] = {
        {"GT", "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">"},
        {"PS", "##FORMAT=<ID=PS,Number=1,Type=Integer,Description=\"Phase set\">"},
        {"GQ", "##FORMAT=<ID=GQ,Number=1,Type=Integer,Description=\"Genotype quality\">"},
        {"DP", "##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"Read depth\">"},
        {"AD", "##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"Read depth by allele\">"}};
    for (const auto& [id, line] : fields) {
      const int number = bcf_hdr_id2int(header_.get(), BCF_DT_ID, id);
      if (number >= 0 && bcf_hdr_idinfo_exists(header_.get(), BCF_HL_FMT, number)) continue;
      if (bcf_hdr_append(header_.get(), line) != 0) Fail(ErrorCode::kMalformed, "broken header");
    }
    if (bcf_hdr_sync(header_.get()) != 0) Fail(ErrorCode::kMalformed, "broken header");
  }

  void SelectSamples() {
    const std::vector<std::string> all = Samples();
    if (all.empty()) Fail(ErrorCode::kMalformed, "holds no samples");
    std::string list;
    for (const std::string& wanted : options_.samples) {
      if (std::find(all.begin(), all.end(), wanted) == all.end()) {
        Fail(ErrorCode::kNotFound, "has no sample \"" + wanted + "\"");
      }
      list += (list.empty() ? "" : ",") + wanted;
    }
    // Names with commas cannot be given to htslib as a list; then all samples are read.
    const bool commas = std::any_of(all.begin(), all.end(), [](const std::string& name) {
      return name.find(',') != std::string::npos;
    });
    if (!list.empty() && !commas && bcf_hdr_set_samples(header_.get(), list.c_str(), 0) != 0) {
      Fail(ErrorCode::kMalformed, "samples cannot be selected");
    }
    for (const std::string& name : Samples()) reading_.samples.push_back({name, {}});
  }

  void Prepare() {
    const auto& genes = index_.definitions().genes();
    for (SampleEvidence& sample : reading_.samples) {
      sample.genes.resize(genes.size());
      for (size_t g = 0; g < genes.size(); ++g) {
        sample.genes[g].sites.resize(genes[g].positions.size());
      }
    }
    seen_.resize(genes.size());
    for (size_t g = 0; g < genes.size(); ++g) seen_[g].resize(genes[g].positions.size());
    record_.reset(bcf_init());
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
      Fail(ErrorCode::kMalformed,
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
    kstring_t line = KS_INITIALIZE;
    const std::unique_ptr<kstring_t, void (*)(kstring_t*)> guard(&line, ks_free);
    std::string last;
    int status = 0;
    while ((status = hts_getline(file_.get(), KS_SEP_LINE, &line)) >= 0) {
      line_ = file_->lineno;
      // Comments between records are not in the standard, but programs write them.
      if (line.l == 0 || line.s[0] == '#') continue;
      const bool matters = Matters({line.s, line.l});
      if (!matters) {
        last.assign(line.s, std::min<size_t>(line.l, 1 << 20));
        continue;
      }
      last.clear();
      ParseLine(line);
    }
    if (status < -1) Fail(ErrorCode::kMalformed, "cannot be read on: truncated or broken");
    CheckLast(last);
    line_ = 0;
  }

  /// A file that was cut off mostly ends in a line with too few columns.
  void CheckLast(const std::string& line) const {
    if (line.empty()) return;
    const auto columns = std::count(line.begin(), line.end(), '\t') + 1;
    if (columns < 8) Fail(ErrorCode::kMalformed, "ends after column " + std::to_string(columns));
  }

  void ParseLine(kstring_t& line) {
    if (vcf_parse(&line, header_.get(), record_.get()) != 0) {
      Fail(ErrorCode::kMalformed, "is no VCF record" + WhatFailed());
    }
    UseRecord();
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
      line_ = ++number;
      if (MattersBinary()) UseRecord();
    }
    if (status < -1) Fail(ErrorCode::kMalformed, "cannot be read on: truncated or broken");
    line_ = 0;
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
      Warn("the index is older than the file and is not used");
      return false;
    }
    if (binary) {
      const std::unique_ptr<hts_idx_t, DestroyIndex> loaded(
          bcf_index_load3(path.c_str(), nullptr, HTS_IDX_SILENT_FAIL));
      if (!loaded) return false;
      ReadRegionsBinary(loaded.get());
      return true;
    }
    const std::unique_ptr<tbx_t, DestroyTabix> loaded(
        tbx_index_load3(path.c_str(), nullptr, HTS_IDX_SILENT_FAIL));
    if (!loaded) return false;
    ReadRegionsText(loaded.get());
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

  void ReadRegionsText(tbx_t* tabix) {
    kstring_t line = KS_INITIALIZE;
    const std::unique_ptr<kstring_t, void (*)(kstring_t*)> guard(&line, ks_free);
    for (const auto& region : index_.Regions()) {
      for (const std::string& name : Spellings(region.chromosome)) {
        const int id = tbx_name2id(tabix, name.c_str());
        if (id < 0) continue;
        const std::unique_ptr<hts_itr_t, DestroyIterator> rows(
            tbx_itr_queryi(tabix, id, region.first - 1, region.last));
        if (!rows) Fail(ErrorCode::kMalformed, "the index cannot be read");
        int status = 0;
        while ((status = tbx_itr_next(file_.get(), tabix, rows.get(), &line)) >= 0) {
          if (Matters({line.s, line.l})) ParseLine(line);
        }
        if (status < -1) Fail(ErrorCode::kMalformed, "cannot be read on: truncated or broken");
      }
    }
  }

  void ReadRegionsBinary(hts_idx_t* csi) {
    for (const auto& region : index_.Regions()) {
      for (const std::string& name : Spellings(region.chromosome)) {
        const int id = bcf_hdr_name2id(header_.get(), name.c_str());
        if (id < 0) continue;
        const std::unique_ptr<hts_itr_t, DestroyIterator> rows(
            bcf_itr_queryi(csi, id, region.first - 1, region.last));
        if (!rows) continue;
        int status = 0;
        while ((status = bcf_itr_next(file_.get(), rows.get(), record_.get())) >= 0) {
          if (MattersBinary()) UseRecord();
        }
        if (status < -1) Fail(ErrorCode::kMalformed, "cannot be read on: truncated or broken");
      }
    }
  }

  /// What the record says at defined positions, for every sample.
  void UseRecord() {
    if (bcf_unpack(record_.get(), BCF_UN_ALL) != 0) Fail(ErrorCode::kMalformed, "broken record");
    // Lower case (soft-masked reference) means the same bases.
    for (uint32_t i = 0; i < record_->n_allele; ++i) {
      if (record_->d.allele[i][0] == '<') continue;
      for (char* base = record_->d.allele[i]; *base != 0; ++base) {
        if (*base >= 'a' && *base <= 'z') *base = static_cast<char>(*base - 'a' + 'A');
      }
    }
    rules::VariantRecord view;
    view.position = record_->pos + 1;
    view.ref = record_->d.allele[0];
    bool symbolic = record_->n_allele == 1;
    for (uint32_t i = 1; i < record_->n_allele; ++i) {
      view.alts.emplace_back(record_->d.allele[i]);
      symbolic = symbolic || view.alts.back().front() == '<';
    }
    const int64_t length = symbolic ? record_->rlen : 0;
    view.end = view.position + std::max(length, static_cast<int64_t>(view.ref.size())) - 1;
    const auto mappings = index_.Map(chromosome_, view);
    if (mappings.empty()) return;
    const int count =
        bcf_get_genotypes(header_.get(), record_.get(), &genotypes_.data, &genotypes_.capacity);
    if (count <= 0) {
      Warn(Place() + " has no genotypes (FORMAT/GT); not used");
      return;
    }
    per_sample_ = count / static_cast<int>(reading_.samples.size());
    LoadFields();
    for (const SiteMapping& mapping : mappings) Apply(mapping);
  }

  std::string Place() const {
    return std::string(bcf_hdr_id2name(header_.get(), record_->rid)) + ":" +
           std::to_string(record_->pos + 1);
  }

  int LoadField(const char* id, IntBuffer& buffer) {
    if (record_->n_fmt < 2) return 0;
    const int count =
        bcf_get_format_int32(header_.get(), record_.get(), id, &buffer.data, &buffer.capacity);
    return count <= 0 ? 0 : count / static_cast<int>(reading_.samples.size());
  }

  void LoadFields() {
    depth_count_ = LoadField("DP", depths_);
    quality_count_ = LoadField("GQ", qualities_);
    phase_count_ = LoadField("PS", phase_sets_);
    balance_count_ = options_.thresholds.min_balance > 0 ? LoadField("AD", balances_) : 0;
  }

  static int32_t ValueOr(const IntBuffer& buffer, int per_sample, size_t sample, int32_t missing) {
    if (per_sample == 0) return missing;
    const int32_t value = buffer.data[static_cast<size_t>(per_sample) * sample];
    return value == bcf_int32_missing || value == bcf_int32_vector_end ? missing : value;
  }

  void Apply(const SiteMapping& mapping) {
    const auto& gene = index_.definitions().genes()[mapping.gene];
    Seen& seen = seen_[mapping.gene][mapping.position];
    if (mapping.problem == SiteProblem::kReferenceMismatch) {
      Warn(Place() + " REF " + std::string(record_->d.allele[0]).substr(0, 40) +
           " does not match the definition of " + gene.LabelOf(mapping.position) + " in " +
           gene.gene + " (" + gene.positions[mapping.position].ref + "); not used");
    }
    uint64_t added = 0;
    for (const BaseLabel label : mapping.labels) {
      if (label > 0 && label < 63) added |= uint64_t{1} << label;
    }
    for (size_t i = 0; i < reading_.samples.size(); ++i) {
      auto& evidence = reading_.samples[i].genes[mapping.gene];
      const SiteCall call = CallOf(mapping, i, evidence);
      if (rules::MergeSite(evidence.sites[mapping.position], call, seen.claims, added)) continue;
      Fail(ErrorCode::kInvalid,
           Place() + " contradicts " +
               (seen.line > 0 ? "line " + std::to_string(seen.line) : "an earlier record") +
               " on sample \"" + reading_.samples[i].sample + "\"");
    }
    if (mapping.problem != SiteProblem::kNone) return;
    seen.claims |= added;
    seen.line = line_;
  }

  SiteCall CallOf(const SiteMapping& mapping, size_t sample, rules::GeneCallEvidence& evidence) {
    SiteCall call;
    call.problem = mapping.problem;
    if (call.problem != SiteProblem::kNone) return call;
    call.depth = ValueOr(depths_, depth_count_, sample, -1);
    call.quality = ValueOr(qualities_, quality_count_, sample, -1);
    call.phase_set = ValueOr(phase_sets_, phase_count_, sample, 0);
    call.problem = ProblemOf(sample);
    if (call.problem != SiteProblem::kNone) return call;
    const int32_t* genotype = genotypes_.data + static_cast<size_t>(per_sample_) * sample;
    bool all_missing = true;
    for (int i = 0; i < per_sample_ && genotype[i] != bcf_int32_vector_end; ++i) {
      if (i == 2) {
        Warn(Place() + " has more than two copies; not used");
        return {.problem = SiteProblem::kNoCall};
      }
      call.copies = static_cast<uint8_t>(i + 1);
      if (i == 1) call.phased = bcf_gt_is_phased(genotype[i]) != 0;
      if (bcf_gt_is_missing(genotype[i])) continue;
      const int allele = bcf_gt_allele(genotype[i]);
      if (allele < 0 || static_cast<size_t>(allele) >= mapping.labels.size()) {
        Fail(ErrorCode::kMalformed, "column " + std::to_string(10 + sample) + ": genotype " +
                                        std::to_string(allele) + " has no such allele");
      }
      const auto slot = static_cast<size_t>(i);
      call.bases[slot] = LabelFor(mapping, static_cast<size_t>(allele), evidence);
      all_missing = all_missing && call.bases[slot] == rules::kMissingBase;
    }
    if (all_missing) call.problem = SiteProblem::kNoCall;
    return call;
  }

  static BaseLabel LabelFor(const SiteMapping& mapping, size_t allele,
                            rules::GeneCallEvidence& evidence) {
    const BaseLabel label = mapping.labels[allele];
    if (label < rules::kFirstOtherBase) return label;
    return evidence.LabelOfOther(
        mapping.others[static_cast<size_t>(label - rules::kFirstOtherBase)]);
  }

  SiteProblem ProblemOf(size_t sample) {
    const VcfThresholds& wanted = options_.thresholds;
    if (wanted.require_pass) {
      char pass[] = "PASS";
      if (bcf_has_filter(header_.get(), record_.get(), pass) != 1) return SiteProblem::kFiltered;
      if (SampleFiltered(sample)) return SiteProblem::kFiltered;
    }
    const auto below = [](int32_t value, int minimum) { return minimum > 0 && value < minimum; };
    if (below(ValueOr(qualities_, quality_count_, sample, -1), wanted.min_quality) ||
        below(ValueOr(depths_, depth_count_, sample, -1), wanted.min_depth) ||
        (wanted.min_balance > 0 && !Balanced(sample))) {
      return SiteProblem::kLowQuality;
    }
    return SiteProblem::kNone;
  }

  bool SampleFiltered(size_t sample) {
    char** texts = nullptr;
    int capacity = 0;
    const int count = bcf_get_format_string(header_.get(), record_.get(), "FT", &texts, &capacity);
    const std::string_view filter = count > 0 ? texts[sample] : "";
    const bool filtered = !filter.empty() && filter != "." && filter != "PASS";
    if (texts != nullptr) {
      std::free(texts[0]);
      std::free(texts);
    }
    return filtered;
  }

  /// Each allele of the genotype has its share of the reads; a site without AD is not judged.
  bool Balanced(size_t sample) const {
    if (balance_count_ == 0) return true;
    const int32_t* reads = balances_.data + static_cast<size_t>(balance_count_) * sample;
    double total = 0;
    for (int i = 0; i < balance_count_; ++i) total += std::max(reads[i], 0);
    const int32_t* genotype = genotypes_.data + static_cast<size_t>(per_sample_) * sample;
    for (int i = 0; i < per_sample_ && genotype[i] != bcf_int32_vector_end; ++i) {
      if (bcf_gt_is_missing(genotype[i])) continue;
      const int allele = bcf_gt_allele(genotype[i]);
      if (allele >= balance_count_ || total <= 0) return false;
      if (std::max(reads[allele], 0) < options_.thresholds.min_balance * total) return false;
    }
    return true;
  }

  struct Seen {
    uint64_t claims = 0;
    int64_t line = 0;
  };

  std::unique_ptr<htsFile, CloseFile> file_;
  std::string name_;
  const rules::PositionIndex& index_;
  const VcfOptions& options_;
  std::unique_ptr<bcf_hdr_t, DestroyHeader> header_;
  std::unique_ptr<bcf1_t, DestroyRecord> record_;
  VcfReading reading_;
  std::vector<std::vector<Seen>> seen_;
  int64_t line_ = 0;
  std::string last_chromosome_;
  int chromosome_ = -1;
  int last_rid_ = -1;
  IntBuffer genotypes_;
  IntBuffer depths_;
  IntBuffer qualities_;
  IntBuffer phase_sets_;
  IntBuffer balances_;
  int per_sample_ = 0;
  int depth_count_ = 0;
  int quality_count_ = 0;
  int phase_count_ = 0;
  int balance_count_ = 0;
};

htsFile* Open(const std::string& path) {
  // Findings are reported as errors and warnings of our own.
  hts_set_log_level(HTS_LOG_OFF);
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    throw Error(ErrorCode::kNotFound, path + ": no such file");
  }
  htsFile* file = hts_open(path.c_str(), "r");
  if (file == nullptr) throw Error(ErrorCode::kUnsupported, path + " is neither VCF nor BCF");
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
