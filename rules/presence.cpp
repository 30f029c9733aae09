#include "rules/presence.h"

#include <algorithm>
#include <map>
#include <utility>

#include "rules/diplotype.h"
#include "rules/haplotype_meaning.h"
#include "rules/notation.h"
#include "rules/variant_genotype.h"

namespace genflik::rules {
namespace {

// Risk allele -> carried or not; an allele that nobody looked at is missing.
using Known = std::map<std::string, bool>;

bool CountsAs(const std::vector<std::string>& members, const std::string& name) {
  return std::ranges::find(members, name) != members.end();
}

// "*57:01 positive", "HLA-B*57:01 negative", "*57:01 present".
bool ReadStatus(const Gene& gene, std::string_view text, Known& known) {
  const std::string folded = LowerAscii(Trim(text));
  const auto ends = [&](std::string_view word) {
    return folded.size() > word.size() && folded.ends_with(word);
  };
  bool carried = false;
  size_t cut = 0;
  for (const std::string_view word : {" positive", " present", " detected"}) {
    if (!ends(word)) continue;
    carried = true;
    cut = word.size();
  }
  for (const std::string_view word : {" negative", " absent", " not detected", " not present"}) {
    if (!ends(word)) continue;
    carried = false;
    cut = word.size();
  }
  if (cut == 0) return false;
  const std::string_view name = Trim(Trim(text).substr(0, folded.size() - cut));
  const DiplotypeReading reading = ReadHaplotype(gene, name);
  if (reading.alternatives.empty()) return false;
  const std::string allele = Print(reading.alternatives[0]);
  for (const auto& [risk, members] : gene.presence) {
    if (risk != allele) continue;
    known[risk] = known.contains(risk) ? known[risk] || carried : carried;
    return true;
  }
  return false;
}

void ReadAlleles(const Gene& gene, const Diplotype& diplotype, Known& known) {
  std::vector<std::string> names;
  for (const Haplotype& haplotype : diplotype.haplotypes) {
    for (const AlleleUnit& unit : haplotype.units) names.push_back(unit.name);
  }
  for (const auto& [risk, members] : gene.presence) {
    const bool carried = std::ranges::any_of(
        names,
        [&, &counted = members](const std::string& name) { return CountsAs(counted, name); });
    // Only two alleles typed in full rule out the others.
    if (carried || names.size() == 2)
      known[risk] = known.contains(risk) ? known[risk] || carried : carried;
  }
}

bool ReadFound(const Gene& gene, const std::string& text, Known& known, std::string& diplotype,
               std::vector<Reason>& reasons) {
  if (ReadStatus(gene, text, known)) return true;
  if (const auto genotype = ReadVariantGenotype(gene, text)) {
    if (!genotype->unreadable.empty() || !genotype->covers_panel) {
      reasons.push_back(MakeReason(gene, "bases", text.substr(0, 80)));
      return false;
    }
    std::vector<std::string> names = genotype->found;
    while (names.size() < 2) names.insert(names.begin(), gene.wild_type);
    return ReadFound(gene, names[0] + "/" + names[1], known, diplotype, reasons);
  }
  const DiplotypeReading reading = ReadDiplotype(gene, text);
  if (reading.alternatives.empty()) {
    reasons.push_back(MakeReason(gene, "syntax", text.substr(0, 80)));
    return false;
  }
  const std::string printed = Print(reading.alternatives[0]);
  if (!diplotype.empty()) diplotype += ", ";
  diplotype += printed;
  if (!reading.problems.empty()) {
    reasons.push_back(MakeReason(gene, "unknown-allele", reading.problems[0].what));
    // What can be recognised still counts as carried.
    Diplotype recognised = reading.alternatives[0];
    std::erase_if(recognised.haplotypes, [&](const Haplotype& haplotype) {
      return haplotype.units.size() == 1 && haplotype.units[0].name == reading.problems[0].what;
    });
    if (recognised.haplotypes.size() < 2) ReadAlleles(gene, recognised, known);
    return false;
  }
  ReadAlleles(gene, reading.alternatives[0], known);
  return true;
}

void ReadAbsent(const Gene& gene, const std::vector<std::string>& absent, Known& known) {
  for (const std::string& text : absent) {
    const DiplotypeReading reading = ReadHaplotype(gene, text);
    if (reading.alternatives.empty()) continue;
    const std::string name = Print(reading.alternatives[0]);
    for (const auto& [risk, members] : gene.presence) {
      if (risk == name) known.emplace(risk, false);
    }
  }
}

}  // namespace

void ReadPresence(const Gene& gene, const std::vector<std::string>& found,
                  const std::vector<std::string>& absent, GeneInterpretation& result) {
  Known known;
  std::string diplotype;
  std::vector<Reason> reasons;
  // Alleles listed one by one are the two of one person when there are exactly two.
  const bool pair =
      found.size() == 2 && std::ranges::none_of(found, [](const std::string& text) {
        return text.find('/') != std::string::npos || text.find(' ') != std::string::npos;
      });
  if (pair) {
    ReadFound(gene, found[0] + "/" + found[1], known, diplotype, reasons);
  } else {
    for (const std::string& text : found) ReadFound(gene, text, known, diplotype, reasons);
  }
  ReadAbsent(gene, absent, known);
  if (found.empty() && absent.empty()) reasons.push_back(MakeReason(gene, "no-allele", ""));
  if (!known.empty()) {
    Interpretation reading;
    reading.diplotype = diplotype;
    for (const auto& [risk, members] : gene.presence) {
      if (!known.contains(risk)) continue;
      reading.statuses.push_back(risk + (known.at(risk) ? " positive" : " negative"));
    }
    result.candidates.push_back(std::move(reading));
  } else if (reasons.empty()) {
    reasons.push_back(MakeReason(gene, "allele-not-typed", diplotype));
  }
  for (Reason& reason : reasons) result.reasons.push_back(std::move(reason));
}

}  // namespace genflik::rules
