#include "services/alerts/order_check.h"

#include <algorithm>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "rules/coverage_gap.h"
#include "services/alerts/same_drug.h"

namespace genflik::alerts {
namespace {

using fhir::Json;

// Two weeks: guidelines let a low starting dose be raised after them at the earliest.
constexpr double kBeginningYears = 14.0 / 366;

std::string FollowedNoteOf(const Json& resource) {
  for (const Json& extension : fhir::FindArray(resource, "extension")) {
    if (fhir::FindText(extension, "url") == kFollowedExtension)
      return std::string(fhir::FindText(extension, "valueString"));
  }
  return {};
}

// Guidelines tell the first months of an anticonvulsant from later ones.
void AddTreatmentTime(const std::string& drug, double years,
                      std::vector<std::string>& indications) {
  if (years < 0.25) return;
  if (drug == "carbamazepine") indications.emplace_back("CBZ use >3mos");
  if (drug == "oxcarbazepine") indications.emplace_back("OXC use >3 mos");
  if (drug == "phenytoin" || drug == "fosphenytoin") indications.emplace_back("PHT use >3mos");
}

// When the order was last changed, where that is told; else when it was made. A draft is being
// written.
std::string_view WrittenOn(const Json& order) {
  if (fhir::FindText(order, "status") == "draft") return {};
  const Json* meta = fhir::Find(order, "meta");
  const std::string_view changed =
      meta == nullptr ? std::string_view() : fhir::FindText(*meta, "lastUpdated");
  return changed.empty() ? fhir::FindText(order, "authoredOn") : changed;
}

// What is said of the inhibitors behind an evaluation, each once.
std::vector<rules::InteractionNote> HeldBackBy(const rules::KnowledgeBase& knowledge,
                                               const rules::Evaluation& evaluation) {
  std::vector<rules::InteractionNote> notes;
  const auto add = [&](const std::string& gene, const std::string& drug) {
    const bool known = std::ranges::any_of(
        notes, [&](const auto& note) { return note.gene == gene && note.drug == drug; });
    if (known) return;
    rules::InteractionNote note{.gene = gene, .drug = drug};
    note.text.en = DrugName(knowledge, drug, Language::kEnglish) + " holds " + gene +
                   " back for now; the risk is whole again when it is stopped";
    note.text.sv = DrugName(knowledge, drug, Language::kSwedish) + " bromsar " + gene +
                   " just nu; risken är hel igen när det sätts ut";
    notes.push_back(std::move(note));
  };
  for (const auto& row : evaluation.recommendations) {
    for (const auto& gene : row.genes) {
      for (const std::string& drug : gene.caused_by) add(gene.gene, drug);
    }
  }
  return notes;
}

// An inhibitor that would bring a dangerous activity down to the normal may be stopped tomorrow:
// the danger is told all the same, one step lower.
void KeepDanger(std::vector<Advice> without, const std::vector<rules::InteractionNote>& held,
                std::vector<Advice>& advice) {
  for (Advice& one : advice) {
    const auto alone = std::ranges::find(without, one.drug, &Advice::drug);
    if (alone == without.end() || alone->level != rules::AlertLevel::kCritical ||
        one.level >= rules::AlertLevel::kWarning)
      continue;
    alone->notes = held;
    one = std::move(*alone);
    one.level = rules::AlertLevel::kWarning;
  }
}

bool WarnsBy(const rules::Drug& drug, const std::string& gene) {
  return std::ranges::any_of(drug.guidelines, [&](const rules::Guideline& guideline) {
    if (std::ranges::find(guideline.genes, gene) == guideline.genes.end()) return false;
    return std::ranges::any_of(guideline.rules, [](const rules::Rule& rule) {
      return !rule.retired && rule.alert >= rules::AlertLevel::kWarning;
    });
  });
}

bool IsUnreadable(const rules::UnknownGene& gene) {
  return gene.status == rules::InterpretationStatus::kNotInterpretable;
}

// A product is put on the skin with all its drugs.
void KeepTopicalRows(rules::Evaluation& evaluation) {
  std::erase_if(evaluation.recommendations, [](const auto& row) { return !row.also_topical; });
  evaluation.pretests.clear();
  evaluation.unknown.clear();
  evaluation.notes.clear();
  evaluation.transplants.clear();
}

// Where nothing is said of a drug that an answer could speak against, but nobody can read it.
void TellOfUnreadable(const rules::KnowledgeBase& knowledge, std::vector<Advice>& advice) {
  for (Advice& one : advice) {
    if (one.level != rules::AlertLevel::kNone || one.lead) continue;
    const rules::Drug* drug = knowledge.FindDrug(one.drug);
    const bool matters = drug != nullptr && std::ranges::any_of(one.unknown, [&](const auto& gene) {
                           return IsUnreadable(gene) && WarnsBy(*drug, gene.gene);
                         });
    if (!matters) continue;
    one.kind = AdviceKind::kUnreadable;
    one.level = rules::AlertLevel::kInfo;
  }
}

}  // namespace

void AddActive(DrugReading reading, PatientFacts& facts, const Json* drafted) {
  ActiveDrug active;
  active.drafted = drafted;
  active.converters = std::move(reading.converters);
  for (const auto& match : reading.matches) active.drugs.push_back(match.drug);
  active.order = std::move(reading.order);
  facts.active.push_back(std::move(active));
}

bool IsBeforeResults(std::string_view written, const rules::Drug& drug,
                     const rules::GeneProfile& profile) {
  std::string_view first;
  for (const rules::ProfiledGene& known : profile.genes) {
    const auto uses = [&](const rules::Guideline& guideline) {
      return std::ranges::find(guideline.genes, known.interpretation.gene) != guideline.genes.end();
    };
    if (std::ranges::none_of(drug.guidelines, uses)) continue;
    for (const rules::GeneResult& result : known.results) {
      if (result.received.empty()) return false;
      if (first.empty() || result.received < first) first = result.received;
    }
  }
  constexpr size_t kDay = 10;
  if (written.size() < kDay || first.size() < kDay) return false;
  if (written.substr(0, kDay) != first.substr(0, kDay)) return written < first;
  return written.ends_with('Z') && first.ends_with('Z') && written < first;
}

std::vector<Advice> JudgeKeepingDangers(EvaluatedFrom from, const rules::Evaluation& evaluation,
                                        const DoseOfDrug& dose_of, const PolicyOptions& options) {
  std::vector<Advice> advice = Judge(evaluation, dose_of, options);
  const auto held = HeldBackBy(from.knowledge, evaluation);
  if (held.empty()) return advice;
  from.context.converters.clear();
  const auto without = rules::Evaluate(from.knowledge, from.profile, from.query, from.context);
  KeepDanger(Judge(without, dose_of, options), held, advice);
  return advice;
}

CheckedOrder CheckOrder(const rules::KnowledgeBase& knowledge, const Json& resource,
                        const mapping::DrugOrder& order, const PatientFacts& facts,
                        const PolicyOptions& options, std::string_view today) {
  CheckedOrder checked;
  checked.order = order;
  rules::EvaluationContext context = facts.context;
  context.indications.insert(context.indications.end(), order.indications.begin(),
                             order.indications.end());
  const auto ordered = knowledge.Match(order.query);
  for (const ActiveDrug& active : facts.active) {
    const bool itself = !order.reference.empty() && active.order.reference == order.reference;
    if (!itself) {
      context.converters.insert(context.converters.end(), active.converters.begin(),
                                active.converters.end());
    }
    for (const rules::Drug* had : active.drugs) {
      const bool same = std::any_of(ordered.begin(), ordered.end(),
                                    [&](const auto& one) { return one.drug == had; });
      const auto years = same ? mapping::AgeInYears(active.order.since, today) : std::nullopt;
      if (!years) continue;
      checked.taken_since[had->name] = active.order.since;
      AddTreatmentTime(had->name, *years, context.indications);
    }
  }
  checked.evaluation = rules::Evaluate(knowledge, facts.profile, order.query, context);
  // To read a dose takes longer than to judge it, and it is asked for several times.
  std::map<std::string, OrderedDose> read;
  const auto dose_of = [&](const std::string& name) -> const OrderedDose& {
    const auto [entry, is_new] = read.try_emplace(name);
    if (!is_new) return entry->second;
    if (const rules::Drug* drug = knowledge.FindDrug(name)) {
      entry->second.dose = mapping::ReadOrderDose(resource, order, *drug, facts.size);
      entry->second.together = DoseTogether(resource, entry->second.dose, *drug, order, facts);
    }
    if (const auto since = checked.taken_since.find(name); since != checked.taken_since.end())
      entry->second.running =
          mapping::AgeInYears(since->second, today).value_or(0) >= kBeginningYears;
    if (const rules::Drug* drug = knowledge.FindDrug(name))
      entry->second.before_results = IsBeforeResults(WrittenOn(resource), *drug, facts.profile);
    entry->second.followed = FollowedNoteOf(resource);
    entry->second.weight_kg = facts.size.weight_kg;
    entry->second.surface_m2 = facts.size.surface_m2;
    entry->second.age_years = facts.context.age_years;
    return entry->second;
  };
  const auto noted_dose = [&](const std::string& name) {
    return checked.doses[name] = dose_of(name);
  };
  // What acts where it is put is no matter of the genes, whatever its ATC code, but for a few rows.
  const auto topical = [&](const std::string& name) {
    return knowledge.FindDrug(name) != nullptr && !dose_of(name).dose.systemic;
  };
  if (std::ranges::any_of(checked.evaluation.drugs, topical)) KeepTopicalRows(checked.evaluation);
  checked.advice = JudgeKeepingDangers({knowledge, facts.profile, order.query, std::move(context)},
                                       checked.evaluation, noted_dose, options);
  TellOfUnreadable(knowledge, checked.advice);
  TellOfNarrow(knowledge, facts.profile, checked.advice);
  std::erase_if(checked.advice,
                [&](const Advice& advice) { return !advice.lead && topical(advice.drug); });
  return checked;
}

void TellOfNarrow(const rules::KnowledgeBase& knowledge, const rules::GeneProfile& profile,
                  std::vector<Advice>& advice) {
  for (const rules::ProfiledGene& known : profile.genes) {
    const rules::Gene* gene = knowledge.FindGene(known.interpretation.gene);
    if (gene == nullptr || !gene->look_for || !gene->look_for->told_at_order) continue;
    if (!known.interpretation.usable()) continue;
    const auto missing = rules::NotLookedFor(*gene, known.results);
    if (!missing || missing->empty()) continue;
    for (Advice& one : advice) {
      if (one.level != rules::AlertLevel::kNone || one.lead) continue;
      const rules::Drug* drug = knowledge.FindDrug(one.drug);
      if (drug == nullptr || !WarnsBy(*drug, gene->symbol)) continue;
      one.kind = AdviceKind::kNarrow;
      one.level = rules::AlertLevel::kInfo;
      one.narrow_gene = gene->symbol;
      one.not_looked_for = *missing;
    }
  }
}

std::vector<std::string> GenesOf(const Advice& advice) {
  std::set<std::string> genes;
  if (advice.lead) {
    for (const auto& gene : advice.lead->genes) genes.insert(gene.gene);
  }
  if (advice.pretest) genes.insert(advice.pretest->gene);
  if (advice.kind == AdviceKind::kTransplant) {
    for (const auto& note : advice.transplants) genes.insert(note.gene);
  }
  if (advice.kind == AdviceKind::kNarrow) genes.insert(advice.narrow_gene);
  if (advice.kind == AdviceKind::kUnreadable) {
    for (const auto& unknown : advice.unknown) {
      if (IsUnreadable(unknown)) genes.insert(unknown.gene);
    }
  }
  return {genes.begin(), genes.end()};
}

std::vector<EvidenceLine> EvidenceOf(const Advice& advice, const rules::GeneProfile& profile,
                                     std::vector<std::string>* sources) {
  std::vector<EvidenceLine> lines;
  for (const std::string& gene : GenesOf(advice)) {
    const rules::ProfiledGene* found = profile.Find(gene);
    if (found == nullptr) continue;
    for (const rules::GeneResult& result : found->results) {
      EvidenceLine line{.gene = gene,
                        .laboratory = result.laboratory,
                        .method = result.method,
                        .date = result.effective,
                        .preliminary = result.record_status == rules::RecordStatus::kPreliminary};
      line.genotype = !result.reported_text.empty() ? result.reported_text
                      : !result.diplotypes.empty()  ? result.diplotypes.front()
                                                    : result.reported_phenotype.value_or("");
      if (line.genotype.empty()) line.genotype = std::string(rules::CodeOf(result.status));
      if (lines.size() < 4) lines.push_back(std::move(line));
      if (sources != nullptr && !result.source.empty()) {
        const std::string reference = result.source.substr(0, result.source.find('#'));
        if (std::find(sources->begin(), sources->end(), reference) == sources->end())
          sources->push_back(reference);
      }
    }
  }
  return lines;
}

}  // namespace genflik::alerts
