#include "rules/knowledge_reader.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "rules/diplotype.h"
#include "rules/knowledge_fields.h"

namespace genflik::rules {
namespace {

using nlohmann::json;

AlertLevel ReadAlert(const std::string& code) {
  if (code == "critical") return AlertLevel::kCritical;
  if (code == "warning") return AlertLevel::kWarning;
  return code == "info" ? AlertLevel::kInfo : AlertLevel::kNone;
}

DoseLimit ReadDose(const json& dose) {
  const double value = dose.at("value").get<double>();
  return {value, value, Text(dose, "unit"), Text(dose, "per")};
}

std::optional<double> ReadNumber(const json& object, const char* name) {
  if (!object.contains(name)) return std::nullopt;
  return object.at(name).get<double>();
}

std::optional<DoseLimit> ReadDose(const json& object, const char* name) {
  if (!object.contains(name)) return std::nullopt;
  return ReadDose(object.at(name));
}

ConditionalLimit ReadLimit(const json& object) {
  ConditionalLimit limit;
  limit.dose = ReadDose(object, "maxDose");
  limit.at_most = ReadDose(object, "atMost");
  if (object.contains("alert")) limit.alert = ReadAlert(Text(object, "alert"));
  limit.from_years = ReadNumber(object, "fromYears");
  limit.under_years = ReadNumber(object, "underYears");
  limit.from_kg = ReadNumber(object, "fromKg");
  limit.under_kg = ReadNumber(object, "underKg");
  if (object.contains("with")) {
    const json& with = object.at("with");
    limit.gene = Text(with, "gene");
    limit.effect = Text(with, "effect");
    limit.strengths = Texts(with, "strengths");
  }
  return limit;
}

Action ReadAction(const json& object) {
  Action action;
  action.kind =
      ParseActionKind(object.at("kind").get<std::string>()).value_or(ActionKind::kNoRecommendation);
  if (object.contains("factor")) action.factor = object.at("factor").get<double>();
  if (object.contains("factorRange")) {
    const json& range = object.at("factorRange");
    action.factor_range = {range.at(0).get<double>(), range.at(1).get<double>()};
  }
  if (object.contains("daysPerWeek")) {
    const json& days = object.at("daysPerWeek");
    action.days = {days.at("most").get<int>(), ReadDose(days, "each")};
  }
  action.max_dose = ReadDose(object, "maxDose");
  if (object.contains("maxDoseRange")) {
    const json& dose = object.at("maxDoseRange");
    action.max_dose = DoseLimit{dose.at("low").get<double>(), dose.at("high").get<double>(),
                                Text(dose, "unit"), Text(dose, "per")};
  }
  if (object.contains("limits")) {
    for (const json& limit : object.at("limits")) action.limits.push_back(ReadLimit(limit));
  }
  action.start_dose = ReadDose(object, "startDose");
  action.least_dose = ReadDose(object, "leastDose");
  action.low_dose = ReadDose(object, "lowDose");
  action.depot_dose = ReadDose(object, "depotDose");
  action.only_if = Local(object, "onlyIf");
  action.start_only = object.value("startOnly", false);
  action.no_first_choice = object.value("noFirstChoice", false);
  action.basis = Text(object, "basis");
  action.alternatives = Texts(object, "alternatives");
  for (const std::string& code : Texts(object, "alsoKinds")) {
    if (const std::optional<ActionKind> kind = ParseActionKind(code)) action.also.push_back(*kind);
  }
  if (object.contains("orElse")) action.or_else.push_back(ReadAction(object.at("orElse")));
  return action;
}

const Gene* FindGene(const std::vector<Gene>& genes, const std::string& symbol) {
  const auto found = std::ranges::find(genes, symbol, &Gene::symbol);
  return found == genes.end() ? nullptr : &*found;
}

// "*3/*2 (diplotype)" is the same key as "*2/*3 (diplotype)".
std::string CanonicalKey(const Gene& gene, const std::string& value) {
  constexpr std::string_view kSuffix = " (diplotype)";
  if (!value.ends_with(kSuffix)) return value;
  const DiplotypeReading reading =
      ReadDiplotype(gene, std::string_view(value).substr(0, value.size() - kSuffix.size()));
  if (reading.alternatives.size() != 1) return value;
  return Print(reading.alternatives[0]) + std::string(kSuffix);
}

size_t PlaceOf(Guideline& guideline, const std::string& symbol) {
  const auto found = std::ranges::find(guideline.genes, symbol);
  return static_cast<size_t>(found - guideline.genes.begin());
}

constexpr size_t kMaxValues = 256;

Rule::Case ReadCase(const json& object, const std::vector<Gene>& genes, Guideline& guideline,
                    const std::string& pointer, ProblemSink& sink) {
  Rule::Case one;
  one.values.resize(guideline.genes.size());
  one.named.resize(guideline.genes.size());
  for (const auto& [symbol, values] : object.items()) {
    const std::string place = pointer + "/" + symbol;
    const size_t position = PlaceOf(guideline, symbol);
    const Gene* gene = FindGene(genes, symbol);
    if (gene == nullptr) {
      sink.Error(place, "unknown gene '" + symbol + "'");
      continue;
    }
    if (position == guideline.genes.size()) {
      sink.Error(place, "the guideline's \"genes\" do not list " + symbol);
      continue;
    }
    one.named[position] = true;
    for (size_t i = 0; i < values.size(); ++i) {
      const auto value = values.at(i).get<std::string>();
      if (!gene->CanHave(value)) {
        sink.Error(place + "/" + std::to_string(i),
                   symbol + " can never have the look-up value '" + value + "'");
        continue;
      }
      auto& words = guideline.vocabulary[position];
      const size_t bit = words.emplace(CanonicalKey(*gene, value), words.size()).first->second;
      if (bit >= kMaxValues) {
        sink.Error(place, "more than 256 look-up values of one gene");
        continue;
      }
      one.values[position].set(bit);
    }
  }
  return one;
}

}  // namespace

Rule ReadRule(const json& object, const std::vector<Gene>& genes, Guideline& guideline,
              const std::string& pointer, ProblemSink& sink) {
  Rule rule;
  rule.id = Text(object, "id");
  rule.population = Text(object, "population");
  rule.except_for = Texts(object, "exceptFor");
  const json& when = object.at("when");
  for (size_t i = 0; i < when.size(); ++i) {
    rule.when.push_back(
        ReadCase(when.at(i), genes, guideline, pointer + "/when/" + std::to_string(i), sink));
  }
  rule.action = ReadAction(object.at("action"));
  rule.strength = Text(object, "strength");
  rule.alert = ReadAlert(Text(object, "alert"));
  rule.text = Local(object, "text");
  rule.implication = Local(object, "implication");
  rule.needs_review = Text(object, "needsReview");
  rule.also_topical = object.value("alsoTopical", false);
  return rule;
}

Guideline ReadGuideline(const json& object, const std::vector<Gene>& genes,
                        const std::string& pointer, ProblemSink& sink) {
  Guideline guideline;
  guideline.source = Text(object, "source");
  guideline.year = object.at("year").get<int>();
  guideline.citation = ReadCitation(object.at("citation"));
  guideline.genes = Texts(object, "genes");
  guideline.vocabulary.resize(guideline.genes.size());
  guideline.note = Local(object, "note");
  for (size_t i = 0; i < guideline.genes.size(); ++i) {
    if (FindGene(genes, guideline.genes[i]) == nullptr) {
      sink.Error(pointer + "/genes/" + std::to_string(i),
                 "unknown gene '" + guideline.genes[i] + "'");
    }
  }
  const json none = object.value("noAdvice", json::array());
  for (size_t i = 0; i < none.size(); ++i) {
    guideline.no_advice.push_back(
        ReadCase(none.at(i), genes, guideline, pointer + "/noAdvice/" + std::to_string(i), sink));
  }
  const json& rows = object.at("recommendations");
  for (size_t i = 0; i < rows.size(); ++i) {
    guideline.rules.push_back(ReadRule(rows.at(i), genes, guideline,
                                       pointer + "/recommendations/" + std::to_string(i), sink));
  }
  return guideline;
}

// `interpreted` is false where the file says that the gene's results are not read here.
void CheckPretest(const Pretest& pretest, const Gene* gene, bool interpreted,
                  const std::string& pointer, ProblemSink& sink) {
  if (gene == nullptr && interpreted) {
    sink.Error(pointer + "/gene", "unknown gene '" + pretest.gene + "'");
  } else if (gene != nullptr && !interpreted) {
    sink.Error(pointer + "/interpreted", pretest.gene + " is a gene that is interpreted");
  } else if (gene == nullptr) {
    if (!pretest.allele.empty()) {
      sink.Error(pointer + "/allele", pretest.gene + " is not read, so no allele can be asked for");
    }
  } else if (!pretest.allele.empty() && !gene->CanHave(pretest.allele + " positive")) {
    sink.Error(pointer + "/allele", pretest.gene + " is not read for '" + pretest.allele + "'");
  }
}

Drug ReadDrug(const json& object, const std::vector<Gene>& genes, ProblemSink& sink) {
  Drug drug;
  drug.name = Text(object, "drug");
  const json& names = object.at("names");
  drug.names = {Text(names, "en"), Text(names, "sv")};
  drug.synonyms = Texts(names, "synonyms");
  drug.brands = Texts(names, "brands");
  const json& codes = object.at("codes");
  drug.atc = Texts(codes, "atc");
  drug.atc_combination = Texts(codes, "atcCombination");
  drug.atc_not_systemic = Texts(codes, "atcNotSystemic");
  drug.rxnorm = Texts(codes, "rxnorm");
  drug.rxnorm_product = Texts(codes, "rxnormProduct");
  drug.snomed = Texts(codes, "snomed");
  const json& guidelines = object.at("guidelines");
  for (size_t i = 0; i < guidelines.size(); ++i) {
    drug.guidelines.push_back(
        ReadGuideline(guidelines.at(i), genes, "/guidelines/" + std::to_string(i), sink));
  }
  const json pretests = object.value("pretest", json::array());
  for (size_t i = 0; i < pretests.size(); ++i) {
    const json& entry = pretests.at(i);
    Pretest pretest{Text(entry, "gene"),
                    Text(entry, "authority"),
                    Text(entry, "jurisdiction"),
                    Text(entry, "level"),
                    Text(entry, "condition"),
                    Text(entry, "appliesTo"),
                    entry.at("year").get<int>(),
                    ReadCitation(entry.at("citation")),
                    ReadAlert(Text(entry, "alert")),
                    Local(entry, "text"),
                    Text(entry, "needsReview"),
                    Text(entry, "allele"),
                    Text(entry, "requiredStatus"),
                    Local(entry, "onlyIf"),
                    entry.value("enzyme", false)};
    CheckPretest(pretest, FindGene(genes, pretest.gene), entry.value("interpreted", true),
                 "/pretest/" + std::to_string(i), sink);
    drug.pretests.push_back(std::move(pretest));
  }
  if (object.contains("standardDose")) {
    const json& dose = object.at("standardDose");
    drug.standard_dose = {dose.at("value").get<double>(), Text(dose, "unit"),
                          dose.value("lowest", 0.0), dose.value("bySurface", 0.0)};
  }
  return drug;
}

std::vector<AlternativeDrug> ReadAlternatives(const json& object) {
  std::vector<AlternativeDrug> drugs;
  for (const json& entry : object.at("drugs")) {
    const json& names = entry.at("names");
    drugs.push_back(
        {Text(entry, "drug"), {Text(names, "en"), Text(names, "sv")}, Text(entry, "atc")});
  }
  return drugs;
}

std::vector<PhenoconversionRule> ReadPhenoconversion(const json& object,
                                                     const std::vector<Gene>& genes,
                                                     ProblemSink& sink) {
  std::vector<PhenoconversionRule> rules;
  const json& drugs = object.at("drugs");
  for (size_t i = 0; i < drugs.size(); ++i) {
    const json& drug = drugs.at(i);
    const json& effects = drug.at("effects");
    for (size_t k = 0; k < effects.size(); ++k) {
      const json& effect = effects.at(k);
      PhenoconversionRule rule;
      rule.gene = Text(effect, "gene");
      rule.drug = Text(drug, "drug");
      rule.names = {Text(drug.at("names"), "en"), Text(drug.at("names"), "sv")};
      rule.synonyms = Texts(drug.at("names"), "synonyms");
      rule.atc = Texts(drug, "atc");
      rule.rxnorm = Texts(drug, "rxnorm");
      rule.snomed = Texts(drug, "snomed");
      rule.effect = Text(effect, "effect");
      rule.strength = Text(effect, "strength");
      if (effect.contains("factor")) rule.factor = effect.at("factor").get<double>();
      rule.text = Local(effect, "text");
      rule.source = Text(effect, "source");
      rule.needs_review = Text(effect, "needsReview");
      if (FindGene(genes, rule.gene) == nullptr) {
        sink.Error("/drugs/" + std::to_string(i) + "/effects/" + std::to_string(k) + "/gene",
                   "unknown gene '" + rule.gene + "'");
      }
      rules.push_back(std::move(rule));
    }
  }
  return rules;
}

}  // namespace genflik::rules
