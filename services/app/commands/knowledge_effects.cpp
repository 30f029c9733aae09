#include "services/app/commands/knowledge_effects.h"

#include <map>
#include <ostream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "fhir/search_query.h"
#include "rules/gene_profile.h"
#include "services/mapping/alerts.h"

namespace genflik::app {
namespace {

constexpr size_t kPatientsAtOnce = 200;

// The meaning of a gene's results in one line: "interpreted: *1/*2 Intermediate Metabolizer".
std::string Meaning(const rules::GeneInterpretation& gene) {
  std::string text(rules::CodeOf(gene.status));
  for (const rules::Interpretation& one : gene.candidates) {
    text += text.find(": ") == std::string::npos ? ": " : "; ";
    std::string what = one.diplotype;
    if (!one.phenotype.empty()) what += (what.empty() ? "" : " ") + one.phenotype;
    for (const std::string& status : one.statuses) what += (what.empty() ? "" : ", ") + status;
    if (one.score && !one.score_assumed) what += " (" + one.score->Text() + ")";
    text += what;
  }
  return text;
}

std::map<std::string, std::string> Meanings(const rules::KnowledgeBase& knowledge,
                                            const std::vector<rules::GeneResult>& results) {
  std::map<std::string, std::string> meanings;
  for (const rules::ProfiledGene& gene : rules::MakeProfile(knowledge, results).genes) {
    meanings[gene.interpretation.gene] = Meaning(gene.interpretation);
  }
  return meanings;
}

// The alerts of one order by their id: severity and summary.
std::map<std::string, std::string> AlertsOf(const store::Reader& reader,
                                            const rules::KnowledgeBase& knowledge,
                                            const fhir::Json& order, core::Instant now,
                                            const alerts::RecheckOptions& options) {
  std::map<std::string, std::string> alerts;
  for (const fhir::Json& issue : alerts::EvaluateOrder(reader, knowledge, order, now, options)) {
    std::string text(fhir::FindText(issue, "severity"));
    const fhir::Json* code = fhir::Find(issue, "code");
    if (code != nullptr) text.append(": ").append(fhir::FindText(*code, "text"));
    alerts[std::string(fhir::FindText(issue, "id"))] = std::move(text);
  }
  return alerts;
}

class Comparison {
 public:
  Comparison(const rules::KnowledgeBase& before, const rules::KnowledgeBase& after,
             core::Instant now, const alerts::RecheckOptions& options, std::ostream& out)
      : before_(before), after_(after), now_(now), options_(options), out_(out) {}

  void ComparePatient(const store::Reader& reader, const std::string& id) {
    ++counts_.patients;
    const std::vector<rules::GeneResult> results = reader.ResultsOf(id);
    if (!results.empty()) {
      counts_.changed_results +=
          Print("Patient/" + id, Meanings(before_, results), Meanings(after_, results));
    }
    for (const auto& stored : reader.FindMatching(
             "MedicationRequest", "patient=Patient/" + id + "&status=active,on-hold,draft")) {
      const fhir::Json order = stored.Body();
      counts_.changed_alerts += Print("Patient/" + id + " " + stored.Reference(),
                                      AlertsOf(reader, before_, order, now_, options_),
                                      AlertsOf(reader, after_, order, now_, options_), false);
    }
  }

  const EffectCounts& counts() const { return counts_; }

 private:
  std::int64_t Print(const std::string& where, const std::map<std::string, std::string>& old,
                     const std::map<std::string, std::string>& fresh, bool with_key = true) {
    std::int64_t changes = 0;
    const auto line = [&](char sign, const std::string& key, const std::string& text) {
      out_ << sign << ' ' << where << (with_key ? " " + key : "") << ": " << text << '\n';
      ++changes;
    };
    for (const auto& [key, text] : old) {
      const auto now = fresh.find(key);
      if (now == fresh.end()) {
        line('-', key, text);
      } else if (now->second != text) {
        line('~', key, text + " -> " + now->second);
      }
    }
    for (const auto& [key, text] : fresh) {
      if (!old.contains(key)) line('+', key, text);
    }
    return changes;
  }

  const rules::KnowledgeBase& before_;
  const rules::KnowledgeBase& after_;
  core::Instant now_;
  const alerts::RecheckOptions& options_;
  std::ostream& out_;
  EffectCounts counts_;
};

}  // namespace

EffectCounts CompareStored(store::Store& store, const rules::KnowledgeBase& before,
                           const rules::KnowledgeBase& after, core::Instant now,
                           const alerts::RecheckOptions& options, std::ostream& out) {
  Comparison comparison(before, after, now, options, out);
  fhir::SearchQuery query;
  query.type = "Patient";
  query.count = kPatientsAtOnce;
  do {
    // One page is read as of one moment, so that a long run holds up nobody.
    query.page = store.Read([&](const store::Reader& reader) {
      const store::SearchPage page = reader.Search(query);
      for (const auto& patient : page.matches) comparison.ComparePatient(reader, patient.id);
      return page.next;
    });
  } while (!query.page.empty());
  return comparison.counts();
}

}  // namespace genflik::app
