#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json.h"
#include "services/cds/decision.h"
#include "services/cds/hook_request.h"
#include "services/store/store.h"

// What is kept of every decision-support call, also of silent ones, so that it can be replayed
// years later: records of kind "evaluation", and one of kind "alert" for each thing that was
// decided.

namespace genflik::cds {

/// Status of an evaluation that ended because data were missing (412); others are "spoke" and
/// "silent".
inline constexpr std::string_view kRefused = "refused";

/// What an evaluation was made of, beside the request.
struct EvaluationFrame {
  std::string id = {};
  /// FHIR instant.
  std::string time = {};
  std::string knowledge_version = {};
  alerts::Language language = alerts::Language::kSwedish;
  std::string base = {};
  /// What the region had set when it was decided (PrintPolicy).
  std::string policy_text = {};
  /// The request as it came; may be empty.
  std::string request_text = {};
  /// The cards as they were answered: a JSON array.
  std::string cards_text = "[]";
};

/// What a region has set that decides what is said, as JSON; empty where nothing is set.
[[nodiscard]] std::string PrintPolicy(const CdsOptions& options);

/// The records of one call. The EHR's access token is left out.
[[nodiscard]] std::vector<store::Record> MakeRecords(const EvaluationFrame& frame,
                                                     const HookRequest& request,
                                                     const StoredFacts& facts,
                                                     const Decision& decision);

/// Facts as JSON and back; what goes in comes out.
[[nodiscard]] fhir::Json RenderFacts(const StoredFacts& facts);
[[nodiscard]] StoredFacts ReadFacts(const fhir::Json& json);

/// An evaluation by its own id, or by the hookInstance of its call; UUIDs are the same in either
/// case.
[[nodiscard]] std::optional<store::Record> FindEvaluation(const store::Reader& reader,
                                                          const std::string& id);

/// What a replay found.
struct Replay {
  std::string knowledge_then = {};
  std::string knowledge_now = {};
  /// The cards as JSON text.
  std::string cards_then = {};
  std::string cards_now = {};
  bool same = false;
};

/// Decides again what the record of kind "evaluation" tells, with the knowledge given and with what
/// the region had set then; `options` count for records that do not tell. Throws Error(kInvalid)
/// for a record that is none.
[[nodiscard]] Replay ReplayEvaluation(const store::Record& record,
                                      const rules::KnowledgeBase& knowledge,
                                      const CdsOptions& options);

}  // namespace genflik::cds
