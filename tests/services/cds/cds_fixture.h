#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "fhir/definitions.h"
#include "rules/knowledge_loader.h"
#include "services/alerts/recheck.h"
#include "services/cds/cds_routes.h"
#include "services/core/error.h"
#include "services/http/router.h"
#include "services/mapping/patient_events.h"
#include "services/store/store.h"
#include "tests/support/places.h"

// The decision-support services on a store in memory, with the knowledge of the repository.

namespace genflik::cds {

inline std::string ReadText(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  EXPECT_FALSE(text.str().empty()) << file;
  return text.str();
}

inline fhir::Json ParseText(std::string_view text) {
  fhir::IssueLog log;
  auto value = fhir::ParseJson(text, log);
  EXPECT_TRUE(value) << text.substr(0, 200);
  return value ? std::move(*value) : fhir::Json();
}

inline std::shared_ptr<const rules::KnowledgeBase> RepositoryKnowledge() {
  static const auto knowledge = [] {
    std::vector<rules::KnowledgeProblem> problems;
    auto loaded = rules::LoadKnowledge(tests::SourceDir() + "/rules/knowledge", problems);
    for (const auto& problem : problems) {
      if (!problem.warning)
        ADD_FAILURE() << problem.file << problem.pointer << ": " << problem.reason;
    }
    return loaded;
  }();
  return knowledge;
}

inline std::shared_ptr<const fhir::Definitions> RepositoryDefinitions() {
  static const auto definitions = [] {
    fhir::IssueLog log;
    return fhir::LoadDefinitions(tests::SourceDir() + "/fhir/definitions", log);
  }();
  return definitions;
}

/// What a service answered.
struct Answered {
  int status = 0;
  fhir::Json body;
  const fhir::Json& cards() const { return fhir::FindArray(body, "cards"); }
};

class CdsTest : public testing::Test {
 protected:
  CdsTest() { Start({}); }

  void Start(CdsOptions options, std::chrono::minutes quiet = std::chrono::minutes(0)) {
    router_ = {};
    book_.reset();
    store_ = store::OpenStore(
        ":memory:", {.now = [this] { return std::chrono::system_clock::time_point(clock_.Now()); },
                     .definitions = RepositoryDefinitions(),
                     .project = [](const fhir::Json& r) { return mapping::ReadForRecord(r); }});
    store_->AddWriteObserver(alerts::MakeRecheckObserver(RepositoryKnowledge, clock_, {}));
    book_ = std::make_unique<alerts::AlertBook>(*store_, clock_, quiet);
    AddCdsRoutes(router_, {.store = *store_,
                           .knowledge = RepositoryKnowledge,
                           .clock = clock_,
                           .book = *book_,
                           .options = std::move(options),
                           .fetch = fetch_,
                           .tab_link = tab_link_});
  }

  Answered Send(const std::string& method, const std::string& path, const std::string& body,
                const std::string& language = "sv") {
    http::Request request{
        .method = method, .path = path, .body = body, .base = "https://genflik.example.org"};
    request.headers.emplace("Accept-Language", language);
    if (!content_type_.empty()) request.headers.emplace("Content-Type", content_type_);
    for (const auto& [name, value] : query_) request.query.emplace_back(name, value);
    try {
      const auto match = router_.Find(method, path);
      request.parameters = match.parameters;
      const http::Response response = match.route->handler(request);
      return {response.status, response.body.empty() ? fhir::Json() : ParseText(response.body)};
    } catch (const core::Error& error) {
      return {StatusOf(error.code()), fhir::Json{{"error", error.what()}}};
    }
  }

  static int StatusOf(core::ErrorCode code) {
    using enum core::ErrorCode;
    switch (code) {
      case kMalformed:
        return 400;
      case kNotFound:
        return 404;
      case kNotAllowed:
        return 405;
      case kConflict:
        return 409;
      case kPreconditionFailed:
        return 412;
      case kTooLarge:
        return 413;
      case kUnsupported:
        return 415;
      case kInvalid:
        return 422;
      default:
        return 500;
    }
  }

  Answered Call(const std::string& service, const fhir::Json& request,
                const std::string& language = "sv") {
    return Send("POST", "/cds-services/" + service, fhir::PrintJson(request), language);
  }

  void Put(fhir::Json resource) {
    store_->Write([&](store::Writer& writer) { writer.Put(resource); });
  }
  void PutBundle(const std::string& sample_file) {
    const fhir::Json bundle = ParseText(
        ReadText(std::filesystem::path(tests::SourceDir() + "/sample-data/fhir") / sample_file));
    store_->Write([&](store::Writer& writer) {
      for (const fhir::Json& entry : bundle.at("entry")) writer.Put(entry.at("resource"));
    });
  }

  static fhir::Json Sample(const std::string& file) {
    return ParseText(
        ReadText(std::filesystem::path(tests::SourceDir() + "/sample-data/cds") / file));
  }

  core::FixedClock clock_{core::Instant(std::chrono::sys_days{std::chrono::year{2026} / 3 / 2})};
  /// Of the requests that follow.
  std::string content_type_ = "application/json";
  std::map<std::string, std::string> query_;
  EhrFetch fetch_;
  decltype(CdsContext::tab_link) tab_link_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<alerts::AlertBook> book_;
  http::Router router_;
};

}  // namespace genflik::cds
