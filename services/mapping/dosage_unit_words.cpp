#include "services/mapping/dosage_unit_words.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <utility>

namespace genflik::mapping {
namespace {

constexpr double kDaysPerMonth = 30.4375;
constexpr double kDaysPerYear = 365.25;

// What people call one piece of a medicine, in Swedish, English and as units of presentation.
const std::unordered_map<std::string_view, std::string_view>& PieceWords() {
  static const std::unordered_map<std::string_view, std::string_view> words{
      {"tablet", "tablet"},
      {"tablets", "tablet"},
      {"tablett", "tablet"},
      {"tabletter", "tablet"},
      {"tabl", "tablet"},
      {"tabl.", "tablet"},
      {"tab", "tablet"},
      {"tab.", "tablet"},
      {"tabs", "tablet"},
      {"tbl", "tablet"},
      {"tbl.", "tablet"},
      {"tbs", "tablet"},
      {"tabletten", "tablet"},
      {"comprimé", "tablet"},
      {"capsule", "capsule"},
      {"capsules", "capsule"},
      {"cap", "capsule"},
      {"caps", "capsule"},
      {"caps.", "capsule"},
      {"kaps", "capsule"},
      {"kaps.", "capsule"},
      {"kapsel", "capsule"},
      {"kapslar", "capsule"},
      {"kap", "capsule"},
      {"patch", "patch"},
      {"patches", "patch"},
      {"plåster", "patch"},
      {"depotplåster", "patch"},
      {"syringe", "syringe"},
      {"syringes", "syringe"},
      {"spruta", "syringe"},
      {"sprutor", "syringe"},
      {"penna", "pen"},
      {"pennor", "pen"},
      {"pen", "pen"},
      {"pens", "pen"},
      {"ampoule", "ampoule"},
      {"ampoules", "ampoule"},
      {"ampule", "ampoule"},
      {"amp", "ampoule"},
      {"ampull", "ampoule"},
      {"ampuller", "ampoule"},
      {"vial", "vial"},
      {"vials", "vial"},
      {"injektionsflaska", "vial"},
      {"injektionsflaskor", "vial"},
      {"flaska", "bottle"},
      {"flaskor", "bottle"},
      {"bottle", "bottle"},
      {"påse", "bag"},
      {"påsar", "bag"},
      {"bag", "bag"},
      {"bags", "bag"},
      {"dospåse", "sachet"},
      {"dospåsar", "sachet"},
      {"sachet", "sachet"},
      {"sachets", "sachet"},
      {"puff", "puff"},
      {"puffs", "puff"},
      {"puffar", "puff"},
      {"spray", "puff"},
      {"sprays", "puff"},
      {"inhalation", "puff"},
      {"inhalationer", "puff"},
      {"inh", "puff"},
      {"actuation", "puff"},
      {"actuations", "puff"},
      {"suppositorium", "suppository"},
      {"suppositorier", "suppository"},
      {"suppository", "suppository"},
      {"suppositories", "suppository"},
      {"supp", "suppository"},
      {"supp.", "suppository"},
      {"stolpiller", "suppository"},
      {"lozenge", "lozenge"},
      {"sugtablett", "lozenge"},
      {"dose", ""},
      {"doses", ""},
      {"dos", ""},
      {"doser", ""},
      {"piece", ""},
      {"pieces", ""},
      {"st", ""},
      {"st.", ""},
      {"stk", ""},
      {"stycken", ""},
      {"stück", ""},
      {"beutel", "sachet"},
      {"tablette", "tablet"},
      {"kapseln", "capsule"},
      {"styck", ""},
      {"unit", ""},
      {"each", ""},
      {"enhetsdos", ""},
      {"endosbehållare", "unit-dose"},
      {"pulver", "powder"},
      {"dragé", "tablet"},
      {"dragéer", "tablet"},
      {"pill", "tablet"},
      {"pills", "tablet"},
      {"piller", "tablet"},
      {"implantat", "implant"},
      {"implant", "implant"},
      {"tuggummi", "gum"},
      {"injektion", "injection"},
      {"injektioner", "injection"},
      {"injection", "injection"}};
  return words;
}

struct WordUnit {
  UnitKind kind;
  double factor;
};

const std::unordered_map<std::string_view, WordUnit>& MeasureWords() {
  static const std::unordered_map<std::string_view, WordUnit> words{
      {"mg", {UnitKind::kMass, 1}},
      {"mg.", {UnitKind::kMass, 1}},
      {"milligram", {UnitKind::kMass, 1}},
      {"milligrams", {UnitKind::kMass, 1}},
      {"g", {UnitKind::kMass, 1000}},
      {"g.", {UnitKind::kMass, 1000}},
      {"gram", {UnitKind::kMass, 1000}},
      {"grams", {UnitKind::kMass, 1000}},
      {"kg", {UnitKind::kMass, 1e6}},
      {"ug", {UnitKind::kMass, 1e-3}},
      {"mcg", {UnitKind::kMass, 1e-3}},
      {"mikrog", {UnitKind::kMass, 1e-3}},
      {"mikrogram", {UnitKind::kMass, 1e-3}},
      {"microgram", {UnitKind::kMass, 1e-3}},
      {"micrograms", {UnitKind::kMass, 1e-3}},
      {"ng", {UnitKind::kMass, 1e-6}},
      {"nanogram", {UnitKind::kMass, 1e-6}},
      {"nanograms", {UnitKind::kMass, 1e-6}},
      {"ml", {UnitKind::kVolume, 1}},
      {"ml.", {UnitKind::kVolume, 1}},
      {"milliliter", {UnitKind::kVolume, 1}},
      {"millilitre", {UnitKind::kVolume, 1}},
      {"milliliters", {UnitKind::kVolume, 1}},
      {"millilitres", {UnitKind::kVolume, 1}},
      {"cl", {UnitKind::kVolume, 10}},
      {"dl", {UnitKind::kVolume, 100}},
      {"l", {UnitKind::kVolume, 1000}},
      {"liter", {UnitKind::kVolume, 1000}},
      {"litre", {UnitKind::kVolume, 1000}},
      {"ie", {UnitKind::kInternational, 1}},
      {"iu", {UnitKind::kInternational, 1}},
      {"i.e.", {UnitKind::kInternational, 1}},
      {"e", {UnitKind::kInternational, 1}},
      {"enheter", {UnitKind::kInternational, 1}},
      {"enhet", {UnitKind::kInternational, 1}},
      {"units", {UnitKind::kInternational, 1}},
      {"enh", {UnitKind::kInternational, 1}},
      {"kie", {UnitKind::kInternational, 1e3}},
      {"mie", {UnitKind::kInternational, 1e6}},
      {"droppe", {UnitKind::kDrop, 1}},
      {"droppar", {UnitKind::kDrop, 1}},
      {"drop", {UnitKind::kDrop, 1}},
      {"drops", {UnitKind::kDrop, 1}},
      {"dr", {UnitKind::kDrop, 1}},
      {"gtt", {UnitKind::kDrop, 1}},
      {"gtts", {UnitKind::kDrop, 1}},
      {"h", {UnitKind::kTime, 1.0 / 24}},
      {"hr", {UnitKind::kTime, 1.0 / 24}},
      {"hrs", {UnitKind::kTime, 1.0 / 24}},
      {"hour", {UnitKind::kTime, 1.0 / 24}},
      {"hours", {UnitKind::kTime, 1.0 / 24}},
      {"tim", {UnitKind::kTime, 1.0 / 24}},
      {"tim.", {UnitKind::kTime, 1.0 / 24}},
      {"timme", {UnitKind::kTime, 1.0 / 24}},
      {"timma", {UnitKind::kTime, 1.0 / 24}},
      {"timmar", {UnitKind::kTime, 1.0 / 24}},
      {"timmars", {UnitKind::kTime, 1.0 / 24}},
      {"min", {UnitKind::kTime, 1.0 / 1440}},
      {"minut", {UnitKind::kTime, 1.0 / 1440}},
      {"minuter", {UnitKind::kTime, 1.0 / 1440}},
      {"minute", {UnitKind::kTime, 1.0 / 1440}},
      {"minutes", {UnitKind::kTime, 1.0 / 1440}},
      {"sek", {UnitKind::kTime, 1.0 / 86400}},
      {"s", {UnitKind::kTime, 1.0 / 86400}},
      {"d", {UnitKind::kTime, 1}},
      {"dag", {UnitKind::kTime, 1}},
      {"dagen", {UnitKind::kTime, 1}},
      {"dan", {UnitKind::kTime, 1}},
      {"dagar", {UnitKind::kTime, 1}},
      {"dagars", {UnitKind::kTime, 1}},
      {"dgr", {UnitKind::kTime, 1}},
      {"dgrs", {UnitKind::kTime, 1}},
      {"dygn", {UnitKind::kTime, 1}},
      {"dygnet", {UnitKind::kTime, 1}},
      {"day", {UnitKind::kTime, 1}},
      {"days", {UnitKind::kTime, 1}},
      {"v", {UnitKind::kTime, 7}},
      {"v.", {UnitKind::kTime, 7}},
      {"wk", {UnitKind::kTime, 7}},
      {"wks", {UnitKind::kTime, 7}},
      {"w", {UnitKind::kTime, 7}},
      {"vecka", {UnitKind::kTime, 7}},
      {"veckan", {UnitKind::kTime, 7}},
      {"veckor", {UnitKind::kTime, 7}},
      {"veckors", {UnitKind::kTime, 7}},
      {"week", {UnitKind::kTime, 7}},
      {"fortnight", {UnitKind::kTime, 14}},
      {"weeks", {UnitKind::kTime, 7}},
      {"mån", {UnitKind::kTime, kDaysPerMonth}},
      {"månad", {UnitKind::kTime, kDaysPerMonth}},
      {"månaden", {UnitKind::kTime, kDaysPerMonth}},
      {"månader", {UnitKind::kTime, kDaysPerMonth}},
      {"month", {UnitKind::kTime, kDaysPerMonth}},
      {"months", {UnitKind::kTime, kDaysPerMonth}},
      {"år", {UnitKind::kTime, kDaysPerYear}},
      {"year", {UnitKind::kTime, kDaysPerYear}},
      {"m2", {UnitKind::kArea, 1}},
      {"mmol", {UnitKind::kMole, 1}},
      {"umol", {UnitKind::kMole, 1}},
      {"nmol", {UnitKind::kMole, 1}},
      {"mol", {UnitKind::kMole, 1}},
      {"mekv", {UnitKind::kMole, 1}}};
  return words;
}

// Teaspoons and tablespoons hold 5 and 15 ml in Swedish and European practice.
const std::unordered_map<std::string_view, double>& SpoonWords() {
  static const std::unordered_map<std::string_view, double> words{
      {"tsk", 5},          {"tesked", 5},         {"teskedar", 5},
      {"teaspoon", 5},     {"teaspoons", 5},      {"teaspoonful", 5},
      {"teaspoonfuls", 5}, {"tablespoonful", 15}, {"tablespoonfuls", 15},
      {"msk", 15},         {"matsked", 15},       {"matskedar", 15},
      {"tablespoon", 15},  {"tablespoons", 15},   {"kryddmått", 1}};
  return words;
}

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() > end.size() && text.substr(text.size() - end.size()) == end;
}

std::optional<std::string> PieceOf(std::string_view word) {
  const auto found = PieceWords().find(word);
  if (found != PieceWords().end()) return std::string(found->second);
  // Compounds: "depottablett", "enterokapslar", "film-coated tablet".
  for (const std::string_view end : {"tablett", "tabletter", "tablet", "tablets", "tabl"}) {
    if (EndsWith(word, end)) return "tablet";
  }
  for (const std::string_view end : {"kapsel", "kapslar", "capsule", "capsules", "kaps"}) {
    if (EndsWith(word, end)) return "capsule";
  }
  for (const std::string_view end : {"plåster", " patch", " patches"}) {
    if (EndsWith(word, end)) return "patch";
  }
  if (EndsWith(word, "spruta") || EndsWith(word, " syringe")) return "syringe";
  return std::nullopt;
}

}  // namespace

