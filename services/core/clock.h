#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace genflik::core {

/// A point in time, in UTC, with milliseconds.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

/// Tells the time; handed in, so that a test can hold it still.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant Now() const = 0;
};

/// The machine's clock.
class SystemClock : public Clock {
 public:
  Instant Now() const override;
};

/// A clock that stands where it was set.
class FixedClock : public Clock {
 public:
  explicit FixedClock(Instant now) : now_(now) {}
  Instant Now() const override { return now_; }
  void Set(Instant now) { now_ = now; }

 private:
  Instant now_;
};

/// A FHIR instant in UTC: "2026-11-21T22:51:33.120Z".
std::string PrintInstant(Instant instant);
/// The date as HTTP writes it (RFC 9110, 5.6.7): "Sat, 21 Nov 2026 22:51:33 GMT".
std::string PrintHttpDate(Instant instant);

}  // namespace genflik::core
