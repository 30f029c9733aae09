#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fhir/json.h"
#include "services/http/exchange.h"
#include "services/rest/rest.h"

// The interactions, each in the file of its name. Those on a Reader or Writer take part in a
// transaction; the others are handlers of their own.

namespace genflik::rest {

/// What a write has done.
struct WriteResult {
  store::StoredResource resource = {};
  /// 201 when created, 200 when changed or matched.
  int status = 200;
};

/// Conditions of an update, patch or delete.
struct WriteConditions {
  /// If-Match as sent; empty: none.
  std::string if_match = {};
  /// If-None-Match as sent; "*" demands that there is no such resource yet.
  std::string if_none_match = {};
  /// This server's base as the client knows it, for a patch: references to it become relative.
  std::string base = {};
};
WriteConditions ConditionsOf(const http::Request& request);

// read.cpp
http::Response ReadResource(const RestContext& context, const store::Reader& reader,
                            const http::Request& request);
http::Response ReadVersion(const RestContext& context, const store::Reader& reader,
                           const http::Request& request);
// history.cpp: of {type}/{id}, of {type}, or of the whole system.
http::Response ReadHistory(const RestContext& context, const store::Reader& reader,
                           const http::Request& request);
// search.cpp: {type} may be empty; with {compartment} and {id} only within it.
http::Response Search(const RestContext& context, const store::Reader& reader,
                      const http::Request& request);
http::Response SearchByPost(const RestContext& context, const store::Reader& reader,
                            const http::Request& request);

// create.cpp
WriteResult CreateIn(store::Writer& writer, fhir::Json body);
http::Response Create(const RestContext& context, const http::Request& request);
// update.cpp
WriteResult UpdateIn(store::Writer& writer, fhir::Json body, const WriteConditions& conditions,
                     std::string_view method = "PUT");
http::Response Update(const RestContext& context, const http::Request& request);
http::Response UpdateConditionally(const RestContext& context, const http::Request& request);
// patch.cpp
WriteResult PatchIn(const RestContext& context, store::Writer& writer, std::string_view type,
                    std::string_view id, const fhir::Json& patch,
                    const WriteConditions& conditions);
http::Response Patch(const RestContext& context, const http::Request& request);
http::Response PatchConditionally(const RestContext& context, const http::Request& request);
// delete.cpp
std::optional<store::StoredResource> DeleteIn(store::Writer& writer, std::string_view type,
                                              std::string_view id,
                                              const WriteConditions& conditions);
http::Response Delete(const RestContext& context, const http::Request& request);
http::Response DeleteConditionally(const RestContext& context, const http::Request& request);

// transaction.cpp, batch.cpp
http::Response ProcessBundle(const RestContext& context, const http::Request& request);
http::Response ProcessTransaction(const RestContext& context, const http::Request& request,
                                  const fhir::Json& bundle);
http::Response ProcessBatch(const RestContext& context, const http::Request& request,
                            const fhir::Json& bundle);

// capabilities.cpp
http::Response Capabilities(const RestContext& context, const http::Request& request);
// everything.cpp
http::Response Everything(const RestContext& context, const store::Reader& reader,
                          const http::Request& request);
// validate.cpp
http::Response Validate(const RestContext& context, const http::Request& request);
// meta.cpp
http::Response Meta(const RestContext& context, const store::Reader& reader,
                    const http::Request& request);
/// The labels in use with resources of {type}, or with any.
http::Response MetaOfAll(const RestContext& context, const store::Reader& reader,
                         const http::Request& request);
/// $meta-add and $meta-delete.
http::Response ChangeMeta(const RestContext& context, const http::Request& request, bool add);
// lastn.cpp
http::Response LastN(const RestContext& context, const store::Reader& reader,
                     const http::Request& request);

// document.cpp: of a Composition.
http::Response Document(const RestContext& context, const http::Request& request);
// export.cpp: of the system, of all patients or of the Group {id}; then its status, its end and its
// files.
http::Response StartExport(const RestContext& context, const http::Request& request);
http::Response TellExport(const RestContext& context, const http::Request& request);
http::Response EndExport(const RestContext& context, const http::Request& request);
http::Response FetchExport(const RestContext& context, const store::Reader& reader,
                           const http::Request& request);
// genomics_operations.cpp
http::Response FindSubjectHaplotypes(const RestContext& context, const store::Reader& reader,
                                     const http::Request& request);
http::Response FindSubjectSpecificHaplotypes(const RestContext& context,
                                             const store::Reader& reader,
                                             const http::Request& request);
http::Response FindSubjectVariants(const RestContext& context, const store::Reader& reader,
                                   const http::Request& request);
http::Response FindSubjectSpecificVariants(const RestContext& context, const store::Reader& reader,
                                           const http::Request& request);
http::Response FindSubjectTxImplications(const RestContext& context, const store::Reader& reader,
                                         const http::Request& request);
http::Response FindStudyMetadata(const RestContext& context, const store::Reader& reader,
                                 const http::Request& request);
// genomics_population.cpp
http::Response FindPopulationSpecificHaplotypes(const RestContext& context,
                                                const store::Reader& reader,
                                                const http::Request& request);
http::Response FindPopulationSpecificVariants(const RestContext& context,
                                              const store::Reader& reader,
                                              const http::Request& request);
http::Response FindPopulationTxImplications(const RestContext& context, const store::Reader& reader,
                                            const http::Request& request);

/// What the path of an entry's request names.
enum class EntryPlace {
  kNone,
  kSystem,
  kMetadata,
  kType,
  kResource,
  kHistory,
  kVersion,
  /// A type within the compartment {compartment}/{id}.
  kCompartment,
  /// {operation}, of the system, a type or a resource.
  kOperation
};
/// Fills path, query and the parameters {type}, {id}, {version}, {compartment} and {operation} of
/// `request` from the `url` of an entry, which is relative to the base.
EntryPlace SplitEntryUrl(std::string_view url, http::Request& request);
/// An operation of an entry, of those that only read.
http::Response OperateIn(const RestContext& context, const store::Reader& reader,
                         const http::Request& request);
/// GET of an entry.
http::Response GetIn(const RestContext& context, const store::Reader& reader,
                     const http::Request& request, EntryPlace place);

}  // namespace genflik::rest
