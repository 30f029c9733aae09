#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/issue.h"
#include "fhir/search_parameters.h"

// The types of FHIR R4 as tables, read from the definition files (fhir/definitions): one JSON
// Schema (draft-07) a type, which also holds the type's search parameters, invariants and
// compartments. One more resource type costs a file there and no code.

namespace genflik::fhir {

struct TypeTable;

/// Every type that the definition files describe. Immutable, so that any number of threads may use
/// one.
class Definitions {
 public:
  Definitions();
  ~Definitions();
  Definitions(const Definitions&) = delete;
  Definitions& operator=(const Definitions&) = delete;

  /// True when `type` is a resource type with a definition file.
  bool IsResource(std::string_view type) const;
  /// True for every resource type of R4, whether or not it has a definition file.
  bool IsKnownType(std::string_view type) const;
  /// The resource types with a definition file, sorted; abstract ones left out.
  const std::vector<std::string>& ResourceTypes() const;

  /// The search parameter `name` of a resource type, those common to all types ("_id") included;
  /// nothing when there is none.
  const SearchParameter* FindSearchParameter(std::string_view type, std::string_view name) const;
  /// All search parameters of a resource type, those common to all types included, by name.
  const std::vector<const SearchParameter*>& SearchParametersOf(std::string_view type) const;

  /// The reference parameters that put a resource of `type` into a compartment ("Patient");
  /// nothing when it is never in it.
  const std::vector<std::string>* CompartmentParameters(std::string_view compartment,
                                                        std::string_view type) const;

  /// The elements of a type (fhir/type_table.h), for the validator and the summary.
  const TypeTable* FindType(std::string_view type) const;

 private:
  friend class DefinitionReader;
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// Reads every definition file of `directory`. Problems carry the file and the place; nothing is
/// returned when one is an error.
[[nodiscard]] std::shared_ptr<const Definitions> LoadDefinitions(
    const std::filesystem::path& directory, IssueLog& problems);

}  // namespace genflik::fhir
