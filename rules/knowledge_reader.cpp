#include "rules/knowledge_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "rules/diplotype.h"

namespace genflik::rules {
namespace {

using nlohmann::json;

std::vector<std::string> Texts(const json& object, const char* name) {
  return object.contains(name) ? object.at(name).get<std::vector<std::string>>()
                               : std::vector<std::string>();
}

std::string Text(const json& object, const char* name) { return object.value(name, ""); }

LocalText Local(const json& object, const char* name) {
  if (!object.contains(name)) return {};
  return {object.at(name).at("en").get<std::string>(), object.at(name).at("sv").get<std::string>()};
}

Citation ReadCitation(const json& object) {
  return {Text(object, "title"), Text(object, "doi"), Text(object, "pmid"), Text(object, "url")};
}

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

std::vector<FunctionPair> ReadPairs(const json& array) {
  std::vector<FunctionPair> pairs;
  for (const json& pair : array) {
    pairs.push_back({pair.at(0).get<std::string>(), pair.at(1).get<std::string>(),
                     pair.at(2).get<std::string>()});
  }
  return pairs;
}

template <typename Enum, size_t kCount>
Enum ReadEnum(const std::array<std::string_view, kCount>& codes, const std::string& code) {
  return static_cast<Enum>(std::ranges::find(codes, code) - codes.begin());
}

DerivationMethod ReadMethod(const std::string& code) {
  constexpr std::array<std::string_view, 8> kCodes = {
      "activity-score", "function-pair", "lowest-function", "allele-presence",
      "x-linked",       "mitochondrial", "single-variant",  "any-variant"};
  return ReadEnum<DerivationMethod>(kCodes, code);
}

LookupKind ReadLookup(const std::string& code) {
  constexpr std::array<std::string_view, 4> kCodes = {"score", "phenotype", "genotype", "status"};
  return ReadEnum<LookupKind>(kCodes, code);
}

void ReadAlleles(const json& object, Gene& gene, ProblemSink& sink) {
  const json& alleles = object.at("alleles");
  for (size_t i = 0; i < alleles.size(); ++i) {
    const json& entry = alleles.at(i);
    Allele allele{Text(entry, "name"), Text(entry, "function"), {}, Texts(entry, "aliases")};
    if (entry.contains("value")) {
      allele.value = ActivityScore::Parse(entry.at("value").get<std::string>());
      if (!allele.value) {
        sink.Error("/alleles/" + std::to_string(i) + "/value", "not an activity value");
      }
    }
    gene.alleles.push_back(std::move(allele));
  }
}

void ReadScores(const json& object, Gene& gene, ProblemSink& sink) {
  if (!object.contains("scores")) return;
  const json& scores = object.at("scores");
  for (size_t i = 0; i < scores.size(); ++i) {
    const json& entry = scores.at(i);
    const std::optional<ActivityScore> min = ActivityScore::Parse(Text(entry, "min"));
    ScoreRange range;
    range.phenotype = Text(entry, "phenotype");
    if (!min) {
      sink.Error("/scores/" + std::to_string(i) + "/min", "not a score");
      continue;
    }
    range.min = min->thousandths();
    if (entry.contains("max")) {
      const std::optional<ActivityScore> max = ActivityScore::Parse(Text(entry, "max"));
      if (max) range.max = max->thousandths();
    }
    gene.scores.push_back(std::move(range));
  }
}

void ReadVariants(const json& object, Gene& gene, ProblemSink& sink) {
  const json variants = object.value("variants", json::array());
  for (const json& entry : variants) {
    TestedVariant variant{
        Text(entry, "rsid"), Texts(entry, "names"), Text(entry, "reference").front(), {}};
    for (const auto& [base, allele] : entry.at("alternatives").items()) {
      variant.alternatives.emplace_back(base.front(), allele.get<std::string>());
    }
    gene.variants.push_back(std::move(variant));
  }
  if (!object.contains("panel")) return;
  gene.panel = object.at("panel").get<std::vector<std::vector<std::string>>>();
  for (size_t i = 0; i < gene.panel.size(); ++i) {
    for (const std::string& rsid : gene.panel[i]) {
      if (std::ranges::find(gene.variants, rsid, &TestedVariant::rsid) != gene.variants.end()) {
        continue;
      }
      sink.Error("/panel/" + std::to_string(i), "no variant '" + rsid + "'");
    }
  }
}

void CheckVariants(const Gene& gene, ProblemSink& sink) {
  for (size_t i = 0; i < gene.variants.size(); ++i) {
    for (const auto& [base, allele] : gene.variants[i].alternatives) {
      const Allele* known = gene.FindAllele(allele);
      if (known != nullptr && known->name == allele) continue;
      sink.Error("/variants/" + std::to_string(i) + "/alternatives/" + std::string(1, base),
                 "unknown allele '" + allele + "'");
    }
  }
}

void CheckTerm(const Gene& gene, const std::string& phenotype, const std::string& pointer,
               ProblemSink& sink) {
  if (std::ranges::find(gene.terms, phenotype, &PhenotypeTerm::code) == gene.terms.end()) {
    sink.Error(pointer, "'" + phenotype + "' is not among the gene's terms");
  }
}

void CheckFunction(const Gene& gene, const std::string& function, const std::string& pointer,
                   ProblemSink& sink) {
  if (std::ranges::find(gene.alleles, function, &Allele::function) == gene.alleles.end()) {
    sink.Warning(pointer, "no allele has the function '" + function + "'");
  }
}

void CheckGene(const Gene& gene, ProblemSink& sink) {
  for (size_t i = 0; i < gene.pairs.size(); ++i) {
    const std::string place = "/pairs/" + std::to_string(i);
    CheckTerm(gene, gene.pairs[i].result, place + "/2", sink);
    CheckFunction(gene, gene.pairs[i].a, place + "/0", sink);
    CheckFunction(gene, gene.pairs[i].b, place + "/1", sink);
  }
  for (size_t i = 0; i < gene.singles.size(); ++i) {
    CheckTerm(gene, gene.singles[i].second, "/singles/" + std::to_string(i) + "/1", sink);
  }
  for (size_t i = 0; i < gene.scores.size(); ++i) {
    CheckTerm(gene, gene.scores[i].phenotype, "/scores/" + std::to_string(i) + "/phenotype", sink);
  }
  if (!gene.wild_type.empty() && gene.FindAllele(gene.wild_type) == nullptr) {
    sink.Error("/wildType", "no allele of that name");
  }
  for (const auto& [risk, members] : gene.presence) {
    CheckTerm(gene, risk + " positive", "/presence/" + risk, sink);
    for (const std::string& member : members) {
      if (gene.FindAllele(member) == nullptr) {
        sink.Error("/presence/" + risk, "unknown allele '" + member + "'");
      }
    }
  }
}

}  // namespace

Gene ReadGene(const json& object, ProblemSink& sink) {
  Gene gene;
  gene.symbol = Text(object, "symbol");
  gene.hgnc = Text(object, "hgnc");
  gene.ncbi = Text(object, "ncbi");
  gene.chromosome = Text(object, "chromosome");
  gene.wild_type = Text(object, "wildType");
  gene.reference_allele = Text(object, "referenceAllele");
  gene.rsid = Text(object, "rsid");
  gene.method = ReadMethod(Text(object, "method"));
  gene.lookup = ReadLookup(Text(object, "lookup"));
  gene.function_date = Text(object, "functionDate");
  gene.score_values = Texts(object, "scoreValues");
  for (const json& term : object.at("terms")) {
    gene.terms.push_back({Text(term, "code"), {Text(term, "en"), Text(term, "sv")}});
  }
  ReadAlleles(object, gene, sink);
  ReadScores(object, gene, sink);
  if (object.contains("pairs")) gene.pairs = ReadPairs(object.at("pairs"));
  for (const json& single : object.value("singles", json::array())) {
    gene.singles.emplace_back(single.at(0).get<std::string>(), single.at(1).get<std::string>());
  }
  if (object.contains("linked")) {
    gene.linked = object.at("linked").get<std::vector<std::vector<std::string>>>();
  }
  const json presence = object.value("presence", json::object());
  for (const auto& [risk, members] : presence.items()) {
    gene.presence.emplace_back(risk, members.get<std::vector<std::string>>());
  }
  ReadVariants(object, gene, sink);
  for (const json& lookup : object.value("guidelineLookups", json::array())) {
    GuidelineLookup own{Text(lookup, "source"), {}, {}};
    if (lookup.contains("pairs")) own.pairs = ReadPairs(lookup.at("pairs"));
    if (lookup.contains("equivalents")) {
      own.equivalents = lookup.at("equivalents").get<std::map<std::string, std::string>>();
    }
    gene.guideline_lookups.push_back(std::move(own));
  }
  for (const std::string& twice : gene.BuildIndex()) {
    sink.Error("", "'" + twice + "' stands for two things");
  }
  CheckGene(gene, sink);
  CheckVariants(gene, sink);
  return gene;
}

Rule ReadRule(const json& object, const std::vector<Gene>& genes, Guideline& guideline,
              const std::string& pointer, ProblemSink& sink) {
  Rule rule;
  rule.id = Text(object, "id");
  rule.population = Text(object, "population");
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
                          dose.value("highest", false), dose.value("bySurface", 0.0)};
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
