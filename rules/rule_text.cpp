#include "rules/rule_text.h"

#include <algorithm>
#include <vector>

namespace genflik::rules {
namespace {

std::string NumberText(double value) {
  std::string text = std::to_string(value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string DescribeCase(const Guideline& guideline, const Rule::Case& one) {
  std::string text;
  for (size_t i = 0; i < guideline.genes.size(); ++i) {
    if (!one.named[i]) continue;
    std::vector<std::string> values;
    for (const auto& [value, bit] : guideline.vocabulary[i]) {
      if (one.values[i].test(bit)) values.push_back(value);
    }
    std::ranges::sort(values);
    if (!text.empty()) text += "; ";
    text += guideline.genes[i] + ": ";
    for (size_t k = 0; k < values.size(); ++k) text += (k == 0 ? "" : " | ") + values[k];
  }
  return text;
}

std::string DescribeLimit(const DoseLimit& dose) {
  std::string text = " at most " + NumberText(dose.low);
  if (dose.high != dose.low) text += "-" + NumberText(dose.high);
  return text + " " + dose.unit + "/" + dose.per;
}

std::string DescribeLimit(const ConditionalLimit& limit) {
  std::string text = limit.dose ? DescribeLimit(*limit.dose) : " avoid";
  if (limit.at_most) text += " and" + DescribeLimit(*limit.at_most);
  if (limit.from_years) text += " from " + NumberText(*limit.from_years) + " years";
  if (limit.under_years) text += " under " + NumberText(*limit.under_years) + " years";
  if (limit.from_kg) text += " from " + NumberText(*limit.from_kg) + " kg";
  if (limit.under_kg) text += " under " + NumberText(*limit.under_kg) + " kg";
  for (size_t i = 0; i < limit.strengths.size(); ++i)
    text += (i == 0 ? " with " : "/") + limit.strengths[i];
  if (!limit.gene.empty()) text.append(" ").append(limit.effect).append(" of ").append(limit.gene);
  return text;
}

}  // namespace

std::string DescribeCases(const Guideline& guideline, const Rule& rule) {
  std::vector<std::string> cases;
  for (const Rule::Case& one : rule.when) cases.push_back(DescribeCase(guideline, one));
  std::ranges::sort(cases);
  std::string text;
  for (const std::string& one : cases) text += (text.empty() ? "" : " or ") + one;
  return text;
}

std::string DescribeAction(const Action& action) {
  std::string text(CodeOf(action.kind));
  if (action.factor) text += " " + NumberText(*action.factor);
  if (action.factor_range) {
    text += " " + NumberText(action.factor_range->first) + "-" +
            NumberText(action.factor_range->second);
  }
  if (action.max_dose) text += DescribeLimit(*action.max_dose);
  if (action.max_dose_range) text += " or" + DescribeLimit(*action.max_dose_range);
  for (const ConditionalLimit& limit : action.limits) text += "," + DescribeLimit(limit);
  if (!action.basis.empty()) text += " (" + action.basis + ")";
  for (const ActionKind kind : action.also) text.append(", also ").append(CodeOf(kind));
  for (size_t i = 0; i < action.alternatives.size(); ++i) {
    text += (i == 0 ? ", instead: " : ", ") + action.alternatives[i];
  }
  if (!action.or_else.empty()) text += "; or else " + DescribeAction(action.or_else.front());
  return text;
}

}  // namespace genflik::rules
