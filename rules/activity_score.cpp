#include "rules/activity_score.h"

#include <array>
#include <charconv>
#include <cmath>

namespace genflik::rules {
namespace {

constexpr int kLimit = 1'000'000;

std::optional<int> ParseThousandths(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!(value >= 0) || value * 1000 > kLimit) return std::nullopt;
  return static_cast<int>(std::lround(value * 1000));
}

}  // namespace

std::optional<ActivityScore> ActivityScore::Parse(std::string_view text) {
  if (text == "n/a" || text == "N/A") return ActivityScore();
  bool at_least = false;
  for (const std::string_view prefix : {std::string_view("≥"), std::string_view(">=")}) {
    if (text.substr(0, prefix.size()) != prefix) continue;
    at_least = true;
    text.remove_prefix(prefix.size());
    break;
  }
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  const std::optional<int> thousandths = ParseThousandths(text);
  if (!thousandths) return std::nullopt;
  return at_least ? AtLeast(*thousandths) : Exact(*thousandths);
}

ActivityScore ActivityScore::FromNumber(double value) {
  if (!(value >= 0) || value * 1000 > kLimit) return {};
  return Exact(static_cast<int>(std::lround(value * 1000)));
}

std::string ActivityScore::Text() const {
  if (!known_) return "n/a";
  std::string text = at_least_ ? "≥" : "";
  text += std::to_string(thousandths_ / 1000) + ".";
  std::string decimals = std::to_string(1000 + thousandths_ % 1000).substr(1);
  while (decimals.size() > 1 && decimals.back() == '0') decimals.pop_back();
  return text + decimals;
}

ActivityScore ActivityScore::operator+(ActivityScore other) const {
  if (!known_ || !other.known_) return {};
  return {thousandths_ + other.thousandths_, at_least_ || other.at_least_};
}

ActivityScore ActivityScore::Times(double factor) const {
  if (factor == 0) return Exact(0);
  if (!known_) return {};
  const int scaled = static_cast<int>(std::lround(thousandths_ * factor));
  return {scaled, at_least_ && scaled > 0};
}

}  // namespace genflik::rules
