#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/systems.h"
#include "services/mapping/dosage_units.h"
#include "services/mapping/genomics_codes.h"
#include "services/mapping/genomics_text.h"
#include "services/mapping/orders.h"

// Laboratory orders: which genes, or which drug's concentration, they are about.

namespace genflik::mapping {
namespace {

using fhir::Json;

void AddOnce(std::vector<std::string>& words, std::string_view word) {
  if (std::find(words.begin(), words.end(), word) == words.end()) words.emplace_back(word);
}

// An order while it is read.
struct Reading {
  TestOrder order = {};
  // Genes that were named somewhere without an allele.
  std::vector<std::string> whole = {};
};

void AddGene(Reading& reading, std::string_view gene) {
  if (gene.empty()) return;
  AddOnce(reading.order.genes, gene);
  AddOnce(reading.whole, gene);
}

void AddAllele(Reading& reading, std::string_view gene, std::string_view allele) {
  AddOnce(reading.order.genes, gene);
  AddOnce(reading.order.alleles[std::string(gene)], allele);
}

void AddTest(Reading& reading, const TestCode& test) {
  if (test.allele.empty()) {
    AddGene(reading, test.gene);
  } else {
    AddAllele(reading, test.gene, test.allele);
  }
}

// Orders that LOINC and NPU name by the gene they determine; panels name several.
struct OrderCode {
  std::string_view code;
  std::string_view first;
  std::string_view second;
};
constexpr std::array kOrderCodes{
    OrderCode{"79713-4", "TPMT", ""},       OrderCode{"79714-2", "CYP2C19", ""},
    OrderCode{"79715-9", "CYP2D6", ""},     OrderCode{"79716-7", "CYP2C9", ""},
    OrderCode{"79719-1", "DPYD", ""},       OrderCode{"36922-3", "TPMT", ""},
    OrderCode{"41048-0", "TPMT", ""},       OrderCode{"80738-8", "TPMT", ""},
    OrderCode{"71356-0", "TPMT", ""},       OrderCode{"100663-4", "TPMT", ""},
    OrderCode{"93193-1", "TPMT", "NUDT15"}, OrderCode{"40425-1", "CYP2D6", ""},
    OrderCode{"57979-7", "HLA-B", ""},      OrderCode{"50956-2", "HLA-B", ""},
    OrderCode{"13299-3", "HLA-B", ""},      OrderCode{"57291-7", "HLA-B", ""},
    OrderCode{"13298-5", "HLA-A", ""},      OrderCode{"57290-9", "HLA-A", ""},
    OrderCode{"13303-3", "HLA-A", "HLA-B"}, OrderCode{"94231-8", "G6PD", ""},
    OrderCode{"NPU19308", "CYP2D6", ""},    OrderCode{"NPU19309", "CYP2C19", ""},
    OrderCode{"NPU32095", "CYP2C9", ""},    OrderCode{"NPU29776", "CYP3A4", ""},
    OrderCode{"NPU27992", "CYP3A5", ""}};

struct Concentration {
  std::string_view code;
  std::string_view drug;
};
// Plasma concentrations of psychotropics (NPU).
constexpr std::array kConcentrations{
    Concentration{"NPU02923", "nortriptyline"}, Concentration{"NPU18359", "paliperidone"},
    Concentration{"NPU20190", "escitalopram"},  Concentration{"NPU04853", "levomepromazine"},
    Concentration{"NPU04114", "clozapine"},     Concentration{"NPU09358", "olanzapine"},
    Concentration{"NPU26669", "aripiprazole"},  Concentration{"NPU04868", "risperidone"},
    Concentration{"NPU03937", "haloperidol"},   Concentration{"NPU01224", "amitriptyline"},
    Concentration{"NPU01616", "clomipramine"}};

// Psychotropics whose concentrations are ordered by name.
constexpr std::array<std::string_view, 15> kMoreConcentrations{
    "citalopram",  "sertraline",   "paroxetine",   "fluoxetine",  "fluvoxamine",
    "venlafaxine", "vortioxetine", "atomoxetine",  "quetiapine",  "imipramine",
    "desipramine", "doxepin",      "trimipramine", "mirtazapine", "zuclopenthixol"};

void ReadCode(std::string_view code, Reading& reading) {
  for (const OrderCode& known : kOrderCodes) {
    if (known.code != code) continue;
    const TestCode* test = FindTest(fhir::systems::kLoinc, code);
    if (test != nullptr && !test->allele.empty()) {
      AddTest(reading, *test);
      continue;
    }
    AddGene(reading, known.first);
    AddGene(reading, known.second);
  }
  for (const Concentration& known : kConcentrations) {
    if (!code.empty() && known.code == code) reading.order.concentration_of = known.drug;
  }
}

bool IsWordPart(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

// A gene with the alleles that stand between its name and the next one: "HLA-B*57:01, *58:01".
void AddNamed(std::string_view gene, std::string_view behind, Reading& reading) {
  bool any = false;
  const std::string_view own = behind.substr(0, std::min(behind.find("HLA"), behind.size()));
  for (size_t at = own.find('*'); at != std::string_view::npos; at = own.find('*', at + 1)) {
    size_t end = at + 1;
    while (end < own.size() && (IsWordPart(own[end]) || own[end] == ':')) ++end;
    const auto allele = ReadAllele(own.substr(at, end - at), gene);
    if (!allele || allele->find(':') == std::string::npos) continue;
    AddAllele(reading, gene, *allele);
    any = true;
  }
  if (!any) AddGene(reading, gene);
}

// Gene symbols that stand as words of their own in a code or a name ("CYP2D6-GT", "HLA-B*57:01").
void ReadSymbols(std::string_view text, Reading& reading) {
  size_t at = 0;
  while (at < text.size()) {
    if (!IsWordPart(text[at])) {
      ++at;
      continue;
    }
    size_t end = at;
    while (end < text.size() && IsWordPart(text[end])) ++end;
    std::string_view word = text.substr(at, end - at);
    // HLA-A, HLA-B and MT-RNR1 have their hyphen inside.
    if (end + 1 < text.size() && text[end] == '-' && (word.size() == 2 || word.size() == 3)) {
      size_t longer = end + 1;
      while (longer < text.size() && IsWordPart(text[longer])) ++longer;
      if (FindGeneBySymbol(text.substr(at, longer - at)) != nullptr) {
        word = text.substr(at, longer - at);
        end = longer;
      }
    }
    if (word.size() > 1) {
      const GeneCode* gene = FindGeneBySymbol(word);
      if (gene != nullptr && gene->symbol.starts_with("HLA-")) {
        AddNamed(gene->symbol, text.substr(end), reading);
      } else if (gene != nullptr) {
        AddGene(reading, gene->symbol);
      }
    }
    at = end;
  }
}

// What stands at the start of a word and names a variant: "*2A", "rs3918290", "c.1905+1G>A",
// "HapB3"; empty when it names none.
std::string_view VariantAt(std::string_view word) {
  const auto digit_at = [&](size_t at) {
    return at < word.size() && std::isdigit(static_cast<unsigned char>(word[at])) != 0;
  };
  if (word.starts_with('*') && digit_at(1)) {
    size_t end = 1;
    while (end < word.size() && (IsWordPart(word[end]) || word[end] == '.')) ++end;
    while (word[end - 1] == '.') --end;
    return word.substr(0, end);
  }
  const bool hgvs = word.size() > 2 && word[1] == '.' &&
                    std::string_view("cgmn").find(word.front()) != std::string_view::npos &&
                    word.find_first_of("0123456789") != std::string_view::npos;
  const bool rs = word.starts_with("rs") && digit_at(2);
  return hgvs || rs || (word.starts_with("Hap") && digit_at(4)) ? word : std::string_view();
}

// The gene that a word begins with: "CYP2C19*17", "DPYD:c.2846A>T", "MT-RNR1".
const GeneCode* GeneAt(std::string_view word) {
  if (const GeneCode* whole = FindGeneBySymbol(word.substr(0, word.find_first_of("*:"))))
    return whole;
  return FindGeneBySymbol(
      word.substr(0, std::ranges::find_if_not(word, IsWordPart) - word.begin()));
}

// Variants belong to the gene that was named last; rs numbers tell their gene themselves.
void ReadVariants(std::string_view text, Reading& reading) {
  constexpr std::string_view kBetween = " \t\n,;/|&()[]";
  std::string_view gene;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find_first_of(kBetween, at), text.size());
    std::string_view word = text.substr(at, end - at);
    at = end + 1;
    if (const GeneCode* named = GeneAt(word)) gene = named->symbol;
    if (const size_t start = word.find_first_of("*:"); start != std::string_view::npos)
      word.remove_prefix(word[start] == ':' ? start + 1 : start);
    const std::string_view variant = VariantAt(word);
    if (variant.empty()) continue;
    const NamedVariant* known = FindNamedVariant(variant);
    if (known != nullptr) {
      gene = known->gene;
      AddGene(reading, gene);
    }
    if (!gene.empty() && !gene.starts_with("HLA-"))
      AddOnce(reading.order.variants[std::string(gene)], variant);
  }
}

bool Has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Only words about genes turn a gene's name, or that of an enzyme, into a genotyping.
void ReadWords(std::string_view text, Reading& reading) {
  const std::string plain = PlainText(text);
  TestOrder& order = reading.order;
  ReadSymbols(text, reading);
  ReadVariants(text, reading);
  if (Has(plain, "dpd-genotyp") || Has(plain, "dpd genotyp")) AddGene(reading, "DPYD");
  if (Has(plain, "farmakogenet") || Has(plain, "pharmacogen") || Has(plain, "pgx")) {
    if (Has(plain, "panel") || Has(plain, "genotyp") || order.genes.empty()) {
      for (const std::string_view gene : {"CYP2C19", "CYP2C9", "CYP2D6", "CYP3A5", "DPYD", "NUDT15",
                                          "SLCO1B1", "TPMT", "UGT1A1", "VKORC1"}) {
        AddGene(reading, gene);
      }
    }
  }
  const bool level = Has(plain, "koncentration") || Has(plain, "concentration") ||
                     Has(plain, "plasma") || Has(plain, "serum") || Has(plain, "s-") ||
                     Has(plain, "p-");
  if (!level || !order.genes.empty()) return;
  // The longest name wins: escitalopram is no citalopram.
  size_t longest = 0;
  const auto look_for = [&](std::string_view drug) {
    std::string stem(drug.substr(0, drug.size() - 1));
    bool named = Has(plain, stem);
    // Swedish: klozapin, klomipramin, kvetiapin.
    if (stem.front() == 'c') stem.front() = 'k';
    if (stem.starts_with("que")) stem.replace(0, 2, "kv");
    named = named || Has(plain, stem);
    if (!named || stem.size() <= longest) return;
    longest = stem.size();
    order.concentration_of = drug;
  };
  for (const Concentration& known : kConcentrations) look_for(known.drug);
  for (const std::string_view drug : kMoreConcentrations) look_for(drug);
}

void ReadConcept(const Json* concept_json, Reading& reading) {
  if (concept_json == nullptr) return;
  for (const Json& coding : fhir::FindArray(*concept_json, "coding")) {
    const std::string_view code = fhir::FindText(coding, "code");
    ReadCode(code, reading);
    if (const TestCode* test = FindTest(fhir::FindText(coding, "system"), code))
      AddTest(reading, *test);
    ReadWords(code, reading);
    ReadWords(fhir::FindText(coding, "display"), reading);
    if (reading.order.name.empty()) reading.order.name = fhir::FindText(coding, "display");
  }
  const std::string_view text = fhir::FindText(*concept_json, "text");
  ReadWords(text, reading);
  if (!text.empty()) reading.order.name = text;
}

}  // namespace

TestOrder ReadTestOrder(const Json& resource) {
  Reading reading;
  TestOrder& order = reading.order;
  if (const auto id = fhir::FindText(resource, "id"); !id.empty())
    order.reference = "ServiceRequest/" + std::string(id);
  order.status = fhir::FindText(resource, "status");
  if (const Json* subject = fhir::Find(resource, "subject"))
    order.subject = fhir::FindText(*subject, "reference");
  ReadConcept(fhir::Find(resource, "code"), reading);
  for (const Json& detail : fhir::FindArray(resource, "orderDetail")) ReadConcept(&detail, reading);
  // An enzyme's activity is another question than its gene.
  if (Has(PlainText(order.name), "aktivitet") || Has(PlainText(order.name), "activity"))
    order.genes.clear();
  for (const std::string& gene : reading.whole) order.alleles.erase(gene);
  return std::move(reading.order);
}

}  // namespace genflik::mapping
