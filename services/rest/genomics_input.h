#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/http/exchange.h"

// What the operations of the Genomics Reporting guide are asked:
// http://hl7.org/fhir/uv/genomics-reporting/STU3/operations.html

namespace genflik::rest {

/// A coded input: `system|code` is compared exactly, other text as words without regard to case.
struct GenomicsToken {
  /// As it was given.
  std::string item = {};
  /// Absent for a text.
  std::optional<std::string> system = {};
  std::string code = {};
};

/// "NC_000010.11:94938657-95055053": zero-based, the start within, the end not.
struct GenomicsRange {
  std::string item = {};
  std::string sequence = {};
  std::int64_t start = 0;
  std::int64_t end = 0;
};

/// A bound of testDateRange, in milliseconds since 1970.
struct GenomicsDates {
  std::optional<std::int64_t> from = {};
  /// Not within.
  std::optional<std::int64_t> until = {};
};

class GenomicsInput {
 public:
  /// Throws Error(kMalformed) for a parameter that the operation does not know, since leaving a
  /// filter out would answer another question.
  GenomicsInput(const http::Request& request, const std::vector<std::string_view>& known);

  /// The values of a parameter, commas separating them.
  const std::vector<std::string>& Values(std::string_view name) const;
  std::vector<GenomicsToken> Tokens(std::string_view name) const;
  std::vector<GenomicsRange> Ranges() const;
  bool Flag(std::string_view name) const;
  /// Throws Error(kMalformed) when there is no value.
  void Require(std::string_view name) const;
  /// The logical id of the subject.
  std::string Subject() const;
  GenomicsDates Dates() const;
  /// "germline", "somatic" or empty.
  std::string SourceClass() const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

/// Reads one range; throws Error(kMalformed).
GenomicsRange ReadGenomicsRange(const std::string& item);

}  // namespace genflik::rest
