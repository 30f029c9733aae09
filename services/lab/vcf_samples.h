#pragma once

#include <memory>
#include <vector>

#include "rules/variant_call.h"
#include "services/lab/vcf_handles.h"
#include "services/lab/vcf_reader.h"

namespace genflik::lab {

/// Collects what the records of one file say of each sample at the defined positions.
class VcfSamples {
 public:
  /// `columns` are the columns of the file that the samples of `header` stand in. All arguments
  /// outlive the object.
  VcfSamples(bcf_hdr_t& header, std::vector<size_t> columns, const rules::PositionIndex& index,
             const VcfThresholds& thresholds, VcfPlace& place);
  ~VcfSamples();
  VcfSamples(const VcfSamples&) = delete;
  VcfSamples& operator=(const VcfSamples&) = delete;

  /// Takes what the record says at defined positions of the chromosome of this number in the index.
  /// Throws core::Error: kMalformed for a broken record, kInvalid for one that contradicts an
  /// earlier one.
  void Use(bcf1_t& record, int chromosome);
  /// Everything so far; call once.
  [[nodiscard]] std::vector<SampleEvidence> Take();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace genflik::lab
