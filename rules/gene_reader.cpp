#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "rules/knowledge_fields.h"
#include "rules/knowledge_reader.h"

namespace genflik::rules {
namespace {

using nlohmann::json;

std::vector<FunctionPair> ReadPairs(const json& array) {
  std::vector<FunctionPair> pairs;
  for (const json& pair : array) {
    pairs.push_back({pair.at(0).get<std::string>(), pair.at(1).get<std::string>(),
                     pair.at(2).get<std::string>()});
  }
  return pairs;
}

template <typename Enum, size_t kCount>
Enum ReadEnum(const std::array<std::string_view, kCount>& codes, const std::string& code) {
  return static_cast<Enum>(std::ranges::find(codes, code) - codes.begin());
}

DerivationMethod ReadMethod(const std::string& code) {
  constexpr std::array<std::string_view, 8> kCodes = {
      "activity-score", "function-pair", "lowest-function", "allele-presence",
      "x-linked",       "mitochondrial", "single-variant",  "any-variant"};
  return ReadEnum<DerivationMethod>(kCodes, code);
}

LookupKind ReadLookup(const std::string& code) {
  constexpr std::array<std::string_view, 4> kCodes = {"score", "phenotype", "genotype", "status"};
  return ReadEnum<LookupKind>(kCodes, code);
}

void ReadAlleles(const json& object, Gene& gene, ProblemSink& sink) {
  const json& alleles = object.at("alleles");
  for (size_t i = 0; i < alleles.size(); ++i) {
    const json& entry = alleles.at(i);
    Allele allele{Text(entry, "name"), Text(entry, "function"), {}, Texts(entry, "aliases")};
    if (entry.contains("value")) {
      allele.value = ActivityScore::Parse(entry.at("value").get<std::string>());
      if (!allele.value) {
        sink.Error("/alleles/" + std::to_string(i) + "/value", "not an activity value");
      }
    }
    gene.alleles.push_back(std::move(allele));
  }
}

void ReadScores(const json& object, Gene& gene, ProblemSink& sink) {
  if (!object.contains("scores")) return;
  const json& scores = object.at("scores");
  for (size_t i = 0; i < scores.size(); ++i) {
    const json& entry = scores.at(i);
    const std::optional<ActivityScore> min = ActivityScore::Parse(Text(entry, "min"));
    ScoreRange range;
    range.phenotype = Text(entry, "phenotype");
    if (!min) {
      sink.Error("/scores/" + std::to_string(i) + "/min", "not a score");
      continue;
    }
    range.min = min->thousandths();
    if (entry.contains("max")) {
      const std::optional<ActivityScore> max = ActivityScore::Parse(Text(entry, "max"));
      if (max) range.max = max->thousandths();
    }
    gene.scores.push_back(std::move(range));
  }
}

void ReadVariants(const json& object, Gene& gene, ProblemSink& sink) {
  const json variants = object.value("variants", json::array());
  for (const json& entry : variants) {
    TestedVariant variant{
        Text(entry, "rsid"), Texts(entry, "names"), Text(entry, "reference").front(), {}};
    for (const auto& [base, allele] : entry.at("alternatives").items()) {
      variant.alternatives.emplace_back(base.front(), allele.get<std::string>());
    }
    gene.variants.push_back(std::move(variant));
  }
  if (!object.contains("panel")) return;
  gene.panel = object.at("panel").get<std::vector<std::vector<std::string>>>();
  for (size_t i = 0; i < gene.panel.size(); ++i) {
    for (const std::string& rsid : gene.panel[i]) {
      if (gene.FindVariant(rsid) == nullptr)
        sink.Error("/panel/" + std::to_string(i), "no variant '" + rsid + "'");
    }
  }
}

void ReadLookFor(const json& object, Gene& gene) {
  if (!object.contains("lookFor")) return;
  const json& entry = object.at("lookFor");
  gene.look_for = {entry.at("oneOf").get<std::vector<std::vector<std::string>>>(),
                   entry.value("copyNumber", false), entry.value("toldAtOrder", false),
                   ReadCitation(entry.at("citation")), Text(entry, "needsReview")};
}

void CheckLookFor(const Gene& gene, ProblemSink& sink) {
  if (!gene.look_for) return;
  for (size_t i = 0; i < gene.look_for->one_of.size(); ++i) {
    for (const std::string& name : gene.look_for->one_of[i]) {
      if (gene.FindAllele(name) != nullptr || gene.FindVariant(name) != nullptr) continue;
      sink.Error("/lookFor/oneOf/" + std::to_string(i), "no allele or variant '" + name + "'");
    }
  }
}

void CheckVariants(const Gene& gene, ProblemSink& sink) {
  for (size_t i = 0; i < gene.variants.size(); ++i) {
    for (const auto& [base, allele] : gene.variants[i].alternatives) {
      const Allele* known = gene.FindAllele(allele);
      if (known != nullptr && known->name == allele) continue;
      sink.Error("/variants/" + std::to_string(i) + "/alternatives/" + std::string(1, base),
                 "unknown allele '" + allele + "'");
    }
  }
}

void CheckTerm(const Gene& gene, const std::string& phenotype, const std::string& pointer,
               ProblemSink& sink) {
  if (std::ranges::find(gene.terms, phenotype, &PhenotypeTerm::code) == gene.terms.end()) {
    sink.Error(pointer, "'" + phenotype + "' is not among the gene's terms");
  }
}

void CheckFunction(const Gene& gene, const std::string& function, const std::string& pointer,
                   ProblemSink& sink) {
  if (std::ranges::find(gene.alleles, function, &Allele::function) == gene.alleles.end()) {
    sink.Warning(pointer, "no allele has the function '" + function + "'");
  }
}

void CheckGene(const Gene& gene, ProblemSink& sink) {
  for (size_t i = 0; i < gene.pairs.size(); ++i) {
    const std::string place = "/pairs/" + std::to_string(i);
    CheckTerm(gene, gene.pairs[i].result, place + "/2", sink);
    CheckFunction(gene, gene.pairs[i].a, place + "/0", sink);
    CheckFunction(gene, gene.pairs[i].b, place + "/1", sink);
  }
  for (size_t i = 0; i < gene.singles.size(); ++i) {
    CheckTerm(gene, gene.singles[i].second, "/singles/" + std::to_string(i) + "/1", sink);
  }
  for (size_t i = 0; i < gene.scores.size(); ++i) {
    CheckTerm(gene, gene.scores[i].phenotype, "/scores/" + std::to_string(i) + "/phenotype", sink);
  }
  if (!gene.wild_type.empty() && gene.FindAllele(gene.wild_type) == nullptr) {
    sink.Error("/wildType", "no allele of that name");
  }
  for (const auto& [risk, members] : gene.presence) {
    CheckTerm(gene, risk + " positive", "/presence/" + risk, sink);
    for (const std::string& member : members) {
      if (gene.FindAllele(member) == nullptr) {
        sink.Error("/presence/" + risk, "unknown allele '" + member + "'");
      }
    }
  }
}

}  // namespace

Gene ReadGene(const json& object, ProblemSink& sink) {
  Gene gene;
  gene.symbol = Text(object, "symbol");
  gene.hgnc = Text(object, "hgnc");
  gene.ncbi = Text(object, "ncbi");
  gene.chromosome = Text(object, "chromosome");
  gene.wild_type = Text(object, "wildType");
  gene.reference_allele = Text(object, "referenceAllele");
  gene.rsid = Text(object, "rsid");
  gene.method = ReadMethod(Text(object, "method"));
  gene.lookup = ReadLookup(Text(object, "lookup"));
  gene.function_date = Text(object, "functionDate");
  gene.score_values = Texts(object, "scoreValues");
  gene.clarified_by = Local(object, "clarifiedBy");
  for (const json& term : object.at("terms")) {
    gene.terms.push_back({Text(term, "code"), {Text(term, "en"), Text(term, "sv")}});
  }
  ReadAlleles(object, gene, sink);
  ReadScores(object, gene, sink);
  if (object.contains("pairs")) gene.pairs = ReadPairs(object.at("pairs"));
  for (const json& single : object.value("singles", json::array())) {
    gene.singles.emplace_back(single.at(0).get<std::string>(), single.at(1).get<std::string>());
  }
  if (object.contains("linked")) {
    gene.linked = object.at("linked").get<std::vector<std::vector<std::string>>>();
  }
  const json presence = object.value("presence", json::object());
  for (const auto& [risk, members] : presence.items()) {
    gene.presence.emplace_back(risk, members.get<std::vector<std::string>>());
  }
  ReadVariants(object, gene, sink);
  ReadLookFor(object, gene);
  for (const json& lookup : object.value("guidelineLookups", json::array())) {
    GuidelineLookup own{Text(lookup, "source"), {}, {}};
    if (lookup.contains("pairs")) own.pairs = ReadPairs(lookup.at("pairs"));
    if (lookup.contains("equivalents")) {
      own.equivalents = lookup.at("equivalents").get<std::map<std::string, std::string>>();
    }
    gene.guideline_lookups.push_back(std::move(own));
  }
  for (const std::string& twice : gene.BuildIndex()) {
    sink.Error("", "'" + twice + "' stands for two things");
  }
  CheckGene(gene, sink);
  CheckVariants(gene, sink);
  CheckLookFor(gene, sink);
  return gene;
}

}  // namespace genflik::rules
