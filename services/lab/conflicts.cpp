#include "services/lab/conflicts.h"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "rules/result_history.h"
#include "services/core/error.h"
#include "services/mapping/set_aside.h"

namespace genflik::lab {
namespace {

using core::Error;
using core::ErrorCode;
using fhir::Json;

rules::GeneHistory HistoryOf(const store::Reader& reader, const rules::KnowledgeBase& knowledge,
                             const std::string& patient, const std::string& gene) {
  if (!reader.Find("Patient", patient)) {
    throw Error(ErrorCode::kNotFound, "there is no such patient");
  }
  for (rules::GeneHistory& history : rules::JudgeResults(knowledge, reader.ResultsOf(patient))) {
    if (history.gene == gene) return std::move(history);
  }
  throw Error(ErrorCode::kNotFound, "the patient has no result of this gene");
}

/// Changes the Observation, or the contained one, that a result was read from.
void Change(store::Writer& writer, const std::string& source,
            const std::function<void(Json& observation)>& change) {
  const size_t slash = source.find('/');
  const size_t hash = source.find('#');
  const std::string id =
      source.substr(slash + 1, hash == std::string::npos ? hash : hash - slash - 1);
  const auto stored = writer.Find(source.substr(0, slash), id);
  if (!stored) throw Error(ErrorCode::kNotFound, "a result of the conflict is gone");
  Json body = stored->Body();
  if (hash == std::string::npos) {
    change(body);
  } else {
    for (Json& contained : body["contained"]) {
      if (fhir::FindText(contained, "id") == source.substr(hash + 1)) change(contained);
    }
  }
  writer.Put(std::move(body));
}

std::vector<std::string> WithoutParts(const std::vector<std::string>& sources) {
  std::set<std::string> whole;
  for (const std::string& source : sources) whole.insert(source.substr(0, source.find('#')));
  return {whole.begin(), whole.end()};
}

}  // namespace

std::vector<std::string> ResolveConflict(store::Writer& writer,
                                         const rules::KnowledgeBase& knowledge,
                                         const std::string& patient, const std::string& gene,
                                         const std::string& keep, const Decision& decision) {
  const rules::GeneHistory history = HistoryOf(writer, knowledge, patient, gene);
  std::string current;
  std::set<std::string> parties;
  for (const rules::JudgedResult& judged : history.results) {
    if (judged.role == rules::ResultRole::kConflicting) parties.insert(judged.result.source);
    if (judged.role == rules::ResultRole::kCurrent) current = judged.result.source;
  }
  if (parties.empty()) throw Error(ErrorCode::kConflict, "no results of this gene disagree");
  parties.insert(current);
  if (!parties.contains(keep)) {
    throw Error(ErrorCode::kInvalid, "\"keep\" must be one of the results that disagree");
  }
  std::vector<std::string> aside;
  for (const rules::JudgedResult& judged : history.results) {
    // What repeats, or is a part of, a result that is set aside goes with it.
    const std::string& source = judged.result.source;
    const bool party = parties.contains(source) && source != keep;
    const bool follows = !judged.relates_to.empty() && judged.relates_to != keep &&
                         parties.contains(judged.relates_to) && !parties.contains(source);
    if ((party || follows) && std::ranges::find(aside, source) == aside.end()) {
      aside.push_back(source);
    }
  }
  for (const std::string& source : aside) {
    Change(writer, source, [&](Json& observation) {
      mapping::SetAside(decision.reason, decision.by, decision.at, observation);
    });
  }
  writer.Put(RenderProvenance(decision, "resolve-conflict", WithoutParts(aside), patient));
  return aside;
}

std::vector<std::string> ReopenConflict(store::Writer& writer,
                                        const rules::KnowledgeBase& knowledge,
                                        const std::string& patient, const std::string& gene,
                                        const Decision& decision) {
  const rules::GeneHistory history = HistoryOf(writer, knowledge, patient, gene);
  std::vector<std::string> reopened;
  for (const rules::JudgedResult& judged : history.results) {
    if (judged.role == rules::ResultRole::kSetAside) reopened.push_back(judged.result.source);
  }
  if (reopened.empty()) {
    throw Error(ErrorCode::kConflict, "no result of this gene was set aside");
  }
  for (const std::string& source : reopened) {
    Change(writer, source, [](Json& observation) { mapping::ClearSetAside(observation); });
  }
  writer.Put(RenderProvenance(decision, "reopen-conflict", WithoutParts(reopened), patient));
  return reopened;
}

}  // namespace genflik::lab
