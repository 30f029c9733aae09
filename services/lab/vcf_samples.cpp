#include "services/lab/vcf_samples.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>

namespace genflik::lab {

using core::ErrorCode;
using rules::BaseLabel;
using rules::SiteCall;
using rules::SiteMapping;
using rules::SiteProblem;

namespace {

/// What htslib answers when a field is declared with another type.
constexpr int kOtherType = -2;

/// A growing C array that htslib fills.
struct IntBuffer {
  int32_t* data = nullptr;
  int capacity = 0;
  IntBuffer() = default;
  IntBuffer(const IntBuffer&) = delete;
  IntBuffer& operator=(const IntBuffer&) = delete;
  ~IntBuffer() { std::free(data); }

  void Grow(int count) {
    if (count <= capacity) return;
    void* grown = std::realloc(data, static_cast<size_t>(count) * sizeof(int32_t));
    if (grown == nullptr) throw core::Error(ErrorCode::kTooLarge, "the VCF is too large");
    data = static_cast<int32_t*>(grown);
    capacity = count;
  }
};

}  // namespace

class VcfSamples::Impl {
 public:
  Impl(bcf_hdr_t& header, std::vector<size_t> columns, const rules::PositionIndex& index,
       const VcfThresholds& thresholds, VcfPlace& place)
      : header_(&header),
        columns_(std::move(columns)),
        index_(index),
        thresholds_(thresholds),
        place_(place) {
    const auto& genes = index_.definitions().genes();
    for (int i = 0; i < bcf_hdr_nsamples(header_); ++i) {
      SampleEvidence& sample = samples_.emplace_back();
      sample.sample = header_->samples[i];
      sample.genes.resize(genes.size());
      for (size_t g = 0; g < genes.size(); ++g) {
        sample.genes[g].sites.resize(genes[g].positions.size());
      }
    }
    seen_.resize(genes.size());
    for (size_t g = 0; g < genes.size(); ++g) seen_[g].resize(genes[g].positions.size());
  }

  std::vector<SampleEvidence> Take() { return std::move(samples_); }

  /// What the record says at defined positions, for every sample.
  void Use(bcf1_t& record, int chromosome) {
    record_ = &record;
    if (bcf_unpack(record_, BCF_UN_ALL) != 0) place_.Fail(ErrorCode::kMalformed, "broken record");
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
    const auto mappings = index_.Map(chromosome, view);
    if (mappings.empty()) return;
    const int count = bcf_get_genotypes(header_, record_, &genotypes_.data, &genotypes_.capacity);
    if (count <= 0) {
      place_.Warn(Place() + " has no genotypes (FORMAT/GT); not used");
      return;
    }
    per_sample_ = count / static_cast<int>(samples_.size());
    LoadFields();
    for (const SiteMapping& mapping : mappings) Apply(mapping);
  }

 private:
  std::string Place() const {
    return std::string(bcf_hdr_id2name(header_, record_->rid)) + ":" +
           std::to_string(record_->pos + 1);
  }

  /// Values for each sample; a header may declare a number as Float.
  int LoadField(const char* id, IntBuffer& buffer) {
    if (record_->n_fmt < 2) return 0;
    const auto samples = static_cast<int>(samples_.size());
    int count = bcf_get_format_int32(header_, record_, id, &buffer.data, &buffer.capacity);
    if (count != kOtherType) return count <= 0 ? 0 : count / samples;
    float* values = nullptr;
    int capacity = 0;
    count = bcf_get_format_float(header_, record_, id, &values, &capacity);
    const std::unique_ptr<float, void (*)(void*)> guard(values, std::free);
    if (count <= 0) return 0;
    buffer.Grow(count);
    for (int i = 0; i < count; ++i) {
      const bool usable = bcf_float_is_missing(values[i]) == 0 &&
                          bcf_float_is_vector_end(values[i]) == 0 && values[i] >= 0 &&
                          values[i] < 1e9F;
      buffer.data[i] = usable ? static_cast<int32_t>(values[i]) : bcf_int32_missing;
    }
    return count / samples;
  }

  /// One text for each sample; empty when the record has none.
  std::vector<std::string> LoadTexts(const char* id) {
    char** texts = nullptr;
    int capacity = 0;
    const int count = bcf_get_format_string(header_, record_, id, &texts, &capacity);
    std::vector<std::string> values;
    for (size_t i = 0; count > 0 && i < samples_.size(); ++i) values.emplace_back(texts[i]);
    if (texts != nullptr) {
      std::free(texts[0]);
      std::free(texts);
    }
    return values;
  }

  /// Phase sets that a header declares as text are numbered: positions of two sets must never be
  /// taken for one.
  int LoadPhaseSets() {
    const int count = LoadField("PS", phase_sets_);
    if (count > 0 || record_->n_fmt < 2) return count;
    const auto texts = LoadTexts("PS");
    if (texts.empty()) return 0;
    phase_sets_.Grow(static_cast<int>(texts.size()));
    for (size_t i = 0; i < texts.size(); ++i) {
      const bool none = texts[i].empty() || texts[i] == ".";
      phase_sets_.data[i] =
          none ? bcf_int32_missing
               : phase_set_numbers_
                     .try_emplace(texts[i], static_cast<int32_t>(phase_set_numbers_.size()) + 1)
                     .first->second;
    }
    return 1;
  }

