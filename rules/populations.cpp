#include "rules/populations.h"

#include <algorithm>
#include <array>
#include <utility>

#include "rules/notation.h"

namespace genflik::rules {
namespace {

constexpr double kAdultAge = 18;
constexpr double kEfavirenzAdultWeight = 40;

PopulationMembership When(bool member) {
  return member ? PopulationMembership::kMember : PopulationMembership::kExcluded;
}

// Codes that exclude each other; the one that the context names decides for its group.
constexpr std::array<std::array<std::string_view, 3>, 5> kGroups = {{
    {"CVI ACS PCI", "CVI non-ACS non-PCI", "NVI"},
    {"CBZ naive", "CBZ use >3mos", ""},
    {"PHT naive", "PHT use >3mos", ""},
    {"OXC naive", "OXC use >3 mos", ""},
    {"<= 1g per day", "> 1g per day", ""},
}};

PopulationMembership ByIndication(std::string_view population, const EvaluationContext& context) {
  const auto says = [&](std::string_view code) {
    return std::ranges::find(context.indications, code) != context.indications.end();
  };
  if (says(population)) return PopulationMembership::kMember;
  // Who has taken it for months is past the danger that the choice of drug is about.
  if (population == "CBZ-no alternatives" && says("CBZ use >3mos")) {
    return PopulationMembership::kExcluded;
  }
  for (const auto& group : kGroups) {
    if (std::ranges::find(group, population) == group.end()) continue;
    const bool another = std::ranges::any_of(
        group, [&](std::string_view code) { return !code.empty() && says(code); });
    if (another) return PopulationMembership::kExcluded;
  }
  return PopulationMembership::kUnknown;
}

}  // namespace

PopulationMembership Membership(std::string_view population, const EvaluationContext& context) {
  if (population == "general" || population == "all") return PopulationMembership::kMember;
  if (population == "adults" || population == "pediatrics") {
    if (!context.age_years) return PopulationMembership::kUnknown;
    return When((*context.age_years >= kAdultAge) == (population == "adults"));
  }
  if (population == "child >40kg_adult") {
    if (context.age_years && *context.age_years >= kAdultAge) return PopulationMembership::kMember;
    if (!context.weight_kg) return PopulationMembership::kUnknown;
    if (*context.weight_kg > kEfavirenzAdultWeight) return PopulationMembership::kMember;
    return context.age_years ? PopulationMembership::kExcluded : PopulationMembership::kUnknown;
  }
  return ByIndication(population, context);
}

std::string ReadIndication(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kWords = {{
      {"acs", "CVI ACS PCI"},
      {"pci", "CVI ACS PCI"},
      {"acs/pci", "CVI ACS PCI"},
      {"acs pci", "CVI ACS PCI"},
      {"aks", "CVI ACS PCI"},
      {"acute coronary syndrome", "CVI ACS PCI"},
      {"akut koronart syndrom", "CVI ACS PCI"},
      {"percutaneous coronary intervention", "CVI ACS PCI"},
      {"nvi", "NVI"},
      {"stroke", "NVI"},
      {"tia", "NVI"},
      {"ischemic stroke", "NVI"},
      {"ischaemic stroke", "NVI"},
      {"neurovascular", "NVI"},
      {"cvi non-acs non-pci", "CVI non-ACS non-PCI"},
      {"cvi acs pci", "CVI ACS PCI"},
  }};
  const auto known =
      std::ranges::find(kWords, LowerAscii(Trim(text)), &decltype(kWords)::value_type::first);
  return std::string(known == kWords.end() ? text : known->second);
}

LocalText PopulationText(std::string_view population) {
  struct Words {
    std::string_view code;
    const char* en;
    const char* sv;
  };
  constexpr std::array<Words, 15> kWords = {{
      {"general", "all patients", "alla patienter"},
      {"adults", "adults", "vuxna"},
      {"pediatrics", "children", "barn"},
      {"child >40kg_adult", "adults, and children over 40 kg", "vuxna, och barn över 40 kg"},
      {"CVI ACS PCI", "acute coronary syndrome or PCI", "akut koronart syndrom eller PCI"},
      {"CVI non-ACS non-PCI", "other cardiovascular disease", "annan hjärt-kärlsjukdom"},
      {"NVI", "stroke, TIA or other neurovascular disease",
       "stroke, TIA eller annan neurovaskulär sjukdom"},
      {"CBZ naive", "new to carbamazepine", "har inte tidigare fått karbamazepin"},
      {"CBZ use >3mos", "carbamazepine for more than 3 months", "karbamazepin i mer än 3 månader"},
      {"CBZ-no alternatives", "no alternative to carbamazepine",
       "alternativ till karbamazepin saknas"},
      {"PHT naive", "new to phenytoin", "har inte tidigare fått fenytoin"},
      {"PHT use >3mos", "phenytoin for more than 3 months", "fenytoin i mer än 3 månader"},
      {"OXC naive", "new to oxcarbazepine", "har inte tidigare fått oxkarbazepin"},
      {"OXC use >3 mos", "oxcarbazepine for more than 3 months", "oxkarbazepin i mer än 3 månader"},
      {"<= 1g per day", "at most 1 g a day", "högst 1 g per dygn"},
  }};
  const auto found = std::ranges::find(kWords, population, &Words::code);
  if (found == kWords.end()) return {std::string(population), std::string(population)};
  return {found->en, found->sv};
}

}  // namespace genflik::rules
