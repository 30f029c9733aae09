#include "services/mapping/genomics_elements.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "fhir/systems.h"
#include "services/mapping/genomics_alleles.h"
#include "services/mapping/genomics_words.h"

namespace genflik::mapping {
namespace {

using fhir::Find;
using fhir::FindArray;
using fhir::FindText;
using fhir::IssueLog;
using fhir::IssueType;
using fhir::Json;
using fhir::systems::kLoinc;

bool NamesHgnc(std::string_view system) {
  return system.find("genenames") != std::string_view::npos ||
         system.find("hgnc") != std::string_view::npos ||
         system.find("HGNC") != std::string_view::npos;
}

/// What a value says of a gene.
struct NamedGene {
  std::string symbol = {};
  /// Identifier without prefix; empty when there is none.
  std::string number = {};
  const GeneCode* by_number = nullptr;
};

void AddCoding(const Json& coding, NamedGene& named) {
  std::string_view code = Trim(FindText(coding, "code"));
  const std::string_view system = FindText(coding, "system");
  if (named.symbol.empty()) named.symbol = std::string(Trim(FindText(coding, "display")));
  if (NamesHgnc(system) || code.starts_with("HGNC:")) {
    if (code.starts_with("HGNC:")) code.remove_prefix(5);
    named.number = std::string(code);
    named.by_number = FindGeneByHgnc(code);
    // Some senders put the symbol where the number belongs.
    if (named.by_number == nullptr) named.by_number = FindGeneBySymbol(code);
  } else if (system.find("ncbi") != std::string_view::npos) {
    named.number = std::string(code);
    named.by_number = FindGeneByNcbi(code);
  }
}

NamedGene NamesOf(const Json& element) {
  NamedGene named{.symbol = std::string(Trim(FindText(element, "valueString")))};
  if (const Json* concept_value = Find(element, "valueCodeableConcept")) {
    for (const Json& coding : FindArray(*concept_value, "coding")) AddCoding(coding, named);
    if (named.symbol.empty()) named.symbol = std::string(Trim(FindText(*concept_value, "text")));
  }
  return named;
}

}  // namespace

std::vector<std::string> TextsOf(const Json& element) {
  std::vector<std::string> texts;
  const auto add = [&](std::string_view text) {
    const std::string tidy = NormaliseSpaces(text);
    if (!tidy.empty() && std::find(texts.begin(), texts.end(), tidy) == texts.end()) {
      texts.push_back(tidy);
    }
  };
  add(FindText(element, "valueString"));
  if (const Json* concept_value = Find(element, "valueCodeableConcept")) {
    const Json& codings = FindArray(*concept_value, "coding");
    for (const Json& coding : codings) {
      if (FindText(coding, "system") == "http://glstring.org") add(FindText(coding, "code"));
    }
    add(FindText(*concept_value, "text"));
    for (const Json& coding : codings) add(FindText(coding, "display"));
    for (const Json& coding : codings) add(FindText(coding, "code"));
  }
  return texts;
}

bool HasLoinc(const Json& concept_value, std::string_view code) {
  const Json& codings = FindArray(concept_value, "coding");
  return std::any_of(codings.begin(), codings.end(), [&](const Json& coding) {
    return FindText(coding, "system") == kLoinc && FindText(coding, "code") == code;
  });
}

std::optional<TestCode> TestOf(const Json& concept_value) {
  for (const Json& coding : FindArray(concept_value, "coding")) {
    const TestCode* test = FindTest(FindText(coding, "system"), FindText(coding, "code"));
    if (test != nullptr) return *test;
  }
  return std::nullopt;
}

std::string TextOfConcept(const Json* concept_value) {
  if (concept_value == nullptr) return "";
  std::string text(FindText(*concept_value, "text"));
  for (const Json& coding : FindArray(*concept_value, "coding")) {
    if (text.empty()) text = std::string(FindText(coding, "display"));
    if (text.empty()) text = std::string(FindText(coding, "code"));
  }
  return text;
}

std::optional<std::string> ReadGene(const Json& element, IssueLog& log) {
  const NamedGene named = NamesOf(element);
  const GeneCode* by_symbol = FindGeneBySymbol(named.symbol);
  if (by_symbol != nullptr) {
    const bool slip = named.number == by_symbol->ncbi;
    if (named.number.empty() || named.by_number == by_symbol || slip) {
      return std::string(by_symbol->symbol);
    }
  } else if (named.by_number != nullptr) {
    const bool no_symbol = named.symbol.empty() || named.symbol == named.number ||
                           named.symbol.find(' ') != std::string::npos;
    if (no_symbol) return std::string(named.by_number->symbol);
  } else if (!named.symbol.empty()) {
    return named.symbol;
  } else {
    return named.number.empty() ? "" : "HGNC:" + named.number;
  }
  log.Warn(IssueType::kBusinessRule,
           "the gene's identifier and its symbol name different genes; not used as a result");
  return std::nullopt;
}

std::string AnswerOf(const Json& element) {
  if (const Json* concept_value = Find(element, "valueCodeableConcept")) {
    for (const Json& coding : FindArray(*concept_value, "coding")) {
      const std::string_view code = FindText(coding, "code");
      if (code.starts_with("LA")) return std::string(code);
    }
  }
  return "";
}

Presence ReadPresence(const Json& element) {
  const std::string answer = AnswerOf(element);
  if (answer == "LA9633-4" || answer == "LA6576-8") return Presence::kPresent;
  if (answer == "LA9634-2" || answer == "LA6577-6") return Presence::kAbsent;
  if (answer == "LA18198-4" || answer == "LA11884-6") return Presence::kNoCall;
  if (const Json* boolean = Find(element, "valueBoolean");
      boolean != nullptr && boolean->is_boolean()) {
    return boolean->get<bool>() ? Presence::kPresent : Presence::kAbsent;
  }
  for (const std::string& text : TextsOf(element)) {
    const Finding finding = FindingOfWords(text);
    if (finding == Finding::kPresent) return Presence::kPresent;
    if (finding == Finding::kAbsent) return Presence::kAbsent;
    if (SaysNoCall(text)) return Presence::kNoCall;
  }
  return Presence::kUnknown;
}

}  // namespace genflik::mapping
