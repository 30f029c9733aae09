// http://hl7.org/fhir/R4/resource-operation-meta.html, #meta-add and #meta-delete
#include <algorithm>

#include <nlohmann/json.hpp>

#include "fhir/search_query.h"
#include "services/core/error.h"
#include "services/rest/interactions.h"
#include "services/rest/support.h"

namespace genflik::rest {
namespace {

using core::Error;
using core::ErrorCode;
using fhir::Json;

constexpr size_t kLargestPage = 1000;
constexpr std::initializer_list<const char*> kLists = {"profile", "security", "tag"};

Json MetaParameters(const Json& meta) {
  Json parameter = Json::object();
  parameter["name"] = "return";
  parameter["valueMeta"] = meta;
  Json parameters = Json::object();
  parameters["resourceType"] = "Parameters";
  parameters["parameter"] = Json::array({parameter});
  return parameters;
}

Json ReadMeta(const http::Request& request) {
  const Json body = ReadJsonBody(request);
  for (const Json& parameter : fhir::FindArray(body, "parameter")) {
    const Json* meta = fhir::Find(parameter, "valueMeta");
    if (fhir::FindText(parameter, "name") == "meta" && meta != nullptr && meta->is_object()) {
      return *meta;
    }
  }
  throw Refusal(ErrorCode::kMalformed, fhir::IssueType::kRequired,
                "the operation needs a parameter 'meta' with a valueMeta", "Parameters.parameter");
}

// Codings are the same when system and code are; profiles when they are equal.
bool IsSame(const Json& a, const Json& b) {
  if (a.is_string() || b.is_string()) return a == b;
  return fhir::FindText(a, "system") == fhir::FindText(b, "system") &&
         fhir::FindText(a, "code") == fhir::FindText(b, "code");
}

void Change(Json& meta, const Json& change, bool add) {
  for (const char* name : kLists) {
    Json kept = Json::array();
    const Json& items = fhir::FindArray(change, name);
    for (const Json& item : fhir::FindArray(meta, name)) {
      const bool named =
          std::ranges::any_of(items, [&item](const Json& other) { return IsSame(item, other); });
      if (!named) kept.push_back(item);
    }
    if (add) {
      for (const Json& item : items) kept.push_back(item);
    }
    meta.erase(name);
    if (!kept.empty()) meta[name] = std::move(kept);
  }
}

// More labelled resources than this are not looked through for one answer.
constexpr size_t kMostLabelled = 20000;

// Adds the labels of every resource of `type` (empty: of any) that has some in `name`.
void AddLabels(const RestContext& context, const store::Reader& reader, std::string_view type,
               const std::string& name, Json& labels) {
  fhir::SearchQuery query =
      ReadSearch(context, type, {{"_" + name + ":missing", "false"}}, "", true);
  query.count = kLargestPage;
  query.total = fhir::TotalMode::kNone;
  size_t seen = 0;
  do {
    const store::SearchPage page = reader.Search(query);
    seen += page.matches.size();
    if (seen > kMostLabelled) {
      throw Refusal(ErrorCode::kTooLarge, fhir::IssueType::kTooCostly,
                    "more than " + std::to_string(kMostLabelled) +
                        " resources have labels: ask for those of one type or resource");
    }
    for (const store::StoredResource& match : page.matches) {
      const Json body = match.Body();
      for (const Json& label : fhir::FindArray(*fhir::Find(body, "meta"), name)) {
        const bool known = std::ranges::any_of(
            labels, [&label](const Json& other) { return IsSame(label, other); });
        if (!known) labels.push_back(label);
      }
    }
    query.page = page.next;
  } while (!query.page.empty());
}

}  // namespace

http::Response MetaOfAll(const RestContext& context, const store::Reader& reader,
                         const http::Request& request) {
  const std::string_view type = request.Parameter("type");
  if (!type.empty()) CheckType(context, type);
  Json meta = Json::object();
  for (const char* name : kLists) {
    Json labels = Json::array();
    AddLabels(context, reader, type, name, labels);
    if (!labels.empty()) meta[name] = std::move(labels);
  }
  return AnswerJson(200, MetaParameters(meta));
}

http::Response Meta(const RestContext& context, const store::Reader& reader,
                    const http::Request& request) {
  const std::string_view type = request.Parameter("type");
  const std::string_view id = request.Parameter("id");
  CheckType(context, type);
  const auto resource = reader.Find(type, id);
  if (!resource) {
    throw Refusal(ErrorCode::kNotFound, fhir::IssueType::kNotFound,
                  "there is no " + std::string(type) + "/" + std::string(id));
  }
  return AnswerJson(200, MetaParameters(*fhir::Find(resource->Body(), "meta")));
}

http::Response ChangeMeta(const RestContext& context, const http::Request& request, bool add) {
  const std::string_view type = request.Parameter("type");
  const std::string_view id = request.Parameter("id");
  CheckType(context, type);
  CheckMayBeWritten(type);
  const Json change = ReadMeta(request);
  const store::StoredResource changed = context.store.Write([&](store::Writer& writer) {
    const auto current = writer.Find(type, id);
    if (!current) {
      throw Refusal(ErrorCode::kNotFound, fhir::IssueType::kNotFound,
                    "there is no " + std::string(type) + "/" + std::string(id));
    }
    Json body = current->Body();
    Change(body["meta"], change, add);
    CheckResource(context, body, type);
    return writer.Put(std::move(body));
  });
  return AnswerJson(200, MetaParameters(*fhir::Find(changed.Body(), "meta")));
}

}  // namespace genflik::rest
