// http://hl7.org/fhir/R4/http.html#transaction and #trules: all entries or none.
#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "fhir/bundle.h"
#include "fhir/outcome.h"
#include "fhir/patch.h"
#include "services/core/error.h"
#include "services/rest/binary.h"
#include "services/rest/interactions.h"
#include "services/rest/support.h"

namespace genflik::rest {
namespace {

using core::Error;
using core::ErrorCode;
using fhir::BundleRequest;
using fhir::IssueType;

std::string PlaceOf(const BundleRequest& entry) {
  return "Bundle.entry[" + std::to_string(entry.index) + "]";
}

// One entry and what becomes of it.
struct Step {
  BundleRequest entry = {};
  http::Request request = {};
  EntryPlace place = EntryPlace::kNone;
  /// Where the resource ends up, or is; empty for what has none (a search).
  std::string type = {};
  std::string id = {};
  /// A conditional create found this: nothing is written.
  std::optional<store::StoredResource> matched = {};
  fhir::BundleEntry answer = {};
};

class Transaction {
 public:
  Transaction(const RestContext& context, std::string base, std::vector<Step>& steps,
              store::Writer& writer, bool minimal)
      : context_(context),
        base_(std::move(base)),
        steps_(steps),
        writer_(writer),
        minimal_(minimal) {}

  void Run(const std::vector<size_t>& order) {
    for (Step& step : steps_) At(step, [&] { Identify(step); });
    CheckIdentities();
    std::vector<Step*> later;
    for (const size_t index : order) {
      Step& step = steps_[index];
      At(step, [&] {
        if (!Process(step, false)) later.push_back(&step);
      });
    }
    // Their conditional references may be to what was written meanwhile.
    for (Step* step : later) {
      At(*step, [&] { static_cast<void>(Process(*step, true)); });
    }
  }

 private:
  // Runs `fn`; what it throws gets the place of the entry.
  template <typename Fn>
  static void At(const Step& step, const Fn& fn) {
    try {
      fn();
    } catch (const Error& error) {
      std::vector<fhir::Issue> issues = error.issues();
      if (issues.empty()) {
        throw Refusal(error.code(), IssueType::kProcessing, error.what(), PlaceOf(step.entry));
      }
      for (fhir::Issue& issue : issues) {
        if (issue.path.starts_with("Bundle")) continue;
        issue.path = PlaceOf(step.entry) + (issue.path.empty() ? "" : ".resource : " + issue.path);
      }
      throw Error(error.code(), std::move(issues));
    }
  }

  // The resource that a condition matches; nothing when none does.
  std::optional<store::StoredResource> MatchOne(const std::string& type,
                                                const std::string& condition) {
    auto matches = MatchCondition(context_, writer_, type, condition, base_);
    if (matches.size() > 1) {
      throw Refusal(ErrorCode::kPreconditionFailed, IssueType::kMultipleMatches,
                    "the condition '" + condition.substr(0, 200) + "' matches several resources");
    }
    if (matches.empty()) return std::nullopt;
    return std::move(matches.front());
  }

  // Finds out where the entry's resource will be, before anything is written.
  void Identify(Step& step) {
    const std::string& method = step.entry.method;
    if (method == "GET" || method == "HEAD") return;
    step.type = step.request.Parameter("type");
    CheckType(context_, step.type);
    CheckMayBeWritten(step.type);
    // A search by POST, or an operation: they need no resource, and neither is run from here.
    if (method != "DELETE" && step.entry.resource == nullptr) {
      throw Error(ErrorCode::kMalformed,
                  "in a transaction a " + method + " needs a resource (search by GET)");
    }
    if (method == "POST") {
      if (step.place != EntryPlace::kType) {
        throw Error(ErrorCode::kMalformed, "a POST entry names a resource type");
      }
      IdentifyCreate(step);
    } else if (step.place == EntryPlace::kResource) {
      step.id = step.request.Parameter("id");
    } else if (step.place == EntryPlace::kType && !step.request.query.empty()) {
      IdentifyConditional(step);
    } else {
      throw Error(ErrorCode::kMalformed, "the entry's url names no resource and has no condition");
    }
    Map(step);
  }

