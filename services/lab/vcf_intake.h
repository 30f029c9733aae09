#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/json.h"
#include "rules/knowledge_base.h"
#include "services/core/clock.h"
#include "services/core/ids.h"
#include "services/lab/call_bundle.h"
#include "services/lab/call_definitions.h"
#include "services/lab/kept_call.h"
#include "services/lab/vcf_reader.h"
#include "services/store/store.h"

// A VCF on its way to the record: called, and stored through the same funnel as every other result.

namespace genflik::lab {

struct LabReport;

/// What is asked for with a VCF.
struct VcfOrder {
  /// "Patient/id" or empty.
  std::string subject = {};
  /// May be empty when the file holds one sample.
  std::string sample = {};
  CallSettings settings = {};
  VcfThresholds thresholds = {};
  /// Keep the results with the subject.
  bool store = false;
  /// FHIR dateTime of the sample or the analysis; today when empty and stored.
  std::string effective = {};
  std::string laboratory = {};
  /// The laboratory's number of the report: a later one with the same replaces it. A digest of the
  /// file when empty.
  std::string number = {};
  ImplicationChoice implications = ImplicationChoice::kActionable;
};

/// What calling again has brought for one stored report.
struct Recalled {
  /// "DiagnosticReport/…".
  std::string report = {};
  std::string patient = {};
  /// Knowledge version of the call before.
  std::string before = {};
  struct Change {
    std::string gene = {};
    std::string from = {};
    std::string to = {};
  };
  /// Genes that are called in another way now; empty when nothing changed.
  std::vector<Change> changes = {};
};

class VcfIntake {
 public:
  struct Needs {
    store::Store& store;
    std::function<std::shared_ptr<const rules::KnowledgeBase>()> knowledge = {};
    const core::Clock& clock;
    core::Ids& ids;
    std::shared_ptr<CallDefinitions> definitions = {};
    /// Hold where an order asks for none.
    VcfThresholds thresholds = {};
  };
  explicit VcfIntake(Needs needs) : needs_(std::move(needs)) {}

  /// Calls one sample and returns a Genomics Reporting Bundle; with VcfOrder::store its report,
  /// genotypes, haplotypes and variants are on disk then. Throws core::Error as ReadVcf does;
  /// kInvalid for an order that cannot be met; kNotFound for an unknown patient. Nothing is stored
  /// of a file that is wrong anywhere that matters.
  [[nodiscard]] fhir::Json Call(std::string_view bytes, const VcfOrder& order);

  /// Calls every stored report again from what was kept with it, by the definitions in force now.
  /// With `store`, what changed is stored as amended and what is no longer so as entered in error.
  [[nodiscard]] std::vector<Recalled> RecallAll(bool store);

  const VcfThresholds& thresholds() const { return needs_.thresholds; }

 private:
  Recalled Recall(const fhir::Json& report, bool store);
  void Store(const LabReport& report, const std::vector<std::string>& genes,
             const std::vector<std::string>& keys);

  Needs needs_;
};

}  // namespace genflik::lab
