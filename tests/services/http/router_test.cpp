#include "services/http/router.h"

#include <gtest/gtest.h>

#include "services/core/error.h"

namespace genflik::http {
namespace {

Handler Answering(int status) {
  return [status](const Request&) { return MakeResponse(status, "", "text/plain"); };
}

int StatusAt(const Router& router, std::string_view method, std::string_view path) {
  return router.Find(method, path).route->handler({}).status;
}

TEST(Router, PrefersLiteralSegmentsWhateverTheOrder) {
  Router router;
  router.Add("GET", "/fhir/{type}/{id}", Answering(1), Protection::Public());
  router.Add("GET", "/fhir/{rest...}", Answering(2), Protection::Public());
  router.Add("GET", "/fhir/{type}/_history", Answering(3), Protection::Public());
  router.Add("GET", "/fhir/metadata", Answering(4), Protection::Public());
  EXPECT_EQ(StatusAt(router, "GET", "/fhir/Patient/1"), 1);
  EXPECT_EQ(StatusAt(router, "GET", "/fhir/a/b/c/d"), 2);
  EXPECT_EQ(StatusAt(router, "GET", "/fhir/Patient/_history"), 3);
  EXPECT_EQ(StatusAt(router, "GET", "/fhir/metadata"), 4);
}

TEST(Router, GivesTheParametersOfThePattern) {
  Router router;
  router.Add("GET", "/fhir/{type}/{id}", Answering(1), Protection::Public());
  router.Add("GET", "/tab/{file...}", Answering(1), Protection::Public());
  const auto match = router.Find("GET", "/fhir/Patient/17");
  EXPECT_EQ(match.parameters.at("type"), "Patient");
  EXPECT_EQ(match.parameters.at("id"), "17");
  EXPECT_EQ(router.Find("GET", "/tab/js/main.js").parameters.at("file"), "js/main.js");
}

TEST(Router, TellsAnUnknownPathFromAnUnknownMethod) {
  Router router;
  router.Add("GET", "/a", Answering(1), Protection::Public());
  router.Add("POST", "/a", Answering(1), Protection::Public());
  try {
    router.Find("DELETE", "/a");
    FAIL();
  } catch (const core::Error& error) {
    EXPECT_EQ(error.code(), core::ErrorCode::kNotAllowed);
  }
  try {
    router.Find("GET", "/b");
    FAIL();
  } catch (const core::Error& error) {
    EXPECT_EQ(error.code(), core::ErrorCode::kNotFound);
  }
  EXPECT_EQ(router.Methods("/a"), (std::vector<std::string>{"GET", "POST"}));
}

TEST(Router, RefusesTwoRoutesForOnePattern) {
  Router router;
  router.Add("GET", "/a", Answering(1), Protection::Public());
  EXPECT_THROW(router.Add("GET", "/a", Answering(2), Protection::Public()), core::Error);
}

}  // namespace
}  // namespace genflik::http
