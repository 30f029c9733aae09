#pragma once

#include <string>
#include <string_view>

// What the headings of laboratories' tables mean without a configuration.

namespace genflik::lab {

/// "patient", "gene", "genotype", "allele-1", "allele-2", "variant", "phenotype", "date", "sample",
/// "status", "birth-date", "family", "given" or "sex" for a usual Swedish or English heading; empty
/// for any other.
[[nodiscard]] std::string UsualMeaning(std::string_view heading);

/// One column a gene, "genotype:GENE" or "phenotype:GENE" ("CYP2C19", "CYP2D6 genotyp",
/// "2D6_diplotyp", "CYP2D6 fenotyp"), or one an allele or variant, "found:GENE NAME"
/// ("HLA-B*57:01", "VKORC1 -1639G>A", "DPYD c.1905+1G>A"); empty for any other.
[[nodiscard]] std::string GeneColumn(std::string_view heading);

}  // namespace genflik::lab
