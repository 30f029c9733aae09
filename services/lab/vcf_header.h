#pragma once

#include <memory>

#include "services/lab/vcf_handles.h"

namespace genflik::lab {

/// Reads the header of a VCF or BCF. Throws core::Error: kUnsupported for another format or another
/// genome build, kMalformed for a truncated file or a broken header. Fields that the header forgot
/// to declare are declared, so that they are not read as text.
[[nodiscard]] std::unique_ptr<bcf_hdr_t, DestroyHeader> ReadVcfHeader(htsFile& file,
                                                                      const VcfPlace& place);

}  // namespace genflik::lab
