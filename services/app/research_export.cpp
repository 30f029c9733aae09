#include "services/app/research_export.h"

#include <algorithm>
#include <array>
#include <compare>
#include <map>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "fhir/json.h"
#include "rules/gene_profile.h"
#include "services/core/error.h"

namespace genflik::app {
namespace {

using fhir::Json;
using rules::InterpretationStatus;

// What a row says of sex and birth; a coarser one may stand for it.
struct Group {
  std::string sex = {};
  std::string born = {};

  auto operator<=>(const Group&) const = default;
};

std::string SpanOf(int year, int width) {
  if (year <= 0) return "unknown";
  const int first = year - year % width;
  return std::to_string(first) + '-' + std::to_string(first + width - 1);
}

// From fine to coarse.
Group GroupOf(const ResearchSubject& subject, int step) {
  const std::string sex = subject.sex.empty() ? "unknown" : subject.sex;
  if (step == 0) return {sex, SpanOf(subject.born, 10)};
  if (step == 1) return {sex, SpanOf(subject.born, 30)};
  return {"any", SpanOf(subject.born, 30)};
}
constexpr int kSteps = 3;

// The group that each subject is shown in; an empty one: left out. Those who are too few in a finer
// group go on to the coarser one together, so that each group that is shown is large enough by
// itself.
std::vector<Group> Groups(const std::vector<ResearchSubject>& subjects, size_t smallest) {
  std::vector<Group> groups(subjects.size());
  std::vector<size_t> left(subjects.size());
  for (size_t i = 0; i < subjects.size(); ++i) left[i] = i;
  for (int step = 0; step < kSteps; ++step) {
    std::map<Group, std::vector<size_t>> members;
    for (const size_t i : left) members[GroupOf(subjects[i], step)].push_back(i);
    left.clear();
    for (const auto& [group, who] : members) {
      if (who.size() < smallest) {
        left.insert(left.end(), who.begin(), who.end());
        continue;
      }
      for (const size_t i : who) groups[i] = group;
    }
  }
  return groups;
}

// What a gene's results mean, without the genotype, which may be as good as a name.
std::string MeaningOf(const rules::ProfiledGene& gene) {
  const auto& reading = gene.interpretation;
  if (reading.status != InterpretationStatus::kInterpreted) {
    return std::string(rules::CodeOf(reading.status));
  }
  std::set<std::string> words;
  for (const auto& candidate : reading.candidates) {
    if (!candidate.phenotype.empty()) words.insert(candidate.phenotype);
    words.insert(candidate.statuses.begin(), candidate.statuses.end());
  }
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : "; ") + word;
  return text.empty() ? "not-interpretable" : text;
}

using Meanings = std::map<std::string, std::string>;

Meanings MeaningsOf(const rules::KnowledgeBase& knowledge, const ResearchSubject& subject) {
  Meanings meanings;
  for (const rules::ProfiledGene& gene : rules::MakeProfile(knowledge, subject.results).genes) {
    meanings[gene.interpretation.gene] = MeaningOf(gene);
  }
  return meanings;
}

}  // namespace

std::string Pseudonym(std::string_view key, std::string_view patient) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> code{};
  unsigned int size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(patient.data()), patient.size(), code.data(),
           &size) == nullptr) {
    throw core::Error(core::ErrorCode::kInternal, "the cryptographic library failed");
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  for (size_t i = 0; i < 16; ++i) {
    text += kHex[code.at(i) >> 4U];
    text += kHex[code.at(i) & 15U];
  }
  return text;
}

ResearchExport MakeResearchExport(const rules::KnowledgeBase& knowledge,
                                  const std::vector<ResearchSubject>& subjects,
                                  const ResearchOptions& options) {
  const std::vector<Group> groups = Groups(subjects, options.smallest_group);
  ResearchExport made;
  std::map<std::string, std::pair<Group, Meanings>> rows;
  std::map<std::pair<std::string, std::string>, size_t> shared;
  for (size_t i = 0; i < subjects.size(); ++i) {
    if (groups[i].sex.empty()) {
      ++made.suppressed;
      continue;
    }
    Meanings meanings = MeaningsOf(knowledge, subjects[i]);
    for (const auto& meaning : meanings) ++shared[meaning];
    rows[Pseudonym(options.key, subjects[i].patient)] = {groups[i], std::move(meanings)};
  }
  for (const auto& [pseudonym, row] : rows) {
    Json genes = Json::object();
    for (const auto& meaning : row.second) {
      // What hardly anybody has would single out who has it.
      genes[meaning.first] =
          shared[meaning] < options.smallest_group ? std::string("rare") : meaning.second;
    }
    made.lines += fhir::PrintJson({{"pseudonym", pseudonym},
                                   {"sex", row.first.sex},
                                   {"born", row.first.born},
                                   {"genes", std::move(genes)}}) +
                  '\n';
    ++made.patients;
  }
  return made;
}

}  // namespace genflik::app
