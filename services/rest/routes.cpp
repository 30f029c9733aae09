// http://hl7.org/fhir/R4/http.html#summary: every interaction and its place.
#include <memory>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/rest/interactions.h"
#include "services/rest/rest.h"
#include "services/rest/support.h"

namespace genflik::rest {
namespace {

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

  void Reads(std::string_view pattern, ReadingHandler handler) { Read("GET", pattern, handler); }
  void Read(std::string_view method, std::string_view pattern, ReadingHandler handler) {
    Add(method, pattern, [context = context_, handler](const http::Request& request) {
      return context->store.Read(
          [&](const store::Reader& reader) { return handler(*context, reader, request); });
    });
  }
  void Acts(std::string_view method, std::string_view pattern, ActingHandler handler,
            http::Access access = http::Access::kProtected) {
    Add(
        method, pattern,
        [context = context_, handler](const http::Request& request) {
          return handler(*context, request);
        },
        access);
  }

 private:
  void Add(std::string_view method, std::string_view pattern,
           std::function<http::Response(const http::Request&)> handler,
           http::Access access = http::Access::kProtected) {
    router_.Add(std::string(method), "/fhir" + std::string(pattern), Wrap(std::move(handler)),
                access);
  }

  http::Router& router_;
  Shared context_;
};

void AddOperations(Routes& routes) {
  routes.Reads("/Patient/{id}/$everything", Everything);
  routes.Read("POST", "/Patient/{id}/$everything", Everything);
  routes.Reads("/Observation/$lastn", LastN);
  routes.Read("POST", "/Observation/$lastn", LastN);
  for (const char* method : {"GET", "POST"}) {
    routes.Acts(method, "/{type}/{id}/$validate", Validate);
  }
  routes.Acts("POST", "/{type}/$validate", Validate);
  for (const char* method : {"GET", "POST"}) {
    routes.Acts(method, "/Composition/{id}/$document", Document);
  }
  routes.Reads("/{type}/{id}/$meta", Meta);
  routes.Read("POST", "/{type}/{id}/$meta", Meta);
  routes.Acts("POST", "/{type}/{id}/$meta-add",
              [](const RestContext& context, const http::Request& request) {
                return ChangeMeta(context, request, true);
              });
  routes.Acts("POST", "/{type}/{id}/$meta-delete",
              [](const RestContext& context, const http::Request& request) {
                return ChangeMeta(context, request, false);
              });
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
    routes.Reads(path, handler);
    routes.Read("POST", path, handler);
  }
}

void AddExports(Routes& routes) {
  for (const char* path : {"/$export", "/Patient/$export", "/Group/{id}/$export"}) {
    routes.Acts("GET", path, StartExport);
    routes.Acts("POST", path, StartExport);
  }
  routes.Acts("GET", "/$export-status/{job}", TellExport);
  routes.Acts("DELETE", "/$export-status/{job}", EndExport);
  routes.Reads("/$export-file/{job}/{file}", FetchExport);
}

}  // namespace

void AddRestRoutes(http::Router& router, const RestContext& context) {
  Routes routes(router, context);
  routes.Acts("GET", "/metadata", Capabilities, http::Access::kPublic);
  routes.Acts("POST", "", ProcessBundle);
  routes.Reads("", Search);
  routes.Reads("/_search", Search);
  routes.Read("POST", "/_search", SearchByPost);
  routes.Reads("/_history", ReadHistory);

  routes.Acts("POST", "/{type}", Create);
  routes.Acts("PUT", "/{type}", UpdateConditionally);
  routes.Acts("PATCH", "/{type}", PatchConditionally);
  routes.Acts("DELETE", "/{type}", DeleteConditionally);
  routes.Reads("/{type}", Search);
  // Clients in real use ask so by GET too.
  routes.Reads("/{type}/_search", Search);
  routes.Read("POST", "/{type}/_search", SearchByPost);
  routes.Reads("/{type}/_history", ReadHistory);

  routes.Reads("/{type}/{id}", ReadResource);
  routes.Acts("PUT", "/{type}/{id}", Update);
  routes.Acts("PATCH", "/{type}/{id}", Patch);
  routes.Acts("DELETE", "/{type}/{id}", Delete);
  routes.Reads("/{type}/{id}/_history", ReadHistory);
  routes.Reads("/{type}/{id}/_history/{version}", ReadVersion);
  routes.Reads("/{compartment}/{id}/{type}", Search);
  routes.Read("POST", "/{compartment}/{id}/{type}/_search", SearchByPost);
  AddOperations(routes);
  AddGenomics(routes);
  AddExports(routes);
}

}  // namespace genflik::rest
