#include "services/alerts/plain_words.h"

#include <algorithm>
#include <array>

namespace genflik::alerts {
namespace {

struct Words {
  std::string_view code;
  std::string_view swedish;
  std::string_view english;
};

constexpr std::array kStrengths{
    Words{"Strong", "stark", "strong"}, Words{"Moderate", "måttlig", "moderate"},
    Words{"Optional", "svag (kan övervägas)", "optional"},
    Words{"No recommendation", "ingen rekommendation", "no recommendation"}};

template <size_t N>
std::string Find(const std::array<Words, N>& words, std::string_view code, Language language) {
  const auto found =
      std::find_if(words.begin(), words.end(), [&](const Words& one) { return one.code == code; });
  if (found == words.end()) return std::string(code);
  return std::string(Say(language, found->swedish, found->english));
}

}  // namespace

std::string StrengthText(std::string_view strength, Language language) {
  return Find(kStrengths, strength, language);
}

std::string OriginText(const rules::Pretest& pretest, Language language) {
  if (!pretest.gene.starts_with("HLA-") ||
      pretest.condition.find("Asian origin") == std::string::npos)
    return {};
  return std::string(Say(language, "överväg ", "consider ")) + pretest.gene + pretest.allele +
         std::string(Say(language, " vid asiatiskt ursprung", " in patients of Asian origin"));
}

DoseBasis BasisOf(const rules::Action& action) {
  const std::string_view basis = action.basis;
  const auto says = [&](std::string_view words) {
    return basis.find(words) != std::string_view::npos;
  };
  if (says("12 weeks")) return DoseBasis::kLongTreatment;
  for (const std::string_view condition :
       {" if ", "if ", "only ", "when side effects", "same condition", "indications other than",
        "H. pylori", "not in "}) {
    if (condition == "if " ? basis.starts_with(condition) : says(condition))
      return DoseBasis::kConditional;
  }
  if (says("lowest recommended")) return DoseBasis::kLowest;
  if (says("start") || says("initial")) return DoseBasis::kStart;
  return basis.starts_with("maintenance") ? DoseBasis::kMaintenance : DoseBasis::kNow;
}

}  // namespace genflik::alerts
