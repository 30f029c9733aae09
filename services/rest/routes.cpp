// http://hl7.org/fhir/R4/http.html#summary: every interaction and its place.
#include <memory>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/rest/interactions.h"
#include "services/rest/rest.h"
#include "services/rest/support.h"

namespace genflik::rest {
namespace {

using http::Protection;
using Shared = std::shared_ptr<const RestContext>;
using ReadingHandler = http::Response (*)(const RestContext&, const store::Reader&,
                                          const http::Request&);
using ActingHandler = http::Response (*)(const RestContext&, const http::Request&);

// Prints the answer the way a person reads it.
void MakePretty(http::Response& response) {
  fhir::IssueLog log;
  const auto body = fhir::ParseJson(response.body, log, {.max_bytes = response.body.size()});
  if (body) response.body = fhir::PrintJson(*body, true);
}

http::Handler Wrap(std::function<http::Response(const http::Request&)> inner) {
  return [inner = std::move(inner)](const http::Request& request) {
    // A Binary is read in the media type of what it holds.
    const bool binary = request.method == "GET" && request.Parameter("type") == "Binary";
    // So is a file of an export; its status is JSON of the export's own kind.
    const bool exported = request.path.starts_with("/fhir/$export-");
    if (!binary && !exported) CheckAccept(request);
    http::Response response = inner(request);
    const auto pretty = request.Query("_pretty");
    if (pretty && *pretty == "true" && !response.body.empty()) MakePretty(response);
    return response;
  };
}

class Routes {
 public:
  Routes(http::Router& router, const RestContext& context)
      : router_(router), context_(std::make_shared<const RestContext>(context)) {}

  void Reads(std::string_view pattern, ReadingHandler handler, http::Protection protection) {
    Read("GET", pattern, handler, std::move(protection));
  }
  void Read(std::string_view method, std::string_view pattern, ReadingHandler handler,
            http::Protection protection) {
    Add(
        method, pattern,
        [context = context_, handler](const http::Request& request) {
          return context->store.Read(
              [&](const store::Reader& reader) { return handler(*context, reader, request); });
        },
        std::move(protection));
  }
  void Acts(std::string_view method, std::string_view pattern, ActingHandler handler,
            http::Protection protection) {
    Add(
        method, pattern,
        [context = context_, handler](const http::Request& request) {
          return handler(*context, request);
        },
        std::move(protection));
  }

 private:
  void Add(std::string_view method, std::string_view pattern,
           std::function<http::Response(const http::Request&)> handler,
           http::Protection protection) {
    router_.Add(std::string(method), "/fhir" + std::string(pattern), Wrap(std::move(handler)),
                std::move(protection));
  }

