#include "services/app/commands/knowledge_show.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <vector>

#include "rules/activity_score.h"
#include "rules/rule_text.h"
#include "services/core/error.h"

namespace genflik::app {
namespace {

std::string Joined(const std::vector<std::string>& texts, const std::string& between = ", ") {
  std::string joined;
  for (const std::string& text : texts) joined += (joined.empty() ? "" : between) + text;
  return joined.empty() ? "-" : joined;
}

std::string CitationText(const rules::Citation& citation) {
  std::string text = citation.title;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : "  ") + part; };
  if (!citation.doi.empty()) add("doi:" + citation.doi);
  if (!citation.pmid.empty()) add("PMID " + citation.pmid);
  if (!citation.url.empty()) add(citation.url);
  return text;
}

std::string Both(const rules::LocalText& text) {
  return "\n    en: " + text.en + "\n    sv: " + text.sv + '\n';
}

void ShowPhenotypeRules(const rules::Gene& gene, std::ostream& out) {
  if (!gene.scores.empty()) out << "\nscores:\n";
  for (const rules::ScoreRange& range : gene.scores) {
    out << "  " << rules::ActivityScore::Exact(range.min).Text() << " to "
        << (range.max ? rules::ActivityScore::Exact(*range.max).Text() : std::string("any")) << ": "
        << range.phenotype << '\n';
  }
  if (gene.scores.empty() && !gene.pairs.empty()) out << "\npairs of functions:\n";
  for (const rules::FunctionPair& pair : gene.pairs) {
    if (gene.scores.empty()) {
      out << "  " << pair.a << " + " << pair.b << ": " << pair.result << '\n';
    }
  }
  if (!gene.singles.empty()) out << "\none copy:\n";
  for (const auto& [function, phenotype] : gene.singles) {
    out << "  " << function << ": " << phenotype << '\n';
  }
  if (!gene.presence.empty()) out << "\nrisk alleles (one copy is enough):\n";
  for (const auto& [risk, members] : gene.presence) {
    out << "  " << risk << ": " << Joined(members) << '\n';
  }
}

// Who asks about the gene: guidelines, tests before the start, drugs that change what it does.
void ShowUses(const rules::KnowledgeBase& knowledge, const std::string& symbol, std::ostream& out) {
  std::map<std::string, std::vector<std::string>> by_source;
  for (const rules::Drug& drug : knowledge.drugs()) {
    std::set<std::string> sources;
    for (const rules::Guideline& guideline : drug.guidelines) {
      const bool uses = std::ranges::find(guideline.genes, symbol) != guideline.genes.end();
      if (uses) sources.insert(guideline.source);
    }
    for (const rules::Pretest& pretest : drug.pretests) {
      if (pretest.gene == symbol) sources.insert("tests before the start");
    }
    for (const std::string& source : sources) by_source[source].push_back(drug.name);
  }
  for (const rules::PhenoconversionRule& rule : knowledge.phenoconversion()) {
    if (rule.gene == symbol) {
      by_source[rule.strength + " " + rule.effect + "s"].push_back(rule.drug);
    }
  }
  if (!by_source.empty()) out << "\ndrugs:\n";
  for (const auto& [source, names] : by_source)
    out << "  " << source << ": " << Joined(names) << '\n';
}

std::string LookForText(const rules::LookFor& look_for) {
  std::vector<std::string> entries;
  for (const auto& one_of : look_for.one_of) entries.push_back(Joined(one_of, " or "));
  if (look_for.copy_number) entries.emplace_back("copy number");
  return Joined(entries, "; ");
}

void ShowLookFor(const rules::LookFor& look_for, std::ostream& out) {
  out << "\nlook for: " << LookForText(look_for) << '\n';
  if (look_for.told_at_order) out << "  what a normal answer left out is told at the order\n";
  out << "  source: " << CitationText(look_for.citation) << '\n';
  if (!look_for.needs_review.empty()) out << "  needs review: " << look_for.needs_review << '\n';
}

void ShowGene(const rules::Gene& gene, std::ostream& out) {
  out << gene.symbol << "  " << gene.hgnc << "  NCBI " << gene.ncbi << "  " << gene.chromosome
      << "\nmethod: " << rules::CodeOf(gene.method) << "\nfunctions as of " << gene.function_date
      << "\n\nphenotypes:\n";
  for (const rules::PhenotypeTerm& term : gene.terms) {
    out << "  " << term.code << "  (" << term.text.en << " / " << term.text.sv << ")\n";
  }
  ShowPhenotypeRules(gene, out);
  if (gene.look_for) ShowLookFor(*gene.look_for, out);
  std::map<std::string, std::vector<std::string>> by_function;
  for (const rules::Allele& allele : gene.alleles) {
    std::string function = allele.function.empty() ? "no function assigned" : allele.function;
    if (allele.value) function += " (" + allele.value->Text() + ")";
    by_function[function].push_back(allele.name);
  }
  out << "\nalleles:\n";
  for (const auto& [function, names] : by_function) {
    out << "  " << function << ": " << Joined(names, "; ") << '\n';
  }
}

