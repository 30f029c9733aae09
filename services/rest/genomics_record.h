#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "services/rest/genomics_finding.h"
#include "services/rest/genomics_input.h"
#include "services/store/store.h"

namespace genflik::rest {

/// One genetic test of a patient: a report, or a study with its analyses.
struct GenomicsTest {
  /// The resource, such as "DiagnosticReport/1".
  std::string reference = {};
  fhir::Json resource = {};
  /// Its first identifier, else its logical id.
  std::string id = {};
  /// FHIR dateTime; empty when none is told.
  std::string date = {};
  std::vector<std::string> specimens = {};
  /// References of what it found, also through hasMember and derivedFrom.
  std::set<std::string> findings = {};
};

/// The genetic findings of one patient, as far as a question's filters let them through.
class GenomicsRecord {
 public:
  /// Throws Error(kNotFound) when there is no such patient.
  GenomicsRecord(const store::Reader& reader, const GenomicsInput& input);

  const std::vector<Finding>& findings() const { return findings_; }
  const std::vector<GenomicsTest>& tests() const { return tests_; }
  /// The finding of a reference; null when it was filtered out or is none.
  const Finding* Find(std::string_view reference) const;
  /// What a finding was derived from.
  std::vector<const Finding*> SourcesOf(const Finding& finding) const;

 private:
  void ReadObservations(const std::string& subject);
  void ReadReports(const std::string& subject);
  void ReadStudies(const std::string& subject);
  void AddTest(const store::StoredResource& stored, fhir::Json body,
               std::set<std::string> findings);
  void Filter(const GenomicsInput& input);
  bool IsOfTest(const Finding& finding, const std::vector<GenomicsToken>& tests) const;
  bool IsOfSpecimen(const fhir::Json& resource, const std::vector<GenomicsToken>& specimens) const;
  bool IsWithin(const Finding& finding, const GenomicsDates& dates) const;

  const store::Reader& reader_;
  std::vector<Finding> findings_;
  std::vector<GenomicsTest> tests_;
};

}  // namespace genflik::rest
