#include "rules/knowledge_checks.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace genflik::rules {
namespace {

// Two cases overlap when every gene that both name has a value in common. Presence genes are looked
// up one risk allele at a time, so two rows may well apply to one patient there.
bool Overlap(const Rule::Case& a, const Rule::Case& b) {
  // A case whose genes could not be read was refused already.
  if (std::ranges::find(a.named, true) == a.named.end()) return false;
  for (size_t i = 0; i < a.values.size(); ++i) {
    if (a.named[i] != b.named[i]) return false;
    if (a.named[i] && (a.values[i] & b.values[i]).none()) return false;
  }
  return true;
}

bool SameCase(const Rule& a, const Rule& b) {
  if (a.retired || b.retired) return false;
  if (a.population != b.population) return false;
  return std::ranges::any_of(a.when, [&](const Rule::Case& one) {
    return std::ranges::any_of(b.when, [&](const Rule::Case& two) { return Overlap(one, two); });
  });
}

void CheckGuideline(const Guideline& guideline, const std::string& pointer, ProblemSink& sink) {
  const std::vector<Rule>& rules = guideline.rules;
  for (size_t i = 0; i < rules.size(); ++i) {
    for (size_t k = i + 1; k < rules.size(); ++k) {
      if (!SameCase(rules[i], rules[k])) continue;
      sink.Error(pointer + "/recommendations/" + std::to_string(k) + "/when",
                 "the same case as '" + rules[i].id + "'");
    }
  }
}

}  // namespace

void CheckDrug(const Drug& drug, ProblemSink& sink) {
  std::set<std::string> ids;
  for (size_t g = 0; g < drug.guidelines.size(); ++g) {
    const std::string pointer = "/guidelines/" + std::to_string(g);
    const Guideline& guideline = drug.guidelines[g];
    for (size_t r = 0; r < guideline.rules.size(); ++r) {
      if (!ids.insert(guideline.rules[r].id).second) {
        sink.Error(pointer + "/recommendations/" + std::to_string(r) + "/id",
                   "'" + guideline.rules[r].id + "' stands twice");
      }
    }
    CheckGuideline(guideline, pointer, sink);
  }
}

void CheckDrugs(const std::vector<Drug>& drugs, std::vector<KnowledgeProblem>& problems) {
  std::set<std::string> names;
  std::map<std::string, std::string> ids;
  for (const Drug& drug : drugs) {
    if (!names.insert(drug.name).second) {
      problems.push_back({"drugs", "", "two files for '" + drug.name + "'", false});
    }
    for (const Guideline& guideline : drug.guidelines) {
      for (const Rule& rule : guideline.rules) {
        const auto [known, fresh] = ids.emplace(rule.id, drug.name);
        if (!fresh && known->second != drug.name) {
          problems.push_back({"drugs", "",
                              "the rule id '" + rule.id + "' stands in the files of " +
                                  known->second + " and " + drug.name,
                              false});
        }
      }
    }
  }
}

}  // namespace genflik::rules
