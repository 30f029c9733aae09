#include "rules/age_limits.h"

#include <charconv>
#include <string_view>

namespace genflik::rules {
namespace {

constexpr double kAdultAge = 18;

// The age in "from 65 years" or "under 12 years"; nothing when the words are not there.
std::optional<double> AgeIn(std::string_view basis) {
  for (const std::string_view word : {"from ", "under "}) {
    for (size_t at = basis.find(word); at != std::string_view::npos;
         at = basis.find(word, at + 1)) {
      const std::string_view rest = basis.substr(at + word.size());
      int years = 0;
      const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), years);
      if (read.ec == std::errc() &&
          rest.substr(static_cast<size_t>(read.ptr - rest.data())).starts_with(" years"))
        return years;
    }
  }
  return std::nullopt;
}

}  // namespace

Action AtAge(const Action& action, std::optional<double> age_years) {
  Action own = action;
  for (Action& other : own.or_else) other = AtAge(other, age_years);
  if (own.kind != ActionKind::kMaxDose || !own.max_dose || !own.max_dose_range || !age_years)
    return own;
  const std::optional<double> border = AgeIn(own.basis);
  if (!border) return own;
  // The lower limit is for those who need it: the old where the border is an adult's age, the young
  // where it is a child's.
  const bool older = *age_years >= *border;
  if (older == (*border >= kAdultAge)) {
    own.max_dose->low = own.max_dose->high = own.max_dose_range->low;
    // What part of the usual dose the limit is holds for the others.
    own.factor.reset();
  }
  own.max_dose_range.reset();
  return own;
}

}  // namespace genflik::rules