  void LoadFields() {
    depth_count_ = LoadField("DP", depths_);
    quality_count_ = LoadField("GQ", qualities_);
    phase_count_ = LoadPhaseSets();
    balance_count_ = thresholds_.min_balance > 0 ? LoadField("AD", balances_) : 0;
    filtered_.clear();
    if (!thresholds_.require_pass) return;
    for (const std::string& filter : LoadTexts("FT")) {
      filtered_.push_back(!filter.empty() && filter != "." && filter != "PASS" ? 1 : 0);
    }
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
      place_.Warn(Place() + " REF " + std::string(record_->d.allele[0]).substr(0, 40) +
                  " does not match the definition of " + gene.LabelOf(mapping.position) + " in " +
                  gene.gene + " (" + gene.positions[mapping.position].ref + "); not used");
    }
    uint64_t added = 0;
    for (const BaseLabel label : mapping.labels) {
      if (label > 0 && label < 63) added |= uint64_t{1} << label;
    }
    for (size_t i = 0; i < samples_.size(); ++i) {
      auto& evidence = samples_[i].genes[mapping.gene];
      const SiteCall call = CallOf(mapping, i, evidence);
      if (rules::MergeSite(evidence.sites[mapping.position], call, seen.claims, added)) continue;
      place_.Fail(ErrorCode::kInvalid,
                  Place() + " contradicts " +
                      (seen.line > 0 ? "line " + std::to_string(seen.line) : "an earlier record") +
                      " on sample \"" + samples_[i].sample + "\"");
    }
    if (mapping.problem != SiteProblem::kNone) return;
    seen.claims |= added;
    seen.line = place_.line;
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
        place_.Warn(Place() + " has more than two copies; not used");
        return {.problem = SiteProblem::kNoCall};
      }
      call.copies = static_cast<uint8_t>(i + 1);
      if (i == 1) call.phased = bcf_gt_is_phased(genotype[i]) != 0;
      if (bcf_gt_is_missing(genotype[i])) continue;
      const int allele = bcf_gt_allele(genotype[i]);
      if (allele < 0 || static_cast<size_t>(allele) >= mapping.labels.size()) {
        place_.Fail(ErrorCode::kMalformed, "column " + std::to_string(columns_[sample]) +
                                               ": genotype " + std::to_string(allele) +
                                               " has no such allele");
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
    const VcfThresholds& wanted = thresholds_;
    if (wanted.require_pass) {
      char pass[] = "PASS";
      if (bcf_has_filter(header_, record_, pass) != 1) return SiteProblem::kFiltered;
      if (!filtered_.empty() && filtered_[sample] != 0) return SiteProblem::kFiltered;
    }
    const auto below = [](int32_t value, int minimum) { return minimum > 0 && value < minimum; };
    if (below(ValueOr(qualities_, quality_count_, sample, -1), wanted.min_quality) ||
        below(ValueOr(depths_, depth_count_, sample, -1), wanted.min_depth) ||
        (wanted.min_balance > 0 && !Balanced(sample))) {
      return SiteProblem::kLowQuality;
    }
    return SiteProblem::kNone;
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
      if (std::max(reads[allele], 0) < thresholds_.min_balance * total) return false;
    }
    return true;
  }

  struct Seen {
    uint64_t claims = 0;
    int64_t line = 0;
  };

  bcf_hdr_t* header_;
  std::vector<size_t> columns_;
  const rules::PositionIndex& index_;
  const VcfThresholds& thresholds_;
  VcfPlace& place_;
  /// The record under way.
  bcf1_t* record_ = nullptr;
  std::vector<SampleEvidence> samples_;
  std::vector<std::vector<Seen>> seen_;
  std::map<std::string, int32_t> phase_set_numbers_;
  IntBuffer genotypes_;
  IntBuffer depths_;
  IntBuffer qualities_;
  IntBuffer phase_sets_;
  IntBuffer balances_;
  std::vector<char> filtered_;
  int per_sample_ = 0;
  int depth_count_ = 0;
  int quality_count_ = 0;
  int phase_count_ = 0;
  int balance_count_ = 0;
};

VcfSamples::VcfSamples(bcf_hdr_t& header, std::vector<size_t> columns,
                       const rules::PositionIndex& index, const VcfThresholds& thresholds,
                       VcfPlace& place)
    : impl_(std::make_unique<Impl>(header, std::move(columns), index, thresholds, place)) {}

VcfSamples::~VcfSamples() = default;

void VcfSamples::Use(bcf1_t& record, int chromosome) { impl_->Use(record, chromosome); }

std::vector<SampleEvidence> VcfSamples::Take() { return impl_->Take(); }

}  // namespace genflik::lab
