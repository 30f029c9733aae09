#include "services/mapping/genomics_codes.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <utility>

#include "fhir/systems.h"

namespace genflik::mapping {
namespace {

using fhir::systems::kLoinc;
using fhir::systems::kNpu;
using fhir::systems::kNpuSwedish;

constexpr std::array kGenes = {
    GeneCode{"ABCG2", "74", "9429"},      GeneCode{"CACNA1S", "1397", "779"},
    GeneCode{"CFTR", "1884", "1080"},     GeneCode{"CYP2B6", "2615", "1555"},
    GeneCode{"CYP2C19", "2621", "1557"},  GeneCode{"CYP2C9", "2623", "1559"},
    GeneCode{"CYP2D6", "2625", "1565"},   GeneCode{"CYP3A4", "2637", "1576"},
    GeneCode{"CYP3A5", "2638", "1577"},   GeneCode{"CYP4F2", "2645", "8529"},
    GeneCode{"DPYD", "3012", "1806"},     GeneCode{"F2", "3535", "2147"},
    GeneCode{"F5", "3542", "2153"},       GeneCode{"G6PD", "4057", "2539"},
    GeneCode{"HLA-A", "4931", "3105"},    GeneCode{"HLA-B", "4932", "3106"},
    GeneCode{"IFNL3", "18365", "282617"}, GeneCode{"MT-RNR1", "7470", "4549"},
    GeneCode{"NAT2", "7646", "10"},       GeneCode{"NUDT15", "23063", "55270"},
    GeneCode{"RYR1", "10483", "6261"},    GeneCode{"SLCO1B1", "10959", "10599"},
    GeneCode{"TPMT", "12014", "7172"},    GeneCode{"UGT1A1", "12530", "54658"},
    GeneCode{"VKORC1", "23663", "79001"},
};

constexpr std::array kTests = {
    TestCode{kLoinc, "84413-4", TestKind::kGenotype, "", ""},
    TestCode{kLoinc, "84414-2", TestKind::kHaplotype, "", ""},
    TestCode{kLoinc, "69548-6", TestKind::kVariant, "", ""},
    TestCode{kLoinc, "53040-2", TestKind::kPhenotype, "", ""},
    TestCode{kLoinc, "51961-1", TestKind::kPhenotype, "", ""},
    TestCode{kLoinc, "79713-4", TestKind::kPhenotype, "TPMT", ""},
    TestCode{kLoinc, "79714-2", TestKind::kPhenotype, "CYP2C19", ""},
    TestCode{kLoinc, "79715-9", TestKind::kPhenotype, "CYP2D6", ""},
    TestCode{kLoinc, "79716-7", TestKind::kPhenotype, "CYP2C9", ""},
    TestCode{kLoinc, "79719-1", TestKind::kPhenotype, "DPYD", ""},
    TestCode{kLoinc, "36922-3", TestKind::kGenotype, "TPMT", ""},
    TestCode{kLoinc, "41048-0", TestKind::kGenotype, "TPMT", ""},
    TestCode{kLoinc, "80738-8", TestKind::kGenotype, "TPMT", ""},
    TestCode{kLoinc, "40425-1", TestKind::kGenotype, "CYP2D6", ""},
    TestCode{kLoinc, "94231-8", TestKind::kGenotype, "G6PD", ""},
    TestCode{kLoinc, "13298-5", TestKind::kGenotype, "HLA-A", ""},
    TestCode{kLoinc, "57290-9", TestKind::kGenotype, "HLA-A", ""},
    TestCode{kLoinc, "13299-3", TestKind::kGenotype, "HLA-B", ""},
    TestCode{kLoinc, "57291-7", TestKind::kGenotype, "HLA-B", ""},
    TestCode{kLoinc, "50956-2", TestKind::kAllelePresence, "HLA-B", "*57:01"},
    TestCode{kLoinc, "57979-7", TestKind::kAllelePresence, "HLA-B", "*15:02"},
    TestCode{kNpu, "NPU19308", TestKind::kGenotype, "CYP2D6", ""},
    TestCode{kNpu, "NPU19309", TestKind::kGenotype, "CYP2C19", ""},
    TestCode{kNpu, "NPU32095", TestKind::kGenotype, "CYP2C9", ""},
    TestCode{kNpu, "NPU29776", TestKind::kGenotype, "CYP3A4", ""},
    TestCode{kNpu, "NPU27992", TestKind::kGenotype, "CYP3A5", ""},
};

constexpr std::array kAnswers = {
    std::pair<std::string_view, std::string_view>{"LA10315-2", "Ultrarapid Metabolizer"},
    std::pair<std::string_view, std::string_view>{"LA25390-8", "Rapid Metabolizer"},
    std::pair<std::string_view, std::string_view>{"LA25391-6", "Normal Metabolizer"},
    std::pair<std::string_view, std::string_view>{"LA10317-8", "Intermediate Metabolizer"},
    std::pair<std::string_view, std::string_view>{"LA9657-3", "Poor Metabolizer"},
    std::pair<std::string_view, std::string_view>{"LA25392-4", "Increased Function"},
    std::pair<std::string_view, std::string_view>{"LA25393-2", "Normal Function"},
    std::pair<std::string_view, std::string_view>{"LA25395-7", "Decreased Function"},
    std::pair<std::string_view, std::string_view>{"LA25394-0", "Poor Function"},
};

constexpr std::array kNamedVariants = {
    NamedVariant{"DPYD", "rs3918290", "c.1905+1G>A", "c.1905+1G>A"},
    NamedVariant{"DPYD", "rs55886062", "c.1679T>G", "c.1679T>G"},
    NamedVariant{"DPYD", "rs67376798", "c.2846A>T", "c.2846A>T"},
    NamedVariant{"DPYD", "rs75017182", "c.1129-5923C>G", "c.1129-5923C>G"},
    NamedVariant{"DPYD", "rs56038477", "c.1236G>A", "c.1236G>A"},
    NamedVariant{"DPYD", "rs115232898", "c.557A>G", "c.557A>G"},
    NamedVariant{"MT-RNR1", "rs267606617", "m.1555A>G", "m.1555A>G"},
    NamedVariant{"MT-RNR1", "rs267606619", "m.1494C>T", "m.1494C>T"},
    NamedVariant{"MT-RNR1", "rs267606618", "m.1095T>C", "m.1095T>C"},
    // Variants that make no allele by themselves: only their place follows from the name.
    NamedVariant{"CYP2B6", "rs3745274", "c.516G>T", ""},
    NamedVariant{"CYP2C19", "rs4244285", "c.681G>A", ""},
    NamedVariant{"CYP2C19", "rs4986893", "c.636G>A", ""},
    NamedVariant{"CYP2C19", "rs12248560", "c.-806C>T", ""},
    NamedVariant{"CYP2C9", "rs1799853", "c.430C>T", ""},
    NamedVariant{"CYP2C9", "rs1057910", "c.1075A>C", ""},
    NamedVariant{"CYP2D6", "rs3892097", "c.506-1G>A", ""},
    NamedVariant{"CYP3A4", "rs35599367", "c.522-191C>T", ""},
    NamedVariant{"CYP3A5", "rs776746", "c.219-237A>G", ""},
    NamedVariant{"CYP4F2", "rs2108622", "c.1297G>A", ""},
    NamedVariant{"NUDT15", "rs116855232", "c.415C>T", ""},
    NamedVariant{"SLCO1B1", "rs4149056", "c.521T>C", ""},
    NamedVariant{"TPMT", "rs1800462", "c.238G>C", ""},
    NamedVariant{"TPMT", "rs1800460", "c.460G>A", ""},
    NamedVariant{"TPMT", "rs1142345", "c.719A>G", ""},
};

constexpr std::array kSingleVariants = {
    SingleVariant{"VKORC1", "rs9923231", 'C', 'T'}, SingleVariant{"ABCG2", "rs2231142", 'G', 'T'},
    SingleVariant{"IFNL3", "rs12979860", 'C', 'T'}, SingleVariant{"F5", "rs6025", 'C', 'T'},
    SingleVariant{"F2", "rs1799963", 'G', 'A'},
};

bool EqualIgnoringCase(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](char a, char b) {
    return std::toupper(static_cast<unsigned char>(a)) ==
           std::toupper(static_cast<unsigned char>(b));
  });
}

