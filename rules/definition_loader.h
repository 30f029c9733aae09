#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/allele_definition.h"

namespace genflik::rules {

/// One thing wrong in a definition file.
struct DefinitionProblem {
  /// File name, such as "CYP2C19.json".
  std::string file = {};
  /// JSON Pointer of the place; empty for the whole file.
  std::string pointer = {};
  std::string reason = {};
};

/// The definitions of all genes, sorted by symbol; immutable and safe to share between threads.
class AlleleDefinitions {
 public:
  explicit AlleleDefinitions(std::vector<GeneDefinition> genes);

  const std::vector<GeneDefinition>& genes() const { return genes_; }
  const GeneDefinition* Find(std::string_view gene) const;

 private:
  std::vector<GeneDefinition> genes_;
};

/// Reads one definition file (form: rules/knowledge/schema/definition.schema.json) and checks that
/// it hangs together. Returns nothing, and says why in `problems`, when it does not.
[[nodiscard]] std::optional<GeneDefinition> ReadDefinition(
    std::string_view text, const std::string& file, std::vector<DefinitionProblem>& problems);

/// Reads every *.json file of `directory`. Returns nothing when any of them is wrong.
[[nodiscard]] std::shared_ptr<const AlleleDefinitions> LoadDefinitions(
    const std::filesystem::path& directory, std::vector<DefinitionProblem>& problems);

}  // namespace genflik::rules
