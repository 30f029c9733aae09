#pragma once

#include <atomic>
#include <string>

namespace genflik::core {

/// Makes new identifiers; handed in, so that a test can foretell them.
class Ids {
 public:
  virtual ~Ids() = default;
  /// A new UUID in its text form (RFC 9562), which is a valid FHIR id as well.
  virtual std::string New() = 0;
};

/// Version 7 UUIDs: they grow with time, so that new rows land together in an index.
class TimeOrderedIds : public Ids {
 public:
  std::string New() override;
};

/// 00000000-0000-4000-8000-000000000001 and so on, for tests.
class SequenceIds : public Ids {
 public:
  std::string New() override;

 private:
  std::atomic<unsigned long long> next_ = 1;
};

}  // namespace genflik::core
