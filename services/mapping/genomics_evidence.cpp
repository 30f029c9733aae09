#include "services/mapping/genomics_evidence.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/mapping/genomics_alleles.h"
#include "services/mapping/genomics_copies.h"
#include "services/mapping/genomics_elements.h"
#include "services/mapping/genomics_text.h"
#include "services/mapping/genomics_variants.h"
namespace genflik::mapping {
namespace {

using fhir::IssueLog;
using fhir::IssueType;
using rules::CallStatus;
using rules::GeneResult;

void AddNoCall(GeneResult result, std::vector<GeneResult>& results) {
  result.status = CallStatus::kNoCall;
  results.push_back(std::move(result));
}

void AddPhenotype(const Evidence& evidence, GeneResult result, IssueLog& log,
                  std::vector<GeneResult>& results) {
  std::string_view phenotype = PhenotypeOfAnswer(AnswerOf(*evidence.value));
  for (const std::string& text : TextsOf(*evidence.value)) {
    if (result.reported_text.empty()) result.reported_text = text;
    if (phenotype.empty()) phenotype = PhenotypeOfWords(text).value_or("");
  }
  if (phenotype.empty()) {
    if (ReadPresence(*evidence.value) == Presence::kNoCall) {
      AddNoCall(std::move(result), results);
      return;
    }
    log.Warn(IssueType::kCodeInvalid, "the phenotype of " + evidence.gene +
                                          " is not understood; kept, but not interpretable");
    if (result.reported_text.empty()) return;
    // The knowledge may know the word; if not, it stands as an answer that could not be read.
    result.reported_phenotype = result.reported_text;
    results.push_back(std::move(result));
    return;
  }
  result.reported_phenotype = std::string(phenotype);
  results.push_back(std::move(result));
}

/// A gene that the value names although it could not be read.
std::string GeneNamedIn(const std::vector<std::string>& texts, const std::string& gene) {
  for (const std::string& text : texts) {
    std::string rest = text;
    std::string named = TakeGenePrefix(rest, gene);
    if (!named.empty()) return named;
  }
  return "";
}

void ReportContradiction(const std::string& gene, const std::string& named, IssueLog& log) {
  log.Warn(IssueType::kBusinessRule, "the gene studied is " + gene + " but the value speaks of " +
                                         named + "; kept, but not used as a result");
}

/// What was looked for and not found was looked for.
void CoverAbsent(GeneResult& result) {
  if (result.absent.empty() || result.coverage.known) return;
  result.coverage.known = true;
  result.coverage.alleles = result.absent;
}

void AddGenotype(const Evidence& evidence, GeneResult common, IssueLog& log,
                 std::vector<GeneResult>& results) {
  std::vector<std::string> texts = TextsOf(*evidence.value);
  if (!evidence.text.empty()) texts = {evidence.text};
  if (!texts.empty()) common.reported_text = texts.front();
  std::vector<GenotypeText> read = ReadGenotypeTexts(texts, evidence.gene);
  if (read.empty()) {
    const std::string named = GeneNamedIn(texts, evidence.gene);
    common.gene = evidence.gene.empty() ? named : evidence.gene;
    if (!named.empty() && !evidence.gene.empty() && named != evidence.gene) {
      ReportContradiction(evidence.gene, named, log);
    } else if (common.gene.empty()) {
      log.Warn(IssueType::kRequired, "a genotype without a gene; kept, but not used as a result");
    } else if (texts.empty() || fhir::Find(*evidence.value, "dataAbsentReason") != nullptr) {
      AddNoCall(std::move(common), results);
    } else if (SaysBases(*evidence.value) &&
               (!evidence.variant_names.empty() || !RsNumberIn(common.reported_text).empty())) {
      return;  // one variant of the gene: read with the others (ReadVariantFindings)
    } else {
      log.Warn(IssueType::kValue,
               "the genotype of " + common.gene + " cannot be read; kept, but not interpretable");
      common.diplotypes = {common.reported_text};
      results.push_back(std::move(common));
    }
    return;
  }
  const bool speaks_of_it =
      evidence.gene.empty() || std::any_of(read.begin(), read.end(), [&](const GenotypeText& one) {
        return one.gene.empty() || one.gene == evidence.gene;
      });
  if (!speaks_of_it) {
    ReportContradiction(evidence.gene, read.front().gene, log);
    return;
  }
  for (GenotypeText& one : read) {
    GeneResult result = common;
    result.gene = one.gene.empty() ? evidence.gene : one.gene;
    if (result.gene.empty()) {
      log.Warn(IssueType::kRequired, "a genotype without a gene; kept, but not used as a result");
      continue;
    }
    result.status = one.status;
    result.diplotypes = std::move(one.diplotypes);
    result.haplotypes = std::move(one.haplotypes);
    result.absent = std::move(one.absent);
    CoverAbsent(result);
    result.reported_phenotype = std::move(one.phenotype);
    result.reported_activity_score = one.activity_score;
    if (evidence.copies && !result.diplotypes.empty() && read.size() == 1 &&
        !ApplyCopyNumber(*evidence.copies, result)) {
      log.Warn(IssueType::kBusinessRule,
               "the genotype of " + result.gene +
                   " does not go with the copy number; kept, but not used as a result");
      continue;
    }
    results.push_back(std::move(result));
  }
}

void AddHaplotype(const Evidence& evidence, GeneResult common, IssueLog& log,
                  std::vector<GeneResult>& results) {
  const std::vector<std::string> texts = TextsOf(*evidence.value);
  if (!texts.empty()) common.reported_text = texts.front();
  std::string gene = evidence.gene;
  std::optional<std::string> allele;
  for (const std::string& text : texts) {
    std::string rest = text;
    const std::string named = TakeGenePrefix(rest, gene);
    if (gene.empty()) gene = named;
    if (!named.empty() && named != gene) {
      ReportContradiction(gene, named, log);
      return;
    }
    if (!allele) allele = ReadAllele(text, gene);
  }
  if (gene.empty()) {
    log.Warn(IssueType::kRequired, "a haplotype without a gene; kept, but not used as a result");
    return;
  }
  if (!allele) {
    log.Warn(IssueType::kValue,
             "the haplotype of " + gene + " cannot be read; kept, but not used as a result");
    return;
  }
  common.gene = gene;
  common.haplotypes = {*allele};
  results.push_back(std::move(common));
}

/// "Present" with the reference base is the wild type, not the variant.
bool IsWildType(const Evidence& evidence) {
  return (!evidence.ref.empty() && evidence.ref == evidence.alt) || evidence.hgvs.ends_with('=');
}

/// The bases of a single-variant gene, from zygosity and the two alleles.
std::string SingleVariantGenotype(const Evidence& evidence, const SingleVariant& single,
                                  Presence presence) {
  std::string bases;
  if (presence == Presence::kAbsent || IsWildType(evidence)) {
    bases = std::string(2, single.reference);
  } else if (evidence.allelic_state == "LA6705-3") {
    bases = std::string(2, single.variant);
  } else if (evidence.allelic_state == "LA6706-1") {
    bases = {single.reference, single.variant};
  } else {
    return "";
  }
  return std::string(single.rs) + " " + bases[0] + "/" + bases[1];
}

std::optional<std::string> AlleleOfVariant(const Evidence& evidence) {
  std::vector<std::string> names = evidence.variant_names;
  if (!evidence.hgvs.empty()) names.insert(names.begin(), evidence.hgvs);
  for (const std::string& name : names) {
    auto hgvs = ReadAllele(name, evidence.gene);
    if (const auto* known = FindNamedVariant(evidence.gene, hgvs.value_or(name))) {
      return std::string(known->allele);
    }
    if (hgvs) return hgvs;
  }
  return std::nullopt;
}

bool NamesAllelesByVariant(const std::string& gene) {
  return gene == "DPYD" || gene == "RYR1" || gene == "CACNA1S" || gene == "CFTR" ||
         gene == "MT-RNR1" || gene.starts_with("HLA-");
}

/// One variant is a result of its own only where alleles are single variants; star alleles follow
/// from all positions together.
void AddVariant(const Evidence& evidence, GeneResult result, IssueLog& log,
                std::vector<GeneResult>& results) {
  const Presence presence = ReadPresence(*evidence.value);
  const SingleVariant* single = FindSingleVariant(evidence.gene);
  const std::optional<std::string> allele = AlleleOfVariant(evidence);
  const bool is_single =
      single != nullptr && std::find(evidence.variant_names.begin(), evidence.variant_names.end(),
                                     single->rs) != evidence.variant_names.end();
  if (!is_single && !(NamesAllelesByVariant(evidence.gene) && allele)) return;
  // Bases are read with all variants of the gene (ReadVariantFindings).
  if (presence == Presence::kUnknown && SaysBases(*evidence.value)) return;
  const std::string name = is_single ? std::string(single->rs) : *allele;
  result.reported_text = name;
  for (const std::string& text : TextsOf(*evidence.value)) {
    result.reported_text += " " + text;
    break;
  }
  if (presence == Presence::kNoCall || presence == Presence::kUnknown) {
    if (presence == Presence::kUnknown) {
      log.Warn(IssueType::kValue, "whether " + name + " of " + evidence.gene +
                                      " is present is not understood; kept as no answer");
    }
    AddNoCall(std::move(result), results);
    return;
  }
  if (is_single) {
    std::string genotype = SingleVariantGenotype(evidence, *single, presence);
    if (genotype.empty()) {
      log.Warn(IssueType::kRequired, name + " of " + evidence.gene +
                                         " is present on an unknown number of copies; not used "
                                         "as a result");
      return;
    }
    result.diplotypes = {std::move(genotype)};
  } else if (presence == Presence::kAbsent || IsWildType(evidence)) {
    result.absent = {name};
  } else {
    result.haplotypes = {name};
    if (evidence.allelic_state == "LA6705-3") result.haplotypes.push_back(name);
  }
  result.coverage.known = true;
  result.coverage.alleles = {name};
  results.push_back(std::move(result));
}

void AddAllelePresence(const Evidence& evidence, GeneResult result, IssueLog& log,
                       std::vector<GeneResult>& results) {
  const std::string allele(evidence.test->allele);
  const auto texts = TextsOf(*evidence.value);
  if (!texts.empty()) result.reported_text = texts.front();
  switch (ReadPresence(*evidence.value)) {
    case Presence::kPresent:
      result.haplotypes = {allele};
      break;
    case Presence::kAbsent:
      result.absent = {allele};
      break;
    case Presence::kNoCall:
      result.status = CallStatus::kNoCall;
      break;
    case Presence::kUnknown:
      log.Warn(IssueType::kValue, "whether " + evidence.gene + allele +
                                      " is present is not understood; kept, but not used as a "
                                      "result");
      return;
  }
  result.coverage.known = true;
  result.coverage.alleles = {allele};
  results.push_back(std::move(result));
}

}  // namespace

void AddEvidence(const Evidence& evidence, const GeneResult& common, IssueLog& log,
                 std::vector<GeneResult>& results) {
  GeneResult result = common;
  result.gene = evidence.gene;
  switch (evidence.test->kind) {
    case TestKind::kGenotype:
      AddGenotype(evidence, result, log, results);
      return;
    case TestKind::kHaplotype:
      AddHaplotype(evidence, result, log, results);
      return;
    default:
      break;
  }
  // An rs number tells the gene (ReadVariantFindings).
  const bool named = !evidence.variant_names.empty() || !evidence.hgvs.empty();
  if (evidence.gene.empty() && evidence.test->kind == TestKind::kVariant && named) return;
  if (evidence.gene.empty()) {
    log.Warn(IssueType::kRequired,
             "a genetic result without a gene; kept, but not used as a result");
    return;
  }
  switch (evidence.test->kind) {
    case TestKind::kVariant:
      AddVariant(evidence, result, log, results);
      return;
    case TestKind::kPhenotype:
      AddPhenotype(evidence, result, log, results);
      return;
    default:
      AddAllelePresence(evidence, result, log, results);
      return;
  }
}

}  // namespace genflik::mapping
