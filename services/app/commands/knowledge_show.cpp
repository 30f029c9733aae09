#include "services/app/commands/knowledge_show.h"

#include <map>
#include <sstream>
#include <vector>

#include "rules/rule_text.h"
#include "services/core/error.h"

namespace genflik::app {
namespace {

std::string Joined(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) joined += (joined.empty() ? "" : ", ") + text;
  return joined.empty() ? "-" : joined;
}

void ShowGene(const rules::Gene& gene, std::ostream& out) {
  out << gene.symbol << "  " << gene.hgnc << "  NCBI " << gene.ncbi << "  " << gene.chromosome
      << "\nmethod: " << rules::CodeOf(gene.method) << "\nfunctions as of " << gene.function_date
      << "\n\nphenotypes:\n";
  for (const rules::PhenotypeTerm& term : gene.terms) {
    out << "  " << term.code << "  (" << term.text.en << " / " << term.text.sv << ")\n";
  }
  std::map<std::string, std::vector<std::string>> by_function;
  for (const rules::Allele& allele : gene.alleles) {
    std::string function = allele.function.empty() ? "no function assigned" : allele.function;
    if (allele.value) function += " (" + allele.value->Text() + ")";
    by_function[function].push_back(allele.name);
  }
  out << "\nalleles:\n";
  for (const auto& [function, names] : by_function) {
    out << "  " << function << ": " << Joined(names) << '\n';
  }
}

void ShowRule(const rules::Guideline& guideline, const rules::Rule& rule, std::ostream& out) {
  out << "\n  " << rule.id << (rule.retired ? "  [retired]" : "")
      << "\n    when: " << rules::DescribeCases(guideline, rule)
      << "\n    population: " << rule.population
      << "\n    action: " << rules::DescribeAction(rule.action)
      << "\n    strength: " << (rule.strength.empty() ? "-" : rule.strength)
      << "   alert: " << rules::CodeOf(rule.alert) << "\n    en: " << rule.text.en
      << "\n    sv: " << rule.text.sv << '\n';
  if (!rule.needs_review.empty()) out << "    needs review: " << rule.needs_review << '\n';
  if (rule.regional) {
    out << "    " << rule.regional->change << " " << rule.regional->date << " by "
        << rule.regional->author << ", approved by " << rule.regional->approver << ": "
        << rule.regional->reason << '\n';
  }
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
        << guideline.citation.title;
    if (!guideline.citation.doi.empty()) out << "  doi:" << guideline.citation.doi;
    out << '\n';
    for (const rules::Rule& rule : guideline.rules) ShowRule(guideline, rule, out);
  }
  if (!drug.pretests.empty()) out << "\ntests before the start:\n";
  for (const rules::Pretest& pretest : drug.pretests) {
    out << "  " << pretest.gene << ": " << pretest.authority << " (" << pretest.jurisdiction << ") "
        << pretest.level << " " << pretest.year << "\n    " << pretest.text.en << '\n';
  }
}

// Everything of a rule that changes what a patient gets.
struct RuleFacts {
  std::string cases = {};
  std::string population = {};
  std::string action = {};
  std::string strength = {};
  std::string alert = {};
  std::string text = {};
  std::string retired = {};
};

std::map<std::string, RuleFacts> FactsOf(const rules::KnowledgeBase& knowledge) {
  std::map<std::string, RuleFacts> facts;
  for (const rules::Drug& drug : knowledge.drugs()) {
    for (const rules::Guideline& guideline : drug.guidelines) {
      for (const rules::Rule& rule : guideline.rules) {
        facts[rule.id] = {
            rules::DescribeCases(guideline, rule),  rule.population,
            rules::DescribeAction(rule.action),     rule.strength,
            std::string(rules::CodeOf(rule.alert)), rule.text.en + " / " + rule.text.sv,
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
  compare("status", old.retired, fresh.retired);
}

// "CYP2D6 *41" -> "Decreased function 0.25", and the rules that turn functions into phenotypes.
std::map<std::string, std::string> GeneFacts(const rules::KnowledgeBase& knowledge) {
  std::map<std::string, std::string> facts;
  for (const rules::Gene& gene : knowledge.genes()) {
    for (const rules::Allele& allele : gene.alleles) {
      std::string fact = allele.function.empty() ? "no function assigned" : allele.function;
      if (allele.value) fact += " " + allele.value->Text();
      facts["allele " + gene.symbol + " " + allele.name] = fact;
    }
    for (const rules::FunctionPair& pair : gene.pairs) {
      facts["phenotype " + gene.symbol + " " + pair.a + " + " + pair.b] = pair.result;
    }
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
  CompareMaps(GeneFacts(before), GeneFacts(after), "", out,
              [&](const std::string& key, const std::string& old, const std::string& fresh) {
                if (old != fresh) out << "~ " << key << ": " << old << " -> " << fresh << '\n';
              });
  CompareMaps(FactsOf(before), FactsOf(after), "rule ", out,
              [&](const std::string& id, const RuleFacts& old, const RuleFacts& fresh) {
                CompareRule(id, old, fresh, out);
              });
  return out.str();
}

}  // namespace genflik::app
