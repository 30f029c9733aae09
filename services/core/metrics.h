#pragma once

#include <memory>
#include <string>
#include <string_view>

// Counters and durations in the Prometheus text format, version 0.0.4:
// https://prometheus.io/docs/instrumenting/exposition_formats/

namespace genflik::core {

/// What operations scrape. Thread-safe.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// Adds to the counter `name` with `labels` as the format writes them
  /// ("route=\"/fhir\",code=\"200\"").
  void Count(std::string_view name, std::string_view labels, unsigned long long by = 1);
  /// Adds one duration in seconds to the histogram `name`.
  void Observe(std::string_view name, std::string_view labels, double seconds);
  /// Everything counted so far.
  std::string Render() const;

 private:
  struct Tables;
  std::unique_ptr<Tables> tables_;
};

}  // namespace genflik::core
