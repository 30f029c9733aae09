#include "services/mapping/genomics_variants.h"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/mapping/genomics.h"
#include "services/mapping/genomics_alleles.h"
#include "services/mapping/genomics_codes.h"
#include "services/mapping/genomics_elements.h"
#include "services/mapping/genomics_words.h"

namespace genflik::mapping {
namespace {

using fhir::Find;
using fhir::FindArray;
using fhir::FindText;
using fhir::Json;
using Answer = VariantFinding::Answer;

// LOINC codes of components, as in genomics.cpp.
constexpr std::array<std::string_view, 5> kNames = {"81252-9", "81255-2", "48003-8", "48004-6",
                                                    "81290-9"};

std::string Upper(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return upper;
}

bool IsBase(char c) { return c == 'A' || c == 'C' || c == 'G' || c == 'T'; }

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// A base string, a deletion, or an allele number; empty when it is none.
std::string ReadToken(std::string_view text) {
  const std::string upper = Upper(Trim(text));
  if (upper == "-" || upper == "DEL" || upper == "DELETION") return "-";
  if (upper == "INS" || upper == "INSERTION") return "+";
  if (upper == "0" || upper == "1") return upper;
  const bool bases = !upper.empty() && std::all_of(upper.begin(), upper.end(), IsBase);
  return bases ? upper : "";
}

bool IsOneOf(const std::string& text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

/// What a text says in words: the answer and the number of copies.
std::optional<std::pair<Answer, int>> ReadWords(std::string_view text) {
  const std::string lower = LowerCase(Trim(text));
  if (IsOneOf(lower, {"heterozygous", "heterozygot", "heterozygote", "het", "het.", "hetero",
                      "heterozygous variant", "(het)"})) {
    return std::pair(Answer::kPresent, 1);
  }
  // "Homozygous" alone may mean either base.
  if (IsOneOf(lower, {"homozygous variant", "homozygous mutant", "homozygot variant",
                      "homozygot mutant", "hom alt", "homozygous alternate"})) {
    return std::pair(Answer::kPresent, 2);
  }
  if (IsOneOf(lower, {"homozygous reference", "homozygous wild type", "homozygous wildtype",
                      "wild type", "wildtype", "wild-type", "wt", "wt/wt", "vildtyp",
                      "homozygot vildtyp", "hom ref", "reference"})) {
    return std::pair(Answer::kReference, 0);
  }
  if (IsOneOf(lower, {"./.", "--", "-"}) || SaysNoCall(lower)) {
    return std::pair(Answer::kNoCall, 0);
  }
  return std::nullopt;
}

int CopiesOf(std::string_view allelic_state) {
  if (allelic_state == "LA6705-3") return 2;
  return allelic_state == "LA6706-1" || allelic_state == "LA6707-9" ? 1 : 0;
}

/// Reads the value of the Observation or component into `finding`.
void ReadAnswer(const Json& element, std::string_view allelic_state, VariantFinding& finding) {
  if (Find(element, "dataAbsentReason") != nullptr) {
    finding.answer = Answer::kNoCall;
    return;
  }
  for (const std::string& text : TextsOf(element)) {
    std::string rest = text;
    // "rs4244285 G/A" and "CYP2C19 rs4244285: G/A" name the variant once more.
    const std::string rs = RsNumberIn(text);
    if (!rs.empty()) {
      rest = text.substr(LowerCase(text).find(rs) + rs.size());
    } else {
      // So does "c.521T>C heterozygot".
      const auto named =
          std::find_if(finding.names.begin(), finding.names.end(),
                       [&](const auto& name) { return !name.empty() && text.starts_with(name); });
      if (named != finding.names.end()) rest = text.substr(named->size());
    }
    while (!rest.empty() && (rest.front() == ':' || rest.front() == ' ')) rest.erase(0, 1);
    finding.bases = ReadBases(rest);
    if (!finding.bases.empty()) {
      finding.answer = Answer::kBases;
      return;
    }
    if (const auto words = ReadWords(rest)) {
      finding.answer = words->first;
      finding.copies = words->second;
      return;
    }
  }
  if (const int copies = CopiesOf(AnswerOf(element)); copies == 1) {
    finding.answer = Answer::kPresent;
    finding.copies = copies;
    return;
  }
  switch (ReadPresence(element)) {
    case Presence::kPresent:
      finding.answer = Answer::kPresent;
      finding.copies = CopiesOf(allelic_state);
      // "Present" with the reference base is the wild type.
      if (!finding.ref.empty() && finding.ref == finding.alt) finding.answer = Answer::kReference;
      return;
    case Presence::kAbsent:
      finding.answer = Answer::kReference;
      return;
    case Presence::kNoCall:
      finding.answer = Answer::kNoCall;
      return;
    case Presence::kUnknown:
      break;
  }
  if (TextsOf(element).empty()) finding.answer = Answer::kNoCall;
}

void AddNames(const std::vector<std::string>& texts, VariantFinding& finding) {
  for (const std::string& text : texts) {
    if (std::find(finding.names.begin(), finding.names.end(), text) == finding.names.end()) {
      finding.names.push_back(text);
    }
  }
}

std::optional<std::int64_t> StartOf(const Json& component) {
  const Json* range = Find(component, "valueRange");
  const Json* low = range == nullptr ? nullptr : Find(*range, "low");
  const Json* value = low == nullptr ? nullptr : Find(*low, "value");
  if (value == nullptr || !value->is_number_integer()) return std::nullopt;
  return value->get<std::int64_t>();
}

/// The rs number that a code stands for or speaks of.
std::string RsOfCode(const Json* code) {
  if (code == nullptr) return "";
  std::string all(FindText(*code, "text"));
  for (const Json& coding : FindArray(*code, "coding")) {
    all.append(" ").append(FindText(coding, "code")).append(" ");
    all.append(FindText(coding, "display"));
  }
  return RsNumberIn(all);
}

void Describe(VariantFinding& finding, const Json& element) {
  const auto texts = TextsOf(element);
  const std::string rs = finding.names.empty() ? finding.gene : finding.names.front();
  finding.text = rs;
  if (!texts.empty() && RsNumberIn(texts.front()).empty()) finding.text += " " + texts.front();
  if (!texts.empty() && !RsNumberIn(texts.front()).empty()) finding.text = texts.front();
}

/// What the components say of the Observation as a whole.
struct Parts {
  VariantFinding common = {};
  std::string allelic_state = {};
  /// Components that are coded with an rs number of their own.
  std::vector<std::pair<std::string, const Json*>> coded = {};
};

Parts ReadParts(const Json& observation) {
  Parts parts;
  fhir::IssueLog unused;
  for (const Json& component : FindArray(observation, "component")) {
    const Json* code = Find(component, "code");
    if (code == nullptr) continue;
    const auto texts = TextsOf(component);
    const std::string first = texts.empty() ? "" : texts.front();
    if (HasLoinc(*code, "48018-6")) {
      if (const auto gene = ReadGene(component, unused)) parts.common.gene = *gene;
    } else if (HasLoinc(*code, "53034-5")) {
      parts.allelic_state = AnswerOf(component);
    } else if (HasLoinc(*code, "69547-8")) {
      parts.common.ref = Upper(first);
    } else if (HasLoinc(*code, "69551-0")) {
      parts.common.alt = Upper(first);
    } else if (HasLoinc(*code, "48013-7")) {
      parts.common.sequence = first;
    } else if (HasLoinc(*code, "81254-5")) {
      parts.common.position = StartOf(component);
    } else if (HasLoinc(*code, "48002-0")) {
      parts.common.somatic = AnswerOf(component) == "LA6684-0";
    } else if (std::any_of(kNames.begin(), kNames.end(),
                           [&](std::string_view name) { return HasLoinc(*code, name); })) {
      AddNames(texts, parts.common);
    } else if (const std::string rs = RsOfCode(code); !rs.empty()) {
      parts.coded.emplace_back(rs, &component);
    }
  }
  return parts;
}

}  // namespace

std::vector<std::string> ReadBases(std::string_view text) {
  text = Trim(text);
  const size_t split = text.find_first_of("/|;,");
  std::vector<std::string> bases;
  if (split == std::string_view::npos) {
    const std::string upper = Upper(text);
    if (upper.size() == 2 && IsBase(upper[0]) && IsBase(upper[1])) {
      return {std::string(1, upper[0]), std::string(1, upper[1])};
    }
    if (upper.size() == 1 && IsBase(upper[0])) return {upper};
    return {};
  }
  for (const std::string_view part : {text.substr(0, split), text.substr(split + 1)}) {
    const std::string token = ReadToken(part);
    if (token.empty()) return {};
    bases.push_back(token);
  }
  return bases;
}

std::string RsNumberIn(std::string_view text) {
  const std::string lower = LowerCase(text);
  std::string found;
  for (size_t i = lower.find("rs"); i != std::string::npos; i = lower.find("rs", i + 2)) {
    if (i > 0 && ((lower[i - 1] >= 'a' && lower[i - 1] <= 'z') || IsDigit(lower[i - 1]))) continue;
    size_t end = i + 2;
    while (end < lower.size() && IsDigit(lower[end])) ++end;
    if (end - i < 4) continue;
    const std::string rs = lower.substr(i, end - i);
    if (!found.empty() && found != rs) return "";
    found = rs;
  }
  return found;
}

bool SaysBases(const Json& element) {
  VariantFinding finding;
  ReadAnswer(element, "", finding);
  return finding.answer == Answer::kBases ||
         (finding.answer == Answer::kPresent && ReadPresence(element) == Presence::kUnknown);
}

std::vector<VariantFinding> ReadVariantFindings(const Json& observation) {
  if (IsDetail(observation)) return {};
  const Json* code = Find(observation, "code");
  const auto test = code == nullptr ? std::nullopt : TestOf(*code);
  Parts parts = ReadParts(observation);
  std::vector<VariantFinding> findings;
  for (const auto& [rs, component] : parts.coded) {
    VariantFinding finding = parts.common;
    finding.names = {rs};
    ReadAnswer(*component, "", finding);
    Describe(finding, *component);
    findings.push_back(std::move(finding));
  }
  const std::string rs = RsOfCode(code);
  // A pointer, since GCC 12 takes the kind of an absent test for uninitialised when it is compared.
  const TestCode* asked = test ? &*test : nullptr;
  const auto asks = [asked](TestKind kind) { return asked != nullptr && asked->kind == kind; };
  bool own = asks(TestKind::kVariant);
  // A local code that names an rs number, and a "genotype" that is one variant's bases.
  own = own || (!test && (!rs.empty() || !parts.common.names.empty()));
  const auto texts = TextsOf(observation);
  const std::string rs_in_value = texts.empty() ? "" : RsNumberIn(texts.front());
  const bool named = !parts.common.names.empty() || !rs.empty() || !rs_in_value.empty();
  own = own || (named && asks(TestKind::kGenotype) && SaysBases(observation));
  // Panels whose components are the findings have no value of their own.
  if (!own || (!findings.empty() && texts.empty())) return findings;
  VariantFinding finding = std::move(parts.common);
  if (finding.gene.empty() && test) finding.gene = std::string(test->gene);
  if (finding.gene.empty()) {
    std::string name = NormaliseSpaces(TextOfConcept(code));
    const std::string gene = TakeGenePrefix(name, "");
    if (FindGeneBySymbol(gene) != nullptr) finding.gene = gene;
  }
  if (finding.names.empty() && !rs.empty()) finding.names = {rs};
  if (finding.names.empty() && !rs_in_value.empty()) finding.names = {rs_in_value};
  ReadAnswer(observation, parts.allelic_state, finding);
  Describe(finding, observation);
  findings.push_back(std::move(finding));
  return findings;
}

}  // namespace genflik::mapping
