// http://hl7.org/fhir/R4/composition-operation-document.html
#include <set>

#include <nlohmann/json.hpp>

#include "fhir/bundle.h"
#include "fhir/datatypes.h"
#include "services/core/clock.h"
#include "services/core/error.h"
#include "services/core/ids.h"
#include "services/rest/interactions.h"
#include "services/rest/support.h"

namespace genflik::rest {
namespace {

using core::ErrorCode;
using fhir::IssueType;
using fhir::Json;

// The Composition, what it refers to, and what that refers to in turn.
class Assembly {
 public:
  Assembly(const store::Reader& reader, std::string base)
      : reader_(reader), base_(std::move(base)) {}

  void AddComposition(std::string_view id) {
    auto composition = reader_.Find("Composition", id);
    if (!composition) {
      throw Refusal(ErrorCode::kNotFound, IssueType::kNotFound,
                    "there is no Composition/" + std::string(id));
    }
    Add(*composition);
    Follow(0, 1, true);
    Follow(1, entries_.size(), false);
  }

  Json TakeEntries() { return std::move(entries_); }

 private:
  void Add(const store::StoredResource& resource) {
    if (!known_.insert(resource.Reference()).second) return;
    entries_.push_back(
        {{"fullUrl", base_ + "/" + resource.Reference()}, {"resource", resource.Body()}});
  }

  void Follow(size_t begin, size_t end, bool must_be_there) {
    for (size_t i = begin; i < end; ++i) {
      const Json resource = entries_[i]["resource"];
      for (const std::string& reference : fhir::ReferencesOf(resource)) {
        const auto parts = fhir::SplitReference(reference);
        // What is elsewhere stays a reference.
        if (!parts || !parts->base.empty()) continue;
        // Relatives and donors are other people: their records are no part of this document.
        if (!must_be_there && parts->type == "Patient") continue;
        auto found = reader_.Find(parts->type, parts->id);
        if (found) {
          Add(*found);
        } else if (must_be_there) {
          throw Refusal(ErrorCode::kInvalid, IssueType::kNotFound,
                        "the document cannot be assembled whole: there is no " + reference,
                        "Composition");
        }
      }
    }
  }

  const store::Reader& reader_;
  std::string base_;
  std::set<std::string> known_;
  Json entries_ = Json::array();
};

bool IsToPersist(const http::Request& request) {
  for (const auto& [name, value] : OperationParameters(request)) {
    if (name == "persist") return value == "true";
  }
  return false;
}

}  // namespace

http::Response Document(const RestContext& context, const http::Request& request) {
  const bool persist = IsToPersist(request);
  if (persist && request.method != "POST") {
    throw Refusal(ErrorCode::kMalformed, IssueType::kNotSupported,
                  "a document is kept (persist) by POST alone");
  }
  const std::string base = BaseUrl(context, request);
  const auto assemble = [&](const store::Reader& reader) {
    Assembly assembly(reader, base);
    assembly.AddComposition(request.Parameter("id"));
    const std::string id = core::TimeOrderedIds().New();
    Json bundle = {{"resourceType", "Bundle"}, {"id", id}};
    bundle["identifier"] = {{"system", "urn:ietf:rfc:3986"}, {"value", "urn:uuid:" + id}};
    bundle["type"] = "document";
    bundle["timestamp"] = core::PrintInstant(core::SystemClock().Now());
    bundle["entry"] = assembly.TakeEntries();
    return bundle;
  };
  if (!persist) return AnswerJson(200, context.store.Read(assemble));
  const store::StoredResource kept = context.store.Write([&](store::Writer& writer) {
    Json bundle = assemble(writer);
    CheckResource(context, bundle, "Bundle");
    return writer.Put(std::move(bundle), {.method = "POST"});
  });
  http::Response response = AnswerText(200, kept.text);
  response.Set("Location", base + "/" + kept.Reference() + "/_history/1");
  return response;
}

}  // namespace genflik::rest
