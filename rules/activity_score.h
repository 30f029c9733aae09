#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace genflik::rules {

/// An allele's activity value or a diplotype's activity score. Guidelines print it as "0.0",
/// "1.25", "≥3.0" (a copy number that was not counted) or "n/a" (an allele of uncertain function),
/// and look recommendations up by that text, so the text comes back as it went in.
class ActivityScore {
 public:
  /// "n/a": tested, but the function of an allele is uncertain.
  ActivityScore() = default;
  /// `thousandths` of a score; `at_least` when the true score may be higher.
  static ActivityScore Exact(int thousandths) { return {thousandths, false}; }
  static ActivityScore AtLeast(int thousandths) { return {thousandths, true}; }
  /// Reads "1", "1.0", "1.25", "≥3.0", ">=3" or "n/a"; nothing for any other text.
  static std::optional<ActivityScore> Parse(std::string_view text);
  /// The score nearest to `value`; n/a for a negative or unreasonable number.
  static ActivityScore FromNumber(double value);

  bool known() const { return known_; }
  bool at_least() const { return at_least_; }
  int thousandths() const { return thousandths_; }
  double value() const { return thousandths_ / 1000.0; }
  /// As guidelines print it: at least one decimal, no trailing zeros beyond it.
  std::string Text() const;

  /// The sum; n/a when either is n/a, at least when either is (and not a product with zero).
  ActivityScore operator+(ActivityScore other) const;
  /// Scaled by `factor`; zero is exact whatever was scaled, "n/a" stays unless the factor is zero.
  ActivityScore Times(double factor) const;

  bool operator==(const ActivityScore&) const = default;

 private:
  ActivityScore(int thousandths, bool at_least)
      : known_(true), at_least_(at_least), thousandths_(thousandths) {}

  bool known_ = false;
  bool at_least_ = false;
  int thousandths_ = 0;
};

}  // namespace genflik::rules
