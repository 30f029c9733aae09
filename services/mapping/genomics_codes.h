#pragma once

#include <optional>
#include <string>
#include <string_view>

// The codes by which laboratories name genes, tests and answers. Codes never change their meaning,
// so they stand here and not in the versioned knowledge. Sources: HGNC, NCBI Gene, LOINC.

namespace genflik::mapping {

/// A gene with its identifiers and the way its alleles are named.
struct GeneCode {
  std::string_view symbol;
  std::string_view hgnc;  ///< Number without the prefix "HGNC:".
  std::string_view ncbi;
};

/// The gene with this HGNC symbol, in any case ("cyp2d6", "HLA-B"), or in a common short form of
/// a cytochrome ("2D6"); null when it is none that Genflik knows.
[[nodiscard]] const GeneCode* FindGeneBySymbol(std::string_view symbol);
[[nodiscard]] const GeneCode* FindGeneByHgnc(std::string_view number);
[[nodiscard]] const GeneCode* FindGeneByNcbi(std::string_view number);

/// What an observation code says that the value is.
enum class TestKind { kGenotype, kHaplotype, kVariant, kPhenotype, kAllelePresence };

struct TestCode {
  std::string_view system;
  std::string_view code;
  TestKind kind;
  /// Gene that the code names; empty when the code serves any gene.
  std::string_view gene;
  /// Allele that the code asks for (kAllelePresence).
  std::string_view allele;
};
/// All codes that FindTest knows, as a FHIR search lists them: "system|code,system|code".
[[nodiscard]] const std::string& TestSearchTokens();
/// The test that a code stands for; null when it is no genetic one.
[[nodiscard]] const TestCode* FindTest(std::string_view system, std::string_view code);

/// A phenotype in CPIC's terms from a LOINC answer code; empty when it is none.
[[nodiscard]] std::string_view PhenotypeOfAnswer(std::string_view loinc_answer);
/// The LOINC answer code of a phenotype in CPIC's terms; empty when there is none.
[[nodiscard]] std::string_view AnswerOfPhenotype(std::string_view phenotype);
/// A phenotype in CPIC's terms from words of any of the usual forms ("PM", "poor metaboliser",
/// "extensive metabolizer", "långsam metaboliserare"); nothing when not understood.
[[nodiscard]] std::optional<std::string_view> PhenotypeOfWords(std::string_view words);

/// A variant that laboratories name by rs number or by HGVS, with the name it has as an allele.
struct NamedVariant {
  std::string_view gene;
  std::string_view rs;
  std::string_view hgvs;  ///< Coding or mitochondrial HGVS without transcript.
  /// The allele's name in reports ("c.1905+1G>A"); empty when the variant is no allele by itself.
  std::string_view allele;
};
/// By gene and rs number or HGVS; null when the variant is not known by name.
[[nodiscard]] const NamedVariant* FindNamedVariant(std::string_view gene, std::string_view name);

/// By rs number alone; null when the variant is not known by it.
[[nodiscard]] const NamedVariant* FindNamedVariant(std::string_view rs);

/// The one variant that a single-variant gene is reported by ("rs9923231" of VKORC1) with its bases
/// on the plus strand; null for other genes.
struct SingleVariant {
  std::string_view gene;
  std::string_view rs;
  char reference;
  char variant;
};
[[nodiscard]] const SingleVariant* FindSingleVariant(std::string_view gene);

}  // namespace genflik::mapping