  http::Router& router_;
  Shared context_;
};

void AddOperations(Routes& routes) {
  routes.Reads("/Patient/{id}/$everything", Everything, Protection::Data("*", 's'));
  routes.Read("POST", "/Patient/{id}/$everything", Everything, Protection::Data("*", 's'));
  routes.Reads("/Observation/$lastn", LastN, Protection::Data("Observation", 's'));
  routes.Read("POST", "/Observation/$lastn", LastN, Protection::Data("Observation", 's'));
  for (const char* method : {"GET", "POST"}) {
    routes.Acts(method, "/{type}/{id}/$validate", Validate, Protection::Data("{type}", 'r'));
  }
  routes.Acts("POST", "/{type}/$validate", Validate, Protection::Data("{type}", 'r'));
  for (const char* method : {"GET", "POST"}) {
    routes.Acts(method, "/Composition/{id}/$document", Document,
                Protection::Data("Composition", 'r'));
  }
  routes.Reads("/{type}/{id}/$meta", Meta, Protection::Data("{type}", 'r'));
  routes.Read("POST", "/{type}/{id}/$meta", Meta, Protection::Data("{type}", 'r'));
  routes.Reads("/$meta", MetaOfAll, Protection::Data("*", 's'));
  routes.Read("POST", "/$meta", MetaOfAll, Protection::Data("*", 's'));
  routes.Reads("/{type}/$meta", MetaOfAll, Protection::Data("{type}", 's'));
  routes.Read("POST", "/{type}/$meta", MetaOfAll, Protection::Data("{type}", 's'));
  routes.Acts(
      "POST", "/{type}/{id}/$meta-add",
      [](const RestContext& context, const http::Request& request) {
        return ChangeMeta(context, request, true);
      },
      Protection::Data("{type}", 'u'));
  routes.Acts(
      "POST", "/{type}/{id}/$meta-delete",
      [](const RestContext& context, const http::Request& request) {
        return ChangeMeta(context, request, false);
      },
      Protection::Data("{type}", 'u'));
}

// http://hl7.org/fhir/uv/genomics-reporting/STU3/operations.html: called on the base, as the guide
// does, and by GET or POST.
void AddGenomics(Routes& routes) {
  static constexpr std::pair<std::string_view, ReadingHandler> kOperations[] = {
      {"/$find-subject-haplotypes", FindSubjectHaplotypes},
      {"/$find-subject-specific-haplotypes", FindSubjectSpecificHaplotypes},
      {"/$find-subject-variants", FindSubjectVariants},
      {"/$find-subject-specific-variants", FindSubjectSpecificVariants},
      {"/$find-subject-tx-implications", FindSubjectTxImplications},
      {"/$find-study-metadata", FindStudyMetadata},
      {"/$find-population-specific-haplotypes", FindPopulationSpecificHaplotypes},
      {"/$find-population-specific-variants", FindPopulationSpecificVariants},
      {"/$find-population-tx-implications", FindPopulationTxImplications},
  };
  for (const auto& [path, handler] : kOperations) {
    const Protection protection =
        path.starts_with("/$find-population") ? Protection::All() : Protection::Record();
    routes.Reads(path, handler, protection);
    routes.Read("POST", path, handler, protection);
  }
}

void AddExports(Routes& routes) {
  for (const char* path : {"/$export", "/Patient/$export", "/Group/{id}/$export"}) {
    routes.Acts("GET", path, StartExport, Protection::All());
    routes.Acts("POST", path, StartExport, Protection::All());
  }
  routes.Acts("GET", "/$export-status/{job}", TellExport, Protection::All());
  routes.Acts("DELETE", "/$export-status/{job}", EndExport, Protection::All());
  routes.Reads("/$export-file/{job}/{file}", FetchExport, Protection::All());
}

}  // namespace

void AddRestRoutes(http::Router& router, const RestContext& context) {
  Routes routes(router, context);
  routes.Acts("GET", "/metadata", Capabilities, Protection::Public());
  routes.Acts("POST", "", ProcessBundle, Protection::Each());
  // http://hl7.org/fhir/R4/messageheader-operation-process-message.html
  routes.Acts("POST", "/$process-message", ProcessBundle, Protection::Data("Observation", 'c'));
  routes.Reads("", Search, Protection::Data("*", 's'));
  routes.Reads("/_search", Search, Protection::Data("*", 's'));
  routes.Read("POST", "/_search", SearchByPost, Protection::Data("*", 's'));
  routes.Reads("/_history", ReadHistory, Protection::Data("*", 'r'));

  routes.Acts("POST", "/{type}", Create, Protection::Data("{type}", 'c'));
  routes.Acts("PUT", "/{type}", UpdateConditionally, Protection::Data("{type}", 'u'));
  routes.Acts("PATCH", "/{type}", PatchConditionally, Protection::Data("{type}", 'u'));
  routes.Acts("DELETE", "/{type}", DeleteConditionally, Protection::Data("{type}", 'd'));
  routes.Reads("/{type}", Search, Protection::Data("{type}", 's'));
  // Clients in real use ask so by GET too.
  routes.Reads("/{type}/_search", Search, Protection::Data("{type}", 's'));
  routes.Read("POST", "/{type}/_search", SearchByPost, Protection::Data("{type}", 's'));
  routes.Reads("/{type}/_history", ReadHistory, Protection::Data("{type}", 's'));

  routes.Reads("/{type}/{id}", ReadResource, Protection::Data("{type}", 'r'));
  routes.Acts("PUT", "/{type}/{id}", Update, Protection::Data("{type}", 'u'));
  routes.Acts("PATCH", "/{type}/{id}", Patch, Protection::Data("{type}", 'u'));
  routes.Acts("DELETE", "/{type}/{id}", Delete, Protection::Data("{type}", 'd'));
  routes.Reads("/{type}/{id}/_history", ReadHistory, Protection::Data("{type}", 'r'));
  routes.Reads("/{type}/{id}/_history/{version}", ReadVersion, Protection::Data("{type}", 'r'));
  routes.Reads("/{compartment}/{id}/{type}", Search, Protection::Data("{type}", 's'));
  routes.Read("POST", "/{compartment}/{id}/{type}/_search", SearchByPost,
              Protection::Data("{type}", 's'));
  AddOperations(routes);
  AddGenomics(routes);
  AddExports(routes);
}

}  // namespace genflik::rest
