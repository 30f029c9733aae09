#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/gene_result.h"

// What must be known of one laboratory to read what it sends: a file of services/lab/configurations
// (docs/lab-configuration.md).

namespace genflik::lab {

/// What one of the laboratory's own codes stands for.
struct LocalCode {
  std::string gene = {};
  /// "genotype", "haplotype", "phenotype", "presence", "variant" (an rs number with its bases) or
  /// "ignore".
  std::string test = {};
  /// rs number (variant) or allele (presence).
  std::string variant = {};
};

struct LabConfiguration {
  /// Name of the file without ".json".
  std::string name = {};
  /// How the laboratory is shown.
  std::string laboratory = {};
  /// "APPLICATION|FACILITY" of MSH-3 and MSH-4, first components; "*" for any.
  std::vector<std::string> senders = {};
  /// From assigning authority (CX-4.1), its OID or the identifier's type (CX-5) to a system.
  std::map<std::string, std::string, std::less<>> identifier_systems = {};
  std::map<std::string, LocalCode, std::less<>> codes = {};
  /// What the method looks for, by gene.
  std::map<std::string, rules::Coverage, std::less<>> coverage = {};
  std::string method = {};
  /// "8859/1" or "UNICODE UTF-8": what text is in when the message does not say.
  std::string character_set = "8859/1";
  /// Messages for training and tests (MSH-11 T or D) are taken as well.
  bool accept_test_messages = false;
  /// Meaning of a table's columns: from heading to "patient", "patient-system", "gene", "genotype",
  /// "phenotype", "variant", "date", "sample", "status", "birth-date", "family", "given", "sex",
  /// "ignore", or "variant:CYP2C19 rs4244285" and "genotype:CYP2C19" for one column a test.
  std::map<std::string, std::string, std::less<>> columns = {};
  /// System of the patient numbers in tables.
  std::string patient_system = {};
};

/// Reads one configuration. Nothing when it is not valid; `problems` says what and where.
[[nodiscard]] std::optional<LabConfiguration> ReadLabConfiguration(
    std::string_view name, std::string_view json, std::vector<std::string>& problems);

/// All configurations of a program.
class LabConfigurations {
 public:
  LabConfigurations() = default;
  explicit LabConfigurations(std::vector<LabConfiguration> labs) : labs_(std::move(labs)) {}
  /// Reads every *.json of a folder (none when it does not exist). Throws Error(kInvalid) with all
  /// problems.
  static LabConfigurations Load(const std::filesystem::path& folder);

  const LabConfiguration* FindByName(std::string_view name) const;
  /// The laboratory that sends with these names; a plain one, which maps nothing, when none is
  /// configured.
  const LabConfiguration& ForSender(std::string_view application, std::string_view facility) const;

 private:
  std::vector<LabConfiguration> labs_;
  LabConfiguration plain_ = {};
};

}  // namespace genflik::lab
