#include "services/security/fetch.h"

#include <fstream>
#include <istream>
#include <memory>

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <Poco/URI.h>

#include "services/core/error.h"

namespace genflik::security {
namespace {

using core::Error;
using core::ErrorCode;
using Clock = std::chrono::steady_clock;

// Reads until the end, the limit or the deadline: a server that drips bytes is given up.
std::string ReadAll(std::istream& stream, size_t max_bytes, Clock::time_point deadline) {
  std::string text;
  char buffer[4096];
  while (stream.good()) {
    stream.read(buffer, sizeof buffer);
    text.append(buffer, static_cast<size_t>(stream.gcount()));
    if (text.size() > max_bytes) throw Error(ErrorCode::kUnavailable, "the answer is too large");
    if (Clock::now() > deadline) throw Error(ErrorCode::kUnavailable, "the answer takes too long");
  }
  return text;
}

std::unique_ptr<Poco::Net::HTTPClientSession> Connect(const Poco::URI& uri,
                                                      const FetchOptions& options) {
  if (uri.getScheme() == "http") {
    return std::make_unique<Poco::Net::HTTPClientSession>(uri.getHost(), uri.getPort());
  }
  Poco::Net::Context::Params parameters;
  parameters.verificationMode = Poco::Net::Context::VERIFY_STRICT;
  parameters.caLocation = options.authority_file;
  parameters.loadDefaultCAs = options.authority_file.empty();
  Poco::Net::Context::Ptr context =
      new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, parameters);
  context->requireMinimumProtocol(Poco::Net::Context::PROTO_TLSV1_2);
  context->enableExtendedCertificateVerification(true);
  return std::make_unique<Poco::Net::HTTPSClientSession>(uri.getHost(), uri.getPort(), context);
}

std::string FetchUrl(const std::string& url, const FetchOptions& options) {
  const auto deadline = Clock::now() + options.time_limit;
  const Poco::URI uri(url);
  const auto session = Connect(uri, options);
  session->setTimeout(Poco::Timespan(options.time_limit.count(), 0));
  session->setKeepAlive(false);
  const std::string path = uri.getPathAndQuery().empty() ? "/" : uri.getPathAndQuery();
  Poco::Net::HTTPRequest request(Poco::Net::HTTPRequest::HTTP_GET, path,
                                 Poco::Net::HTTPMessage::HTTP_1_1);
  request.set("Accept", "application/json");
  session->sendRequest(request);
  Poco::Net::HTTPResponse response;
  std::istream& stream = session->receiveResponse(response);
  if (response.getStatus() != Poco::Net::HTTPResponse::HTTP_OK) {
    throw Error(ErrorCode::kUnavailable,
                "answered with status " + std::to_string(response.getStatus()));
  }
  return ReadAll(stream, options.max_bytes, deadline);
}

}  // namespace

bool IsFetchable(const std::string& url) {
  try {
    const Poco::URI uri(url);
    if (!uri.getUserInfo().empty() || uri.getHost().empty()) return false;
    if (uri.getScheme() == "https") return true;
    const std::string& host = uri.getHost();
    return uri.getScheme() == "http" &&
           (host == "127.0.0.1" || host == "::1" || host == "localhost");
  } catch (const Poco::Exception&) {
    return false;
  }
}

std::string FetchText(const std::string& location, const FetchOptions& options) {
  if (location.find("://") == std::string::npos) {
    std::ifstream file(location, std::ios::binary);
    if (!file) throw Error(ErrorCode::kUnavailable, "cannot read " + location);
    return ReadAll(file, options.max_bytes, Clock::now() + options.time_limit);
  }
  if (!IsFetchable(location)) {
    throw Error(ErrorCode::kInvalid, "keys are fetched by https only, not from " + location);
  }
  try {
    return FetchUrl(location, options);
  } catch (const Poco::Exception& error) {
    throw Error(ErrorCode::kUnavailable, error.displayText());
  }
}

}  // namespace genflik::security