std::optional<Unit> UnitWord(std::string_view word) {
  if (const auto found = MeasureWords().find(word); found != MeasureWords().end()) {
    return Unit{.kind = found->second.kind, .factor = found->second.factor};
  }
  if (const auto found = SpoonWords().find(word); found != SpoonWords().end()) {
    return Unit{.kind = UnitKind::kVolume, .factor = found->second};
  }
  if (auto piece = PieceOf(word)) {
    return Unit{.kind = UnitKind::kPiece, .piece = std::move(*piece)};
  }
  return std::nullopt;
}

std::string PlainText(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 39> kReplace{
      {{"Å", "å"},           {"Ä", "ä"},           {"Ö", "ö"},      {"µ", "u"},
       {"μ", "u"},           {"½", "0.5"},         {"¼", "0.25"},   {"¾", "0.75"},
       {"⅓", "0.333333333"}, {"⅔", "0.666666667"}, {"⅛", "0.125"},  {"⅙", "0.166666667"},
       {"²", "2"},           {"–", "-"},           {"—", "-"},      {"−", "-"},
       {"×", "x"},           {"\u00a0", " "},      {"\u202f", " "}, {"É", "é"},
       {"’", "'"},           {"Ø", "ø"},           {"Æ", "æ"},      {"Ü", "ü"},
       {"\u2009", " "},      {"á", "à"},           {"•", " "},      {"·", "."},
       {"\u2044", "/"},      {"\u2010", "-"},      {"\u2011", "-"}, {"\u2012", "-"},
       {"\u00ad", ""},       {"\u200b", ""},       {"\ufeff", ""},  {"±", "~"},
       {"≈", "~"},           {"≥", ">"},           {"≤", "<"}}};
  std::string plain;
  plain.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x80) {
      plain += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
      ++i;
      continue;
    }
    // The small letters of Western languages stand for themselves, but for one.
    const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : '\0');
    if (c == 0xC3 && next >= 0xA0 && next != 0xA1) {
      plain.append(text, i, 2);
      i += 2;
      continue;
    }
    const auto* found = std::find_if(kReplace.begin(), kReplace.end(), [&](const auto& pair) {
      return text.substr(i, pair.first.size()) == pair.first;
    });
    if (found == kReplace.end()) {
      plain += text[i++];
      continue;
    }
    // "1½" is one and a half, not ten and a half.
    const bool mixed = found->second.starts_with("0.") && !plain.empty() && plain.back() >= '0' &&
                       plain.back() <= '9';
    plain += mixed ? found->second.substr(1) : found->second;
    i += found->first.size();
  }
  return plain;
}

}  // namespace genflik::mapping
