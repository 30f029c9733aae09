#include "rules/warfarin.h"

#include <array>
#include <cmath>

namespace genflik::rules {
namespace {

// The ages and sizes of the cohorts that the equations were fitted to; beyond them nobody knows.
struct Range {
  double low;
  double high;
  const char* name;
  const char* unit;
};
constexpr Range kAge = {18, 100, "age", "years"};
constexpr Range kHeight = {120, 220, "height", "cm"};
constexpr Range kWeight = {30, 250, "weight", "kg"};
constexpr Range kInr = {1.5, 4.0, "target INR", ""};

std::string NumberText(double value) {
  std::string text = std::to_string(value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

void CheckRange(const Range& range, const std::optional<double>& value, WarfarinDose& dose) {
  if (!value) {
    dose.missing.emplace_back(range.name);
    return;
  }
  if (std::isfinite(*value) && *value >= range.low && *value <= range.high) return;
  std::string text = range.name;
  text.append(" must be ").append(NumberText(range.low)).append(" to ");
  text.append(NumberText(range.high));
  if (*range.unit != '\0') text.append(" ").append(range.unit);
  dose.outside.push_back(std::move(text));
}

bool ValidCount(const std::optional<int>& count) { return !count || (*count >= 0 && *count <= 2); }

bool Cyp2c9Known(const WarfarinInput& input) { return input.cyp2c9_2 && input.cyp2c9_3; }

void CheckGenes(WarfarinAlgorithm algorithm, const WarfarinInput& input, WarfarinDose& dose) {
  const bool vkorc1 = input.vkorc1_a_alleles.has_value();
  const bool cyp2c9 = Cyp2c9Known(input);
  const bool one_is_enough = algorithm == WarfarinAlgorithm::kIwpc;
  if (!vkorc1 && (!one_is_enough || !cyp2c9)) dose.missing.emplace_back("VKORC1");
  if (!cyp2c9 && (!one_is_enough || !vkorc1)) dose.missing.emplace_back("CYP2C9");
  if (!ValidCount(input.vkorc1_a_alleles))
    dose.outside.emplace_back("VKORC1 must be 0 to 2 alleles");
  const bool counts = ValidCount(input.cyp2c9_2) && ValidCount(input.cyp2c9_3);
  if (!counts || input.cyp2c9_2.value_or(0) + input.cyp2c9_3.value_or(0) > 2) {
    dose.outside.emplace_back("CYP2C9 must be 0 to 2 alleles in all");
  }
  if (input.other_cyp2c9_allele) {
    dose.cautions.emplace_back(
        "CYP2C9 carries a reduced-function allele that the equation does not know: the dose is "
        "too high (CPIC: 15-30 % less for each such allele)");
  }
  if (input.ancestry == WarfarinAncestry::kBlack) {
    dose.cautions.emplace_back(
        "In African ancestry CYP2C9*5, *6, *8, *11 and rs12777823 must be known as well");
  }
}

// IWPC's terms; the square of the sum is mg per week.
double IwpcGenotype(const WarfarinInput& input) {
  constexpr std::array<double, 3> kVkorc1 = {0, -0.8677, -1.6974};
  constexpr double kVkorc1Unknown = -0.4854;
  // By the number of *2 and of *3 alleles.
  constexpr std::array<std::array<double, 3>, 3> kCyp2c9 = {{
      {0, -0.9357, -2.3312},
      {-0.5211, -1.9206, 0},
      {-1.0616, 0, 0},
  }};
  constexpr double kCyp2c9Unknown = -0.2188;
  double sum = input.vkorc1_a_alleles ? kVkorc1.at(static_cast<size_t>(*input.vkorc1_a_alleles))
                                      : kVkorc1Unknown;
  sum += Cyp2c9Known(input) ? kCyp2c9.at(static_cast<size_t>(*input.cyp2c9_2))
                                  .at(static_cast<size_t>(*input.cyp2c9_3))
                            : kCyp2c9Unknown;
  return sum;
}

double IwpcAncestry(WarfarinAncestry ancestry) {
  switch (ancestry) {
    case WarfarinAncestry::kAsian:
      return -0.1092;
    case WarfarinAncestry::kBlack:
      return -0.2760;
    case WarfarinAncestry::kUnknown:
      return -0.1032;
    case WarfarinAncestry::kWhite:
      break;
  }
  return 0;
}

double Iwpc(const WarfarinInput& input) {
  constexpr double kYearsPerDecade = 10;
  // The equation takes whole decades: 54 years are 5.
  const double decades = std::floor(*input.age_years / kYearsPerDecade);
  const double root = 5.6044 - 0.2614 * decades + 0.0087 * *input.height_cm +
                      0.0128 * *input.weight_kg + IwpcGenotype(input) +
                      IwpcAncestry(input.ancestry) + (input.enzyme_inducer ? 1.1816 : 0) -
                      (input.amiodarone ? 0.5503 : 0);
  return root > 0 ? root * root : 0;
}

double Gage(const WarfarinInput& input) {
  const double daily = std::exp(
      0.9751 - 0.3238 * *input.vkorc1_a_alleles +
      0.4317 * BodySurface(*input.height_cm, *input.weight_kg) - 0.4008 * *input.cyp2c9_3 -
      0.00745 * *input.age_years - 0.2066 * *input.cyp2c9_2 + 0.2029 * input.target_inr -
      (input.amiodarone ? 0.2538 : 0) + (input.smoker ? 0.0922 : 0) -
      (input.ancestry == WarfarinAncestry::kBlack ? 0.0901 : 0) + (input.thrombosis ? 0.0664 : 0));
  return daily * WarfarinDose::kDaysPerWeek;
}

std::vector<std::string> LimitsOf(WarfarinAlgorithm algorithm) {
  std::vector<std::string> limits = {
      "adults only",
      algorithm == WarfarinAlgorithm::kIwpc ? "target INR 2 to 3" : "target INR 1.5 to 4",
      "an estimate of the maintenance dose, to be followed by INR measurements",
      "interacting drugs other than those asked for are not in the equation"};
  if (algorithm == WarfarinAlgorithm::kIwpc) {
    limits.emplace_back("takes whole decades of age");
  }
  return limits;
}

// The number of alleles named `name` in canonical text such as "*1/*3".
int CountAllele(const std::string& diplotype, std::string_view name) {
  int count = 0;
  size_t start = 0;
  while (start <= diplotype.size()) {
    const size_t end = std::min(diplotype.find('/', start), diplotype.size());
    if (std::string_view(diplotype).substr(start, end - start) == name) ++count;
    start = end + 1;
  }
  return count;
}

const Interpretation* OnlyReading(const GeneProfile& profile, std::string_view symbol) {
  const ProfiledGene* gene = profile.Find(symbol);
  if (gene == nullptr || gene->interpretation.candidates.size() != 1) return nullptr;
  const Interpretation& reading = gene->interpretation.candidates.front();
  return reading.diplotype.empty() ? nullptr : &reading;
}

}  // namespace

std::string_view CodeOf(WarfarinAlgorithm algorithm) {
  return algorithm == WarfarinAlgorithm::kIwpc ? "IWPC" : "Gage";
}

double BodySurface(double height_cm, double weight_kg) {
  return 0.007184 * std::pow(height_cm, 0.725) * std::pow(weight_kg, 0.425);
}

WarfarinDose EstimateWarfarin(WarfarinAlgorithm algorithm, const WarfarinInput& input) {
  WarfarinDose dose;
  dose.limits = LimitsOf(algorithm);
  dose.needs_review =
      algorithm == WarfarinAlgorithm::kIwpc
          ? "Coefficients not yet compared with the article: check doi:10.1056/NEJMoa0809329, "
            "Supplementary Appendix, section S1e."
          : "Coefficients not yet compared with the article: check doi:10.1038/clpt.2008.10, "
            "the pharmacogenetic dosing equation.";
  CheckRange(kAge, input.age_years, dose);
  CheckRange(kHeight, input.height_cm, dose);
  CheckRange(kWeight, input.weight_kg, dose);
  CheckGenes(algorithm, input, dose);
  if (algorithm == WarfarinAlgorithm::kGage) CheckRange(kInr, input.target_inr, dose);
  if (!dose.missing.empty() || !dose.outside.empty()) return dose;
  dose.mg_per_week = algorithm == WarfarinAlgorithm::kIwpc ? Iwpc(input) : Gage(input);
  return dose;
}

void AddWarfarinGenes(const GeneProfile& profile, WarfarinInput& input) {
  if (const Interpretation* vkorc1 = OnlyReading(profile, "VKORC1")) {
    if (vkorc1->phenotype == "-1639 GG") input.vkorc1_a_alleles = 0;
    if (vkorc1->phenotype == "-1639 AG") input.vkorc1_a_alleles = 1;
    if (vkorc1->phenotype == "-1639 AA") input.vkorc1_a_alleles = 2;
  }
  if (const Interpretation* cyp2c9 = OnlyReading(profile, "CYP2C9")) {
    const int two = CountAllele(cyp2c9->diplotype, "*2");
    const int three = CountAllele(cyp2c9->diplotype, "*3");
    const int normal = CountAllele(cyp2c9->diplotype, "*1") + CountAllele(cyp2c9->diplotype, "*9");
    const bool known_function = cyp2c9->score && cyp2c9->score->known();
    if (!known_function) return;
    input.cyp2c9_2 = two;
    input.cyp2c9_3 = three;
    input.other_cyp2c9_allele = two + three + normal < 2;
  }
}

}  // namespace genflik::rules