void ShowRule(const rules::Guideline& guideline, const rules::Rule& rule, std::ostream& out) {
  out << "\n  " << rule.id << (rule.retired ? "  [retired]" : "")
      << "\n    when: " << rules::DescribeCases(guideline, rule)
      << "\n    population: " << rule.population
      << "\n    action: " << rules::DescribeAction(rule.action)
      << "\n    strength: " << (rule.strength.empty() ? "-" : rule.strength)
      << "   alert: " << rules::CodeOf(rule.alert) << Both(rule.text);
  if (!rule.implication.en.empty()) {
    out << "    because: " << rule.implication.en << " / " << rule.implication.sv << '\n';
  }
  if (!rule.needs_review.empty()) out << "    needs review: " << rule.needs_review << '\n';
  if (rule.regional) {
    out << "    " << rule.regional->change << " " << rule.regional->date << " by "
        << rule.regional->author << ", approved by " << rule.regional->approver << ": "
        << rule.regional->reason << '\n';
  }
}

void ShowPretest(const rules::Pretest& pretest, std::ostream& out) {
  out << "  " << pretest.gene << ": " << pretest.authority << " (" << pretest.jurisdiction << ") "
      << pretest.level << " " << pretest.year << "   alert: " << rules::CodeOf(pretest.alert);
  if (pretest.applies_to != "all") out << "   population: " << pretest.applies_to;
  if (!pretest.condition.empty()) out << "\n    condition: " << pretest.condition;
  out << Both(pretest.text) << "    source: " << CitationText(pretest.citation) << '\n';
  if (!pretest.needs_review.empty()) out << "    needs review: " << pretest.needs_review << '\n';
}

void ShowDrug(const rules::Drug& drug, std::ostream& out) {
  out << drug.name << "  (sv: " << drug.names.sv << ")\nATC: " << Joined(drug.atc)
      << "\nATC of combinations: " << Joined(drug.atc_combination)
      << "\nATC of forms that are not systemic: " << Joined(drug.atc_not_systemic)
      << "\nRxNorm: " << Joined(drug.rxnorm) << "\nSNOMED CT: " << Joined(drug.snomed)
      << "\nbrands: " << Joined(drug.brands) << '\n';
  for (const rules::Guideline& guideline : drug.guidelines) {
    out << '\n'
        << guideline.source << " " << guideline.year << "  " << Joined(guideline.genes) << "\n  "
        << CitationText(guideline.citation) << '\n';
    if (!guideline.note.en.empty()) out << "  note:" << Both(guideline.note);
    for (const rules::Rule& rule : guideline.rules) ShowRule(guideline, rule, out);
  }
  if (!drug.pretests.empty()) out << "\ntests before the start:\n";
  for (const rules::Pretest& pretest : drug.pretests) ShowPretest(pretest, out);
}

// Everything of a rule that changes what a patient gets.
struct RuleFacts {
  std::string cases = {};
  std::string population = {};
  std::string action = {};
  std::string strength = {};
  std::string alert = {};
  std::string text = {};
  std::string implication = {};
  std::string needs_review = {};
  std::string retired = {};
};

std::map<std::string, RuleFacts> FactsOf(const rules::KnowledgeBase& knowledge) {
  std::map<std::string, RuleFacts> facts;
  for (const rules::Drug& drug : knowledge.drugs()) {
    for (const rules::Guideline& guideline : drug.guidelines) {
      for (const rules::Rule& rule : guideline.rules) {
        facts[rule.id] = {rules::DescribeCases(guideline, rule),
                          rule.population,
                          rules::DescribeAction(rule.action),
                          rule.strength,
                          std::string(rules::CodeOf(rule.alert)),
                          rule.text.en + " / " + rule.text.sv,
                          rule.implication.en + " / " + rule.implication.sv,
                          rule.needs_review,
                          rule.retired ? "retired" : "in force"};
      }
    }
  }
  return facts;
}

void CompareRule(const std::string& id, const RuleFacts& old, const RuleFacts& fresh,
                 std::ostream& out) {
  const auto compare = [&](const char* what, const std::string& a, const std::string& b) {
    if (a != b) out << "~ rule " << id << ": " << what << ": " << a << " -> " << b << '\n';
  };
  compare("when", old.cases, fresh.cases);
  compare("population", old.population, fresh.population);
  compare("action", old.action, fresh.action);
  compare("strength", old.strength, fresh.strength);
  compare("alert", old.alert, fresh.alert);
  compare("text", old.text, fresh.text);
  compare("implication", old.implication, fresh.implication);
  compare("needs review", old.needs_review, fresh.needs_review);
  compare("status", old.retired, fresh.retired);
}