  void IdentifyCreate(Step& step) {
    if (!step.entry.if_none_exist.empty()) {
      step.matched = MatchOne(step.type, step.entry.if_none_exist);
    }
    step.id = step.matched ? step.matched->id : writer_.NewId();
  }

  void IdentifyConditional(Step& step) {
    const auto match = MatchOne(step.type, PrintQuery(step.request.query));
    const std::string_view sent =
        step.entry.resource == nullptr ? "" : fhir::FindText(*step.entry.resource, "id");
    if (match) {
      step.id = match->id;
      if (step.entry.method == "PUT" && !sent.empty() && sent != step.id) {
        throw Error(ErrorCode::kMalformed, "the body's id is not that of the resource matched");
      }
    } else if (step.entry.method == "PUT") {
      step.id = sent.empty() ? writer_.NewId() : std::string(sent);
    } else if (step.entry.method == "PATCH") {
      throw Error(ErrorCode::kNotFound, "the condition of the patch matches nothing");
    }
  }

  void Map(const Step& step) {
    if (step.entry.full_url.empty() || step.id.empty()) return;
    fhir::ReferenceTarget target = {.reference = step.type + "/" + step.id};
    const auto current = writer_.FindLatest(step.type, step.id);
    const std::int64_t version = current ? current->version : 0;
    target.versioned =
        target.reference + "/_history/" + std::to_string(step.matched ? version : version + 1);
    if (!references_.emplace(step.entry.full_url, target).second) {
      throw Error(ErrorCode::kMalformed,
                  "the fullUrl '" + step.entry.full_url.substr(0, 200) + "' stands twice");
    }
  }

  // No identity may be touched twice.
  void CheckIdentities() const {
    std::set<std::string> seen;
    for (const Step& step : steps_) {
      if (step.id.empty()) continue;
      if (!seen.insert(step.type + "/" + step.id).second) {
        throw Refusal(ErrorCode::kMalformed, IssueType::kDuplicate,
                      step.type + "/" + step.id + " is touched by two entries",
                      PlaceOf(step.entry));
      }
    }
  }

  // False when the entry must wait for others; with `last` that is an error.
  bool Process(Step& step, bool last) {
    const std::string& method = step.entry.method;
    if (method == "DELETE") {
      ProcessDelete(step);
    } else if (method == "POST" || method == "PUT") {
      return ProcessBody(step, last);
    } else if (method == "PATCH") {
      const fhir::Json patch = ReadPatch(step);
      Answer(step, PatchIn(context_, writer_, step.type, step.id, patch, Conditions(step)));
    } else if (method == "GET" || method == "HEAD") {
      ProcessGet(step);
    } else {
      throw Error(ErrorCode::kMalformed, "an entry cannot '" + method + "'");
    }
    return true;
  }

  WriteConditions Conditions(const Step& step) const {
    return {
        .if_match = step.entry.if_match, .if_none_match = step.entry.if_none_match, .base = base_};
  }

  void ProcessDelete(Step& step) {
    if (!step.id.empty()) {
      static_cast<void>(DeleteIn(writer_, step.type, step.id, Conditions(step)));
    }
    step.answer.status = "204 No Content";
  }

  // A JSON Patch travels in a Binary (http://hl7.org/fhir/R4/http.html#jsonpatch-transaction).
  static fhir::Json ReadPatch(const Step& step) {
    if (step.entry.resource == nullptr ||
        fhir::FindText(*step.entry.resource, "resourceType") != "Binary") {
      throw Error(ErrorCode::kUnsupported, "a patch in a transaction is a Binary of JSON Patch");
    }
    fhir::IssueLog log;
    const auto patch =
        fhir::ParseJson(DecodeBase64(fhir::FindText(*step.entry.resource, "data")), log);
    if (!patch) throw Error(ErrorCode::kMalformed, log.issues());
    return *patch;
  }

