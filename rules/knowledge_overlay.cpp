#include "rules/knowledge_overlay.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

namespace genflik::rules {
namespace {

using nlohmann::json;

struct Place {
  Drug* drug = nullptr;
  size_t guideline = 0;
  size_t rule = 0;
};

class OverlayReader {
 public:
  OverlayReader(KnowledgeContent& content, ProblemSink& sink) : content_(content), sink_(sink) {}

  void Apply(const json& change, const std::string& pointer) {
    change_ = {change.at("change").get<std::string>(), change.at("author").get<std::string>(),
               change.at("approver").get<std::string>(), change.at("date").get<std::string>(),
               change.at("reason").get<std::string>()};
    if (change_.author == change_.approver) {
      sink_.Error(pointer + "/approver", "nobody approves a change of their own");
      return;
    }
    if (change_.change == "add") {
      Add(change, pointer);
    } else {
      RetireOrReplace(change, pointer);
    }
  }

 private:
  std::optional<Place> FindRule(const std::string& id) {
    for (Drug& drug : content_.drugs) {
      for (size_t g = 0; g < drug.guidelines.size(); ++g) {
        const std::vector<Rule>& rules = drug.guidelines[g].rules;
        const auto found = std::ranges::find(rules, id, &Rule::id);
        if (found == rules.end()) continue;
        return Place{&drug, g, static_cast<size_t>(found - rules.begin())};
      }
    }
    return std::nullopt;
  }

  bool Needs(const json& change, const char* name, const std::string& pointer) {
    if (change.contains(name)) return true;
    sink_.Error(pointer, "\"" + change_.change + "\" needs \"" + name + "\"");
    return false;
  }

  void RetireOrReplace(const json& change, const std::string& pointer) {
    const bool replace = change_.change == "replace";
    if (!Needs(change, "rule", pointer)) return;
    if (replace && !Needs(change, "recommendation", pointer)) return;
    const auto id = change.at("rule").get<std::string>();
    const std::optional<Place> place = FindRule(id);
    if (!place) {
      sink_.Error(pointer + "/rule", "there is no rule '" + id + "'");
      return;
    }
    Guideline& guideline = place->drug->guidelines[place->guideline];
    if (guideline.rules[place->rule].retired) {
      sink_.Error(pointer + "/rule", "'" + id + "' is retired already");
      return;
    }
    guideline.rules[place->rule].retired = true;
    guideline.rules[place->rule].regional = change_;
    if (!replace) return;
    const Guideline like = guideline;
    AddRule(*place->drug, like.genes, like.citation, std::stoi(change_.date.substr(0, 4)),
            change.at("recommendation"), pointer);
  }

  void Add(const json& change, const std::string& pointer) {
    for (const char* name : {"drug", "genes", "citation", "recommendation"}) {
      if (!Needs(change, name, pointer)) return;
    }
    const auto name = change.at("drug").get<std::string>();
    const auto drug = std::ranges::find(content_.drugs, name, &Drug::name);
    if (drug == content_.drugs.end()) {
      sink_.Error(pointer + "/drug", "there is no drug file '" + name + "'");
      return;
    }
    const json& source = change.at("citation");
    const Citation citation{source.value("title", ""), source.value("doi", ""),
                            source.value("pmid", ""), source.value("url", "")};
    AddRule(*drug, change.at("genes").get<std::vector<std::string>>(), citation,
            std::stoi(change_.date.substr(0, 4)), change.at("recommendation"), pointer);
  }

  void AddRule(Drug& drug, const std::vector<std::string>& genes, const Citation& citation,
               int year, const json& recommendation, const std::string& pointer) {
    const std::string place = pointer + "/recommendation";
    const auto id = recommendation.at("id").get<std::string>();
    if (FindRule(id)) {
      sink_.Error(place + "/id", "'" + id + "' is the id of another rule");
      return;
    }
    Guideline& guideline = RegionalGuideline(drug, genes, citation, year);
    Rule rule = ReadRule(recommendation, content_.genes, guideline, place, sink_);
    rule.regional = change_;
    guideline.rules.push_back(std::move(rule));
  }

  static Guideline& RegionalGuideline(Drug& drug, const std::vector<std::string>& genes,
                                      const Citation& citation, int year) {
    for (Guideline& guideline : drug.guidelines) {
      if (guideline.source == "regional" && guideline.genes == genes &&
          guideline.citation == citation) {
        return guideline;
      }
    }
    Guideline& fresh = drug.guidelines.emplace_back();
    fresh.source = "regional";
    fresh.year = year;
    fresh.citation = citation;
    fresh.genes = genes;
    fresh.vocabulary.resize(genes.size());
    return fresh;
  }

  KnowledgeContent& content_;
  ProblemSink& sink_;
  RegionalChange change_;
};

}  // namespace

void ApplyOverlay(const json& overlay, KnowledgeContent& content, ProblemSink& sink) {
  OverlayReader reader(content, sink);
  const json& changes = overlay.at("changes");
  for (size_t i = 0; i < changes.size(); ++i) {
    reader.Apply(changes.at(i), "/changes/" + std::to_string(i));
  }
  content.version += "+" + overlay.at("version").get<std::string>();
}

}  // namespace genflik::rules
