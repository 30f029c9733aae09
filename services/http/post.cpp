#include "services/http/post.h"

#include <memory>

#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <Poco/URI.h>

#include "services/core/error.h"

namespace genflik::http {
namespace {

using core::Error;
using core::ErrorCode;

bool IsThisMachine(const std::string& host) {
  return host == "127.0.0.1" || host == "::1" || host == "localhost";
}

std::unique_ptr<Poco::Net::HTTPClientSession> Connect(const Poco::URI& uri) {
  if (uri.getScheme() == "http" && IsThisMachine(uri.getHost())) {
    return std::make_unique<Poco::Net::HTTPClientSession>(uri.getHost(), uri.getPort());
  }
  if (uri.getScheme() != "https" || uri.getHost().empty()) {
    throw Error(ErrorCode::kInvalid, "only https (or http to this machine) is posted to");
  }
  Poco::Net::Context::Params parameters;
  parameters.verificationMode = Poco::Net::Context::VERIFY_STRICT;
  parameters.loadDefaultCAs = true;
  Poco::Net::Context::Ptr context =
      new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, parameters);
  context->requireMinimumProtocol(Poco::Net::Context::PROTO_TLSV1_2);
  context->enableExtendedCertificateVerification(true);
  return std::make_unique<Poco::Net::HTTPSClientSession>(uri.getHost(), uri.getPort(), context);
}

}  // namespace

int Post(const Posting& posting) {
  try {
    const Poco::URI uri(posting.url);
    const auto session = Connect(uri);
    session->setTimeout(Poco::Timespan(posting.time_limit.count(), 0));
    session->setKeepAlive(false);
    const std::string path = uri.getPathAndQuery().empty() ? "/" : uri.getPathAndQuery();
    Poco::Net::HTTPRequest request(Poco::Net::HTTPRequest::HTTP_POST, path,
                                   Poco::Net::HTTPMessage::HTTP_1_1);
    for (const std::string& header : posting.headers) {
      const size_t colon = header.find(':');
      if (colon == std::string::npos) continue;
      const size_t value = header.find_first_not_of(' ', colon + 1);
      request.set(header.substr(0, colon), value == std::string::npos ? "" : header.substr(value));
    }
    if (!posting.media_type.empty()) request.setContentType(posting.media_type);
    request.setContentLength(static_cast<std::streamsize>(posting.body.size()));
    session->sendRequest(request) << posting.body;
    Poco::Net::HTTPResponse response;
    session->receiveResponse(response);
    return response.getStatus();
  } catch (const Poco::Exception& error) {
    throw Error(ErrorCode::kUnavailable, "cannot reach the receiver: " + error.displayText());
  }
}

}  // namespace genflik::http