// "CYP2D6 *41" -> "Decreased function 0.25", and the rules that turn functions into phenotypes.
std::map<std::string, std::string> GeneFacts(const rules::KnowledgeBase& knowledge) {
  std::map<std::string, std::string> facts;
  for (const rules::Gene& gene : knowledge.genes()) {
    for (const rules::Allele& allele : gene.alleles) {
      std::string fact = allele.function.empty() ? "no function assigned" : allele.function;
      if (allele.value) fact += " " + allele.value->Text();
      if (!allele.aliases.empty()) fact += ", also " + Joined(allele.aliases);
      facts["allele " + gene.symbol + " " + allele.name] = fact;
    }
    for (const rules::FunctionPair& pair : gene.pairs) {
      facts["phenotype " + gene.symbol + " " + pair.a + " + " + pair.b] = pair.result;
    }
    for (const rules::TestedVariant& variant : gene.variants) {
      facts["position " + gene.symbol + " " + variant.rsid] = Joined(variant.names);
    }
    if (gene.look_for) facts["look for " + gene.symbol] = LookForText(*gene.look_for);
    for (const auto& [function, phenotype] : gene.singles) {
      facts["phenotype " + gene.symbol + " one copy " + function] = phenotype;
    }
    for (const rules::ScoreRange& range : gene.scores) {
      facts["score " + gene.symbol + " from " + rules::ActivityScore::Exact(range.min).Text()] =
          range.phenotype +
          (range.max ? " to " + rules::ActivityScore::Exact(*range.max).Text() : std::string());
    }
  }
  return facts;
}

// Names, codes, sources, tests before the start, and what changes the effect of genes.
std::map<std::string, std::string> DrugFacts(const rules::KnowledgeBase& knowledge) {
  std::map<std::string, std::string> facts;
  for (const rules::Drug& drug : knowledge.drugs()) {
    facts["drug " + drug.name] =
        drug.names.en + " / " + drug.names.sv + "; " + Joined(drug.synonyms) + "; " +
        Joined(drug.brands) + "; ATC " + Joined(drug.atc) + ", combinations " +
        Joined(drug.atc_combination) + ", not systemic " + Joined(drug.atc_not_systemic);
    for (const rules::Guideline& guideline : drug.guidelines) {
      facts["guideline " + drug.name + " " + guideline.source + " " + Joined(guideline.genes)] =
          std::to_string(guideline.year) + " " + CitationText(guideline.citation);
    }
    for (const rules::Pretest& test : drug.pretests) {
      facts["test " + drug.name + " " + test.gene + " " + test.authority] =
          test.level + " " + std::to_string(test.year) + ", alert " +
          std::string(rules::CodeOf(test.alert)) + ": " + test.text.en + " / " + test.text.sv;
    }
  }
  for (const rules::PhenoconversionRule& rule : knowledge.phenoconversion()) {
    std::ostringstream effect;
    effect << rule.strength << ' ' << rule.effect;
    if (rule.factor) effect << ", factor " << *rule.factor;
    facts["effect of " + rule.drug + " on " + rule.gene] = effect.str();
  }
  return facts;
}

template <typename Fact, typename Changed>
void CompareMaps(const std::map<std::string, Fact>& before,
                 const std::map<std::string, Fact>& after, const char* what, std::ostream& out,
                 Changed changed) {
  for (const auto& [key, fact] : before) {
    if (!after.contains(key)) out << "- " << what << key << '\n';
  }
  for (const auto& [key, fact] : after) {
    const auto old = before.find(key);
    if (old == before.end()) {
      out << "+ " << what << key << '\n';
    } else {
      changed(key, old->second, fact);
    }
  }
}

}  // namespace

std::string ShowKnowledge(const rules::KnowledgeBase& knowledge, const std::string& name) {
  std::ostringstream out;
  if (const rules::Gene* gene = knowledge.FindGene(name)) {
    ShowGene(*gene, out);
    ShowUses(knowledge, gene->symbol, out);
    return out.str();
  }
  // A gene that only tests before the start name.
  std::ostringstream uses;
  ShowUses(knowledge, name, uses);
  if (!uses.str().empty()) {
    out << name << "  (results are not interpreted)\n" << uses.str();
    return out.str();
  }
  const std::vector<rules::DrugMatch> matches = knowledge.Match(rules::ReadDrugQuery(name));
  if (matches.empty()) {
    throw core::Error(core::ErrorCode::kNotFound,
                      "the knowledge has no gene and no drug '" + name + "'");
  }
  for (const rules::DrugMatch& match : matches) ShowDrug(*match.drug, out);
  return out.str();
}

std::string CompareKnowledge(const rules::KnowledgeBase& before,
                             const rules::KnowledgeBase& after) {
  std::ostringstream out;
  out << "knowledge " << before.version() << " -> " << after.version() << '\n';
  const auto changed = [&](const std::string& key, const std::string& old,
                           const std::string& fresh) {
    if (old != fresh) out << "~ " << key << ": " << old << " -> " << fresh << '\n';
  };
  CompareMaps(GeneFacts(before), GeneFacts(after), "", out, changed);
  CompareMaps(DrugFacts(before), DrugFacts(after), "", out, changed);
  CompareMaps(FactsOf(before), FactsOf(after), "rule ", out,
              [&](const std::string& id, const RuleFacts& old, const RuleFacts& fresh) {
                CompareRule(id, old, fresh, out);
              });
  return out.str();
}

}  // namespace genflik::app
