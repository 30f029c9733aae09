#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "rules/variant_call.h"

// VCF 4.x (plain, gzip or bgzip) and BCF, by htslib: https://samtools.github.io/hts-specs/. This is
// the only place that includes htslib.

namespace genflik::lab {

/// What a genotype must have to be used. Zero asks for nothing.
struct VcfThresholds {
  /// FORMAT/GQ, phred-scaled.
  int min_quality = 0;
  /// FORMAT/DP, reads.
  int min_depth = 0;
  /// Share of FORMAT/AD that each allele of the genotype must have.
  double min_balance = 0;
  /// FILTER, and FORMAT/FT where it stands, must be PASS or missing.
  bool require_pass = false;
};

struct VcfOptions {
  /// Samples to read; all when empty.
  std::vector<std::string> samples = {};
  VcfThresholds thresholds = {};
  /// Use a tabix or CSI index beside the file where there is one.
  bool use_index = true;
};

/// What one sample has at the defined positions.
struct SampleEvidence {
  std::string sample = {};
  /// In the order of AlleleDefinitions::genes.
  std::vector<rules::GeneCallEvidence> genes = {};
};

/// What was read from a file.
struct VcfReading {
  std::vector<SampleEvidence> samples = {};
  /// Records that could not be used, with line and place; at most 100 of them.
  std::vector<std::string> warnings = {};
  bool by_index = false;
};

/// Reads what the samples have at the positions of `index`. Throws core::Error, which names the
/// line where there is one: kNotFound when there is no such file or sample, kUnsupported for
/// another format or genome build, kMalformed for a truncated or broken file, kInvalid for records
/// that contradict each other. Nothing is returned of a file that is wrong anywhere that matters.
[[nodiscard]] VcfReading ReadVcf(const std::string& path, const rules::PositionIndex& index,
                                 const VcfOptions& options);

/// The same for the bytes of a file, such as the body of a request.
[[nodiscard]] VcfReading ReadVcfBytes(std::string_view bytes, const rules::PositionIndex& index,
                                      const VcfOptions& options);

/// The names of the samples, in the order of the file; checks the header as ReadVcf does.
[[nodiscard]] std::vector<std::string> ReadVcfSamples(const std::string& path);

}  // namespace genflik::lab
