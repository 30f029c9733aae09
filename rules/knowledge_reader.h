#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "rules/knowledge_base.h"
#include "rules/knowledge_loader.h"

// JSON that has passed its schema -> values. Nothing here checks what the schemas check.

namespace genflik::rules {

/// Adds what it finds wrong, with the place, for one file.
class ProblemSink {
 public:
  ProblemSink(std::vector<KnowledgeProblem>& problems, std::string file)
      : problems_(problems), file_(std::move(file)) {}

  void Error(std::string pointer, std::string reason) {
    problems_.push_back({file_, std::move(pointer), std::move(reason), false});
  }
  void Warning(std::string pointer, std::string reason) {
    problems_.push_back({file_, std::move(pointer), std::move(reason), true});
  }
  const std::string& file() const { return file_; }

 private:
  std::vector<KnowledgeProblem>& problems_;
  std::string file_;
};

[[nodiscard]] Gene ReadGene(const nlohmann::json& json, ProblemSink& sink);
/// Look-up values are checked against `genes`.
[[nodiscard]] Drug ReadDrug(const nlohmann::json& json, const std::vector<Gene>& genes,
                            ProblemSink& sink);
/// One recommendation, for guideline `guideline`, whose genes and vocabulary it extends.
[[nodiscard]] Rule ReadRule(const nlohmann::json& json, const std::vector<Gene>& genes,
                            Guideline& guideline, const std::string& pointer, ProblemSink& sink);
[[nodiscard]] Guideline ReadGuideline(const nlohmann::json& json, const std::vector<Gene>& genes,
                                      const std::string& pointer, ProblemSink& sink);
[[nodiscard]] std::vector<AlternativeDrug> ReadAlternatives(const nlohmann::json& json);
[[nodiscard]] std::vector<PhenoconversionRule> ReadPhenoconversion(const nlohmann::json& json,
                                                                   const std::vector<Gene>& genes,
                                                                   ProblemSink& sink);

}  // namespace genflik::rules
