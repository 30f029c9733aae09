#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/services_tests/rest_client.h"

// http://hl7.org/fhir/R4/binary.html#rest: the bytes themselves unless FHIR JSON is asked for.

namespace genflik::rest {
namespace {

using testing::At;
using testing::BodyOf;
using testing::HeaderOf;
using testing::RestClient;

TEST(Binary, IsSentAndReadAsBytes) {
  RestClient client;
  const std::string bytes("\x89PNG\r\n\0\xff", 8);
  const auto put = client.Call("PUT", "Binary/b", bytes, {{"Content-Type", "image/png"}});
  EXPECT_EQ(put.status, 201) << put.body;
  // RFC 4648 by hand: 89 50 4e, 47 0d 0a, 00 ff.
  EXPECT_EQ(At(BodyOf(put), "/data"), "iVBORw0KAP8=");
  for (const char* path : {"Binary/b", "Binary/b/_history/1"}) {
    const auto read = client.Call("GET", path);
    EXPECT_EQ(read.status, 200);
    EXPECT_EQ(read.body, bytes);
    EXPECT_EQ(HeaderOf(read, "Content-Type"), "image/png");
    EXPECT_EQ(HeaderOf(read, "ETag"), "W/\"1\"");
    EXPECT_NE(HeaderOf(read, "Content-Security-Policy"), "");
  }
}

TEST(Binary, IsReadAsResourceWhenAsked) {
  RestClient client;
  client.Send("PUT", "Binary/b",
              R"({"resourceType":"Binary","id":"b","contentType":"text/plain","data":"aGVq"})");
  const auto read =
      client.Call("GET", "Binary/b", "", {{"Accept", "application/fhir+json, */*;q=0.1"}});
  EXPECT_EQ(At(BodyOf(read), "/resourceType"), "Binary");
  EXPECT_EQ(At(BodyOf(client.Call("GET", "Binary/b?_format=json")), "/data"), "aGVq");
  EXPECT_EQ(client.Call("GET", "Binary/b", "", {{"Accept", "text/plain"}}).body, "hej");
  // In a bundle there are only resources.
  const auto batch = client.Send("POST", "", R"({"resourceType":"Bundle","type":"batch",
    "entry":[{"request":{"method":"GET","url":"Binary/b"}}]})");
  EXPECT_EQ(At(BodyOf(batch), "/entry/0/resource/resourceType"), "Binary");
}

TEST(Binary, KeepsItsSecurityContext) {
  RestClient client;
  client.Call("PUT", "Binary/b", "x",
              {{"Content-Type", "text/plain"}, {"X-Security-Context", "Patient/eva"}});
  EXPECT_EQ(HeaderOf(client.Call("GET", "Binary/b"), "X-Security-Context"), "Patient/eva");
}

}  // namespace
}  // namespace genflik::rest