  bool ProcessBody(Step& step, bool last) {
    if (step.matched) {
      Answer(step, {.resource = *step.matched, .status = 200});
      return true;
    }
    fhir::Json body = *step.entry.resource;
    if (!ResolveConditional(body, last)) return false;
    // Relative references of an entry without a fullUrl are to this server.
    fhir::RewriteReferences(
        body,
        step.entry.full_url.empty() ? base_ + "/" + step.type + "/" + step.id : step.entry.full_url,
        references_);
    fhir::LocaliseReferences(body, base_);
    body["id"] = step.id;
    WriteConditions conditions = Conditions(step);
    const auto remarks = RemarksOn(context_, body);
    if (!remarks.empty()) step.answer.outcome = fhir::PrintJson(fhir::MakeOutcome(remarks));
    Answer(step, UpdateIn(writer_, std::move(body), conditions, step.entry.method));
    return true;
  }

  bool ResolveConditional(const fhir::Json& body, bool last) {
    for (const std::string& reference : fhir::ConditionalReferences(body)) {
      if (references_.contains(reference)) continue;
      const size_t question = reference.find('?');
      const std::string type = reference.substr(0, question);
      CheckType(context_, type);
      const auto match = MatchOne(type, reference.substr(question + 1));
      if (!match) {
        if (!last) return false;
        throw Refusal(ErrorCode::kPreconditionFailed, IssueType::kNotFound,
                      "the reference '" + reference.substr(0, 200) + "' matches nothing");
      }
      references_[reference] = {.reference = match->Reference()};
    }
    return true;
  }

  void ProcessGet(Step& step) {
    const http::Response response = GetIn(context_, writer_, step.request, step.place);
    step.answer.status =
        std::to_string(response.status) + (response.status == 304 ? " Not Modified" : " OK");
    step.answer.resource = response.body;
    if (const auto tag = response.headers.find("ETag"); tag != response.headers.end()) {
      step.answer.etag = tag->second;
    }
  }

  void Answer(Step& step, const WriteResult& result) const {
    step.answer.status = result.status == 201 ? "201 Created" : "200 OK";
    step.answer.location = base_ + "/" + result.resource.Reference() + "/_history/" +
                           std::to_string(result.resource.version);
    step.answer.etag = ETag(result.resource.version);
    step.answer.last_modified = result.resource.last_updated;
    if (!minimal_) step.answer.resource = result.resource.text;
  }

  const RestContext& context_;
  std::string base_;
  std::vector<Step>& steps_;
  store::Writer& writer_;
  fhir::ReferenceMap references_;
  bool minimal_;
};

}  // namespace

http::Response ProcessTransaction(const RestContext& context, const http::Request& request,
                                  const fhir::Json& bundle) {
  fhir::IssueLog log;
  const std::string base = BaseUrl(context, request);
  const std::vector<BundleRequest> entries = fhir::ReadRequests(bundle, log, base);
  if (log.HasErrors()) throw Error(ErrorCode::kMalformed, log.issues());
  std::vector<Step> steps;
  for (const BundleRequest& entry : entries) {
    Step step = {.entry = entry};
    step.request.method = entry.method;
    step.request.base = request.base;
    if (!entry.if_none_match.empty())
      step.request.headers.emplace("If-None-Match", entry.if_none_match);
    step.place = SplitEntryUrl(entry.url, step.request);
    steps.push_back(std::move(step));
  }
  const std::vector<size_t> order = fhir::TransactionOrder(entries);
  const bool minimal = PreferredReturn(request) == ReturnPreference::kMinimal;
  context.store.Write([&](store::Writer& writer) {
    Transaction(context, base, steps, writer, minimal).Run(order);
  });
  std::vector<fhir::BundleEntry> answers;
  for (Step& step : steps) answers.push_back(std::move(step.answer));
  return AnswerText(200, fhir::PrintBundle("transaction-response", answers));
}

}  // namespace genflik::rest
