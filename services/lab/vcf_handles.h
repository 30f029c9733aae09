#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include <htslib/hts.h>
#include <htslib/vcf.h>

#include "services/core/error.h"

// Owners of what htslib allocates, and where a fault is. Used by vcf_*.cpp alone, which are the
// only files that include htslib.

namespace genflik::lab {

struct CloseFile {
  void operator()(htsFile* file) const { hts_close(file); }
};
struct DestroyHeader {
  void operator()(bcf_hdr_t* header) const { bcf_hdr_destroy(header); }
};
struct DestroyRecord {
  void operator()(bcf1_t* record) const { bcf_destroy(record); }
};
/// Where in the file the reading is.
struct VcfPlace {
  static constexpr size_t kMaxWarnings = 100;

  std::string name = {};
  /// Line, or record in a BCF; 0 when not known.
  int64_t line = 0;
  std::vector<std::string> warnings = {};

  [[noreturn]] void Fail(core::ErrorCode code, const std::string& what) const {
    throw core::Error(code,
                      name + (line > 0 ? ", line " + std::to_string(line) : "") + ": " + what);
  }
  void Warn(const std::string& what) {
    if (warnings.size() >= kMaxWarnings) return;
    warnings.push_back((line > 0 ? "line " + std::to_string(line) + ": " : "") + what);
  }
};

}  // namespace genflik::lab
