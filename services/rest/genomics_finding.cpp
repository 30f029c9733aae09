#include "services/rest/genomics_finding.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/datatypes.h"
#include "services/mapping/genomics.h"

namespace genflik::rest {
namespace {

using fhir::Find;
using fhir::FindArray;
using fhir::FindText;
using fhir::Json;

constexpr std::string_view kGeneStudied = "48018-6";
constexpr std::string_view kSourceClass = "48002-0";

bool HasCode(const Json* element, std::string_view code) {
  if (element == nullptr) return false;
  return std::ranges::any_of(FindArray(*element, "coding"), [code](const Json& coding) {
    return FindText(coding, "code") == code;
  });
}

// The component of a code; null when there is none.
const Json* Component(const Json& observation, std::string_view code) {
  for (const Json& component : FindArray(observation, "component")) {
    if (HasCode(Find(component, "code"), code)) return &component;
  }
  return nullptr;
}

const Json* ConceptOf(const Json* holder) {
  return holder == nullptr ? nullptr : Find(*holder, "valueCodeableConcept");
}

// Lower case, without blanks and underscores: "CYP2D6_*1/*1" is "CYP2D6 *1/*1".
std::string Squeeze(std::string_view text) {
  std::string squeezed;
  for (const char c : text) {
    if (c == ' ' || c == '_' || c == '\t') continue;
    squeezed += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return squeezed;
}

bool IsWordPart(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}

// `word` stands in `text` and not merely as a part of another name: "*1" is in "*1/*2", in
// "*1.001" and in "*1x2", and not in "*10".
bool HoldsWord(std::string_view text, std::string_view word) {
  if (word.empty()) return false;
  for (size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    const bool begins = at == 0 || !IsWordPart(text[at - 1]) || !IsWordPart(word.front());
    const bool copies =
        end + 1 < text.size() && text[end] == 'x' && text[end + 1] >= '0' && text[end + 1] <= '9';
    const bool ends = end == text.size() || !IsWordPart(text[end]) || !IsWordPart(word.back());
    if (begins && (ends || copies)) return true;
  }
  return false;
}

bool HasCoding(const Json* element, const GenomicsToken& token) {
  if (element == nullptr) return false;
  return std::ranges::any_of(FindArray(*element, "coding"), [&token](const Json& coding) {
    return FindText(coding, "code") == token.code && FindText(coding, "system") == *token.system;
  });
}

// Text, displays and codes of a concept.
std::vector<std::string> WordsOf(const Json* element) {
  std::vector<std::string> words;
  if (element == nullptr) return words;
  const auto add = [&words](std::string_view text) {
    if (!text.empty()) words.push_back(Squeeze(text));
  };
  add(FindText(*element, "text"));
  for (const Json& coding : FindArray(*element, "coding")) {
    add(FindText(coding, "display"));
    add(FindText(coding, "code"));
  }
  return words;
}

// Everything that a genotype or haplotype may be called.
std::vector<std::string> NamesOf(const Finding& finding) {
  std::vector<std::string> names;
  const bool has_absent = std::ranges::any_of(
      finding.results, [](const rules::GeneResult& result) { return !result.absent.empty(); });
  // The laboratory's words for "HLA-B*57:01 negative" name what is not there.
  if (!has_absent) names = WordsOf(ConceptOf(&finding.observation));
  for (const rules::GeneResult& result : finding.results) {
    const std::string gene = Squeeze(result.gene);
    for (const std::string& diplotype : result.diplotypes) {
      const std::string text = Squeeze(diplotype);
      names.push_back(gene + text);
      const size_t slash = text.find('/');
      if (slash == std::string::npos) continue;
      names.push_back(gene + text.substr(slash + 1) + "/" + text.substr(0, slash));
      names.push_back(gene + text.substr(0, slash));
      names.push_back(gene + text.substr(slash + 1));
    }
    for (const std::string& haplotype : result.haplotypes) {
      names.push_back(gene + Squeeze(haplotype));
    }
  }
  return names;
}

std::optional<FindingKind> KindOf(const Json& observation) {
  static constexpr std::array<std::pair<std::string_view, FindingKind>, 5> kKinds = {
      {{"84413-4", FindingKind::kGenotype},
       {"84414-2", FindingKind::kHaplotype},
       {"69548-6", FindingKind::kVariant},
       {"82120-7", FindingKind::kPhase},
       {"therapeutic-implication", FindingKind::kImplication}}};
  for (const auto& [code, kind] : kKinds) {
    if (HasCode(Find(observation, "code"), code)) return kind;
  }
  return std::nullopt;
}

std::optional<std::int64_t> PositionOf(const Json& range, const char* end) {
  const Json* quantity = Find(range, end);
  const Json* value = quantity == nullptr ? nullptr : Find(*quantity, "value");
  const auto number = value == nullptr ? std::nullopt : fhir::NumberOf(*value);
  if (!number) return std::nullopt;
  return static_cast<std::int64_t>(std::llround(*number));
}

std::string SequenceOf(const Json& observation) {
  for (const std::string_view code : {"48013-7", "51958-7"}) {
    const Json* value = ConceptOf(Component(observation, code));
    if (value == nullptr) continue;
    for (const Json& coding : FindArray(*value, "coding")) {
      if (!FindText(coding, "code").empty()) return std::string(FindText(coding, "code"));
    }
  }
  return {};
}

std::string TextOf(const Json& observation, std::string_view code) {
  const Json* component = Component(observation, code);
  return component == nullptr ? std::string() : std::string(FindText(*component, "valueString"));
}

}  // namespace

std::optional<Finding> ReadFinding(const Json& observation, std::string reference) {
  const auto kind = KindOf(observation);
  const std::string_view status = FindText(observation, "status");
  if (!kind || status == "entered-in-error" || status == "cancelled") return std::nullopt;
  Finding finding = {.kind = *kind, .reference = std::move(reference), .observation = observation};
  if (*kind == FindingKind::kGenotype || *kind == FindingKind::kHaplotype) {
    finding.results = mapping::ReadGeneResults(observation);
  }
  return finding;
}

bool IsOfGene(const Finding& finding, const GenomicsToken& gene) {
  const std::string name = Squeeze(gene.code);
  for (const Json& component : FindArray(finding.observation, "component")) {
    if (!HasCode(Find(component, "code"), kGeneStudied)) continue;
    const Json* value = ConceptOf(&component);
    if (gene.system) {
      // STU1 and STU2 wrote the HGNC system with a path.
      const bool hgnc = gene.system->starts_with("http://www.genenames.org");
      if (hgnc ? HasCode(value, gene.code) : HasCoding(value, gene)) return true;
    } else if (std::ranges::count(WordsOf(value), name) > 0) {
      return true;
    }
  }
  return !gene.system && std::ranges::any_of(finding.results, [&name](const auto& result) {
    return Squeeze(result.gene) == name;
  });
}

bool HoldsHaplotype(const Finding& finding, const GenomicsToken& haplotype) {
  if (finding.kind != FindingKind::kGenotype && finding.kind != FindingKind::kHaplotype) {
    return false;
  }
  if (haplotype.system) return HasCoding(ConceptOf(&finding.observation), haplotype);
  const std::string word = Squeeze(haplotype.code);
  return std::ranges::any_of(NamesOf(finding),
                             [&word](const std::string& name) { return HoldsWord(name, word); });
}

bool HasComponentValue(const Finding& finding, const std::vector<std::string_view>& codes,
                       const GenomicsToken& value) {
  for (const Json& component : FindArray(finding.observation, "component")) {
    const bool named = std::ranges::any_of(codes, [&component](std::string_view code) {
      return HasCode(Find(component, "code"), code);
    });
    if (!named) continue;
    const Json* found = ConceptOf(&component);
    if (value.system) {
      if (HasCoding(found, value)) return true;
      continue;
    }
    const std::string word = Squeeze(value.code);
    for (const std::string& text : WordsOf(found)) {
      if (HoldsWord(text, word)) return true;
    }
  }
  return false;
}

bool IsOfSource(const Finding& finding, std::string_view source_class) {
  if (source_class.empty()) return true;
  const Json* stated = ConceptOf(Component(finding.observation, kSourceClass));
  if (stated == nullptr) {
    return finding.kind != FindingKind::kVariant && source_class == "germline";
  }
  return HasCode(stated, source_class == "germline" ? "LA6683-2" : "LA6684-0");
}

bool IsPresentVariant(const Finding& finding) {
  if (finding.kind != FindingKind::kVariant) return false;
  if (!HasCode(ConceptOf(&finding.observation), "LA9633-4")) return false;
  const std::string reference = TextOf(finding.observation, "69547-8");
  return reference.empty() || reference != TextOf(finding.observation, "69551-0");
}

std::optional<GenomicsRange> PlaceOfVariant(const Finding& finding) {
  const Json& observation = finding.observation;
  GenomicsRange place = {.sequence = SequenceOf(observation)};
  if (place.sequence.empty()) return std::nullopt;
  const Json* range = nullptr;
  // Exact, inner and outer: an outer range holds what may be changed.
  for (const std::string_view code : {"81254-5", "81301-4", "81302-2"}) {
    const Json* component = Component(observation, code);
    if (component != nullptr && range == nullptr) range = Find(*component, "valueRange");
  }
  const auto low = range == nullptr ? std::nullopt : PositionOf(*range, "low");
  if (!low) return std::nullopt;
  const Json* system = ConceptOf(Component(observation, "92822-6"));
  const bool from_one = HasCode(system, "LA30102-0");
  const bool characters = from_one || HasCode(system, "LA30101-2");
  place.start = from_one ? *low - 1 : *low;
  const auto high = PositionOf(*range, "high");
  const auto length =
      static_cast<std::int64_t>(std::max<size_t>(TextOf(observation, "69547-8").size(), 1));
  place.end = place.start + length;
  if (high) place.end = *high + (characters && !from_one ? 1 : 0);
  return place;
}

bool Overlaps(const GenomicsRange& place, const GenomicsRange& range) {
  if (place.sequence != range.sequence) return false;
  if (place.start == place.end) return place.start >= range.start && place.start <= range.end;
  return place.start < range.end && place.end > range.start;
}

bool IsVariant(const Finding& finding, const std::string& name) {
  if (!IsPresentVariant(finding)) return false;
  for (const std::string_view code : {"48004-6", "81290-9", "48005-3"}) {
    for (const Json& component : FindArray(finding.observation, "component")) {
      if (HasCode(Find(component, "code"), code) && HasCode(ConceptOf(&component), name)) {
        return true;
      }
    }
  }
  const auto place = PlaceOfVariant(finding);
  if (!place) return false;
  const std::string spdi = place->sequence + ":" + std::to_string(place->start) + ":" +
                           TextOf(finding.observation, "69547-8") + ":" +
                           TextOf(finding.observation, "69551-0");
  return spdi == name;
}

}  // namespace genflik::rest
