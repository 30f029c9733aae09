#include "rules/phenotyper.h"

#include <algorithm>
#include <array>
#include <utility>

#include "rules/diplotype.h"
#include "rules/haplotype_meaning.h"
#include "rules/notation.h"
#include "rules/presence.h"
#include "rules/reading_list.h"
#include "rules/reported_phenotype.h"
#include "rules/unknown_strand.h"
#include "rules/variant_genotype.h"

namespace genflik::rules {
namespace {

bool SameMeaning(const Interpretation& a, const Interpretation& b) {
  return a.phenotype == b.phenotype && a.score == b.score && a.statuses == b.statuses;
}

// Called once all candidates are in.
void SetStatus(GeneInterpretation& result) {
  if (result.candidates.empty()) {
    result.status = InterpretationStatus::kNotInterpretable;
    return;
  }
  const Interpretation& first = result.candidates.front();
  const bool same = std::ranges::all_of(
      result.candidates, [&](const Interpretation& other) { return SameMeaning(first, other); });
  // That an allele's function is uncertain explains an indeterminate reading and opens no other.
  const bool open = std::ranges::any_of(
      result.reasons, [](const Reason& reason) { return reason.code != "uncertain-function"; });
  result.status =
      same && !open ? InterpretationStatus::kInterpreted : InterpretationStatus::kAmbiguous;
}

using Meanings = std::vector<HaplotypeMeaning>;

std::vector<std::string> FunctionsOf(const Meanings& meanings) {
  std::vector<std::string> functions;
  for (const HaplotypeMeaning& meaning : meanings) functions.push_back(meaning.function);
  return functions;
}

// A gene that is scored: the sum of both strands.
void ReadScored(const Gene& gene, const std::string& text, const Meanings& meanings,
                GeneInterpretation& result) {
  ActivityScore sum = *meanings[0].value;
  if (meanings.size() > 1) sum = sum + *meanings[1].value;
  for (Interpretation& reading : ReadScore(gene, sum)) {
    reading.diplotype = text;
    reading.functions = FunctionsOf(meanings);
    AddCandidate(result, std::move(reading));
  }
}

void ReadFunctions(const Gene& gene, const std::string& text, const Meanings& meanings,
                   GeneInterpretation& result) {
  std::string phenotype;
  if (meanings.size() == 1) {
    const auto found = std::ranges::find(gene.singles, meanings[0].function,
                                         &std::pair<std::string, std::string>::first);
    if (found != gene.singles.end()) phenotype = found->second;
  } else if (gene.method == DerivationMethod::kMitochondrial) {
    // A mixture of two haplotypes is read as the worse of them being present.
    for (const auto& [function, single] : gene.singles) {
      if (function != meanings[0].function && function != meanings[1].function) continue;
      phenotype = single;
      break;
    }
  } else {
    phenotype = gene.PairResult(meanings[0].function, meanings[1].function);
  }
  if (phenotype.empty()) {
    AddReason(result.reasons, MakeReason(gene, "no-rule", text));
    return;
  }
  AddCandidate(result,
               {.diplotype = text, .phenotype = phenotype, .functions = FunctionsOf(meanings)});
}

void ReadMeanings(const Gene& gene, const std::string& text, const Meanings& meanings,
                  GeneInterpretation& result) {
  if (std::ranges::any_of(
          meanings, [](const HaplotypeMeaning& meaning) { return meaning.unknown.has_value(); })) {
    ReadUnknown(gene, text, meanings, result);
  } else if (gene.scores.empty()) {
    ReadFunctions(gene, text, meanings, result);
  } else {
    ReadScored(gene, text, meanings, result);
  }
}

void AddSyntaxReason(const Gene& gene, std::string_view text, GeneInterpretation& result) {
  const std::string detail(text.substr(0, 80));
  const DiplotypeReading alone = ReadHaplotype(gene, text);
  const bool one = alone.problems.empty() && !alone.alternatives.empty();
  AddReason(result.reasons, MakeReason(gene, one ? "one-allele" : "syntax", detail));
}

bool CountsUnphased(const Gene& gene) {
  return gene.method == DerivationMethod::kLowestFunction ||
         gene.method == DerivationMethod::kAnyVariant;
}

bool HasOneCopy(const Gene& gene) {
  return gene.method == DerivationMethod::kMitochondrial ||
         gene.method == DerivationMethod::kXLinked;
}

void ReadUnphased(const Gene& gene, const std::vector<std::string>& found,
                  GeneInterpretation& result);
void ReadDiplotypeText(const Gene& gene, std::string_view text, GeneInterpretation& result);
void ReadPhenotype(const Gene& gene, const std::string& reported, GeneInterpretation& result);

// What may lie elsewhere is not known: a variant that was found counts all the same, but nothing
// found says nothing.
void AddPositionsReason(const Gene& gene, const VariantGenotype& genotype,
                        GeneInterpretation& result) {
  std::string looked_at;
  for (const std::string& rsid : genotype.positions) {
    looked_at += (looked_at.empty() ? "" : ", ") + rsid;
  }
  AddReason(result.reasons, MakeReason(gene, "positions-only", looked_at));
}

void ReadPositions(const Gene& gene, const VariantGenotype& genotype, GeneInterpretation& result) {
  if (!genotype.unreadable.empty()) {
    AddReason(result.reasons, MakeReason(gene, "bases", genotype.unreadable));
  }
  const std::vector<std::string>& found = genotype.found;
  const bool one_strand = HasOneCopy(gene) && !found.empty();
  const bool both_strands = found.size() == 2 && found[0] == found[1];
  if (!genotype.covers_panel && !one_strand && !both_strands) {
    AddPositionsReason(gene, genotype, result);
  }
  if (found.empty() && !genotype.covers_panel) return;
  if (CountsUnphased(gene) && !(genotype.one_copy && found.empty())) {
    ReadUnphased(gene, found.empty() ? std::vector<std::string>{gene.wild_type} : found, result);
    return;
  }
  if (genotype.one_copy && !HasOneCopy(gene)) {
    AddReason(result.reasons, MakeReason(gene, "one-allele", genotype.positions.front()));
    return;
  }
  if (gene.method == DerivationMethod::kMitochondrial || genotype.one_copy) {
    const std::vector<std::string> names =
        found.empty() ? std::vector<std::string>{gene.wild_type} : found;
    for (const std::string& name : names) ReadDiplotypeText(gene, name, result);
    return;
  }
  if (found.size() > 2) {
    AddReason(result.reasons, MakeReason(gene, "no-rule", std::to_string(found.size())));
    return;
  }
  if (found.size() == 2) {
    // Two variants may lie on one strand (TPMT *3A) or on both; the usual way comes first.
    if (const Allele* together = gene.FindAllele(found[0] + "+" + found[1]); together != nullptr) {
      ReadDiplotypeText(gene, gene.wild_type + "/" + together->name, result);
    }
    ReadDiplotypeText(gene, found[0] + "/" + found[1], result);
    return;
  }
  ReadDiplotypeText(gene, gene.wild_type + "/" + (found.empty() ? gene.wild_type : found[0]),
                    result);
}

// A risk variant named alone ("*2A") holds back, although nobody said what the other copy carries;
// an ordinary one named alone says nothing.
bool ReadOneRiskAllele(const Gene& gene, std::string_view text, GeneInterpretation& result) {
  if (!ReadDiplotype(gene, text).alternatives.empty()) return false;
  const DiplotypeReading alone = ReadHaplotype(gene, text);
  if (!alone.problems.empty() || alone.alternatives.empty()) return false;
  GeneInterpretation reading;
  ReadUnphased(gene, {std::string(text)}, reading);
  const GeneInterpretation wild = InterpretDiplotype(gene, gene.wild_type + "/" + gene.wild_type);
  if (!reading.usable() || !wild.usable() ||
      reading.candidates[0].phenotype == wild.candidates[0].phenotype) {
    return false;
  }
  for (Interpretation& one : reading.candidates) AddCandidate(result, std::move(one));
  AddReason(result.reasons, MakeReason(gene, "one-found", Print(alone.alternatives[0])));
  return true;
}

void ReadText(const Gene& gene, std::string_view text, GeneInterpretation& result) {
  if (gene.method == DerivationMethod::kAllelePresence) {
    ReadPresence(gene, {std::string(text)}, {}, result);
    return;
  }
  if (const auto genotype = ReadVariantGenotype(gene, text)) {
    ReadPositions(gene, *genotype, result);
    return;
  }
  if (!gene.scores.empty()) {
    if (const auto score = ReadScoreText(text)) {
      for (Interpretation& reading : ReadScore(gene, *score)) {
        AddCandidate(result, std::move(reading));
      }
      return;
    }
  }
  // A laboratory that has no genotype to give writes the phenotype in its place.
  const bool may_be_words = text.find_first_of("*>") == std::string_view::npos;
  if (may_be_words && !KnownPhenotype(gene, text).empty()) {
    ReadPhenotype(gene, std::string(text), result);
    return;
  }
  if (CountsUnphased(gene) && ReadOneRiskAllele(gene, text, result)) return;
  ReadDiplotypeText(gene, text, result);
}

void ReadDiplotypeText(const Gene& gene, std::string_view text, GeneInterpretation& result) {
  const DiplotypeReading reading = ReadDiplotype(gene, text);
  if (reading.alternatives.empty()) {
    AddSyntaxReason(gene, text, result);
    return;
  }
  for (const Diplotype& diplotype : reading.alternatives) {
    Meanings meanings;
    for (const Haplotype& haplotype : diplotype.haplotypes) {
      meanings.push_back(MeaningOf(gene, haplotype));
    }
    ReadMeanings(gene, Print(diplotype), meanings, result);
    if (result.candidates.empty() || result.candidates.back().phenotype != "Indeterminate")
      continue;
    std::vector<std::string> alleles;
    for (const Haplotype& haplotype : diplotype.haplotypes) {
      for (const AlleleUnit& unit : haplotype.units) alleles.push_back(unit.name);
    }
    ExplainIndeterminate(gene, alleles, result);
  }
}

// Alleles found where phase is unknown, markers of one haplotype counted once.
std::vector<std::string> UnphasedAlleles(const Gene& gene, const std::vector<std::string>& found,
                                         GeneInterpretation& result) {
  std::vector<std::string> names;
  for (const std::string& text : found) {
    const DiplotypeReading reading = ReadHaplotype(gene, text);
    if (reading.alternatives.empty()) {
      // A finding that cannot be read counts as one of unknown effect and never as none.
      if (Trim(text).empty()) {
        AddSyntaxReason(gene, text, result);
      } else {
        names.push_back(text.substr(0, 80));
      }
      continue;
    }
    for (const AlleleUnit& unit : reading.alternatives[0].haplotypes[0].units) {
      names.push_back(unit.name);
    }
  }
  for (const std::vector<std::string>& group : gene.linked) {
    std::ptrdiff_t most = 0;
    std::string kept;
    for (const std::string& name : group) {
      const std::ptrdiff_t count = std::ranges::count(names, name);
      if (count >= most && count > 0) kept = name;
      most = std::max(most, count);
    }
    if (most == 0) continue;
    std::erase_if(names, [&](const std::string& name) {
      return std::ranges::find(group, name) != group.end();
    });
    names.insert(names.end(), static_cast<size_t>(most), kept);
  }
  return names;
}

// The strand that is not named carries nothing that was looked for and found.
void FillWithReference(const Gene& gene, std::vector<std::string>& names) {
  const std::string reference = gene.wild_type;
  if (names.size() > 1) std::erase(names, reference);
  while (names.size() < 2) names.insert(names.begin(), reference);
}

// DPYD and RYR1: the two alleles that matter most decide, and any that is unknown leaves it open.
void ReadUnphased(const Gene& gene, const std::vector<std::string>& found,
                  GeneInterpretation& result) {
  std::vector<std::string> names = UnphasedAlleles(gene, found, result);
  if (names.empty()) return;
  FillWithReference(gene, names);
  struct Scored {
    std::string name;
    HaplotypeMeaning meaning;
    std::ptrdiff_t rank = 0;
  };
  std::vector<Scored> scored;
  for (const std::string& name : names) {
    Haplotype haplotype;
    haplotype.units.push_back({name, 1, false});
    Scored entry{name, MeaningOf(gene, haplotype), 0};
    if (entry.meaning.value && entry.meaning.value->known()) {
      entry.rank = entry.meaning.value->thousandths();
    } else if (!entry.meaning.unknown) {
      const std::string_view pair = gene.PairResult(entry.meaning.function, entry.meaning.function);
      entry.rank = std::ranges::find(gene.terms, pair, &PhenotypeTerm::code) - gene.terms.begin();
    }
    scored.push_back(std::move(entry));
  }
  // Unknown alleles go last only when the first one decides alone; ReadUnknown sees to that.
  std::ranges::stable_sort(scored, [](const Scored& a, const Scored& b) {
    if (a.meaning.unknown.has_value() != b.meaning.unknown.has_value()) {
      return a.meaning.unknown.has_value() < b.meaning.unknown.has_value();
    }
    return a.rank < b.rank;
  });
  Meanings meanings = {scored[0].meaning, scored[1].meaning};
  if (scored.back().meaning.unknown) {
    meanings[1] = scored.back().meaning;
    // The two lowest decide, so the unknown one counts for no more than the next known.
    if (!scored[1].meaning.unknown) meanings[1].at_most = scored[1].meaning.value;
  }
  const DiplotypeReading reading = ReadDiplotype(gene, scored[1].name + "/" + scored[0].name);
  const std::string text = reading.alternatives.empty() ? scored[0].name + "/" + scored[1].name
                                                        : Print(reading.alternatives[0]);
  ReadMeanings(gene, text, meanings, result);
}

// One allele, of which only the laboratory's words may tell whether it lies on one strand.
void ReadOneFound(const Gene& gene, const GeneResult& reported, GeneInterpretation& result) {
  const std::string& found = reported.haplotypes[0];
  const bool heterozygous =
      LowerAscii(reported.reported_text).find("heterozyg") != std::string::npos;
  if (const auto genotype = ReadVariantGenotype(gene, reported.reported_text)) {
    ReadPositions(gene, *genotype, result);
  } else if (heterozygous && !HasOneCopy(gene) && !gene.wild_type.empty()) {
    ReadText(gene, gene.wild_type + "/" + found, result);
    AddReason(result.reasons, MakeReason(gene, "other-allele", found));
  } else {
    ReadText(gene, found, result);
  }
}

void ReadHaplotypes(const Gene& gene, const GeneResult& reported, GeneInterpretation& result) {
  const std::vector<std::string>& found = reported.haplotypes;
  if (CountsUnphased(gene)) {
    ReadUnphased(gene, found, result);
  } else if (found.size() == 2) {
    ReadText(gene, found[0] + "/" + found[1], result);
  } else if (found.size() == 1) {
    ReadOneFound(gene, reported, result);
  } else {
    AddReason(result.reasons, MakeReason(gene, "no-rule", std::to_string(found.size())));
  }
}

// Guidelines look scored genes up by score; a phenotype alone leaves every score of its class open.
void ReadPhenotype(const Gene& gene, const std::string& reported, GeneInterpretation& result) {
  if (!gene.scores.empty()) {
    if (const auto score = ReadScoreText(reported)) {
      for (Interpretation& reading : ReadScore(gene, *score)) {
        AddCandidate(result, std::move(reading));
      }
      return;
    }
  }
  const std::string phenotype = KnownPhenotype(gene, reported);
  if (phenotype.empty()) {
    const bool none = SaysNoPhenotype(reported);
    AddReason(result.reasons,
              MakeReason(gene, none ? "no-phenotype" : "unknown-phenotype", reported));
    return;
  }
  for (const std::string& value : gene.score_values) {
    const std::optional<ActivityScore> score = ActivityScore::Parse(value);
    if (!score || gene.ScorePhenotype(*score) != phenotype) continue;
    AddCandidate(result, {.phenotype = phenotype, .score = score, .score_assumed = true});
  }
  if (gene.score_values.empty()) AddCandidate(result, {.phenotype = phenotype});
}

void ReadReported(const Gene& gene, const GeneResult& reported, GeneInterpretation& result) {
  if (reported.reported_activity_score && !gene.scores.empty()) {
    const ActivityScore score = ActivityScore::FromNumber(*reported.reported_activity_score);
    for (Interpretation& reading : ReadScore(gene, score)) AddCandidate(result, std::move(reading));
  } else if (reported.reported_phenotype) {
    ReadPhenotype(gene, *reported.reported_phenotype, result);
  } else {
    AddReason(result.reasons, MakeReason(gene, "no-allele", ""));
  }
}

bool AbsentMeansReference(const Gene& gene, const GeneResult& result) {
  if (gene.method != DerivationMethod::kSingleVariant || result.absent.empty()) return false;
  return std::ranges::any_of(result.absent, [&](const std::string& name) {
    const Allele* allele = gene.FindAllele(name);
    return allele != nullptr && allele->name != gene.wild_type;
  });
}

void ReadGenotype(const Gene& gene, const GeneResult& reported, GeneInterpretation& result) {
  if (gene.method == DerivationMethod::kAllelePresence) {
    std::vector<std::string> found = reported.diplotypes;
    for (const std::string& allele : reported.haplotypes) {
      // The alleles of a pair are often told once more, one by one.
      const bool told = std::ranges::any_of(reported.diplotypes, [&](const std::string& pair) {
        return pair.starts_with(allele + "/") || pair.ends_with("/" + allele);
      });
      if (!told) found.push_back(allele);
    }
    if (found.empty() && reported.reported_phenotype) found.push_back(*reported.reported_phenotype);
    ReadPresence(gene, found, reported.absent, result);
  } else if (!reported.diplotypes.empty()) {
    for (const std::string& text : reported.diplotypes) ReadText(gene, text, result);
  } else if (!reported.haplotypes.empty()) {
    ReadHaplotypes(gene, reported, result);
  } else if (AbsentMeansReference(gene, reported)) {
    ReadText(gene, gene.wild_type + "/" + gene.wild_type, result);
  } else {
    ReadReported(gene, reported, result);
  }
}

}  // namespace

std::string_view CodeOf(InterpretationStatus status) {
  constexpr std::array<std::string_view, 6> kCodes = {
      "interpreted", "ambiguous", "conflict", "not-interpretable", "no-call", "not-tested"};
  return kCodes.at(static_cast<size_t>(status));
}

std::vector<Interpretation> ReadScore(const Gene& gene, const ActivityScore& score) {
  std::vector<Interpretation> readings;
  const std::string_view phenotype = gene.ScorePhenotype(score);
  if (!phenotype.empty()) {
    readings.push_back({.phenotype = std::string(phenotype), .score = score});
  }
  if (!score.at_least()) return readings;
  for (const ScoreRange& range : gene.scores) {
    if (range.min <= score.thousandths() || range.phenotype == phenotype) continue;
    readings.push_back({.phenotype = range.phenotype, .score = score});
  }
  return readings;
}

GeneInterpretation Interpret(const Gene& gene, const GeneResult& result) {
  GeneInterpretation interpretation;
  interpretation.gene = gene.symbol;
  if (result.status == CallStatus::kNotTested) {
    interpretation.reasons.push_back(MakeReason(gene, "not-tested", ""));
    return interpretation;
  }
  if (result.status == CallStatus::kNoCall) {
    interpretation.status = InterpretationStatus::kNoCall;
    interpretation.reasons.push_back(MakeReason(gene, "no-call", ""));
    return interpretation;
  }
  ReadGenotype(gene, result, interpretation);
  SetStatus(interpretation);
  return interpretation;
}

GeneInterpretation InterpretDiplotype(const Gene& gene, std::string_view diplotype) {
  GeneResult result;
  result.gene = gene.symbol;
  result.diplotypes.emplace_back(diplotype);
  return Interpret(gene, result);
}

}  // namespace genflik::rules