template <typename Table, typename Match>
auto FindIn(const Table& table, Match match) -> decltype(table.data()) {
  const auto found = std::find_if(table.begin(), table.end(), match);
  return found == table.end() ? nullptr : &*found;
}

}  // namespace

const GeneCode* FindGeneBySymbol(std::string_view symbol) {
  const auto* found =
      FindIn(kGenes, [&](const GeneCode& gene) { return EqualIgnoringCase(gene.symbol, symbol); });
  if (found != nullptr || symbol.empty() || symbol.front() < '2' || symbol.front() > '4')
    return found;
  const std::string cytochrome = "CYP" + std::string(symbol);
  return FindIn(kGenes,
                [&](const GeneCode& gene) { return EqualIgnoringCase(gene.symbol, cytochrome); });
}

const GeneCode* FindGeneByHgnc(std::string_view number) {
  return FindIn(kGenes, [&](const GeneCode& gene) { return gene.hgnc == number; });
}

const GeneCode* FindGeneByNcbi(std::string_view number) {
  return FindIn(kGenes, [&](const GeneCode& gene) { return gene.ncbi == number; });
}

const std::string& TestSearchTokens() {
  static const std::string tokens = [] {
    std::string text;
    for (const TestCode& test : kTests) {
      if (!text.empty()) text += ',';
      text += test.system;
      text += '|';
      text += test.code;
    }
    return text;
  }();
  return tokens;
}

const TestCode* FindTest(std::string_view system, std::string_view code) {
  // The NPU terminology goes by two URIs.
  const bool npu = system == kNpu || system == kNpuSwedish;
  return FindIn(kTests, [&](const TestCode& test) {
    return test.code == code && (test.system == system || (npu && test.system == kNpu));
  });
}

std::string_view PhenotypeOfAnswer(std::string_view loinc_answer) {
  const auto* found =
      FindIn(kAnswers, [&](const auto& pair) { return pair.first == loinc_answer; });
  return found == nullptr ? std::string_view() : found->second;
}

std::string_view AnswerOfPhenotype(std::string_view phenotype) {
  const auto* found = FindIn(kAnswers, [&](const auto& pair) { return pair.second == phenotype; });
  return found == nullptr ? std::string_view() : found->first;
}

const NamedVariant* FindNamedVariant(std::string_view gene, std::string_view name) {
  return FindIn(kNamedVariants, [&](const NamedVariant& variant) {
    return variant.gene == gene && (EqualIgnoringCase(variant.rs, name) || variant.hgvs == name);
  });
}

const NamedVariant* FindNamedVariant(std::string_view rs) {
  return FindIn(kNamedVariants,
                [&](const NamedVariant& variant) { return EqualIgnoringCase(variant.rs, rs); });
}

const SingleVariant* FindSingleVariant(std::string_view gene) {
  return FindIn(kSingleVariants,
                [&](const SingleVariant& variant) { return variant.gene == gene; });
}

}  // namespace genflik::mapping
